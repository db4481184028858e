import { type Conf, originOf } from "../../../generator/conf/conf.ts";
import { ConfError } from "../../../generator/conf/sandbox-error.ts";
import { describeUninstalled } from "../../sandbox/describe-uninstalled.ts";
import { findUninstalled } from "../../sandbox/uninstalled.ts";

/** Finds settings of confs that name a unit or a program which neither the host nor the sandbox's root has. */
export async function checkInstalled(confs: readonly Conf[]): Promise<ReadonlyMap<Conf, readonly ConfError[]>> {
  const found = new Map<Conf, readonly ConfError[]>();
  for (const conf of confs) {
    const missing = findUninstalled(conf.name, conf.Unit, conf.Exec?.words[0]);
    if (missing.length === 0) continue;
    const { message, hint } = await describeUninstalled(conf.name, missing);
    const [first = ""] = missing;
    const index = conf.Unit.findIndex((unit) => unit === first);
    const key = index === -1 ? "Exec" : "Unit";
    found.set(conf, [new ConfError({ ...originOf(conf, key, Math.max(index, 0)), key }, message, hint)]);
  }
  return found;
}
