import { existsSync, mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { SandboxError } from "../../../base/errors.ts";
import { writeFile } from "../../../base/files.ts";
import { confFile, stateDirectory, stateRoot } from "../../../base/paths.ts";
import { parseSandboxName, type SandboxName } from "../../../base/sandbox-name.ts";
import { formatBytes, printableText } from "../../../base/text.ts";
import type { Conf } from "../../../conf/conf.ts";
import { loadConf, loadConfText } from "../../../conf/load-conf.ts";
import { parseConf } from "../../../conf/parse-conf.ts";
import { connectSystemd } from "../../host/systemd/systemd.ts";
import type { Records } from "../../sandbox/archive/records.ts";
import { makeTreeWriter, type TreeWriter } from "../../sandbox/archive/tree-writer.ts";
import { type Contents, unpackSandbox } from "../../sandbox/archive/unpack.ts";
import { withHeld } from "../../sandbox/hold/hold.ts";
import { conclude, readUnfinished } from "../../sandbox/hold/unfinished.ts";
import { isIdentityTaken } from "../../sandbox/identity.ts";
import { followConf } from "../../sandbox/job-timer.ts";
import { formatManifest } from "../../sandbox/manifest/manifest.ts";
import { formatBases } from "../../sandbox/populate/service-packages.ts";
import { followSnapshots } from "../../sandbox/snapshot-timer.ts";
import { withStaging } from "../../sandbox/snapshots/copy-root.ts";
import { printableName } from "../../sandbox/untrusted-text.ts";
import { warnOfRisks } from "../conf/find-mistakes.ts";
import { withOwn } from "../conf/own-values.ts";
import { adopt, verifyNewcomer } from "../create/adopt.ts";
import { requireFreeName } from "../create/make-sandbox.ts";
import { replaceSandbox, requireSame } from "../create/replace-sandbox.ts";
import type { SettingLine } from "../create/request.ts";
import { placeSettings, readSettingLines, settingOptions } from "../create/setting-options.ts";
import { howToStart } from "../how-to-start.ts";
import { print, printJson, warn, withProgress } from "../output.ts";
import { recordEvent } from "../record-event.ts";
import { requireRoot } from "../require-sandbox.ts";
import type { Flags, Verb } from "../verb.ts";
import { tryLoad } from "./set.ts";

export const verb: Verb = {
  name: "import",
  group: "Copy and keep",
  summary: "make a sandbox from an archive that `export` wrote, under its old name or a new one",
  places: { "<file>": "file", "[new]": "any" },
  options: {
    ...settingOptions(placeSettings, ", instead of the original's"),
    "-R, --replace": "replace an older copy of the same sandbox, which must be stopped",
    "-n, --dry-run": "only show its conf and what would be made",
  },
  json: `{ name: string; file: string; conf: string; unit: string; leftOut: string[] }`,
  jsonWith: {
    "--dry-run": `{ name: string; file: string; conf: string; unit: string; text: string; dropIns: {
    file: string; text: string }[]; leftOut: string[]; programs: string[]; files: number; bytes: number }`,
  },
  examples: [
    "import web1.tar.zst web4 --publish 127.0.0.1:8084:80 --dry-run",
    "import web1.tar.zst web4 --publish 127.0.0.1:8084:80",
  ],
  run: (file: string, name: string | undefined, options: Omit<ImportOptions, "own">) =>
    importSandbox(file, name, { ...options, own: readSettingLines({ ...options }, placeSettings) }),
};

type ImportOptions = Flags<"json" | "dryRun" | "replace"> & { readonly own: readonly SettingLine[] };

/** Makes a sandbox from an archive that `export` wrote, under its old name or another. All or nothing. */
async function importSandbox(path: string, wanted: string | undefined, options: ImportOptions): Promise<void> {
  const file = resolve(path);
  const chosen = wanted === undefined ? undefined : parseSandboxName(wanted);
  if (options.dryRun === true) {
    await showArchive(file, chosen, options);
    return;
  }
  requireRoot();
  if (chosen !== undefined && options.replace !== true) requireFreeName(chosen);
  using systemd = await connectSystemd();
  let before: Conf | undefined;
  const plan = await withProgress(`Importing ${file}`, () =>
    withStaging(stateRoot, async (folder) => {
      const { records, plan: newcomer } = await unpackInto(folder, file, chosen, options);
      const { name } = newcomer;
      const isOlder = isReplaced(name, options);
      writeRecords(folder, records, isOlder);
      await withHeld(systemd, [name], async () => {
        // Unpacking may have taken an hour.
        if (isReplaced(name, options) !== isOlder)
          throw new SandboxError(`sandbox ${name} was ${isOlder ? "deleted" : "made"} meanwhile`, {
            hint: "Run the command again if it is still wanted",
          });
        if (isOlder) requireSame(name, records.state);
        before = isOlder ? tryLoad(name) : undefined;
        await (isOlder ? replaceSandbox : adopt)(systemd, { ...newcomer, folder });
        if (isOlder) await followConf(systemd, before, loadConf(name));
        await followSnapshots(systemd, before, loadConf(name));
        await recordEvent(name, isOlder ? { event: "changed", keys: [] } : { event: "created" });
      });
      return newcomer;
    }),
  );
  await conclude([plan.name], () => {
    report(file, plan, before, options);
  });
}

function report(
  file: string,
  { name, leftOut, programs }: Plan,
  before: Conf | undefined,
  options: ImportOptions,
): void {
  for (const program of programs)
    warn(`this line makes the host run a program, or passes data to one: ${printableName(program)}`);
  if (leftOut.length > 0 && options.json !== true)
    warn(`these settings do not go with the new addresses and ports, and were left out: ${leftOut.join(", ")}`);
  warnOfRisks(loadConf(name), before);
  if (options.json === true) printJson({ name, file, conf: confFile(name), unit: `sandbox@${name}.service`, leftOut });
  else print(`Imported ${name}. ${howToStart(loadConf(name))}`);
}

const isReplaced = (name: SandboxName, options: ImportOptions): boolean =>
  options.replace === true && existsSync(stateDirectory(name)) && readUnfinished(name)?.task.kind !== "making";

/** The sandbox that an archive will become. */
interface Plan {
  readonly name: SandboxName;
  readonly text: string;
  readonly dropIns: ReadonlyMap<string, string>;
  /** Lines that mean nothing with the ports and addresses that were given, as `KEY=VALUE`. */
  readonly leftOut: readonly string[];
  /** Lines of its conf that make the host run a program, as `FILE: KEY=VALUE`. */
  readonly programs: readonly string[];
}

async function unpackInto(
  folder: string,
  file: string,
  chosen: SandboxName | undefined,
  options: ImportOptions,
): Promise<{ readonly records: Records; readonly plan: Plan }> {
  let begun: { readonly records: Records; readonly plan: Plan } | undefined;
  await unpackSandbox(file, (records): TreeWriter => {
    // The plan comes first, so that it can fail before gigabytes are written.
    begun = { records, plan: planSandbox(records, chosen, options) };
    return makeTreeWriter(folder);
  });
  if (begun === undefined) throw new Error("an archive without records");
  return begun;
}

function planSandbox(records: Records, chosen: SandboxName | undefined, options: ImportOptions): Plan {
  const name = chosen ?? records.name;
  if (isReplaced(name, options)) requireSame(name, records.state);
  else requireFreeName(name);
  const { text, dropIns, leftOut } = withOwn(name, { text: records.conf, dropIns: records.dropIns }, options.own);
  verifyNewcomer(name, { text, dropIns });
  const path = confFile(name);
  const texts = new Map([
    [path, text],
    ...[...dropIns].map(([each, dropIn]) => [join(`${path}.d`, each), dropIn] as const),
  ]);
  return { name, text, dropIns, leftOut, programs: findHostPrograms(texts) };
}

/**
 * Finds lines of [Service] that make the host, and not the sandbox, run a program, as `FILE:LINE: KEY=VALUE`. `texts`
 * has the texts by file. Variables could preload a library into our own helpers, so no conf may set them
 * (refused-keys.ts).
 */
export const findHostPrograms = (texts: ReadonlyMap<string, string>): readonly string[] =>
  [...texts].flatMap(([path, text]) =>
    parseConf(text, path)
      .lines.filter(({ section, key }) => section === "Service" && key.startsWith("Exec"))
      .map(({ line, key, value }) => `${path}:${line}: ${key}=${value}`),
  );

/** Writes the records beside the tree, as our reader understood them and not as they were in the archive. */
function writeRecords(folder: string, { manifest, bases, state, configured }: Records, isReplacing: boolean): void {
  const write = (record: string, data: string | Buffer): void => {
    writeFile(join(folder, record), data, { flag: "wx", mode: 0o600 });
  };
  write("manifest.json", formatManifest(manifest));
  if (bases !== undefined) write("bases.json.gz", formatBases(bases));
  // This host chooses the ids and the level.
  if (!isReplacing && state !== undefined && !isIdentityTaken(state)) {
    const { version, uuid, machineId } = state;
    write("state.json", `${JSON.stringify({ version, uuid, machineId, idBase: null })}\n`);
  }
  // What the scripts of its packages made is in the root, whatever identity the sandbox gets.
  mkdirSync(join(folder, "configure"), { mode: 0o700 });
  write("configure/done", configured.map((each) => `${each}\n`).join(""));
}

/**
 * Shows what an archive would make, and reads all of it. Writes nothing, and needs only the right to read the archive.
 */
async function showArchive(file: string, chosen: SandboxName | undefined, options: ImportOptions): Promise<void> {
  let plan: Plan | undefined;
  const contents = await withProgress(`Reading ${file}`, () =>
    unpackSandbox(file, (records) => {
      plan = planSandbox(records, chosen, options);
      return undefined;
    }),
  );
  if (plan === undefined) throw new Error("an archive without records");
  if (options.json === true) printJson(describePlan(file, plan, contents));
  else print(formatPlan(plan, contents));
  warnOfRisks(loadConfText(plan.name, confFile(plan.name), plan.text).conf);
}

const describePlan = (file: string, { name, text, dropIns, leftOut, programs }: Plan, contents: Contents) => ({
  ...{ name, file, conf: confFile(name), unit: `sandbox@${name}.service`, text },
  dropIns: [...dropIns].map(([each, dropIn]) => ({ file: join(`${confFile(name)}.d`, each), text: dropIn })),
  ...{ leftOut, programs, ...contents },
});

function formatPlan({ name, text, dropIns, programs }: Plan, { files, bytes }: Contents): string {
  const show = (path: string, content: string): string =>
    `${printableName(path)}:\n${printableText(content).replaceAll(/^(?=.)/gm, "  ")}\n`;
  return [
    show(confFile(name), text),
    ...[...dropIns].map(([file, dropIn]) => show(join(`${confFile(name)}.d`, file), dropIn)),
    ...programs.map(
      (program) => `This line makes the host run a program, or passes data to one: ${printableName(program)}\n`,
    ),
    `A root of ${files} files, folders and links, ${formatBytes(bytes)}, for sandbox@${name}. Nothing was written.\n`,
  ].join("");
}
