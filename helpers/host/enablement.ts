import { readdirSync, readlinkSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Systemd } from "./systemd.ts";
import { orMissing } from "./or-missing.ts";

/**
 * Asks systemd whether instances of a template are `enabled`, `disabled`, `masked` … It asks once for all instances
 * with the same links and files in the unit folders, because systemd reads these folders again for every question.
 */
export async function openEnablement(
  systemd: Pick<Systemd, "readEnablement" | "readUnitPath">,
): Promise<(unit: string) => Promise<string>> {
  const places = findPlaces(await systemd.readUnitPath());
  const answers = new Map<string, Promise<string>>();
  return (unit) => {
    const key = [templateOf(unit), ...(places.get(unit) ?? [])].join("\n");
    const answer = answers.get(key) ?? systemd.readEnablement(unit);
    answers.set(key, answer);
    return answer;
  };
}

const instanceName = /^([^@/]+@)[^/]+(\.[a-z]+)$/;

const templateOf = (unit: string): string => unit.replace(instanceName, "$1$2");

/** Finds the places in the folders that name an instance, and where they lead. Equal instances have equal texts. */
function findPlaces(folders: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const places = new Map<string, string[]>();
  const note = (unit: string, place: string): void => {
    if (instanceName.test(unit)) places.set(unit, [...(places.get(unit) ?? []), place]);
  };
  for (const folder of folders) {
    for (const entry of listFolder(folder)) {
      const path = join(folder, entry);
      if (/\.(wants|requires|upholds)$/.test(entry)) {
        for (const unit of listFolder(path)) note(unit, `${path} ${readTarget(join(path, unit), unit)}`);
      } else if (!entry.endsWith(".d")) {
        note(entry, `${folder} ${readTarget(path, entry)}`);
      } else if (!folder.startsWith("/run/systemd/generator")) {
        // A drop-in may have its own [Install] section. Drop-ins of a generator are in effect without one.
        note(entry.slice(0, -".d".length), path);
      }
    }
  }
  return places;
}

function readTarget(path: string, unit: string): string {
  try {
    const target = readlinkSync(path);
    return basename(target) === unit ? join(dirname(target), templateOf(unit)) : target;
  } catch {
    return path;
  }
}

const listFolder = (path: string): readonly string[] => (orMissing(() => readdirSync(path)) ?? []).sort();
