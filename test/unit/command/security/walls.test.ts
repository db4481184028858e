import assert from "node:assert/strict";
import test from "node:test";
import { planFilter } from "../../../../helpers/run/seccomp/plan-filter.ts";
import { listWalls } from "../../../../helpers/command/security/walls.ts";

const filter = planFilter({ units: true, added: new Set(), lines: [] });

type Walls = Parameters<typeof listWalls>;
const list = (more: Partial<Walls[0]> = {}, plan: Walls[1] = filter) =>
  listWalls(
    { UserNamespace: true, Network: { kind: "none" }, Label: { kind: "dynamic", context: undefined }, ...more },
    plan,
  );
const names = (more?: Partial<Walls[0]>) => list(more).map(({ name }) => name);

test("a wall that the conf takes away is not counted", () => {
  assert.equal(names().length, 7);
  const open = { UserNamespace: false, Network: { kind: "host" }, Label: { kind: "none" } } as const;
  assert.deepEqual(names(open), names().slice(0, 4));
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
