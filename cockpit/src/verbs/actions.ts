import { isRunning } from "../host/is-running.ts";
import type { Facts } from "../host/types.ts";
import { isEnabled } from "../list/enabled.ts";
import { _ } from "../text.ts";

/** Verbs that run at once. */
export type ImmediateVerb = "start" | "stop" | "restart" | "enable" | "disable";
/** Verbs that ask first. */
export type AskingVerb = "clone" | "rename" | "export" | "delete";
export type Verb = ImmediateVerb | AskingVerb;

export interface Action {
  readonly verb: Verb;
  readonly text: string;
  readonly isDanger: boolean;
}

/** What can be done with a sandbox as it is now. */
export function actionsFor(facts: Facts): readonly Action[] {
  const runs = isRunning(facts);
  const verbs: readonly (readonly [Verb, string, boolean])[] = [
    ["start", _("Start"), !runs],
    ["stop", _("Stop"), runs],
    ["restart", _("Restart"), runs],
    ["enable", _("Start at boot"), !isEnabled(facts)],
    ["disable", _("Do not start at boot"), isEnabled(facts)],
    ["clone", _("Clone…"), true],
    ["rename", _("Rename…"), true],
    ["export", _("Download an archive…"), true],
    ["delete", _("Delete…"), true],
  ];
  return verbs.flatMap(([verb, text, isPossible]) => (isPossible ? [{ verb, text, isDanger: verb === "delete" }] : []));
}
