import { existsSync, readFileSync, readlinkSync, statfsSync, statSync } from "node:fs";
import { join } from "node:path";
import { rootDirectory, stateDirectory, stateRoot } from "../../../base/paths.ts";
import { parseSandboxName } from "../../../base/sandbox-name.ts";
import { usesDhcp } from "../../../conf/check-network.ts";
import { type Conf, takesSnapshots } from "../../../conf/conf.ts";
import { listSandboxes, loadAllConfs, loadConfText } from "../../../conf/load-conf.ts";
import { kernelPorts } from "../../../conf/values/publish.ts";
import type { Output } from "../../../generator/output.ts";
import { planOutput } from "../../../generator/plan-output.ts";
import { findController } from "../../host/libvirt/find-controller.ts";
import { run } from "../../host/process/run.ts";
import { describeLocalOnly, findLocalOnly } from "../../run/ports/find-local-only.ts";
import { openLoadedRules } from "../../run/ports/load-rules.ts";
import { listTaken } from "../../run/ports/plan-ports.ts";
import { findTakenPorts } from "../../run/ports/refuse-taken.ts";
import { tryReadRunning } from "../../run/running/read-running.ts";
import { findLeftovers, type Leftovers } from "../../sandbox/hold/leftovers.ts";
import { findFormer, listOrphans } from "../../sandbox/orphans.ts";
import { ownStamp } from "../../sandbox/populate/record-content.ts";
import { readAllStates } from "../../sandbox/state.ts";
import { checkInstalled } from "../conf/find-mistakes.ts";
import { isConfined } from "../sandbox-facts.ts";
import type { Host, PortFacts, Sandboxes } from "./check.ts";

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
    sandboxes: await lookAtSandboxes(await findLeftovers()),
  };
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8").trimEnd();
  } catch {
    return undefined;
  }
}

async function lookAtSandboxes(leftovers: Leftovers): Promise<Sandboxes> {
  const all = loadAllConfs();
  const { outputs, problems } = planOutput(all, rootDirectory);
  const named = readAllStates();
  const states = named.map(({ state }) => state);
  // If there is no sandbox yet, we use the one that would be made next.
  const next = loadConfText(parseSandboxName("next"), "", "");
  const confs = (all.sandboxes.length > 0 ? all.sandboxes : [next]).map(({ conf }) => conf);
  return {
    names: listSandboxes().map(({ name }) => name),
    withSnapshots: all.sandboxes.filter(({ conf }) => takesSnapshots(conf)).map(({ name }) => name),
    confErrors: problems,
    uninstalled: await lookAtInstalled(all.sandboxes.map(({ conf }) => conf)),
    orphans: lookAtOrphans(all.sandboxes.map(({ conf }) => conf)),
    limited: all.sandboxes.flatMap(({ conf }) => (conf.resources.length > 0 ? [conf.name] : [])),
    allUnlabelled: confs.every(({ Label }) => Label.kind === "none"),
    unconfined: listUnconfined(),
    dhcpNetworks: [
      ...new Set(
        all.sandboxes.flatMap(({ conf }) =>
          conf.Network.kind === "libvirt" && usesDhcp(conf) ? [conf.Network.name] : [],
        ),
      ),
    ].sort(),
    ports: await lookAtPorts(all.sandboxes.map(({ conf }) => conf)),
    stale: [
      ...new Set(
        outputs
          .filter(isStale)
          .flatMap(({ path }) => /sandbox(?:-root|-snapshot)?@(.*?)\.(?:service|timer)/.exec(path)?.[1] ?? path),
      ),
    ],
    mapped: listMapped(all.sandboxes.map(({ conf }) => conf)),
    shared: listShared(named),
    idRanges: states.filter(({ idBase }) => idBase !== null).length,
    levels: states.filter(({ level }) => level !== undefined).length,
    leftovers,
  };
}

const listUnconfined = (): readonly string[] =>
  listSandboxes().flatMap(({ name }) => {
    const controller = findController(name);
    return controller === undefined || isConfined(name, controller.initPid) ? [] : [name];
  });

async function lookAtPorts(confs: readonly Conf[]): Promise<PortFacts> {
  const some = confs.filter((conf) => kernelPorts(conf).length > 0);
  const areLoaded = await openLoadedRules();
  const running = some.flatMap((conf) => {
    const controller = findController(conf.name);
    return controller === undefined ? [] : [{ conf, pid: controller.initPid }];
  });
  return {
    names: some.map(({ name }) => name),
    lost: running.map(({ conf }) => conf.name).filter((name) => !areLoaded(name)),
    local: running.flatMap(({ conf, pid }) => findLocalOnly(conf, pid).map(describeLocalOnly)),
    // On demand systemd listens there, and also until the next start of one that was started with PublishBy=proxy or by an
    // earlier version.
    shadowed: running
      .filter(({ conf }) => !conf.OnDemand && (tryReadRunning(conf.name)?.ports ?? null) !== null)
      .flatMap(({ conf }) =>
        findTakenPorts(listTaken(conf)).map(
          ({ protocol, port }) =>
            `a program of this host listens on ${protocol.toUpperCase()} port ${port}, and nobody reaches it: that leads to sandbox ${conf.name}`,
        ),
      ),
  };
}

const lookAtInstalled = async (confs: readonly Conf[]): Promise<readonly string[]> =>
  [...(await checkInstalled(confs)).values()].flatMap((errors) => errors.map(({ message }) => message));

const lookAtOrphans = (confs: readonly Conf[]): Sandboxes["orphans"] =>
  listOrphans().map((name) => ({
    name,
    followers: confs.flatMap((conf) => (findFormer(conf.name, ownStamp(conf)).includes(name) ? [conf.name] : [])),
  }));

function listMapped(confs: readonly Conf[]): readonly string[] {
  const deviceOf = (path: string): number | undefined => statSync(path, { throwIfNoEntry: false })?.dev;
  const seen = new Set([deviceOf(stateRoot)]);
  return confs
    .filter((conf) => conf.UserNamespace)
    .flatMap(({ name, Mount: mounts }) => [
      stateDirectory(name),
      ...mounts.flatMap((mount) => (mount.kind === "host-bind" ? [mount.source] : [])),
    ])
    .filter((path) => {
      const device = deviceOf(path);
      if (device === undefined || seen.has(device)) return false;
      seen.add(device);
      return true;
    });
}

/** Lists what two sandboxes have that only one should have. */
export function listShared(states: ReturnType<typeof readAllStates>): readonly string[] {
  const kinds = { idBase: "host ids", level: "level", uuid: "uuid", machineId: "machine-id" } as const;
  return (["idBase", "level", "uuid", "machineId"] as const).flatMap((key) =>
    [...Map.groupBy(states, ({ state }) => state[key] ?? undefined)]
      .filter(([value, holders]) => value !== undefined && holders.length > 1)
      .map(([, holders]) => `${holders.map(({ name }) => name).join(" and ")} have the same ${kinds[key]}`),
  );
}

function isStale(output: Output): boolean {
  const path = join(rootDirectory, "run/systemd/generator", output.path);
  try {
    return output.kind === "link" ? readlinkSync(path) !== output.target : readFileSync(path, "utf8") !== output.text;
  } catch {
    return true;
  }
}
