import { readdirSync } from "node:fs";
import { stateRoot } from "../../../generator/conf/paths.ts";
import { describeError, SandboxError } from "../../../generator/conf/sandbox-error.ts";
import { isSandboxName, type SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { withHostFolder } from "../host-folder.ts";
import { orMissing } from "../../host/or-missing.ts";
import { printWarning } from "../../host/run-helper.ts";
import { guardFolder } from "./guard-folder.ts";
import { guardedList, readGuarded } from "./guarded-list.ts";

/** Its actions on the host. Unit tests replace them. */
export interface BootHost {
  readonly listSandboxes: () => readonly SandboxName[];
  readonly readGuarded: (name: SandboxName) => readonly string[];
  readonly guard: (path: string, name: SandboxName) => Promise<void>;
  readonly warn: (text: string) => void;
}

/**
 * Guards, at boot, the folders of the host that sandboxes could write when they ran. If a folder cannot be guarded, the
 * boot still goes on: the start of its sandbox tries again and reports the problem.
 */
export async function guardFolders(host: BootHost = ownHost): Promise<void> {
  for (const name of host.listSandboxes()) {
    for (const path of host.readGuarded(name)) {
      try {
        await host.guard(path, name);
      } catch (error) {
        host.warn(
          `${path}, which ${name} could write to, is not guarded against set-user-id files: ${describe(error)}`,
        );
      }
    }
  }
}

const describe = (error: unknown): string =>
  error instanceof Error && !(error instanceof SandboxError) ? error.message : describeError(error);

const ownHost: BootHost = {
  listSandboxes: () => (orMissing(() => readdirSync(stateRoot)) ?? []).filter(isSandboxName).sort(),
  readGuarded: (name) => readGuarded(guardedList(name)),
  guard: (path, name) => withHostFolder(path, (folder) => guardFolder(folder, guardedList(name))),
  warn: printWarning,
};
