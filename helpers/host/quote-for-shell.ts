/** A word as a shell reads it back: in single quotes. */
export const quoteForShell = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;
