/** How much is measured. */
export interface Sizes {
  /** How often each party has its turn. */
  readonly rounds: number;
  /** The same of a start and a stop, which take some ten milliseconds longer now and then, whoever's they are. */
  readonly starts: number;
  /** Confs that the generator reads. */
  readonly confs: readonly number[];
  /** Requests to a port in one turn, and the size of a file from it. */
  readonly requests: number;
  readonly megabytes: number;
  /** Sandboxes that are defined and do not run. */
  readonly defined: number;
  /** Containers of one kind at once, in the row of memory, and whether all kinds are weighed. */
  readonly instances: number;
  readonly weighed: "all" | "few";
  /** How many there are at once, one count after the other. */
  readonly sandboxes: readonly number[];
  /** Sandboxes that a boot starts, and how often it boots with each party. */
  readonly booted: number;
  readonly boots: number;
}

/** What the table, the picture and README are made of. */
const full: Sizes = {
  rounds: 9,
  starts: 25,
  confs: [0, 1, 10, 100, 1000, 5000],
  requests: 1000,
  megabytes: 500,
  defined: 200,
  instances: 10,
  weighed: "all",
  sandboxes: [50, 200, 500],
  booted: 20,
  boots: 3,
};

/** Only to see that the bench works: its numbers say nothing. */
const small: Sizes = {
  rounds: 1,
  starts: 1,
  confs: [0, 1, 10],
  requests: 20,
  megabytes: 10,
  defined: 10,
  instances: 1,
  weighed: "few",
  sandboxes: [2],
  booted: 1,
  boots: 1,
};

export const sizesOf = (isSmall: boolean): Sizes => (isSmall ? small : full);
