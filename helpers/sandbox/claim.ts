/** How a process claims something of which each of several processes writes down what it has. */
export interface Claim<T> {
  /** Chooses something that nobody has; throws if there is nothing. */
  readonly choose: () => Promise<T> | T;
  readonly write: (chosen: T) => Promise<void> | void;
  /** Whether somebody else has written the same. */
  readonly isTaken: (chosen: T) => Promise<boolean> | boolean;
}

/**
 * Claims something that only one may have. Two processes that do this at once may choose the same. So each writes first,
 * looks again, and chooses again if it sees another holder. The later one always sees it.
 */
export async function claim<T>({ choose, write, isTaken }: Claim<T>): Promise<T> {
  for (;;) {
    const chosen = await choose();
    await write(chosen);
    if (!(await isTaken(chosen))) return chosen;
  }
}

/**
 * The same for something that is wanted, and so has no substitute. Resolves to whether it was free; if not, `giveUp`
 * removes what was written.
 */
export async function claimWanted<T>(
  wanted: T,
  { write, isTaken, giveUp }: Omit<Claim<T>, "choose"> & { readonly giveUp: () => Promise<void> | void },
): Promise<boolean> {
  await write(wanted);
  if (!(await isTaken(wanted))) return true;
  await giveUp();
  return false;
}
