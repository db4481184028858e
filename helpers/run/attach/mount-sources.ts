import { lstatSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { SandboxError } from "../../../base/errors.ts";
import { orMissing } from "../../../base/files.ts";
import { mountsDirectory, runtimeDirectory, stateDirectory } from "../../../base/paths.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import { bind, type Bind, type IdMap, type MountFlag, mountNew, type NewMount } from "../../host/files/mounts.ts";
import { guardFolder } from "../guard/guard-folders.ts";
import { guardedList, removeGuarded } from "../guard/guarded-list.ts";
import { type HostFolder, withHostFolder } from "../host-folder.ts";
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
  readonly bindFile: (path: string, held: string, how: Omit<Bind, "from">) => Promise<void>;
  readonly showImage: (path: string, held: string, place: string, context: string | undefined) => Promise<void>;
  readonly bind: (bind: Bind) => void;
  readonly mountNew: (mount: NewMount) => void;
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
      await host.showImage(source.path, join(mountsDirectory(name), `image-${index}`), image, options.context);
      host.bind({ from: image, ...howTo(place, options, ["nodev"]) });
      return;
    }
    case "memory":
      host.mountNew(memoryMount(options, place, { mode: "1777", size: source.bytes }));
      return;
    case "read-only":
      return host.isFile(source.path)
        ? mountFile(source.path, { name, place, index, options, host })
        : mountReadOnly(source.path, { name, place, options, host });
    case "folder":
      return host.withFolder(source.path, async (folder) => {
        if (source.allowsSetId) host.unguard(source.path, name);
        else await host.guard(folder, name);
        // Mounts the open folder itself, without a path.
        const flags: readonly MountFlag[] = source.allowsSetId ? ["nodev"] : ["nodev", "nosuid"];
        host.bind({ from: folder.descriptor, ...howTo(place, options, flags) });
      });
  }
}

const readOnly: readonly MountFlag[] = ["nodev", "ro", "nosuid"];

const howTo = (to: string, { ids }: MountOptions, flags: readonly MountFlag[]): Omit<Bind, "from"> => ({
  to,
  flags,
  isPrivate: true,
  ids,
});

type Place = Pick<Target, "name" | "place" | "options" | "host">;

/**
 * In a user namespace of its own root inside cannot take back that it is read-only (mount_namespaces(7)), so nothing can be left
 * there and there is nothing to guard. Without one it may.
 */
const mountReadOnly = (path: string, { name, place, options, host }: Place): Promise<void> =>
  host.withFolder(path, async (folder) => {
    if (options.ids === undefined) await host.guard(folder, name);
    host.bind({ from: folder.descriptor, ...howTo(place, options, readOnly) });
  });

async function mountFile(path: string, { name, place, index, options, host }: Target): Promise<void> {
  if (options.ids === undefined)
    throw new SandboxError(`${path} is a file, and without a user namespace root inside could write it`, {
      hint: "Mount a folder that has it, or remove UserNamespace=no",
    });
  const held = join(mountsDirectory(name), `file-${index}`);
  await host.bindFile(path, held, howTo(place, options, readOnly));
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
  bind,
  mountNew,
};

/** What mounts of a sandbox have that depends on its ids and label. */
export interface MountOptions {
  /** The host's number for the sandbox's root user. */
  readonly owner: number;
  /** Maps the ids on disk to the sandbox's, so that no file changes its owner on disk; undefined without a user namespace. */
  readonly ids: IdMap | undefined;
  /** The sandbox's label, an SELinux context; undefined without one. */
  readonly context: string | undefined;
}

/** Reads the files that populate and label wrote. Throws a SandboxError. */
export const readMountOptions = (name: SandboxName): MountOptions =>
  renderMountOptions(readState(name, "ids"), readState(name, "context"));

/** `ids` is `0:BASE:65536` or `none`; `context` is an SELinux context or `none`. */
export function renderMountOptions(ids: string, context: string): MountOptions {
  const label = context === "none" ? undefined : context;
  if (ids === "none") return { owner: 0, ids: undefined, context: label };
  const [, first, count] = /^0:(\d+):(\d+)$/.exec(ids) ?? [];
  if (first === undefined) throw new SandboxError(`\`${ids}\` is not a range of ids`);
  return { owner: Number(first), ids: { first: Number(first), count: Number(count) }, context: label };
}

/**
 * Memory that the sandbox can write. New files there have no label with the sandbox's level to inherit, so the mount
 * sets the label. `more` are options of tmpfs(5).
 */
export const memoryMount = (
  { owner, context }: MountOptions,
  to: string,
  more: Readonly<Record<string, string | number>>,
): NewMount => ({
  type: "tmpfs",
  to,
  flags: ["nosuid", "nodev"],
  options: { uid: owner, gid: owner, nr_inodes: "100k", context, ...more },
});

function readState(name: SandboxName, file: string): string {
  const path = join(stateDirectory(name), file);
  const line = orMissing(() => readFileSync(path, "utf8"))?.split("\n", 1)[0];
  if (line !== undefined && line !== "") return line;
  throw new SandboxError(`${path} is missing or empty`, { hint: `Make it: systemctl restart sandbox-root@${name}` });
}
