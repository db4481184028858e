import { readdirSync } from "node:fs";
import { stateRoot } from "../../../generator/conf/paths.ts";
import { describeError, SandboxError } from "../../../generator/conf/sandbox-error.ts";
import { isSandboxName, type SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { withHostFolder } from "../host-folder.ts";
import { orMissing } from "../../host/or-missing.ts";
import { printWarning } from "../../host/run-helper.ts";
import { guardFolder } from "./guard-folder.ts";
import { guardedList, readGuarded } from "./guarded-list.ts";

/** What it does to the host; another one in unit tests. */
export interface BootHost {
  readonly listSandboxes: () => readonly SandboxName[];
  readonly readGuarded: (name: SandboxName) => readonly string[];
  readonly guard: (path: string, name: SandboxName) => Promise<void>;
  readonly warn: (text: string) => void;
}

/**
 * At a boot, guards the folders of the host that sandboxes could write when they ran. One that cannot be guarded keeps nobody from
 * booting: the start of its sandbox tries again, and tells.
 */
export async function guardFolders(host: BootHost = ownHost): Promise<void> {
  for (const name of host.listSandboxes()) {
    for (const path of host.readGuarded(name)) {
      try {
        await host.guard(path, name);
      } catch (error) {
        host.warn(`${path}, which ${name} could write, is not guarded against set-user-id files: ${describe(error)}`);
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
