import type { UnitProperties } from "./systemd.ts";

/** A text property; empty if the unit's type does not have it. */
export function textOf(properties: UnitProperties, key: string): string {
  const value = properties[key];
  return typeof value === "string" ? value : "";
}

/** A property that is a list of texts. */
export const listOf = (properties: UnitProperties, key: string): readonly string[] =>
  (properties[key] ?? []) as readonly string[];

/** A property that is a list of structures. */
export const rowsOf = (properties: UnitProperties, key: string): readonly (readonly unknown[])[] =>
  (properties[key] ?? []) as readonly unknown[][];
