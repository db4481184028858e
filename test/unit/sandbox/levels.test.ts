import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { categoryCount, chooseLevel, meets, parseLevels, readTakenLevels } from "../../../helpers/sandbox/levels.ts";

const setsOf = (text: string): readonly (readonly number[])[] => parseLevels(text).map((set) => [...set]);
/** Makes a pick that gives these numbers in turn. */
const picking = (...numbers: readonly number[]) => {
  const rest = [...numbers];
  return (): number => rest.shift() ?? assert.fail("more was picked");
};

test("levels are found in contexts, JSON and XML, with lists and ranges of categories", () => {
  assert.deepEqual(setsOf("system_u:system_r:container_t:s0:c1,c20\0"), [[1, 20]]);
  assert.deepEqual(setsOf('{"MountLabel":"system_u:object_r:container_file_t:s0:c3,c5"}'), [[3, 5]]);
  assert.deepEqual(setsOf("<label>a:b:c:s0:c7.c9</label><imagelabel>a:b:c:s0:c7</imagelabel>"), [[7, 8, 9], [7]]);
  assert.deepEqual(setsOf("SecurityLabelLevel=s0:c8,c2"), [[8, 2]]);
  assert.equal(parseLevels("unconfined_u:unconfined_r:unconfined_t:s0-s0:c0.c1023")[0]?.size, categoryCount);
  assert.deepEqual(setsOf("system_u:system_r:init_t:s0, times0:c1, x.s0:c2"), []);
});

test("two meet when one has all that the other has, and nobody meets the host", () => {
  const meet = (one: string, other: string): boolean =>
    meets(parseLevels(one)[0] ?? new Set(), parseLevels(other)[0] ?? new Set());
  assert.equal(meet("s0:c1,c2", "s0:c2,c1"), true);
  assert.equal(meet("s0:c1,c2", "s0:c1,c3"), false);
  assert.equal(meet("s0:c1,c2", "s0:c1.c3"), true);
  assert.equal(meet("s0:c1,c2", "s0:c2"), true);
  assert.equal(meet("s0:c1,c2", "s0:c0.c1023"), false);
});

test("a pair is of two, sorted, and not one that is taken", () => {
  assert.equal(chooseLevel([], picking(9, 4)), "s0:c4,c9");
  assert.equal(chooseLevel(parseLevels("s0:c4,c9"), picking(5, 5, 9, 4, 4, 10)), "s0:c4,c10");
});

test("when every pair is taken the search ends", () => {
  assert.equal(
    chooseLevel(parseLevels("s0:c1,c2"), (below) => (below === categoryCount ? 1 : 2)),
    undefined,
  );
});

test("what other tools wrote down counts, and their files", async () => {
  const root = mkdtempSync(join(tmpdir(), "levels-"));
  const put = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  put("etc/libvirt/lxc/old.xml", "<seclabel><label>system_u:system_r:svirt_t:s0:c1,c11</label></seclabel>");
  put("run/libvirt/qemu/vm.xml", "<label>system_u:system_r:svirt_t:s0:c2,c12</label>");
  put("var/lib/containers/storage/overlay-containers/containers.json", '[{"ProcessLabel":"a:b:c:s0:c3,c13"}]');
  put("var/lib/docker/containers/abc/config.v2.json", '{"MountLabel":"a:b:c:s0:c4,c14"}');
  put("var/lib/machines/box/etc/hostname", "box");
  const levels = (await readTakenLevels(root)).map((set) => [...set].join());
  rmSync(root, { recursive: true });
  for (const level of ["1,11", "2,12", "3,13", "4,14"]) assert.ok(levels.includes(level), level);
});
