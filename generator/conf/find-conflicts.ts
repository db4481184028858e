import { originOf, type Listen, type Publish } from "./conf.ts";
import { findNestedMounts } from "./find-nested-mounts.ts";
import type { LoadedConf } from "./load-conf.ts";
import { describeNetwork, hasInterface } from "./values/parse-network.ts";
import { publishSamePlace } from "./values/parse-publish.ts";
import { ConfError } from "./sandbox-error.ts";
import type { SandboxName } from "./sandbox-name.ts";

/** A port, address, range of ids or level that only one sandbox can have. */
interface Claim {
  readonly conf: LoadedConf;
  readonly key: "Publish" | "Listen" | "Address" | "HostIds" | "Level";
  readonly index: number;
  /** Only claims with the same place can be rivals. */
  readonly place: string;
  readonly what: string;
  /** The port, if it is one. Those of one number may have different addresses. */
  readonly port?: Publish | Listen;
}

/**
 * Finds sandboxes with valid confs that want the same port or address, or that would mount what another sandbox can
 * write. Of two that want the same, each gets an error that names the other.
 */
export function findConflicts(sandboxes: readonly LoadedConf[]): ReadonlyMap<SandboxName, readonly ConfError[]> {
  const good = sandboxes.filter(({ errors }) => errors.length === 0);
  const claims = good.flatMap((conf) => [...claimPorts(conf), ...claimAddresses(conf), ...claimIdentity(conf)]);
  const conflicts = new Map<SandboxName, readonly ConfError[]>(findNestedMounts(good));
  const byPlace = Map.groupBy(claims, ({ place }) => place);
  for (const claim of claims) {
    const rival = byPlace.get(claim.place)?.find((other) => areRivals(claim, other));
    if (rival === undefined) continue;
    const before = conflicts.get(claim.conf.name) ?? [];
    conflicts.set(claim.conf.name, [...before, describeConflict(claim, rival)]);
  }
  return conflicts;
}

const areRivals = (one: Claim, other: Claim): boolean =>
  one.conf.name !== other.conf.name &&
  (one.port === undefined || other.port === undefined || publishSamePlace(one.port, other.port));

const claimPorts = (conf: LoadedConf): readonly Claim[] =>
  (["Publish", "Listen"] as const).flatMap((key) =>
    conf.conf[key].map((port, index) => ({
      conf,
      key,
      index,
      place: `port ${port.hostPort}`,
      what: `port ${port.hostPort} of the host is also published by`,
      port,
    })),
  );

function claimAddresses(conf: LoadedConf): readonly Claim[] {
  const { Network: network, Address: addresses } = conf.conf;
  if (!hasInterface(network)) return [];
  const where = describeNetwork(network);
  return addresses.flatMap((address, index) =>
    address.kind === "dhcp"
      ? []
      : {
          conf,
          key: "Address",
          index,
          place: `address ${address.text} ${where}`,
          what: `${address.text} in ${where} is also the address of`,
        },
  );
}

const claimIdentity = (conf: LoadedConf): readonly Claim[] =>
  (["HostIds", "Level"] as const).flatMap((key) => {
    const value = conf.conf[key];
    const what = `${String(value)} is also that of`;
    return value === undefined ? [] : { conf, key, index: 0, place: `${key} ${value}`, what };
  });

function describeConflict(claim: Claim, rival: Claim): ConfError {
  const where = ({ conf, key, index }: Claim) => originOf(conf.conf, key, index);
  const { path, line } = where(rival);
  return new ConfError(
    { ...where(claim), key: claim.key },
    `${claim.key}=: ${claim.what} sandbox ${rival.conf.name} (${path}:${line})`,
    "Change one of them",
  );
}
