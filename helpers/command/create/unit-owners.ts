import { basename } from "node:path";
import { rootDirectory } from "../../../generator/conf/paths.ts";
import { openHostTree } from "../../host/open-host-tree.ts";
import { openPackageDatabase } from "../../host/packages/open-database.ts";
import { type Package, type PackageDatabase, withSiblings } from "../../host/packages/package-database.ts";
import type { UnitProperties } from "../../host/systemd.ts";
import { textOf } from "../../host/unit-properties.ts";
import { findBootPackages } from "../../sandbox/populate/boot-packages.ts";

const unitDirectory = "/usr/lib/systemd/system";

/** Says which packages the host's units come from. */
export interface Owners {
  /** The package that a unit comes from. */
  readonly findOwner: (path: string, properties: UnitProperties) => Package | undefined;
  /** Whether a unit belongs to what also boots a sandbox. */
  readonly isOfBoot: (path: string) => boolean;
  /** Whether every system has the package. */
  readonly isBase: (of: Package) => boolean;
}

/** Reads the host's packages. */
export async function openOwners(): Promise<Owners> {
  const database = await openPackageDatabase(rootDirectory);
  return listOwners(database, findBootPackages(database, openHostTree(rootDirectory)));
}

export function listOwners(database: PackageDatabase, boot: readonly Package[]): Owners {
  const ofBoot = new Set([...withSiblings(database, boot), ...database.findClosure(boot)]);
  // To search all lists of files for each unit would take seconds.
  const shipped = new Map(
    database
      .findOwnersBelow(unitDirectory)
      .flatMap((each) => database.listPaths(each).map((path) => [path, each] as const)),
  );
  // An administrator's file replaces the vendor's.
  const findShipper = (path: string): Package | undefined =>
    shipped.get(path) ?? shipped.get(`${unitDirectory}/${basename(path)}`);
  return {
    findOwner(path, properties) {
      // A generator names the script that it has read.
      const source = textOf(properties, "SourcePath");
      return findShipper(path) ?? (source === "" ? undefined : database.findOwners(source)[0]);
    },
    isOfBoot(path) {
      const owner = findShipper(path);
      return owner !== undefined && ofBoot.has(owner);
    },
    isBase: (of) => database.isBase(of),
  };
}
