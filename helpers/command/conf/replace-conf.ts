import { chmodSync, chownSync, existsSync, readFileSync, renameSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { ConfErrors, SandboxError } from "../../../base/errors.ts";
import { removeIfThere, writeFile } from "../../../base/files.ts";
import { confDirectories, confFile, rootTree } from "../../../base/paths.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import { findDropIns } from "../../../conf/conf-files.ts";
import { type ConfTexts, listSandboxes, loadConfText } from "../../../conf/load-conf.ts";
import { verifyLoaded } from "../../../conf/verify-conf.ts";
import { hasImage } from "../../sandbox/image/mount-image.ts";
import { besideOf, syncFolder } from "../../sandbox/state.ts";
import { digestOf } from "../../sandbox/tree/look-up.ts";

/**
 * Reads the conf that the administrator may change. Throws a SandboxError if there is none, if it is not theirs, or if
 * its SHA-256 is not `was`.
 */
export function readOwnConf(name: SandboxName, was?: string): string {
  const path = listSandboxes().find((sandbox) => sandbox.name === name)?.path;
  if (path === confFile(name)) {
    const bytes = readFileSync(path);
    if (was === undefined || digestOf([bytes]) === was) return bytes.toString();
    throw new SandboxError(`the conf of ${name} has changed meanwhile`, {
      hint: `Nothing was changed. Look at it again: sandboxcontainer show ${name}`,
    });
  }
  throw path === undefined
    ? new SandboxError(`sandbox ${name} has no conf`, { hint: `Write one: ${confFile(name)}` })
    : new SandboxError(`the conf of ${name} is ${path}, which the administrator cannot change`, {
        hint: `Make a copy that takes precedence, and change the copy: cp ${path} ${confFile(name)}`,
      });
}

/** Replaces the conf with a text if the text is valid. Otherwise throws ConfErrors. */
export function replaceConf(name: SandboxName, text: string): void {
  const { errors } = verifyLoaded(loadConfText(name, confFile(name), text));
  if (errors.length > 0) throw new ConfErrors(errors);
  const path = confFile(name);
  const beside = besideOf(path);
  const { mode, uid, gid } = statSync(path);
  try {
    writeFile(beside, text, { mode: 0o600, flush: true });
    chownSync(beside, uid, gid);
    chmodSync(beside, mode & 0o7777);
    renameSync(beside, path);
    syncFolder(dirname(path));
  } finally {
    removeIfThere(beside);
  }
}

/** Reads the conf of a sandbox that has a root, in whichever folder it is. Throws a SandboxError. */
export function readSource(source: SandboxName): ConfTexts {
  const path = listSandboxes().find((sandbox) => sandbox.name === source)?.path;
  if (path === undefined)
    throw new SandboxError(`sandbox ${source} has no conf`, { hint: `Write one: ${confFile(source)}` });
  if (!existsSync(rootTree(source)) && !hasImage(source))
    throw new SandboxError(`sandbox ${source} has no root yet`, {
      hint: `Make it: systemctl start sandbox-root@${source}.service`,
    });
  const dropIns = findDropIns(confDirectories.map((folder) => join(folder, `${source}.conf.d`)));
  return {
    text: readFileSync(path, "utf8"),
    dropIns: new Map(dropIns.map((file) => [basename(file), readFileSync(file, "utf8")])),
  };
}
