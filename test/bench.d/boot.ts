import type { Row, Series } from "./results.ts";
import { runBed, runInside } from "./run-inside.ts";
import type { Sizes } from "./sizes.ts";

const none = "nothing";
const parties = [none, "sandbox of Exec=", "Quadlet", "sandbox with ten ports", "Quadlet with ten ports"];

/** Measures what the units of each party add to a boot of the bed. The bed boots with each party in turn. */
export async function measureBoot(sizes: Sizes): Promise<Row> {
  const reached = new Map(parties.map((party): [string, number[]] => [party, []]));
  try {
    await runInside(["make-boots", String(sizes.booted)], "keep");
    for (let round = 0; round < sizes.boots; round += 1) {
      for (const party of parties) reached.get(party)?.push(await bootWith(party, sizes.booted));
    }
  } finally {
    await runInside(["remove"], "keep");
  }
  const bare = reached.get(none) ?? [];
  const added = [...reached].map(([party, values]): Series => {
    return { party, values: values.map((value, round) => value - (bare[round] ?? NaN)) };
  });
  const series = [...reached].map(([party, values]): Series => ({ party, values }));
  return {
    name: "boot",
    title: "From systemd's start to multi-user.target",
    measures: [
      { name: "reached after", unit: "ms", series },
      { name: `added by ${sizes.booted}`, unit: "ms", series: added.filter(({ party }) => party !== none) },
    ],
    absent: {},
  };
}

async function bootWith(party: string, count: number): Promise<number> {
  await runInside(["choose-boot", party], "keep");
  runBed("reboot", "native");
  return (await runInside(["read-boot", party, String(count)], "keep")) as number;
}
