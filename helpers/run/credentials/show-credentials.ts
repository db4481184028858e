import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describeError } from "../../../base/errors.ts";
import { orMissing, writeFile } from "../../../base/files.ts";
import { mountsDirectory, rootTree, runtimeDirectory } from "../../../base/paths.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import { isCredentialName } from "../../../conf/credentials.ts";
import { bind, mountNew, type NewMount } from "../../host/files/mounts.ts";
import { printWarning } from "../../host/process/run-helper.ts";
import { readFromTree } from "../../sandbox/tree/look-up.ts";
import { memoryMount, type MountOptions } from "../attach/mount-sources.ts";

/** Where they are inside (https://systemd.io/CONTAINER_INTERFACE, `$CREDENTIALS_DIRECTORY`). */
export const insideCredentials = "/run/host/credentials";

/** What libvirt shows there: the same memory, read-only. */
export const credentialsMount = (name: SandboxName): string => join(mountsDirectory(name), "credentials");

/** Where the host can change them. takeDown unmounts everything with such a name. */
export const heldCredentials = (name: SandboxName): string => join(runtimeDirectory(name), "mount-credentials");

/** Whose they are. */
export interface CredentialOwner {
  /** The user of Exec=, by name or number; null means root inside. */
  readonly user: string | null;
}

/**
 * Copies what systemd passed to this process (`from`, systemd.exec(5)) into memory that the inside can only read. Returns the
 * names. Throws a SandboxError if it cannot be mounted.
 */
export function showCredentials(
  name: SandboxName,
  owner: CredentialOwner,
  options: MountOptions,
  from = process.env["CREDENTIALS_DIRECTORY"],
): readonly string[] {
  const held = heldCredentials(name);
  mkdirSync(held, { mode: 0o700 });
  mountMemory(memoryMount(options, held, { mode: "0500", size: "2M", nr_inodes: "4k" }));
  const names = copyCredentials(name, owner, options, from);
  bind({ from: held, to: credentialsMount(name), flags: ["ro", "nosuid", "nodev"], isPrivate: true });
  return names;
}

// Linux has this since 6.4.
function mountMemory(mount: NewMount): void {
  try {
    mountNew({ ...mount, options: { ...mount.options, noswap: true } });
  } catch (error) {
    mountNew(mount);
    printWarning(`this kernel may write credentials to the swap space: ${describeError(error)}`);
  }
}

/** The same for a sandbox that runs: each file is the old or the new one. What is no longer passed goes. */
export function copyCredentials(
  name: SandboxName,
  { user }: CredentialOwner,
  options: Pick<MountOptions, "owner">,
  from = process.env["CREDENTIALS_DIRECTORY"],
): readonly string[] {
  const held = heldCredentials(name);
  const owner = options.owner + findUser(name, user);
  const names = listCredentials(from);
  for (const each of names) {
    // systemd takes no name that begins like this.
    const fresh = join(held, `.#${each}`);
    writeFile(fresh, readFileSync(join(from ?? "", each)), { mode: 0o400 });
    chownSync(fresh, owner, options.owner);
    renameSync(fresh, join(held, each));
  }
  for (const old of readdirSync(held)) if (!names.includes(old)) rmSync(join(held, old));
  chownSync(held, owner, options.owner);
  chmodSync(held, 0o500);
  return names;
}

// Without any, systemd may not have made the folder.
const listCredentials = (from: string | undefined): readonly string[] =>
  from === undefined
    ? []
    : (orMissing(() => readdirSync(from, { withFileTypes: true })) ?? [])
        .flatMap((entry) => (entry.isFile() ? [entry.name] : []))
        .sort();

const longestPasswd = 1024 * 1024;

/**
 * Finds the number of a user in the sandbox's own passwd(5), which root inside can change: he only decides who of his may read
 * what is his. Of a user who is not there inside/init tells.
 */
function findUser(name: SandboxName, user: string | null): number {
  if (user === null) return 0;
  if (/^\d+$/.test(user)) return Number(user);
  const text = readFromTree(rootTree(name), "/etc/passwd", longestPasswd)?.toString() ?? "";
  const fields = text.split("\n").map((line) => line.split(":"));
  const id = Number(fields.find(([login]) => login === user)?.[2] ?? 0);
  return Number.isInteger(id) && id >= 0 && id < 65536 ? id : 0;
}

/**
 * The drop-in that makes systemd inside pass them on to a unit. An import can bring a name with which the unit would not start: that
 * one is left out.
 */
export function renderInsideCredentials(names: readonly string[]): string {
  const lines = names.filter(isCredentialName).map((name) => `LoadCredential=${name.replaceAll("%", "%%")}\n`);
  return `[Service]\n${lines.join("")}`;
}
