import { SandboxError } from "../../../generator/conf/sandbox-error.ts";
import type { UnitFacts } from "../manifest/unit-facts.ts";
import { connectSystemd, type Systemd, type UnitProperties } from "../../host/systemd.ts";
import { listOf, rowsOf, textOf } from "../../host/unit-properties.ts";
import { findObstacles } from "./unit-obstacles.ts";
import { readDirectories } from "./unit-directories.ts";

/**
 * Reads the host systemd's facts about units and about the units that they start (a socket's service). Throws a
 * SandboxError for an unknown unit. With `needed` it skips such a unit, and one that no sandbox can run.
 */
export async function readUnitFacts(
  units: readonly string[],
  purpose: "asked" | "needed" = "asked",
): Promise<readonly UnitFacts[]> {
  if (units.length === 0) return [];
  using systemd = await connectSystemd();
  const read = async (unit: string): Promise<UnitFacts> => toUnitFacts(unit, await systemd.readUnit(unit));
  if (purpose === "needed") return (await Promise.all(units.map((unit) => read(unit).catch(skip)))).flat();
  const facts = await Promise.all(units.map(read));
  const triggered = [...new Set(facts.flatMap(({ triggers }) => triggers))].filter((name) => !units.includes(name));
  return [...facts, ...(await Promise.all(triggered.map((unit) => readTriggered(systemd, unit)))).flat()];
}

// A unit may want others that are not installed, or that no sandbox can run.
function skip(error: unknown): readonly UnitFacts[] {
  if (error instanceof SandboxError) return [];
  throw error;
}

/** A socket of a template triggers an instance that may not exist. */
async function readTriggered(systemd: Systemd, unit: string): Promise<readonly UnitFacts[]> {
  const properties = await systemd.readUnit(unit);
  return properties["LoadState"] === "loaded" ? [toUnitFacts(unit, properties)] : [];
}

// systemd.unit(5). Upholds= is a Wants= that systemd repeats.
const needs = ["Requires", "Requisite", "BindsTo", "Wants", "Upholds"] as const;

/** Takes the properties that a manifest needs, from those of org.freedesktop.systemd1(5). */
export function toUnitFacts(askedFor: string, properties: UnitProperties): UnitFacts {
  const text = (key: string): string => textOf(properties, key);
  const list = (key: string): readonly string[] => listOf(properties, key);
  const rows = (key: string): readonly (readonly unknown[])[] => rowsOf(properties, key);
  if (text("LoadState") !== "loaded" || text("FragmentPath") === "") throw describeMissing(askedFor, text("LoadState"));
  const [obstacle] = findObstacles(text("Id"), properties);
  if (obstacle !== undefined) throw obstacle;
  return {
    name: text("Id"),
    askedFor,
    fragmentPath: text("FragmentPath"),
    sourcePath: text("SourcePath") || undefined,
    dropInPaths: list("DropInPaths"),
    executables: rows("ExecStart").map(([path]) => String(path)),
    environmentFiles: rows("EnvironmentFiles").map(([path]) => String(path)),
    directories: readDirectories(properties),
    accounts: [text("User"), text("Group"), ...list("SupplementaryGroups")].filter((name) => name !== ""),
    triggers: list("Triggers"),
    needs: needs.flatMap(list).filter((name) => /\.(service|socket|target|path|timer)$/.test(name)),
  };
}

function describeMissing(unit: string, loadState: string): SandboxError {
  if (loadState === "masked")
    return new SandboxError(`${unit} is masked on the host`, { hint: `Unmask it first: systemctl unmask ${unit}` });
  if (loadState === "not-found") {
    return new SandboxError(`${unit}: no such unit on the host`, {
      hint: "Is the package installed? systemctl list-unit-files lists all units",
    });
  }
  return new SandboxError(`${unit} cannot be used: its load state is ${loadState}`, {
    hint: `See systemctl status ${unit}`,
  });
}
