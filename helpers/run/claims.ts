import { mkdirSync, readFileSync, readlinkSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { runtimeRoot } from "../../generator/conf/paths.ts";
import { isSandboxName, type SandboxName } from "../../generator/conf/sandbox-name.ts";
import { takeLock } from "../host/lock.ts";
import { isSameProcess, ownStart } from "../host/process-start.ts";
import { orMissing } from "../host/or-missing.ts";
import { writeFile } from "../host/write-file.ts";
import { tryReadPlan } from "./plan/kept-plan.ts";
import type { Claim } from "./plan/start-plan.ts";
import type { Link } from "./ports/plan-link.ts";
import { runtimeFile } from "./runtime-file.ts";

/** Another sandbox that runs with it. */
export interface Taken {
  readonly claim: Claim;
  readonly holder: SandboxName;
}

// Seconds for a lock that is held for a few system calls.
const patience = 10;

/** What a sandbox needs for itself. */
export const planClaims = (idBase: number | null, level: string | undefined, link: Link | null): readonly Claim[] => [
  ...(idBase === null ? [] : [`ids-0:${idBase}:65536`]),
  ...(level === undefined ? [] : [`level-${level}`]),
  ...(link === null ? [] : link.addresses.map(({ sandbox }) => `link-${sandbox.text}`)),
];

/**
 * Takes what the sandbox needs for itself while it runs, in one system call for each. Somebody else can have it, although
 * it was free when it was chosen: the state of a sandbox may come from another host, or was not mounted when the other
 * chose. Returns what is taken; undefined if nothing is.
 */
export async function claimAll(name: SandboxName, claims: readonly Claim[]): Promise<Taken | undefined> {
  for (const claim of claims) {
    if (makeLink(name, claim)) continue;
    // Of two that find an old link at the same time, the second must not remove the first one's new link.
    const lock = await takeLock(join(runtimeRoot, ".claims"), patience);
    try {
      const holder = findHolder(name, claim);
      if (holder !== undefined) return { claim, holder };
      rmSync(linkOf(claim), { force: true });
    } finally {
      lock.release();
    }
    if (!makeLink(name, claim)) return claimAll(name, claims);
  }
  return undefined;
}

/** Gives up what a sandbox took, but not while the start goes on that took it: its first configuration ends before it. */
export function releaseClaims(name: SandboxName): void {
  // A start that failed early recorded none.
  for (const claim of readClaims(name) ?? tryReadPlan(name)?.claims ?? []) {
    const [holder, pid, began = ""] = readLink(claim);
    if (holder === name && !isSameProcess(Number(pid), began)) rmSync(linkOf(claim), { force: true });
  }
}

/** Records what a start took, until its stop. By then launch has ended, and the conf may say something else. */
export function recordClaims(name: SandboxName, claims: readonly Claim[]): void {
  writeFile(runtimeFile(name, "claims"), claims.map((claim) => `${claim}\n`).join(""));
}

const readClaims = (name: SandboxName): readonly Claim[] | undefined =>
  readRuntime(name, "claims")?.split("\n").filter(Boolean);

const linkOf = (claim: Claim): string => join(runtimeRoot, `.${claim}`);

// The link's text is the sandbox and the process that launches it.
function makeLink(name: SandboxName, claim: Claim): boolean {
  try {
    symlinkSync([name, process.pid, ownStart()].join(" "), linkOf(claim));
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") return false;
    if (code !== "ENOENT") throw error;
    // This is the first start since the boot. Sandboxes may pass through this folder, and not read it.
    mkdirSync(runtimeRoot, { recursive: true, mode: 0o711 });
    return makeLink(name, claim);
  }
}

const readLink = (claim: Claim): readonly string[] => (orMissing(() => readlinkSync(linkOf(claim))) ?? "").split(" ");

// A killed stop or a changed conf may leave a link behind.
function findHolder(name: SandboxName, claim: Claim): SandboxName | undefined {
  const [holder = "", pid, began = ""] = readLink(claim);
  if (!isSandboxName(holder) || holder === name) return undefined;
  return isSameProcess(Number(pid), began) || isUsing(holder, claim) ? holder : undefined;
}

/** Whether a sandbox runs with it. Version 0.1.0 recorded nothing, but mounted with it. */
function isUsing(holder: SandboxName, claim: Claim): boolean {
  const claims = readClaims(holder);
  if (claims !== undefined) return claims.includes(claim);
  const value = claim.slice(claim.indexOf("-") + 1);
  const words = (readRuntime(holder, "fstab") ?? "").split(/[\s"=]/);
  return words.some((word) => word === value || word.endsWith(`:${value}`));
}

const readRuntime = (name: SandboxName, file: string): string | undefined =>
  orMissing(() => readFileSync(runtimeFile(name, file), "utf8"));
