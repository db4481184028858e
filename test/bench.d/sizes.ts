/** How much is measured. */
export interface Sizes {
  /** How many turns each party has. */
  readonly rounds: number;
  /** The same for starts and stops. For every party they sometimes take some ten milliseconds longer. */
  readonly starts: number;
  /** Confs that the generator reads. */
  readonly confs: readonly number[];
  /** Confs that there are at a daemon-reload. */
  readonly reloaded: readonly number[];
  /** Requests to a port in one turn, and the size of the file that is fetched. */
  readonly requests: number;
  readonly megabytes: number;
  /** Sandboxes that are defined but do not run. */
  readonly defined: number;
  /** Containers of one kind at once, in the memory row, and whether all kinds are measured. */
  readonly instances: number;
  readonly weighed: "all" | "few";
  /** The numbers of sandboxes at once, one after another. */
  readonly sandboxes: readonly number[];
  /** Sandboxes that a boot starts, and how many boots each party gets. */
  readonly booted: number;
  readonly boots: number;
}

/** The sizes for the table, the picture and README. */
const full: Sizes = {
  rounds: 9,
  starts: 25,
  confs: [0, 1, 10, 100, 1000, 5000],
  reloaded: [0, 100, 1000],
  requests: 1000,
  megabytes: 500,
  defined: 200,
  instances: 10,
  weighed: "all",
  sandboxes: [50, 200, 500],
  booted: 20,
  boots: 3,
};

/** Shows only that the bench works; the numbers mean nothing. */
const small: Sizes = {
  rounds: 1,
  starts: 1,
  confs: [0, 1, 10],
  reloaded: [0, 1],
  // ab finds no percentiles of fewer.
  requests: 100,
  megabytes: 10,
  defined: 10,
  instances: 1,
  weighed: "few",
  sandboxes: [2],
  booted: 1,
  boots: 1,
};

export const sizesOf = (isSmall: boolean): Sizes => (isSmall ? small : full);
