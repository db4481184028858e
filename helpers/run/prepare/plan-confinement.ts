import type { Conf } from "../../../generator/conf/conf.ts";
import type { AccessControl } from "../../host/access-control.ts";
import { profileOf } from "../../host/apparmor.ts";
import { commandContext, processContext } from "../../host/selinux.ts";
import { hasNetworkRights } from "./capabilities.ts";

/** What SELinux or AppArmor is told about the processes of a sandbox. */
export interface Confinement {
  /** The SELinux context of PID 1; null if SELinux is not wanted. */
  readonly context: string | null;
  /** The SELinux context of maintainer scripts. */
  readonly scriptContext: string | null;
  /** Null if AppArmor is not wanted. */
  readonly profiles: Profiles | null;
}

/** Names of AppArmor profiles, see helpers/run/apparmor/render-profile.ts. */
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
