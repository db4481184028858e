import assert from "node:assert/strict";
import { test } from "node:test";
import type { UnitFacts } from "../../../../helpers/sandbox/manifest/units.ts";
import { withNeededUnits } from "../../../../helpers/sandbox/populate/find-units-of.ts";
import { unitFacts } from "../manifest/scenario.ts";

const units = new Map<string, UnitFacts>(
  [
    unitFacts("web.service", { needs: ["app.socket", "missing.service", "network-online.target"] }),
    unitFacts("app.socket", { triggers: ["app.service"] }),
    unitFacts("app.service", { needs: ["store.target", "web.service"] }),
    unitFacts("store.target", { needs: ["store.service"] }),
    unitFacts("store.service"),
    unitFacts("network-online.target", { needs: ["NetworkManager-wait-online.service"] }),
    unitFacts("NetworkManager-wait-online.service"),
  ].map((unit) => [unit.name, unit]),
);

async function find(name: string): Promise<{ found: readonly string[]; asked: readonly string[] }> {
  const asked: string[] = [];
  const read = (names: readonly string[], purpose?: string): Promise<readonly UnitFacts[]> => {
    assert.equal(purpose, "needed");
    asked.push(...names);
    return Promise.resolve(names.flatMap((each) => units.get(each) ?? []));
  };
  const first = [...units.values()].filter((unit) => unit.name === name);
  const found = await withNeededUnits(first, read, (unit) => unit.name !== "network-online.target");
  return { found: found.map((unit) => unit.name), asked };
}

test("what a unit needs comes along, also through sockets and targets, each once", async () => {
  const { found, asked } = await find("web.service");
  assert.deepEqual(found, ["web.service", "app.socket", "app.service", "store.target", "store.service"]);
  assert.equal(new Set(asked).size, asked.length);
});

test("a target of the system is not followed to what the host wants there", async () => {
  const { found, asked } = await find("web.service");
  assert.ok(!found.includes("network-online.target"));
  assert.ok(!asked.includes("NetworkManager-wait-online.service"));
});

test("a unit that needs nothing is alone, and nothing is asked", async () => {
  assert.deepEqual(await find("store.service"), { found: ["store.service"], asked: [] });
});
