import { join } from "node:path";
import { stateDirectory } from "../generator/paths.ts";
import { parseSandboxName } from "../generator/sandbox-name.ts";
import { hasImage } from "./image.ts";
import { withLock } from "./keep/hold.ts";
import { requireWhole } from "./keep/unfinished.ts";
import { describeFullDisk } from "./populate/populate-sandbox.ts";
import { runHelper } from "./run-helper.ts";
import { replaceFile } from "./state.ts";
import { requireStopped } from "./upgrade/require-stopped.ts";
import { upgradeSandbox } from "./upgrade/upgrade-sandbox.ts";

// upgrade NAME: sandbox-upgrade@NAME.service; leaves what it did in upgrade.json for the command.
void runHelper(async ([text = ""]) => {
  const name = parseSandboxName(text);
  const upgrade = await withLock(name, async () => {
    await requireWhole(name);
    await requireStopped(name);
    const done = await upgradeSandbox(name).catch((error: unknown) => {
      throw describeFullDisk(error, name, hasImage(name) ? "image" : "folder");
    });
    replaceFile(join(stateDirectory(name), "upgrade.json"), `${JSON.stringify(done, null, 2)}\n`);
    return done;
  });
  process.stdout.write(`${upgrade.packages.length} packages and ${upgrade.changes.length} paths followed the host\n`);
});
