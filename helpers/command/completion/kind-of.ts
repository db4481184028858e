import type { Kind } from "../verb.ts";

const kinds: Readonly<Record<string, Kind>> = { unit: "unit", network: "network", folder: "file" };

/** The kind of word that a setting takes, by what its row calls it. */
export const kindOf = (takes: string): Kind => kinds[takes] ?? "any";
