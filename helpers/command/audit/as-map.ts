/** A table to look up words of a log in: in an object, `constructor` and the like would be found too. */
export const asMap = (table: Readonly<Record<string, string>>): ReadonlyMap<string, string> =>
  new Map(Object.entries(table));
