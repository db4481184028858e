import { basename, join } from "node:path";
import { type Readable, Transform } from "node:stream";
import { SandboxError } from "../../../base/errors.ts";
import { helperDirectory, stateRoot } from "../../../base/paths.ts";
import { formatBytes } from "../../../base/text.ts";
import { type Child, startChild } from "../../sandbox/copy/child.ts";
import { parseHostSource, renameTop, type Source, splitPaths } from "../../sandbox/copy/paths.ts";
import { labelCopy } from "../../sandbox/copy/write-members.ts";
import { withoutLinks, withStaging } from "../../sandbox/snapshots/copy-root.ts";
import { printJson, withProgress } from "../output.ts";
import { chooseInTree, type Tree } from "../tree-paths.ts";
import type { Flags, Verb } from "../verb.ts";
import { type Reach, whileReachable } from "../while-stopped.ts";
import { copyOne, packWords, requireSuccess, warnOfLeftOut } from "./copy-from.ts";

export const verb: Verb = {
  name: "copy-to",
  group: "Go inside",
  summary: "copy files and folders from the host into a sandbox; `-` reads a tar archive from standard input",
  usage: "NAME SOURCE... DEST [options]",
  places: { "<name>": "sandbox", "<source>": "file", "<source-or-dest...>": "file" },
  options: { "-a, --archive": "keep owners and groups, as numbers" },
  json: `{ name: string; sources: string[]; destination: string; bytes: number }`,
  examples: [
    "copy-to web1 site.conf /etc/apache2/sites-enabled/",
    "copy-to web1 ./pages/. /var/www/html",
    "copy-to web1 - /var/www < pages.tar",
  ],
  run: copyToSandbox,
};

const unpacker = join(helperDirectory, "inside/unpack");

export type CopyOptions = Flags<"json" | "archive">;

type Tell = (progress: string) => void;

interface Task {
  readonly sources: readonly Source[];
  readonly isArchive: boolean;
  readonly destination: string;
  readonly keepsOwners: boolean;
  readonly tell: Tell;
}

/**
 * Copies files and folders of the host into a sandbox. If it runs, a tar inside unpacks them, with the rights and the label of the
 * processes there; if it is stopped, we write beneath its tree. `-` takes an archive from standard input.
 */
async function copyToSandbox(
  text: string,
  first: string,
  rest: readonly string[],
  options: CopyOptions,
): Promise<void> {
  const { sources, destination } = splitPaths([first, ...rest]);
  if (sources.includes("-") && sources.length > 1)
    throw new SandboxError("`-` cannot be combined with other sources", { status: 2 });
  const isArchive = sources[0] === "-";
  await whileReachable(text, async (reach) => {
    const parsed = isArchive ? [] : sources.map(parseHostSource);
    const bytes = await withProgress(`Copying to ${reach.name}`, (tell) =>
      copy(reach, { sources: parsed, isArchive, destination, keepsOwners: options.archive === true, tell }),
    );
    if (options.json === true) printJson({ name: reach.name, sources, destination, bytes });
  });
}

const copy = (reach: Reach, task: Task): Promise<number> =>
  reach.kind === "inside"
    ? copyInside(reach.words, task)
    : task.isArchive
      ? copyArchive(reach, task)
      : copyIntoTree(reach, task);

async function copyInside(words: readonly string[], task: Task): Promise<number> {
  const { sources, isArchive, destination, keepsOwners, tell } = task;
  const how = [destination, transformOf(sources, destination), keepsOwners ? "same" : "root"];
  const receiver = startChild([...words, unpacker, ...how], "pipe", "ignore");
  const sender = isArchive ? undefined : startChild(packWords(sources), "ignore", "pipe");
  return pass(sender, receiver, destination, tell);
}

// Does the same as inside/unpack if the destination is not a folder.
function transformOf(sources: readonly Source[], destination: string): string {
  const [source, ...others] = sources;
  if (source === undefined || others.length > 0) return "-";
  return source.name === "." ? "." : renameTop(source.name, basename(destination));
}

async function copyIntoTree(at: Tree, { sources, destination, keepsOwners, tell }: Task): Promise<number> {
  const places = sources.map((source) => chooseInTree(at, destination, source, sources.length > 1));
  let bytes = 0;
  for (const [index, source] of sources.entries()) {
    const place = places[index];
    if (place === undefined) continue;
    const kept = { owners: keepsOwners, mode: 0o7777 };
    const unpacked = await copyOne(packWords([source]), source, place, tell, kept).finally(() => {
      labelCopy(at.name, place);
    });
    bytes += unpacked.bytes;
    warnOfLeftOut(unpacked.leftOut);
  }
  return bytes;
}

/**
 * Unpacks an archive of anybody in an empty folder first, in which no link leads anywhere: only our own reader writes in the
 * tree, and it reads only what tar writes for it.
 */
async function copyArchive(at: Tree, task: Task): Promise<number> {
  // It must be a folder, and is looked for before the archive is read.
  chooseInTree(at, task.destination, { folder: "/", name: "any" }, true);
  return withStaging(stateRoot, async (folder) => {
    const owners = task.keepsOwners ? ["--same-owner", "--numeric-owner"] : ["--no-same-owner"];
    const words = ["tar", "--extract", "--file=-", ...owners, "--warning=no-timestamp", `--directory=${folder}`];
    const receiver = startChild(withoutLinks(folder, words), "pipe", "ignore");
    const bytes = await pass(undefined, receiver, task.destination, task.tell);
    await copyIntoTree(at, { ...task, sources: [{ folder, name: "." }] });
    return bytes;
  });
}

async function pass(sender: Child | undefined, receiver: Child, destination: string, tell: Tell): Promise<number> {
  let bytes = 0;
  const counter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      tell(formatBytes(bytes));
      done(null, chunk);
    },
  });
  const from: Readable = sender?.process.stdout ?? process.stdin;
  const to = receiver.process.stdin;
  if (to === null) throw new Error("the receiver has no pipe");
  // A reader that stopped reading says why when it ends.
  to.on("error", () => from.destroy());
  from.pipe(counter).pipe(to);
  await requireSuccess(receiver, `to ${destination}`);
  if (sender !== undefined) await requireSuccess(sender, `to ${destination}`);
  return bytes;
}
