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
