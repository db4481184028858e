import { readFileSync } from "node:fs";

// Its number in linux/capability.h.
export const CAP_SYS_RESOURCE = 24;

/** A set of capabilities as a bit mask, as in proc_pid_status(5). */
export type CapabilityMask = bigint;

/** Reads a set of capabilities of a process. */
export const readCapabilities = (pid: number | "self", set: "CapBnd" | "CapEff"): CapabilityMask =>
  parseCapabilities(readFileSync(`/proc/${pid}/status`, "utf8"), set);

/** Parses proc_pid_status(5). */
export function parseCapabilities(status: string, set: "CapBnd" | "CapEff"): CapabilityMask {
  const [, digits = "0"] = new RegExp(`^${set}:[ \\t]*([0-9a-f]+)$`, "m").exec(status) ?? [];
  return BigInt(`0x${digits}`);
}

/** Whether a set has a capability, by its number. */
export const hasCapability = (mask: CapabilityMask, capability: number): boolean =>
  ((mask >> BigInt(capability)) & 1n) === 1n;
