import assert from "node:assert/strict";
import test from "node:test";
import { listWalls } from "../../../helpers/command/exposure.ts";
import { planFilter } from "../../../helpers/run/seccomp/plan-filter.ts";

const filter = planFilter({ units: true, added: new Set(), lines: [] });

type Walls = Parameters<typeof listWalls>;
const list = (more: Partial<Walls[0]> = {}, plan: Walls[1] = filter, control: Walls[2] = "selinux") =>
  listWalls({ UserNamespace: true, Network: { kind: "none" }, ...more }, plan, control);
const names = (more?: Partial<Walls[0]>, control?: Walls[2]) => list(more, filter, control).map(({ name }) => name);

test("a wall that the conf takes away is not counted", () => {
  assert.equal(names().length, 7);
  const open = { UserNamespace: false, Network: { kind: "host" } } as const;
  assert.deepEqual(names(open, null), names().slice(0, 4));
  assert.equal(names({}, "apparmor").at(-1), "an AppArmor profile");
});

test("a group of system calls is only counted if all of it is denied", () => {
  const closed = (plan: Walls[1]) => list({}, plan).flatMap(({ directives }) => directives);
  assert.ok(closed(filter).includes("SystemCallFilter=~@clock @cpu-emulation @module @obsolete @raw-io @reboot @swap"));
  const wider = planFilter({
    units: false,
    added: new Set(["CAP_NET_RAW", "CAP_SYS_TIME"]),
    lines: [{ denies: false, calls: ["swapon"] }],
  });
  assert.ok(closed(wider).includes("SystemCallFilter=~@cpu-emulation @debug @module @mount @obsolete @raw-io @reboot"));
  assert.ok(closed(wider).includes("RestrictNamespaces=yes"));
  assert.ok(!closed(wider).some((directive) => directive.startsWith("RestrictAddressFamilies=")));
});
