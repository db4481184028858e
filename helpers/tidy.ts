import { removeHalfMade } from "./sandbox/remove-half-made.ts";
import { removeSandbox } from "./sandbox/remove-sandbox.ts";
import { withHeld } from "./sandbox/hold/hold.ts";
import { thawLeft } from "./sandbox/hold/thaw-left.ts";
import { findLeftovers, removePaths } from "./sandbox/hold/leftovers.ts";
import { describeCommand, isBroken, removeUnfinished } from "./sandbox/hold/unfinished.ts";
import { printWarning, runHelper } from "./host/run-helper.ts";
import { connectSystemd } from "./host/systemd.ts";

// tidy: sandboxcontainer-tidy.service. It runs after a boot and removes the leftovers of commands that were killed, by
// the end of the last boot or by somebody.
void runHelper(async () => {
  const { paths, unfinished, frozen } = await findLeftovers();
  for (const name of frozen) await thawLeft(name);
  await removePaths(paths);
  using systemd = await connectSystemd();
  for (const { name, left } of unfinished) {
    await withHeld(systemd, [name], async () => {
      if (left.task.kind === "making") await removeHalfMade(systemd, name);
      else if (left.task.kind === "deleting") await removeSandbox(systemd, name);
      else if (isBroken(left.task)) {
        printWarning(`${name} is incomplete: \`${describeCommand(left)}\` was killed. Run it again`);
        return;
      }
      removeUnfinished(name);
      process.stdout.write(`cleaned up after \`${describeCommand(left)}\`\n`);
    });
  }
});
