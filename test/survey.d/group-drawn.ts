import { execFileSync } from "node:child_process";
import { findConflicts } from "../matrix.d/group-services.ts";
import type { Drawn } from "./draw.ts";

// A bed with more would be large: what packages recommend takes a gigabyte for each dozen.
const largestGroup = 40;

/** Groups packages that do not conflict, in as few groups as a first fit finds. */
export function groupDrawn(drawn: readonly Drawn[]): readonly (readonly Drawn[])[] {
  if (drawn.length === 0) return [];
  const names = drawn.map((each) => each.package);
  const text = execFileSync("apt-cache", ["--no-all-versions", "show", ...names], {
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
  const conflict = findConflicts(text);
  const groups: Drawn[][] = [];
  for (const each of drawn) {
    const fitting = groups.find(
      (group) => group.length < largestGroup && !group.some((other) => conflict(each.package, other.package)),
    );
    if (fitting === undefined) groups.push([each]);
    else fitting.push(each);
  }
  return groups;
}
