import { ConfError } from "../base/errors.ts";
import type { SandboxName } from "../base/sandbox-name.ts";
import { type Conf, type Listen, originOf, type Publish } from "./conf.ts";
import { findNestedMounts } from "./find-nested-mounts.ts";
import type { LoadedConf } from "./load-conf.ts";
import { type SettingName, uniqueAs, type ValueOf } from "./settings.ts";
import { describeNetwork, hasInterface } from "./values/network.ts";
import { eachPort, publishSamePlace } from "./values/publish.ts";

/** A value in a conf that only one sandbox can have. A clone does not get it. */
export interface Claim {
  readonly key: SettingName;
  readonly index: number;
  /** Only claims with the same place can be rivals; undefined if others may have the value too, at their own risk. */
  readonly place: string | undefined;
  readonly what: string;
  /** The port, if it is one. Those of one number may have different addresses. */
  readonly port?: Publish | Listen;
}

type Claimed = Omit<Claim, "key" | "index">;

const ports = uniqueAs("port");
const addresses = uniqueAs("address");
const identities = uniqueAs("identity");
const labels = uniqueAs("label");
const images = uniqueAs("image");
const atOwnRisk: Claimed = { place: undefined, what: "" };

/** Lists what only one sandbox can have. */
export const listClaims = (conf: Conf): readonly Claim[] => [
  ...claimEach(conf, ports, claimPorts),
  ...claimEach(conf, addresses, (address) => claimAddress(conf, address)),
  // Two sandboxes with one SELinux level are not separated from each other, but that may be meant.
  ...claimEach(conf, identities, (value) => [{ place: `identity ${value}`, what: `${value} is also that of` }]),
  ...claimEach(conf, labels, ({ kind }) => (kind === "static" ? [atOwnRisk] : [])),
  // Two sandboxes may take turns with an image, but not write in it at once.
  ...claimEach(conf, images, ({ kind }) => (kind === "host-image" ? [atOwnRisk] : [])),
];

const claimEach = <Name extends SettingName>(
  conf: Conf,
  keys: readonly Name[],
  claim: (value: ValueOf<Name>) => readonly Claimed[],
): readonly Claim[] =>
  keys.flatMap((key) =>
    listValues(conf, key).flatMap((value, index) => claim(value).map((claimed) => ({ key, index, ...claimed }))),
  );

// A setting that does not repeat has one value, or none.
const listValues = <Name extends SettingName>(conf: Conf, key: Name): readonly ValueOf<Name>[] =>
  [conf[key] ?? []].flat() as readonly unknown[] as readonly ValueOf<Name>[];

const claimPorts = (range: Publish | Listen): readonly Claimed[] =>
  ("count" in range ? eachPort(range) : [range]).map((port) => ({
    place: `port ${port.hostPort}`,
    what: `port ${port.hostPort} of the host is also published by`,
    port,
  }));

function claimAddress({ Network: network }: Conf, address: ValueOf<(typeof addresses)[number]>): readonly Claimed[] {
  const text = typeof address === "string" ? address : address.kind === "dhcp" ? undefined : address.text;
  if (text === undefined) return [];
  const where = describeNetwork(network);
  return [
    {
      place: hasInterface(network) ? `address ${text} ${where}` : undefined,
      what: `${text} in ${where} is also the address of`,
    },
  ];
}

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
