import { chmodSync, chownSync, copyFileSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { mountsDirectory, runtimeDirectory, stateDirectory } from "../../../base/paths.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import { bind, type Bind, mountNew, type NewMount } from "../../host/files/mounts.ts";
import { type MountOptions, readMountOptions } from "../attach/mount-sources.ts";

const dpkg = "/var/lib/dpkg";
const debconf = "/var/cache/debconf";
const place = (name: SandboxName, folder: string): string => join(runtimeDirectory(name), folder);
const scratch = (name: SandboxName, ...parts: readonly string[]): string =>
  join(place(name, "mount-scratch"), ...parts);

/**
 * Mounts the parts that this container has beyond the sandbox's own, which are thrown away afterwards: memory, and the
 * host's /usr and dpkg database, each below a layer for the changes of a script. Attach has mounted the rest.
 */
export function mountLayers(name: SandboxName): void {
  const options = readMountOptions(name);
  const { owner } = options;
  for (const folder of ["mount-scratch", "mount-dpkg", "mount-layer-usr", "mount-layer-dpkg"])
    mkdirSync(place(name, folder), { mode: 0o700 });
  mountNew(scratchMount(name, options));
  for (const folder of ["etc", "debconf", "usr", "usr.work", "dpkg", "dpkg.work"])
    makeFolder(scratch(name, folder), owner);
  // Takes over the answers that were given on the host, except passwords.
  for (const file of ["config.dat", "templates.dat"].filter((each) => existsSync(join(debconf, each))))
    copyFile(join(debconf, file), scratch(name, "debconf", file), owner);
  const { database, layers } = layerMounts(name, options);
  bind(database);
  layers.forEach(mountNew);
  const here = join(mountsDirectory(name), "run/host");
  for (const folder of ["tree", "usr", "configure"]) makeFolder(join(here, folder), owner);
  for (const list of ["packages", "made", "unlisted"])
    copyFile(join(stateDirectory(name), "configure", list), join(here, "configure", list), owner);
}

/** The memory. */
export const scratchMount = (name: SandboxName, { owner, context }: MountOptions): NewMount => ({
  type: "tmpfs",
  to: scratch(name),
  flags: ["nosuid", "nodev"],
  options: { uid: owner, gid: owner, context, mode: "0755", size: "50%" },
});

/** dpkg's database with the ids of the sandbox, and the layers. */
export function layerMounts(
  name: SandboxName,
  { ids, context }: MountOptions,
): { readonly database: Bind; readonly layers: readonly NewMount[] } {
  const lower = { usr: join(mountsDirectory(name), "usr"), dpkg: place(name, "mount-dpkg") };
  const layer = (what: keyof typeof lower): NewMount => ({
    type: "overlay",
    to: place(name, `mount-layer-${what}`),
    flags: ["nodev"],
    options: {
      lowerdir: lower[what],
      upperdir: scratch(name, what),
      workdir: scratch(name, `${what}.work`),
      context,
    },
  });
  return {
    database: { from: dpkg, to: lower.dpkg, flags: ["nosuid", "nodev", "ro"], isPrivate: true, ids },
    layers: [layer("usr"), layer("dpkg")],
  };
}

function makeFolder(path: string, owner: number): void {
  mkdirSync(path, { recursive: true });
  chmodSync(path, 0o755);
  chownSync(path, owner, owner);
}

function copyFile(from: string, to: string, owner: number): void {
  copyFileSync(from, to);
  chmodSync(to, 0o644);
  chownSync(to, owner, owner);
}
