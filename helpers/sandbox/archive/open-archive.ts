import { closeSync, constants, createReadStream, fstatSync, openSync } from "node:fs";
import { pipeline } from "node:stream/promises";
import { constants as zlib, createZstdDecompress } from "node:zlib";
import { SandboxError } from "../../../generator/conf/sandbox-error.ts";
import { passOneFrame, windowLog } from "./zstd-frame.ts";

/**
 * What is compressed in an archive, in pieces. The file is opened once, as its owner could put another one in its place, and
 * neither a link nor a fifo is: it may be in a folder of somebody else's.
 */
export async function* readCompressed(file: string): AsyncGenerator<Buffer> {
  const stream = createReadStream("", { fd: openFile(file), highWaterMark: 1 << 17 });
  const decoder = createZstdDecompress({ params: { [zlib.ZSTD_d_windowLogMax]: windowLog }, chunkSize: 1 << 17 });
  const fed = pipeline(stream, passOneFrame, decoder);
  // Told below, after what was read of it.
  fed.catch(() => undefined);
  try {
    for await (const chunk of decoder) yield chunk as Buffer;
    await fed;
  } finally {
    decoder.destroy();
    stream.destroy();
  }
}

function openFile(file: string): number {
  let descriptor: number;
  try {
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    const reasons: Readonly<Record<string, string>> = {
      ENOENT: "there is no such file",
      ELOOP: "it is a link; name the file itself",
      EACCES: "you may not read it",
    };
    throw new SandboxError(`${file}: ${reasons[code] ?? `it cannot be opened: ${code}`}`, { cause: error });
  }
  if (fstatSync(descriptor).isFile()) return descriptor;
  closeSync(descriptor);
  throw new SandboxError(`${file}: it is no file`);
}
