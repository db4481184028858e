import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { SandboxName } from "./sandbox-name.ts";

// Set by `make build PREFIX=`. Code that is not bundled, as in unit tests, has none.
declare const PREFIX: string | undefined;
const prefix = typeof PREFIX === "undefined" ? "/usr" : PREFIX;

/** Everything is below this folder, so that tests and offline installs can use a different one. */
export const rootDirectory = resolve("/", process.env["SANDBOXCONTAINER_ROOT"] ?? "");

const below = (...parts: string[]): string => join(rootDirectory, ...parts);

/** The conf folders, highest precedence first. */
export const confDirectories: readonly string[] = ["etc", "run", "usr/lib"].map((top) =>
  below(top, "sandboxcontainer"),
);

export const stateRoot = below("var/lib/sandboxcontainer");
export const runtimeRoot = below("run/sandboxcontainer");
/** The programs, the libvirt addon and the runtime. */
export const libraryDirectory = `${prefix}/lib/sandboxcontainer`;
/** The executables that units and other helpers run. */
export const helperDirectory = `${prefix}/libexec/sandboxcontainer`;

/** The program that runs libvirt's controller. */
export const controllerProgram = `${prefix}/lib/libvirt/sandboxcontainer-controller`;

/** The folder of a sandbox that survives a reboot. It and its parent are 0700 and belong to root. */
export const stateDirectory = (name: SandboxName): string => join(stateRoot, name);
/** The image that contains the root of a sandbox with Image=. */
export const imageFile = (name: SandboxName): string => join(stateRoot, name, "root.img");
/** Where the image is mounted. The mount point belongs to the host; only `root` below it belongs to the sandbox. */
export const imageMountPoint = (name: SandboxName): string => join(stateRoot, name, "image");
/**
 * The root of the sandbox itself, never a link to it. If the root is in an image, `root` in the state folder is a link
 * for people. Root inside owns the root: never follow a link in it.
 */
export const rootTree = (name: SandboxName): string =>
  join(existsSync(imageFile(name)) ? imageMountPoint(name) : join(stateRoot, name), "root");
export const manifestFile = (name: SandboxName): string => join(stateRoot, name, "manifest.json");
export const stateFile = (name: SandboxName): string => join(stateRoot, name, "state.json");
/** Has the number of bytes while host data is copied into a root. Removed with everything else that is half-made. */
export const copyingFile = (name: SandboxName): string => join(stateRoot, name, "copying.new");
/** The runtime folder: how the sandbox was started, how it ended, and what is mounted for its conf. */
export const runtimeDirectory = (name: SandboxName): string => join(runtimeRoot, name);
/** A command that holds a sandbox locks this file (helpers/sandbox/hold/hold.ts). No sandbox name begins with a dot. */
export const heldFile = (name: SandboxName): string => join(runtimeRoot, `.held-${name}`);
/** Says what of a sandbox a command has frozen, in case it is killed (helpers/sandbox/snapshots/freeze.ts). */
export const frozenFile = (name: SandboxName): string => join(runtimeRoot, `.frozen-${name}`);
/** The lock of whoever loads rules for a network (helpers/run/network/set-up-network.ts). */
export const networkLock = join(runtimeRoot, ".network");
/** The lock of whoever guards a folder of the host (helpers/run/guard/guard-folders.ts). */
export const guardLock = join(runtimeRoot, ".guarding");
/** Says what a command is about to make, move or remove, in case it is killed (helpers/sandbox/hold/unfinished.ts). */
export const unfinishedFile = (name: SandboxName): string => join(stateRoot, `.unfinished-${name}`);
/** Where attach mounts the parts of a container, until libvirt has started it. */
export const mountsDirectory = (name: SandboxName): string => below("run/host/sandboxcontainer", name);
/** The conf that `create` writes. */
export const confFile = (name: SandboxName): string => below("etc/sandboxcontainer", `${name}.conf`);
