import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { rootTree, runtimeDirectory, stateDirectory } from "../../../generator/conf/paths.ts";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { isMountPoint } from "../../host/mounts.ts";
import { readIfThere } from "../../host/read-if-there.ts";
import { run } from "../../host/run.ts";
import { configuredFile } from "../../sandbox/populate/write-steps.ts";
import { findMissingKeys, recordKeys } from "../../sandbox/made-keys.ts";
import { replaceFile } from "../../sandbox/state.ts";
import { attachSandbox } from "../attach/attach-sandbox.ts";
import { requireStartPlan } from "../plan/kept-plan.ts";
import { describeFailed, judgePackages } from "./judge-packages.ts";
import { mountLayers } from "./mount-layers.ts";
import { runScripts } from "./run-scripts.ts";

/** Its actions on the host. Unit tests replace them. */
export interface ConfigureHost {
  readonly attach: (name: SandboxName) => Promise<void>;
  readonly mountLayers: (name: SandboxName) => void;
  readonly runScripts: (name: SandboxName) => Promise<string>;
  /** Puts the sandbox's tree on the disk, and what Mount= has put into it. */
  readonly sync: (name: SandboxName) => Promise<void>;
}

/**
 * Packages do not ship data: their maintainer scripts make it, and also keys. This runs the scripts once for this
 * sandbox, in a container like its own, except for parts that are thrown away afterwards:
 *   /usr, /var/lib/dpkg       the host's, each below a layer for the changes of a script
 *   /etc, /var/cache/debconf  copies, so that configuration does not change
 * Files that a script makes in /var stay, and so do the files in /etc that are listed in `made` (see inside/configure).
 * Throws a SandboxError that names the packages that failed; the next start tries these again.
 */
export async function configureSandbox(name: SandboxName, host: ConfigureHost = ownHost): Promise<void> {
  const lists = join(stateDirectory(name), "configure");
  await host.attach(name);
  host.mountLayers(name);
  const missing = findMissingKeys(name);
  const said = await host.runScripts(name);
  recordKeys(name, missing);
  const packages = readFileSync(join(lists, "packages"), "utf8").split("\n").filter(Boolean);
  const { done, failed } = judgePackages(packages, said);
  if (done.length > 0) {
    // No start runs these scripts again, so what they made must outlast a power cut.
    await host.sync(name);
    const doneFile = configuredFile(stateDirectory(name));
    replaceFile(doneFile, `${readIfThere(doneFile) ?? ""}${toLines(done)}`);
  }
  replaceFile(join(lists, "packages"), toLines(failed.map((each) => each.name)));
  if (failed.length > 0) throw describeFailed(name, failed);
}

const toLines = (words: readonly string[]): string => words.map((word) => `${word}\n`).join("");

const ownHost: ConfigureHost = {
  attach: (name) => attachSandbox(name, requireStartPlan(name)),
  mountLayers,
  runScripts,
  sync: async (name) => {
    const runtime = runtimeDirectory(name);
    const mounts = readdirSync(runtime)
      .filter((entry) => /^(?:mount|image)-/.test(entry))
      .map((entry) => join(runtime, entry))
      .filter(isMountPoint);
    await run("sync", ["--file-system", rootTree(name), ...mounts]);
  },
};
