import assert from "node:assert/strict";
import { test } from "node:test";
import { findOutdatedFiles } from "../../../helpers/command/outdated.ts";
import type { ManifestEntry } from "../../../helpers/sandbox/manifest/entry.ts";
import { formatManifest } from "../../../helpers/sandbox/manifest/manifest.ts";

const common = { owner: 0, group: 0, mode: 0o644, reason: "" };
const link = (path: string, target: string): ManifestEntry => ({
  ...{ ...common, path, kind: "link" },
  source: { link: target },
});
const file = (path: string, digest: string): ManifestEntry => ({
  ...{ ...common, path, kind: "file", source: { copy: path } },
  content: { size: 1, digest },
});
const manifest = formatManifest({
  population: "0",
  packages: [],
  entries: [
    link("/etc/localtime", "/usr/share/zoneinfo/UTC"),
    file("/etc/timezone", "a"),
    file("/etc/ld.so.cache", "b"),
    file("/etc/locale.conf", "c"),
  ],
});
const host = { "/etc/localtime": "/usr/share/zoneinfo/UTC", "/etc/timezone": "a", "/etc/locale.conf": "c" };
const find = (change: Readonly<Record<string, string | undefined>>) =>
  findOutdatedFiles(Buffer.from(manifest), (path) => ({ ...host, ...change })[path]);

test("a setting of the host that changed after the root was made is outdated", () => {
  assert.deepEqual(find({}), []);
  assert.deepEqual(find({ "/etc/localtime": "/usr/share/zoneinfo/Asia/Tokyo", "/etc/timezone": "z" }), [
    "/etc/localtime",
    "/etc/timezone",
  ]);
  assert.deepEqual(find({ "/etc/locale.conf": undefined }), ["/etc/locale.conf"]);
});

test("what programs write is not, nor what the root never had, nor anything of a damaged manifest", () => {
  assert.deepEqual(find({ "/etc/ld.so.cache": "z", "/etc/environment": "z" }), []);
  assert.deepEqual(
    findOutdatedFiles(Buffer.from('\n{"path":"/etc/timezone",'), () => "z"),
    [],
  );
});
