import type { HostTree } from "../../../../helpers/host/files/host-tree.ts";
import type { Package, PackageDatabase } from "../../../../helpers/host/packages/package-database.ts";
import type { ManifestEntry } from "../../../../helpers/sandbox/manifest/entry.ts";
import { type MaintainerSteps, planSteps } from "../../../../helpers/sandbox/manifest/maintainer-steps.ts";
import { planManifest } from "../../../../helpers/sandbox/manifest/plan.ts";
import { type Selection, selectPackages } from "../../../../helpers/sandbox/manifest/selection.ts";
import type { UnitFacts } from "../../../../helpers/sandbox/manifest/units.ts";
import { getPackage, openFixtureDatabase } from "../../host/packages/fixture-database.ts";
import { directory, fakeHost, file, fillFrom, link } from "./fake-host.ts";

export type Table = Parameters<typeof fakeHost>[0];

/** A package without dependencies, as dpkg-query prints it. */
export const record = (name: string, paths: readonly string[]): string =>
  `P\t${name}\t${name}\t1\t${name}\tinstalled\t\t\t\n${paths.map((path) => ` ${path}\n`).join("")}`;

/** The paths that every host has. */
export const common: Table = {
  "/bin": link("usr/bin"),
  "/lib": link("usr/lib"),
  "/etc/passwd": file(
    "root:x:0:0:root:/root:/bin/bash\nwww-data:x:33:33::/var/www:/usr/sbin/nologin\nanna:x:1000:1000::/home/anna:/bin/bash\n",
  ),
  "/etc/group": file("root:x:0:\nadm:x:4:anna\nwww-data:x:33:\nshadow:x:42:\n"),
  "/etc/shadow": file("root:$y$secret:1::::::\n", 0o640),
  "/etc/skel": directory(),
  "/etc/nsswitch.conf": file("passwd: files\n"),
  "/etc/localtime": link("/usr/share/zoneinfo/Etc/UTC"),
  "/etc/resolv.conf": link("/run/resolvconf/resolv.conf"),
  "/run/resolvconf/resolv.conf": file("nameserver 192.0.2.53\n"),
  "/etc/ssl/certs/ca-certificates.crt": file(),
  "/etc/ssl/private": directory(0o710),
  "/etc/ssl/private/host.key": file("", 0o640),
};

export function unitFacts(name: string, more: Partial<UnitFacts> = {}): UnitFacts {
  const fragmentPath = `/usr/lib/systemd/system/${name}`;
  return {
    name,
    askedFor: name,
    fragmentPath,
    sourcePath: undefined,
    dropInPaths: [],
    executables: [],
    environmentFiles: [],
    directories: [],
    accounts: [],
    triggers: [],
    needs: [],
    ...more,
  };
}

interface Scenario {
  readonly packages: readonly string[];
  readonly host?: Table;
  readonly units?: readonly UnitFacts[];
  readonly copy?: boolean;
  readonly extra?: string;
  /** Maintainer scripts by package name. */
  readonly scripts?: Readonly<Record<string, string>>;
}

export const noSteps: MaintainerSteps = {
  packages: [],
  settled: [],
  made: [],
  renewable: [],
  unlisted: [],
  temporary: [],
  generators: [],
};

/** Plans the manifest from the host's packages in the fixture. */
export function plan({ packages, host: table = {}, units = [], copy = false, extra = "", scripts = {} }: Scenario): {
  entries: readonly ManifestEntry[];
  steps: MaintainerSteps;
  all: readonly Package[];
  database: PackageDatabase;
  selection: Selection;
  host: HostTree;
  at: (path: string) => ManifestEntry | undefined;
} {
  const database: PackageDatabase = openFixtureDatabase({ extra, scripts });
  const listed = database.packages.flatMap((each) => database.listPaths(each));
  const host: HostTree = fakeHost(fillFrom(listed, { ...common, ...table }));
  const selection = selectPackages(
    database,
    host,
    packages.map((name) => getPackage(database, name)),
    [],
  );
  const steps = planSteps(database, selection, host, copy);
  const entries = planManifest({
    sandbox: "web1",
    machineId: "0123456789abcdef0123456789abcdef",
    units,
    copy,
    database,
    selection,
    steps,
    host,
  });
  const known = { database, selection, host };
  return { entries, steps, all: selection.all, ...known, at: (path) => entries.find((entry) => entry.path === path) };
}
