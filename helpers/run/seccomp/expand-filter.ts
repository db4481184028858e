import { SandboxError } from "../../../base/errors.ts";
import { findNearest } from "../../../base/text.ts";
import type { SystemCallFilter } from "../../../conf/values/kinds.ts";
import { run } from "../../host/process/run.ts";
import type { FilterLine } from "./plan-filter.ts";
import { systemCalls } from "./system-calls.ts";

/** Reads a group of system calls: its members, which may be groups. Rejects if there is no such group. */
export type ReadGroup = (group: string) => Promise<readonly string[]>;

// Keys belong to no namespace (keyrings(7)), and the kernel asks a program of the host for those that it lacks. AppArmor has
// no rules for them.
const keyGroup = "@keyring";
const keyCalls: ReadonlySet<string> = new Set(["add_key", "keyctl", "request_key"]);

/**
 * Replaces the groups in values of SystemCallFilter= by their calls. A group brings the calls for keys only if it is
 * `@keyring`, so that a larger one does not share the host's keys by accident. Throws a SandboxError on a group that this host's
 * systemd does not know, and on a call of no architecture that we know.
 */
export async function expandFilter(
  values: readonly SystemCallFilter[],
  readGroup: ReadGroup = askSystemd,
): Promise<readonly FilterLine[]> {
  const groups = new Map<string, Promise<readonly string[]>>();
  const expand = async (word: string): Promise<readonly string[]> => {
    if (!word.startsWith("@")) return [word];
    const members = groups.get(word) ?? readGroup(word);
    groups.set(word, members);
    return (await Promise.all((await members).map(expand))).flat();
  };
  return Promise.all(
    values.map(async ({ denies, words }) => {
      for (const word of words) requireKnown(word);
      const calls = await Promise.all(
        words.map(async (word) => {
          const members = await expand(word);
          const isLarger = word.startsWith("@") && word !== keyGroup;
          return !denies && isLarger ? members.filter((call) => !keyCalls.has(call)) : members;
        }),
      );
      return { denies, calls: calls.flat() };
    }),
  );
}

function requireKnown(word: string): void {
  const known = Object.values(systemCalls).flatMap((calls) => [...(calls?.numbers.keys() ?? [])]);
  if (word.startsWith("@") || known.includes(word)) return;
  const nearest = findNearest(word, known);
  throw new SandboxError(
    `SystemCallFilter=: ${word} is not a system call${nearest === undefined ? "" : `; the nearest is ${nearest}`}`,
    { hint: "syscalls(2) lists them", status: 2 },
  );
}

async function askSystemd(group: string): Promise<readonly string[]> {
  try {
    const { stdout } = await run("systemd-analyze", ["--no-pager", "syscall-filter", group]);
    return parseGroup(stdout);
  } catch (cause) {
    throw new SandboxError(`SystemCallFilter=: ${group} is not a group of system calls`, {
      hint: "systemd-analyze syscall-filter lists them",
      status: 2,
      cause,
    });
  }
}

/** Parses the output of `systemd-analyze syscall-filter GROUP`: its name, then its members, indented. */
export const parseGroup = (text: string): readonly string[] =>
  text
    .split("\n")
    .filter((line) => /^\s+[^#\s]/.test(line))
    .map((line) => line.trim());
