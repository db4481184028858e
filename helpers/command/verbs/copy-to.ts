import { basename, join } from "node:path";
import { type Readable, Transform } from "node:stream";
import { helperDirectory } from "../../../generator/conf/paths.ts";
import { SandboxError } from "../../../generator/conf/sandbox-error.ts";
import { type Child, startChild } from "../../sandbox/copy/child.ts";
import { parseHostSource, renameTop, type Source, splitPaths } from "../../sandbox/copy/paths.ts";
import { packWords, requireSuccess } from "./copy-from.ts";
import { enterSandbox } from "../enter-sandbox.ts";
import { formatBytes } from "../../sandbox/format-bytes.ts";
import { type JsonOption, printJson, withProgress } from "../output.ts";

const unpacker = join(helperDirectory, "inside/unpack");

/**
 * Copies files and folders of the host into a running sandbox. A tar inside unpacks them, with the rights and the label
 * of the processes there. `-` takes an archive from standard input.
 */
export async function copyToSandbox(text: string, paths: readonly string[], options: JsonOption): Promise<void> {
  const { sources, destination } = splitPaths(paths);
  const { name, words } = enterSandbox(text);
  if (sources.includes("-") && sources.length > 1)
    throw new SandboxError("`-` cannot be combined with other sources", { status: 2 });
  const isArchive = sources[0] === "-";
  const parsed = isArchive ? [] : sources.map(parseHostSource);
  const bytes = await withProgress(`Copying to ${name}`, async (tell) => {
    const receiver = startChild([...words, unpacker, destination, transformOf(parsed, destination)], "pipe", "ignore");
    const sender = isArchive ? undefined : startChild(packWords(parsed), "ignore", "pipe");
    return pass(sender, receiver, destination, tell);
  });
  if (options.json === true) printJson({ name, sources, destination, bytes });
}

// Does the same as inside/unpack if the destination is not a folder.
function transformOf(sources: readonly Source[], destination: string): string {
  const [source, ...others] = sources;
  if (source === undefined || others.length > 0) return "-";
  return source.name === "." ? "." : renameTop(source.name, basename(destination));
}

async function pass(
  sender: Child | undefined,
  receiver: Child,
  destination: string,
  tell: (progress: string) => void,
): Promise<number> {
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
