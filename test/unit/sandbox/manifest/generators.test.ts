import assert from "node:assert/strict";
import test from "node:test";
import { plan, record } from "./scenario.ts";

const folder = "/usr/lib/systemd/system-generators";

test("generators of the service's packages run inside, those of what it needs and of every system do not", () => {
  const extra =
    record("db", [`${folder}/db`, `${folder}/sub/x`]).replace("\t\t\t\n", "\t\tlib\t\toptional\n") +
    record("lib", [`${folder}/lib`]);
  assert.deepEqual(plan({ packages: ["db"], extra }).steps.generators, ["db"]);
  const manager = record("manager", ["/usr/lib/systemd/systemd", `${folder}/fstab`]);
  assert.deepEqual(plan({ packages: ["manager"], extra: manager }).steps.generators, []);
});
