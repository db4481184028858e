import { existsSync, linkSync, mkdirSync, readFileSync, statfsSync } from "node:fs";
import { dirname } from "node:path";
import { describeError, SandboxError } from "../../../base/errors.ts";
import { orMissing, removeIfThere, writeFile } from "../../../base/files.ts";
import { confFile, copyingFile, rootTree, stateDirectory, stateRoot } from "../../../base/paths.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import { formatBytes } from "../../../base/text.ts";
import { imageMountUnit } from "../../../conf/conf.ts";
import { listSandboxes, loadConf } from "../../../conf/load-conf.ts";
import { verifyConf } from "../../../conf/verify-conf.ts";
import { renderNeeds } from "../../../generator/render/render-conditions.ts";
import type { JobMode, Systemd } from "../../host/systemd/systemd.ts";
import { listOf } from "../../host/systemd/unit-properties.ts";
import {
  hashText,
  readUnfinished,
  removeUnfinished,
  wasDone,
  writeDone,
  writeUnfinished,
} from "../../sandbox/hold/unfinished.ts";
import { isImageMounted } from "../../sandbox/image/mount-image.ts";
import { dropInFolder, removeHalfMade, unmake } from "../../sandbox/remove-sandbox.ts";
import { besideOf, syncFolder } from "../../sandbox/state.ts";
import { describeUnmet, explainFailure } from "../explain-failure.ts";
import { findUnmet } from "../find-causes.ts";
import { warn, withProgress } from "../output.ts";

/**
 * Throws a SandboxError if a sandbox of that name exists, or remains of one. It does not throw if a killed command left
 * the sandbox half-made, which `makeOrUndo` replaces. Nor does it throw if a killed command like this one made the
 * sandbox.
 */
export function requireFreeName(name: SandboxName): void {
  if (readUnfinished(name)?.task.kind === "making" || wasDone(name)) return;
  const other = listSandboxes().find((sandbox) => sandbox.name === name);
  if (other === undefined && !existsSync(stateDirectory(name))) return;
  throw new SandboxError(`the name ${name} is taken: ${other?.path ?? stateDirectory(name)} exists`, {
    hint: `Choose another name, or remove the sandbox with \`sandboxcontainer delete ${name}\``,
  });
}

/**
 * Runs `make`, which makes a new sandbox with this conf. All or nothing, even if it is killed. The caller must hold the
 * name. At the end the sandbox is marked as made. `conclude` removes the mark after the last message.
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
  const task = { kind: "making", conf: hashText(text), hadDropIns: existsSync(dropInFolder(name)) } as const;
  try {
    writeUnfinished(name, task);
    await make();
    writeDone(name);
  } catch (error) {
    // The first error says more than one of cleaning up. With the mark, the same command cleans up again.
    await unmake(systemd, name, task).then(
      () => {
        removeUnfinished(name);
      },
      () => undefined,
    );
    throw error;
  }
}

/** Writes a new conf. A link fails where a rename would replace: if two commands create the same name, one wins. */
export function writeConf(name: SandboxName, text: string): void {
  const path = confFile(name);
  const beside = besideOf(path);
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFile(beside, text, { mode: 0o644, flush: true });
    linkSync(beside, path);
    syncFolder(dirname(path));
  } catch (error) {
    throw new SandboxError(
      (error as NodeJS.ErrnoException).code === "EEXIST"
        ? `the name ${name} is taken: ${path} exists`
        : `cannot write ${path}: ${describeError(error)}`,
      { cause: error },
    );
  } finally {
    removeIfThere(beside);
  }
}

/** Makes systemd read a new conf and build its root. */
export async function makeRoot(systemd: Systemd, name: SandboxName): Promise<void> {
  const { errors } = verifyConf(name);
  if (errors[0] !== undefined) throw errors[0];
  await withProgress(`Making the root of ${name}`, async (tell) => {
    const conf = loadConf(name);
    const unit = `sandbox-root@${name}.service`;
    // Few confs change this unit. For others systemd knows it already, and makes the root while it reads the conf.
    const isKnown = conf.Image === undefined && renderNeeds(conf).length === 0;
    if (!isKnown) await systemd.reload();
    const watch = watchCopy(name, tell);
    try {
      // If it is already mounted, systemd would look for the device again. udev may not know the device although it
      // exists.
      if (conf.Image !== undefined && !isImageMounted(name)) await startImage(systemd, name);
      await startMounts(systemd, name, unit);
      // We ignore the order of the units: in it, this job would wait for us, because we hold the sandbox.
      await runStep(systemd, name, unit, "ignore-dependencies", isKnown ? () => systemd.reload() : undefined);
    } finally {
      clearInterval(watch);
    }
  });
}

/** Mounts what RequiresMountsFor= of the conf names. */
async function startMounts(systemd: Systemd, name: SandboxName, unit: string): Promise<void> {
  const needed = listOf(await systemd.readUnit(unit), "Requires");
  for (const mount of needed.filter((each) => each.endsWith(".mount") && each !== imageMountUnit(name)))
    if ((await systemd.runJob("StartUnit", mount)) !== "done")
      throw await explainFailure(systemd, mount, `the root of ${name} could not be made`);
}

/** Makes systemd create or check the image of a sandbox, and mount it. */
export const startImage = (systemd: Systemd, name: SandboxName): Promise<void> =>
  runStep(systemd, name, imageMountUnit(name));

async function runStep(
  systemd: Systemd,
  name: SandboxName,
  unit: string,
  mode?: JobMode,
  meanwhile?: () => Promise<void>,
): Promise<void> {
  const what = unit === imageMountUnit(name) ? "image" : "root";
  const failure = `the ${what} of ${name} could not be made`;
  const { ended } = await systemd.beginJob("StartUnit", unit, mode);
  const [result] = await Promise.all([ended, meanwhile?.()]);
  // For systemd a start that a condition prevents is a success.
  const unmet = await findUnmet(name);
  // A copy for another host may wait for a disk that is there now.
  if (unmet.length > 0 && what === "root" && existsSync(rootTree(name)))
    warn(`${name} is prepared at its next start, because ${unmet.join(" and ")} of its conf does not hold now`);
  else if (unmet.length > 0) throw describeUnmet(failure, unmet);
  else if (result !== "done") throw await explainFailure(systemd, unit, failure);
}

/**
 * Shows how much of the host's data is copied: the space that the root's file system has lost. Other writers count too.
 */
function watchCopy(name: SandboxName, tell: (progress: string) => void): NodeJS.Timeout {
  let before: number | undefined;
  return setInterval(() => {
    try {
      const total = Number(orMissing(() => readFileSync(copyingFile(name), "utf8")) ?? 0);
      if (total === 0) return;
      // An image is mounted by now.
      const { bfree, bsize } = statfsSync(dirname(rootTree(name)));
      before ??= bfree * bsize;
      tell(`${formatBytes(Math.min(Math.max(before - bfree * bsize, 0), total))} of ${formatBytes(total)}`);
    } catch {
      // Nobody could catch what a timer throws. Without the progress the copy goes on.
    }
  }, 250);
}
