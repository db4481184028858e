import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Conf } from "../../generator/conf.ts";
import { loadConf } from "../../generator/load-conf.ts";
import { runtimeDirectory } from "../../generator/paths.ts";
import { SandboxError } from "../../generator/sandbox-error.ts";
import type { SandboxName } from "../../generator/sandbox-name.ts";
import { type Controller, findController, waitForEnd } from "../controller.ts";
import { connectLibvirt, type Libvirt } from "../libvirt.ts";
import { printError } from "../run-helper.ts";
import { requireStamp } from "../populate/stamp.ts";
import { processContext } from "../selinux.ts";
import { requireState, tryReadState } from "../state.ts";
import { copyConsole, findConsole } from "./console.ts";
import { renderDomain } from "./domain-xml.ts";
import { planInside, writeInside } from "./inside-files.ts";
import { limitResources } from "./limit-resources.ts";
import { attachMounts, attachRoot, keepNetwork } from "./mounts.ts";
import { planDomain } from "./plan-domain.ts";
import { requirePorts } from "./published-ports.ts";
import { type Outcome, watchReadiness } from "./readiness.ts";

/** Starts a sandbox whose root is populated, and returns when its service is ready. */
export async function launchSandbox(name: SandboxName): Promise<void> {
  // These two take as long as all the rest before the start: begin with them.
  const attached = attachRoot(name);
  const libvirt = connectLibvirt();
  const conf = loadConf(name);
  const context = processContext(conf.Label, tryReadState(name)?.level);
  requireStamp(conf);
  const state = requireState(name);
  const idBase = conf.UserNamespace ? state.idBase : null;
  const at = runtimeDirectory(name);

  await attached;
  writeInside(join(at, "run"), idBase ?? 0, planInside(conf));
  attachMounts(conf, idBase);
  const xml = renderDomain(planDomain(conf, { ...state, idBase }, context));
  writeFileSync(join(at, "domain.xml"), xml, { mode: 0o600 });

  const readiness = watchReadiness(join(at, "run/host"));
  await requirePorts(conf);
  const liveXml = await libvirt.createDomain(xml);
  try {
    copyConsole(findConsole(liveXml));
    const controller = controllerOf(name);
    limitResources(conf, controller);
    if (conf.Publish.length > 0) keepNetwork(name, controller);
    await reportOutcome(conf, await readiness.waitForOutcome(controller.pid), controller);
  } catch (error) {
    await abandon(libvirt, name);
    throw error;
  }
}

function controllerOf(name: SandboxName): Controller {
  const controller = findController(name);
  if (controller === undefined) throw new SandboxError(`the container of ${name} ended while it started`);
  return controller;
}

async function reportOutcome(conf: Conf, outcome: Outcome, controller: Controller): Promise<void> {
  if (outcome.kind === "ready") return;
  // It is on its way down: what it says last belongs into the journal before we leave.
  await waitForEnd(controller.pid, 5000);
  if (outcome.kind === "gone") {
    throw new SandboxError(`the container of ${conf.name} ended before its service was ready`, {
      hint: "The lines above are its console",
    });
  }
  if (outcome.report !== "") printError(outcome.report);
  const what = conf.Unit.length > 0 ? conf.Unit.join(", ") : (conf.Exec?.words[0] ?? "the command");
  throw new SandboxError(`${what} did not start in the sandbox: ${outcome.how}`, {
    hint: `Look around in it with \`sandboxcontainer show ${conf.name}\` and \`sandboxcontainer logs ${conf.name}\``,
  });
}

// detach takes down the rest, as after every stop.
async function abandon(libvirt: Libvirt, name: SandboxName): Promise<void> {
  try {
    await libvirt.destroyDomain(name);
  } catch {
    // The error that brought us here is the one to read.
  }
}
