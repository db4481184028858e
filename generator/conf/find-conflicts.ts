import { type Claim, listClaims } from "./claims.ts";
import { originOf } from "./conf.ts";
import { findNestedMounts } from "./find-nested-mounts.ts";
import type { LoadedConf } from "./load-conf.ts";
import { publishSamePlace } from "./values/parse-publish.ts";
import { ConfError } from "./sandbox-error.ts";
import type { SandboxName } from "./sandbox-name.ts";

/** A claim that another sandbox can have too. */
interface Rival {
  readonly conf: LoadedConf;
  readonly claim: Claim;
}

/**
 * Finds sandboxes with valid confs that want the same port or address, or that would mount what another sandbox can
 * write. Of two that want the same, each gets an error that names the other.
 */
export function findConflicts(sandboxes: readonly LoadedConf[]): ReadonlyMap<SandboxName, readonly ConfError[]> {
  const good = sandboxes.filter(({ errors }) => errors.length === 0);
  const claims = good.flatMap((conf) => listClaims(conf.conf).map((claim): Rival => ({ conf, claim })));
  const conflicts = new Map<SandboxName, readonly ConfError[]>(findNestedMounts(good));
  const byPlace = Map.groupBy(claims, ({ claim }) => claim.place);
  const told = new Set<string>();
  for (const one of claims) {
    // Of a range of ports the first is enough.
    const line = `${one.conf.name} ${one.claim.key} ${one.claim.index}`;
    if (told.has(line)) continue;
    const others = one.claim.place === undefined ? [] : (byPlace.get(one.claim.place) ?? []);
    const rival = others.find((other) => areRivals(one, other));
    if (rival === undefined) continue;
    told.add(line);
    const before = conflicts.get(one.conf.name) ?? [];
    conflicts.set(one.conf.name, [...before, describeConflict(one, rival)]);
  }
  return conflicts;
}

const areRivals = (one: Rival, other: Rival): boolean =>
  one.conf.name !== other.conf.name &&
  (one.claim.port === undefined ||
    other.claim.port === undefined ||
    publishSamePlace(one.claim.port, other.claim.port));

function describeConflict(one: Rival, rival: Rival): ConfError {
  const where = ({ conf, claim: { key, index } }: Rival) => originOf(conf.conf, key, index);
  const { path, line } = where(rival);
  const { key, what } = one.claim;
  return new ConfError(
    { ...where(one), key },
    `${key}=: ${what} sandbox ${rival.conf.name} (${path}:${line})`,
    "Change one of them",
  );
}
