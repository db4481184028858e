/** What a verb did whose call was failed, and what was then there. */
export interface Observed {
  /** Exit status. From 128 on it was killed. */
  readonly status: number;
  readonly stderr: string;
  /** strace's lines of calls that were failed. */
  readonly hits: string;
  /** Whether no file has another content than before. */
  readonly isSame: boolean;
  /** The files after it. */
  readonly state: string;
  /** The same command again, if it failed. */
  readonly again: { readonly status: number; readonly stderr: string } | null;
  /** The files in the end. */
  readonly end: string;
}

/** Reads sections, each after a line `== NAME`. */
export function readSections(text: string): ReadonlyMap<string, string> {
  const sections = new Map<string, string>();
  for (const section of text.split(/^== (?=[\w-]+$)/m).slice(1)) {
    const end = section.indexOf("\n");
    sections.set(section.slice(0, end), section.slice(end + 1).trimEnd());
  }
  return sections;
}

/** Reads the sections that `attempt fault` prints. */
export function readObserved(text: string): Observed {
  const sections = readSections(text);
  const get = (name: string): string => sections.get(name) ?? "";
  return {
    status: Number(get("status")),
    stderr: get("stderr"),
    hits: get("hits"),
    isSame: get("digest") === "same",
    state: get("state"),
    again: sections.has("again") ? { status: Number(get("again")), stderr: get("again-stderr") } : null,
    end: get("end"),
  };
}

// mount(8) makes a user namespace for X-mount.idmap= in a child. If the kernel refuses its maps, both wait for ever.
const refusedMap = /\/[ug]id_map>.*INJECTED/;

// The runtime ends with a report of its own if it cannot make a thread, or find its stack.
const refusedRuntime = /(?:\bCLONE_THREAD\b|"\/proc\/self\/maps").*INJECTED/;

// strace counts the calls of each thread apart, so it may fail the message as well.
const refusedMessage = /\bwrite\(2<.*INJECTED/;

const stack = /^\s+at .*:\d+|panic|Segmentation|JSON Parse|undefined is not|Assertion/m;

/**
 * Says what is wrong with how a verb took a fault. `after` are the files when it does all. A step
 * may leave to the next start what it has begun. Empty if nothing is wrong.
 */
export function judge(observed: Observed, after: string, isStep = false): readonly string[] {
  const { status, stderr, hits, isSame, again } = observed;
  const state = withoutBegun(withoutExcused(observed.state, after, hits, stderr), hits);
  const end = withoutExcused(observed.end, after, hits, stderr);
  if ((status === 124 && refusedMap.test(hits)) || refusedRuntime.test(hits)) return [];
  const wasKilled = status >= 128;
  const isDone = state === after;
  const complaints: string[] = [];
  if (stack.test(stderr)) complaints.push("a stack, not a message");
  if (status === 0 && !isDone) complaints.push(`it says that all is done: ${compare(after, state)}`);
  if (status === 124) complaints.push("it does not end");
  if (status !== 0 && !wasKilled) {
    if (stderr === "") complaints.push(...(refusedMessage.test(hits) ? [] : ["it says nothing"]));
    else if (!/\/\w|sandbox|the root of|'\w+'|standard output/.test(stderr))
      complaints.push("the message names nothing");
    if (!isStep && !isSame && !isDone && state === observed.state && !stderr.includes(" incomplete now"))
      complaints.push(`it is half done: ${compare(after, state)}`);
  }
  if (again !== null && !isDone && again.status !== 0) complaints.push(`again it fails: ${again.stderr}`);
  if (again !== null && stack.test(again.stderr)) complaints.push("again a stack, not a message");
  if (status !== 0 && end !== after) complaints.push(`in the end: ${compare(after, end)}`);
  return complaints;
}

/**
 * Leaves out a file that could not be removed, because that is what was failed, and of which the message tells. The journal tells
 * of an empty folder.
 */
function withoutExcused(files: string, after: string, hits: string, stderr: string): string {
  if (!/\b(?:unlink|unlinkat|rmdir)\(/.test(hits)) return files;
  const expected = after.split("\n");
  const isTold = (path: string): boolean => stderr.includes(`'${path}'`) || hits.includes(`rmdir("${path}")`);
  return without(files, (path, line) => isTold(path) && !expected.includes(line));
}

// rm(1) could not open or list a folder. strace counts the calls of each process apart, so it fails the removing as well.
const refusedRemoval = /(?:\|O_DIRECTORY\)|\bgetdents64\().*INJECTED/;
const begunUnder = /["<](\/var\/lib\/sandboxcontainer\/(?:(?:\w+\/snapshots\/)?\.new-[\w-]+|\w+\/root\.new-\d+))/;

/** Leaves out what was begun under another name and could not be removed. The same command removes it when it comes again. */
function withoutBegun(files: string, hits: string): string {
  const refused = hits.split("\n").filter((line) => refusedRemoval.test(line));
  const begun = refused.flatMap((line) => begunUnder.exec(line)?.[1] ?? []);
  return without(files, (path) => begun.some((each) => path === each || path.startsWith(`${each}/`)));
}

const without = (files: string, isExcused: (path: string, line: string) => boolean): string =>
  files
    .split("\n")
    .filter((line) => !isExcused(line.replace(/ .*/, ""), line))
    .join("\n");

/** Says how two lists of files differ, in a few lines. */
function compare(expected: string, found: string): string {
  const [left, right] = [expected.split("\n"), found.split("\n")];
  const lines = [
    ...left.filter((line) => !right.includes(line)).map((line) => `-${line}`),
    ...right.filter((line) => !left.includes(line)).map((line) => `+${line}`),
  ];
  return lines.slice(0, 6).join(" ") || "only contents differ";
}
