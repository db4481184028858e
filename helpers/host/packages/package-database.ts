declare const brand: unique symbol;
/** What the database calls an installed package, unique on a host: `apache2`, `libc6:amd64`, `glibc.x86_64`. */
export type PackageName = string & { readonly [brand]: "PackageName" };

export interface Package {
  /** Whose database knows it: a host may have both. */
  readonly manager: "dpkg" | "rpm";
  readonly name: PackageName;
  readonly version: string;
  /** The source package it was built from. */
  readonly source: string;
}

/**
 * The installed packages of a host. Read once, in bulk; every question is then answered from memory.
 * Paths are those of a merged /usr: `/usr/lib/x` for what a package may call `/lib/x`.
 */
export interface PackageDatabase {
  /** Everything installed, sorted by name. */
  readonly packages: readonly Package[];
  /** An installed package by the name that a person would give it. */
  findPackage(name: string): Package | undefined;
  /** The files, links and directories that a package ships, without the root directory. */
  listPaths(of: Package): readonly string[];
  /** All packages that ship a path; a directory has many. A diversion's file belongs to who diverted it. */
  findOwners(path: string): readonly Package[];
  /** Packages that ship something below a directory. */
  findOwnersBelow(directory: string): readonly Package[];
  /** The given packages and all they depend on. */
  findClosure(of: readonly Package[]): readonly Package[];
  /** Packages that depend on one of the given ones, however indirectly. */
  findDependents(of: readonly Package[]): readonly Package[];
  /** The given packages, each after those of them that it depends on. */
  orderByDependencies(of: readonly Package[]): readonly Package[];
  /** Whether every system has it. */
  isBase(of: Package): boolean;
  /** The text of what runs when the package is configured, which makes what it does not ship; undefined if nothing does. */
  readScript(of: Package): string | undefined;
}

/** The given packages and the installed others of their sources. */
export function withSiblings(database: PackageDatabase, of: readonly Package[]): readonly Package[] {
  const key = ({ manager, source }: Package): string => `${manager} ${source}`;
  const sources = new Set(of.map(key));
  return database.packages.filter((each) => sources.has(key(each)));
}
