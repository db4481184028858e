import assert from "node:assert/strict";
import { test } from "node:test";
import { limitOf, parseRecords, type Records } from "../../../../helpers/sandbox/archive/records.ts";
import { Unsound } from "../../../../helpers/sandbox/copy/tar-header.ts";
import { formatBases } from "../../../../helpers/sandbox/populate/service-packages.ts";
import { digestOf } from "../../../../helpers/sandbox/tree/look-up.ts";
import { records } from "./sandbox-archive.ts";

const common = Object.fromEntries(records.map(({ path, data }) => [String(path), data ?? ""]));
const parse = (more: Readonly<Record<string, string | Buffer>> = {}): Records =>
  parseRecords(new Map(Object.entries({ ...common, ...more }).map(([path, data]) => [path, Buffer.from(data)])));

test("records are read by their paths, and most of them may be missing", () => {
  const { manifest, ...rest } = parse();
  assert.equal(manifest.population, "x");
  const [name, conf] = ["web1", common["conf"]];
  const none = { dropIns: new Map(), bases: undefined, state: undefined, configured: [] };
  assert.deepEqual(rest, { name, conf, ...none });
  const bases = new Map([[digestOf([Buffer.from("base")]), "base"]]);
  const state = { version: 1, uuid: "01234567-89ab-4def-8123-456789abcdef", machineId: "1".repeat(32), idBase: 65_536 };
  const all = parse({
    "conf.d/a.conf": "a",
    "conf.d/b.conf": "",
    "bases.json.gz": formatBases(bases),
    "state.json": JSON.stringify(state),
    configured: "apache2\n\nlibc6:amd64\n",
  });
  assert.deepEqual(
    [...all.dropIns],
    [
      ["a.conf", "a"],
      ["b.conf", ""],
    ],
  );
  assert.deepEqual([all.bases, all.state, all.configured], [bases, state, ["apache2", "libc6:amd64"]]);
});

test("A1: what is wrong with a record is told with its path", () => {
  const file = "sandboxcontainer.json";
  const wrong: readonly (readonly [path: string, data: string | Buffer, message: string])[] = [
    [file, "{", "it is not JSON"],
    ...["null", '"web1"', "5", "[]", '{"version":2,"name":"a"}', '{"version":1,"name":1}'].map(
      (data) => [file, data, "it was not made by this version of sandboxcontainer export"] as const,
    ),
    ...["conf", "conf.d/a.conf", "configured", "state.json", "manifest.json", file].flatMap((path) =>
      [Buffer.from("a\0"), Buffer.from([0xff])].map((data) => [path, data, "it is not text"] as const),
    ),
    ["configured", "apache2\n-x", "it is damaged"],
    ["state.json", "{}", "it is damaged"],
    ["manifest.json", "{}", "its version is not supported"],
    ["bases.json.gz", "", "it is damaged"],
  ];
  for (const [path, data, message] of wrong)
    assert.throws(() => parse({ [path]: data }), new Unsound(message, Buffer.from(path)));
});

test("A1: records are limited, and all drop-ins together", () => {
  const mebi = 2 ** 20;
  const limits = {
    "sandboxcontainer.json": 4096,
    conf: mebi,
    "manifest.json": 64 * mebi,
    "bases.json.gz": 64 * mebi,
    "state.json": 4096,
    configured: mebi,
  };
  for (const [path, limit] of Object.entries(limits)) assert.equal(limitOf(path, 5 * mebi), limit, path);
  assert.deepEqual(
    [0, mebi, 4 * mebi, 5 * mebi].map((sum) => limitOf("conf.d/a.conf", sum)),
    [4 * mebi, 3 * mebi, 0, 0],
  );
});
