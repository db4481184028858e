import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Conf } from "../../../generator/conf/conf.ts";
import { rootDirectory, runtimeDirectory } from "../../../generator/conf/paths.ts";
import { SandboxError } from "../../../generator/conf/sandbox-error.ts";
import { orMissing } from "../../host/or-missing.ts";
import type { Mount } from "../../../generator/conf/values/parse-mount.ts";
import { mountName, type Source } from "../attach/mount-sources.ts";
import type { Filesystem } from "./domain-xml.ts";

type Outer = Exclude<Mount, { readonly kind: "guest-bind" }>;

// The mounts that the host makes. Folders of the sandbox itself are looked up inside, where no link leads out of it.
const outerMounts = (conf: Pick<Conf, "Mount">): readonly Outer[] =>
  conf.Mount.filter((mount): mount is Outer => mount.kind !== "guest-bind");

/** The conf's Mount= lines, for attach. */
export const sourcesOf = (conf: Conf): readonly Source[] => outerMounts(conf).map(sourceOf);

function sourceOf(mount: Outer): Source {
  if (mount.kind === "ram") return { kind: "memory", bytes: mount.bytes };
  if (mount.kind === "host-image") return { kind: "image", path: mount.source };
  return mount.readOnly
    ? { kind: "read-only", path: mount.source }
    : { kind: "folder", path: mount.source, allowsSetId: mount.suid };
}

/** The same as libvirt file systems, in the same order. */
export const mountsOf = (conf: Conf): readonly Filesystem[] =>
  outerMounts(conf).map(({ target }, index) => ({
    source: join(runtimeDirectory(conf.name), mountName(index)),
    target,
    readOnly: false,
  }));

/**
 * Folders of the sandbox itself that also appear at another path, for inside/start: two lines each, source and target.
 */
export const renderInnerMounts = ({ Mount: mounts }: Pick<Conf, "Mount">): string =>
  mounts.map((mount) => (mount.kind === "guest-bind" ? `${mount.source}\n${mount.target}\n` : "")).join("");

/**
 * Throws a SandboxError unless a folder of /usr that is to be covered inside is there on the host, and empty. Root inside
 * fills it: in the place of a library it would run with the rights that a start and `execute` have before they give them
 * up.
 */
export function requireCovered({ Mount: mounts }: Pick<Conf, "Mount">, root = rootDirectory): void {
  for (const { kind, target } of mounts) {
    if (kind !== "guest-bind" || !target.startsWith("/usr/")) continue;
    const content = orMissing(() => readdirSync(join(root, target)));
    if (content?.length === 0) continue;
    throw new SandboxError(`Mount=guest-bind:${target}=… needs an empty folder ${target} on the host`, {
      hint:
        content === undefined
          ? "Nobody inside can make a folder in the host's /usr. Make it on the host, or correct Mount="
          : "What the host has there stays visible inside. Cover a folder below it, or correct Mount=",
    });
  }
}
