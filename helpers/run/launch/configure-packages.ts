import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { stateDirectory } from "../../../generator/conf/paths.ts";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { extendTimeout } from "../../host/notify.ts";
import { orMissing } from "../../host/or-missing.ts";
import { printWarning } from "../../host/run-helper.ts";
import { runQuick } from "../../host/run-quick.ts";

/** What it needs of systemd; another one in unit tests. */
export interface ConfigureHost {
  readonly readPackages: (name: SandboxName) => readonly string[];
  readonly extendTimeout: (seconds: number) => Promise<void>;
  /** Resolves when the unit is neither starting nor stopping any more. */
  readonly runUnit: (unit: string) => Promise<void>;
  readonly warn: (text: string) => void;
}

// That of sandbox-configure@.service, and a minute.
const seconds = 960;

/**
 * Has the packages make their data that have not done so yet (see run/configure). Only here, as with a job for that unit in each start
 * systemd would load one more unit for nothing. A package that fails does not keep the sandbox from starting.
 */
export async function configurePackages(name: SandboxName, host: ConfigureHost = ownHost): Promise<void> {
  if (host.readPackages(name).length === 0) return;
  await host.extendTimeout(seconds);
  await host.runUnit(`sandbox-configure@${name}.service`);
  const left = host.readPackages(name);
  if (left.length > 0) host.warn(`not configured yet: ${left.join(" ")}, see journalctl -u sandbox-configure@${name}`);
}

const readPackages = (name: SandboxName): readonly string[] =>
  (orMissing(() => readFileSync(join(stateDirectory(name), "configure/packages"), "utf8")) ?? "")
    .split("\n")
    .filter((line) => line !== "");

// Not over D-Bus: each start would have to load a library for it that few use.
async function runUnit(unit: string): Promise<void> {
  // It is ordered after us, who wait for it.
  await runQuick("systemctl", ["start", "--job-mode=ignore-dependencies", unit]);
  // A stop of the sandbox stops both: its turn comes first.
  while ((await runQuick("systemctl", ["is-active", unit])).output === "deactivating") await setTimeout(200);
}

const ownHost: ConfigureHost = { readPackages, extendTimeout, runUnit, warn: printWarning };
