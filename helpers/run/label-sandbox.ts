import type { Conf } from "../../generator/conf/conf.ts";
import { rootTree } from "../../generator/conf/paths.ts";
import { run } from "../host/run.ts";
import { contentContext, isPolicyLoaded, requireEnforcing } from "../host/selinux.ts";
import { readContext, requireState, writeContext, writeState } from "../sandbox/state.ts";
import { claimLevel } from "../sandbox/levels/allocate-level.ts";

/**
 * Gives the tree the sandbox's own level, which it keeps for good. With Label=none as well, so that it is closed to others,
 * unless there is nothing to have a level from; without SELinux in force anything else is refused. The tree is walked when its label
 * changes: what comes to it later takes its folder's.
 */
export async function labelSandbox(conf: Conf): Promise<void> {
  const { name } = conf;
  if (conf.Label.kind !== "none") requireEnforcing();
  else if (!isPolicyLoaded()) {
    writeContext(name, null);
    return;
  }
  const context = contentContext(conf.FileType, await settleLevel(conf));
  if (context === readContext(name)) return;
  // Physical: neither links nor what they point to outside are walked, and links themselves are labelled.
  await run("chcon", ["--recursive", "-P", "--no-dereference", "--", context, rootTree(name)]);
  writeContext(name, context);
}

async function settleLevel({ name, Label: label }: Conf): Promise<string> {
  const state = requireState(name);
  if (label.kind !== "static") return state.level ?? (await claimLevel(name, state));
  const level = levelOf(label.label);
  if (level !== state.level) writeState(name, { ...state, level });
  return level;
}

/** The level of a context; of a range its upper end, which the process can read. */
const levelOf = (context: string): string => context.split(":").slice(3).join(":").replace(/^.*-/, "");
