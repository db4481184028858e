import assert from "node:assert/strict";
import { test } from "node:test";
import { planStart } from "../../../../helpers/run/prepare/plan-start.ts";

const inside = "/usr/libexec/sandboxcontainer/inside";
const first = [`${inside}/filter`, "1 6 0 0 1", `${inside}/start`];
const same = { start: "1 6 0 0 1", sandbox: "1 6 0 0 1" };

test("what only the start needs is dropped before the command", () => {
  assert.deepEqual(planStart(["kill"], ["/init", "-"], null, same), {
    init: [...first, "-", "-setpcap,-sys_admin", "-", "/init", "-"],
    capabilities: ["kill", "setpcap", "sys_admin"],
    context: null,
  });
});

test("what is to be kept is not", () => {
  assert.deepEqual(planStart(["setpcap", "sys_admin"], ["/init"], null, same).init, [...first, "-", "-", "-", "/init"]);
});

test("a narrower filter follows the one of the start", () => {
  const { init } = planStart([], ["/init"], null, { ...same, sandbox: "1 6 0 0 0" });
  assert.deepEqual(init, [...first, "-", "-setpcap,-sys_admin", "1 6 0 0 0", "/init"]);
});

test("it begins in a domain of its own and goes on in the sandbox's, in its level", () => {
  const context = "system_u:system_r:sandboxcontainer_init_t:s0:c1,c2";
  const planned = planStart([], ["/init"], context, same);
  assert.equal(planned.context, "system_u:system_r:sandboxcontainer_start_t:s0:c1,c2");
  assert.equal(planned.init[3], context);
});

test("the domain of Label=none is kept from the first program on", () => {
  const context = "system_u:system_r:sandboxcontainer_none_t:s0:c1,c2";
  const planned = planStart([], ["/init"], context, same);
  assert.equal(planned.context, context);
  assert.equal(planned.init[3], "-");
});

test("a context of another policy is kept from the first program on", () => {
  const planned = planStart([], ["/init"], "system_u:system_r:container_t:s0:c1,c2", same);
  assert.equal(planned.context, "system_u:system_r:container_t:s0:c1,c2");
  assert.equal(planned.init[3], "-");
});
