import { chmodSync, chownSync, copyFileSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { mountsDirectory, runtimeDirectory, stateDirectory } from "../../../generator/conf/paths.ts";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { mount } from "../../host/mounts.ts";
import { type MountOptions, readMountOptions } from "../attach/mount-options.ts";

const dpkg = "/var/lib/dpkg";
const debconf = "/var/cache/debconf";
const place = (name: SandboxName, folder: string): string => join(runtimeDirectory(name), folder);
const scratch = (name: SandboxName, ...parts: readonly string[]): string =>
  join(place(name, "mount-scratch"), ...parts);

/**
 * Mounts the parts that this container has beyond the sandbox's own, which are thrown away afterwards: memory, and the
 * host's /usr and dpkg database, each below a layer for the changes of a script. Attach has mounted the rest.
 */
export async function mountLayers(name: SandboxName): Promise<void> {
  const options = readMountOptions(name);
  const { owner } = options;
  for (const folder of ["mount-scratch", "mount-dpkg", "mount-layer-usr", "mount-layer-dpkg"])
    mkdirSync(place(name, folder), { mode: 0o700 });
  await mount(scratchMount(name, options));
  for (const folder of ["etc", "debconf", "usr", "usr.work", "dpkg", "dpkg.work"])
    makeFolder(scratch(name, folder), owner);
  // Takes over the answers that were given on the host, except passwords.
  for (const file of ["config.dat", "templates.dat"].filter((each) => existsSync(join(debconf, each))))
    copyFile(join(debconf, file), scratch(name, "debconf", file), owner);
  for (const args of layerMounts(name, options)) await mount(args);
  const here = join(mountsDirectory(name), "run/host");
  for (const folder of ["tree", "usr", "configure"]) makeFolder(join(here, folder), owner);
  for (const list of ["packages", "made", "unlisted"])
    copyFile(join(stateDirectory(name), "configure", list), join(here, "configure", list), owner);
}

/** The arguments for mount(8) that mount the memory. */
export const scratchMount = (name: SandboxName, { owner, label }: MountOptions): readonly string[] => [
  ...["-t", "tmpfs", "-o", `private,nosuid,nodev,uid=${owner},gid=${owner},mode=0755,size=50%${label}`],
  ...["sandboxcontainer", scratch(name)],
];

/** The same for the layers, one after the other. */
export function layerMounts(name: SandboxName, { idMap, label }: MountOptions): readonly (readonly string[])[] {
  const lower = { usr: join(mountsDirectory(name), "usr"), dpkg: place(name, "mount-dpkg") };
  const layer = (what: keyof typeof lower): readonly string[] => {
    const folders = `lowerdir=${lower[what]},upperdir=${scratch(name, what)},workdir=${scratch(name, `${what}.work`)}`;
    const to = place(name, `mount-layer-${what}`);
    return ["-t", "overlay", "-o", `private,nodev,${folders}${label}`, "sandboxcontainer", to];
  };
  return [["-o", `bind,private,nosuid,nodev,ro${idMap}`, dpkg, lower.dpkg], layer("usr"), layer("dpkg")];
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
