import { existsSync, lstatSync, readdirSync, rmdirSync, rmSync, symlinkSync } from "node:fs";
import { basename, join } from "node:path";
import { describeError } from "../../../base/errors.ts";
import { orMissing, removeIfThere } from "../../../base/files.ts";
import { mountsDirectory, runtimeDirectory, runtimeRoot } from "../../../base/paths.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import { isMountPoint, unmount } from "../../host/files/mounts.ts";
import { controllerSocket, mountPoints, statusFile } from "../../host/libvirt/domain-files.ts";
import { printWarning } from "../../host/process/run-helper.ts";
import { runQuick } from "../../host/process/run-quick.ts";
import { releaseClaims } from "../claims.ts";

/**
 * Unmounts everything that attach and launch mounted for a sandbox, and removes what they and libvirt left in /run.
 * Ignores what does not exist.
 */
export async function takeDown(name: SandboxName): Promise<void> {
  const runtime = runtimeDirectory(name);
  const mounts = mountsDirectory(name);
  const own = list(runtime);
  const layers = list(mounts);
  const starting = (prefix: string): readonly string[] => own.filter((path) => path.startsWith(join(runtime, prefix)));
  unmountAll([...starting("network"), ...starting("mount-"), ...layers]);
  for (const image of starting("image-").filter(isMountPoint)) await unmountImage(image);
  releaseClaims(name);
  forgetTakenDown(name);
  for (const file of files) rmSync(join(runtime, file), { force: true });
  for (const file of layers.filter((path) => /(?:image|file)-[^/]*\d$/.test(path))) rmSync(file, { force: true });
  rmSync(controllerSocket(name), { force: true });
  removeIfThere(join(runtimeRoot, `.starting-${name}`));
  // A configuration that was going on makes its folders here once more when its memory has been unmounted.
  const scratch = join(runtime, "mount-scratch");
  if (!isMountPoint(scratch)) rmSync(scratch, { recursive: true, force: true });
  for (const place of starting("mount-").filter((path) => !isMountPoint(path))) removeFile(place);
  const folders = [...starting("mount-"), ...starting("image-"), runtime, ...layers, mounts, ...mountPoints(name)];
  for (const folder of folders) removeEmpty(folder);
}

// Files in `runtimeDirectory`: `run.json` belongs to run-record.ts, `client` to dhcp-client.ts, and `unfilter` holds the
// rules that setUpNetwork loaded, those of loadPorts begin with `nft`, and `idle` and `idle-stop` are stop-idle's. Earlier builds made
// `started`, `init`, `claims` and `fstab`.
const files = [
  "run.json",
  "run.json.new",
  "link",
  "nft",
  "nft-shut",
  "nft-close",
  "nft-network",
  "idle",
  "idle-stop",
  "client",
  "network",
  "unfilter",
  "ended",
  "console",
  "reload",
  ...["started", "init", "claims", "fstab"],
];

/** Whether an image of Mount= is mounted for it. */
export const showsImage = (name: SandboxName): boolean =>
  list(runtimeDirectory(name)).some((path) => basename(path).startsWith("image-"));

const list = (folder: string): readonly string[] =>
  (orMissing(() => readdirSync(folder)) ?? []).sort().map((entry) => join(folder, entry));

function unmountAll(paths: readonly string[]): void {
  for (const path of paths) {
    try {
      unmount(path);
    } catch {
      // Most are no mount, and some are busy.
      if (isMountPoint(path)) unmountLater(path);
    }
  }
}

function unmountLater(path: string): void {
  try {
    unmount(path, "lazy");
  } catch (error) {
    if (isMountPoint(path)) printWarning(`${path} stays mounted until the next start: ${describeError(error)}`);
  }
}

async function unmountImage(path: string): Promise<void> {
  const { status } = await runQuick("systemd-umount", ["--quiet", path]);
  if (status !== 0) unmountLater(path);
}

// The folder was never made, or somebody has put something into it, or mounted something on it.
const expected = ["ENOENT", "ENOTDIR", "ENOTEMPTY", "EBUSY"];

// A file of the host was mounted on it.
function removeFile(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false })?.isFile() === true) rmSync(path);
}

function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch (error) {
    // It is in the way of nobody.
    if (!expected.includes(String((error as NodeJS.ErrnoException).code))) printWarning(describeError(error));
  }
}

const linkOf = (name: SandboxName): string => join(runtimeRoot, `.stopped-${name}`);

/** Whether something of a start is still there: it was never stopped, or its stop could not unmount all. */
export const isLeft = (name: SandboxName): boolean =>
  [runtimeDirectory(name), mountsDirectory(name), statusFile(name)].some((path) => existsSync(path));

/** Says to native/unless-stopped.c that nothing is left of an invocation of the unit (systemd.exec(5)). */
export function sayTakenDown(name: SandboxName, invocation: string): void {
  symlinkSync(invocation, linkOf(name));
}

/** Removes what an earlier stop said, if systemd has not run unless-stopped since. */
export function forgetTakenDown(name: SandboxName): void {
  removeIfThere(linkOf(name));
}
