import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { confFile, imageFile, stateDirectory, stateRoot } from "../../../base/paths.ts";
import { parseSandboxName, type SandboxName } from "../../../base/sandbox-name.ts";
import { loadConf } from "../../../conf/load-conf.ts";
import type { SettingName } from "../../../conf/settings.ts";
import { run } from "../../host/process/run.ts";
import { connectSystemd, type Systemd } from "../../host/systemd/systemd.ts";
import { withHeld } from "../../sandbox/hold/hold.ts";
import { conclude, requireWhole, wasDone } from "../../sandbox/hold/unfinished.ts";
import { mountImage } from "../../sandbox/image/mount-image.ts";
import { copyConfigured } from "../../sandbox/populate/write-steps.ts";
import { removeHalfMade } from "../../sandbox/remove-sandbox.ts";
import { orFreeze, requireRootAtRest, requireStopped } from "../../sandbox/require-stopped.ts";
import { copyRecords, copyRoot, removeAbandoned, withStaging } from "../../sandbox/snapshots/copy-root.ts";
import { withFrozen } from "../../sandbox/snapshots/freeze.ts";
import { followSnapshots } from "../../sandbox/snapshot-timer.ts";
import { warnOfRisks } from "../conf/find-mistakes.ts";
import { forAnother, type Reduced } from "../conf/own-values.ts";
import { readSource } from "../conf/replace-conf.ts";
import { adopt, verifyNewcomer } from "../create/adopt.ts";
import { requireFreeName } from "../create/make-sandbox.ts";
import type { SettingLine } from "../create/request.ts";
import { placeSettings, readSettingLines, settingOptions } from "../create/setting-options.ts";
import { howToStart } from "../how-to-start.ts";
import { print, printJson, warn, withProgress } from "../output.ts";
import { recordEvent } from "../record-event.ts";
import { requireSandbox } from "../require-sandbox.ts";
import type { Flags, Verb } from "../verb.ts";

export const verb: Verb = {
  name: "clone",
  group: "Copy and keep",
  summary: "make a sandbox with the conf and the data of another; ports and addresses are not copied",
  places: { "<old>": "sandbox", "<new>": "any" },
  options: {
    ...settingOptions(placeSettings, ", instead of the original's"),
    ...settingOptions(["Image"]),
    "-r, --running": "copy a running sandbox too; it is frozen during the copy",
  },
  json: `{ name: string; source: string; conf: string; unit: string; published: string[]; listen: string[];
    address: string[]; leftOut: string[] }`,
  examples: ["clone web1 web2 --publish 127.0.0.1:8082:80"],
  run: (source: string, name: string, options: Omit<CloneOptions, "own">) =>
    cloneSandbox(source, name, { ...options, own: readSettingLines({ ...options }, [...placeSettings, "Image"]) }),
};

type CloneOptions = Flags<"json" | "running"> & { readonly own: readonly SettingLine[] };

/** Makes a sandbox with the conf and data of another, but with its own identity, ids, level and ports. */
async function cloneSandbox(sourceText: string, nameText: string, options: CloneOptions): Promise<void> {
  const name = parseSandboxName(nameText);
  const source = requireSandbox(sourceText);
  requireFreeName(name);
  const changed = forAnother(name, readSource(source), options.own);
  verifyNewcomer(name, changed);
  using systemd = await connectSystemd();
  await withHeld(systemd, [source, name], async () => {
    // An earlier clone was killed when everything but this was done.
    if (wasDone(name)) return removeAbandoned(stateRoot);
    requireWhole(source);
    if (options.running === true) await requireRootAtRest(systemd, source);
    else await requireStopped(systemd, source, orFreeze);
    await removeHalfMade(systemd, name);
    requireFreeName(name);
    await withProgress(`Cloning ${source}`, () =>
      withStaging(stateRoot, async (folder) => {
        await fill(systemd, source, folder);
        await adopt(systemd, { name, ...changed, folder });
      }),
    );
  });
  await conclude([name], async () => {
    await recordEvent(name, { event: "created" });
    await followSnapshots(systemd, undefined, loadConf(name));
    warnOfRisks(loadConf(name));
    report(source, name, changed, options);
  });
}

async function fill(systemd: Systemd, source: SandboxName, folder: string): Promise<void> {
  await mountImage(systemd, source);
  await withFrozen(source, async () => {
    await copyRoot(stateDirectory(source), folder);
    copyRecords(stateDirectory(source), folder);
    copyConfigured(stateDirectory(source), folder);
  });
  if (!existsSync(join(folder, basename(imageFile(source))))) return;
  const image = join(folder, basename(imageFile(source)));
  await run("e2fsck", ["-f", "-p", "--", image], { accept: [1] });
  await run("tune2fs", ["-U", "random", "--", image]);
}

function report(source: SandboxName, name: SandboxName, { leftOut }: Reduced, options: CloneOptions): void {
  if (options.json === true) {
    const valuesOf = (wanted: SettingName) => options.own.flatMap(({ key, value }) => (key === wanted ? [value] : []));
    const [published, listen, address] = (["Publish", "Listen", "Address"] as const).map(valuesOf);
    const unit = `sandbox@${name}.service`;
    printJson({ name, source, conf: confFile(name), unit, published, listen, address, leftOut });
    return;
  }
  const replaced = new Set<string>(options.own.map(({ key }) => key));
  const missing = leftOut.filter((line) => !replaced.has(line.slice(0, line.indexOf("="))));
  if (missing.length > 0)
    warn(
      `these settings were not copied, because only one sandbox can have them, or because they need one of these: ${missing.join(", ")}. Give ${name} its own: sandboxcontainer edit ${name}`,
    );
  print(`Cloned ${source} into ${name}. ${howToStart(loadConf(name))}`);
}
