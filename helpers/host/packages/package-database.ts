declare const brand: unique symbol;
/** The database's name for an installed package, unique on a host: `apache2`, `libc6:amd64`, `glibc.x86_64`. */
export type PackageName = string & { readonly [brand]: "PackageName" };

export interface Package {
  /** The database that knows the package. A host may have both. */
  readonly manager: "dpkg" | "rpm";
  readonly name: PackageName;
  readonly version: string;
  /** The source package it was built from. */
  readonly source: string;
}

/** A package as only its name and version tell. */
export type Version = Pick<Package, "name" | "version">;

/**
 * The installed packages of a host. They are read once, in bulk; afterwards every question is answered from memory.
 * Paths are those of a merged /usr: `/usr/lib/x` even if a package calls it `/lib/x`.
 */
export interface PackageDatabase {
  /** Everything installed, sorted by name. */
  readonly packages: readonly Package[];
  /** Finds an installed package by the name that a person would use. */
  findPackage(name: string): Package | undefined;
  /** The files, links and directories that a package ships, without the root directory. */
  listPaths(of: Package): readonly string[];
  /** All packages that ship a path; a directory has many. A diverted file belongs to the package that diverted it. */
  findOwners(path: string): readonly Package[];
  /** Packages that ship something below a directory. */
  findOwnersBelow(directory: string): readonly Package[];
  /** The given packages and everything they depend on. */
  findClosure(of: readonly Package[]): readonly Package[];
  /** Packages that depend on one of the given packages, directly or indirectly. */
  findDependents(of: readonly Package[]): readonly Package[];
  /** The given packages in an order in which each comes after its dependencies among them. */
  orderByDependencies(of: readonly Package[]): readonly Package[];
  /** Whether every system has the package. */
  isBase(of: Package): boolean;
  /**
   * The script that runs when the package is configured; it makes files that the package does not ship. Undefined if
   * there is none.
   */
  readScript(of: Package): string | undefined;
  /** The script that runs before a package is unpacked (preinst). Undefined if there is none. */
  readPreinst(of: Package): string | undefined;
}

/** The given packages, and the other installed packages from the same sources. */
export function withSiblings(database: PackageDatabase, of: readonly Package[]): readonly Package[] {
  const key = ({ manager, source }: Package): string => `${manager} ${source}`;
  const sources = new Set(of.map(key));
  return database.packages.filter((each) => sources.has(key(each)));
}
