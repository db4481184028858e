import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { SandboxError } from "../../../base/errors.ts";
import { readIfThere } from "../../../base/files.ts";
import { rootTree, runtimeDirectory, stateDirectory } from "../../../base/paths.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import { isMountPoint } from "../../host/files/mounts.ts";
import { run } from "../../host/process/run.ts";
import { findMissingKeys, recordKeys } from "../../sandbox/made-keys.ts";
import { configuredFile } from "../../sandbox/populate/write-steps.ts";
import { replaceFile } from "../../sandbox/state.ts";
import { attachSandbox } from "../attach/attach-sandbox.ts";
import { requireStartPlan } from "../plan/kept-plan.ts";
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

export interface FailedPackage {
  readonly name: string;
  /** The exit status of its script; undefined if the container did not report one. */
  readonly status: string | undefined;
}

export interface Judgement {
  readonly done: readonly string[];
  readonly failed: readonly FailedPackage[];
}

/**
 * Judges the container's report, lines of `ok PACKAGE` and `failed STATUS PACKAGE`. Only packages that we asked for
 * count.
 */
export function judgePackages(packages: readonly string[], said: string): Judgement {
  const lines = said.split("\n");
  const isDone = (name: string): boolean => lines.includes(`ok ${name}`);
  const findStatus = (name: string): string | undefined => {
    const words = lines.map((line) => line.split(" "));
    return words.find(
      ([kind, status = "", failed]) => kind === "failed" && failed === name && /^\d+$/.test(status),
    )?.[1];
  };
  return {
    done: packages.filter(isDone),
    failed: packages.filter((name) => !isDone(name)).map((each) => ({ name: each, status: findStatus(each) })),
  };
}

/** Writes a line for each package. */
export const describeFailed = (name: SandboxName, failed: readonly FailedPackage[]): SandboxError =>
  new SandboxError(
    failed
      .map(
        (each) =>
          `${each.name} could not be configured in ${name}: its script ${each.status === undefined ? "did not run to its end" : `ended with status ${each.status}`} (see the lines above). ` +
          "The service starts anyway, and the next start tries again. " +
          "To begin with the host's data instead: sandboxcontainer create --copy",
      )
      .join("\n"),
  );
