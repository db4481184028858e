import { SandboxError } from "../../../generator/conf/sandbox-error.ts";
import { checkAppArmor } from "../doctor/apparmor.ts";
import type { Check, Finding } from "../doctor/check.ts";
import { checkCgroup, checkIdmappedMounts, checkLimits, checkLinux, checkUserNamespaces } from "../doctor/kernel.ts";
import { checkDhcp } from "../doctor/network.ts";
import { checkConfs, checkDisk, checkGenerator, checkIdentities, checkLeftovers } from "../doctor/product.ts";
import { checkAttr, checkLibvirt, checkMachined, checkSystemd, checkUtilLinux } from "../doctor/programs.ts";
import { checkPolicy, checkSelinux } from "../doctor/selinux.ts";
import { lookAtHost } from "../doctor/this-host.ts";
import { paint, print, printJson } from "../output.ts";
import { requireRoot } from "../require-root.ts";

const checks: readonly Check[] = [
  ...[checkSystemd, checkUtilLinux, checkAttr, checkLibvirt, checkMachined],
  ...[checkLinux, checkCgroup, checkUserNamespaces, checkIdmappedMounts, checkLimits],
  ...[checkSelinux, checkPolicy, checkAppArmor],
  ...[checkGenerator, checkConfs, checkIdentities, checkLeftovers, checkDisk],
  checkDhcp,
];

/** Checks whether this host can run sandboxes. Throws a SandboxError if something would stop a start. */
export async function examineHost(options: { json?: boolean }): Promise<void> {
  requireRoot();
  const host = await lookAtHost();
  const findings = await Promise.all(checks.map(async (check) => check(host)));
  if (options.json === true) printJson(findings.map((finding) => ({ fix: null, ...finding })));
  else print(formatFindings(findings));
  const wrong = findings.filter(({ verdict }) => verdict === "failed");
  if (wrong.length > 0)
    throw new SandboxError(`this keeps sandboxes from starting: ${wrong.map(({ check }) => check).join(", ")}`);
}

const tones = { ok: "good", warning: "doubtful", failed: "bad" } as const;

/** Formats one line for each finding, with its fix below. */
export function formatFindings(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ check }) => check.length));
  return findings
    .map(({ verdict, check, message, fix }) => {
      const line = `${paint(tones[verdict], verdict)}${" ".repeat(9 - verdict.length)}${check.padEnd(width)}  ${message}\n`;
      return fix === undefined ? line : `${line}${" ".repeat(width + 11)}-> ${fix}\n`;
    })
    .join("");
}
