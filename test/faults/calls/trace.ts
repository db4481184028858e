/** A system call of a verb, by its place among the calls of the same name in its thread. */
export interface Call {
  readonly name: string;
  /** Counted from 1. strace(1) counts for each thread, so other threads may have a call with the same number. */
  readonly ordinal: number;
  /** The call as strace prints it. */
  readonly text: string;
}

// What the runtime, the C library and the loader do by themselves, and what nobody would notice.
const machinery =
  /"\/(?:proc|sys|dev)\/|\/ld\.so|\.so[."]|\/locale|\/gconv|\/terminfo|nsswitch|anon_inode|<pipe:|^\w+\([012]<|bunfs|\/lib\/sandboxcontainer\/runtime|CLONE_THREAD/;

/** Reads what `strace -f -y` has written. Leaves out what is not a verb's own, and counts it all the same. */
export function readTrace(text: string): readonly Call[] {
  const counts = new Map<string, number>();
  const calls = new Map<string, Call>();
  for (const line of text.split("\n")) {
    const [, thread, name, rest = ""] = /^(\d+)\s+(\w+)(\(.*)/.exec(line) ?? [];
    if (thread === undefined || name === undefined) continue;
    const ordinal = (counts.get(`${thread} ${name}`) ?? 0) + 1;
    counts.set(`${thread} ${name}`, ordinal);
    const call = `${name}${rest}`;
    if (!machinery.test(call) && !calls.has(`${name} ${ordinal}`))
      calls.set(`${name} ${ordinal}`, { name, ordinal, text: call });
  }
  return [...calls.values()];
}

/**
 * Of the calls that one place in the code makes again and again, keeps the first, the last, and one between them that
 * `draw` chooses by their number.
 */
export function chooseByPlace(calls: readonly Call[], draw: (count: number) => number): readonly Call[] {
  const places = Map.groupBy(calls, placeOf);
  const chosen = [...places.values()].flatMap((same) => [...new Set([same[0], same[draw(same.length)], same.at(-1)])]);
  return calls.filter((call) => chosen.includes(call));
}

/** Where in the code a call may be: its name, and what kind of file it names or has open. */
export function placeOf({ name, text }: Call): string {
  const isData = /^p?write/.test(name);
  const files = [...text.matchAll(/"([^"]*)"|<([^>]*)>/g)].map(
    ([, named, open]) => open ?? (isData ? "" : (named ?? "")),
  );
  return [name, ...files.map(kindOf)].join(" ");
}

const kindOf = (file: string): string =>
  file
    // Which file of a root or of a package it is makes no difference.
    .replace(/(\/root(?:\.[^/]*)?)\/.*/, "$1/…")
    .replace(/^(\/(?:usr|etc|var\/lib\/(?:dpkg|systemd))\/)(?!sandboxcontainer|systemd).*/, "$1…")
    .replaceAll(/\d+/g, "0");
