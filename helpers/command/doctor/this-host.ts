import { existsSync, readFileSync, readlinkSync, statfsSync } from "node:fs";
import { join } from "node:path";
import { usesDhcp } from "../../../generator/conf/check-network.ts";
import { listSandboxes, loadAllConfs, loadConfText } from "../../../generator/conf/load-conf.ts";
import type { Output } from "../../../generator/output.ts";
import { rootDirectory } from "../../../generator/conf/paths.ts";
import { parseSandboxName } from "../../../generator/conf/sandbox-name.ts";
import { planOutput } from "../../../generator/plan-output.ts";
import { findLeftovers, type Leftovers } from "../../sandbox/hold/leftovers.ts";
import { findController } from "../../host/find-controller.ts";
import { run } from "../../host/run.ts";
import { readAllStates } from "../../sandbox/state.ts";
import { isConfined } from "../sandbox-facts.ts";
import type { Host, Sandboxes } from "./check.ts";

/** Reads the state of the host that we run on. */
export async function lookAtHost(): Promise<Host> {
  return {
    read: readIfThere,
    exists: existsSync,
    async run(command, ...args) {
      try {
        return (await run(command, args, { timeout: 30_000 })).stdout;
      } catch {
        return undefined;
      }
    },
    space(path) {
      try {
        const { bsize, bavail, blocks } = statfsSync(path);
        return { free: bavail * bsize, total: blocks * bsize };
      } catch {
        return undefined;
      }
    },
    sandboxes: lookAtSandboxes(await findLeftovers()),
  };
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8").trimEnd();
  } catch {
    return undefined;
  }
}

function lookAtSandboxes(leftovers: Leftovers): Sandboxes {
  const all = loadAllConfs();
  const { outputs, problems } = planOutput(all, rootDirectory);
  const states = readAllStates().map(({ state }) => state);
  // If there is no sandbox yet, we use the one that would be made next.
  const next = loadConfText(parseSandboxName("next"), "", "");
  const confs = (all.sandboxes.length > 0 ? all.sandboxes : [next]).map(({ conf }) => conf);
  return {
    names: listSandboxes().map(({ name }) => name),
    confErrors: problems,
    allUnlabelled: confs.every(({ Label }) => Label.kind === "none"),
    unconfined: listSandboxes().flatMap(({ name }) => {
      const controller = findController(name);
      return controller === undefined || isConfined(name, controller.initPid) ? [] : [name];
    }),
    dhcpNetworks: [
      ...new Set(
        all.sandboxes.flatMap(({ conf }) =>
          conf.Network.kind === "libvirt" && usesDhcp(conf) ? [conf.Network.name] : [],
        ),
      ),
    ].sort(),
    stale: [
      ...new Set(
        outputs.filter(isStale).flatMap(({ path }) => /sandbox(?:-root)?@(.*?)\.service/.exec(path)?.[1] ?? path),
      ),
    ],
    idRanges: states.filter(({ idBase }) => idBase !== null).length,
    levels: states.filter(({ level }) => level !== undefined).length,
    leftovers,
  };
}

function isStale(output: Output): boolean {
  const path = join(rootDirectory, "run/systemd/generator", output.path);
  try {
    return output.kind === "link" ? readlinkSync(path) !== output.target : readFileSync(path, "utf8") !== output.text;
  } catch {
    return true;
  }
}
