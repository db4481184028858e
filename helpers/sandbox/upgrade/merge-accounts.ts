/** Merged records of passwd(5), group(5), shadow(5) or gshadow(5), and the host's records that could not be added. */
export interface MergedAccounts {
  readonly text: string;
  /** Names whose id belongs to another account inside. */
  readonly clashes: readonly string[];
}

/** The texts of group(5) on both sides; `inside` as it will be after the upgrade. */
export interface Groups {
  readonly inside: string;
  readonly host: string;
}

/**
 * Adds the host's later changes to an account file: new records, and changes of records that the sandbox did not
 * change. Everything that the sandbox made or changed stays, and what it removed stays away; nothing is removed. With `groups`, no user comes whose
 * group is another one inside.
 */
export function mergeAccounts(
  path: string,
  inside: string,
  base: string,
  host: string,
  groups?: Groups,
): MergedAccounts {
  const [own, before, now] = [inside, base, host].map(parseRecords);
  const merged = new Map(own);
  const clashes: string[] = [];
  const clashesWith = (name: string, record: readonly string[]): boolean =>
    hasIds(path) &&
    (isTaken(merged, name, record) ||
      (path === "/etc/passwd" &&
        groups !== undefined &&
        record[3] !== own?.get(name)?.[3] &&
        isOtherGroup(groups, record[3])));
  for (const [name, record] of now ?? []) {
    const mine = own?.get(name);
    const old = before?.get(name);
    if (mine === undefined) {
      if (old !== undefined) continue;
      if (clashesWith(name, record)) clashes.push(name);
      else merged.set(name, record);
    } else if (mine.join(":") === old?.join(":")) {
      if (clashesWith(name, record)) clashes.push(name);
      else merged.set(name, record);
    } else if (hasMembers(path)) merged.set(name, mergeMembers(mine, old, record));
  }
  return { text: [...merged.values()].map((fields) => `${fields.join(":")}\n`).join(""), clashes };
}

type Records = ReadonlyMap<string, readonly string[]>;

const hasIds = (path: string): boolean => path === "/etc/passwd" || path === "/etc/group";
const hasMembers = (path: string): boolean => path === "/etc/group" || path === "/etc/gshadow";

// A line that is not a record, such as the `+` of NIS, is kept under its own text.
function parseRecords(text: string): Records {
  const lines = text.split("\n").filter((line) => line !== "");
  return new Map(lines.map((line) => [line.includes(":") ? line.slice(0, line.indexOf(":")) : line, line.split(":")]));
}

const isTaken = (records: Records, name: string, [, , id]: readonly string[]): boolean =>
  [...records].some(([other, fields]) => other !== name && fields[2] === id);

/** Whether the number of a group has another name inside than on the host. */
function isOtherGroup({ inside, host }: Groups, id: string | undefined): boolean {
  const nameOf = (text: string): string | undefined =>
    [...parseRecords(text).values()].find((each) => each[2] === id)?.[0];
  const [own, wanted] = [nameOf(inside), nameOf(host)];
  return own !== undefined && wanted !== undefined && own !== wanted;
}

/** Applies the host's additions and removals of members. The rest of the record stays as in the sandbox. */
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
