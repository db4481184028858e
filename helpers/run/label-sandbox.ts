import { SandboxError } from "../../base/errors.ts";
import { rootTree } from "../../base/paths.ts";
import type { Conf } from "../../conf/conf.ts";
import { run } from "../host/process/run.ts";
import { requireControl } from "../host/walls/access-control.ts";
import { contentContext, isPolicyLoaded } from "../host/walls/selinux.ts";
import { claimLevel, claimWantedLevel, isLevelTaken } from "../sandbox/levels.ts";
import { removeStamps } from "../sandbox/populate/record-content.ts";
import { readContext, requireState, writeContext, writeState } from "../sandbox/state.ts";
import { settleProfile } from "./apparmor-profile.ts";

/**
 * Prepares the access control of a sandbox. Without the one that the conf asks for in force, it is refused.
 * SELinux: gives the tree the sandbox's own level, which it keeps while nobody else has it. This also happens with Label=none, to close the
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
  removeStamps(name);
  // -P: links are not followed, so nothing outside is walked; links themselves are labelled.
  await run("chcon", ["--recursive", "-P", "--no-dereference", "--", context, rootTree(name)]);
  // The tree may be in an image, which is another file system than what says that it is labelled.
  await run("sync", ["--file-system", rootTree(name)]);
  writeContext(name, context);
}

// A level that Label= gives may be shared on purpose; one that Level= gives may not.
async function settleLevel({ name, Label: label, Level: wanted }: Conf): Promise<string> {
  const state = requireState(name);
  const kept = label.kind === "static" ? levelOf(label.label) : (wanted ?? state.level);
  const isTaken = kept !== undefined && label.kind !== "static" && (await isLevelTaken(name, kept));
  if (isTaken && wanted !== undefined) throw describeTaken(kept);
  if (kept !== undefined && kept === state.level && !isTaken) return kept;
  // What is prepared for a start has the level of before.
  removeStamps(name);
  if (kept === undefined || isTaken) return claimLevel(name, state);
  if (label.kind === "static") writeState(name, { ...state, level: kept });
  else if (!(await claimWantedLevel(name, state, kept))) throw describeTaken(kept);
  return kept;
}

const describeTaken = (level: string): SandboxError =>
  new SandboxError(`Level=${level}: something else on this host has this level`, {
    hint: "Choose other categories, or remove Level=",
  });

/** The level of a context. For a range it is the upper end, which the process can read. */
const levelOf = (context: string): string => context.split(":").slice(3).join(":").replace(/^.*-/, "");
