import type { Conf } from "../../generator/conf.ts";
import { rootTree } from "../../generator/paths.ts";
import { run } from "../run.ts";
import { contentContext, requireEnforcing } from "../selinux.ts";
import { requireState, writeContext, writeState } from "../state.ts";
import { allocateLevel } from "./allocate-level.ts";

/**
 * Gives the tree the sandbox's own level, which it keeps for good. Label=none leaves the tree as it is; without SELinux
 * in force anything else is refused.
 */
export async function labelSandbox(conf: Conf): Promise<void> {
  const { name } = conf;
  if (conf.Label.kind === "none") {
    writeContext(name, null);
  } else {
    requireEnforcing();
    const state = requireState(name);
    const level = conf.Label.kind === "static" ? levelOf(conf.Label.label) : (state.level ?? allocateLevel(name));
    if (level !== state.level) writeState(name, { ...state, level });
    const context = contentContext(conf.FileType, level);
    // Physical: neither links nor what they point to outside are walked, and links themselves are labelled.
    await run("chcon", ["--recursive", "-P", "--no-dereference", "--", context, rootTree(name)]);
    writeContext(name, context);
  }
}

const levelOf = (context: string): string => context.split(":").slice(3).join(":");
