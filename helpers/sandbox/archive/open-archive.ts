import { closeSync, constants, createReadStream, fstatSync, openSync } from "node:fs";
import { pipeline } from "node:stream/promises";
import { constants as zlib, createZstdDecompress } from "node:zlib";
import { SandboxError } from "../../../generator/conf/sandbox-error.ts";
import { passOneFrame, windowLog } from "./zstd-frame.ts";

/**
 * Reads the compressed data of an archive in pieces. The file is opened once, because its owner could replace it. A
 * link or a fifo is not opened: the file may be in another user's folder.
 */
export async function* readCompressed(file: string): AsyncGenerator<Buffer> {
  const stream = createReadStream("", { fd: openFile(file), highWaterMark: 1 << 17 });
  const decoder = createZstdDecompress({ params: { [zlib.ZSTD_d_windowLogMax]: windowLog }, chunkSize: 1 << 17 });
  const fed = pipeline(stream, passOneFrame, decoder);
  // The error is reported below, after the data that was read.
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
      EACCES: "you have no permission to read it",
    };
    throw new SandboxError(`${file}: ${reasons[code] ?? `it cannot be opened: ${code}`}`, { cause: error });
  }
  if (fstatSync(descriptor).isFile()) return descriptor;
  closeSync(descriptor);
  throw new SandboxError(`${file}: it is not a file`);
}
