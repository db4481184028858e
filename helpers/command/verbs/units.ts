import { basename, matchesGlob } from "node:path";
import { loadAllConfs } from "../../../conf/load-conf.ts";
import { connectSystemd } from "../../host/systemd/systemd.ts";
import { listUnitFiles } from "../../host/systemd/unit-files.ts";
import { describeHostUnit, type HostUnit, openOwners } from "../create/find-units.ts";
import { formatTable, print, printJson } from "../output.ts";
import type { Flags, Verb } from "../verb.ts";

export const verb: Verb = {
  name: "units",
  group: "Make and remove",
  summary: "list units of this host that can run in a sandbox",
  places: { "[pattern...]": "unit" },
  options: { "-a, --all": "also list the others, and why they cannot" },
  json: `{ unit: string; description: string; package: string | null; state: string; sandboxes: string[];
    obstacle: string | null }[]`,
  examples: ["units", "units 'apache*' nginx --all"],
  run: listHostUnits,
};

type UnitsOptions = Flags<"json" | "all">;

async function listHostUnits(patterns: readonly string[], options: UnitsOptions): Promise<void> {
  using systemd = await connectSystemd();
  const [owners, folders] = await Promise.all([openOwners(), systemd.readUnitPath()]);
  const confs = loadAllConfs().sandboxes.map(({ conf }) => conf);
  const paths = listUnitFiles(folders).filter((path) => isWanted(basename(path), patterns) && !owners.isOfBoot(path));
  const described = paths.map(async (path) => {
    const properties = await systemd.readUnit(basename(path));
    return describeHostUnit(path, properties, owners, confs) ?? [];
  });
  const units = (await Promise.all(described))
    .flat()
    .filter(({ obstacle }) => options.all === true || obstacle === null)
    .sort((one, other) => (one.unit < other.unit ? -1 : 1));
  if (options.json === true) printJson(units);
  else if (units.length > 0) print(formatUnits(units, options.all === true));
  else if (process.stdout.isTTY) print("No such units.");
}

function isWanted(unit: string, patterns: readonly string[]): boolean {
  if (!/\.(service|socket)$/.test(unit)) return false;
  return patterns.length === 0 || patterns.some((pattern) => matchesGlob(unit, completeName(pattern)));
}

// As `create --unit` takes it.
const completeName = (pattern: string): string => (/[.*?[]/.test(pattern) ? pattern : `${pattern}.service`);

const formatUnits = (units: readonly HostUnit[], all: boolean): string =>
  formatTable(
    ["UNIT", "STATE", "PACKAGE", "SANDBOXES", ...(all ? ["OBSTACLE"] : []), "DESCRIPTION"],
    units.map(({ unit, state, package: from, sandboxes, obstacle, description }) => [
      ...[unit, state, from ?? "-", sandboxes.join(",") || "-"],
      ...(all ? [obstacle ?? "-"] : []),
      description,
    ]),
  );
