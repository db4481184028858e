import { join } from "node:path";
import { helperDirectory, mountsDirectory, runtimeDirectory } from "../../../generator/conf/paths.ts";
import { commandCapabilities } from "./capabilities.ts";
import type { Domain, Filesystem } from "./domain-xml.ts";
import { searchPath } from "./plan-domain.ts";

/**
 * The container in which packages are configured for a sandbox, see helpers/run/configure. It is like the sandbox's
 * own, but without a network, and with throw-away mounts over everything that a maintainer script may change and a
 * sandbox may not.
 */
export function planConfiguration(domain: Domain, context: string | null): Domain {
  const at = runtimeDirectory(domain.name);
  const mounts = mountsDirectory(domain.name);
  const mount = (source: string, target: string): Filesystem => ({ source, target, readOnly: false });
  return {
    ...domain,
    controller: null,
    // The program comes from a /usr whose files have their own labels, because the sandbox's content starts no domain.
    init: [join("/run/host", helperDirectory, "inside/configure")],
    environment: { PATH: searchPath, TERM: "dumb", HOME: "/root" },
    hostNetwork: false,
    nic: null,
    context,
    capabilities: commandCapabilities(),
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
