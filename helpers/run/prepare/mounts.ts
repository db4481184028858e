import { join } from "node:path";
import type { Conf } from "../../../generator/conf/conf.ts";
import { runtimeDirectory } from "../../../generator/conf/paths.ts";
import type { Mount } from "../../../generator/conf/values/parse-mount.ts";
import type { Filesystem } from "./domain-xml.ts";

type Outer = Exclude<Mount, { readonly kind: "guest-bind" }>;

// What the host mounts. Folders of the sandbox's own are looked up where no link leads out of it: inside.
const outerMounts = (conf: Pick<Conf, "Mount">): readonly Outer[] =>
  conf.Mount.filter((mount): mount is Outer => mount.kind !== "guest-bind");

// attach mounts them there, and detach takes down everything that is named so.
const mountName = (index: number): string => `mount-${index}`;

/** The conf's Mount= lines for attach, a line each: `mount-INDEX` and `FOLDER`, `suid:FOLDER`, `image:FILE` or `ram:BYTES`. */
export const renderMounts = (conf: Conf): string =>
  outerMounts(conf)
    .map((mount, index) => `${mountName(index)} ${describeSource(mount)}\n`)
    .join("");

function describeSource(mount: Outer): string {
  if (mount.kind === "ram") return `ram:${mount.bytes}`;
  if (mount.kind === "host-image") return `image:${mount.source}`;
  return mount.suid ? `suid:${mount.source}` : mount.source;
}

/** The same as libvirt file systems, in their order. */
export const mountsOf = (conf: Conf): readonly Filesystem[] =>
  outerMounts(conf).map(({ target }, index) => ({
    source: join(runtimeDirectory(conf.name), mountName(index)),
    target,
    readOnly: false,
  }));

/** Folders of the sandbox's own that are to be at another path as well, for inside/start: two lines each, what and where. */
export const renderInnerMounts = ({ Mount: mounts }: Pick<Conf, "Mount">): string =>
  mounts.map((mount) => (mount.kind === "guest-bind" ? `${mount.source}\n${mount.target}\n` : "")).join("");
