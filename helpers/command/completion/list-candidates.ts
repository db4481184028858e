import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { loadConf } from "../../../generator/conf/load-conf.ts";
import { isSandboxName, type SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { listNetworks } from "../../host/libvirt-networks.ts";
import { runQuick } from "../../host/run-quick.ts";
import { listUnitFiles } from "../../host/unit-files.ts";
import { listSnapshots } from "../../sandbox/snapshots/snapshots.ts";
import { listNames } from "../list-names.ts";
import type { Kind } from "../verb.ts";
import { completeAssignment } from "./complete-assignment.ts";
import { kindOf } from "./kind-of.ts";
import type { Candidate } from "./plan-completion.ts";

/** Lists the words of a kind. `given` are the arguments before, the first of which is a sandbox; `current` has begun. */
export async function listCandidates(
  kind: Kind,
  given: readonly string[],
  current: string,
): Promise<readonly Candidate[]> {
  const name = given[0] !== undefined && isSandboxName(given[0]) ? given[0] : undefined;
  switch (kind) {
    case "sandbox":
      return listNames().map((word) => ({ word, help: "sandbox" }));
    case "unit":
      return listUnits();
    case "network":
      return networks();
    case "snapshot":
      return name === undefined ? [] : listSnapshots(name).map(({ snapshot: word }) => ({ word, help: "snapshot" }));
    case "assignment":
      return completeAssignment(current, name === undefined ? undefined : tryLoad(name), (takes) =>
        listCandidates(kindOf(takes), given, current),
      );
    case "file":
    case "any":
      return [];
  }
}

/** What Network= takes, as far as the host has it now. */
async function networks(): Promise<readonly Candidate[]> {
  const devices = "/sys/class/net";
  const bridges = readdirSync(devices).filter((device) => existsSync(join(devices, device, "bridge")));
  return [
    { word: "none", help: "only a loopback" },
    { word: "host", help: "the host's own network" },
    ...(await listNetworks()).map((word) => ({ word, help: "network of libvirt" })),
    ...bridges.map((bridge) => ({ word: `bridge:${bridge}`, help: "bridge of the host" })),
  ];
}

// A wrong conf has no values to complete.
function tryLoad(name: SandboxName): ReturnType<typeof loadConf> | undefined {
  try {
    return loadConf(name);
  } catch {
    return undefined;
  }
}

// Not from systemctl list-unit-files, for which systemd finds out the state of each.
async function listUnits(): Promise<readonly Candidate[]> {
  const { output } = await runQuick("systemd-path", ["systemd-search-system-unit"]);
  return listUnitFiles(output.split(":"))
    .map((path) => basename(path))
    .filter((word) => /\.(service|socket)$/.test(word))
    .sort()
    .map((word) => ({ word, help: "unit" }));
}
