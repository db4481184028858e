import assert from "node:assert/strict";
import { test } from "node:test";
import { planStart } from "../../../../helpers/run/prepare/plan-start.ts";

const start = "/usr/libexec/sandboxcontainer/inside/start";

test("what only the start needs is dropped before the command", () => {
  assert.deepEqual(planStart(["kill"], ["/init", "-"], null, "1 6 0 0 0"), {
    init: [start, "-", "-setpcap,-sys_admin", "1 6 0 0 0", "/init", "-"],
    capabilities: ["kill", "setpcap", "sys_admin"],
    context: null,
  });
});

test("what is to be kept is not", () => {
  assert.deepEqual(planStart(["setpcap", "sys_admin"], ["/init"], null, "1").init, [start, "-", "-", "1", "/init"]);
});

test("it begins in a domain of its own and goes on in the sandbox's, in its level", () => {
  const context = "system_u:system_r:sandboxcontainer_init_t:s0:c1,c2";
  const planned = planStart([], ["/init"], context, "1");
  assert.equal(planned.context, "system_u:system_r:sandboxcontainer_start_t:s0:c1,c2");
  assert.equal(planned.init[1], context);
});

test("the domain of Label=none is kept from the first program on", () => {
  const context = "system_u:system_r:sandboxcontainer_none_t:s0:c1,c2";
  const planned = planStart([], ["/init"], context, "1");
  assert.equal(planned.context, context);
  assert.equal(planned.init[1], "-");
});

test("a context of another policy is kept from the first program on", () => {
  const planned = planStart([], ["/init"], "system_u:system_r:container_t:s0:c1,c2", "1");
  assert.equal(planned.context, "system_u:system_r:container_t:s0:c1,c2");
  assert.equal(planned.init[1], "-");
});
