import assert from "node:assert/strict";
import test from "node:test";
import {
  formatManifest,
  parseManifest,
  parseManifestPackages,
  readManifestText,
} from "../../../../helpers/sandbox/manifest/manifest.ts";
import { file } from "./fake-host.ts";
import { plan } from "./scenario.ts";

test("a written manifest gives itself back", () => {
  const { entries, all } = plan({ packages: ["nginx"], host: { '/etc/nginx/a"b': file() } });
  const read = parseManifest(formatManifest({ population: "0", packages: all, entries }));
  assert.deepEqual(read?.entries, entries);
  assert.deepEqual(
    read.packages,
    all.map(({ name, version, source }) => ({ name, version, source })),
  );
  assert.ok(entries.some(({ path }) => path === '/etc/nginx/a"b'));
});

test("the packages alone are those of the whole manifest, and a damaged one has none", () => {
  const { entries, all } = plan({ packages: ["nginx"], host: {} });
  const text = formatManifest({ population: '"entries":[', packages: all, entries });
  assert.ok(entries.length > 0 && all.length > 0);
  assert.deepEqual(parseManifestPackages(text), parseManifest(text)?.packages);
  assert.deepEqual(parseManifestPackages(formatManifest({ population: "0", packages: [], entries: [] })), []);
  const empty = '{"version":1,"population":"0","packages":[],\n"entries":[]}\n';
  assert.equal(formatManifest({ population: "0", packages: [], entries: [] }), empty);
  const open = '{"version":1,"population":"0","packages":[],}';
  for (const wrong of ["", "{}", open, text.slice(0, text.indexOf("]")), text.slice(1)])
    assert.equal(parseManifestPackages(wrong), undefined);
});

test("what is no manifest is not taken for one", () => {
  const entry = '{"path":"/etc","kind":"directory","owner":0,"group":0,"mode":"0755","reason":"x"}';
  const manifest = (entries: string, version = 1): string =>
    `{"version":${version},"population":"0","packages":[],"entries":[${entries}]}`;
  assert.equal(parseManifest(manifest(entry))?.entries.length, 1);
  const wrong = [
    "",
    "null",
    "{}",
    manifest(entry).slice(0, -2),
    manifest(entry, 2),
    manifest("null"),
    manifest(entry.replace("/etc", "etc")),
    manifest(entry.replace("0755", "rwx")),
    manifest(entry.replace("directory", "file")),
    manifest(entry.replace("directory", "fifo")),
  ];
  for (const text of wrong) assert.equal(parseManifest(text), undefined, text);
});

test("A1: a manifest that lies is refused, and where is told", () => {
  const entry = {
    ...{ path: "/etc/a", kind: "file", owner: 0, group: 0, mode: "0644", reason: "x" },
    ...{ source: { copy: "/etc/a" }, content: { size: 1, digest: "0".repeat(64) } },
  };
  const whole = (more: object, top: object = {}): string =>
    JSON.stringify({ version: 1, population: "0", packages: [], entries: [{ ...entry, ...more }], ...top });
  const longest = `${`/${"n".repeat(254)}`.repeat(16)}/${"n".repeat(14)}`;
  for (const sound of [{}, { reason: "" }, { path: longest }])
    assert.equal(typeof readManifestText(whole(sound)), "object");
  const lies: readonly (readonly [string, RegExp])[] = [
    ...["/../etc/shadow", "/etc/../x", "/etc/./x", "/etc//x", "/etc/", "/", "", "etc/a", "/a\0b"].map(
      (path) => [whole({ path }), /^entry 1: path has the wrong form$/] as const,
    ),
    // `diff` of an imported sandbox failed at a name that no file can have, and the import itself at a path of megabytes.
    ...[`/${"n".repeat(256)}`, `/${"\u2603".repeat(86)}/x`].map(
      (path) => [whole({ path }), /^entry 1: path has a name that is too long$/] as const,
    ),
    ...["/a".repeat(2048), "/a".repeat(8_000_000)].map(
      (path) => [whole({ path }), /^entry 1: path is too long$/] as const,
    ),
    ...[{ copy: "/../dev/zero" }, { copy: "dev/zero" }, { copy: 1 }].map(
      (source) => [whole({ source }), /^entry 1 \("\/etc\/a"\): copy has the wrong form$/] as const,
    ),
    [whole({ source: { madeBy: "\u001b[2J" } }), /madeBy has the wrong form/],
    [whole({ source: { copy: "/etc/a", text: "x" } }), /source does not have exactly one key/],
    [whole({ source: { link: "x" } }), /source has an unknown key "link"/],
    [whole({ source: undefined }), /source is not an object/],
    ...[-1, 0.5, 2 ** 32, "0", null].map((owner) => [whole({ owner }), /owner is not a number/] as const),
    [whole({ mode: "10644" }), /mode has the wrong form/],
    [whole({ content: { size: -1, digest: "0".repeat(64) } }), /size is not a number/],
    [whole({ content: { size: 1, digest: "../x" } }), /digest has the wrong form/],
    ...[`${"0".repeat(64)}0`, `x${"0".repeat(64)}`].map(
      (digest) => [whole({ content: { size: 1, digest } }), /digest has the wrong form/] as const,
    ),
    ...["\0x", "x\0", ""].map(
      (link) => [whole({ kind: "link", content: undefined, source: { link } }), /link has the wrong form/] as const,
    ),
    ...[1, "\0x", "x\0", "x\0y"].map((reason) => [whole({ reason }), /reason has the wrong form/] as const),
    ["[]", /^it is not an object$/],
    [whole({ kind: "directory", source: undefined }), /^entry 1 \("\/etc\/a"\): only a file has content$/],
    [whole({ group: -1 }), /^entry 1 \("\/etc\/a"\): group is not a number/],
    [whole({ source: {} }), /source does not have exactly one key/],
    [whole({ source: [] }), /source is not an object/],
    [whole({ source: { text: 1 } }), /^entry 1 \("\/etc\/a"\): text has the wrong form$/],
    [whole({ content: 1 }), /^entry 1 \("\/etc\/a"\): content is not an object$/],
    [whole({ more: 1 }), /entry 1 has an unknown key "more"/],
    [whole({}).replace('"reason"', '"__proto__":{"kind":"link"},"reason"'), /unknown key "__proto__"/],
    [whole({}, { entries: [entry, entry] }), /"\/etc\/a" occurs twice/],
    [whole({}, { entries: {} }), /entries is not a list/],
    [whole({}, { packages: [{ name: "a b", version: "1", source: "a" }] }), /package 1: name has the wrong form/],
    [whole({}, { packages: [{ name: "a", version: "\u001b", source: "a" }] }), /package 1: version has the wrong form/],
    [whole({}, { population: "\n" }), /population has the wrong form/],
  ];
  for (const [text, message] of lies) {
    const told = readManifestText(text);
    assert.ok(typeof told === "string" && message.test(told), `${text.slice(0, 500)}: ${JSON.stringify(told)}`);
  }
});
