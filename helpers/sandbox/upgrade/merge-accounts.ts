/** Records of passwd(5), group(5), shadow(5) or gshadow(5) of both sides, and what the host has and did not get in. */
export interface MergedAccounts {
  readonly text: string;
  /** Names whose id another account inside has. */
  readonly clashes: readonly string[];
}

/**
 * Brings into an account file what the host got since: new records, and changes of those that the sandbox left alone. All
 * that the sandbox made or changed stays, also what it removed; nothing is taken away.
 */
export function mergeAccounts(path: string, inside: string, base: string, host: string): MergedAccounts {
  const [own, before, now] = [inside, base, host].map(parseRecords);
  const merged = new Map(own);
  const clashes: string[] = [];
  for (const [name, record] of now ?? []) {
    const mine = own?.get(name);
    const old = before?.get(name);
    if (mine === undefined) {
      if (old !== undefined) continue;
      if (hasIds(path) && isTaken(merged, record)) clashes.push(name);
      else merged.set(name, record);
    } else if (mine.join(":") === old?.join(":")) merged.set(name, record);
    else if (hasMembers(path)) merged.set(name, mergeMembers(mine, old, record));
  }
  return { text: [...merged.values()].map((fields) => `${fields.join(":")}\n`).join(""), clashes };
}

type Records = ReadonlyMap<string, readonly string[]>;

const hasIds = (path: string): boolean => path === "/etc/passwd" || path === "/etc/group";
const hasMembers = (path: string): boolean => path === "/etc/group" || path === "/etc/gshadow";

// What is no record, as the `+` of NIS, is kept under its own text.
function parseRecords(text: string): Records {
  const lines = text.split("\n").filter((line) => line !== "");
  return new Map(lines.map((line) => [line.includes(":") ? line.slice(0, line.indexOf(":")) : line, line.split(":")]));
}

const isTaken = (records: Records, [, , id]: readonly string[]): boolean =>
  [...records.values()].some((fields) => fields[2] === id);

/** Members that the host added or took away since; of the rest of the record the sandbox's stays. */
function mergeMembers(
  mine: readonly string[],
  old: readonly string[] | undefined,
  host: readonly string[],
): readonly string[] {
  const membersOf = (fields: readonly string[] | undefined): readonly string[] =>
    (fields?.[3] ?? "").split(",").filter((name) => name !== "");
  const [before, now] = [new Set(membersOf(old)), new Set(membersOf(host))];
  const kept = membersOf(mine).filter((name) => now.has(name) || !before.has(name));
  const added = membersOf(host).filter((name) => !before.has(name) && !kept.includes(name));
  return [...mine.slice(0, 3), [...kept, ...added].join(",")];
}
