import { fsyncSync, rmSync } from "node:fs";
import { join } from "node:path";
import { orMissing, withPath } from "../../base/files.ts";
import { manifestFile, rootTree, stateFile } from "../../base/paths.ts";
import type { SandboxName } from "../../base/sandbox-name.ts";
import type { ManifestEntry } from "./manifest/entry.ts";
import { formatManifest, readManifest } from "./manifest/manifest.ts";
import { readAllStates, replaceFile, type SandboxState, tryReadState } from "./state.ts";
import { beneath, withParent } from "./tree/beneath.ts";
import { hasContent, lookUpInTree } from "./tree/look-up.ts";

/** What a sandbox is known by in networks and to itself. */
export type Identity = Pick<SandboxState, "uuid" | "machineId">;

/** Whether another sandbox of this host has one of them. `own` is the sandbox itself, if it is there already. */
export const isIdentityTaken = ({ uuid, machineId }: Identity, own?: SandboxName): boolean =>
  readAllStates().some(
    ({ name, state: other }) =>
      name !== own && (macPart(other.uuid) === macPart(uuid) || other.machineId === machineId),
  );

// makeMac makes the MAC address from the beginning of the uuid. Two uuids with the same beginning would share an address.
const macPart = (uuid: string): string => uuid.replaceAll("-", "").slice(0, 10);

/**
 * Whether the sandbox that has just come to its place keeps an identity. Another copy may have come at the same time: if
 * both see each other here, both give it up.
 */
export function keepsIdentity(name: SandboxName): boolean {
  const state = tryReadState(name);
  if (state === undefined || !isIdentityTaken(state, name)) return state !== undefined;
  rmSync(stateFile(name), { force: true });
  return false;
}

// See planIdentity.
const namedFiles = ["/etc/hostname", "/etc/hosts"];
const identityFile = "/etc/machine-id";

/**
 * Removes the files with the sandbox's name from a tree and its manifest, unless somebody changed them, and also its
 * machine-id if it gets another. populate makes everything again that is missing in both. Nothing may run in the tree.
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
