import type { Conf } from "../../../generator/conf/conf.ts";
import { findRisks } from "../../../generator/conf/find-risks.ts";
import { warn } from "../output.ts";

/** Warns of what a new conf gives up; with `before`, only of what is new since then. `verify` and `show` say all. */
export function warnOfRisks(conf: Conf, before?: Conf): void {
  for (const { text } of findRisks(conf, before)) warn(text);
}
