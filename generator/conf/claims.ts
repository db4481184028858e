import type { Conf, Listen, Publish } from "./conf.ts";
import type { SettingName } from "./settings.ts";
import { describeNetwork, hasInterface } from "./values/parse-network.ts";
import { eachPort } from "./values/parse-publish.ts";

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

/** Settings that mean nothing, or are refused, once the claims that they build upon are gone. */
export const dependentKeys = ["Gateway", "Route", "OnDemand", "IdleStopSec"] as const satisfies readonly SettingName[];

/** Lists what only one sandbox can have: the only place that says which settings these are. */
export const listClaims = (conf: Conf): readonly Claim[] => [
  ...claimPorts(conf),
  ...claimAddresses(conf),
  ...claimIdentity(conf),
  ...claimImages(conf),
];

const claimPorts = (conf: Conf): readonly Claim[] =>
  (["Publish", "Listen"] as const).flatMap((key) =>
    conf[key].flatMap((range, index) =>
      ("count" in range ? eachPort(range) : [range]).map((port) => ({
        key,
        index,
        place: `port ${port.hostPort}`,
        what: `port ${port.hostPort} of the host is also published by`,
        port,
      })),
    ),
  );

function claimAddresses({ Network: network, Address: addresses, MacAddress: mac }: Conf): readonly Claim[] {
  const where = describeNetwork(network);
  const claim = (key: "Address" | "MacAddress", index: number, text: string): Claim => ({
    ...{ key, index, place: hasInterface(network) ? `address ${text} ${where}` : undefined },
    what: `${text} in ${where} is also the address of`,
  });
  return [
    ...addresses.flatMap((address, index) => (address.kind === "dhcp" ? [] : claim("Address", index, address.text))),
    ...(mac === undefined ? [] : [claim("MacAddress", 0, mac)]),
  ];
}

/** Two sandboxes with one SELinux level are not separated from each other, but that may be meant. */
function claimIdentity({ HostIds: ids, Level: level, Label: label }: Conf): readonly Claim[] {
  const claim = (key: "HostIds" | "Level", value: string | number | undefined): readonly Claim[] =>
    value === undefined ? [] : [{ key, index: 0, place: `${key} ${value}`, what: `${String(value)} is also that of` }];
  const isFixed = label.kind === "static";
  return [
    ...claim("HostIds", ids),
    ...claim("Level", level),
    ...(isFixed ? [{ key: "Label", index: 0, place: undefined, what: "" } as const] : []),
  ];
}

/** Two sandboxes may take turns with an image, but not write in it at once. */
const claimImages = ({ Mount: mounts }: Conf): readonly Claim[] =>
  mounts.flatMap(({ kind }, index) =>
    kind === "host-image" ? [{ key: "Mount", index, place: undefined, what: "" } as const] : [],
  );
