import { existsSync, readFileSync } from "node:fs";
import { run } from "../../host/run.ts";
import { type Denial, parseAudit } from "./parse-audit.ts";
import { parseJournal } from "./parse-journal.ts";

/**
 * What was denied on this host since a point in time (seconds since the epoch), from auditd's log when auditd runs, else from
 * what the kernel told the journal. Undefined when SELinux is not enabled.
 */
export async function readDenials(since: number): Promise<readonly Denial[] | undefined> {
  if (!existsSync("/sys/fs/selinux/enforce")) return undefined;
  const records = isAuditdRunning() ? await readAuditLog(since) : await readJournal(since);
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
  // It takes a date as the locale writes it, which is C.UTF-8, where a year has two digits.
  // It refuses the year 1970.
  const start = since > 0 ? ["--start", ...formatStart(since)] : [];
  const { stdout } = await run("ausearch", [...words, ...start], { accept: [1] });
  return stdout;
}

const two = (part: number): string => String(part).padStart(2, "0");

/** Date and time for ausearch(8) --start, local time. */
export function formatStart(since: number): readonly [string, string] {
  const date = new Date(since * 1000);
  return [
    `${two(date.getMonth() + 1)}/${two(date.getDate())}/${two(date.getFullYear() % 100)}`,
    `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`,
  ];
}

async function readJournal(since: number): Promise<string> {
  // journald sets these fields itself: nobody else can write a line that has them (systemd.journal-fields(7)).
  const words = ["--quiet", "--output=json", `--since=@${Math.floor(since)}`, "_TRANSPORT=audit", "_TRANSPORT=kernel"];
  const { stdout } = await run("journalctl", words, { accept: [1] });
  return parseJournal(stdout);
}
