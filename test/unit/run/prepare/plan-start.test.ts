import assert from "node:assert/strict";
import { test } from "node:test";
import { planStart } from "../../../../helpers/run/prepare/plan-start.ts";

const inside = "/usr/libexec/sandboxcontainer/inside";
const first = [`${inside}/filter`, "1 6 0 0 1", `${inside}/start`];
const none = { context: null, profiles: null };
const same = { start: "1 6 0 0 1", sandbox: "1 6 0 0 1" };

test("what only the start needs is dropped before the command", () => {
  assert.deepEqual(planStart(["kill"], ["/init", "-"], none, same), {
    init: [...first, "-", "-setpcap,-sys_admin", "-", "/init", "-"],
    capabilities: ["kill", "setpcap", "sys_admin"],
    context: null,
  });
});

test("what is to be kept is not", () => {
  assert.deepEqual(planStart(["setpcap", "sys_admin"], ["/init"], none, same).init, [...first, "-", "-", "-", "/init"]);
});

test("a narrower filter follows the one of the start", () => {
  const { init } = planStart([], ["/init"], none, { ...same, sandbox: "1 6 0 0 0" });
  assert.deepEqual(init, [...first, "-", "-setpcap,-sys_admin", "1 6 0 0 0", "/init"]);
});

test("it begins in a domain of its own and goes on in the sandbox's, in its level", () => {
  const context = "system_u:system_r:sandboxcontainer_init_t:s0:c1,c2";
  const planned = planStart([], ["/init"], { context, profiles: null }, same);
  assert.equal(planned.context, "system_u:system_r:sandboxcontainer_start_t:s0:c1,c2");
  assert.equal(planned.init[3], context);
});

test("the domain of Label=none is kept from the first program on", () => {
  const context = "system_u:system_r:sandboxcontainer_none_t:s0:c1,c2";
  const planned = planStart([], ["/init"], { context, profiles: null }, same);
  assert.equal(planned.context, context);
  assert.equal(planned.init[3], "-");
});

test("a context of another policy is kept from the first program on", () => {
  const planned = planStart([], ["/init"], { context: "system_u:system_r:container_t:s0:c1,c2", profiles: null }, same);
  assert.equal(planned.context, "system_u:system_r:container_t:s0:c1,c2");
  assert.equal(planned.init[3], "-");
});

test("under AppArmor it begins in a profile of its own, whose rules lead into the sandbox's", () => {
  const profiles = { start: "own@start", sandbox: "own", scripts: "own//service", entry: "own//&own//service" };
  const { init, context } = planStart([], ["/init"], { context: null, profiles }, same);
  assert.deepEqual(init.slice(0, 5), [first[0], "--profile", "own@start", "1 6 0 0 1", first[2]]);
  assert.equal(init[5], "-");
  assert.equal(context, null);
});
