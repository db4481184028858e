import type { LogLine } from "../host/log-line.ts";
import { _ } from "../text.ts";

/** journalctl prints a message that is not UTF-8 as numbers, and leaves out one that is very long. */
export function messageOf({ MESSAGE }: LogLine): string {
  if (typeof MESSAGE === "string") return MESSAGE;
  if (MESSAGE === null || MESSAGE === undefined) return _("(too long to show)");
  return new TextDecoder().decode(Uint8Array.from(MESSAGE));
}
