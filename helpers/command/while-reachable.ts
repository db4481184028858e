import { existsSync } from "node:fs";
import { rootTree } from "../../generator/conf/paths.ts";
import { SandboxError } from "../../generator/conf/sandbox-error.ts";
import type { SandboxName } from "../../generator/conf/sandbox-name.ts";
import { findController } from "../host/find-controller.ts";
import { connectSystemd } from "../host/systemd.ts";
import { withHeld } from "../sandbox/hold/hold.ts";
import { requireWhole } from "../sandbox/hold/require-whole.ts";
import { mountImage } from "../sandbox/image/mount-image.ts";
import { areAllStopped, requireStopped } from "../sandbox/require-stopped.ts";
import { enterSandbox } from "./enter-sandbox.ts";
import { requireSandbox } from "./require-sandbox.ts";

/** How files of a sandbox are reached: by a program inside, whose words these precede, or in its tree on the host. */
export type Reach =
  | { readonly kind: "inside"; readonly name: SandboxName; readonly words: readonly string[] }
  | { readonly kind: "tree"; readonly name: SandboxName; readonly tree: string };

/** Runs work on the files of a sandbox. A stopped one is held meanwhile, so that nothing starts it. */
export async function whileReachable<T>(text: string, work: (reach: Reach) => Promise<T>): Promise<T> {
  const name = requireSandbox(text);
  if (findController(name)?.initPid !== undefined) return work({ kind: "inside", ...enterSandbox(name) });
  using systemd = await connectSystemd();
  return await withHeld(systemd, [name], async () => {
    requireWhole(name);
    if (!(await areAllStopped(systemd, name))) {
      await requireStopped(systemd, name);
      throw new SandboxError(`sandbox ${name} is starting or stopping`, { hint: "Try again when that has ended" });
    }
    await mountImage(systemd, name);
    const tree = rootTree(name);
    if (!existsSync(tree))
      throw new SandboxError(`sandbox ${name} has no root yet`, {
        hint: `Make it: systemctl start sandbox-root@${name}.service`,
      });
    return work({ kind: "tree", name, tree });
  });
}
