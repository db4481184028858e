import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { runtimeDirectory, stateDirectory } from "../../generator/conf/paths.ts";
import type { SandboxName } from "../../generator/conf/sandbox-name.ts";
import { readIfThere } from "../host/read-if-there.ts";

/** The files of prepare for a start: everything that can be known beforehand (see prepare-sandbox.ts). */
export interface PreparedStart {
  /** `start/` in the state directory. */
  readonly folder: string;
  /** Sockets that systemd must hold open, with their ports. */
  readonly sockets: readonly { readonly unit: string; readonly port: number }[];
  /** TCP ports inside. With OnDemand= a start waits until something listens on one of them. */
  readonly awaited: readonly number[];
  /** Settings of systemd.resource-control(5), such as `MemoryMax=1G`. */
  readonly limits: readonly string[];
  /** Whether it has more network than a loopback. */
  readonly hasNetwork: boolean;
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

export function readPreparedStart(name: SandboxName): PreparedStart {
  const folder = startDirectory(name);
  const has = (file: string): boolean => existsSync(join(folder, file));
  const isPipe = (pipe: string): boolean =>
    statSync(join(folder, "run/host", pipe), { throwIfNoEntry: false })?.isFIFO() === true;
  const lines = (file: string): readonly string[] =>
    readFileSync(join(folder, file), "utf8").split("\n").filter(Boolean);
  return {
    folder,
    sockets: lines("sockets").map((line) => {
      const [unit = "", port = ""] = line.split(" ");
      return { unit, port: Number(port) };
    }),
    awaited: lines("awaited").map(Number),
    limits: lines("limits"),
    hasNetwork: has("network"),
    isCommand: has("run/host/command"),
    control: readStartControl(name),
    pipes: { active: isPipe("active"), online: isPipe("online"), files: isPipe("files") },
  };
}

/** Reads the file `control`: missing, `selinux` or `apparmor PROFILE ENTRY`. */
export function readStartControl(name: SandboxName): StartControl {
  const [kind, profile = "", entry = ""] =
    readIfThere(join(startDirectory(name), "control"))
      ?.trim()
      .split(" ") ?? [];
  if (kind === undefined) return { kind: "none" };
  return kind === "apparmor" ? { kind, profile, entry } : { kind: "selinux" };
}
