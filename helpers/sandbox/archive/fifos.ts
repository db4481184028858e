import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { run } from "../../host/process/run.ts";

/**
 * Makes fifos under our own names, several at a time. Node cannot make one, and no name from an archive may become a
 * word of a command.
 */
export interface Fifos {
  take(): Promise<string>;
  close(): void;
}

const batch = 16;

/** Makes them in a new folder, and removes that folder with the rest of them. */
export function makeFifos(folder: string): Fifos {
  let ready: string[] = [];
  let made = 0;
  return {
    async take() {
      if (ready.length === 0) {
        if (made === 0) mkdirSync(folder, { mode: 0o700 });
        ready = Array.from({ length: batch }, () => join(folder, String(made++)));
        await run("mkfifo", ["--mode=0600", "--", ...ready]);
      }
      return ready.pop() ?? "";
    },
    close() {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
