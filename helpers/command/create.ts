import { existsSync, linkSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { listSandboxes } from "../../generator/load-conf.ts";
import { verifyConf } from "../../generator/verify-conf.ts";
import { confFile, stateDirectory } from "../../generator/paths.ts";
import { SandboxError } from "../../generator/sandbox-error.ts";
import { parseSandboxName, type SandboxName } from "../../generator/sandbox-name.ts";
import { unmountImage } from "../image.ts";
import { connectSystemd, type Systemd } from "../systemd.ts";
import { renderConf } from "./conf-text.ts";
import type { CreateRequest } from "./create-arguments.ts";
import { showPlan } from "./dry-run.ts";
import { explainFailure } from "./explain-failure.ts";
import { findUnits } from "./find-units.ts";
import { print, printJson, withProgress } from "./output.ts";
import { removeState } from "./remove-state.ts";
import { requireRoot } from "./require-root.ts";

/** Writes the conf, lets systemd make the root, and enables and starts the sandbox if asked to. All or nothing. */
export async function createSandbox(request: CreateRequest): Promise<void> {
  const name = parseSandboxName(request.name);
  requireRoot();
  requireFreeName(name);
  const systemd = await connectSystemd();
  try {
    const units = await findUnits(systemd, request);
    const text = renderConf(request, units);
    if (request.dryRun) {
      await showPlan(name, text, request);
      return;
    }
    writeConf(name, text);
    try {
      await makeRoot(systemd, name);
      if (request.enable) await systemd.enableUnit(`sandbox@${name}.service`);
    } catch (error) {
      await undo(systemd, name);
      throw error;
    }
    // From here on there is a sandbox: one that does not start is there to be looked at.
    if (request.start) await start(systemd, name);
    report(request, name, units);
  } finally {
    systemd.close();
  }
}

function requireFreeName(name: SandboxName): void {
  const other = listSandboxes().find((sandbox) => sandbox.name === name);
  if (other === undefined && !existsSync(stateDirectory(name))) return;
  throw new SandboxError(`the name ${name} is taken: ${other?.path ?? stateDirectory(name)} exists`, {
    hint: `Choose another, or remove it with \`sandboxcontainer delete ${name}\``,
  });
}

// A link fails where a rename would replace: of two that create the same name, one wins.
function writeConf(name: SandboxName, text: string): void {
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

async function makeRoot(systemd: Systemd, name: SandboxName): Promise<void> {
  const [error] = verifyConf(name).errors;
  if (error !== undefined) throw error;
  await withProgress(`Making the root of ${name}`, async () => {
    await systemd.reload();
    const unit = `sandbox-root@${name}.service`;
    const result = await systemd.runJob("StartUnit", unit);
    if (result !== "done") throw await explainFailure(systemd, unit, `the root of ${name} could not be made`);
  });
}

async function undo(systemd: Systemd, name: SandboxName): Promise<void> {
  rmSync(confFile(name), { force: true });
  await unmountImage(systemd, name);
  await removeState(name);
  await systemd.reload();
  for (const step of ["root", "image"]) await systemd.resetFailed(`sandbox-${step}@${name}.service`);
}

async function start(systemd: Systemd, name: SandboxName): Promise<void> {
  const unit = `sandbox@${name}.service`;
  await withProgress(`Starting ${name}`, async () => {
    const result = await systemd.runJob("StartUnit", unit);
    if (result !== "done") throw await explainFailure(systemd, unit, `sandbox ${name} is made, but does not start`);
  });
}

function report(request: CreateRequest, name: SandboxName, units: readonly string[]): void {
  const unit = `sandbox@${name}.service`;
  if (request.json) {
    printJson({ name, conf: confFile(name), unit, units, started: request.start, enabled: request.enable });
    return;
  }
  print(
    request.start ? `Created and started ${name}` : `Created ${name}. Start it with: systemctl start sandbox@${name}`,
  );
}
