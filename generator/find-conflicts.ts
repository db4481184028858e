import type { LoadedConf } from "./load-conf.ts";
import type { Publish } from "./conf.ts";
import { publishSamePlace } from "./parse-publish.ts";
import { ConfError } from "./sandbox-error.ts";
import type { SandboxName } from "./sandbox-name.ts";

interface Claim {
  readonly conf: LoadedConf;
  readonly port: Publish;
  readonly index: number;
}

/** Sandboxes with good confs that want the same port of the host: an error for each, which names the other. */
export function findConflicts(sandboxes: readonly LoadedConf[]): ReadonlyMap<SandboxName, readonly ConfError[]> {
  const claims = sandboxes
    .filter(({ errors }) => errors.length === 0)
    .flatMap((conf) => conf.conf.Publish.map((port, index): Claim => ({ conf, port, index })));
  const conflicts = new Map<SandboxName, ConfError[]>();
  for (const rivals of Map.groupBy(claims, ({ port }) => port.hostPort).values()) {
    for (const claim of rivals) {
      const rival = rivals.find((other) => other.conf !== claim.conf && publishSamePlace(other.port, claim.port));
      if (rival === undefined) continue;
      const before = conflicts.get(claim.conf.name) ?? [];
      conflicts.set(claim.conf.name, [...before, describeConflict(claim, rival)]);
    }
  }
  return conflicts;
}

function describeConflict(claim: Claim, rival: Claim): ConfError {
  const where = ({ conf, index }: Claim) => conf.conf.origins.Publish?.[index] ?? { path: conf.path };
  const { path, line } = { line: undefined, ...where(rival) };
  return new ConfError(
    { ...where(claim), key: "Publish" },
    `Publish=: port ${claim.port.hostPort} of the host is published by sandbox ${rival.conf.name} too (${path}:${line ?? 1})`,
    "Choose another in one of them",
  );
}
