import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ConfError, SandboxError } from "../../../base/errors.ts";
import { imageFile, rootTree, stateDirectory } from "../../../base/paths.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import { formatBytes, printableText } from "../../../base/text.ts";
import { readConfFile } from "../../../conf/conf-files.ts";
import { listSandboxes, loadConf } from "../../../conf/load-conf.ts";
import { verifyConf } from "../../../conf/verify-conf.ts";
import { findController } from "../../host/libvirt/find-controller.ts";
import { connectSystemd } from "../../host/systemd/systemd.ts";
import { hasImage } from "../../sandbox/image/mount-image.ts";
import { tryReadState } from "../../sandbox/state.ts";
import { digestOf } from "../../sandbox/tree/look-up.ts";
import { readDeniedToday } from "../audit/read-audit.ts";
import { type EffectiveLine, listEffective } from "../conf/list-settings.ts";
import { advise } from "../explain-failure.ts";
import { formatTable, print, printJson } from "../output.ts";
import { requireSandbox } from "../require-sandbox.ts";
import { readFacts } from "../sandbox-facts.ts";
import type { SnapshotTimerFacts, TimerFacts } from "../timer-facts.ts";
import type { Verb } from "../verb.ts";
import { formatTime } from "./list.ts";

export const verb: Verb = {
  name: "show",
  group: "Look",
  summary: "show everything about a sandbox",
  places: { "<name>": "sandbox" },
  json: `list & { unit: string; advice: string | null; conf: string | null; confDigest: string | null;
    dropIns: string[]; cleared: string[]; root: string | null; image: string | null; uuid: string | null;
    machineId: string | null; hostIds: string | null; controllerPid: number | null; initPid: number | null;
    warnings: string[]; settings: { section: string; key: string; value: string; origin: string }[] }`,
  examples: ["show web1"],
  run: showSandbox,
};

async function showSandbox(text: string, options: { json?: boolean }): Promise<void> {
  const name = requireSandbox(text);
  const details = await readDetails(name);
  const settings = tryEffective(name);
  if (options.json === true) {
    printJson({ ...details, settings });
    return;
  }
  const lines = Object.entries(details).filter(
    ([key, value]) => value !== null && value !== "" && !forPrograms.has(key),
  );
  const width = Math.max(...lines.map(([key]) => key.length));
  const format = (key: string, value: unknown): string =>
    Array.isArray(value)
      ? value.join(key === "cleared" ? ", " : " ") || "-"
      : key === "since"
        ? formatTime(Number(value))
        : key === "memoryBytes"
          ? formatBytes(Number(value))
          : key === "timer" || key === "snapshotTimer"
            ? describeTimer(value as TimerFacts | SnapshotTimerFacts)
            : String(value);
  print(lines.map(([key, value]) => `${key.padStart(width)}: ${printableText(format(key, value))}\n`).join(""));
  if (settings.length > 0)
    print(
      `\n${formatTable(
        ["SETTING", "FROM"],
        settings.map(({ section, key, value, origin }) => [`[${section}] ${key}=${value}`, origin]),
      )}`,
    );
}

function describeTimer({ state, substate, next, last, ...more }: TimerFacts | SnapshotTimerFacts): string {
  const times = Object.entries({ last, next }).flatMap(([what, time]) =>
    time === null ? [] : [`, ${what} ${formatTime(time)}`],
  );
  const failure = "failed" in more && more.failed ? ", the last one failed" : "";
  return `${state} (${substate})${times.join("")}${failure}`;
}

// The settings tell people the same.
const forPrograms = new Set(["published", "confDigest"]);

// The errors of a conf are shown among the facts.
function tryEffective(name: SandboxName): readonly EffectiveLine[] {
  try {
    return listEffective(loadConf(name));
  } catch (error) {
    if (error instanceof SandboxError) return [];
    throw error;
  }
}

async function readDetails(name: SandboxName): Promise<Readonly<Record<string, unknown>>> {
  const deniedToday = readDeniedToday();
  using systemd = await connectSystemd();
  const facts = await readFacts(systemd, name);
  const unit = await systemd.readUnit(`sandbox@${name}.service`);
  const state = tryReadState(name);
  const controller = findController(name);
  const conf = listSandboxes().find((sandbox) => sandbox.name === name)?.path;
  return {
    ...facts,
    deniedToday: (await deniedToday)(facts),
    unit: `sandbox@${name}.service`,
    advice: await advise(systemd, `sandbox@${name}.service`, unit),
    conf: conf ?? null,
    confDigest: conf === undefined ? null : digestConf(conf),
    dropIns: unit["DropInPaths"],
    cleared: readCleared(name),
    root: existsSync(rootTree(name)) ? rootTree(name) : null,
    image: hasImage(name) ? imageFile(name) : null,
    uuid: state?.uuid ?? null,
    machineId: state?.machineId ?? null,
    hostIds: typeof state?.idBase !== "number" ? null : `${state.idBase}-${state.idBase + 65535}`,
    controllerPid: controller?.pid ?? null,
    initPid: controller?.initPid ?? null,
    warnings: facts.error === null ? verifyConf(name).warnings : [],
  };
}

/** The digest of a conf file; null if it is none that can be read, as `error` says. */
function digestConf(path: string): string | null {
  try {
    // It opens no pipe and no device.
    readConfFile(path);
    return digestOf([readFileSync(path)]);
  } catch (error) {
    if (error instanceof ConfError) return null;
    throw error;
  }
}

/**
 * Lists the settings that the last start turned off because they cannot work inside, as `UNIT: KEY=VALUE`. launch
 * writes them.
 */
function readCleared(name: SandboxName): readonly string[] {
  const file = join(stateDirectory(name), "cleared");
  return existsSync(file)
    ? readFileSync(file, "utf8")
        .split("\n")
        .filter((line) => line !== "")
    : [];
}
