import assert from "node:assert/strict";
import test from "node:test";
import { parseSandboxName } from "../../../../base/sandbox-name.ts";
import { fieldsOf } from "../../../../helpers/command/record-event.ts";
import { parseEvent } from "../../../../helpers/command/verbs/events.ts";

const line = (more: Readonly<Record<string, unknown>>) =>
  JSON.stringify({
    ...{ __REALTIME_TIMESTAMP: "1795577476500000", UNIT: "sandbox@web1.service" },
    ...{ MESSAGE_ID: "39f53479d3a045ac8e11786248231fbf", ...more },
  });

test("what systemd says about an instance is an event", () => {
  assert.deepEqual(parseEvent(line({})), { time: 1795577476.5, name: "web1", event: "started" });
});

test("a failure has its result", () => {
  const failed = line({ MESSAGE_ID: "d9b373ed55a64feb8242e02dbe79a49c", UNIT_RESULT: "oom-kill" });
  assert.deepEqual(parseEvent(failed), { time: 1795577476.5, name: "web1", event: "failed", result: "oom-kill" });
});

const deed = (more: Readonly<Record<string, unknown>>) =>
  JSON.stringify({ __REALTIME_TIMESTAMP: "1795577476500000", SANDBOX: "web1", SANDBOX_EVENT: "created", ...more });

test("what a verb recorded is an event, with the old name of a renamed sandbox", () => {
  assert.deepEqual(parseEvent(deed({})), { time: 1795577476.5, name: "web1", event: "created" });
  assert.deepEqual(parseEvent(deed({ SANDBOX_EVENT: "renamed", SANDBOX_WAS: "old" })), {
    ...{ time: 1795577476.5, name: "web1", event: "renamed", was: "old" },
  });
});

test("the fields that are written are read as the same event", () => {
  const [name, was] = [parseSandboxName("web1"), parseSandboxName("old")];
  for (const each of [
    { event: "created" },
    { event: "deleted" },
    { event: "renamed", was },
    { event: "changed", keys: ["Publish"] },
  ] as const) {
    const event = parseEvent(JSON.stringify({ __REALTIME_TIMESTAMP: "1000000", ...fieldsOf(name, each) }));
    assert.deepEqual(event, { time: 1, name, event: each.event, ...("was" in each ? { was } : {}) });
  }
});

test("a record with another event, with a field twice or with a name that is none is left out", () => {
  for (const more of [
    { SANDBOX_EVENT: "toString" },
    { SANDBOX_EVENT: "started", MESSAGE_ID: "39f53479d3a045ac8e11786248231fbf", UNIT: "sandbox@web1.service" },
    { SANDBOX_EVENT: ["created", "deleted"] },
    { SANDBOX: ["web1", "web2"] },
    { SANDBOX: "../x" },
    { SANDBOX: null },
  ])
    assert.equal(parseEvent(deed(more)), undefined);
});

test("what is no entry is no event: half a line of journalctl ended events with a stack", () => {
  for (const text of ["", "{", "null", "[]", '"x"', '{"UNIT":{"toString":1}}', line({}).slice(0, -1)])
    assert.equal(parseEvent(text), undefined, text);
});

test("other units, other messages and names that are none are left out", () => {
  for (const more of [
    { UNIT: "ssh.service" },
    { UNIT: "sandbox@../x.service" },
    { MESSAGE_ID: "toString" },
    { UNIT: null },
  ])
    assert.equal(parseEvent(line(more)), undefined);
});
