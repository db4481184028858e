import { posix } from "node:path";
import { SandboxError } from "../../../base/errors.ts";
import { formatBytes } from "../../../base/text.ts";
import { type Child, startChild } from "../../sandbox/copy/child.ts";
import { finalizeDestination, parseInsideSource, type Source, splitPaths } from "../../sandbox/copy/paths.ts";
import { EarlyEnd } from "../../sandbox/copy/read-tar.ts";
import { type Destination, type Named, notAnArchive, unpack, type Unpacked } from "../../sandbox/copy/unpack.ts";
import { type Kept, outside } from "../../sandbox/copy/write-members.ts";
import { readingTree } from "../../sandbox/snapshots/copy-root.ts";
import { printJson, warn, withProgress } from "../output.ts";
import { findInTree } from "../tree-paths.ts";
import type { Verb } from "../verb.ts";
import { type Reach, whileReachable } from "../while-stopped.ts";
import type { CopyOptions } from "./copy-to.ts";

export const verb: Verb = {
  name: "copy-from",
  group: "Go inside",
  summary: "copy files and folders from a sandbox to the host; `-` writes a tar archive to standard output",
  usage: "NAME SOURCE... DEST [options]",
  places: { "<name>": "sandbox", "<source>": "file", "<source-or-dest...>": "file" },
  options: { "-a, --archive": "keep owners and groups, as numbers" },
  json: `{ name: string; sources: string[]; destination: string; files: number; bytes: number; leftOut: string[];
    leadOut: string[] }`,
  examples: [
    "copy-from web1 /var/log/apache2 /root/logs",
    "copy-from --archive db /etc/redis /root/redis",
    "copy-from web1 /var/www - > web1.tar",
  ],
  run: copyFromSandbox,
};

/**
 * Copies files and folders of a sandbox to the host. If it runs, a tar inside reads them, where all links lead to places
 * inside. We do not trust what it sends, and unpack it accordingly. If it is stopped, a tar of the host reads the tree, through a
 * mount without links. `-` writes the archive to standard output.
 */
async function copyFromSandbox(
  text: string,
  first: string,
  rest: readonly string[],
  options: CopyOptions,
): Promise<void> {
  const { sources, destination } = splitPaths([first, ...rest]);
  const parsed = sources.map(parseInsideSource);
  await whileReachable(text, (reach) =>
    destination === "-"
      ? sendArchive(readWords(reach, parsed), reach.name)
      : copyOut(reach, { sources, parsed, destination }, options),
  );
}

/** The words of a tar that reads these sources. */
const readWords = (reach: Reach, sources: readonly Source[]): readonly string[] =>
  reach.kind === "inside"
    ? [...reach.words, ...packWords(sources)]
    : readingTree(reach.tree, packWords(sources.map((source) => findInTree(reach, source))));

interface Asked {
  readonly sources: readonly string[];
  readonly parsed: readonly Source[];
  readonly destination: string;
}

async function copyOut(
  reach: Reach,
  { sources, parsed, destination }: Asked,
  { archive = false, json = false }: CopyOptions,
): Promise<void> {
  const kept = { ...outside, owners: archive };
  // What is missing is reported before anything is made.
  const readers = parsed.map((source) => readWords(reach, [source]));
  const places = parsed.map((source) => finalizeDestination(destination, source, sources.length > 1));
  const results = await withProgress(`Copying from ${reach.name}`, async (tell) => {
    const all: Unpacked[] = [];
    for (const [index, source] of parsed.entries()) {
      const place = places[index];
      if (place !== undefined) all.push(await copyOne(readers[index] ?? [], source, place, tell, kept));
    }
    return all;
  });
  report(reach.name, sources, destination, results, json);
}

/**
 * The words of a tar that writes an archive of the sources to its standard output. Hard links become separate files.
 */
export const packWords = (sources: readonly Source[]): readonly string[] => [
  ...["tar", "--create", "--file=-", "--format=pax", "--hard-dereference"],
  ...sources.flatMap(({ folder, name }) => [`--directory=${folder}`, `--add-file=${name}`]),
];

/** Unpacks at a place what a tar, whose words these are, says of one source. */
export async function copyOne(
  words: readonly string[],
  source: Source,
  place: Destination,
  tell: (progress: string) => void,
  kept: Kept,
): Promise<Unpacked> {
  const what = posix.join(source.folder, source.name);
  const child = startChild(words, "ignore", "pipe");
  const stop = stopOnSignals(child);
  try {
    const report = (bytes: number): void => {
      tell(formatBytes(bytes));
    };
    const unpacked = await unpack(child.process.stdout as AsyncIterable<Buffer>, source.name, place, report, kept);
    await requireSuccess(child, what);
    return unpacked;
  } catch (error) {
    child.process.stdout?.destroy();
    // If an archive ends too early, its writer failed and may say why.
    if (!(error instanceof EarlyEnd)) throw error;
    await requireSuccess(child, what);
    throw notAnArchive("it ends too early");
  } finally {
    stop();
  }
}

async function sendArchive(words: readonly string[], name: string): Promise<void> {
  if (process.stdout.isTTY)
    throw new SandboxError("an archive cannot be written to a terminal", {
      hint: `Redirect the output, or print a file: sandboxcontainer execute ${name} -- cat FILE`,
      status: 2,
    });
  const child = startChild(words, "ignore", "pipe");
  process.stdout.on("error", () => child.process.stdout?.destroy());
  child.process.stdout?.pipe(process.stdout);
  await requireSuccess(child, `from ${name}`);
}

/**
 * Waits for a tar. Throws a SandboxError with the words of a tar that failed. Warns about files that changed meanwhile.
 */
export async function requireSuccess(child: Child, what: string): Promise<void> {
  const { status, words } = await child.ended;
  if (status === 0) return;
  // tar(1), RETURN VALUE: some files changed while they were read.
  if (status === 1 && words.includes("changed as we read it")) {
    warn(words);
    return;
  }
  throw new SandboxError(`cannot copy ${what}: ${words || `tar ended with status ${status}`}`);
}

// Milliseconds until a tar that does not end is killed. Root inside can stop its tar.
const timeout = 2000;

// This leaves no half-written file: the stream ends with its writer, and an unfinished file is removed.
function stopOnSignals(child: Child): () => void {
  const stop = (): void => {
    child.process.kill("SIGTERM");
    setTimeout(() => child.process.kill("SIGKILL"), timeout).unref();
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, stop);
  return () => {
    for (const signal of signals) process.off(signal, stop);
  };
}

function report(
  name: string,
  sources: readonly string[],
  destination: string,
  results: readonly Unpacked[],
  json: boolean,
): void {
  const sum = (key: "files" | "bytes"): number => results.reduce((total, result) => total + result[key], 0);
  const all = (key: "leftOut" | "leadOut"): Named => ({
    names: results.flatMap((result) => result[key].names),
    count: results.reduce((total, result) => total + result[key].count, 0),
  });
  const [leftOut, leadOut] = [all("leftOut"), all("leadOut")];
  if (json) {
    const names = { leftOut: leftOut.names, leadOut: leadOut.names };
    printJson({ name, sources, destination, files: sum("files"), bytes: sum("bytes"), ...names });
    return;
  }
  warnOfLeftOut(leftOut);
  warnOf("these links point out of the copy, so on the host they point to other files", leadOut);
}

export const warnOfLeftOut = (named: Named): void => {
  warnOf("skipped what is not a file, folder or link", named);
};

function warnOf(what: string, { names, count }: Named): void {
  if (count === 0) return;
  const more = count > 3 ? ` and ${count - 3} more` : "";
  warn(`${what}: ${names.slice(0, 3).join(", ")}${more}`);
}
