import { join } from "node:path";
import { helperDirectory } from "../../../base/paths.ts";
import type { Conf } from "../../../conf/conf.ts";
import type { AccessControl } from "../../host/walls/access-control.ts";
import { profileOf } from "../../host/walls/apparmor.ts";
import { commandContext, processContext } from "../../host/walls/selinux.ts";
import type { Filters } from "../seccomp/render-filter.ts";
import { hasNetworkRights } from "./capabilities.ts";
import type { Domain } from "./domain-xml.ts";

/** What the first program needs to make a cgroup namespace, and to drop the capabilities that are not kept. */
export const neededByStart = ["setpcap", "sys_admin"];

type Start = Pick<Domain, "init" | "capabilities" | "context">;

/**
 * Makes `inside/start` run before `init`. After that `init` has only the `kept` capabilities and the system calls of
 * `filters.sandbox`, in the context or profile of PID 1.
 */
export function planStart(
  kept: readonly string[],
  init: Domain["init"],
  { context, profiles }: Pick<Confinement, "context" | "profiles">,
  filters: Pick<Filters, "start" | "sandbox">,
): Start {
  const dropped = neededByStart.filter((name) => !kept.includes(name)).map((name) => `-${name}`);
  // With our policy it runs in its own domain. The domain of Label=none has all rights already.
  const first = context?.replace(/:sandboxcontainer_(?!none_t)\w+:/, ":sandboxcontainer_start_t:") ?? null;
  const then = first === context ? "-" : (context ?? "-");
  const narrower = filters.sandbox === filters.start ? "-" : filters.sandbox;
  const inside = join(helperDirectory, "inside");
  return {
    init: [
      join(inside, "filter"),
      // The rules of this profile say into which one PID 1 changes.
      ...(profiles === null ? [] : ["--profile", profiles.start]),
      filters.start,
      ...[join(inside, "start"), then, dropped.join(",") || "-", narrower],
      ...init,
    ],
    capabilities: [...new Set([...kept, ...neededByStart])].sort(),
    context: first,
  };
}

/** What SELinux or AppArmor learns about the processes of a sandbox. */
export interface Confinement {
  /** The SELinux context of PID 1; null if SELinux is not wanted. */
  readonly context: string | null;
  /** The SELinux context of maintainer scripts. */
  readonly scriptContext: string | null;
  /** Null if AppArmor is not wanted. */
  readonly profiles: Profiles | null;
}

/** Names of AppArmor profiles, see helpers/run/apparmor-profile.ts. */
export interface Profiles {
  /** Of the first program. */
  readonly start: string;
  /** Of PID 1, once it is systemd or our init. */
  readonly sandbox: string;
  /** Of maintainer scripts. */
  readonly scripts: string;
  /** Of what enters. It has no more rights than a service: beside systemd that is a stack of both profiles. */
  readonly entry: string;
}

/** Throws a SandboxError if the kernel does not know the SELinux context. */
export function planConfinement(conf: Conf, control: AccessControl, level: string | undefined): Confinement {
  if (control === "apparmor") return { context: null, scriptContext: null, profiles: planProfiles(conf) };
  return {
    context: processContext(conf, level, hasNetworkRights(conf)),
    scriptContext: commandContext(conf, level),
    profiles: null,
  };
}

/** The profiles of a sandbox that AppArmor confines. */
export function planProfiles({ name, Exec: exec, Label: label }: Pick<Conf, "name" | "Exec" | "Label">): Profiles {
  const own = profileOf(name);
  const start = profileOf(name, "start");
  const given = label.kind === "apparmor" ? label.profile : undefined;
  if (given !== undefined) return { start, sandbox: given, scripts: given, entry: given };
  if (exec !== undefined) return { start, sandbox: own, scripts: own, entry: own };
  const service = profileOf(name, "service");
  return { start, sandbox: own, scripts: service, entry: `${own}//&${service}` };
}
