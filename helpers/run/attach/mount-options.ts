import { readFileSync } from "node:fs";
import { join } from "node:path";
import { stateDirectory } from "../../../generator/conf/paths.ts";
import { SandboxError } from "../../../generator/conf/sandbox-error.ts";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import type { IdMap, NewMount } from "../../host/mounts.ts";
import { orMissing } from "../../host/or-missing.ts";

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
