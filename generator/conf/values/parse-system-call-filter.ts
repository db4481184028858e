import { ValueError } from "./value-error.ts";

/** One value of SystemCallFilter=. */
export interface SystemCallFilter {
  /** Whether the calls are denied instead of allowed. */
  readonly denies: boolean;
  /** Calls, and groups of systemd.exec(5) with their `@`. */
  readonly words: readonly string[];
}

/** `userfaultfd @keyring` or `~@mount`. Which calls and groups there are is known when the start is prepared. */
export function parseSystemCallFilter(text: string): SystemCallFilter {
  const denies = text.startsWith("~");
  const words = text
    .slice(denies ? 1 : 0)
    .split(/\s+/)
    .filter((word) => word !== "");
  const wrong = words.find((word) => !/^@?[a-z0-9_][a-z0-9_-]*$/.test(word));
  if (wrong !== undefined || words.length === 0)
    throw new ValueError(
      "expected system calls or groups of them, such as `userfaultfd @keyring`, or with ~ those to deny, such as `~@mount`",
    );
  return { denies, words };
}
