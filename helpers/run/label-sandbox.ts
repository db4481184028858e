import type { Conf } from "../../generator/conf/conf.ts";
import { rootTree } from "../../generator/conf/paths.ts";
import { run } from "../host/run.ts";
import { requireControl } from "../host/access-control.ts";
import { contentContext, isPolicyLoaded } from "../host/selinux.ts";
import { readContext, requireState, writeContext, writeState } from "../sandbox/state.ts";
import { claimLevel } from "../sandbox/levels/allocate-level.ts";
import { settleProfile } from "./apparmor/settle-profile.ts";

/**
 * Prepares the access control of a sandbox. Without the one that the conf asks for in force, it is refused.
 * SELinux: gives the tree the sandbox's own level, which it keeps for good. This also happens with Label=none, to close the
 * tree to others, unless no policy is loaded and so there is no level. The tree is walked only when its label changes: new
 * files take the label of their folder.
 * AppArmor: loads the sandbox's own profile.
 */
export async function labelSandbox(conf: Conf): Promise<void> {
  const { name } = conf;
  const control = requireControl(conf);
  if (control === "apparmor") await settleProfile(conf);
  if (control === "apparmor" || (control === null && !isPolicyLoaded())) {
    writeContext(name, null);
    return;
  }
  const context = contentContext(conf.FileType, await settleLevel(conf));
  if (context === readContext(name)) return;
  // -P: links are not followed, so nothing outside is walked; links themselves are labelled.
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

/** The level of a context. For a range it is the upper end, which the process can read. */
const levelOf = (context: string): string => context.split(":").slice(3).join(":").replace(/^.*-/, "");
