import { createHash } from "node:crypto";

// What the index says of packages with services: a tag, or a dependency that the packaging tools add for units, for
// scripts in /etc/init.d, and for users.
const hints: readonly RegExp[] = [
  /^Tag:(?:.*\n )*.*interface::daemon/m,
  /^(?:Pre-)?Depends:.*\b(?:init-system-helpers|lsb-base|sysvinit-utils|systemd-sysusers|adduser)\b/m,
];

/**
 * Lists the packages that may ship a service, from `apt-cache dumpavail` (deb822(5)). The index does not list files, so
 * this has many more than there are services.
 */
export function listCandidates(available: string): readonly string[] {
  const names = available.split("\n\n").flatMap((record) => {
    const name = /^Package: (.*)$/m.exec(record)?.[1];
    const isOfSystem = /^Priority: (?:required|important|standard)$/m.test(record) || /^Essential: yes$/m.test(record);
    return name === undefined || isOfSystem || !hints.some((hint) => hint.test(record)) ? [] : [name];
  });
  return [...new Set(names)];
}

/**
 * Sorts names at random. The place of a name depends on the seed and the name alone, so a package that is new in the archive
 * changes nothing for the others.
 */
export function sortByLot(names: readonly string[], seed: string): readonly string[] {
  const lots = new Map(names.map((name) => [name, createHash("sha256").update(`${seed} ${name}`).digest("hex")]));
  return [...names].sort((one, other) => ((lots.get(one) ?? "") < (lots.get(other) ?? "") ? -1 : 1));
}
