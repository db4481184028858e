import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { stateDirectory } from "../../generator/conf/paths.ts";
import { SandboxError } from "../../generator/conf/sandbox-error.ts";
import type { SandboxName } from "../../generator/conf/sandbox-name.ts";
import { orMissing } from "../host/or-missing.ts";
import { replaceFile } from "../sandbox/state.ts";

/** The last file that prepare writes: it lists all others. What a wall needs must never just be missing. */
export const sealFile = (name: SandboxName): string => join(folderOf(name), "seal");

// Raise the number when a file of a start means something else than before.
const heading = "sandboxcontainer start 1";
// A seal that was cut off between two lines must not pass for one of fewer files.
const ending = "end";
// What populate and label wrote for attach.
const beside = ["../context", "../ids"];

const folderOf = (name: SandboxName): string => join(stateDirectory(name), "start");

/** Writes the seal of all files of a prepared start. */
export function writeSeal(name: SandboxName): void {
  const folder = folderOf(name);
  const files = [...beside, ...listFiles(folder)].filter((file) => file !== "seal").sort();
  const lines = files.map((file) => `${describeFile(join(folder, file))} ${file}`);
  replaceFile(sealFile(name), [heading, ...lines, ending, ""].join("\n"));
}

/** Throws a SandboxError that says which file of a prepared start is missing or damaged, and how it is made again. */
export function requireWhole(name: SandboxName): void {
  for (const [file, sealed] of readSeal(name)) checkFile(name, file, sealed);
}

/** Whether all files of a prepared start are there as prepare wrote them. */
export function isWhole(name: SandboxName): boolean {
  try {
    requireWhole(name);
    return true;
  } catch (error) {
    if (error instanceof SandboxError) return false;
    throw error;
  }
}

/** Reads one file of a prepared start; throws a SandboxError if it is missing or damaged. */
export function readSealed(name: SandboxName, file: string): string {
  checkFile(name, file, readSeal(name).get(file));
  return readFileSync(join(folderOf(name), file), "utf8");
}

function readSeal(name: SandboxName): ReadonlyMap<string, string> {
  const path = sealFile(name);
  const text = orMissing(() => readFileSync(path, "utf8"));
  if (text === undefined) throw describeUnusable(name, path, "is missing");
  const [first = "", ...lines] = text.split("\n");
  if (first !== heading && first.startsWith("sandboxcontainer start "))
    throw describeUnusable(name, path, "is of another version of sandboxcontainer");
  if (first !== heading || lines.slice(-2).join("\n") !== `${ending}\n`)
    throw describeUnusable(name, path, "is damaged");
  return new Map(lines.slice(0, -2).map((line) => [line.slice(line.indexOf(" ") + 1), line.split(" ", 1)[0] ?? ""]));
}

function checkFile(name: SandboxName, file: string, sealed: string | undefined): void {
  const path = join(folderOf(name), file);
  const found = orMissing(() => describeFile(path));
  if (found === undefined) throw describeUnusable(name, path, "is missing");
  if (found !== sealed) throw describeUnusable(name, path, "is not as it was prepared");
}

/** `pipe`, or the checksum of a file; of anything else its kind, which no seal has. */
function describeFile(path: string): string {
  const status = lstatSync(path);
  if (status.isFIFO()) return "pipe";
  if (!status.isFile()) return "other";
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}

function listFiles(folder: string, below = ""): readonly string[] {
  return readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry) => {
    const path = join(below, entry.name);
    return entry.isDirectory() ? listFiles(folder, path) : [path];
  });
}

const describeUnusable = (name: SandboxName, path: string, what: string): SandboxError =>
  new SandboxError(`${path} ${what}, so nothing says which walls ${name} needs`, {
    hint: `Prepare it again: systemctl daemon-reload && systemctl start sandbox-root@${name}`,
  });
