import assert from "node:assert/strict";
import test from "node:test";
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

test("other units, other messages and names that are none are left out", () => {
  for (const more of [
    { UNIT: "ssh.service" },
    { UNIT: "sandbox@../x.service" },
    { MESSAGE_ID: "toString" },
    { UNIT: null },
  ])
    assert.equal(parseEvent(line(more)), undefined);
});
