import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { SandboxError } from "../../generator/conf/sandbox-error.ts";
import { runtimeDirectory, stateDirectory } from "../../generator/conf/paths.ts";
import type { SandboxName } from "../../generator/conf/sandbox-name.ts";
import type { Protocol } from "../../generator/conf/values/parse-publish.ts";
import { statusFile } from "../host/libvirt-files.ts";
import { readIfThere } from "../host/read-if-there.ts";
import type { Link } from "./ports/plan-link.ts";
import { readStartLink } from "./ports/start-link.ts";
import { readSealed, requireWhole, sealFile } from "./seal.ts";

/** A port inside. */
export interface AwaitedPort {
  readonly protocol: Protocol;
  readonly port: number;
  /** Whether clients come by the link, and not by the loopback. */
  readonly byLink: boolean;
}

/** The files of prepare for a start: everything that can be known beforehand (see prepare-sandbox.ts). */
export interface PreparedStart {
  /** `start/` in the state directory. */
  readonly folder: string;
  /** Sockets that systemd must hold open, with their ports. */
  readonly sockets: readonly { readonly unit: string; readonly protocol: Protocol; readonly port: number }[];
  /** Ports inside. With OnDemand= a start waits until something listens on one of them. */
  readonly awaited: readonly AwaitedPort[];
  /** Settings of systemd.resource-control(5), such as `MemoryMax=1G`. */
  readonly limits: readonly string[];
  /** Whether it has more network than a loopback. */
  readonly hasNetwork: boolean;
  /** The link over which the kernel leads to its ports. */
  readonly link: Link | undefined;
  /** Whether a command runs inside instead of systemd. */
  readonly isCommand: boolean;
  /** What has to confine the sandbox. */
  readonly control: StartControl;
  /** Pipes in /run/host inside, in addition to `outcome` and `ended`. */
  readonly pipes: { readonly active: boolean; readonly online: boolean; readonly files: boolean };
}

/** `none`: nothing. `profile`: the AppArmor profile of PID 1. `entry`: that of what enters, which may be a stack of two. */
export type StartControl =
  | { readonly kind: "none" }
  | { readonly kind: "selinux" }
  | { readonly kind: "apparmor"; readonly profile: string; readonly entry: string };

export const startDirectory = (name: SandboxName): string => join(stateDirectory(name), "start");

/** Files of a start in /run. They are gone once the sandbox has stopped. */
export const runtimeFile = (name: SandboxName, file: string): string => join(runtimeDirectory(name), file);

/** Throws a SandboxError if any file of it is missing or damaged: then nothing would say which walls are missing. */
export function readPreparedStart(name: SandboxName): PreparedStart {
  requireWhole(name);
  const folder = startDirectory(name);
  const has = (file: string): boolean => existsSync(join(folder, file));
  const isPipe = (pipe: string): boolean =>
    statSync(join(folder, "run/host", pipe), { throwIfNoEntry: false })?.isFIFO() === true;
  const lines = (file: string): readonly string[] =>
    readFileSync(join(folder, file), "utf8").split("\n").filter(Boolean);
  return {
    folder,
    sockets: lines("sockets").map((line) => {
      const [unit = "", protocol, port = ""] = line.split(" ");
      return { unit, protocol: parseProtocol(protocol), port: Number(port) };
    }),
    awaited: lines("awaited").map((line) => {
      const [protocol, port = "", place] = line.split(" ");
      return { protocol: parseProtocol(protocol), port: Number(port), byLink: place === "link" };
    }),
    limits: lines("limits"),
    hasNetwork: has("network"),
    link: readStartLink(name),
    isCommand: has("run/host/command"),
    control: readStartControl(name),
    pipes: { active: isPipe("active"), online: isPipe("online"), files: isPipe("files") },
  };
}

const parseProtocol = (text: string | undefined): Protocol => (text === "udp" ? "udp" : "tcp");

/**
 * Reads what has to confine a sandbox, for those who enter it or look at it. Throws a SandboxError if that, or the system
 * call filter, is missing or damaged.
 */
export function readStartControl(name: SandboxName): StartControl {
  if (!existsSync(sealFile(name)) && existsSync(statusFile(name))) return readEarlierControl(name);
  readSealed(name, "system-calls");
  return parseControl(name, readSealed(name, "control"));
}

/** For those who only show it: undefined if the start is not prepared, or damaged. */
export function tryReadStartControl(name: SandboxName): StartControl | undefined {
  try {
    return readStartControl(name);
  } catch (error) {
    if (error instanceof SandboxError) return undefined;
    throw error;
  }
}

const readEarlierControl = (name: SandboxName): StartControl =>
  parseEarlierControl(name, readIfThere(join(startDirectory(name), "control")), readIfThere(statusFile(name)));

/**
 * The same for a sandbox that version 0.1.0 started and that still runs. That version sealed nothing, and wrote no file
 * `control` with Label=none. Whether that is why there is none, libvirt's record of the running container says.
 */
export function parseEarlierControl(name: SandboxName, text: string | undefined, domain = ""): StartControl {
  if (text !== undefined) return parseControl(name, text);
  if (domain.includes("</domain>") && !domain.includes("<initarg>--profile</initarg>")) return { kind: "none" };
  throw describeUnknown(name, "is missing");
}

/** Renders the file `control`: `none`, `selinux`, or `apparmor PROFILE ENTRY`. */
export const renderControl = (control: StartControl): string =>
  `${[control.kind, ...(control.kind === "apparmor" ? [control.profile, control.entry] : [])].join(" ")}\n`;

function parseControl(name: SandboxName, text: string): StartControl {
  const [kind, profile, entry, ...others] = text.split("\n", 1)[0]?.split(" ") ?? [];
  if (kind === "apparmor" && profile !== undefined && entry !== undefined && others.length === 0)
    return { kind, profile, entry };
  if ((kind === "none" || kind === "selinux") && profile === undefined) return { kind };
  throw describeUnknown(name, "is damaged");
}

const describeUnknown = (name: SandboxName, what: string): SandboxError =>
  new SandboxError(`${join(startDirectory(name), "control")} ${what}, so nothing says what confines ${name}`, {
    hint: `Restart it: systemctl restart sandbox@${name}`,
  });
