const types: Readonly<Record<string, string>> = {
  "1300": "SYSCALL",
  "1302": "PATH",
  "1400": "AVC",
  "1107": "USER_AVC",
};

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
  if (line === "") return undefined;
  const entry = JSON.parse(line) as Readonly<Record<string, unknown>>;
  const message = entry["MESSAGE"];
  if (typeof message !== "string" || message.includes("\n")) return undefined;
  if (entry["_TRANSPORT"] === "kernel") {
    const [, number = "", rest = ""] = /^audit: type=(\d+) (audit\([\d.]+:\d+\): .*)$/.exec(message) ?? [];
    return types[number] === undefined ? undefined : `type=${types[number]} msg=${rest}`;
  }
  const type = types[String(entry["_AUDIT_TYPE"])];
  if (entry["_TRANSPORT"] !== "audit" || type === undefined) return undefined;
  // The time is in microseconds; the journal keeps only its milliseconds.
  const time = (Number(entry["_SOURCE_REALTIME_TIMESTAMP"]) / 1e6).toFixed(3);
  return `type=${type} msg=audit(${time}:${String(entry["_AUDIT_ID"])}): ${message.replace(/^[A-Z_]+ /, "")}`;
}
