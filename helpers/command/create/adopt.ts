import { existsSync, mkdirSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import { ConfErrors, SandboxError } from "../../../base/errors.ts";
import { writeFile } from "../../../base/files.ts";
import { confFile, imageMountPoint, stateDirectory, stateRoot } from "../../../base/paths.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import { type ConfTexts, loadConfText, loadConfTexts } from "../../../conf/load-conf.ts";
import { verifyLoaded } from "../../../conf/verify-conf.ts";
import { run } from "../../host/process/run.ts";
import type { Systemd } from "../../host/systemd/systemd.ts";
import { forgetIdentity, keepsIdentity } from "../../sandbox/identity.ts";
import { hasImage, mountImage } from "../../sandbox/image/mount-image.ts";
import { resizeImage } from "../../sandbox/image/resize-image.ts";
import { forgetKeys } from "../../sandbox/made-keys.ts";
import { dropInFolder } from "../../sandbox/remove-sandbox.ts";
import { copyTree } from "../../sandbox/snapshots/copy-root.ts";
import { syncFolder } from "../../sandbox/state.ts";
import { makeOrUndo, makeRoot, startImage, writeConf } from "./make-sandbox.ts";

/**
 * The parts of a sandbox to be made: a conf, a folder with a root and its manifest, and a state if it keeps its
 * identity.
 */
export interface Newcomer {
  readonly name: SandboxName;
  readonly text: string;
  /** The drop-ins by file name. */
  readonly dropIns: ReadonlyMap<string, string>;
  readonly folder: string;
}

/** Throws ConfErrors with everything that is wrong in the conf of a new sandbox. */
export function verifyNewcomer(name: SandboxName, texts: ConfTexts): void {
  const { errors } = verifyLoaded(loadConfTexts(name, confFile(name), texts));
  if (errors.length > 0) throw new ConfErrors(errors);
}

/**
 * Makes a sandbox from the conf and data of another one, with its own name, ids and level. All or nothing. The caller
 * must hold the name.
 */
export async function adopt(systemd: Systemd, newcomer: Newcomer): Promise<void> {
  const { name, text } = newcomer;
  verifyNewcomer(name, newcomer);
  await makeOrUndo(systemd, name, text, () => moveIn(systemd, newcomer));
}

async function moveIn(systemd: Systemd, { name, text, dropIns, folder }: Newcomer): Promise<void> {
  const dropInsHere = dropInFolder(name);
  if (existsSync(dropInsHere))
    throw new SandboxError(`${dropInsHere} already exists`, { hint: "Remove it, or choose another name" });
  await run("sync", ["--file-system", folder]);
  renameSync(folder, stateDirectory(name));
  const forgotten = keepsIdentity(name) ? "name" : "name and machine-id";
  syncFolder(stateRoot);
  if (dropIns.size > 0) mkdirSync(dropInsHere, { recursive: true });
  for (const [file, dropIn] of dropIns) writeFile(join(dropInsHere, file), dropIn, { mode: 0o644, flush: true });
  writeConf(name, text);
  await systemd.reload();
  const { conf } = loadConfText(name, confFile(name), text);
  if (conf.Image !== undefined) await settleInImage(systemd, name, conf.Image);
  forgetIdentity(name, forgotten);
  if (forgotten !== "name") forgetKeys(name);
  await makeRoot(systemd, name);
}

/** Makes a root, or an image of another size, fit Image= of its conf. */
export async function settleInImage(systemd: Systemd, name: SandboxName, bytes: number): Promise<void> {
  const state = stateDirectory(name);
  const image = join(state, "root.img");
  if (hasImage(name)) {
    if (statSync(image).size !== bytes) await resizeImage(image, bytes);
    await mountImage(systemd, name);
    return;
  }
  // A folder becomes the root. For Image=, an image is made from it, as for a new sandbox.
  const folder = join(state, "root.folder");
  renameSync(join(state, "root"), folder);
  await startImage(systemd, name);
  const fresh = join(imageMountPoint(name), "root.moving");
  await copyTree(folder, fresh);
  renameSync(fresh, join(imageMountPoint(name), "root"));
  await run("rm", ["-rf", "--one-file-system", "--", folder]);
}
