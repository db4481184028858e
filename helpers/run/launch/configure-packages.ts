import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { orMissing } from "../../../base/files.ts";
import { stateDirectory } from "../../../base/paths.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import { printWarning } from "../../host/process/run-helper.ts";
import { runQuick } from "../../host/process/run-quick.ts";
import { withTime } from "./with-time.ts";

/** Its requests to systemd. Unit tests replace them. */
export interface ConfigureHost {
  readonly readPackages: (name: SandboxName) => readonly string[];
  /** Runs something for which systemd gives time. */
  readonly withTime: (name: SandboxName, act: () => Promise<void>) => Promise<void>;
  /** Resolves once the unit is neither starting nor stopping. */
  readonly runUnit: (unit: string) => Promise<void>;
  readonly warn: (text: string) => void;
}

/**
 * Makes packages create their data if they have not done so yet (see run/configure). Only launch starts that unit: with
 * a job for it in each start, systemd would load one more unit for nothing. If a package fails, the sandbox still
 * starts.
 */
export async function configurePackages(name: SandboxName, host: ConfigureHost = ownHost): Promise<void> {
  if (host.readPackages(name).length === 0) return;
  await host.withTime(name, () => host.runUnit(`sandbox-configure@${name}.service`));
  const left = host.readPackages(name);
  if (left.length > 0)
    host.warn(`these packages are not configured yet: ${left.join(" ")}. See journalctl -u sandbox-configure@${name}`);
}

/** The packages whose maintainer scripts must still run in a sandbox. */
export const readPackages = (name: SandboxName): readonly string[] =>
  (orMissing(() => readFileSync(join(stateDirectory(name), "configure/packages"), "utf8")) ?? "")
    .split("\n")
    .filter((line) => line !== "");

// This does not use D-Bus: each start would have to load a library that few starts use.
async function runUnit(unit: string): Promise<void> {
  // The unit is ordered after us, and we wait for it.
  await runQuick("systemctl", ["start", "--job-mode=ignore-dependencies", unit]);
  // A stop of the sandbox stops both units, this one first.
  while ((await runQuick("systemctl", ["is-active", unit])).output === "deactivating") await setTimeout(200);
}

const ownHost: ConfigureHost = { readPackages, withTime, runUnit, warn: printWarning };

/**
 * Makes systemd run the steps before a start: they make the root, label it and prepare the start. If the host's data is
 * copied, that may take any time. sandbox@.service does not want that unit, or systemd would load it in each start, for
 * nothing.
 */
export async function prepareRoot(name: SandboxName): Promise<void> {
  // The unit may have failed. requireReady says so.
  await withTime(name, () => runQuick("systemctl", ["start", `sandbox-root@${name}.service`]));
}
