import { join } from "node:path";
import type { Conf } from "../../generator/conf.ts";
import { runtimeDirectory } from "../../generator/paths.ts";
import type { Filesystem } from "./domain-xml.ts";

// attach mounts them there, and detach takes down everything that is named so.
const mountName = (index: number): string => `mount-${index}`;

/** The host's folders among the conf's Mount= lines, a line each: `mount-INDEX FOLDER`. */
export const renderHostMounts = (conf: Conf): string =>
  conf.Mount.map((mount, index) => (mount.kind === "host-bind" ? `${mountName(index)} ${mount.source}\n` : "")).join(
    "",
  );

/** The conf's Mount= lines as libvirt file systems, in their order. */
export function mountsOf(conf: Conf): readonly Filesystem[] {
  return conf.Mount.map((mount, index) =>
    mount.kind === "host-bind"
      ? {
          kind: "bind",
          source: join(runtimeDirectory(conf.name), mountName(index)),
          target: mount.target,
          readOnly: false,
        }
      : { kind: "ram", kibibytes: Math.floor(mount.bytes / 1024), target: mount.target },
  );
}
