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
  isRival(other: Claim): boolean;
}

/**
 * Finds sandboxes with valid confs that want the same port or address, or that would mount what another sandbox can
 * write. Of two that want the same, each gets an error that names the other.
 */
export function findConflicts(sandboxes: readonly LoadedConf[]): ReadonlyMap<SandboxName, readonly ConfError[]> {
  const good = sandboxes.filter(({ errors }) => errors.length === 0);
  const claims = good.flatMap((conf) => [...claimPorts(conf), ...claimAddresses(conf), ...claimIdentity(conf)]);
  const conflicts = new Map<SandboxName, readonly ConfError[]>(findNestedMounts(good));
  for (const rivals of Map.groupBy(claims, ({ place }) => place).values()) {
    for (const claim of rivals) {
      const rival = rivals.find((other) => other.conf.name !== claim.conf.name && claim.isRival(other));
      if (rival === undefined) continue;
      const before = conflicts.get(claim.conf.name) ?? [];
      conflicts.set(claim.conf.name, [...before, describeConflict(claim, rival)]);
    }
  }
  return conflicts;
}

const claimPorts = ({ conf, ...rest }: LoadedConf): readonly Claim[] =>
  (["Publish", "Listen"] as const).flatMap((key) =>
    conf[key].map((port, index): Claim => ({
      conf: { conf, ...rest },
      key,
      index,
      place: `port ${port.hostPort}`,
      what: `port ${port.hostPort} of the host is also published by`,
      isRival: (other) => {
        if (other.key !== "Publish" && other.key !== "Listen") return false;
        const theirs = other.conf.conf[other.key][other.index];
        return theirs !== undefined && publishSamePlace(theirs, port);
      },
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
          isRival: () => true,
        },
  );
}

const claimIdentity = (conf: LoadedConf): readonly Claim[] =>
  (["HostIds", "Level"] as const).flatMap((key) => {
    const value = conf.conf[key];
    const what = `${String(value)} is also that of`;
    return value === undefined ? [] : { conf, key, index: 0, place: `${key} ${value}`, what, isRival: () => true };
  });

function describeConflict(claim: Claim, rival: Claim): ConfError {
  const where = ({ conf, key, index }: Claim) => conf.conf.origins[key]?.[index] ?? { path: conf.path };
  const { path, line } = { line: undefined, ...where(rival) };
  return new ConfError(
    { ...where(claim), key: claim.key },
    `${claim.key}=: ${claim.what} sandbox ${rival.conf.name} (${path}:${line ?? 1})`,
    "Change one of them",
  );
}
