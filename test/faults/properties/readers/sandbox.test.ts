import { gzipSync } from "node:zlib";
import { SandboxError } from "../../../../base/errors.ts";
import { parseAcl } from "../../../../helpers/sandbox/archive/attributes.ts";
import { parseRecords } from "../../../../helpers/sandbox/archive/records.ts";
import { cleanWords } from "../../../../helpers/sandbox/copy/child.ts";
import { parseInsideSource } from "../../../../helpers/sandbox/copy/paths.ts";
import { Unsound } from "../../../../helpers/sandbox/copy/tar-header.ts";
import { parseAccountIds, parseIdMap, parseSubordinateIds } from "../../../../helpers/sandbox/id-range.ts";
import { parseLevels } from "../../../../helpers/sandbox/levels.ts";
import { planAccounts } from "../../../../helpers/sandbox/manifest/accounts.ts";
import { findReferred } from "../../../../helpers/sandbox/manifest/etc.ts";
import { parseManifestPackages, readManifestText } from "../../../../helpers/sandbox/manifest/manifest.ts";
import { readPrograms } from "../../../../helpers/sandbox/populate/find-units-of.ts";
import { parseBases } from "../../../../helpers/sandbox/populate/service-packages.ts";
import { parseState } from "../../../../helpers/sandbox/state.ts";
import { splitPath } from "../../../../helpers/sandbox/tree/beneath.ts";
import { mergeAccounts } from "../../../../helpers/sandbox/upgrade/merge-accounts.ts";
import { nearJson } from "../hostile.ts";
import { testReaders } from "./reader.ts";

const state =
  '{"version":1,"uuid":"0e7e0e3c-5c1c-4a55-9f4c-0123456789ab","machineId":"0123456789abcdef0123456789abcdef","idBase":524288,"level":"s0:c1,c2"}';
const entry =
  '{"path":"/etc/x","kind":"file","owner":0,"group":0,"mode":"0644","source":{"copy":"/etc/x"},"content":{"size":1,"digest":"a3bf4f1b2b0b822cd15d6c15b0f00a08a3bf4f1b2b0b822cd15d6c15b0f00a08"},"reason":"package x lists it"}';
const manifest = `{"version":1,"population":"x","packages":[\n{"name":"x","version":"1","source":"x"}\n],\n"entries":[\n${entry},\n{"path":"/var/run","kind":"link","owner":0,"group":0,"mode":"0777","source":{"link":"/run"},"reason":"r"},\n{"path":"/d","kind":"directory","owner":0,"group":0,"mode":"0755","reason":"r"}\n]}\n`;
const passwd = "root:x:0:0:root:/root:/bin/sh\nwww-data:x:33:33::/var/www:/usr/sbin/nologin\n+::::::\n";
const group = "root:x:0:\nadm:x:4:www-data,root\nshadow:x:42:\n";
const loginDefs = "# a comment\nSYS_UID_MAX\t\t999\n SYS_GID_MAX 999\n";

const hostWith = (path: string, text: string) => ({
  lookUp: () => undefined,
  list: () => [],
  readText: (asked: string) => (asked === path ? text : asked === "/etc/passwd" ? passwd : group),
});

const records = (path: string, text: string): ReadonlyMap<string, Buffer> =>
  new Map(
    Object.entries({
      "sandboxcontainer.json": '{"version":1,"name":"web1"}',
      conf: "[Sandbox]\nExec=/bin/x\n",
      "manifest.json": manifest,
      ...{ [path]: text },
    }).map(([file, content]) => [file, Buffer.from(content)]),
  );

testReaders(
  { name: "a state", read: parseState, examples: [state], more: nearJson(state) },
  {
    name: "a manifest",
    read: (text) => [readManifestText(text), parseManifestPackages(text)],
    examples: [manifest],
    more: nearJson(manifest),
  },
  {
    name: "bases",
    read: (text) => [parseBases(Buffer.from(text, "latin1")), parseBases(gzipSync(text))],
    examples: [
      '{"2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881":"x"}',
      gzipSync('{"a":1}').toString("latin1"),
    ],
    more: nearJson('{"2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881":"x"}'),
  },
  {
    name: "the name in an archive",
    read: (text) => parseRecords(records("sandboxcontainer.json", text)),
    examples: ['{"version":1,"name":"web1"}'],
    more: nearJson('{"version":1,"name":"web1"}'),
    errors: [Unsound],
  },
  {
    name: "the list of configured packages in an archive",
    read: (text) => parseRecords(records("configured", text)),
    examples: ["apache2\nlibc6:amd64\n"],
    errors: [Unsound],
  },
  {
    name: "an ACL of an archive",
    read: parseAcl,
    examples: ["user::rw-\nuser:33:r--\ngroup::r--\nmask::r--\nother::---"],
  },
  { name: "subuid", read: parseSubordinateIds, examples: ["anna:100000:65536\n1000:165536:65536\n"] },
  { name: "passwd and group as ids", read: parseAccountIds, examples: [passwd, group] },
  { name: "uid_map", read: parseIdMap, examples: ["         0     524288      65536\n     65536 1 1\n"] },
  {
    name: "levels",
    read: parseLevels,
    examples: ["system_u:system_r:container_t:s0:c1,c20\0", "<label>a:b:c:s0-s0:c0.c1023,c5.c7</label>"],
  },
  {
    name: "passwd as accounts",
    read: (text) => planAccounts(hostWith("/etc/passwd", text), ["www-data"]),
    examples: [passwd],
  },
  { name: "group as accounts", read: (text) => planAccounts(hostWith("/etc/group", text), ["33"]), examples: [group] },
  { name: "login.defs", read: (text) => planAccounts(hostWith("/etc/login.defs", text), []), examples: [loginDefs] },
  {
    name: "accounts of a sandbox",
    read: (text) => [
      mergeAccounts("/etc/group", text, group, passwd),
      mergeAccounts("/etc/passwd", passwd, text, passwd),
    ],
    examples: [passwd, group],
  },
  {
    name: "paths that configuration names",
    read: findReferred,
    examples: ['# a comment\ncfg_dir=/etc/nagios-plugins/config\ninclude "/etc/x/*.conf";\n  -- /etc/y\n'],
  },
  {
    name: "programs of a unit",
    read: readPrograms,
    examples: ['[Service]\nExecStart=-/usr/sbin/apachectl start\nExecStart = "/usr/bin/a b" \\\n  c\n'],
  },
  {
    name: "a path in an archive of copy-from",
    read: (text) => splitPath(Buffer.from(text, "latin1")),
    examples: ["etc/apache2//x/", "a/../b"],
  },
  {
    name: "a path to copy from",
    read: parseInsideSource,
    examples: ["/etc/apache2/.", "var/log"],
    errors: [SandboxError],
  },
  {
    name: "words of tar",
    read: cleanWords,
    examples: ["/usr/bin/tar: x: file changed as we read it\ntar: Exiting with failure status due\n"],
  },
);
