import assert from "node:assert/strict";
import test from "node:test";
import { formatEntry } from "../../../../helpers/host/systemd/notify.ts";

test("an entry is one field a line", () => {
  assert.equal(formatEntry({ MESSAGE: "a=b", PRIORITY: "5" }), "MESSAGE=a=b\nPRIORITY=5\n");
});
