import { readFileSync } from "node:fs";
import { findHint, SandboxError } from "../../generator/conf/sandbox-error.ts";
import { runQuick } from "./run-quick.ts";

/** Whether something is mounted on a path. The path must not contain links. */
export const isMountPoint = (path: string): boolean =>
  listMountPoints(readFileSync("/proc/self/mountinfo", "utf8")).has(path);

/** Lists the mount points in a text in the format of proc_pid_mountinfo(5). */
export function listMountPoints(text: string): ReadonlySet<string> {
  const points = text.split("\n").map((line) => line.split(" ")[4] ?? "");
  // The text encodes blanks, tabs, newlines and backslashes as octal numbers.
  return new Set(
    points.map((point) =>
      point.replace(/\\(\d{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8))),
    ),
  );
}

/** Whether set-user-id bits, file capabilities and devices have no effect in the mount with this number. */
export const isHarmlessMount = (id: number): boolean => isHarmlessIn(readFileSync("/proc/self/mountinfo", "utf8"), id);

/** The same for a text in the format of proc_pid_mountinfo(5). */
export function isHarmlessIn(text: string, id: number): boolean {
  const line = text.split("\n").find((each) => each.startsWith(`${id} `));
  const options = line?.split(" ")[5]?.split(",") ?? [];
  return options.includes("nosuid") && options.includes("nodev");
}

/** Runs mount(8), in `folder` if it is given. Throws a SandboxError with the message of mount(8), in one line. */
export const mount = (args: readonly string[], folder?: string): Promise<void> => runOrThrow("mount", args, folder);

/** The same for umount(8). */
export const unmount = (...args: readonly string[]): Promise<void> => runOrThrow("umount", args);

async function runOrThrow(program: string, args: readonly string[], folder?: string): Promise<void> {
  const { status, output } = await runQuick(program, args, folder === undefined ? {} : { cwd: folder });
  if (status === 0) return;
  // It ends some lines with a full stop, and a mount of many may have a line for each.
  const lines = output.split("\n").map((line) => line.trim().replace(/\.$/, ""));
  const words = output === "" ? `${program} ended with status ${status}` : lines.join("; ");
  throw new SandboxError(words, { hint: findHint(output) });
}
