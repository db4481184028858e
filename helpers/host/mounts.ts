import { readFileSync } from "node:fs";

/** Whether something is mounted on a path, which has no link in it. */
export const isMountPoint = (path: string): boolean =>
  listMountPoints(readFileSync("/proc/self/mountinfo", "utf8")).has(path);

/** The mount points in a text as proc_pid_mountinfo(5) has it. */
export function listMountPoints(text: string): ReadonlySet<string> {
  const points = text.split("\n").map((line) => line.split(" ")[4] ?? "");
  // Blanks, tabs, newlines and backslashes are octal numbers there.
  return new Set(
    points.map((point) =>
      point.replace(/\\(\d{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8))),
    ),
  );
}
