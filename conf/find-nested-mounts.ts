import { ConfError } from "../base/errors.ts";
import type { SandboxName } from "../base/sandbox-name.ts";
import { originOf } from "./conf.ts";
import type { LoadedConf } from "./load-conf.ts";
import { isWithin, type Mount } from "./values/mount.ts";

type OfHost = Extract<Mount, { readonly kind: "host-bind" | "host-image" }>;

/** A folder or image of the host that a sandbox mounts. */
interface Taken {
  readonly conf: LoadedConf;
  readonly index: number;
  readonly mount: OfHost;
}

/**
 * Finds mounts whose source lies where a sandbox can write, and so decides what is there. Each gets an error that names
 * the other conf, which is correct. Two sandboxes may share the same folder. A sandbox may mount a folder below another
 * of its own folders, but not an image: the kernel would read a file system that root inside made. Nothing is mounted
 * inside below a folder that two share: the other one, which may run meanwhile, could lead the mount elsewhere.
 */
export function findNestedMounts(sandboxes: readonly LoadedConf[]): ReadonlyMap<SandboxName, readonly ConfError[]> {
  const taken = sandboxes.flatMap(listTaken);
  const folders = new Map<string, Taken[]>();
  for (const each of taken.filter(({ mount }) => mount.kind === "host-bind" && !mount.readOnly))
    folders.set(each.mount.source, [...(folders.get(each.mount.source) ?? []), each]);
  const found = new Map<SandboxName, readonly ConfError[]>();
  for (const inner of taken) {
    const outer = listAbove(inner.mount.source)
      .flatMap((path) => folders.get(path) ?? [])
      .find((other) => inner.mount.kind === "host-image" || other.conf.name !== inner.conf.name);
    if (outer === undefined) continue;
    found.set(inner.conf.name, [...(found.get(inner.conf.name) ?? []), describeNested(inner, outer)]);
  }
  for (const conf of sandboxes) {
    const errors = findSharedPlaces(conf, folders);
    if (errors.length > 0) found.set(conf.name, [...(found.get(conf.name) ?? []), ...errors]);
  }
  return found;
}

// inside/start makes guest-bind mounts, and follows no link.
function findSharedPlaces(conf: LoadedConf, folders: ReadonlyMap<string, readonly Taken[]>): readonly ConfError[] {
  const mounts = conf.conf.Mount;
  if (mounts.length < 2) return [];
  return mounts.flatMap((mount, index) => {
    if (mount.kind === "guest-bind") return [];
    const outer = mounts.find(
      (other) => other.kind === "host-bind" && other !== mount && isWithin(mount.target, other.target),
    );
    if (outer?.kind !== "host-bind") return [];
    const other = folders.get(outer.source)?.find((each) => each.conf.name !== conf.name);
    return other === undefined ? [] : [describeShared({ conf, index }, mount.target, outer, other)];
  });
}

function describeShared(
  { conf, index }: Pick<Taken, "conf" | "index">,
  target: string,
  outer: OfHost,
  other: Taken,
): ConfError {
  const { path, line } = originOf(other.conf.conf, "Mount", other.index);
  return new ConfError(
    { ...originOf(conf.conf, "Mount", index), key: "Mount" },
    `Mount=: ${target} is below ${outer.target}, where ${outer.source} is, which sandbox ${other.conf.name} can write to as well (${path}:${line})`,
    "Choose another place for one of the two",
  );
}

const listTaken = (conf: LoadedConf): readonly Taken[] =>
  conf.conf.Mount.flatMap((mount, index) =>
    mount.kind === "host-bind" || mount.kind === "host-image" ? [{ conf, index, mount }] : [],
  );

// Looks up each parent path instead of comparing all pairs: there may be thousands of mounts.
const listAbove = (path: string): readonly string[] =>
  path.split("/").map((_, index, parts) => parts.slice(0, index).join("/"));

function describeNested(inner: Taken, outer: Taken): ConfError {
  const where = ({ conf, index }: Taken) => originOf(conf.conf, "Mount", index);
  const { path, line } = where(outer);
  return new ConfError(
    { ...where(inner), key: "Mount" },
    `Mount=: ${inner.mount.source} is below ${outer.mount.source}, which sandbox ${outer.conf.name} can write to (${path}:${line})`,
    inner.mount.kind === "host-image"
      ? "Keep the image elsewhere"
      : "Choose a folder outside it, or the same folder for both",
  );
}
