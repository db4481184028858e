import { type QuickResult, runQuick } from "./run-quick.ts";

/**
 * Writes an entry with these fields into the host's journal (systemd.journal-fields(7)). No value may contain a line
 * feed: logger(1) takes one field a line.
 */
export const writeEntry = (fields: Readonly<Record<string, string>>): Promise<QuickResult> =>
  runQuick("logger", ["--journald"], { input: formatEntry(fields), timeout: 10_000 });

export const formatEntry = (fields: Readonly<Record<string, string>>): string =>
  Object.entries(fields)
    .map(([field, value]) => `${field}=${value}\n`)
    .join("");
