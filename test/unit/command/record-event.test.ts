import assert from "node:assert/strict";
import test from "node:test";
import { parseSandboxName } from "../../../base/sandbox-name.ts";
import { fieldsOf } from "../../../helpers/command/record-event.ts";

const [name, was] = [parseSandboxName("web1"), parseSandboxName("old")];

test("an entry shows as one of the instance unit, and says in words what was done", () => {
  assert.deepEqual(fieldsOf(name, { event: "renamed", was }), {
    MESSAGE: "Renamed sandbox old to web1",
    PRIORITY: "5",
    SYSLOG_IDENTIFIER: "sandboxcontainer",
    SANDBOX: "web1",
    SANDBOX_EVENT: "renamed",
    SANDBOX_WAS: "old",
    OBJECT_SYSTEMD_UNIT: "sandbox@web1.service",
  });
  assert.equal(fieldsOf(name, { event: "created" })["MESSAGE"], "Created sandbox web1");
  assert.equal(fieldsOf(name, { event: "deleted" })["MESSAGE"], "Deleted sandbox web1");
});

test("an entry names each changed key once, or only the conf if nothing but a comment changed", () => {
  const tell = (...keys: readonly string[]) => fieldsOf(name, { event: "changed", keys })["MESSAGE"];
  assert.equal(tell("Publish", "MemoryMax", "Publish"), "Changed Publish=, MemoryMax= of sandbox web1");
  assert.equal(tell(), "Changed the conf of sandbox web1");
});
