import { readFileSync } from "node:fs";
import { SandboxError } from "../../generator/conf/sandbox-error.ts";
import { runQuick } from "./run-quick.ts";

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

/** Whether files with set-user-id bits or capabilities, and devices, have no effect in the mount of this number. */
export const isHarmlessMount = (id: number): boolean => isHarmlessIn(readFileSync("/proc/self/mountinfo", "utf8"), id);

/** The same in a text as proc_pid_mountinfo(5) has it. */
export function isHarmlessIn(text: string, id: number): boolean {
  const line = text.split("\n").find((each) => each.startsWith(`${id} `));
  const options = line?.split(" ")[5]?.split(",") ?? [];
  return options.includes("nosuid") && options.includes("nodev");
}

/** Runs mount(8), in `folder` if there is one. Throws a SandboxError with its words. */
export const mount = (args: readonly string[], folder?: string): Promise<void> => runOrThrow("mount", args, folder);

/** The same for umount(8). */
export const unmount = (...args: readonly string[]): Promise<void> => runOrThrow("umount", args);

async function runOrThrow(program: string, args: readonly string[], folder?: string): Promise<void> {
  const { status, output } = await runQuick(program, args, folder === undefined ? {} : { cwd: folder });
  if (status !== 0) throw new SandboxError(output === "" ? `${program} ended with status ${status}` : output);
}
