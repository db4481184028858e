import type { Tried } from "./try-file.ts";
import { ofArchives } from "./explained/archive.ts";
import { ofConfs } from "./explained/conf.ts";
import { ofManifests } from "./explained/manifest.ts";
import type { Explained } from "./explained/reasons.ts";
import { ofTrees } from "./explained/tree.ts";

const all: readonly Explained[] = [...ofConfs, ...ofArchives, ...ofManifests, ...ofTrees];

const fits = (tried: Tried, { file, line, change }: Explained): boolean =>
  tried.file === file &&
  tried.line === line &&
  (change === undefined || (change[0] === tried.was && change[1] === tried.now));

export const isExplained = (tried: Tried): boolean => all.some((each) => fits(tried, each));

/** Lists what explains nothing any more, of the files in whose path this word is. */
export const listStale = (left: readonly Tried[], only: string): readonly Explained[] =>
  all.filter((each) => each.file.includes(only) && !left.some((tried) => fits(tried, each)));
