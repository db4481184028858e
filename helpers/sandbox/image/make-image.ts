import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { join } from "node:path";
import { SandboxError } from "../../../base/errors.ts";
import { removeIfThere } from "../../../base/files.ts";
import { imageFile, imageMountPoint, stateDirectory, stateRoot } from "../../../base/paths.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import { formatBytes, formatSize } from "../../../base/text.ts";
import { syncFolder } from "../state.ts";
import { checkImage, type ImageHost, ownHost } from "./mount-image.ts";

/**
 * Makes the image of a sandbox's root. The image is sparse: unused space takes no disk space. Throws a SandboxError.
 */
export async function makeImage(name: SandboxName, bytes: number, host: ImageHost): Promise<void> {
  const state = stateDirectory(name);
  for (const folder of [stateRoot, state, imageMountPoint(name)]) makeFolder(folder);
  requireFree(state, bytes, host);
  // The image is built beside, so that there is never half an image.
  const fresh = `${imageFile(name)}.new`;
  rmSync(fresh, { force: true });
  try {
    makeSparse(fresh, bytes);
    await makeFileSystem(name, fresh, host);
    if (host.hasSelinux()) await labelTop(fresh, state, host);
    sync(fresh);
    linkTree(state);
    renameSync(fresh, imageFile(name));
    syncFolder(state);
  } finally {
    removeIfThere(fresh);
  }
}

function makeFolder(path: string): void {
  mkdirSync(path, { recursive: true });
  chmodSync(path, 0o700);
}

function requireFree(state: string, bytes: number, host: ImageHost): void {
  const free = host.freeBytes(state);
  if (bytes <= free) return;
  throw new SandboxError(
    `an image of ${formatSize(bytes)} does not fit into ${state}: its disk has ${formatBytes(free)} free`,
    { hint: "Free some space, or make Image= smaller" },
  );
}

function makeSparse(path: string, bytes: number): void {
  const file = openSync(path, "wx", 0o600);
  try {
    ftruncateSync(file, bytes);
  } finally {
    closeSync(file);
  }
}

async function makeFileSystem(name: SandboxName, path: string, host: ImageHost): Promise<void> {
  const lazily = "lazy_itable_init=1,lazy_journal_init=1";
  const args = ["-q", "-t", "ext4", "-b", "4096", "-m", "0", "-E", lazily, "--", path];
  const { status, output } = await host.run("mke2fs", args);
  if (status === 127) throw new SandboxError("mke2fs, which makes images, is missing", { hint: "Install e2fsprogs" });
  if (status !== 0) throw new SandboxError(`the image of ${name} cannot be made: ${output}`);
}

// The top of the image belongs to the host, like the folder on which it is mounted. Only files below have the sandbox's
// label.
async function labelTop(path: string, state: string, host: ImageHost): Promise<void> {
  const { status, output: context } = await host.run("stat", ["--format=%C", "--", state]);
  if (status !== 0) throw new SandboxError(`the SELinux context of ${state} cannot be read: ${context}`);
  await host.run("debugfs", ["-w", "-R", `ea_set / security.selinux "${context}"`, path]);
}

function sync(path: string): void {
  const file = openSync(path, "r");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

// A link for people, who look for the tree in its usual place.
function linkTree(state: string): void {
  const link = join(state, "root");
  rmSync(link, { force: true });
  symlinkSync("image/root", link);
}

/**
 * Makes the image of a sandbox's root if there is none, or checks it, before it is mounted. `bytes` comes from the
 * conf's Image=; without it this does nothing. Throws a SandboxError.
 */
export async function provideImage(
  name: SandboxName,
  bytes: number | undefined,
  host: ImageHost = ownHost,
): Promise<void> {
  if (bytes === undefined) return;
  if (existsSync(imageFile(name))) return checkImage(name, bytes, host);
  if (isFolder(join(stateDirectory(name), "root")))
    throw new SandboxError(`the conf of ${name} has Image=, but its root is a folder`, {
      hint: `Remove Image=, or clone the sandbox into one with an image: sandboxcontainer clone ${name} NEW --imagesize ${formatSize(bytes)}`,
    });
  return makeImage(name, bytes, host);
}

/** Parses IMAGE_SIZE of the environment; undefined if it is not set. Throws a SandboxError if it is not a number. */
export function parseImageSize(text: string | undefined): number | undefined {
  if (text === undefined || text === "") return undefined;
  const bytes = /^\d+$/.test(text) ? Number(text) : NaN;
  if (Number.isSafeInteger(bytes) && bytes > 0) return bytes;
  throw new SandboxError(`IMAGE_SIZE=${text} is not a number of bytes`);
}

const isFolder = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
