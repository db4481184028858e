import { mkdirSync, readFileSync, readlinkSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { runtimeRoot } from "../../generator/conf/paths.ts";
import { isSandboxName, type SandboxName } from "../../generator/conf/sandbox-name.ts";
import { takeLock } from "../host/lock.ts";
import { isSameProcess, ownStart } from "../host/process-start.ts";
import { orMissing } from "../host/or-missing.ts";
import type { Link } from "./ports/plan-link.ts";
import { parseStartLink } from "./ports/start-link.ts";
import { readSealed } from "./seal.ts";
import { runtimeFile, startDirectory } from "./start-files.ts";

/** What only one running sandbox may have: `ids-0:BASE:65536`, `level-s0:cA,cB` or `link-ADDRESS`. */
export type Claim = string;

/** Another sandbox that runs with it. */
export interface Taken {
  readonly claim: Claim;
  readonly holder: SandboxName;
}

// Seconds for a lock that is held for a few system calls.
const patience = 10;

/** Renders the file `claims` of prepare: a line for each. */
export const renderClaims = (idBase: number | null, level: string | undefined, link: Link | null): string =>
  [
    ...(idBase === null ? [] : [`ids-0:${idBase}:65536`]),
    ...(level === undefined ? [] : [`level-${level}`]),
    ...(link === null ? [] : link.addresses.map(({ sandbox }) => `link-${sandbox.text}`)),
  ]
    .map((claim) => `${claim}\n`)
    .join("");

/**
 * Takes what the sandbox needs for itself while it runs, in one system call for each. Somebody else can have it, although
 * it was free when it was chosen: the state of a sandbox may come from another host, or was not mounted when the other
 * chose. Returns what is taken; undefined if nothing is.
 */
export async function claimAll(name: SandboxName): Promise<Taken | undefined> {
  for (const claim of parseClaims(readSealed(name, "claims"))) {
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
    if (!makeLink(name, claim)) return claimAll(name);
  }
  return undefined;
}

/** Gives up what a sandbox took, but not while the start goes on that took it: its first configuration ends before it. */
export function releaseClaims(name: SandboxName): void {
  // Whatever became of the record meanwhile, a stop goes on.
  const text = orMissing(() => readFileSync(join(startDirectory(name), "claims"), "utf8"));
  for (const claim of parseClaims(text ?? "")) {
    const [holder, pid, began = ""] = readLink(claim);
    if (holder === name && !isSameProcess(Number(pid), began)) rmSync(linkOf(claim), { force: true });
  }
}

const parseClaims = (text: string): readonly Claim[] => text.split("\n").filter(Boolean);

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

/** Whether a running sandbox was mounted with it; a conf that changed meanwhile may say otherwise. */
const isUsing = (holder: SandboxName, claim: Claim): boolean =>
  claim.startsWith("link-")
    ? parseStartLink(readRuntime(holder, "link")).addresses.some(({ sandbox }) => claim === `link-${sandbox.text}`)
    : readRuntime(holder, "fstab").includes(claim.slice(claim.indexOf("-") + 1));

const readRuntime = (name: SandboxName, file: string): string =>
  orMissing(() => readFileSync(runtimeFile(name, file), "utf8")) ?? "";
