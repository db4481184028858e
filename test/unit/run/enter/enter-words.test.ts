import assert from "node:assert/strict";
import { test } from "node:test";
import { renderEntry, type Walls } from "../../../../helpers/run/enter/enter-words.ts";

const walls: Walls = {
  init: { pid: 4711, began: "99" },
  control: { kind: "none" },
  entry: { capabilities: "20844dfb", context: null },
  systemCalls: "1 6 0 0 0",
  context: undefined,
};
const enter = "/usr/libexec/sandboxcontainer/enter --filter 1 6 0 0 0 --bounds 20844dfb";
const run = "/usr/libexec/sandboxcontainer/inside/run";

const render = (changed: Partial<Walls> = {}): string => renderEntry({ ...walls, ...changed }, {}).join(" ");

test("a command that enters has the filter of the sandbox, and is told user, folder and variables inside", () => {
  assert.equal(render(), `${enter} --term dumb 4711:99 ${run} - - --`);
  const entering = { user: "www-data", folder: "/srv", variables: ["A=b c"], term: "vt220" };
  assert.deepEqual(renderEntry(walls, entering).slice(5), [
    ...["--term", "vt220", "4711:99", run, "www-data", "/srv", "A=b c", "--"],
  ]);
});

test("under AppArmor it gets the profile of services", () => {
  const control = { kind: "apparmor", profile: "p", entry: "p//&p//service" } as const;
  assert.equal(render({ control }), `${enter} --profile p//&p//service --term dumb 4711:99 ${run} - - --`);
});

test("under SELinux it gets the context of services, also beside systemd, and with the level of PID 1", () => {
  for (const [type, service] of [
    ["sandboxcontainer_init_t", "sandboxcontainer_t"],
    ["sandboxcontainer_network_init_t", "sandboxcontainer_network_t"],
    ["sandboxcontainer_command_t", "sandboxcontainer_command_t"],
    ["sandboxcontainer_none_t", "sandboxcontainer_none_t"],
    ["mine_t", "mine_t"],
  ]) {
    const context = `system_u:system_r:${type ?? ""}:s0:c1,c2`;
    const expected = `--context system_u:system_r:${service ?? ""}:s0:c1,c2`;
    assert.equal(render({ context }), `${enter} ${expected} --term dumb 4711:99 ${run} - - --`);
  }
});

test("what version 0.1.0 has started is bounded by PID 1 alone", () => {
  assert.doesNotMatch(render({ entry: null }), /--bounds/);
});
