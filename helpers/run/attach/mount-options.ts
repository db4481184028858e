import { readFileSync } from "node:fs";
import { join } from "node:path";
import { stateDirectory } from "../../../generator/conf/paths.ts";
import { SandboxError } from "../../../generator/conf/sandbox-error.ts";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { orMissing } from "../../host/or-missing.ts";

/** The mount options that depend on a sandbox's ids and label, as texts for mount(8). */
export interface MountOptions {
  /** The host's number for the sandbox's root user. */
  readonly owner: number;
  /** Maps the ids on disk to the sandbox's, so that no file changes its owner on disk: `,X-mount.idmap=…`, or empty. */
  readonly idMap: string;
  /** Gives a mount the sandbox's label: `,context="…"`, or empty. */
  readonly label: string;
}

/** Reads the files that populate and label wrote. Throws a SandboxError. */
export const readMountOptions = (name: SandboxName): MountOptions =>
  renderMountOptions(readState(name, "ids"), readState(name, "context"));

/** `ids` is `0:BASE:65536` or `none`; `context` is an SELinux context or `none`. */
export function renderMountOptions(ids: string, context: string): MountOptions {
  const label = context === "none" ? "" : `,context="${context}"`;
  if (ids === "none") return { owner: 0, idMap: "", label };
  const base = /^0:(\d+):\d+$/.exec(ids)?.[1];
  if (base === undefined) throw new SandboxError(`\`${ids}\` is not a range of ids`);
  return { owner: Number(base), idMap: `,X-mount.idmap=${ids}`, label };
}

/**
 * Options for memory that the sandbox can write. New files there have no label with the sandbox's level to inherit, so
 * the mount sets the label.
 */
export const memoryOptions = ({ owner, label }: MountOptions): string =>
  `private,nosuid,nodev,uid=${owner},gid=${owner},nr_inodes=100k${label}`;

function readState(name: SandboxName, file: string): string {
  const path = join(stateDirectory(name), file);
  const line = orMissing(() => readFileSync(path, "utf8"))?.split("\n", 1)[0];
  if (line !== undefined && line !== "") return line;
  throw new SandboxError(`${path} is missing or empty`, { hint: `Make it: systemctl restart sandbox-root@${name}` });
}
