import type { Leftovers } from "../../sandbox/hold/leftovers.ts";

/** What one look at the host found. */
export interface Finding {
  readonly check: string;
  /** `failed`: a sandbox does not start, or not with its walls. */
  readonly verdict: "ok" | "warning" | "failed";
  /** What is, in a few words. */
  readonly message: string;
  /** A command to type, or else what to do. */
  readonly fix?: string;
}

export type Check = (host: Host) => Finding | Promise<Finding>;

/** The host, as far as checks look at it. */
export interface Host {
  /** A file's text without the last line end; undefined when it cannot be read. */
  readonly read: (path: string) => string | undefined;
  readonly exists: (path: string) => boolean;
  /** The output of a command; undefined when it fails or is not there. */
  readonly run: (command: string, ...args: readonly string[]) => Promise<string | undefined>;
  /** Bytes free for root and in all on the file system of a path; undefined when there is none. */
  readonly space: (path: string) => { readonly free: number; readonly total: number } | undefined;
  /** Our state on this host. */
  readonly sandboxes: Sandboxes;
}

export interface Sandboxes {
  /** Those with a conf. */
  readonly names: readonly string[];
  /** Errors of confs, one line each. */
  readonly confErrors: readonly string[];
  /** Whether every conf says Label=none, by itself or by the defaults. */
  readonly allUnlabelled: boolean;
  /** The libvirt networks from which they have their addresses. Sorted. */
  readonly dhcpNetworks: readonly string[];
  /** Those whose generated units are not as the generator would write them now. */
  readonly stale: readonly string[];
  readonly idRanges: number;
  readonly levels: number;
  /** What killed commands left. */
  readonly leftovers: Leftovers;
}

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
