import { execFileSync } from "node:child_process";
import { chooseUnit } from "./choose-unit.ts";
import { listCandidates, sortByLot } from "./list-candidates.ts";
import { readPackage } from "./read-package.ts";

/** A package that was drawn, and the unit to try. */
export interface Drawn {
  readonly package: string;
  readonly unit: string;
}

/** The sample, and how many packages were left out for each reason until it was full. */
export interface Draw {
  readonly drawn: readonly Drawn[];
  readonly leftOut: Readonly<Record<string, number>>;
}

/** Draws packages at random until `count` have a service. Each is downloaded, because the index does not list files. */
export function drawSample(seed: string, count: number, tell: (text: string) => void): Draw {
  const available = execFileSync("apt-cache", ["dumpavail"], { encoding: "utf8", maxBuffer: 1 << 30 });
  const drawn: Drawn[] = [];
  const leftOut: Record<string, number> = {};
  for (const name of sortByLot(listCandidates(available), seed)) {
    if (drawn.length >= count) break;
    const choice = chooseUnit(name, readPackage(name));
    if ("unit" in choice) {
      drawn.push({ package: name, unit: choice.unit });
      if (drawn.length % 10 === 0) tell(`${drawn.length} of ${count} drawn`);
    } else leftOut[choice.leftOut] = (leftOut[choice.leftOut] ?? 0) + 1;
  }
  return { drawn, leftOut };
}
