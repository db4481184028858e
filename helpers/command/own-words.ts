// What `systemctl status` puts around the journal lines of a unit.
const frame = /^(?:[×●○↻] | +(?:[A-Z][\w -]*:| *[├└│]))/;
// The prefix of short journal lines: the date and the host.
const prefix = /^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \S+ (?=\S+: )/;
const program = /^[\w.@/-]+\[\d+\]: /;
const machinery = /^(?:systemd(?:\[\d+\])?: |the service of \S+ did not start$|Unit \S+ could not be found)/;

/** The lines that a service itself said, of messages about it: without those of systemd, and each once. */
export function parseOwnWords(said: string): readonly string[] {
  const lines = said
    .split("\n")
    .filter((line) => line.trim() !== "" && !frame.test(line))
    .map((line) => line.replace(prefix, ""))
    .filter((line) => !machinery.test(line))
    .map((line) => line.replace(program, "").trimEnd());
  return [...new Set(lines)];
}

const strong = /\b(?:emerg|alert|crit|critical|fatal|panic|error|exception)\b/i;
const weak =
  /\b(?:fail(?:ed|ure)?|cannot|can't|could not|couldn't|unable|invalid|unknown|denied|refused|missing|no such|not (?:found|permitted|allowed|exist)|unrecognized|bad)\b/i;

/** The line that says best why a service failed: its last one that speaks of an error, or else its last one. */
export function findLead(words: readonly string[]): string | undefined {
  const index = [strong, weak, /^/].map((kind) => words.findLastIndex((line) => kind.test(line))).find((at) => at >= 0);
  if (index === undefined) return undefined;
  const line = words[index] ?? "";
  const next = words[index + 1];
  // It goes on in the next line.
  return line.endsWith(":") && next !== undefined ? `${line} ${next.trim()}` : line;
}

const ofNetworks =
  /\b(?:interfaces?|network|netlink|unreachable|no route|multicast|eth\d|(?:private|public|external|local|ipv?[46]?) (?:ip )?address(?:es)?)\b/i;

/** Whether a service may have looked for a network: its words speak of one, or it said nothing. */
export const mayMissNetwork = (words: readonly string[]): boolean =>
  words.length === 0 || words.some((line) => ofNetworks.test(line));
