import { readFileSync } from "node:fs";
import { orMissing } from "../../../base/files.ts";

/** What passed over a link to a sandbox, by the end on the host. */
export interface Traffic {
  readonly device: string;
  /** Bytes that the sandbox received: the host sent them. */
  readonly received: number;
  readonly sent: number;
}

/** Reads what passed over all interfaces of the host at once (proc_pid_net(5), dev). Nobody inside can see or change this. */
export const readTraffic = (): ReadonlyMap<string, Traffic> =>
  parseTraffic(orMissing(() => readFileSync("/proc/self/net/dev", "utf8")) ?? "");

/** Parses lines of `DEVICE: BYTES …` with eight numbers about what the host received, and then those about what it sent. */
export function parseTraffic(text: string): ReadonlyMap<string, Traffic> {
  const lines = text.matchAll(/^ *([^\s:]+): *(\d+)(?: +\d+){7} +(\d+)/gm);
  return new Map(
    [...lines].map(([, device = "", sent = "", received = ""]) => [
      device,
      { device, received: Number(received), sent: Number(sent) },
    ]),
  );
}
