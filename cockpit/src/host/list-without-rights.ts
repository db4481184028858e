import type { Facts } from "./types.ts";

const confs = "/etc/sandboxcontainer";

type UnitRow = readonly [name: string, description: string, load: string, active: string, sub: string];

/** Lists the confs, and what systemd tells everybody about their units. */
export async function listWithoutRights(): Promise<readonly Facts[]> {
  const systemd = cockpit.dbus("org.freedesktop.systemd1", { bus: "system" });
  try {
    const [names, [rows]] = await Promise.all([
      listConfs(),
      systemd.call("/org/freedesktop/systemd1", "org.freedesktop.systemd1.Manager", "ListUnitsByPatterns", [
        [],
        ["sandbox@*.service"],
      ]),
    ]);
    const units = new Map((rows as readonly UnitRow[]).map((row) => [row[0], row]));
    return names.map((name) => describe(name, units.get(`sandbox@${name}.service`)));
  } finally {
    systemd.close();
  }
}

const describe = (name: string, unit: UnitRow | undefined): Facts => ({
  name,
  state: unit?.[3] ?? "inactive",
  substate: unit?.[4] ?? "dead",
  // The description is "Sandbox NAME (WHAT RUNS)".
  runs: /\((.*)\)$/.exec(unit?.[1] ?? "")?.[1] ?? "",
  result: "",
  restarts: 0,
  enabled: "",
  level: null,
  profile: null,
  unconfined: false,
  memoryBytes: null,
  ports: [],
  published: [],
  network: null,
  addresses: [],
  since: null,
  timer: null,
  snapshotTimer: null,
  replacedFiles: [],
  outdatedFiles: [],
  formerName: null,
  missingUnits: [],
  conflicts: [],
  confChanged: false,
  portsLost: false,
  localOnly: [],
  error: null,
  deniedToday: null,
  snapshots: [],
  outdatedPackages: null,
});

interface Entry {
  readonly event: string;
  readonly path: string;
}

/** The names of confs. Cockpit's bridge lists the folder: "fslist1" in its protocol. */
function listConfs(): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    const names: string[] = [];
    const channel = cockpit.channel({ payload: "fslist1", path: confs, watch: false });
    channel.addEventListener("message", (_event, data) => {
      const { path } = JSON.parse(data) as Entry;
      if (path.endsWith(".conf")) names.push(path.slice(0, -".conf".length));
    });
    channel.addEventListener("close", (_event, { problem }) => {
      if (problem === undefined || problem === null || problem === "not-found") resolve(names.sort());
      else reject(new Error(`${confs}: ${problem}`));
    });
  });
}
