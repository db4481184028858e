import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { listSandboxes } from "../../generator/load-conf.ts";
import { confFile, copyingFile, rootTree, stateDirectory } from "../../generator/paths.ts";
import { SandboxError } from "../../generator/sandbox-error.ts";
import type { SandboxName } from "../../generator/sandbox-name.ts";
import { verifyConf } from "../../generator/verify-conf.ts";
import { unmountImage } from "../image.ts";
import type { Systemd } from "../systemd.ts";
import { formatBytes } from "../format-bytes.ts";
import { orMissing } from "../tree/or-missing.ts";
import { explainFailure } from "./explain-failure.ts";
import { withProgress } from "./output.ts";
import { removeState } from "./remove-state.ts";

/** Throws a SandboxError when there is a sandbox, or what is left of one, of that name. */
export function requireFreeName(name: SandboxName): void {
  const other = listSandboxes().find((sandbox) => sandbox.name === name);
  if (other === undefined && !existsSync(stateDirectory(name))) return;
  throw new SandboxError(`the name ${name} is taken: ${other?.path ?? stateDirectory(name)} exists`, {
    hint: `Choose another, or remove it with \`sandboxcontainer delete ${name}\``,
  });
}

/** Writes a new conf. A link fails where a rename would replace: of two that create the same name, one wins. */
export function writeConf(name: SandboxName, text: string): void {
  const path = confFile(name);
  const beside = `${path}.new-${process.pid}`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(beside, text, { mode: 0o644, flush: true });
    linkSync(beside, path);
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
  const [error] = verifyConf(name).errors;
  if (error !== undefined) throw error;
  await withProgress(`Making the root of ${name}`, async (tell) => {
    await systemd.reload();
    const unit = `sandbox-root@${name}.service`;
    const watch = watchCopy(name, tell);
    const result = await systemd.runJob("StartUnit", unit).finally(() => {
      clearInterval(watch);
    });
    if (result !== "done") throw await explainFailure(systemd, unit, `the root of ${name} could not be made`);
  });
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

/** Removes what there is of a sandbox that could not be made. */
export async function unmake(systemd: Systemd, name: SandboxName): Promise<void> {
  rmSync(confFile(name), { force: true });
  await unmountImage(systemd, name);
  await removeState(name);
  await systemd.reload();
  for (const step of ["root", "image"]) await systemd.resetFailed(`sandbox-${step}@${name}.service`);
}
