import { existsSync } from "node:fs";
import { loadConf } from "../../../generator/conf/load-conf.ts";
import { imageFile, imageMountPoint } from "../../../generator/conf/paths.ts";
import { SandboxError } from "../../../generator/conf/sandbox-error.ts";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { describeResult } from "../../host/describe-result.ts";
import { isMountPoint } from "../../host/mounts.ts";
import { printWarning } from "../../host/run-helper.ts";
import { runQuick } from "../../host/run-quick.ts";
import { findChangedConfs } from "../../sandbox/changed-confs.ts";
import { describeBroken, isBroken, readUnfinished } from "../../sandbox/hold/unfinished.ts";
import { describeLost, findLost } from "../../sandbox/root-gone.ts";
import { hasStamp, ownStamp } from "../../sandbox/populate/stamp.ts";

/**
 * Throws a SandboxError if a step before the start did not do its work; `stamp` is the stamp of the conf that systemd
 * knows.
 */
export async function requireReady(name: SandboxName, stamp: string): Promise<void> {
  if (!hasStamp(name, stamp) && isReadyForChanged(name))
    throw new SandboxError(`the conf of ${name} changed after systemd read it, and its root was made for the new one`, {
      hint: "Run systemctl daemon-reload, and start it again",
    });
  if (!hasStamp(name, stamp))
    throw new SandboxError(`the root of ${name} was not made: ${await lastWords(name)}`, {
      hint: `See journalctl -u sandbox-root@${name}`,
    });
  if (existsSync(imageFile(name)) && !isMountPoint(imageMountPoint(name)))
    throw new SandboxError(`the image of ${name} was not mounted: ${await lastWords(name)}`, {
      hint: `See systemctl status ${imageMountPoint(name)}`,
    });
  const unfinished = readUnfinished(name);
  if (unfinished !== undefined && isBroken(unfinished.task)) throw describeBroken(name, unfinished);
  const lost = findLost(name);
  if (lost === undefined) return;
  // No other start needs this.
  const { listSnapshots } = await import("../../sandbox/snapshots/snapshots.ts");
  throw describeLost(name, lost, listSnapshots(name).at(-1)?.snapshot);
}

/** Whether the steps before the start, which read the conf themselves, have done their work for it as it is now. */
function isReadyForChanged(name: SandboxName): boolean {
  try {
    return hasStamp(name, ownStamp(loadConf(name)));
  } catch {
    return false;
  }
}

/** Warns if a conf was changed and systemd has not read it again. */
export function warnOfChangedConf(name: SandboxName): void {
  for (const conf of findChangedConfs(name))
    printWarning(`${conf} changed after systemd read it, so the change is not in effect yet: systemctl daemon-reload`);
}

/** What the previous steps said when they ran last, and not at an earlier failure, or how they failed. */
export async function lastWords(name: SandboxName, run: typeof runQuick = runQuick): Promise<string> {
  await run("journalctl", ["--sync"]);
  const words = [];
  for (const unit of [`sandbox-image@${name}.service`, `sandbox-root@${name}.service`]) {
    const asked = ["InactiveExitTimestamp", "Result", "ExecMainStatus"].map((key) => `--property=${key}`);
    const { output } = await run("systemctl", ["show", "--timestamp=unix", ...asked, unit]);
    const { InactiveExitTimestamp: began = "", ...properties } = Object.fromEntries(
      output.split("\n").map((line) => line.split("=", 2) as [string, string]),
    );
    if (began === "") continue;
    const options = ["--quiet", "--output=cat", "--priority=err", "--lines=3", `--since=${began}`];
    const { output: said } = await run("journalctl", [...options, `_SYSTEMD_UNIT=${unit}`]);
    if (said !== "") words.push(said);
    else if (properties["Result"] !== "success") words.push(describeResult(properties));
  }
  return words.join("\n");
}
