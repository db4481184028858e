import { SandboxError } from "../../../base/errors.ts";
import { plainText } from "../../sandbox/untrusted-text.ts";
import type { Check, Finding } from "../doctor/check.ts";
import { checkCgroup, checkIdmappedMounts, checkLimits, checkLinux, checkUserNamespaces } from "../doctor/kernel.ts";
import { checkDhcp, checkPorts } from "../doctor/network.ts";
import {
  checkAttr,
  checkConfs,
  checkDisk,
  checkGenerator,
  checkIdentities,
  checkLeftovers,
  checkLibvirt,
  checkMachined,
  checkOrphans,
  checkSystemd,
  checkUnits,
  checkUtilLinux,
} from "../doctor/programs.ts";
import { checkSnapshots } from "../doctor/snapshots.ts";
import { lookAtHost } from "../doctor/this-host.ts";
import { checkAppArmor, checkPolicy, checkSelinux } from "../doctor/walls.ts";
import { paint, print, printJson, version } from "../output.ts";
import { compareNodes } from "../peer/compare-nodes.ts";
import { askPeer, describeNode } from "../peer/describe-node.ts";
import { requireRoot } from "../require-sandbox.ts";
import type { Flags, Verb } from "../verb.ts";

export const verb: Verb = {
  name: "doctor",
  group: "Explain",
  summary: "check whether this host can run sandboxes, and say how to fix what is wrong",
  places: {},
  options: {
    "--peer <host>": "compare it with another host between which sandboxes move, over ssh",
    "--describe": { help: "print what --peer of another host compares", hidden: true },
  },
  json: `{ check: string; verdict: "ok" | "warning" | "failed"; message: string; fix: string | null }[]`,
  examples: ["doctor"],
  run: examineHost,
};

const checks: readonly Check[] = [
  ...[checkSystemd, checkUtilLinux, checkAttr, checkLibvirt, checkMachined],
  ...[checkLinux, checkCgroup, checkUserNamespaces, checkIdmappedMounts, checkLimits],
  ...[checkSelinux, checkPolicy, checkAppArmor],
  ...[checkGenerator, checkConfs, checkOrphans, checkUnits, checkIdentities, checkLeftovers, checkDisk, checkSnapshots],
  ...[checkDhcp, checkPorts],
];

type DoctorOptions = Flags<"json" | "describe"> & { readonly peer?: string };

async function examineHost(options: DoctorOptions): Promise<void> {
  requireRoot();
  if (options.describe === true) {
    printJson(await describeNode(version));
    return;
  }
  const findings = options.peer === undefined ? await examine() : await compareWith(options.peer);
  if (options.json === true) printJson(findings.map((finding) => ({ fix: null, ...finding })));
  else print(formatFindings(findings));
  const wrong = findings.filter(({ verdict }) => verdict === "failed");
  if (wrong.length > 0) throw new SandboxError(`these checks failed: ${wrong.map(({ check }) => check).join(", ")}`);
}

async function examine(): Promise<readonly Finding[]> {
  const host = await lookAtHost();
  return Promise.all(checks.map(async (check) => check(host)));
}

async function compareWith(peer: string): Promise<readonly Finding[]> {
  const [other, own] = await Promise.all([askPeer(peer), describeNode(version)]);
  const findings = compareNodes(own, other, peer);
  // The other host chose parts of these.
  return findings.map((finding) => ({ ...finding, message: plainText(finding.message) }));
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
