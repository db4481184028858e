/** What one party took, in the unit of the measure, in the order of the rounds. */
export interface Series {
  readonly party: string;
  readonly values: readonly number[];
}

/** One thing that was measured of several parties, in turn. */
export interface Measure {
  readonly name: string;
  readonly unit: "ms" | "MB" | "MB/s" | "1/s";
  readonly series: readonly Series[];
}

/** What a row of the bench found. */
export interface Row {
  readonly name: string;
  readonly title: string;
  readonly measures: readonly Measure[];
  /** Why a party took no part, by party. */
  readonly absent: Readonly<Record<string, string>>;
}

/** Where it was measured. */
export interface Machine {
  readonly kernel: string;
  readonly cpu: string;
  readonly cores: number;
  readonly gigabytes: number;
}

/** All that a run found: build/bench.json. */
export interface Results {
  /** As of ISO 8601. */
  readonly date: string;
  readonly small: boolean;
  readonly machine: Machine;
  readonly rows: readonly Row[];
}

/** The value that half of them are below: of an even number, between the two in the middle. */
export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** Where a share of the values, from 0 to 1, is below; between two values in proportion. NaN without any. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)] ?? NaN;
  const above = sorted[Math.ceil(place)] ?? NaN;
  return below + (above - below) * (place - Math.floor(place));
}
