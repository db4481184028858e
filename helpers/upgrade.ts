import { join } from "node:path";
import { stateDirectory } from "../base/paths.ts";
import { parseSandboxName } from "../base/sandbox-name.ts";
import { runHelper } from "./host/process/run-helper.ts";
import { prepareSandbox } from "./run/prepare/prepare-sandbox.ts";
import { withLock } from "./sandbox/hold/hold.ts";
import { requireWhole } from "./sandbox/hold/unfinished.ts";
import { hasImage } from "./sandbox/image/mount-image.ts";
import { describeFullDisk } from "./sandbox/populate/populate-sandbox.ts";
import { requireAllStopped } from "./sandbox/require-stopped.ts";
import { replaceFile } from "./sandbox/state.ts";
import { upgradeSandbox } from "./sandbox/upgrade/upgrade-sandbox.ts";

// upgrade NAME: sandbox-upgrade@NAME.service. It leaves its results in upgrade.json for the command.
void runHelper(async ([text = ""]) => {
  const name = parseSandboxName(text);
  const upgrade = await withLock(name, async () => {
    requireWhole(name);
    await requireAllStopped(name);
    const done = await upgradeSandbox(name, prepareSandbox).catch((error: unknown) => {
      throw describeFullDisk(error, name, hasImage(name) ? "image" : "folder", `sandboxcontainer upgrade ${name}`);
    });
    replaceFile(join(stateDirectory(name), "upgrade.json"), `${JSON.stringify(done, null, 2)}\n`);
    return done;
  });
  process.stdout.write(`upgraded ${upgrade.packages.length} packages and ${upgrade.changes.length} paths\n`);
});
