/** How much is measured. */
export interface Sizes {
  /** How often each party has its turn. */
  readonly rounds: number;
  /** Confs that the generator reads. */
  readonly confs: readonly number[];
}

/** What the table, the picture and README are made of. */
const full: Sizes = { rounds: 15, confs: [0, 1, 10, 100, 1000, 5000] };

/** Only to see that the bench works: its numbers say nothing. */
const small: Sizes = { rounds: 2, confs: [0, 1, 10] };

export const sizesOf = (isSmall: boolean): Sizes => (isSmall ? small : full);
