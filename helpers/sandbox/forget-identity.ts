import { fsyncSync, rmSync } from "node:fs";
import { join } from "node:path";
import { manifestFile, rootTree } from "../../generator/conf/paths.ts";
import type { SandboxName } from "../../generator/conf/sandbox-name.ts";
import type { ManifestEntry } from "./manifest/entry.ts";
import { formatManifest } from "./manifest/manifest.ts";
import { readManifest } from "./manifest/read-manifest.ts";
import { replaceFile } from "./state.ts";
import { beneath, withParent } from "./tree/beneath.ts";
import { hasContent, lookUpInTree } from "./tree/look-up.ts";
import { orMissing } from "../host/or-missing.ts";
import { withPath } from "../host/with-path.ts";

// See planIdentity.
const namedFiles = ["/etc/hostname", "/etc/hosts"];
const identityFile = "/etc/machine-id";

/**
 * Removes the files with the sandbox's name from a tree and its manifest, unless somebody changed them, and also its
 * machine-id if it gets another. populate makes everything anew that is missing in both. Nothing may run in the tree.
 * A command that was killed when it had begun this has perhaps removed the files, but not the entries.
 */
export function forgetIdentity(
  name: SandboxName,
  what: "name" | "name and machine-id",
  { wasBegun = false }: { readonly wasBegun?: boolean } = {},
): void {
  const manifest = readManifest(name);
  if (manifest === undefined) return;
  const tree = rootTree(name);
  const isForgotten = (entry: ManifestEntry): boolean =>
    entry.path === identityFile
      ? what !== "name"
      : namedFiles.includes(entry.path) &&
        entry.kind === "file" &&
        entry.content !== undefined &&
        ((wasBegun && lookUpInTree(tree, entry.path) === undefined) || hasContent(tree, entry.path, entry.content));
  const forgotten = manifest.entries.filter(isForgotten);
  for (const { path } of forgotten) {
    orMissing(() =>
      withParent(tree, path, (directory, last) => {
        rmSync(beneath(directory, last), { force: true });
        // An image has a journal of its own: a file that a power cut brings back would stay if it were in no manifest.
        withPath(join(tree, path), () => {
          fsyncSync(directory);
        });
      }),
    );
  }
  const entries = manifest.entries.filter((entry) => !forgotten.includes(entry));
  replaceFile(manifestFile(name), formatManifest({ ...manifest, entries }));
}
