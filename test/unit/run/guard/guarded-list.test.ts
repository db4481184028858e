import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { addGuarded, isListed, readGuarded, removeGuarded } from "../../../../helpers/run/guard/guarded-list.ts";

const top = mkdtempSync(join(tmpdir(), "sandboxcontainer-"));
const list = join(top, "guarded");

after(() => {
  rmSync(top, { recursive: true });
});

test("a list that is not there is empty, and nothing is taken from it", () => {
  assert.deepEqual(readGuarded(list), []);
  removeGuarded("/srv/a", list);
  assert.equal(isListed("/srv/a", list), false);
});

test("each folder is in it once, until it is taken out", () => {
  for (const path of ["/srv/a", "/srv/a b", "/srv/a"]) addGuarded(path, list);
  assert.equal(readFileSync(list, "utf8"), "/srv/a\n/srv/a b\n");
  assert.equal(statSync(list).mode & 0o777, 0o600);
  // A part of a line is not removed.
  removeGuarded("/srv", list);
  removeGuarded("/srv/a", list);
  assert.deepEqual(readGuarded(list), ["/srv/a b"]);
  removeGuarded("/srv/a b", list);
  assert.equal(readFileSync(list, "utf8"), "");
});
