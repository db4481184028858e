import { copyFileSync, createWriteStream, existsSync, linkSync, lstatSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { constants, createZstdCompress } from "node:zlib";
import { SandboxError } from "../../../base/errors.ts";
import { removeIfThere, writeFile } from "../../../base/files.ts";
import { rootTree, stateDirectory } from "../../../base/paths.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import { startChild } from "../copy/child.ts";
import { configuredFile } from "../populate/write-steps.ts";
import { readingTree } from "../snapshots/copy-root.ts";
import { besideOf, syncFolder } from "../state.ts";
import { parts } from "./members.ts";

/**
 * The arguments that make tar write exactly what import accepts. It keeps only attributes that a sandbox can set: a
 * label belongs to its host, and an owner cannot restore when a file was read or changed.
 */
export const packWords: readonly string[] = [
  ...["tar", "--create", "--file=-", "--format=posix", "--pax-option=delete=atime,delete=ctime"],
  ...["--sort=name", "--sparse", "--one-file-system", "--numeric-owner"],
  ...["--acls", "--xattrs", "--xattrs-include=user.*", "--xattrs-include=security.capability"],
];

/** Writes a sandbox as an archive: its conf with drop-ins, the records about its root, and the root. */
export async function packSandbox(
  name: SandboxName,
  conf: { readonly text: string; readonly dropIns: ReadonlyMap<string, string> },
  staging: string,
  output: NodeJS.WritableStream,
): Promise<void> {
  writeFile(join(staging, "sandboxcontainer.json"), `${JSON.stringify({ version: 1, name })}\n`);
  writeFile(join(staging, "conf"), conf.text);
  if (conf.dropIns.size > 0) mkdirSync(join(staging, "conf.d"));
  for (const [file, text] of conf.dropIns) writeFile(join(staging, "conf.d", file), text);
  const configured = configuredFile(stateDirectory(name));
  if (existsSync(configured)) copyFileSync(configured, join(staging, "configured"));
  const own = ["sandboxcontainer.json", "conf", ...(conf.dropIns.size > 0 ? ["conf.d"] : [])];
  const last = existsSync(configured) ? ["configured"] : [];
  const kept = parts.filter(
    (part) =>
      part !== "root" && part !== "configured" && !own.includes(part) && existsSync(join(stateDirectory(name), part)),
  );
  const child = startChild(
    readingTree(rootTree(name), [
      ...packWords,
      ...[`--directory=${staging}`, ...own, `--directory=${stateDirectory(name)}`, ...kept],
      ...[`--directory=${staging}`, ...last, `--directory=${dirname(rootTree(name))}`, "root"],
    ]),
    "ignore",
    "pipe",
  );
  if (child.process.stdout === null) throw new Error("tar has no output");
  const compress = createZstdCompress({ params: { [constants.ZSTD_c_checksumFlag]: 1 } });
  await pipeline(child.process.stdout, compress, output);
  const { status, words } = await child.ended;
  if (status !== 0)
    throw new SandboxError(`the root of ${name} cannot be read: ${words || `tar ended with ${status}`}`);
}

/** Throws a SandboxError if there is a file of that name. */
export function requireNoFile(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return;
  throw new SandboxError(`${path} already exists`, { hint: "Choose another name" });
}

/** Writes a new file in one piece, readable only by root. Throws a SandboxError if there is one of that name. */
export async function writeNewFile(
  path: string,
  write: (output: NodeJS.WritableStream) => Promise<void>,
): Promise<void> {
  const beside = besideOf(path);
  const output = createWriteStream(beside, { flags: "wx", mode: 0o600, flush: true });
  // Whoever writes notices; this is for an error before that.
  output.on("error", () => undefined);
  try {
    await write(output);
    linkSync(beside, path);
    syncFolder(dirname(path));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new SandboxError(code === "EEXIST" ? `${path} already exists` : `${path} cannot be written: ${message}`, {
      hint: code === "EEXIST" ? "Choose another name" : undefined,
      cause: error,
    });
  } finally {
    output.destroy();
    // It may still be opening the file, which would then stay. If it cannot, that is not what has gone wrong first.
    if (!output.closed) await new Promise<void>((settle) => void output.once("close", settle));
    removeIfThere(beside);
  }
}
