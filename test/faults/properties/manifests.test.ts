import assert from "node:assert/strict";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { openHostTree, resolvePath, walkTree } from "../../../helpers/host/files/host-tree.ts";
import type { PackageName } from "../../../helpers/host/packages/package-database.ts";
import { findChanges } from "../../../helpers/sandbox/compare/find-changes.ts";
import { listFolder } from "../../../helpers/sandbox/compare/list-folder.ts";
import type { ManifestEntry } from "../../../helpers/sandbox/manifest/entry.ts";
import {
  formatManifest,
  type Manifest,
  parseManifest,
  parseManifestPackages,
} from "../../../helpers/sandbox/manifest/manifest.ts";
import { formatBases, parseBases } from "../../../helpers/sandbox/populate/service-packages.ts";
import { digestOf, lookUpInTree } from "../../../helpers/sandbox/tree/look-up.ts";
import { decide } from "../../../helpers/sandbox/upgrade/decide.ts";
import { mergeAccounts } from "../../../helpers/sandbox/upgrade/merge-accounts.ts";
import { fakeHost, link } from "../../unit/sandbox/manifest/fake-host.ts";
import { makeTemporary } from "../../unit/sandbox/populate/temporary.ts";
import { assertUnpolluted } from "./bounds.ts";
import { anyText, nearJson } from "./hostile.ts";
import { runs } from "./runs.ts";

const name = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.constantFrom("etc", "a", "link", "file", "__proto__", "constructor", "ü", "a b", "\x1b[31m"),
  },
  { weight: 1, arbitrary: anyText.map((text) => text.replaceAll(/[/\0]/g, "x").slice(0, 60) || "x") },
  { weight: 1, arbitrary: fc.constantFrom("n".repeat(255), "n".repeat(256), "n".repeat(5000), "☃".repeat(86)) },
);
const path = fc
  .array(name, { minLength: 1, maxLength: 5 })
  .map((names) => `/${names.map((each) => (each === "." || each === ".." ? "x" : each.toWellFormed())).join("/")}`);
const id = fc.oneof(fc.nat(65_535), fc.constant(2 ** 32 - 2));
const text = fc.string().map((each) => each.replaceAll("\0", "").toWellFormed());
const common = { owner: id, group: id, mode: fc.nat(0o7777), reason: text };
const content = fc.record({ size: fc.nat(), digest: fc.stringMatching(/^[0-9a-f]{64}$/) }, { noNullPrototype: true });

const entry: fc.Arbitrary<ManifestEntry> = path.chain((each) =>
  fc.oneof(
    fc
      .tuple(fc.record({ ...common }), fc.constantFrom(undefined, { copyTree: "/var/lib/x" }))
      .map(([more, source]): ManifestEntry => ({ path: each, kind: "directory", ...more, source })),
    fc
      .tuple(fc.record({ ...common }), text, fc.option(content, { nil: undefined }))
      .map(([more, own, has]): ManifestEntry => ({
        path: each,
        kind: "file",
        ...more,
        source: { text: own },
        ...(has && { content: has }),
      })),
    fc
      .tuple(fc.record({ ...common }), text)
      .map(([more, target]): ManifestEntry => ({ path: each, kind: "link", ...more, source: { link: `x${target}` } })),
  ),
);
const entries = fc.uniqueArray(entry, { selector: (each) => each.path, maxLength: 8 });
const manifest: fc.Arbitrary<Manifest> = entries.map((some) => ({
  population: "x",
  packages: [{ name: "x" as PackageName, version: "1", source: "x" }],
  entries: some,
}));

test("a manifest that is written is read as the same, unless a path is longer than any file's", () => {
  fc.assert(
    fc.property(manifest, (each) => {
      const written = formatManifest(each);
      const read = parseManifest(written);
      const isPossible = each.entries.every((some) =>
        some.path.split("/").every((part) => Buffer.byteLength(part) < 256),
      );
      assert.deepEqual(JSON.parse(JSON.stringify(read ?? null)), isPossible ? JSON.parse(JSON.stringify(each)) : null);
      if (isPossible) assert.equal(formatManifest(read ?? each), written);
      assert.deepEqual(parseManifestPackages(written), each.packages);
    }),
    runs(),
  );
});

/** A tree in which a sandbox has put links, a deep folder, and odd names. */
function makeTree(top: string): string {
  const tree = join(top, "root");
  mkdirSync(join(tree, "etc/a"), { recursive: true });
  mkdirSync(join(tree, "a/b"), { recursive: true });
  writeFileSync(join(tree, "etc/file"), "x");
  symlinkSync("/etc", join(tree, "link"));
  symlinkSync("..", join(tree, "etc/link"));
  writeFileSync(join(tree, "\x1b[31m"), "x");
  return tree;
}

test("every path of a manifest of somebody else can be looked for in a tree, and leads out of no tree", (context) => {
  const tree = makeTree(makeTemporary(context));
  const host = openHostTree(tree);
  const place = { tree, host, rootDirectory: tree };
  const foreign = fc.oneof(
    manifest.map(formatManifest),
    manifest.map(formatManifest).chain((each) => nearJson(each)),
  );
  fc.assert(
    fc.property(foreign, (json) => {
      const read = parseManifest(json);
      if (read === undefined) return;
      for (const { path: each } of read.entries) {
        lookUpInTree(tree, each);
        listFolder(tree, read.entries, each);
      }
      findChanges(place, read.entries, "/");
      assert.equal(listFolder(tree, read.entries, "/link"), undefined);
      assertUnpolluted();
    }),
    runs(),
  );
});

test("bases that are written are read as the same, and no others are", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "grapheme" })), fc.nat(), (texts, which) => {
      const bases = new Map(texts.map((each) => [digestOf([Buffer.from(each)]), each]));
      const bytes = formatBases(bases);
      assert.deepEqual(new Map([...(parseBases(bytes) ?? [])].sort()), new Map([...bases].sort()));
      const damaged = Buffer.from(bytes);
      damaged[which % damaged.length] = (damaged[which % damaged.length] ?? 0) ^ 0x10;
      for (const [digest, each] of parseBases(damaged) ?? []) assert.equal(digestOf([Buffer.from(each)]), digest);
    }),
    runs(),
  );
});

const account = fc
  .tuple(fc.constantFrom("root", "a", "b", "c", "__proto__"), fc.nat(9), fc.subarray(["a", "b", "c"]))
  .map(([who, number, members]) => [who, "x", String(number), members.join(",")] as const);
type Account = typeof account extends fc.Arbitrary<infer T> ? T : never;
const accounts = fc.uniqueArray(account, {
  comparator: ([one, , two]: Account, [other, , another]: Account) => one === other || two === another,
});
const toText = (some: readonly Account[]): string => some.map((fields) => `${fields.join(":")}\n`).join("");

test("a merge of accounts takes no account away, gives no id twice, and changes nothing the second time", () => {
  fc.assert(
    fc.property(
      fc.constantFrom("/etc/passwd", "/etc/group"),
      accounts,
      accounts,
      accounts,
      (file, inside, base, host) => {
        const { text: merged } = mergeAccounts(file, toText(inside), toText(base), toText(host));
        const records = merged
          .trimEnd()
          .split("\n")
          .map((line) => line.split(":"));
        for (const [who] of inside)
          assert.ok(
            records.some(([other]) => other === who),
            who,
          );
        const ids = records.map(([, , number]) => number);
        assert.equal(new Set(ids).size, ids.length, merged);
        assert.equal(mergeAccounts(file, merged, toText(host), toText(host)).text, merged);
      },
    ),
    runs(),
  );
});

test("an upgrade has a decision for every path, and leaves alone what the host did not change", () => {
  const aspects = fc.subarray(["kind", "content", "target", "mode", "owner"] as const, { minLength: 1 });
  const comparison = fc.oneof(
    fc.constantFrom({ state: "same" as const }, { state: "missing" as const }),
    aspects.map((some) => ({ state: "changed" as const, aspects: some })),
  );
  fc.assert(
    fc.property(entry, comparison, comparison, (each, sinceBase, againstNext) => {
      assert.equal(decide({ base: each, next: each, sinceBase, againstNext }), "none");
      assert.equal(decide({ base: undefined, next: undefined, sinceBase: undefined, againstNext: undefined }), "none");
      const gone = decide({ base: each, next: undefined, sinceBase, againstNext: undefined });
      assert.ok(["none", "remove", "keep"].includes(gone));
      if (sinceBase.state === "changed" && sinceBase.aspects.includes("content") && each.kind === "file")
        assert.equal(gone, "keep");
    }),
    runs(),
  );
});

test("links of the host lead to a place on it, or nowhere, and soon", () => {
  const part = fc.constantFrom("a", "b", "..", ".", "", "c");
  const target = fc
    .tuple(fc.boolean(), fc.array(part, { maxLength: 5 }))
    .map(([whole, parts]) => `${whole ? "/" : ""}${parts.join("/")}`);
  const place = fc
    .array(fc.constantFrom("a", "b", "c"), { minLength: 1, maxLength: 3 })
    .map((parts) => `/${parts.join("/")}`);
  fc.assert(
    fc.property(fc.array(fc.tuple(place, target)), target, (links, asked) => {
      const host = fakeHost(Object.fromEntries(links.map(([from, to]) => [from, link(to)])));
      const found = resolvePath(host, `/${asked}`);
      if (found === undefined) return;
      assert.match(found, /^\/$|^(\/(?!\.\.?(\/|$))[^/]+)+$/);
      for (let some = found; some !== "/"; some = some.replace(/\/[^/]*$/, "") || "/")
        assert.notEqual(host.lookUp(some)?.kind, "link");
      assert.ok([...walkTree(host, "/a")].every((each) => each.startsWith("/a/")));
    }),
    runs(),
  );
});
