import { describeError, SandboxError } from "../base/errors.ts";
import { parseSandboxName } from "../base/sandbox-name.ts";
import { printWarning, runHelper } from "./host/process/run-helper.ts";
import { connectSystemd } from "./host/systemd/systemd.ts";
import { cleanUpAfter } from "./sandbox/clean-up-after.ts";
import { withHeld } from "./sandbox/hold/hold.ts";
import { findLeftovers, removePaths, thawLeft } from "./sandbox/hold/leftovers.ts";
import { describeCommand, readUnfinished } from "./sandbox/hold/unfinished.ts";

// tidy [NAME]: sandboxcontainer-tidy.service. It runs after a boot and removes the leftovers of commands that were killed, by
// the end of the last boot or by somebody. With a name, for ExecStopPost=, it looks only for what one of that sandbox has left
// that failed.
void runHelper(async ([text]) => {
  if (text !== undefined && process.env["SERVICE_RESULT"] === "success") return;
  const { paths, unfinished, frozen } = await findLeftovers(text === undefined ? undefined : parseSandboxName(text));
  for (const name of frozen) await thawLeft(name);
  const errors = await removePaths(paths);
  using systemd = await connectSystemd();
  for (const { name } of unfinished) {
    await withHeld(systemd, [name], async () => {
      // Meanwhile somebody may have finished it, and begun something else.
      const left = readUnfinished(name);
      if (left === undefined) return;
      if (await cleanUpAfter(systemd, name, left.task))
        process.stdout.write(`cleaned up after \`${describeCommand(left)}\`\n`);
      else printWarning(`${name} is incomplete: \`${describeCommand(left)}\` was killed. Run it again`);
    });
  }
  if (errors.length > 0) throw new SandboxError(errors.map(describeError).join("\n"));
});
