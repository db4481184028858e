/** A word as a shell reads it back: in single quotes. */
export const quoteWord = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;
