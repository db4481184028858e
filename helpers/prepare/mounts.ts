import { join } from "node:path";
import type { Conf } from "../../generator/conf.ts";
import { runtimeDirectory } from "../../generator/paths.ts";
import type { Filesystem } from "./domain-xml.ts";

// attach mounts them there, and detach takes down everything that is named so.
const mountName = (index: number): string => `mount-${index}`;

/** The conf's Mount= lines for attach, a line each: `mount-INDEX FOLDER`, or `mount-INDEX ram:BYTES`. */
export const renderMounts = (conf: Conf): string =>
  conf.Mount.map(
    (mount, index) => `${mountName(index)} ${mount.kind === "host-bind" ? mount.source : `ram:${mount.bytes}`}\n`,
  ).join("");

/** The conf's Mount= lines as libvirt file systems, in their order. */
export const mountsOf = (conf: Conf): readonly Filesystem[] =>
  conf.Mount.map(({ target }, index) => ({
    source: join(runtimeDirectory(conf.name), mountName(index)),
    target,
    readOnly: false,
  }));
