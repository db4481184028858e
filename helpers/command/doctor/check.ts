import type { Leftovers } from "../../sandbox/hold/leftovers.ts";

/** The result of one check of the host. */
export interface Finding {
  readonly check: string;
  /** `failed`: a sandbox does not start, or starts without some of its walls. */
  readonly verdict: "ok" | "warning" | "failed";
  /** The facts, in a few words. */
  readonly message: string;
  /** A command to type, or another advice. */
  readonly fix?: string;
}

export type Check = (host: Host) => Finding | Promise<Finding>;

/** The parts of the host that checks look at. */
export interface Host {
  /** Returns the text of a file without the last line end; undefined if it cannot be read. */
  readonly read: (path: string) => string | undefined;
  readonly exists: (path: string) => boolean;
  /** Returns the output of a command; undefined if the command fails or does not exist. */
  readonly run: (command: string, ...args: readonly string[]) => Promise<string | undefined>;
  /** Returns the bytes free for root and the total bytes of the file system of a path; undefined if there is none. */
  readonly space: (path: string) => { readonly free: number; readonly total: number } | undefined;
  /** The sandboxes of this host. */
  readonly sandboxes: Sandboxes;
}

export interface Sandboxes {
  /** The sandboxes with a conf. */
  readonly names: readonly string[];
  /** Those with times of snapshots. */
  readonly withSnapshots: readonly string[];
  /** Errors of confs, one line each. */
  readonly confErrors: readonly string[];
  /** Units and programs of confs that the host no longer has, one line each. */
  readonly uninstalled: readonly string[];
  /** Sandboxes with a root and no conf, each with those that have the same conf and no root. */
  readonly orphans: readonly { readonly name: string; readonly followers: readonly string[] }[];
  /** Sandboxes with limits in [Resources]. */
  readonly limited: readonly string[];
  /** Whether every conf says Label=none, in its own text or through the defaults. */
  readonly allUnlabelled: boolean;
  /** The sandboxes that run outside of the AppArmor profile that they started in. */
  readonly unconfined: readonly string[];
  /** The libvirt networks that give sandboxes their addresses. Sorted. */
  readonly dhcpNetworks: readonly string[];
  /** What concerns ports that the kernel leads to. */
  readonly ports: PortFacts;
  /** The sandboxes whose generated units differ from what the generator would write now. */
  readonly stale: readonly string[];
  /** Folders that are mounted with other owners, one for each file system but that of /var/lib/sandboxcontainer. */
  readonly mapped: readonly string[];
  /** What two sandboxes have that only one should have, a phrase for each. */
  readonly shared: readonly string[];
  readonly idRanges: number;
  readonly levels: number;
  /** The remains of killed commands. */
  readonly leftovers: Leftovers;
}

/** Ports that the kernel leads to. */
export interface PortFacts {
  /** The sandboxes that have some. */
  readonly names: readonly string[];
  /** Those that run without all their rules. */
  readonly lost: readonly string[];
  /** Those that nobody reaches because the service listens on the loopback inside only, a phrase for each. */
  readonly local: readonly string[];
  /** Those where a program of the host listens too, and nobody reaches that, a phrase for each. */
  readonly shadowed: readonly string[];
}

/** A finding about what no sandbox with limits can start without. */
export const noLimits = (check: string, { sandboxes: { limited } }: Host, message: string, fix: string): Finding => {
  const [first, ...more] = limited;
  if (first === undefined)
    return warning(check, `${message}, so a sandbox with limits in [Resources] does not start`, fix);
  const which = more.length === 0 ? first : `${first} and ${more.length} more`;
  return failed(check, `${message}, so ${which} cannot start, because of limits in [Resources]`, fix);
};

export const ok = (check: string, message: string): Finding => ({ check, verdict: "ok", message });
export const warning = (check: string, message: string, fix: string): Finding => ({
  check,
  verdict: "warning",
  message,
  fix,
});
export const failed = (check: string, message: string, fix: string): Finding => ({
  check,
  verdict: "failed",
  message,
  fix,
});
