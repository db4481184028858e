import { readFileSync } from "node:fs";
import { join } from "node:path";
import { rootDirectory } from "../../generator/paths.ts";

const unitFolders = ["etc/systemd/system", "usr/lib/systemd/system"].map((folder) => join(rootDirectory, folder));

/**
 * Whether a unit runs its program, and for itself is ready, when its start job is done, by its file on the host; one that is `simple`
 * is active from the fork on, and a `oneshot` may be gone again (Type= in systemd.service(5)).
 */
export function isSettledWhenStarted(unit: string, readUnit = readUnitFile): boolean {
  if (!unit.endsWith(".service")) return false;
  const type = [...readUnit(unit).matchAll(/^Type=\s*(\S+)/gm)].at(-1)?.[1];
  return type !== undefined && ["forking", "notify", "notify-reload", "dbus", "exec"].includes(type);
}

function readUnitFile(unit: string): string {
  for (const folder of unitFolders) {
    try {
      return readFileSync(join(folder, unit.replace(/@.*\./, "@.")), "utf8");
    } catch {
      continue;
    }
  }
  return "";
}
