import { dirname } from "node:path";
import type { PassThroughLine } from "../conf/conf.ts";
import type { Output } from "../output.ts";
import { libraryDirectory } from "../conf/paths.ts";
import type { SandboxName } from "../conf/sandbox-name.ts";
import { parseUnitName } from "../conf/values/values.ts";

const folderOf: ReadonlyMap<string, string> = new Map([
  ["WantedBy", "wants"],
  ["RequiredBy", "requires"],
  ["UpheldBy", "upholds"],
]);

/** Renders the links that make other units start the sandbox, as `systemctl enable` does. Skips invalid unit names. */
export function renderInstall(name: SandboxName, install: readonly PassThroughLine[]): readonly Output[] {
  const units = new Map<string, string[]>();
  for (const { key, value } of install) {
    const words = value.split(/\s+/).filter(isUnitName);
    units.set(key, value === "" ? [] : [...(units.get(key) ?? []), ...words]);
  }
  const folders = [...units].flatMap(([key, names]) => names.map((unit) => `${unit}.${folderOf.get(key) ?? "wants"}`));
  return [...new Set(folders)].map((folder) => ({
    kind: "link",
    path: `${folder}/sandbox@${name}.service`,
    target: `${dirname(libraryDirectory)}/systemd/system/sandbox@.service`,
  }));
}

function isUnitName(text: string): boolean {
  try {
    return parseUnitName(text) === text;
  } catch {
    return false;
  }
}
