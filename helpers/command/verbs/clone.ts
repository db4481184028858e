import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { confFile, imageFile, stateDirectory, stateRoot } from "../../../generator/conf/paths.ts";
import { parseSandboxName, type SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { settings } from "../../../generator/conf/settings.ts";
import { mountImage } from "../../sandbox/image/mount-image.ts";
import { copyRecords, copyRoot } from "../../sandbox/snapshots/copy-root.ts";
import { withFrozen } from "../../sandbox/snapshots/freeze.ts";
import { withHeld } from "../../sandbox/hold/hold.ts";
import { requireWhole } from "../../sandbox/hold/require-whole.ts";
import { removeAbandoned, withStaging } from "../../sandbox/snapshots/staging.ts";
import { conclude, wasDone } from "../../sandbox/hold/unfinished.ts";
import { copyConfigured } from "../../sandbox/populate/write-steps.ts";
import { run } from "../../host/run.ts";
import { connectSystemd, type Systemd } from "../../host/systemd.ts";
import { adopt, verifyNewcomer } from "../create/adopt.ts";
import { readValues, writeValues } from "../conf/edit-conf-text.ts";
import { requireSandbox } from "../require-sandbox.ts";
import { requireFreeName } from "../create/make-sandbox.ts";
import { removeHalfMade } from "../../sandbox/remove-half-made.ts";
import { readSource, type Source } from "../conf/read-source.ts";
import { print, printJson, warn, withProgress } from "../output.ts";
import { recordEvent } from "../record-event.ts";
import { orFreeze, requireRootAtRest, requireStopped } from "../../sandbox/require-stopped.ts";

interface CloneOptions {
  readonly publish: readonly string[];
  readonly imagesize?: string;
  readonly running?: boolean;
  readonly json?: boolean;
}

/** Makes a sandbox with the conf and data of another, but with its own identity, ids, level and ports. */
export async function cloneSandbox(sourceText: string, nameText: string, options: CloneOptions): Promise<void> {
  const name = parseSandboxName(nameText);
  const source = requireSandbox(sourceText);
  requireFreeName(name);
  const original = readSource(source);
  const changed = changeConf(original, options);
  verifyNewcomer(name, changed.text);
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
    report(source, name, original, options);
  });
}

/** Lists the values that only one sandbox can have: a port of the host, an address, ids. */
const ownOf = (text: string, key: OwnKey): readonly string[] =>
  readValues(text, settings[key].section, key).filter((value) => value !== "" && value !== "dhcp");

const ownKeys = ["Publish", "Address", "MacAddress", "HostIds", "Level"] as const;
type OwnKey = (typeof ownKeys)[number];

function withoutOwn(text: string): string {
  return ownKeys.reduce((current, key) => {
    const own = ownOf(current, key);
    return writeValues(
      current,
      settings[key].section,
      key,
      readValues(current, settings[key].section, key).filter((value) => !own.includes(value)),
    );
  }, text);
}

function changeConf({ text, dropIns }: Source, options: CloneOptions): Source {
  const published =
    options.publish.length === 0
      ? withoutOwn(text)
      : writeValues(withoutOwn(text), "Network", "Publish", options.publish);
  return {
    text: options.imagesize === undefined ? published : writeValues(published, "Sandbox", "Image", [options.imagesize]),
    dropIns: new Map([...dropIns].map(([file, dropIn]) => [file, withoutOwn(dropIn)])),
  };
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

function report(source: SandboxName, name: SandboxName, original: Source, options: CloneOptions): void {
  const texts = [original.text, ...original.dropIns.values()];
  const leftOut = texts.flatMap((text) => ownKeys.flatMap((key) => ownOf(text, key).map((value) => `${key}=${value}`)));
  if (options.json === true) {
    printJson({
      name,
      source,
      conf: confFile(name),
      unit: `sandbox@${name}.service`,
      published: options.publish,
      leftOut,
    });
    return;
  }
  const missing = leftOut.filter((line) => options.publish.length === 0 || !line.startsWith("Publish="));
  if (missing.length > 0)
    warn(
      `these settings were not copied, because only one sandbox can have them: ${missing.join(", ")}. Give ${name} its own: sandboxcontainer edit ${name}`,
    );
  if (texts.some((text) => readValues(text, "Security", "Label").some((label) => label.includes(":s0"))))
    warn(`Label= of ${source} sets a fixed level, so ${name} has the same level: SELinux does not separate the two`);
  print(`Cloned ${source} into ${name}. Start it with: systemctl start sandbox@${name}`);
}
