import { parseEntry, textOf } from "../parse-entry.ts";
import { asMap } from "./as-map.ts";

const types = asMap({
  "1300": "SYSCALL",
  "1302": "PATH",
  "1400": "AVC",
  "1107": "USER_AVC",
});

/**
 * Makes records of the audit log from journal entries (journalctl's JSON). Takes only entries whose transport is
 * `audit` or `kernel`: the text of a line that a process wrote proves nothing.
 */
export function parseJournal(json: string): string {
  return json
    .split("\n")
    .flatMap((line) => toRecord(line) ?? [])
    .join("\n");
}

function toRecord(line: string): string | undefined {
  const entry = parseEntry(line);
  const message = entry?.["MESSAGE"];
  if (entry === undefined || typeof message !== "string" || message.includes("\n")) return undefined;
  if (entry["_TRANSPORT"] === "kernel") {
    const [, number = "", rest = ""] = /^audit: type=(\d+) (audit\([\d.]+:\d+\): .*)$/.exec(message) ?? [];
    const name = types.get(number);
    return name === undefined ? undefined : `type=${name} msg=${rest}`;
  }
  const type = types.get(textOf(entry, "_AUDIT_TYPE"));
  if (entry["_TRANSPORT"] !== "audit" || type === undefined) return undefined;
  // The time is in microseconds; the journal keeps only its milliseconds.
  const time = (Number(textOf(entry, "_SOURCE_REALTIME_TIMESTAMP")) / 1e6).toFixed(3);
  return `type=${type} msg=audit(${time}:${textOf(entry, "_AUDIT_ID")}): ${message.replace(/^[A-Z_]+ /, "")}`;
}
