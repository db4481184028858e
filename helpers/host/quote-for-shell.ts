/** Quotes a word for a shell in single quotes. */
export const quoteForShell = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;
