import type { Dialect } from "../copy/read-tar.ts";
import type { TarHeader } from "../copy/tar-header.ts";
import { parseAcl } from "./parse-acl.ts";

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
  mostAttributes: 1 << 20,
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
