/** The largest id that a sandbox can have. */
export const largestId = 65_535;

// The kernel's own form of an ACL (linux/posix_acl_xattr.h): a version, then the tag, permissions and id of each entry.
const version = 2;
const noId = 0xffffffff;
const tags = { userOwner: 1, user: 2, groupOwner: 4, group: 8, mask: 16, other: 32 } as const;

const entryOf = { user: [tags.userOwner, tags.user], group: [tags.groupOwner, tags.group] } as const;

/**
 * Parses an ACL of an archive, lines such as `user:33:r--` in tar's order (acl(5)), into the kernel's form; undefined
 * for any other text. `mode` contains the permission bits that it stands for.
 */
export function parseAcl(text: string): { readonly value: Buffer; readonly mode: number } | undefined {
  const entries: { readonly tag: number; readonly permissions: number; readonly id: number }[] = [];
  for (const line of text.split("\n")) {
    const [, kind = "", idText = "", letters = ""] =
      /^(user|group|mask|other):(0|[1-9]\d*)?:([r-][w-][x-])$/.exec(line) ?? [];
    if (letters === "" || (idText !== "" && (kind === "mask" || kind === "other" || Number(idText) > largestId)))
      return undefined;
    const tag =
      kind === "user" || kind === "group"
        ? entryOf[kind][idText === "" ? 0 : 1]
        : kind === "mask"
          ? tags.mask
          : tags.other;
    const permissions = Number.parseInt(letters.replaceAll(/[rwx]/g, "1").replaceAll("-", "0"), 2);
    entries.push({ tag, permissions, id: idText === "" ? noId : Number(idText) });
  }
  if (!isComplete(entries)) return undefined;
  const value = Buffer.alloc(4 + entries.length * 8);
  value.writeUInt32LE(version);
  for (const [index, { tag, permissions, id }] of entries.entries()) {
    value.writeUInt16LE(tag, 4 + index * 8);
    value.writeUInt16LE(permissions, 6 + index * 8);
    value.writeUInt32LE(id, 8 + index * 8);
  }
  const of = (tag: number): number | undefined => entries.find((entry) => entry.tag === tag)?.permissions;
  const group = of(tags.mask) ?? of(tags.groupOwner) ?? 0;
  return { value, mode: (of(tags.userOwner) ?? 0) * 64 + group * 8 + (of(tags.other) ?? 0) };
}

// The entries must be sorted and unique. The three standard ones are required, and a mask as soon as somebody is named.
function isComplete(entries: readonly { readonly tag: number; readonly id: number }[]): boolean {
  const count = (tag: number): number => entries.filter((entry) => entry.tag === tag).length;
  const isSorted = entries.every(({ tag, id }, index) => {
    const before = entries[index - 1];
    return before === undefined || before.tag < tag || (before.tag === tag && before.id < id);
  });
  const isNamed = count(tags.user) + count(tags.group) > 0;
  const required = [tags.userOwner, tags.groupOwner, tags.other, ...(isNamed ? [tags.mask] : [])];
  return isSorted && required.every((tag) => count(tag) === 1);
}
