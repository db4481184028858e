import type { UnitProperties } from "../../host/systemd/systemd.ts";

// Root inside could delay the host's boot for that long.
const most = 3600;

/** The longest TimeoutStartSec= of units, in seconds, and at most an hour; 0 without a service. */
export function findLongestTimeout(units: readonly UnitProperties[]): number {
  const seconds = units.map(({ TimeoutStartUSec: limit }) =>
    typeof limit === "bigint" ? Number(limit / 1_000_000n) : 0,
  );
  return Math.min(most, Math.max(0, ...seconds));
}
