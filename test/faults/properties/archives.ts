import fc from "fast-check";
import { describeError } from "../../../base/errors.ts";
import { group, owner, records, root } from "../../unit/sandbox/archive/sandbox-archive.ts";
import { makeArchive, makeAttributes, type Member, withSum } from "../../unit/sandbox/copy/archive.ts";
import { nearBytes, words } from "./hostile.ts";

const own = { owner, group };
const path = fc.oneof(
  fc.constantFrom(
    "root/",
    "root/etc/",
    "root/etc/x",
    "root/a",
    "root/etc/../../x",
    "root//x",
    "/root/x",
    "root/.",
    "conf.d/",
    "conf.d/a.conf",
  ),
  fc
    .array(fc.constantFrom("root", "etc", "..", ".", "", "a\x1b[31m", "n".repeat(60)), { maxLength: 4 })
    .map((parts) => parts.join("/")),
);
const pax = fc.dictionary(
  fc.constantFrom(
    "path",
    "linkpath",
    "size",
    "mtime",
    "SCHILY.xattr.user.a",
    "SCHILY.acl.access",
    "GNU.sparse.name",
    "GNU.sparse.realsize",
    "x\x1b[0m",
    "__proto__",
  ),
  fc.oneof(
    fc.constantFrom("1", "0", "9".repeat(30), "root/../x", "user::rw-", "/etc/passwd"),
    fc.constantFrom(...words),
  ),
  { maxKeys: 3 },
);
const member: fc.Arbitrary<readonly Member[]> = fc
  .record(
    {
      path,
      type: fc.constantFrom("0", "0", "5", "5", "2", "1", "6", "3", "x", "g", "S", "\x1b"),
      mode: fc.constantFrom(0o644, 0o755, 0o4755, 0o777_777),
      data: fc.string({ maxLength: 20 }),
      link: fc.constantFrom("", "root/etc/x", "../../etc/passwd", "/etc"),
      size: fc.option(fc.constantFrom(0, 1, 2 ** 30, 2 ** 33 - 1), { nil: undefined, freq: 5 }),
    },
    { noNullPrototype: true },
  )
  .chain(({ size, ...each }) =>
    fc.tuple(fc.constant({ ...own, ...each, ...(size === undefined ? {} : { size }) }), fc.option(pax, { freq: 2 })),
  )
  .map(([each, attributes]) => [
    ...(attributes === null ? [] : [makeAttributes(attributes)]),
    { ...each, ...(["1", "2", "5", "6"].includes(each.type) ? { data: "" } : {}) },
  ]);

/** An archive as export writes it. */
export const good = makeArchive(
  ...[
    ...records,
    root,
    { path: "root/etc/", type: "5", mode: 0o755, ...own },
    { path: "root/etc/x", data: "x", ...own },
  ],
  ...[
    { path: "root/hard", type: "1", link: "root/etc/x", ...own },
    { path: "root/link", type: "2", link: "etc", ...own },
  ],
);
const named: fc.Arbitrary<Buffer> = fc.constantFrom(...words).map((name) => {
  const [, ...others] = records;
  return makeArchive({ path: "sandboxcontainer.json", data: JSON.stringify({ version: 1, name }) }, ...others, root);
});

/** Gives every header block a right sum, so that a change reaches what reads it. */
function withSums(archive: Buffer): Buffer {
  for (let at = 0; at + 512 <= archive.length; at += 512)
    if (archive.toString("latin1", at + 257, at + 262) === "ustar") withSum(archive.subarray(at, at + 512));
  return archive;
}
/** Archives like those of export, with lies in members, headers, attributes and records. */
export const archive: fc.Arbitrary<Buffer> = fc.oneof(
  fc.array(member, { maxLength: 4 }).map((some) => makeArchive(...records, root, ...some.flat())),
  fc.array(member, { maxLength: 4 }).map((some) => makeArchive(...some.flat())),
  nearBytes(good).map(withSums),
  nearBytes(good),
  named,
);
const copied = makeArchive(
  root,
  { path: "root/a/", type: "5", mode: 0o755 },
  { path: "root/a/x", data: "x" },
  { path: "root/etc/y", data: "y" },
);
/** Archives as a tar inside may send them for the folder `root`. */
export const copy: fc.Arbitrary<Buffer> = fc.oneof(
  fc.array(member, { maxLength: 4 }).map((some) => makeArchive(root, ...some.flat())),
  nearBytes(copied).map(withSums),
);

/** Awaits something that may be refused, and resolves to what the refusal says. */
export async function sayRefusal(
  work: Promise<unknown>,
  ...errors: readonly (abstract new (...words: never[]) => Error)[]
): Promise<string> {
  try {
    await work;
    return "";
  } catch (error) {
    if (!errors.some((each) => error instanceof each)) throw error;
    return describeError(error).split("\n    at ")[0] ?? "";
  }
}
