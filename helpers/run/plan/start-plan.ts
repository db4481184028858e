import type { Protocol } from "../../../conf/values/publish.ts";
import type { Target } from "../attach/attach-sandbox.ts";
import type { Source } from "../attach/mount-sources.ts";
import type { CredentialOwner } from "../credentials/show-credentials.ts";
import type { Interface } from "../network/plan-interface.ts";
import type { Link } from "../ports/plan-ports.ts";
import type { PortRules } from "../ports/port-rules.ts";
import type { TakenPort } from "../ports/refuse-taken.ts";

/** What prepare decided about a start: everything that can be known beforehand. JSON keeps it (see kept-plan.ts). */
export interface StartPlan {
  /** What has to confine the sandbox. */
  readonly control: StartControl;
  /** The walls of what enters. */
  readonly entry: StartEntry;
  /** What no other running sandbox may have. */
  readonly claims: readonly Claim[];
  /** Whether a command runs inside instead of systemd. */
  readonly isCommand: boolean;
  /** The units that run inside; none for a command. */
  readonly units: readonly string[];
  /** How many seconds the start of the units may take. */
  readonly unitSeconds: number;
  /** Settings of systemd.resource-control(5), such as `MemoryMax=1G`. */
  readonly limits: readonly string[];
  /** What Mount= shows of the host, in the order of `mount-0`, `mount-1` … in the runtime directory. */
  readonly sources: readonly Source[];
  /** All mounts of libvirt, in its order. */
  readonly targets: readonly Target[];
  /** Pipes in /run/host inside, in addition to `outcome` and `ended`. */
  readonly pipes: {
    readonly active: boolean;
    readonly online: boolean;
    readonly files: boolean;
    readonly link: boolean;
  };
  /** Null if it has no network but a loopback and a link. */
  readonly network: StartNetwork | null;
  /** Sockets that systemd must hold open. */
  readonly sockets: readonly StartSocket[];
  /** Ports inside. With OnDemand= a start waits until something listens on one of them. */
  readonly awaited: readonly AwaitedPort[];
  /** Whose the credentials are; null without any. */
  readonly credentials: CredentialOwner | null;
  /** What the kernel leads to it; null without a link. */
  readonly ports: StartPorts | null;
}

/** What only one running sandbox may have: `ids-0:BASE:65536`, `level-s0:cA,cB` or `link-ADDRESS`. */
export type Claim = string;

/** `none`: nothing. `profile`: the AppArmor profile of PID 1. `entry`: that of what enters, which may be a stack of two. */
export type StartControl =
  | { readonly kind: "none" }
  | { readonly kind: "selinux" }
  | { readonly kind: "apparmor"; readonly profile: string; readonly entry: string };

/** What PID 1 has once the first program has prepared the sandbox. Until then it has more. */
export interface StartEntry {
  /** All capabilities that anything inside may have: a bit mask in hexadecimal digits. */
  readonly capabilities: string;
  /** Its SELinux context; null if SELinux is not wanted. */
  readonly context: string | null;
}

export type StartNetwork =
  /** The host's network. */
  { readonly kind: "host" } | StartInterface;

/** The sandbox has its own interface. */
export interface StartInterface extends Pick<Interface, "kind" | "network" | "device" | "dhcp"> {
  /** Texts without the prefix length; empty with DHCP. */
  readonly addresses: readonly string[];
  /** For nft, with `@BRIDGE@`: what the sandbox may send. Null if the conf wants other rules. */
  readonly rules: { readonly load: string; readonly unload: string } | null;
  /** The resolv.conf of DNS=. */
  readonly servers: string | null;
}

/** A port of the host, and the unit that listens there. */
export interface StartSocket {
  readonly unit: string;
  readonly protocol: Protocol;
  readonly port: number;
}

/** A port inside. */
export interface AwaitedPort {
  readonly protocol: Protocol;
  readonly port: number;
  /** Whether clients come by the link, and not by the loopback. */
  readonly byLink: boolean;
}

/** What a start needs for the ports that the kernel leads to. */
export interface StartPorts {
  readonly link: Link;
  readonly rules: PortRules;
  /** Ports of the host that no program may have. */
  readonly taken: readonly TakenPort[];
}
