import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import test from "node:test";
import type { Aspect, Comparison } from "../../../../helpers/sandbox/compare/list-folder.ts";
import type { FileEntry, ManifestEntry } from "../../../../helpers/sandbox/manifest/entry.ts";
import { compareEntries, decide } from "../../../../helpers/sandbox/upgrade/decide.ts";
import { entriesOf } from "../manifest-entries.ts";

const common = { owner: 0, group: 0, reason: "a test" };
const { directory, link } = entriesOf(0, 0);
const file = (path: string, digest: string, mode = 0o644, source: FileEntry["source"] = { copy: path }): FileEntry => ({
  ...common,
  path,
  kind: "file",
  mode,
  source,
  content: { size: 1, digest },
});

const same: Comparison = { state: "same" };
const missing: Comparison = { state: "missing" };
const changed = (...aspects: Aspect[]): Comparison => ({ state: "changed", aspects });

const entries: Readonly<Record<string, (path: string) => ManifestEntry | undefined>> = {
  none: () => undefined,
  A: (path) => file(path, "A"),
  B: (path) => file(path, "B"),
  "A 0600": (path) => file(path, "A", 0o600),
  link: (path) => link(path, "x"),
  directory: (path) => directory(path),
};
const insides: Readonly<Record<string, Comparison>> = {
  untouched: same,
  removed: missing,
  "other content": changed("content"),
  "other mode": changed("mode"),
  "other kind": changed("kind"),
};

test("every combination of the host's and the sandbox's changes has its decision", () => {
  const rows = ["/etc/a.conf", "/var/lib/a"].flatMap((path) =>
    Object.entries(entries).flatMap(([baseName, makeBase]) =>
      Object.entries(entries).flatMap(([nextName, makeNext]) =>
        Object.entries(insides).flatMap(([insideName, inside]) => {
          const [base, next] = [makeBase(path), makeNext(path)];
          if (base === undefined && next === undefined) return [];
          const differs = base !== undefined && next !== undefined ? compareEntries(base, next) : [];
          const againstNext = inside !== same ? inside : differs.length > 0 ? changed(...differs) : same;
          const decision = decide({ base, next, sinceBase: inside, againstNext });
          return [`${path}: ${baseName} -> ${nextName}, ${insideName}: ${decision}\n`];
        }),
      ),
    ),
  );
  const golden = new URL("golden/decisions.txt", import.meta.url);
  if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(golden, rows.join(""));
  assert.equal(rows.join(""), readFileSync(golden, "utf8"));
});

test("what the host changed to what the sandbox has already is nothing to do", () => {
  const [base, next] = [file("/etc/a", "A"), file("/etc/a", "B")];
  assert.equal(decide({ base, next, sinceBase: changed("content"), againstNext: same }), "none");
});

test("accounts are merged, what else was made for the sandbox stays its own", () => {
  const facts = { sinceBase: changed("content"), againstNext: changed("content") };
  const made = (path: string): Pick<Parameters<typeof decide>[0], "base" | "next"> => ({
    base: file(path, "A", 0o644, { text: "a" }),
    next: file(path, "B", 0o644, { text: "b" }),
  });
  assert.equal(decide({ ...facts, ...made("/etc/passwd") }), "merge");
  assert.equal(decide({ ...facts, ...made("/etc/resolv.conf") }), "keep");
});

test("data that came whole is never taken away, and what a package makes inside comes from nowhere else", () => {
  const gone = { next: undefined, sinceBase: same, againstNext: undefined };
  assert.equal(decide({ ...gone, base: directory("/var/lib/a", "/var/lib/a") }), "keep");
  assert.equal(decide({ ...gone, base: directory("/var/lib/a") }), "remove");
  const made = file("/etc/a.key", "A", 0o600, { madeBy: "a" });
  assert.equal(decide({ ...gone, base: made }), "keep");
  for (const base of [undefined, file("/etc/a.key", "B")])
    assert.equal(decide({ base, next: made, sinceBase: same, againstNext: missing }), "none");
});

test("two entries differ in what an upgrade can bring in", () => {
  const [own, to] = [file("/etc/a", "A"), link("/etc/a", "x")];
  const differ = (...[base, next]: Parameters<typeof compareEntries>) => compareEntries(base, next).join(" ");
  assert.equal(differ(own, file("/etc/a", "B", 0o600)), "content mode");
  assert.equal(differ(own, { ...own, owner: 1 }), "owner");
  assert.equal(differ(own, { ...own, group: 1 }), "owner");
  assert.equal(differ(own, to), "kind");
  assert.equal(differ(to, link("/etc/a", "y")), "target");
  assert.equal(differ(to, { ...to, mode: 0o700 }), "", "a link has no mode of its own");
});
