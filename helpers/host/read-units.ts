import { connectSystemd, type UnitProperties } from "./systemd.ts";

/** What systemd on the host says of units, with their drop-ins. The answer has those that were asked for. */
export async function readUnits(units: readonly string[]): Promise<(unit: string) => UnitProperties> {
  if (units.length === 0) return () => ({});
  using systemd = await connectSystemd();
  const read = async (unit: string): Promise<[string, UnitProperties]> => [unit, await systemd.readUnit(unit)];
  const known = new Map(await Promise.all([...new Set(units)].map(read)));
  return (unit) => known.get(unit) ?? {};
}
