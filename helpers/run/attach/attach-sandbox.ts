import { chmodSync, chownSync, existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { mountsDirectory, runtimeDirectory } from "../../../generator/conf/paths.ts";
import { describeError, SandboxError } from "../../../generator/conf/sandbox-error.ts";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { bind, mountNew } from "../../host/mounts.ts";
import { startDirectory } from "../plan/kept-plan.ts";
import type { StartPlan } from "../plan/start-plan.ts";
import { isLeft } from "../stop/taken-down.ts";
import { requireTargets } from "./require-targets.ts";
import { copyTree } from "./copy-tree.ts";
import { type MountOptions, readMountOptions } from "./mount-options.ts";
import { mountSources } from "./mount-sources.ts";
import { layers, planLayers } from "./plan-layers.ts";

/** Its actions on the host. Unit tests replace them. */
export interface AttachHost {
  readonly isLeft: (name: SandboxName) => boolean;
  readonly detach: (name: SandboxName) => Promise<unknown>;
  readonly makeFolders: (name: SandboxName, owner: number) => void;
  readonly mountLayers: (name: SandboxName, options: MountOptions) => void;
  readonly fillRun: (name: SandboxName) => void;
  readonly readOptions: typeof readMountOptions;
  readonly mountSources: typeof mountSources;
  /** What libvirt will mount; see require-targets.ts. */
  readonly requireTargets: typeof requireTargets;
}

/**
 * Mounts the parts of the container below /run/host/sandboxcontainer/NAME (see plan-layers.ts), and the sources of Mount=
 * below /run/sandboxcontainer/NAME. Does something else meanwhile, once these folders are there. Throws a SandboxError; in that
 * case detach unmounts what was mounted so far.
 */
export async function attachSandbox(
  name: SandboxName,
  plan: Pick<StartPlan, "sources" | "targets">,
  meanwhile: () => Promise<void> = () => Promise.resolve(),
  host: AttachHost = ownHost,
): Promise<void> {
  const options = host.readOptions(name);
  if (host.isLeft(name)) await host.detach(name);
  host.makeFolders(name, options.owner);
  const [mounted, other] = await Promise.allSettled([mountParts(name, plan, options, host), meanwhile()]);
  if (mounted.status === "rejected") throw mounted.reason;
  if (other.status === "rejected") throw other.reason;
}

async function mountParts(
  name: SandboxName,
  { sources, targets }: Pick<StartPlan, "sources" | "targets">,
  options: MountOptions,
  host: AttachHost,
): Promise<void> {
  host.mountLayers(name, options);
  host.fillRun(name);
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

const ownHost: AttachHost = {
  isLeft,
  detach,
  makeFolders,
  mountLayers,
  fillRun,
  readOptions: readMountOptions,
  mountSources,
  requireTargets,
};
