import { basename } from "node:path";
import type { Conf } from "../../../generator/conf/conf.ts";
import { helperDirectory } from "../../../generator/conf/paths.ts";
import { isWithin } from "../../../generator/conf/values/parse-mount.ts";
import type { UnitProperties } from "../../host/systemd.ts";
import { listOf, rowsOf, textOf } from "../../host/unit-properties.ts";
import { refuseUnit } from "./find-units.ts";
import type { Owners } from "./unit-owners.ts";

/** A unit of the host that a sandbox may run. The keys are those of the JSON. */
export interface HostUnit {
  readonly unit: string;
  readonly description: string;
  readonly package: string | null;
  /** ActiveState on the host. */
  readonly state: string;
  /** The sandboxes whose conf runs it. */
  readonly sandboxes: readonly string[];
  /** Why no sandbox can run it. */
  readonly obstacle: string | null;
}

/** Describes a unit; undefined if it is a part of the system, of a sandbox, or of this product. */
export function describeHostUnit(
  path: string,
  properties: UnitProperties,
  { findOwner, isBase }: Pick<Owners, "findOwner" | "isBase">,
  confs: readonly Pick<Conf, "name" | "Unit">[],
): HostUnit | undefined {
  const unit = basename(path);
  const owner = findOwner(path, properties);
  const state = textOf(properties, "UnitFileState");
  // A generator that reads a script of /etc/init.d names it. Ours, which makes the sockets of sandboxes, names nothing.
  if (state === "generated" && textOf(properties, "SourcePath") === "") return undefined;
  if (isOurs(properties) || (state === "static" && owner !== undefined && isBase(owner))) return undefined;
  const names = [unit, ...listOf(properties, "Names")];
  return {
    unit,
    description: textOf(properties, "Description"),
    package: owner?.name ?? null,
    state: textOf(properties, "ActiveState"),
    sandboxes: confs.filter((conf) => conf.Unit.some((each) => names.includes(each))).map(({ name }) => name),
    obstacle: refuseUnit(unit, properties)?.message ?? null,
  };
}

const isOurs = (properties: UnitProperties): boolean =>
  rowsOf(properties, "ExecStart").some(([program]) => isWithin(String(program), helperDirectory));
