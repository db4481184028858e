import { spawnSync } from "node:child_process";
import { closeSync } from "node:fs";
import { SandboxError } from "../../../base/errors.ts";
import { cleanWords } from "../copy/child.ts";
import type { Dialect } from "../copy/read-tar.ts";
import type { TarHeader } from "../copy/tar-header.ts";
import { quoteName } from "../untrusted-text.ts";

/** Gives files their extended attributes and ACLs, many at a time. */
export interface AttributeSetter {
  /** Takes an open file, and closes it once it has its attributes. */
  add(file: number, path: Buffer, attributes: readonly Attribute[]): void;
  flush(): void;
  /** Closes the remaining files after a failure. */
  close(): void;
}

const batch = 200;
const firstInherited = 3;

/**
 * Node has no setxattr(2), so setfattr(1) sets the attributes. It gets open files instead of names (/proc/self/fd/N,
 * which leads to exactly that file), and bytes as hexadecimal digits. So nothing in an archive becomes a path for it.
 */
export function makeAttributeSetter(): AttributeSetter {
  let waiting: { readonly file: number; readonly path: Buffer; readonly attributes: readonly Attribute[] }[] = [];
  const close = (): void => {
    for (const { file } of waiting) closeSync(file);
    waiting = [];
  };
  const flush = (): void => {
    if (waiting.length === 0) return;
    const input = waiting.map(({ attributes }, index) => formatDump(index + firstInherited, attributes)).join("\n");
    const { error, status, stderr } = spawnSync("setfattr", ["--restore=-"], {
      input,
      env: { ...process.env, LC_ALL: "C.UTF-8" },
      stdio: ["pipe", "ignore", "pipe", ...waiting.map(({ file }) => file)],
    });
    if (error !== undefined)
      throw new SandboxError(`setfattr cannot be run: ${error.message}`, {
        hint: "Install the package attr, which import needs for attributes and ACLs",
      });
    if (status !== 0) throw describeFailure(stderr.toString(), waiting);
    close();
  };
  return {
    flush,
    close,
    add(file, path, attributes) {
      waiting.push({ file, path, attributes });
      if (waiting.length >= batch) flush();
    },
  };
}

// The format of getfattr(1): every special character is written in octal.
const formatDump = (file: number, attributes: readonly Attribute[]): string =>
  [
    `# file: /proc/self/fd/${file}\n`,
    ...attributes.map(({ name, value }) => `${escapeName(name)}=0x${value.toString("hex")}\n`),
  ].join("");

const escapeName = (name: Buffer): string =>
  name
    .toString("latin1")
    .replaceAll(/[^A-Za-z0-9._-]/g, (byte) => `\\${byte.charCodeAt(0).toString(8).padStart(3, "0")}`);

function describeFailure(said: string, files: readonly { readonly path: Buffer }[]): SandboxError {
  const [, number = "", words = ""] = /\/proc\/self\/fd\/(\d+): (.*)/.exec(said) ?? [];
  const path = files[Number(number) - firstInherited]?.path;
  return path === undefined
    ? new SandboxError(`attributes cannot be set: ${cleanWords(said)}`)
    : new SandboxError(`the attributes or ACL of ${quoteName(path)} cannot be set: ${words}`);
}

/** An extended attribute, ready for setxattr(2). */
export interface Attribute {
  readonly name: Buffer;
  readonly value: Buffer;
}

const sparseKeys = ["GNU.sparse.major", "GNU.sparse.minor", "GNU.sparse.name", "GNU.sparse.realsize"];
const plainKeys = new Set(["path", "linkpath", "size", "mtime", "atime", "ctime", ...sparseKeys]);
const xattrPrefix = "SCHILY.xattr.";
const aclKeys = { "SCHILY.acl.access": "system.posix_acl_access", "SCHILY.acl.default": "system.posix_acl_default" };

/** The attributes that export's tar writes. No others are accepted. */
export const dialect: Dialect = {
  knows: (key) => plainKeys.has(key) || Object.hasOwn(aclKeys, key) || decodeName(key) !== undefined,
  maxAttributes: 1 << 20,
};

/** Reads the attributes of a file beyond owner, mode and time. Returns a reason if the file cannot have one of them. */
export function readAttributes({ attributes, type, mode }: TarHeader): readonly Attribute[] | string {
  const all: Attribute[] = [];
  for (const [key, value] of attributes) {
    if (plainKeys.has(key)) continue;
    const name = decodeName(key);
    if (name === undefined) {
      const acl = parseAcl(value.toString("latin1"));
      const isAccess = key === "SCHILY.acl.access";
      if (acl === undefined || (isAccess ? acl.mode !== (mode & 0o777) : type !== "5"))
        return "its ACL is malformed, or does not fit this file";
      all.push({ name: Buffer.from(aclKeys[key as keyof typeof aclKeys]), value: acl.value });
    } else {
      const isCapability = name.equals(Buffer.from("security.capability"));
      if (!(type === "0" || (type === "5" && !isCapability)))
        return "a file of its kind cannot have extended attributes";
      all.push({ name, value });
    }
  }
  return all.length > 0 && !["0", "5", "6"].includes(type) ? "a file of its kind cannot have an ACL" : all;
}

/** Reads the real size of a file with holes. Returns undefined if it has none, or a reason if the holes are wrong. */
export function readRealSize({ attributes, type }: TarHeader): number | string | undefined {
  const [major, minor, name, size] = sparseKeys.map((key) => attributes.get(key)?.toString("latin1"));
  if ([major, minor, name, size].every((each) => each === undefined)) return undefined;
  const isSound = major === "1" && minor === "0" && name !== undefined && type === "0";
  if (!isSound || size === undefined || !/^(0|[1-9]\d{0,14})$/.test(size)) return "its holes are in an unknown format";
  return Number(size);
}

// XATTR_NAME_MAX of linux/limits.h.
const longestName = 255;

// tar writes `=` and `%` in a name as %3D and %25.
function decodeName(key: string): Buffer | undefined {
  if (!key.startsWith(xattrPrefix)) return undefined;
  const name = key.slice(xattrPrefix.length);
  // The name may be a megabyte long, and then the regular expression takes a second. It decodes to a third at least.
  if (name.length > 3 * longestName || !/^(user\.([^%\0]|%3D|%25)+|security\.capability)$/s.test(name))
    return undefined;
  const decoded = Buffer.from(name.replaceAll("%3D", "=").replaceAll("%25", "%"), "latin1");
  return decoded.length > longestName ? undefined : decoded;
}

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
