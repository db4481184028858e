import type { LoadedConf } from "./load-conf.ts";
import type { Mount } from "./values/parse-mount.ts";
import { ConfError } from "./sandbox-error.ts";
import type { SandboxName } from "./sandbox-name.ts";

type OfHost = Extract<Mount, { readonly kind: "host-bind" | "host-image" }>;

/** What a sandbox takes of the host. */
interface Taken {
  readonly conf: LoadedConf;
  readonly index: number;
  readonly mount: OfHost;
}

/**
 * Folders and images of the host that are to be mounted, and lie where a sandbox can write: it decides what is there. An error for each,
 * with the conf of the other; that one is right. The same folder in two sandboxes is shared, and fine. So is a folder of a sandbox's own
 * below another of its own, but no image: the kernel would read a file system that root inside made.
 */
export function findNestedMounts(sandboxes: readonly LoadedConf[]): ReadonlyMap<SandboxName, readonly ConfError[]> {
  const taken = sandboxes.flatMap(listTaken);
  const folders = new Map<string, Taken[]>();
  for (const each of taken.filter(({ mount }) => mount.kind === "host-bind"))
    folders.set(each.mount.source, [...(folders.get(each.mount.source) ?? []), each]);
  const found = new Map<SandboxName, readonly ConfError[]>();
  for (const inner of taken) {
    const outer = listAbove(inner.mount.source)
      .flatMap((path) => folders.get(path) ?? [])
      .find((other) => inner.mount.kind === "host-image" || other.conf.name !== inner.conf.name);
    if (outer === undefined) continue;
    found.set(inner.conf.name, [...(found.get(inner.conf.name) ?? []), describeNested(inner, outer)]);
  }
  return found;
}

const listTaken = (conf: LoadedConf): readonly Taken[] =>
  conf.conf.Mount.flatMap((mount, index) =>
    mount.kind === "host-bind" || mount.kind === "host-image" ? [{ conf, index, mount }] : [],
  );

// By path, not by comparing all with all: there may be thousands.
const listAbove = (path: string): readonly string[] =>
  path
    .split("/")
    .map((_, index, parts) => parts.slice(0, index).join("/"))
    .slice(2);

function describeNested(inner: Taken, outer: Taken): ConfError {
  const where = ({ conf, index }: Taken) => conf.conf.origins.Mount?.[index] ?? { path: conf.path };
  const { path, line } = { line: undefined, ...where(outer) };
  return new ConfError(
    { ...where(inner), key: "Mount" },
    `Mount=: ${inner.mount.source} is below ${outer.mount.source}, which sandbox ${outer.conf.name} can write (${path}:${line ?? 1})`,
    inner.mount.kind === "host-image" ? "Keep the image elsewhere" : "Choose a folder beside it, or the same in both",
  );
}
