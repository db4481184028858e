import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { SandboxName } from "./sandbox-name.ts";

// Set by `make build PREFIX=`; unbundled, as in unit tests, there is none.
declare const PREFIX: string | undefined;
const prefix = typeof PREFIX === "undefined" ? "/usr" : PREFIX;

/** Everything is below this folder, so that tests and offline installs can use another one. */
export const rootDirectory = resolve("/", process.env["SANDBOXCONTAINER_ROOT"] ?? "");

const below = (...parts: string[]): string => join(rootDirectory, ...parts);

/** Conf folders, highest precedence first. */
export const confDirectories: readonly string[] = ["etc", "run", "usr/lib"].map((top) =>
  below(top, "sandboxcontainer"),
);

export const stateRoot = below("var/lib/sandboxcontainer");
const runtimeRoot = below("run/sandboxcontainer");
/** The JavaScript bundles, the libvirt addon and the pinned Node runtime. */
export const libraryDirectory = `${prefix}/lib/sandboxcontainer`;
/** The executables that units, and other helpers, run. */
export const helperDirectory = `${prefix}/libexec/sandboxcontainer`;

/** What runs libvirt's controller. */
export const controllerProgram = `${prefix}/lib/libvirt/sandboxcontainer-controller`;

/** The folder of a sandbox that outlives a boot: 0700 root, as is its parent. */
export const stateDirectory = (name: SandboxName): string => join(stateRoot, name);
/** The image that the tree of a sandbox of Image= is in. */
export const imageFile = (name: SandboxName): string => join(stateRoot, name, "root.img");
/** Where that is mounted. In it is the host's, and only what is below `root` is the sandbox's. */
export const imageMountPoint = (name: SandboxName): string => join(stateRoot, name, "image");
/**
 * The sandbox's private tree, itself and never a link to it: for people there is one in `root` when it is in an image. Root
 * in the sandbox owns it: never follow a link in it.
 */
export const rootTree = (name: SandboxName): string =>
  join(existsSync(imageFile(name)) ? imageMountPoint(name) : join(stateRoot, name), "root");
export const manifestFile = (name: SandboxName): string => join(stateRoot, name, "manifest.json");
export const stateFile = (name: SandboxName): string => join(stateRoot, name, "state.json");
/** While a root is made with the host's data: its bytes. Taken away with what else is half-made. */
export const copyingFile = (name: SandboxName): string => join(stateRoot, name, "copying.new");
/** Runtime only: how it was started, how it ended, and what is mounted for its conf. */
export const runtimeDirectory = (name: SandboxName): string => join(runtimeRoot, name);
/** Who holds a sandbox has a lock on it (helpers/sandbox/hold/hold.ts). No sandbox may have a name that begins with a dot. */
export const heldFile = (name: SandboxName): string => join(runtimeRoot, `.held-${name}`);
/** Whoever loads rules for a network has a lock on it (helpers/run/network/set-up-network.ts). */
export const networkLock = join(runtimeRoot, ".network");
/** What a command that makes, moves or removes a sandbox is about, in case that it is killed (helpers/sandbox/hold/unfinished.ts). */
export const unfinishedFile = (name: SandboxName): string => join(stateRoot, `.unfinished-${name}`);
/** Where attach mounts what a container is put together from, until libvirt has started it. */
export const mountsDirectory = (name: SandboxName): string => below("run/host/sandboxcontainer", name);
/** The conf that `create` writes. */
export const confFile = (name: SandboxName): string => below("etc/sandboxcontainer", `${name}.conf`);
