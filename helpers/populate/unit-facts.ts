import { SandboxError } from "../../generator/sandbox-error.ts";
import type { UnitDirectory, UnitFacts } from "../manifest/unit-facts.ts";
import { run } from "../run.ts";

const settings = {
  StateDirectory: "/var/lib",
  CacheDirectory: "/var/cache",
  LogsDirectory: "/var/log",
  ConfigurationDirectory: "/etc",
} as const;
const properties = [
  "Id",
  "LoadState",
  "FragmentPath",
  "SourcePath",
  "DropInPaths",
  "ExecStart",
  "EnvironmentFiles",
  ...Object.keys(settings),
];

/** What the host's systemd knows of units; an unknown one is a SandboxError. */
export async function readUnitFacts(units: readonly string[]): Promise<readonly UnitFacts[]> {
  if (units.length === 0) return [];
  const { stdout } = await run("systemctl", ["show", `--property=${properties.join(",")}`, "--", ...units]);
  const blocks = stdout.trim().split("\n\n");
  return units.map((unit, index) => parseUnitFacts(unit, blocks[index] ?? ""));
}

/** One block of `systemctl show`. */
export function parseUnitFacts(askedFor: string, block: string): UnitFacts {
  const values = Map.groupBy(
    block.split("\n").map((line) => /^([A-Za-z]+)=(.*)$/.exec(line)),
    (match) => match?.[1],
  );
  const all = (key: string): readonly string[] =>
    (values.get(key) ?? []).map((match) => match?.[2] ?? "").filter((value) => value !== "");
  const words = (key: string): readonly string[] => all(key).flatMap((value) => value.split(" "));
  const loadState = all("LoadState")[0] ?? "unknown";
  const fragmentPath = all("FragmentPath")[0];
  if (loadState !== "loaded" || fragmentPath === undefined) throw describeMissing(askedFor, loadState);
  return {
    name: all("Id")[0] ?? askedFor,
    askedFor,
    fragmentPath,
    sourcePath: all("SourcePath")[0],
    dropInPaths: words("DropInPaths"),
    executables: all("ExecStart").flatMap((value) => /\bpath=(.*?) ; argv/.exec(value)?.[1] ?? []),
    environmentFiles: all("EnvironmentFiles").map((value) => value.replace(/ \(ignore_errors=.*\)$/, "")),
    directories: (Object.keys(settings) as (keyof typeof settings)[]).flatMap((setting) =>
      // `name:link` also makes a link to the directory.
      words(setting).map((name): UnitDirectory => ({
        path: `${settings[setting]}/${name.replace(/:.*/, "")}`,
        setting,
      })),
    ),
  };
}

function describeMissing(unit: string, loadState: string): SandboxError {
  if (loadState === "masked")
    return new SandboxError(`${unit} is masked on the host`, { hint: `Unmask it first: systemctl unmask ${unit}` });
  if (loadState === "not-found") {
    return new SandboxError(`${unit}: no such unit on the host`, {
      hint: "Is the package installed? systemctl list-unit-files lists what there is",
    });
  }
  return new SandboxError(`${unit} cannot be used: its load state is ${loadState}`, {
    hint: `See systemctl status ${unit}`,
  });
}
