import { ValueError } from "./value-error.ts";

/** The network of a sandbox: only a loopback, the host's own network, a libvirt network, or a bridge of the host. */
export type Network =
  | { readonly kind: "none" }
  | { readonly kind: "host" }
  | { readonly kind: "libvirt"; readonly name: string }
  | { readonly kind: "bridge"; readonly name: string };

const networkName = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$/;
// Linux's IFNAMSIZ is 16, including the zero byte.
const bridgeName = /^bridge:([A-Za-z0-9_][A-Za-z0-9._-]{0,14})$/;

/** Parses `none`, `host`, `bridge:INTERFACE`, or the name of a libvirt network. Throws a ValueError. */
export function parseNetwork(text: string): Network {
  if (text === "none" || text === "host") return { kind: text };
  const bridge = bridgeName.exec(text)?.[1];
  if (bridge !== undefined) return { kind: "bridge", name: bridge };
  if (networkName.test(text)) return { kind: "libvirt", name: text };
  throw new ValueError("expected none, host, the name of a libvirt network, or bridge:INTERFACE");
}

/** The network as a conf spells it. */
export const describeNetwork = (network: Network): string =>
  network.kind === "bridge" ? `bridge:${network.name}` : network.kind === "libvirt" ? network.name : network.kind;

/** Whether the sandbox has an interface of its own, with an address. */
export const hasInterface = (network: Network): network is Extract<Network, { readonly kind: "libvirt" | "bridge" }> =>
  network.kind === "libvirt" || network.kind === "bridge";
