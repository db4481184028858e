import { ConfError } from "../base/errors.ts";
import { findNearest } from "../base/text.ts";
import { type Conf, takesSnapshots } from "./conf.ts";
import type { ConfLine } from "./parse-conf.ts";
import { defaultKeep, type Keep, parseKeep } from "./values/keep.ts";
import { ValueError } from "./values/values.ts";

/** Finds what is wrong with [Snapshots]. `own` are its lines without those of the host's defaults, `known` earlier errors. */
export function checkSnapshots(
  conf: Pick<Conf, "snapshots">,
  own: readonly ConfLine[],
  known: readonly ConfError[],
): readonly ConfError[] {
  const keep = conf.snapshots.find(({ key }) => key === "Keep");
  return [...checkTimes(conf, own, known), ...(keep === undefined ? [] : checkKeep(keep))];
}

function checkTimes(
  conf: Pick<Conf, "snapshots">,
  own: readonly ConfLine[],
  known: readonly ConfError[],
): readonly ConfError[] {
  const first = own.find(({ value }) => value !== "");
  // An empty one turns off the times of the defaults.
  if (first === undefined || takesSnapshots(conf) || own.some(({ key }) => key === "OnCalendar")) return [];
  if (known.some(({ key }) => key !== undefined && findNearest(key, ["OnCalendar"]) !== undefined)) return [];
  return [new ConfError(first, "[Snapshots] does not say when one is made", "Add a time, such as OnCalendar=daily")];
}

function checkKeep(line: Conf["snapshots"][number]): readonly ConfError[] {
  try {
    parseKeep(line.value);
    return [];
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    return [new ConfError(line, `Keep=${line.value.slice(0, 80)}: ${error.message}`)];
  }
}

/** Which automatic snapshots stay. Throws a ValueError if the conf does not say that well. */
export const keepOf = ({ snapshots }: Pick<Conf, "snapshots">): Keep =>
  parseKeep(snapshots.find(({ key }) => key === "Keep")?.value ?? defaultKeep);
