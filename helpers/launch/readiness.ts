import { closeSync, constants, fstatSync, openSync, readSync, watch } from "node:fs";
import { join } from "node:path";
import { isAlive } from "../controller.ts";

/** How a start went: the units are active, one of them ended (with what a person wants to read), or all is gone. */
export type Outcome =
  | { readonly kind: "ready" }
  | { readonly kind: "ended"; readonly how: string; readonly report: string }
  | { readonly kind: "gone" };

/**
 * Follows the folder in which the inside leaves `ready` or `ended` (helpers/inside/). Begin before the start: from then
 * on the folder belongs to the sandbox, so it is reached through a descriptor opened now, and what is in it is read with
 * no link followed, no more than a page, and believed only as far as it concerns this sandbox.
 */
export function watchReadiness(hostDirectory: string): { waitForOutcome(controllerPid: number): Promise<Outcome> } {
  const directory = openSync(hostDirectory, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  const watcher = watch(hostDirectory);
  const look = (): Outcome | undefined => {
    const ended = readReport(join(`/proc/self/fd/${directory}`, "ended"));
    if (ended !== undefined) {
      const [how = "", ...lines] = ended.split("\n");
      return { kind: "ended", how, report: lines.join("\n").trimEnd() };
    }
    return readReport(join(`/proc/self/fd/${directory}`, "ready")) === undefined ? undefined : { kind: "ready" };
  };
  return {
    waitForOutcome: (controllerPid) =>
      new Promise((resolve) => {
        const settle = (outcome: Outcome | undefined): void => {
          if (outcome === undefined) return;
          clearInterval(timer);
          watcher.close();
          resolve(outcome);
        };
        watcher.on("change", () => {
          settle(look());
        });
        // The controller is not our child: nothing but a look tells that it is gone.
        const timer = setInterval(() => {
          settle(look() ?? (isAlive(controllerPid) ? undefined : { kind: "gone" }));
        }, 100);
        settle(look());
      }),
  };
}

function readReport(path: string): string | undefined {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch {
    return undefined;
  }
  try {
    if (!fstatSync(file).isFile()) return undefined;
    const page = Buffer.alloc(8192);
    return page.toString("utf8", 0, readSync(file, page));
  } finally {
    closeSync(file);
  }
}
