import { makeAttributes, makeMember, type Member, withSum } from "../copy/archive.ts";
import { group, owner, records, root } from "./sandbox-archive.ts";

const own = { owner, group };
const smuggled = Buffer.concat([
  makeMember({ path: "start/", type: "5" }),
  makeMember({ path: "start/domain.xml", data: "<domain/>" }),
]);
export const regularFile: Member = { path: "root/file", data: "x", ...own };
/** Writes a text into a header, as another program could, and gives the header a correct sum. */
const lie = (at: number, text: string, member: Member = regularFile): Buffer => {
  const bytes = makeMember(member);
  bytes.write(text, at, "latin1");
  return withSum(bytes);
};
const raw = (...pieces: readonly Buffer[]): Buffer =>
  Buffer.concat([...records.map(makeMember), makeMember(root), ...pieces, Buffer.alloc(1024)]);
/** Makes an archive with some members in its root. */
export const members = (...some: readonly Member[]): Buffer => raw(...some.map(makeMember));
const withPax = (data: string, member: Member = regularFile): Buffer => members({ path: "x", type: "x", data }, member);
const attributes = (of: Readonly<Record<string, string>>, member: Member = regularFile): Buffer =>
  members(makeAttributes(of), member);
const sparse = {
  "GNU.sparse.major": "1",
  "GNU.sparse.minor": "0",
  "GNU.sparse.name": "root/file",
  "GNU.sparse.realsize": "9",
};

/** Archives that lie, and the message for each. */
export const lies: Readonly<Record<string, readonly [Buffer, RegExp]>> = {
  "a hard link with data": [
    members(regularFile, { path: "root/hard", type: "1", link: "root/file", data: smuggled }),
    /"root\/hard" is refused: it has data/,
  ],
  "a link with data": [
    members({ path: "root/link", type: "2", link: "x", data: smuggled }),
    /"root\/link" is refused: it has data/,
  ],
  "a folder with data": [
    members({ path: "root/folder/", type: "5", data: smuggled }),
    /"root\/folder\/" is refused: it has data/,
  ],
  "a fifo with data": [
    members({ path: "root/fifo", type: "6", data: smuggled }),
    /"root\/fifo" is refused: it has data/,
  ],
  "a size by pax of a hard link": [
    attributes({ size: "1024" }, { path: "root/hard", type: "1", link: "root/file", size: 0 }),
    /"root\/hard" is refused: it has data/,
  ],
  "attributes for all": [
    members({ path: "g", type: "g", data: makeAttributes({ path: "populated-0" }).data ?? "" }, regularFile),
    /attributes that apply to all files/,
  ],
  "another name by pax": [attributes({ path: "ids" }), /"ids" is refused: it is not part of a sandbox/],
  "a way out by pax": [attributes({ path: "root/../../x" }), /leads out of the archive/],
  "an unknown attribute": [
    attributes({ comment: "x" }),
    /"root\/file" is refused: it has an unknown attribute "comment"/,
  ],
  "an owner by pax": [attributes({ uid: "0" }), /unknown attribute "uid"/],
  "a name of holes of an old kind": [attributes({ "GNU.sparse.map": "0,1" }), /unknown attribute/],
  "a label": [attributes({ "SCHILY.xattr.security.selinux": "x" }), /unknown attribute/],
  "an attribute of the kernel's": [
    attributes({ "SCHILY.xattr.trusted.overlay.redirect": "/etc" }),
    /unknown attribute/,
  ],
  "an attribute's name that is not as tar writes it": [
    attributes({ "SCHILY.xattr.user.a%2Fb": "x" }),
    /unknown attribute/,
  ],
  "attributes of a link": [
    attributes({ "SCHILY.xattr.user.x": "x" }, { path: "root/l", type: "2", link: "x" }),
    /a file of its kind cannot have extended/,
  ],
  "a capability of a folder": [
    attributes({ "SCHILY.xattr.security.capability": "x" }, { path: "root/d/", type: "5" }),
    /a file of its kind cannot have extended/,
  ],
  "attributes of the conf": [
    Buffer.concat([
      makeMember(makeAttributes({ "SCHILY.xattr.user.x": "x" })),
      makeMember({ path: "conf", data: "x" }),
    ]),
    /"conf" is refused: it has attributes/,
  ],
  "holes of the conf": [
    Buffer.concat([
      makeMember(makeAttributes({ ...sparse, "GNU.sparse.name": "conf" })),
      makeMember({ path: "x", data: "1\n0\n9\n" }),
    ]),
    /"conf" is refused: it has attributes/,
  ],
  "an ACL that is none": [attributes({ "SCHILY.acl.access": "u::rwx" }), /its ACL is malformed/],
  "an ACL of another mode": [
    attributes({ "SCHILY.acl.access": "user::rwx\ngroup::rwx\nother::rwx" }),
    /its ACL is malformed, or does not fit this file/,
  ],
  "a default ACL of a file": [
    attributes({ "SCHILY.acl.default": "user::rw-\ngroup::r--\nother::r--" }),
    /does not fit this file/,
  ],
  "the same key twice": [withPax("12 path=rxx\n12 path=ids\n"), /"path" occurs twice|its length is wrong/],
  "a length that is wrong": [withPax("16 path=root/x\n"), /its length is wrong/],
  "a length with a zero before it": [withPax("015 path=root/x\n"), /its length is wrong/],
  "a NUL in a name": [attributes({ path: "root/x\0y" }), /its name contains a NUL/],
  "attributes of nothing": [members(regularFile, makeAttributes({ path: "x" })), /attributes that belong to no file/],
  "attributes twice": [
    members(makeAttributes({ path: "x" }), makeAttributes({ path: "x" }), regularFile),
    /two sets of attributes for one file/,
  ],
  "no attributes": [withPax(""), /its attributes are missing/],
  "a size below nothing": [attributes({ size: "-1" }), /its size is not a number/],
  "a time that is none": [attributes({ mtime: "1e9" }), /its time is not a number/],
  "a time beyond all": [attributes({ mtime: "9999999999999" }), /its time is not a number/],
  "a long name of GNU's": [
    members({ path: "././@LongLink", type: "L", data: "ids" }, regularFile),
    /is refused: (it is of an unknown kind|its path leads out)/,
  ],
  "a long name of GNU's, in place": [
    members({ path: "root/x", type: "K", data: "ids" }, regularFile),
    /unknown kind \("K"\)/,
  ],
  "an old header": [raw(lie(257, "ustar  \0")), /in an unknown format/],
  "a header without a format": [raw(lie(257, "\0\0\0\0\0\0\0\0")), /in an unknown format/],
  "a wrong sum": [raw(makeMember(regularFile).fill("y", 5, 6)), /wrong checksum/],
  "a size of base 256": [raw(lie(124, "\x80\0\0\0\0\0\0\0\0\0\0\x01")), /its size is not an octal/],
  "a size with spaces": [raw(lie(124, "         1 \0")), /its size is not an octal/],
  "a mode beyond modes": [raw(lie(100, "0100644\0")), /its mode contains more than permissions/],
  "an owner beyond the sandbox": [
    members({ ...regularFile, owner: 65_536 }),
    /"root\/file" is refused: its owner or group/,
  ],
  "a name behind a name": [raw(lie(60, "ids")), /there is data after the end of a name in a header/],
  "something at the end of a header": [raw(lie(505, "x")), /there is data after the end of a header/],
  "a target of a file": [raw(lie(157, "x")), /has a target/],
  "a device": [members({ path: "root/null", type: "3" }), /"root\/null" is refused: it is a device/],
  "a hard link to nothing": [
    members({ path: "root/hard", type: "1", link: "root/none" }),
    /"root\/hard" is refused: it is a hard link, but not to an earlier file/,
  ],
  "a hard link to what comes later": [
    members({ path: "root/a", type: "1", link: "root/file" }, regularFile),
    /it is a hard link, but not to an earlier file/,
  ],
  "a hard link to a folder": [
    members({ path: "root/d/", type: "5", ...own }, { path: "root/e", type: "1", link: "root/d" }),
    /it is a hard link, but not to an earlier file/,
  ],
  "a hard link through a link": [
    members({ path: "root/d", type: "2", link: "/", ...own }, { path: "root/e", type: "1", link: "root/d/etc/passwd" }),
    /it is a hard link, but not to an earlier file/,
  ],
  "a hard link to the conf": [
    members({ path: "root/hard", type: "1", link: "conf" }),
    /it is a hard link, but not to an earlier file/,
  ],
  "a file below a link": [
    members({ path: "root/l", type: "2", link: "/tmp", ...own }, { path: "root/l/x", data: "x" }),
    /does not follow the folder/,
  ],
  "a link where a folder was": [
    members({ path: "root/d/", type: "5", ...own }, { path: "root/d", type: "2", link: "/" }),
    /"root\/d" is refused: it occurs twice/,
  ],
  "something between files": [raw(makeMember(regularFile).fill("x", 513, 514)), /data between two files/],
  "something after the end": [
    Buffer.concat([members(regularFile), Buffer.from("x".repeat(512))]),
    /there is data after its end/,
  ],
  "a member after the end": [
    Buffer.concat([members(regularFile), makeMember({ path: "root/late" })]),
    /there is data after its end/,
  ],
  "zeros without an end": [
    Buffer.concat([members(regularFile), Buffer.alloc(512 * 40)]),
    /there is data after its end/,
  ],
  "one block of zeros": [members(regularFile).subarray(0, -512), /cut off/],
  "holes without a name": [attributes({ "GNU.sparse.realsize": "9" }), /its holes are in an unknown format/],
  "holes of a version to come": [
    attributes({ ...sparse, "GNU.sparse.major": "2" }),
    /its holes are in an unknown format/,
  ],
  "holes that lie": [
    attributes(sparse, { ...regularFile, data: "1\n0\n9\n" }),
    /"root\/file" is refused: its map of holes/,
  ],
  "more than any disk has": [attributes({ size: String(2 ** 52) }), /the archive does not fit on the disk of /],
  "two roots": [members(root), /is refused: it occurs twice/],
  "a record after the root": [members({ path: "state.json", data: "{}" }), /out of order/],
};
