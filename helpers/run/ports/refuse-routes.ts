import { readFileSync } from "node:fs";
import { SandboxError } from "../../../generator/conf/sandbox-error.ts";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { fromBits, isInSubnet, type Subnet } from "../../../generator/conf/values/parse-address.ts";
import { orMissing } from "../../host/or-missing.ts";
import type { Link } from "./plan-link.ts";

/** A route of the host that is not the default one. */
export interface HostRoute {
  readonly to: Subnet;
  readonly device: string;
}

/** Throws a SandboxError if the host already reaches the addresses of a link in another way. */
export function refuseRoutes(name: SandboxName, link: Pick<Link, "device" | "addresses">, routes = readRoutes()): void {
  const clash = routes.find(
    ({ to, device }) =>
      device !== link.device &&
      link.addresses.some(({ sandbox }) => isInSubnet(sandbox, to) || isInSubnet(to, sandbox)),
  );
  if (clash === undefined) return;
  throw new SandboxError(
    `the link of ${name} would have an address of ${clash.to.text}/${clash.to.prefix}, which this host reaches by ${clash.device}`,
    { hint: `Choose another subnet for links: LinkRange= in a file of /etc/sandboxcontainer/defaults.conf.d` },
  );
}

const readRoutes = (): readonly HostRoute[] => [
  ...parseRoutes(orMissing(() => readFileSync("/proc/net/route", "utf8")) ?? ""),
  ...parseRoutes6(orMissing(() => readFileSync("/proc/net/ipv6_route", "utf8")) ?? ""),
];

/** Parses /proc/net/route: `DEVICE TO GATEWAY FLAGS … MASK …`, in words of this machine's byte order. */
export const parseRoutes = (text: string): readonly HostRoute[] =>
  [...text.matchAll(/^(\S+)\t([0-9A-F]{8})\t[0-9A-F]{8}(?:\t\S+){4}\t([0-9A-F]{8})/gm)].flatMap(
    ([, device = "", to = "", mask = ""]) => {
      const prefix = parseInt(mask, 16).toString(2).replaceAll("0", "").length;
      const bytes = to.replaceAll(/(..)(..)(..)(..)/g, "$4$3$2$1");
      return prefix === 0 ? [] : [{ to: { ...fromBits(4, BigInt(`0x${bytes}`)), prefix }, device }];
    },
  );

/** Parses /proc/net/ipv6_route: `TO PREFIX FROM PREFIX VIA METRIC REFERENCES USE FLAGS DEVICE`. */
export const parseRoutes6 = (text: string): readonly HostRoute[] =>
  [...text.matchAll(/^([0-9a-f]{32}) ([0-9a-f]{2}) .* (\S+)$/gm)].flatMap(([, to = "", digits = "", device = ""]) => {
    const prefix = parseInt(digits, 16);
    return prefix === 0 || device === "lo" ? [] : [{ to: { ...fromBits(6, BigInt(`0x${to}`)), prefix }, device }];
  });
