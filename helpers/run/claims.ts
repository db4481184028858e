import { mkdirSync, readdirSync, readlinkSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { orMissing } from "../../base/files.ts";
import { runtimeRoot } from "../../base/paths.ts";
import { isSandboxName, type SandboxName } from "../../base/sandbox-name.ts";
import { takeLock } from "../host/files/lock.ts";
import { isSameProcess, ownStart } from "../host/process/processes.ts";
import type { Claim } from "./plan/start-plan.ts";
import type { Link } from "./ports/plan-ports.ts";
import { runsWith } from "./running/read-running.ts";
import { findRunRecord } from "./running/run-record.ts";

/** Another sandbox that runs with it. */
export interface Taken {
  readonly claim: Claim;
  readonly holder: SandboxName;
}

// Seconds for a lock that is held for a few system calls.
const timeout = 10;

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
    const lock = await takeLock(join(runtimeRoot, ".claims"), timeout);
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
  const found = findRunRecord(name);
  // A start that failed early, and an earlier build, recorded none.
  for (const claim of found === undefined || found === "damaged" ? listTaken() : found.plan.claims) {
    const [holder, pid, began = ""] = readLink(claim);
    if (holder === name && !isSameProcess(Number(pid), began)) rmSync(linkOf(claim), { force: true });
  }
}

/** All that is taken, by whomever. */
const listTaken = (): readonly Claim[] =>
  (orMissing(() => readdirSync(runtimeRoot)) ?? []).flatMap(
    (file) => /^\.((?:ids|level|link)-.*)$/.exec(file)?.[1] ?? [],
  );

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
  return isSameProcess(Number(pid), began) || runsWith(holder, claim) ? holder : undefined;
}
