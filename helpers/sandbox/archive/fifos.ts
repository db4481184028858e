import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { run } from "../../host/run.ts";

/** Fifos with names of ours, made some at a time: Node cannot make one, and no name of an archive becomes a word of a command. */
export interface Fifos {
  take(): Promise<string>;
  close(): void;
}

const batch = 16;

/** They are made in a new folder, which goes with what is left in it. */
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
