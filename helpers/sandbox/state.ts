import { closeSync, existsSync, fsyncSync, openSync, readdirSync, renameSync } from "node:fs";
import { dirname, join } from "node:path";
import { SandboxError } from "../../base/errors.ts";
import { readIfThere, removeIfThere, withPath, writeFile } from "../../base/files.ts";
import { stateDirectory, stateFile, stateRoot } from "../../base/paths.ts";
import { isSandboxName, type SandboxName } from "../../base/sandbox-name.ts";
import { ownStart } from "../host/process/processes.ts";

/** A sandbox's identity. It is made once and kept as long as its root exists. */
export interface SandboxState {
  readonly version: 1;
  /** The uuid of the libvirt domain. */
  readonly uuid: string;
  /** In the format of machine-id(5): 32 hexadecimal digits. */
  readonly machineId: string;
  /** The first of its 65,536 ids on the host; null until it needs them. */
  readonly idBase: number | null;
  /** `s0:cA,cB`; undefined until it is labelled. */
  readonly level?: string;
}

/** Undefined if the sandbox has none yet. Throws a SandboxError if it is damaged. */
export function readState(name: SandboxName): SandboxState | undefined {
  const text = readIfThere(stateFile(name));
  if (text === undefined) return undefined;
  const state = parseState(text);
  if (state !== undefined) return state;
  throw new SandboxError(`${stateFile(name)} is damaged`, {
    hint: `Restore it, or delete ${name} and create it again`,
  });
}

/** Reads the state of a sandbox that must have one; otherwise throws a SandboxError that says how to get it. */
export function requireState(name: SandboxName): SandboxState {
  const state = readState(name);
  if (state !== undefined) return state;
  throw new SandboxError(`${stateDirectory(name)}: sandbox ${name} has no root yet`, {
    hint: `Make it: systemctl start sandbox-root@${name}.service`,
  });
}

/** For callers that only show the state: undefined if it is missing or damaged. */
export function tryReadState(name: SandboxName): SandboxState | undefined {
  return parseState(readIfThere(stateFile(name)) ?? "");
}

/** Writes the state in one piece, readable only by root. */
export function writeState(name: SandboxName, state: SandboxState): void {
  replaceFile(stateFile(name), `${JSON.stringify(state, null, 2)}\n`);
}

/** All sandboxes with a readable state, sorted by name. */
export function readAllStates(): readonly { readonly name: SandboxName; readonly state: SandboxState }[] {
  if (!existsSync(stateRoot)) return [];
  return readdirSync(stateRoot)
    .filter(isSandboxName)
    .sort()
    .flatMap((name) => {
      const state = tryReadState(name);
      return state === undefined ? [] : [{ name, state }];
    });
}

/** Tells the steps that are not JavaScript which ids to mount with: `0:BASE:65536`, or `none`. */
export function writeIds(name: SandboxName, idBase: number | null): void {
  replaceFile(join(stateDirectory(name), "ids"), idBase === null ? "none\n" : `0:${idBase}:65536\n`);
}

/** Tells them the context for mounts that the sandbox can write, or `none`. */
export function writeContext(name: SandboxName, context: string | null): void {
  replaceFile(join(stateDirectory(name), "context"), `${context ?? "none"}\n`);
}

/** Reads the text of `writeContext`; null if it is missing, or `none`. */
export function readContext(name: SandboxName): string | null {
  const text = readIfThere(join(stateDirectory(name), "context"))?.trim() ?? "none";
  return text === "none" ? null : text;
}

/**
 * Replaces a file by a new one that root owns, which is first written to `fresh`. A reader sees the old or the new file,
 * even after a crash.
 */
export function replaceFile(path: string, text: string | Uint8Array, fresh = `${path}.new`): void {
  try {
    writeFile(fresh, text, { mode: 0o600, flush: true });
    renameSync(fresh, path);
  } catch (error) {
    removeIfThere(fresh);
    throw error;
  }
  syncFolder(dirname(path));
}

/** Makes sure that the names in a folder survive a power cut (fsync(2)). */
export function syncFolder(path: string): void {
  const folder = openSync(path, "r");
  try {
    withPath(path, () => {
      fsyncSync(folder);
    });
  } finally {
    closeSync(folder);
  }
}

/**
 * The path of a new file that will replace another. The process in it identifies the leftovers of killed processes, also
 * after a boot.
 */
export const besideOf = (path: string): string => `${path}.new-${process.pid}-${ownStart()}`;

/** Parses a state; undefined for any other text. */
export function parseState(text: string): SandboxState | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isState(value) ? value : undefined;
}

function isState(value: unknown): value is SandboxState {
  if (typeof value !== "object" || value === null) return false;
  const { version, uuid, machineId, idBase, level } = value as Partial<Record<keyof SandboxState, unknown>>;
  return (
    version === 1 &&
    typeof uuid === "string" &&
    /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(uuid) &&
    typeof machineId === "string" &&
    /^(?!0{32})[0-9a-f]{32}$/.test(machineId) &&
    (idBase === null || Number.isSafeInteger(idBase)) &&
    (level === undefined || typeof level === "string")
  );
}
