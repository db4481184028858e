import { join } from "node:path";
import { helperDirectory } from "../../../base/paths.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import { run } from "../../host/process/run.ts";
import { snapshotFolder } from "./snapshots.ts";

/** What a snapshot takes on disk, in bytes. */
export interface Size {
  readonly bytes: number;
  /**
   * What of that no other file shares: a removal frees it, and perhaps more, if only other snapshots have the rest. Null if the file
   * system does not tell.
   */
  readonly ownBytes: number | null;
}

/** Measures snapshots of a sandbox, in their order. It looks at each file of them, and reads none. */
export async function measureSnapshots(name: SandboxName, snapshots: readonly string[]): Promise<readonly Size[]> {
  if (snapshots.length === 0) return [];
  const folders = snapshots.map((snapshot) => snapshotFolder(name, snapshot));
  const { stdout } = await run(join(helperDirectory, "measure-tree"), folders);
  return parseSizes(stdout);
}

/** Parses lines of two numbers; the second may be `-`. */
export const parseSizes = (text: string): readonly Size[] =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [bytes = "", own = ""] = line.split(" ");
      return { bytes: Number(bytes), ownBytes: own === "-" ? null : Number(own) };
    });
