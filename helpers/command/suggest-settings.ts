import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Conf } from "../../generator/conf/conf.ts";
import { loadConf } from "../../generator/conf/load-conf.ts";
import { rootDirectory } from "../../generator/conf/paths.ts";
import { SandboxError } from "../../generator/conf/sandbox-error.ts";
import { parseSandboxName, type SandboxName } from "../../generator/conf/sandbox-name.ts";
import { orMissing } from "../host/or-missing.ts";
import type { Systemd, UnitProperties } from "../host/systemd.ts";
import { readPackages } from "../run/launch/configure-packages.ts";
import {
  findMachineRights,
  findMentioned,
  findNamed,
  isSetRefused,
  suggestCapabilities,
  suggestSet,
} from "./suggest-capabilities.ts";
import { readFileCapabilities } from "./file-capabilities.ts";
import { openHostTree } from "../host/open-host-tree.ts";
import { openPackageDatabase } from "../host/packages/open-database.ts";
import { readManifest } from "../sandbox/manifest/read-manifest.ts";
import { findForeignPackage, mentionsPaths, suggestPackage } from "./suggest-package.ts";
import { findMissingDevice } from "./find-missing-device.ts";
import { findNetworkFile } from "./find-network-file.ts";
import { mayMissNetwork, parseOwnWords } from "./own-words.ts";
import { findWrittenFolder, suggestFolder } from "./suggest-folder.ts";

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

const loadIfValid = (name: SandboxName): Conf | undefined => orUndefined(() => loadConf(name));

/** Undefined if something is wrong that another command tells. */
function orUndefined<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof SandboxError) return undefined;
    throw error;
  }
}
