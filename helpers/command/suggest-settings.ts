import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { SandboxError } from "../../base/errors.ts";
import { orMissing } from "../../base/files.ts";
import { rootDirectory } from "../../base/paths.ts";
import { parseSandboxName, type SandboxName } from "../../base/sandbox-name.ts";
import type { Conf } from "../../conf/conf.ts";
import { loadConf } from "../../conf/load-conf.ts";
import { isWithin } from "../../conf/values/mount.ts";
import { type HostTree, openHostTree, resolvePath } from "../host/files/host-tree.ts";
import { openPackageDatabase } from "../host/packages/open-database.ts";
import type { Package, PackageDatabase } from "../host/packages/package-database.ts";
import type { Systemd, UnitProperties } from "../host/systemd/systemd.ts";
import { readPackages } from "../run/launch/configure-packages.ts";
import { type Manifest, readManifest } from "../sandbox/manifest/manifest.ts";
import { findMissingDevice, findNetworkFile } from "./find-causes.ts";
import { mayMissNetwork, parseOwnWords } from "./own-words.ts";
import {
  findMachineRights,
  findMentioned,
  findNamed,
  isSetRefused,
  readFileCapabilities,
  suggestCapabilities,
  suggestSet,
} from "./suggest-capabilities.ts";

/**
 * Suggests what to do about a service that failed, ended or misses something in its sandbox, if a package could not be
 * configured, or if its messages name a folder of /usr in which it tried to write, a file or a program of a package that
 * the sandbox does not have, capabilities, a device, or a file about the host's network. If it failed by itself, also if its
 * unit or its program's file names capabilities, or if it has only a loopback and may have looked for another interface.
 * Null if none can be the reason. `said` has the messages of the last start.
 */
export async function suggestSettings(
  systemd: Systemd,
  unit: string,
  properties: UnitProperties,
  said: string,
): Promise<string | null> {
  const instance = /^sandbox@(.+)\.service$/.exec(unit)?.[1];
  if (instance === undefined) return null;
  // Some services end well when something is missing, and some scripts of /etc/init.d say that theirs runs.
  const failed = failedByItself(instance, properties, said);
  if (!failed && !["active", "inactive"].includes(String(properties["ActiveState"]))) return null;
  const name = parseSandboxName(instance);
  const conf = loadIfValid(name);
  if (conf === undefined) return null;
  const simple =
    (await suggestCopy(systemd, name)) ?? suggestCover(name, conf, said) ?? (await suggestForeign(name, said));
  if (simple !== null) return simple;
  const units = failed ? await Promise.all(conf.Unit.map((each) => systemd.readUnit(each))) : [];
  const named = [...units.flatMap(findNamed), ...(await readFileCapabilities(units))];
  const capabilities = suggestCapabilities(name, conf, [...findMentioned(said, conf), ...named]);
  if (capabilities !== null) return `${capabilities[0]?.toUpperCase() ?? ""}${capabilities.slice(1)}`;
  const device = findMissingDevice(said);
  if (device !== undefined)
    return `It asks for ${device.startsWith("/") ? device : `a device ("${device}")`}. A sandbox has none of the host's devices, so a service that needs one runs on the host only`;
  const rights = findMachineRights(units, said);
  if (rights.length > 0)
    return `Its unit asks for ${rights.join(" and ")}: over the whole machine, so a sandbox cannot have that. If it does not work without, it runs on the host only`;
  const file = properties["ActiveState"] === "active" ? undefined : findNetworkFile(said);
  if (file !== undefined)
    return `It asks for ${file}, about the network of the whole host, and no sandbox may open that. If it does not work without, it runs on the host only`;
  if (isSetRefused(said)) return suggestSet(name, conf);
  if (!failed || conf.Network.kind !== "none" || !mayMissNetwork(parseOwnWords(said))) return null;
  return `It has only a loopback interface. A service that looks for another interface needs Network=: sandboxcontainer set ${name} Network=default`;
}

async function suggestCopy(systemd: Systemd, name: SandboxName): Promise<string | null> {
  const left = readPackages(name);
  const unit = `sandbox-configure@${name}.service`;
  if (left.length === 0 || (await systemd.readUnit(unit))["ActiveState"] !== "failed") return null;
  return `The scripts of ${left.join(" and ")} did not make all that belongs to the service: journalctl -u ${unit}. A sandbox that begins with the host's data does without them: sandboxcontainer create --copy`;
}

async function suggestForeign(name: SandboxName, said: string): Promise<string | null> {
  const manifest = mentionsPaths(said) ? orUndefined(() => readManifest(name)) : undefined;
  if (manifest === undefined) return null;
  const database = await openPackageDatabase(rootDirectory);
  const found = findForeignPackage(said, manifest, database, openHostTree(rootDirectory));
  return found === undefined ? null : suggestPackage(name, found);
}

function suggestCover(name: SandboxName, conf: Conf, said: string): string | null {
  const folder = findWrittenFolder(said);
  if (folder === undefined) return null;
  const content = orMissing(() => readdirSync(join(rootDirectory, folder)));
  return suggestFolder(name, conf, folder, content?.length === 0);
}

/** Whether the service inside failed, at its start (see launch) or later, and not our own work around it. */
export function failedByItself(name: string, properties: UnitProperties, said: string): boolean {
  if (!["exit-code", "signal", "core-dump"].includes(String(properties["Result"]))) return false;
  // In that case libvirt's controller is the main process and ends well (CLD_EXITED, or CLD_KILLED by SIGTERM). The
  // result is the one of detach.
  const [code, status] = [Number(properties["ExecMainCode"]), Number(properties["ExecMainStatus"])];
  const wasReady = (code === 1 && status === 0) || (code === 2 && status === 15);
  return wasReady || said.split("\n").includes(`the service of ${name} did not start`);
}

/** Undefined if its conf is wrong, which another command reports. */
export const loadIfValid = (name: SandboxName): Conf | undefined => orUndefined(() => loadConf(name));

/** Undefined if something is wrong that another command reports. */
function orUndefined<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof SandboxError) return undefined;
    throw error;
  }
}

/** A program or a file that a service missed something of, and the package that would bring it. */
export interface Foreign {
  readonly path: string;
  readonly package: string;
}

const complaint =
  /\b(?:fail\w*|error|fatal|panic|denied|not permitted|no such file|not found|cannot|can't|could not|unable|missing|does not exist)\b/i;
const paths = /(?<![\w./@-])\/(?:etc|usr\/s?bin)\/[\w.@+/-]*[\w@+-]/g;
// A service that fails may say a lot.
const maxPaths = 200;

/**
 * Finds a package of the host that a sandbox does not have, and whose configuration a service looks for: a message
 * complains about a file in /etc, or about a program that has configuration there. `said` has the messages, which
 * somebody inside may have chosen.
 */
export function findForeignPackage(
  said: string,
  manifest: Pick<Manifest, "packages" | "entries">,
  database: PackageDatabase,
  host: HostTree,
): Foreign | undefined {
  const packages = new Set<string>(manifest.packages.map(({ name }) => name));
  const inside = new Set(manifest.entries.map(({ path }) => path));
  const isMissing = (path: string): boolean =>
    path.startsWith("/etc/") && !inside.has(path) && host.lookUp(path)?.kind === "file";
  const ownersOf = (path: string): readonly Package[] => {
    const target = resolvePath(host, path);
    const owners = database.findOwners(path);
    return owners.length > 0 || target === undefined ? owners : database.findOwners(target);
  };
  for (const path of findPaths(said)) {
    if (inside.has(path)) continue;
    const owner = ownersOf(path).find(
      (each) =>
        !packages.has(each.name) &&
        (path.startsWith("/etc/") ? isMissing(path) : database.listPaths(each).some(isMissing)),
    );
    if (owner !== undefined) return { path, package: owner.name };
  }
  return undefined;
}

const findPaths = (said: string): readonly string[] =>
  [
    ...new Set(
      said
        .split("\n")
        .filter((line) => complaint.test(line))
        .flatMap((line) => line.match(paths) ?? [])
        .filter((path) => !path.split("/").includes("..")),
    ),
  ].slice(0, maxPaths);

/** Whether a package may be found for any message. */
export const mentionsPaths = (said: string): boolean => findPaths(said).length > 0;

/** Says what to set. */
export const suggestPackage = (name: string, { path, package: owner }: Foreign): string =>
  `${path} belongs to package ${owner}, whose configuration ${name} does not have: sandboxcontainer set ${name} Package+=${owner.replace(/:.*/, "")}`;

/** Finds the folder of /usr in which a service tried to write, in its messages. Undefined if they name none. */
export function findWrittenFolder(said: string): string | undefined {
  const [path] = said
    .split("\n")
    .filter((line) => /read-only file system/i.test(line))
    .flatMap((line) => /(?<![\w./-])\/usr\/[\w.@+/-]*\w/.exec(line)?.[0] ?? []);
  // Root inside may write anything there.
  return path === undefined || path.includes("/..") ? undefined : dirname(path);
}

/**
 * Says that a service tried to write in a folder of /usr. If it is empty on the host, this suggests a folder of
 * the sandbox's own in that place. Null for /usr itself, and for a folder that the conf covers already.
 */
export function suggestFolder(
  name: SandboxName,
  conf: Pick<Conf, "Mount">,
  folder: string,
  isEmpty: boolean,
): string | null {
  if (!folder.startsWith("/usr/") || conf.Mount.some(({ target }) => isWithin(folder, target))) return null;
  const reason = `It tries to write in ${folder}, and a sandbox has the host's /usr read-only`;
  if (!isEmpty) return `${reason}. If it can be configured to write elsewhere, choose a folder in /var`;
  const setting = `Mount=guest-bind:${folder}=/srv${folder}`;
  // The command replaces all values of a setting.
  const how = conf.Mount.length === 0 ? `sandboxcontainer set ${name} ${setting}` : `add ${setting} to its conf`;
  return `${reason}. This gives it a folder of its own there: ${how}`;
}
