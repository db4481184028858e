import { existsSync, globSync, readFileSync } from "node:fs";
import { isAppArmorEnabled } from "../../host/apparmor.ts";
import { run } from "../../host/run.ts";
import { isSelinuxEnabled } from "../../host/selinux.ts";
import { type Denial, parseAudit } from "./parse-audit.ts";
import { parseJournal } from "./parse-journal.ts";

/**
 * Reads the denials on this host since a point in time (seconds since the epoch). They come from auditd's log if auditd
 * runs, and otherwise from the kernel's messages in the journal. Undefined if neither SELinux nor AppArmor is enabled.
 */
export async function readDenials(since: number): Promise<readonly Denial[] | undefined> {
  const readLog = isSelinuxEnabled() ? readAuditLog : isAppArmorEnabled() ? grepAuditLog : undefined;
  if (readLog === undefined) return undefined;
  const records = isAuditdRunning() ? await readLog(since) : await readJournal(since);
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

async function readJournal(since: number): Promise<string> {
  // Only journald can set these fields, so nobody else can write a line that has them (systemd.journal-fields(7)).
  const words = ["--quiet", "--output=json", `--since=@${Math.floor(since)}`, "_TRANSPORT=audit", "_TRANSPORT=kernel"];
  const { stdout } = await run("journalctl", words, { accept: [1] });
  return parseJournal(stdout);
}
