import type { UnitDirectory } from "../manifest/unit-facts.ts";
import type { UnitProperties } from "../../host/systemd.ts";
import { listOf, rowsOf, textOf } from "../../host/unit-properties.ts";

const named = {
  StateDirectory: "/var/lib",
  CacheDirectory: "/var/cache",
  LogsDirectory: "/var/log",
  ConfigurationDirectory: "/etc",
} as const;
const paths = ["ReadWritePaths", "ReadOnlyPaths", "ExecPaths"] as const;
const binds = ["BindPaths", "BindReadOnlyPaths"] as const;

/** The absolute directories that a unit names, each with its setting. */
export function readDirectories(properties: UnitProperties): readonly UnitDirectory[] {
  return [
    ...(Object.keys(named) as (keyof typeof named)[]).flatMap((setting) =>
      listOf(properties, setting).map((name) => ({ path: `${named[setting]}/${name}`, setting })),
    ),
    // `-`: it may be missing. `+`: it is below RootDirectory=.
    ...paths.flatMap((setting) =>
      listOf(properties, setting).map((path) => ({ path: path.replace(/^[-+]+/, ""), setting })),
    ),
    ...binds.flatMap((setting) => rowsOf(properties, setting).map(([source]) => ({ path: String(source), setting }))),
    // `-` as above. `!`: it is made if it is missing.
    ...[textOf(properties, "WorkingDirectory").replace(/^[-!]+/, "")]
      .filter((path) => path.startsWith("/") && path !== "/")
      .map((path) => ({ path, setting: "WorkingDirectory" as const })),
  ];
}
