import { join } from "node:path";
import { helperDirectory, mountsDirectory, runtimeDirectory } from "../../../base/paths.ts";
import { scriptCapabilities } from "./capabilities.ts";
import type { Domain, Filesystem } from "./domain-xml.ts";
import { searchPath } from "./plan-domain.ts";
import type { Confinement } from "./plan-start.ts";

/**
 * The container in which packages are configured for a sandbox, see helpers/run/configure. It is like the sandbox's
 * own, but without a network, and with throw-away mounts over everything that a maintainer script may change and a
 * sandbox may not. `filter` is for `inside/filter`.
 */
export function planConfiguration(
  domain: Domain,
  { scriptContext, profiles }: Pick<Confinement, "scriptContext" | "profiles">,
  filter: string,
): Domain {
  const at = runtimeDirectory(domain.name);
  const mounts = mountsDirectory(domain.name);
  const inside = join("/run/host", helperDirectory, "inside");
  const mount = (source: string, target: string): Filesystem => ({ source, target, readOnly: false });
  return {
    ...domain,
    controller: null,
    // The programs come from a /usr whose files have their own labels, because the sandbox's content starts no domain.
    // Maintainer scripts run as root already, so they get along with no_new_privs.
    init: [
      join(inside, "filter"),
      ...["--no-new-privs", ...(profiles === null ? [] : ["--profile", profiles.scripts])],
      ...[filter, join(inside, "configure")],
    ],
    environment: { PATH: searchPath, TERM: "dumb", HOME: "/root" },
    hostNetwork: false,
    nic: null,
    context: scriptContext,
    capabilities: scriptCapabilities(),
    filesystems: [
      ...domain.filesystems.filter(({ target }) => target !== "/usr"),
      mount(join(at, "mount-layer-usr"), "/usr"),
      mount(join(at, "mount-layer-dpkg"), "/var/lib/dpkg"),
      mount(join(at, "mount-scratch/debconf"), "/var/cache/debconf"),
      mount(join(at, "mount-scratch/etc"), "/etc"),
      mount(join(mounts, "root"), "/run/host/tree"),
      { ...mount(join(mounts, "usr"), "/run/host/usr"), readOnly: true },
    ],
  };
}
