import { createReadStream, statfsSync } from "node:fs";
import { pipeline } from "node:stream/promises";
import { createZstdDecompress } from "node:zlib";
import { SandboxError } from "../../generator/sandbox-error.ts";
import { EarlyEnd } from "../copy/byte-reader.ts";
import { quoteName } from "../copy/refusal.ts";
import { startChild } from "../copy/child.ts";
import { readTar } from "../copy/read-tar.ts";
import { refuseMember, type Seen } from "./members.ts";
import { tarOptions } from "./pack.ts";

/** Unpacks an exported sandbox into an empty folder that is root's alone. Everything in it is checked before the first is written. */
export async function unpackSandbox(file: string, folder: string): Promise<void> {
  await checkMembers(file, folder);
  const child = startChild(
    ["tar", "--extract", "--file=-", "--same-owner", "--preserve-permissions", ...tarOptions, `--directory=${folder}`],
    "pipe",
    "ignore",
  );
  if (child.process.stdin === null) throw new Error("tar has no input");
  // What tar says when it ends early is better than that its pipe broke.
  await pipeline(createReadStream(file), createZstdDecompress(), child.process.stdin).catch(() => undefined);
  const { status, words } = await child.ended;
  if (status !== 0) throw new SandboxError(`${file} cannot be unpacked: ${words || `tar ended with ${status}`}`);
}

async function checkMembers(file: string, folder: string): Promise<void> {
  const seen: Seen = new Map();
  let bytes = 0;
  try {
    const input = createReadStream(file);
    const chunks = createZstdDecompress();
    const read = pipeline(input, chunks).catch(() => undefined);
    for await (const { header } of readTar(chunks)) {
      const refusal = refuseMember(header, seen);
      if (refusal !== undefined) throw new SandboxError(`${file}: ${quoteName(header.path)} is refused: ${refusal}`);
      bytes += header.size;
    }
    await read;
  } catch (error) {
    throw describeDamage(file, error);
  }
  for (const needed of ["sandboxcontainer.json", "conf", "manifest.json", "root"])
    if (!seen.has(needed)) throw new SandboxError(`${file} is no exported sandbox: there is no ${needed} in it`);
  const { bavail, bsize } = statfsSync(folder);
  if (bytes > bavail * bsize)
    throw new SandboxError(
      `${file} has ${Math.ceil(bytes / 1024 ** 2)}M in it, for which the disk of ${folder} has no room`,
    );
}

function describeDamage(file: string, error: unknown): unknown {
  if (error instanceof EarlyEnd) return new SandboxError(`${file} is cut off: its end is missing`);
  if (error instanceof SandboxError)
    return error.message.startsWith(file)
      ? error
      : new SandboxError(`${file} is damaged, or no exported sandbox: ${error.message.replace(/^.*?archive: /, "")}`);
  const { code = "" } = error as NodeJS.ErrnoException;
  if (code === "Z_BUF_ERROR") return new SandboxError(`${file} is cut off: its end is missing`);
  if (/^(ZSTD|Z)_/.test(code)) return new SandboxError(`${file} is damaged, or no exported sandbox`);
  return new SandboxError(`${file} cannot be read: ${code || String(error)}`, { cause: error });
}
