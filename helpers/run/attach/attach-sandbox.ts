import { chmodSync, chownSync, existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { describeError, SandboxError } from "../../../base/errors.ts";
import { writeFile } from "../../../base/files.ts";
import { mountsDirectory, rootTree, runtimeDirectory, stateDirectory } from "../../../base/paths.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import { finishBoth } from "../../../base/wait.ts";
import { isWithin } from "../../../conf/values/mount.ts";
import { bind, type Bind, mountNew, type NewMount } from "../../host/files/mounts.ts";
import { withDirectory } from "../../sandbox/tree/beneath.ts";
import { findObstacle } from "../../sandbox/tree/look-up.ts";
import { quoteName } from "../../sandbox/untrusted-text.ts";
import {
  credentialsMount,
  type CredentialOwner,
  renderInsideCredentials,
  showCredentials,
} from "../credentials/show-credentials.ts";
import { startDirectory } from "../plan/kept-plan.ts";
import type { StartPlan } from "../plan/start-plan.ts";
import { isLeft } from "../stop/take-down.ts";
import { memoryMount, type MountOptions, mountSources, readMountOptions } from "./mount-sources.ts";
import { copyTree } from "./show-image.ts";

/** Its actions on the host. Unit tests replace them. */
export interface AttachHost {
  readonly isLeft: (name: SandboxName) => boolean;
  readonly detach: (name: SandboxName) => Promise<unknown>;
  readonly makeFolders: (name: SandboxName, owner: number) => void;
  readonly mountLayers: (name: SandboxName, options: MountOptions) => void;
  readonly fillRun: (name: SandboxName) => void;
  readonly fillCredentials: typeof fillCredentials;
  readonly readOptions: typeof readMountOptions;
  readonly mountSources: typeof mountSources;
  /** See requireTargets(). */
  readonly requireTargets: typeof requireTargets;
}

/**
 * Mounts the parts of the container below /run/host/sandboxcontainer/NAME (see planLayers()), and the sources of Mount=
 * below /run/sandboxcontainer/NAME. Does something else meanwhile, once these folders are there. Throws a SandboxError; in that
 * case detach unmounts what was mounted so far.
 */
export async function attachSandbox(
  name: SandboxName,
  plan: AttachPlan,
  meanwhile: () => Promise<void> = () => Promise.resolve(),
  host: AttachHost = ownHost,
): Promise<void> {
  const options = host.readOptions(name);
  if (host.isLeft(name)) await host.detach(name);
  host.makeFolders(name, options.owner);
  await finishBoth(mountParts(name, plan, options, host), meanwhile());
}

async function mountParts(
  name: SandboxName,
  { sources, targets, credentials, units }: AttachPlan,
  options: MountOptions,
  host: AttachHost,
): Promise<void> {
  host.mountLayers(name, options);
  host.fillRun(name);
  if (credentials !== null) host.fillCredentials(name, { credentials, units }, options);
  await host.mountSources(name, sources, options);
  host.requireTargets(name, targets);
}

async function detach(name: SandboxName): Promise<void> {
  // This is seldom needed and slow to load.
  const { detachSandbox } = await import("../stop/detach-sandbox.ts");
  await detachSandbox(name);
}

// systemd makes no units for mounts below /run/host and announces none of them, because that folder belongs to a
// container manager (mount_point_ignore() in systemd's mount-setup.c).
function makeFolders(name: SandboxName, owner: number): void {
  const mounts = mountsDirectory(name);
  if (!existsSync(dirname(mounts))) {
    mkdirSync(dirname(dirname(mounts)), { recursive: true, mode: 0o755 });
    for (const folder of [dirname(runtimeDirectory(name)), dirname(mounts)]) makeFolder(folder, 0o711, 0);
  }
  // Only the sandbox's root may reach its mounts through these folders.
  for (const folder of [runtimeDirectory(name), mounts, ...layers.map((layer) => join(mounts, layer))])
    makeFolder(folder, 0o710, owner);
}

function makeFolder(path: string, mode: number, group: number): void {
  // Two sandboxes may start at the same time, so the folder may exist.
  mkdirSync(path, { recursive: true, mode: 0o700 });
  chownSync(path, 0, group);
  chmodSync(path, mode);
}

function mountLayers(name: SandboxName, options: MountOptions): void {
  const { trees, memory } = planLayers(name, options);
  trees.forEach(bind);
  memory.forEach(mountNew);
}

function fillRun(name: SandboxName): void {
  const from = join(startDirectory(name), "run");
  try {
    copyTree(from, join(mountsDirectory(name), "run"));
  } catch (error) {
    throw new SandboxError(`${from} could not be copied: ${describeError(error)}`, { cause: error });
  }
}

type AttachPlan = Pick<StartPlan, "sources" | "targets" | "credentials" | "units">;

/** Makes systemd inside pass them on to each service that the conf names. */
function fillCredentials(
  name: SandboxName,
  { credentials, units }: { readonly credentials: CredentialOwner; readonly units: readonly string[] },
  options: MountOptions,
): void {
  makeFolder(credentialsMount(name), 0o710, options.owner);
  const names = showCredentials(name, credentials, options);
  const services = names.length === 0 ? [] : units.filter((unit) => unit.endsWith(".service"));
  for (const unit of services) {
    const path = join(mountsDirectory(name), "run/systemd/system", `${unit}.d/50-sandboxcontainer-credentials.conf`);
    writeFile(path, renderInsideCredentials(names), { mode: 0o644 });
    chownSync(path, options.owner, options.owner);
  }
}

const ownHost: AttachHost = {
  isLeft,
  detach,
  makeFolders,
  mountLayers,
  fillRun,
  fillCredentials,
  readOptions: readMountOptions,
  mountSources,
  requireTargets,
};

/** What libvirt mounts in a container: a folder of the host, and where it is inside. */
export interface Target {
  readonly source: string;
  readonly target: string;
}

// libvirt mounts file systems of the kernel there first.
const ofKernel = ["/proc", "/sys", "/dev"];

/**
 * Throws a SandboxError if libvirt would mount through a link in the tree. libvirt follows it: root inside could cover our
 * own programs in /usr with a folder that it can write, and they would run with all the rights of a start. Nothing of the
 * sandbox runs now, so what is checked stays so. A part that is missing is made by libvirt.
 */
export function requireTargets(name: SandboxName, mounts: readonly Target[]): void {
  if (mounts[0]?.target !== "/") throw new Error("the root is not the first mount");
  // The same files as in the mount of the root.
  const root = { source: rootTree(name), target: "/" };
  const places: readonly Target[] = [root, ...ofKernel.map((target) => ({ source: "", target })), ...mounts.slice(1)];
  for (const [index, { target }] of places.entries()) {
    // What is mounted there is what was mounted last.
    const outer = places.slice(0, index).findLast((other) => other.source !== "" && isBelow(target, other.target));
    if (outer !== undefined) requireFolders(name, target, outer);
  }
}

const isBelow = (path: string, folder: string): boolean =>
  path !== folder && (folder === "/" || isWithin(path, folder));

function requireFolders(name: SandboxName, target: string, outer: Target): void {
  // Throws if it cannot be opened: what cannot be looked at does not count as missing.
  withDirectory(outer.source, () => undefined);
  const below = outer.target === "/" ? target : target.slice(outer.target.length);
  const obstacle = findObstacle(outer.source, below);
  if (obstacle?.found === undefined) return;
  // A file of the host is mounted on a file. On a folder the kernel does not mount it, nor the other way round.
  if (obstacle.found.kind === "file" && obstacle.path === below) return;
  const path = `${outer.target === "/" ? "" : outer.target}${obstacle.path}`;
  const what = obstacle.found.kind === "link" ? `a link to ${quoteName(obstacle.found.target)}` : "not a folder";
  throw new SandboxError(`nothing is mounted on ${target} in ${name}: ${path} inside is ${what}`, {
    hint: `Remove ${outer.target === "/" ? join(rootTree(name), path) : "it"}, or name another folder in Mount=`,
  });
}

/** The parts of a container, as folders of `mountsDirectory`. */
export const layers = ["root", "usr", "run", "tmp", "shm"] as const;

/**
 * The mounts of a container: the private tree, the host's /usr read-only, and memory for its /run, /tmp and /dev/shm. All
 * are private. Below a shared mount, anything mounted in the container's root would also appear in the tree on disk.
 */
export function planLayers(
  name: SandboxName,
  options: MountOptions,
): { readonly trees: readonly Bind[]; readonly memory: readonly NewMount[] } {
  const place = (layer: (typeof layers)[number]): string => join(mountsDirectory(name), layer);
  const { ids } = options;
  const memory = (layer: (typeof layers)[number], mode: string): NewMount =>
    memoryMount(options, place(layer), { mode, size: "10%" });
  return {
    trees: [
      { from: join(stateDirectory(name), "root"), to: place("root"), flags: ["nodev"], isPrivate: true, ids },
      { from: "/usr", to: place("usr"), flags: ["nodev", "ro"], isPrivate: true, ids },
    ],
    memory: [memory("run", "0755"), memory("tmp", "1777"), memory("shm", "1777")],
  };
}
