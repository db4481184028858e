import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { imageMountUnit } from "../../../generator/conf/image-unit.ts";
import { listSandboxes, loadConf } from "../../../generator/conf/load-conf.ts";
import { confFile, copyingFile, rootTree, stateDirectory, stateRoot } from "../../../generator/conf/paths.ts";
import { SandboxError } from "../../../generator/conf/sandbox-error.ts";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { verifyConf } from "../../../generator/conf/verify-conf.ts";
import { isImageMounted } from "../../sandbox/image/mount-image.ts";
import { hashText, readUnfinished, removeUnfinished, wasDone, writeUnfinished } from "../../sandbox/hold/unfinished.ts";
import { besideOf, syncFolder } from "../../sandbox/state.ts";
import type { Systemd } from "../../host/systemd.ts";
import { formatBytes } from "../../sandbox/format-bytes.ts";
import { orMissing } from "../../host/or-missing.ts";
import { explainFailure } from "../explain-failure.ts";
import { withProgress } from "../output.ts";
import { removeHalfMade, unmake } from "../../sandbox/remove-half-made.ts";

/**
 * Throws a SandboxError when there is a sandbox, or what is left of one, of that name; not when a killed command left it half-made, which
 * `makeOrUndo` replaces, nor when a killed one like this made it.
 */
export function requireFreeName(name: SandboxName): void {
  if (readUnfinished(name)?.task.kind === "making" || wasDone(name)) return;
  const other = listSandboxes().find((sandbox) => sandbox.name === name);
  if (other === undefined && !existsSync(stateDirectory(name))) return;
  throw new SandboxError(`the name ${name} is taken: ${other?.path ?? stateDirectory(name)} exists`, {
    hint: `Choose another, or remove it with \`sandboxcontainer delete ${name}\``,
  });
}

/**
 * Runs `make`, which makes a sandbox with this conf that was not there before: all or nothing, also when it is killed. The name has to be held.
 * Ends with the sandbox marked as made, which `removeUnfinished` takes back when all is said.
 */
export async function makeOrUndo(
  systemd: Systemd,
  name: SandboxName,
  text: string,
  make: () => Promise<void>,
): Promise<void> {
  if (wasDone(name)) return;
  await removeHalfMade(systemd, name);
  requireFreeName(name);
  mkdirSync(stateRoot, { recursive: true, mode: 0o700 });
  writeUnfinished(name, { kind: "making", conf: hashText(text) });
  try {
    await make();
  } catch (error) {
    await unmake(systemd, name);
    removeUnfinished(name);
    throw error;
  }
  writeUnfinished(name, { kind: "done" });
}

/** Writes a new conf. A link fails where a rename would replace: of two that create the same name, one wins. */
export function writeConf(name: SandboxName, text: string): void {
  const path = confFile(name);
  const beside = besideOf(path);
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(beside, text, { mode: 0o644, flush: true });
    linkSync(beside, path);
    syncFolder(dirname(path));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new SandboxError(
      code === "EEXIST" ? `the name ${name} is taken: ${path} exists` : `cannot write ${path}: ${message}`,
      {
        cause: error,
      },
    );
  } finally {
    rmSync(beside, { force: true });
  }
}

/** Has systemd make the root that a new conf asks for. */
export async function makeRoot(systemd: Systemd, name: SandboxName): Promise<void> {
  const { errors } = verifyConf(name);
  if (errors[0] !== undefined) throw errors[0];
  await withProgress(`Making the root of ${name}`, async (tell) => {
    await systemd.reload();
    const unit = `sandbox-root@${name}.service`;
    const watch = watchCopy(name, tell);
    try {
      // Of one that is mounted systemd would look for the device again, which may be there without udev knowing it.
      if (loadConf(name).Image !== undefined && !isImageMounted(name)) await startImage(systemd, name);
      // Not in the order of units, in which it waits for us who hold the sandbox.
      const result = await systemd.runJob("StartUnit", unit, "ignore-dependencies");
      if (result !== "done") throw await explainFailure(systemd, unit, `the root of ${name} could not be made`);
    } finally {
      clearInterval(watch);
    }
  });
}

/** Has systemd make the image of a sandbox, or check it, and mount it. */
export async function startImage(systemd: Systemd, name: SandboxName): Promise<void> {
  const unit = imageMountUnit(name);
  if ((await systemd.runJob("StartUnit", unit)) !== "done")
    throw await explainFailure(systemd, unit, `the image of ${name} could not be made`);
}

/** Tells how much of the host's data is copied, by what the root's file system has less; which others may use as well. */
function watchCopy(name: SandboxName, tell: (progress: string) => void): NodeJS.Timeout {
  let before: number | undefined;
  return setInterval(() => {
    const total = Number(orMissing(() => readFileSync(copyingFile(name), "utf8")) ?? 0);
    if (total === 0) return;
    // An image is mounted by now.
    const { bfree, bsize } = statfsSync(dirname(rootTree(name)));
    before ??= bfree * bsize;
    tell(`${formatBytes(Math.min(Math.max(before - bfree * bsize, 0), total))} of ${formatBytes(total)}`);
  }, 250);
}
