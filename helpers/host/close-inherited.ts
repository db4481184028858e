import { closeSync, readdirSync, readFileSync } from "node:fs";
import { orMissing } from "./or-missing.ts";

// O_CLOEXEC in /proc/PID/fdinfo (proc_pid_fdinfo(5)), which is octal.
const closedOnExec = 0o2000000;

/**
 * Closes the files that our caller has left open for us, apart from standard input and output. Node passes on those
 * with a high number to its children. A file that we open ourselves is closed in them anyway.
 */
export function closeInherited(): void {
  const inherited = readdirSync("/proc/self/fd").map(Number).filter(isInherited);
  for (const file of inherited) closeSync(file);
}

function isInherited(file: number): boolean {
  const info = file > 2 ? orMissing(() => readFileSync(`/proc/self/fdinfo/${file}`, "utf8")) : undefined;
  const [, flags] = /^flags:\s*([0-7]+)$/m.exec(info ?? "") ?? [];
  return flags !== undefined && (parseInt(flags, 8) & closedOnExec) === 0;
}
