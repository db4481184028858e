import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { parseSandboxName } from "../../../base/sandbox-name.ts";
import { listSandboxes, loadAllConfs } from "../../../conf/load-conf.ts";
import { mergeConf } from "../../../conf/merge-conf.ts";
import { parseConf } from "../../../conf/parse-conf.ts";
import { settings } from "../../../conf/settings.ts";
import { listEffective } from "../../../helpers/command/conf/list-settings.ts";
import { assertUnpolluted } from "./bounds.ts";
import { validValues } from "./confs.ts";
import { anyText } from "./hostile.ts";
import { runs } from "./runs.ts";

const name = parseSandboxName("web");

// Settings of each kind: one value or several, also as a default of the host or only its own.
const keys = ["Package", "DNS", "Capabilities", "Copy", "Network", "Label"] as const;
type Key = (typeof keys)[number];
type Given = readonly { readonly key: Key; readonly value: string }[];

const given: fc.Arbitrary<Given> = fc.array(
  fc
    .constantFrom(...keys)
    .chain((key) =>
      fc
        .oneof({ weight: 5, arbitrary: validValues[key] }, { weight: 1, arbitrary: fc.constant("") })
        .map((value) => ({ key, value })),
    ),
  { maxLength: 5 },
);

const toText = (lines: Given): string =>
  lines.map(({ key, value }) => `[${settings[key].section}]\n${key}=${value}\n`).join("");

/** What the manual says: an empty value resets, a list grows, and of single values the last file's first one counts. */
function expectValues(files: readonly Given[], key: Key): readonly string[] {
  let values: string[] = [];
  for (const file of files) {
    let isSet = false;
    for (const { value } of file.filter((line) => line.key === key)) {
      if (value === "") [values, isSet] = [[], false];
      else if (settings[key].repeats) values.push(value);
      else if (!isSet) [values, isSet] = [[value], true];
    }
  }
  return values;
}

test("merging files is their order of precedence, and says where each value is from", () => {
  fc.assert(
    fc.property(fc.array(given, { maxLength: 4 }), (files) => {
      const parsed = files.map((lines, index) => parseConf(toText(lines), `/${index}`));
      const { conf } = mergeConf(name, "/0", parsed, new Set());
      for (const key of keys) {
        const expected = expectValues(files, key);
        assert.deepEqual(conf.origins[key]?.map(({ value }) => value) ?? [], expected);
        const values: unknown = settings[key].repeats
          ? expected.map((value) => settings[key].parse(value))
          : expected
              .map((value) => settings[key].parse(value))
              .concat("default" in settings[key] ? [settings[key].default] : [])[0];
        assert.deepEqual(conf[key], values);
        for (const { path, line, value } of conf.origins[key] ?? []) {
          const text = toText(files[Number(path.slice(1))] ?? []);
          assert.equal(text.split("\n")[line - 1], `${key}=${value}`);
        }
      }
      for (const { key, value } of listEffective(conf)) assert.equal(typeof value, "string", key);
    }),
    runs(),
  );
});

/** What may be at a place of the conf folders. */
type Content =
  { readonly kind: "conf"; readonly lines: Given } | { readonly kind: "empty" | "mask" | "none" | "folder" | "broken" };

const content: fc.Arbitrary<Content> = fc.oneof(
  { weight: 4, arbitrary: given.map((lines): Content => ({ kind: "conf", lines })) },
  { weight: 2, arbitrary: fc.constant<Content>({ kind: "none" }) },
  { weight: 1, arbitrary: fc.constantFrom<Content>({ kind: "empty" }, { kind: "mask" }) },
);
const files = ["web.conf", "web.conf.d/10-a.conf", "web.conf.d/20-b.conf", "defaults.conf.d/50-c.conf"] as const;
const folders = ["etc", "run", "usr"] as const;

function place(path: string, { kind, ...rest }: Content): void {
  if (kind === "none") return;
  mkdirSync(dirname(path), { recursive: true });
  if (kind === "mask") symlinkSync("/dev/null", path);
  else if (kind === "folder") mkdirSync(path);
  else if (kind === "broken") symlinkSync("/nowhere", path);
  // A conf without lines is a comment; an empty file would hide others.
  else writeFileSync(path, kind === "empty" ? "" : `# x\n${toText("lines" in rest ? rest.lines : [])}`);
}

/** The first of the folders that has a file decides about it. */
function findEffective(table: ReadonlyMap<string, Content>, file: string): Content {
  const found = folders.map((folder) => table.get(`${folder}/${file}`) ?? { kind: "none" as const });
  return found.find(({ kind }) => kind !== "none") ?? { kind: "none" };
}

test("a file hides those of its name in folders of lower precedence, and an empty one or /dev/null hides all", () => {
  fc.assert(
    fc.property(fc.array(content, { minLength: 12, maxLength: 12 }), (contents) => {
      const paths = folders.flatMap((folder) => files.map((file) => `${folder}/${file}`));
      const table = new Map(paths.map((path, index) => [path, contents[index] ?? { kind: "none" as const }]));
      withFolders(table, (top) => {
        const { sandboxes, strays } = loadAllConfs(top);
        assert.deepEqual(strays, []);
        const main = findEffective(table, "web.conf");
        assert.deepEqual(
          listSandboxes(top).map((each) => each.name),
          main.kind === "conf" ? [name] : [],
        );
        if (main.kind !== "conf") {
          assert.deepEqual(sandboxes, []);
          return;
        }
        const order = [files[3], files[0], files[1], files[2]].map((file) => findEffective(table, file));
        const lines = order.flatMap((each) => (each.kind === "conf" ? [each.lines] : []));
        for (const key of keys)
          assert.deepEqual(sandboxes[0]?.conf.origins[key]?.map(({ value }) => value) ?? [], expectValues(lines, key));
      });
    }),
    runs(0.5),
  );
});

function withFolders(table: ReadonlyMap<string, Content>, act: (folders: readonly string[]) => void): void {
  const top = mkdtempSync(join(tmpdir(), "sandboxcontainer-"));
  try {
    for (const [path, each] of table) place(join(top, path), each);
    act(folders.map((folder) => join(top, folder)));
  } finally {
    rmSync(top, { recursive: true });
  }
}

test("whatever is in the conf folders, all confs are loaded, or have errors", () => {
  const odd = fc.oneof(content, fc.constantFrom<Content>({ kind: "folder" }, { kind: "broken" }));
  const fileName = fc.oneof(
    anyText.map((text) => text.replaceAll(/[/\0]/g, "").slice(0, 50)),
    fc.constantFrom(
      "web.conf",
      "__proto__.conf",
      "constructor.conf",
      ".conf",
      "defaults.conf",
      "a b.conf",
      "web.conf.new-1",
      "..conf",
    ),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom(...folders), fileName, odd), { maxLength: 6 }), (some) => {
      const table = new Map(
        some
          .filter(([, file]) => !["", ".", ".."].includes(file))
          .map(([folder, file, each]) => [`${folder}/${Buffer.from(file).toString()}`, each]),
      );
      withFolders(table, (top) => {
        const { sandboxes, strays } = loadAllConfs(top);
        for (const { conf, errors } of sandboxes)
          assert.ok(conf.files.length > 0 && errors.every(({ status }) => status === 2));
        assert.ok(strays.every(({ status }) => status === 2));
        listSandboxes(top);
        assertUnpolluted();
      });
    }),
    runs(0.5),
  );
});
