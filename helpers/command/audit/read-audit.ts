import { existsSync, globSync, readFileSync } from "node:fs";
import { SandboxError } from "../../../base/errors.ts";
import { run } from "../../host/process/run.ts";
import { isAppArmorEnabled } from "../../host/walls/apparmor.ts";
import { isSelinuxEnabled } from "../../host/walls/selinux.ts";
import { parseEntry, textOf } from "../record-event.ts";
import type { SandboxFacts } from "../sandbox-facts.ts";
import { asMap, ofSandbox } from "./describe-denial.ts";
import { type Denial, parseAudit } from "./parse-audit.ts";

/**
 * Reads the denials on this host since a point in time (seconds since the epoch). They come from auditd's log if auditd
 * runs, and otherwise from the kernel's messages in the journal: of these at most the newest `most`, because a sandbox can cause
 * as many as it likes. Undefined if neither SELinux nor AppArmor is enabled.
 */
export async function readDenials(since: number, most = Infinity): Promise<readonly Denial[] | undefined> {
  const readLog = isSelinuxEnabled() ? readAuditLog : isAppArmorEnabled() ? grepAuditLog : undefined;
  if (readLog === undefined) return undefined;
  const records = isAuditdRunning() ? await readLog(since) : await readJournal(since, most);
  return parseAudit(records).filter(({ time }) => time >= since);
}

function isAuditdRunning(): boolean {
  try {
    const pid = readFileSync("/run/auditd.pid", "utf8").trim();
    return /^[1-9]\d*$/.test(pid) && existsSync(`/proc/${pid}`) && existsSync("/var/log/audit/audit.log");
  } catch {
    return false;
  }
}

async function readAuditLog(since: number): Promise<string> {
  const words = ["--input-logs", "--raw", "--message", "AVC,USER_AVC"];
  // ausearch reads the date in the format of the locale. We set C.UTF-8, whose years have two digits. It rejects the
  // year 1970.
  const start = since > 0 ? ["--start", ...formatStart(since)] : [];
  const { stdout } = await run("ausearch", [...words, ...start], { accept: [1] });
  return stdout;
}

// ausearch(8) does not find AppArmor's records. The files are sorted by age.
async function grepAuditLog(): Promise<string> {
  const files = globSync("/var/log/audit/audit.log*").sort().reverse();
  const { stdout } = await run("grep", ["--no-filename", "--text", "-E", 'apparmor="(DENIED|ALLOWED)"', ...files], {
    accept: [1],
  });
  return stdout;
}

const two = (part: number): string => String(part).padStart(2, "0");

/** Formats date and time for ausearch(8) --start, in local time. */
export function formatStart(since: number): readonly [string, string] {
  const date = new Date(since * 1000);
  return [
    `${two(date.getMonth() + 1)}/${two(date.getDate())}/${two(date.getFullYear() % 100)}`,
    `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`,
  ];
}

async function readJournal(since: number, most: number): Promise<string> {
  // Only journald can set these fields, so nobody else can write a line that has them (systemd.journal-fields(7)).
  const words = ["--quiet", "--output=json", `--since=@${Math.floor(since)}`, "_TRANSPORT=audit", "_TRANSPORT=kernel"];
  const limit = most === Infinity ? [] : [`--lines=${most}`];
  const { stdout } = await run("journalctl", [...limit, ...words], { accept: [1] });
  return parseJournal(stdout);
}

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

const units: Readonly<Record<string, number>> = { s: 1, min: 60, m: 60, h: 3600, d: 86_400, w: 604_800 };

/**
 * Parses a time such as `today`, `yesterday`, `2h` (ago), `2026-11-25` or `2026-11-25 14:30`. Returns seconds since the
 * epoch.
 */
export function parseSince(text: string, now: Date): number {
  const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate());
  if (text === "today") return midnight.getTime() / 1000;
  if (text === "yesterday") return midnight.setDate(midnight.getDate() - 1) / 1000;
  const [, count = "", unit = ""] = /^(\d{1,6}) ?(s|min|m|h|d|w)(?: ago)?$/.exec(text) ?? [];
  if (count !== "") return now.getTime() / 1000 - Number(count) * (units[unit] ?? 0);
  if (/^\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2})?)?$/.test(text)) {
    // JavaScript reads a date without a time of day as UTC.
    const date = new Date(text.length === 10 ? `${text}T00:00` : text.replace(" ", "T"));
    if (!Number.isNaN(date.getTime())) return date.getTime() / 1000;
  }
  throw new SandboxError(`\`${text}\` is not a time`, {
    hint: "Write today, yesterday, 30min, 2h, 3d, 2026-11-25 or 2026-11-25 14:30",
    status: 2,
  });
}

/** Counts what SELinux or AppArmor denied to a sandbox since midnight; null if that is not known. */
export type CountDenials = (sandbox: Pick<SandboxFacts, "name" | "level" | "profile">) => number | null;

/** Reads the denials once, for all sandboxes. If that fails, the other facts are still worth showing. */
export async function readDeniedToday(most?: number): Promise<CountDenials> {
  const denials: readonly Denial[] | undefined = await readDenials(parseSince("today", new Date()), most).catch(
    () => undefined,
  );
  return ({ name, level, profile }) =>
    denials === undefined || (level ?? profile) === null ? null : ofSandbox(denials, name, level ?? undefined).length;
}
