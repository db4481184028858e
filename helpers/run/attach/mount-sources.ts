import { lstatSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { mountsDirectory, runtimeDirectory } from "../../../generator/conf/paths.ts";
import { SandboxError } from "../../../generator/conf/sandbox-error.ts";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { type HostFolder, placeOf, withHostFolder } from "../host-folder.ts";
import { mount } from "../../host/mounts.ts";
import { guardFolder } from "../guard/guard-folder.ts";
import { guardedList, removeGuarded } from "../guard/guarded-list.ts";
import { memoryOptions, type MountOptions } from "./mount-options.ts";
import { bindFile, showImage } from "./show-image.ts";

/** A source on the host that a Mount= line of a conf names. */
export type Source =
  | { readonly kind: "folder"; readonly path: string; readonly allowsSetId: boolean }
  /** A folder or a file. */
  | { readonly kind: "read-only"; readonly path: string }
  | { readonly kind: "image"; readonly path: string }
  | { readonly kind: "memory"; readonly bytes: number };

/** The source in the words of the conf. */
const describeSource = (source: Source): string =>
  source.kind === "memory" ? `\`ram:\` and ${source.bytes} bytes` : source.path;

/** Its actions on the host. Unit tests replace them. */
export interface MountHost {
  readonly makeFolder: (path: string) => void;
  readonly withFolder: (path: string, act: (folder: HostFolder) => Promise<void>) => Promise<void>;
  readonly guard: (folder: HostFolder, name: SandboxName) => Promise<void>;
  /** Stops guarding the folder from the next boot on. */
  readonly unguard: (path: string, name: SandboxName) => void;
  readonly isFile: (path: string) => boolean;
  readonly bindFile: (path: string, held: string, place: string, options: string) => Promise<void>;
  readonly showImage: (path: string, held: string, place: string, label: string) => Promise<void>;
  readonly mount: (args: readonly string[], folder?: string) => Promise<void>;
}

/**
 * Mounts the sources of the conf's Mount= lines, each in its folder of the runtime directory. Throws a SandboxError
 * that names the source.
 */
export async function mountSources(
  name: SandboxName,
  sources: readonly Source[],
  options: MountOptions,
  host: MountHost = ownHost,
): Promise<void> {
  for (const [index, source] of sources.entries()) {
    const place = join(runtimeDirectory(name), mountName(index));
    try {
      if (!(source.kind === "read-only" && host.isFile(source.path))) host.makeFolder(place);
      await mountSource(source, { name, place, index, options, host });
    } catch (error) {
      throw withSource(error, source);
    }
  }
}

/** takeDown unmounts everything with such a name. */
export const mountName = (index: number): string => `mount-${index}`;

interface Target {
  readonly name: SandboxName;
  readonly place: string;
  readonly index: number;
  readonly options: MountOptions;
  readonly host: MountHost;
}

async function mountSource(source: Source, { name, place, index, options, host }: Target): Promise<void> {
  switch (source.kind) {
    case "image": {
      const image = join(runtimeDirectory(name), `image-${index}`);
      await host.showImage(source.path, join(mountsDirectory(name), `image-${index}`), image, options.label);
      return host.mount(["-o", `bind,private,nodev${options.idMap}`, image, place]);
    }
    case "memory":
      return host.mount([
        ...["-t", "tmpfs", "-o", `${memoryOptions(options)},mode=1777,size=${source.bytes}`],
        ...["sandboxcontainer", place],
      ]);
    case "read-only":
      return host.isFile(source.path)
        ? mountFile(source.path, { name, place, index, options, host })
        : mountReadOnly(source.path, { name, place, options, host });
    case "folder":
      return host.withFolder(source.path, async (folder) => {
        if (source.allowsSetId) host.unguard(source.path, name);
        else await host.guard(folder, name);
        const flags = `bind,private,nodev${source.allowsSetId ? "" : ",nosuid"}${options.idMap}`;
        // Mounts the open folder itself, without a path.
        await host.mount(["--no-canonicalize", "-o", flags, ".", place], placeOf(folder));
      });
  }
}

type Place = Pick<Target, "name" | "place" | "options" | "host">;

/**
 * In a user namespace of its own root inside cannot take back that it is read-only (mount_namespaces(7)), so nothing can be left
 * there and there is nothing to guard. Without one it may.
 */
const mountReadOnly = (path: string, { name, place, options, host }: Place): Promise<void> =>
  host.withFolder(path, async (folder) => {
    if (options.idMap === "") await host.guard(folder, name);
    await host.mount(
      ["--no-canonicalize", "-o", `bind,private,nodev,ro,nosuid${options.idMap}`, ".", place],
      placeOf(folder),
    );
  });

async function mountFile(path: string, { name, place, index, options, host }: Target): Promise<void> {
  if (options.idMap === "")
    throw new SandboxError(`${path} is a file, and without a user namespace root inside could write it`, {
      hint: "Mount a folder that has it, or remove UserNamespace=no",
    });
  const held = join(mountsDirectory(name), `file-${index}`);
  await host.bindFile(path, held, place, `bind,private,nodev,ro,nosuid${options.idMap}`);
}

function withSource(error: unknown, source: Source): SandboxError {
  const hint = `See the Mount= line with ${describeSource(source)}`;
  if (!(error instanceof SandboxError))
    return new SandboxError(error instanceof Error ? error.message : String(error), { hint, cause: error });
  return new SandboxError(error.message, {
    hint: error.hint === undefined ? hint : `${error.hint}. ${hint}`,
    cause: error,
  });
}

const ownHost: MountHost = {
  makeFolder: (path) => {
    mkdirSync(path, { mode: 0o700 });
  },
  withFolder: withHostFolder,
  guard: (folder, name) => guardFolder(folder, guardedList(name)),
  unguard: (path, name) => {
    removeGuarded(path, guardedList(name));
  },
  isFile: (path) => lstatSync(path, { throwIfNoEntry: false })?.isFile() === true,
  bindFile,
  showImage,
  mount,
};
