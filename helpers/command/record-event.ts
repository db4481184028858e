import type { SandboxName } from "../../base/sandbox-name.ts";
import { writeEntry } from "../host/systemd/notify.ts";
import { warn } from "./output.ts";

/** What a verb did to a sandbox. */
export type Deed =
  | { readonly event: "created" | "deleted" }
  | { readonly event: "renamed"; readonly was: SandboxName }
  | { readonly event: "changed"; readonly keys: readonly string[] };

/** Tells the journal what a verb did, for `events`. If that fails, it warns: the work is done. */
export async function recordEvent(name: SandboxName, deed: Deed): Promise<void> {
  const { status, output } = await writeEntry(fieldsOf(name, deed));
  if (status !== 0)
    warn(`the journal, and so \`sandboxcontainer events\`, misses "${describe(name, deed)}": ${output}`);
}

/** The fields of the entry. */
export const fieldsOf = (name: SandboxName, deed: Deed): Readonly<Record<string, string>> => ({
  MESSAGE: describe(name, deed),
  PRIORITY: "5",
  SYSLOG_IDENTIFIER: "sandboxcontainer",
  SANDBOX: name,
  SANDBOX_EVENT: deed.event,
  ...(deed.event === "renamed" ? { SANDBOX_WAS: deed.was } : {}),
  // It also shows as a message of the instance unit (journalctl(1), -u).
  OBJECT_SYSTEMD_UNIT: `sandbox@${name}.service`,
});

function describe(name: SandboxName, deed: Deed): string {
  switch (deed.event) {
    case "created":
      return `Created sandbox ${name}`;
    case "deleted":
      return `Deleted sandbox ${name}`;
    case "renamed":
      return `Renamed sandbox ${deed.was} to ${name}`;
    case "changed":
      return `Changed ${[...new Set(deed.keys)].map((key) => `${key}=`).join(", ") || "the conf"} of sandbox ${name}`;
  }
}

/** An entry of the journal. A field that it has twice is an array, and one with bytes that are no text another one. */
export type Entry = Readonly<Record<string, unknown>>;

/** Parses a line of `journalctl --output=json`; undefined for any other line, such as the half of one. */
export function parseEntry(line: string): Entry | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  return typeof value === "object" && value !== null ? (value as Entry) : undefined;
}

/** A field of an entry; empty unless the entry has it once, as text. */
export function textOf(entry: Entry, field: string): string {
  const value = entry[field];
  return typeof value === "string" ? value : "";
}
