import { existsSync, lstatSync } from "node:fs";
import { join } from "node:path";
import { imageFile, stateDirectory } from "../../../generator/conf/paths.ts";
import { SandboxError } from "../../../generator/conf/sandbox-error.ts";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { checkImage } from "./check-image.ts";
import { formatSize } from "./format-size.ts";
import { type ImageHost, ownHost } from "./image-host.ts";
import { makeImage } from "./make-image.ts";

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
