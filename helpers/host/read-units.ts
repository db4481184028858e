import { connectSystemd, type UnitProperties } from "./systemd.ts";

/**
 * Reads the properties of units, including drop-ins, from systemd on the host. The result knows only the requested
 * units.
 */
export async function readUnits(units: readonly string[]): Promise<(unit: string) => UnitProperties> {
  if (units.length === 0) return () => ({});
  using systemd = await connectSystemd();
  const read = async (unit: string): Promise<[string, UnitProperties]> => [unit, await systemd.readUnit(unit)];
  const known = new Map(await Promise.all([...new Set(units)].map(read)));
  return (unit) => known.get(unit) ?? {};
}
