import type { UnitFacts } from "../manifest/unit-facts.ts";
import type { ReadUnitFacts } from "./populate-sandbox.ts";

/**
 * Adds the units that units require or want, and those that these need in turn: systemd inside starts them too.
 * `isFollowed` says whether a unit is more than what every system has.
 */
export async function withNeededUnits(
  units: readonly UnitFacts[],
  readUnitFacts: ReadUnitFacts,
  isFollowed: (unit: UnitFacts) => boolean,
): Promise<readonly UnitFacts[]> {
  const all = [...units];
  const seen = new Set(units.flatMap(({ name, askedFor }) => [name, askedFor]));
  for (let found = units; found.length > 0;) {
    const names = new Set(
      found.flatMap(({ needs, triggers }) => [...needs, ...triggers]).filter((name) => !seen.has(name)),
    );
    for (const name of names) seen.add(name);
    found = names.size === 0 ? [] : (await readUnitFacts([...names], "needed")).filter(isFollowed);
    all.push(...found);
  }
  return all;
}
