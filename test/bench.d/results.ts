/** The values of one party, in the unit of the measure, in the order of the rounds. */
export interface Series {
  readonly party: string;
  readonly values: readonly number[];
}

/** One measure of several parties, taken in turn. */
export interface Measure {
  readonly name: string;
  readonly unit: "ms" | "MB" | "MB/s" | "1/s";
  readonly series: readonly Series[];
}

/** The results of a row of the bench. */
export interface Row {
  readonly name: string;
  readonly title: string;
  readonly measures: readonly Measure[];
  /** The reason why a party took no part, by party. */
  readonly absent: Readonly<Record<string, string>>;
}

/** The machine that was measured. */
export interface Machine {
  readonly kernel: string;
  readonly cpu: string;
  readonly cores: number;
  readonly gigabytes: number;
}

/** All results of a run: build/bench.json. */
export interface Results {
  /** In the format of ISO 8601. */
  readonly date: string;
  readonly small: boolean;
  readonly machine: Machine;
  readonly rows: readonly Row[];
}

/** The median. For an even number of values it is between the two in the middle. */
export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** The quantile for a share from 0 to 1, interpolated between two values. NaN without values. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)] ?? NaN;
  const above = sorted[Math.ceil(place)] ?? NaN;
  return below + (above - below) * (place - Math.floor(place));
}
