import { existsSync, statfsSync, statSync } from "node:fs";
import { SandboxError } from "../../../base/errors.ts";
import { formatBytes } from "../../../base/text.ts";
import { run } from "../../host/process/run.ts";

/** Warns a person about a deviation from the plan that did not stop the work. */
export type Warn = (text: string) => void;

/**
 * Copies data completely: owners, modes, times, ACLs and other attributes, hard links, holes. It also copies what is
 * mounted below, because that is data to the service. It leaves out sockets, fifos and devices: nobody inside is at
 * their other end. It warns about files that the service removes meanwhile.
 */
export async function copyData(from: string, to: string, warn: Warn): Promise<void> {
  const options = ["--archive", "--reflink=auto", "--sparse=auto", "--no-target-directory", "--"];
  const { stderr } = await run("cp", [...options, from, to], { accept: [1] });
  const complaints = stderr.split("\n").filter((line) => line !== "");
  const failure = complaints.find((line) => !line.endsWith(": No such file or directory"));
  if (failure !== undefined) throw new SandboxError(`${from} could not be copied: ${failure.replace(/^cp: /, "")}`);
  if (complaints.length > 0)
    warn(
      `${complaints.length} of the files in ${from} vanished while they were being copied. The first: ${complaints[0] ?? ""}. ` +
        "If that matters, stop the service on the host and create the sandbox again",
    );
  if (existsSync(to)) await run("find", [to, "-type", "s,p,b,c", "-delete"]);
}

/** The number of bytes that data takes on disk. */
export async function measureData(paths: readonly string[]): Promise<number> {
  if (paths.length === 0) return 0;
  // A file that vanishes during the measurement will not be copied either.
  const { stdout } = await run("du", ["--summarize", "--total", "--block-size=1", "--", ...paths], { accept: [1] });
  return Number(/^(\d+)\ttotal$/m.exec(stdout)?.[1] ?? 0);
}

// A copy on these file systems shares its blocks (statfs(2), f_type): Btrfs, XFS, bcachefs.
const sharing = new Set([0x9123683e, 0x58465342, 0xca451a4e]);

const howToMakeRoom = {
  folder: "Free some space",
  image: "Make the image larger, with --imagesize or `sandboxcontainer resize`",
};

/**
 * Throws a SandboxError if data of this size from these places does not fit into a folder, which may be in an image.
 */
export function requireRoom(bytes: number, paths: readonly string[], folder: string, kept: "folder" | "image"): void {
  const { bavail, bsize, type } = statfsSync(folder);
  const isHere = (path: string): boolean => statSync(path).dev === statSync(folder).dev;
  if (bytes <= bavail * bsize || (sharing.has(type) && paths.every(isHere))) return;
  throw new SandboxError(
    `the host's data, ${formatBytes(bytes)} in ${paths.join(", ")}, does not fit: ${folder} has ${formatBytes(bavail * bsize)} left`,
    { hint: `${howToMakeRoom[kept]}, or begin with fresh data: Copy=no` },
  );
}
