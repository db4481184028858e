import { SandboxError } from "../../../base/errors.ts";
import { confFile } from "../../../base/paths.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import type { Conf } from "../../../conf/conf.ts";
import { loadConf, loadConfText } from "../../../conf/load-conf.ts";
import type { ConfSection } from "../../../conf/keys/known-keys.ts";
import { isSettingName } from "../../../conf/settings.ts";
import { connectSystemd } from "../../host/systemd/systemd.ts";
import { hasImage } from "../../sandbox/image/mount-image.ts";
import { applyAssignments, type Assignment, parseAssignment } from "../conf/assignments.ts";
import { readValues, writeValues } from "../conf/edit-conf-text.ts";
import { requireRight, warnOfRisks } from "../conf/find-mistakes.ts";
import { putIntoEffect, reportEffect } from "../conf/put-into-effect.ts";
import { readOwnConf, replaceConf } from "../conf/replace-conf.ts";
import { type JsonOption, warn } from "../output.ts";
import { recordEvent } from "../record-event.ts";
import { requireSandbox } from "../require-sandbox.ts";
import type { Verb } from "../verb.ts";

export const verb: Verb = {
  name: "set",
  group: "Change",
  summary:
    "change settings in the conf: KEY=VALUE sets, KEY= removes; KEY+=VALUE and KEY-=VALUE add and remove a value",
  places: { "<name>": "sandbox", "<key=value...>": "assignment" },
  options: { "--was <digest>": "change it only if the conf still has this SHA-256 (confDigest of show --json)" },
  json: `{ name: string; live: string[]; restartNeeded: boolean; restart: string[] }`,
  examples: [
    "set web1 Publish+=127.0.0.1:8444:443 TimeoutStopSec=20s",
    "set web1 Publish-=127.0.0.1:8444:443 TimeoutStopSec=",
    "set clock Unit.StartLimitBurst=3",
  ],
  run: setSettings,
};

export type SetOptions = JsonOption & { readonly was?: string };

async function setSettings(text: string, words: readonly string[], options: SetOptions): Promise<void> {
  const assignments = words.map(parseAssignment);
  const name = requireSandbox(text);
  refuseImage(name, assignments);
  const old = readOwnConf(name, options.was);
  const before = tryLoad(name);
  const fresh = forgetElsewhere(name, applyAssignments(old, assignments), assignments);
  await requireRight(name, fresh);
  replaceConf(name, fresh);
  const after = loadConf(name);
  using systemd = await connectSystemd();
  const effect = await putIntoEffect(systemd, before, after);
  if (fresh !== old) await recordEvent(name, { event: "changed", keys: assignments.map(({ key }) => key) });
  for (const assignment of assignments) warnOfDropIn(after, assignment);
  warnOfRisks(after, before);
  reportEffect(after, effect, options);
}

function refuseImage(name: SandboxName, assignments: readonly Assignment[]): void {
  const image = assignments.find(({ key }) => key === "Image");
  if (image === undefined) return;
  throw new SandboxError("Image= cannot be changed by editing the conf alone", {
    hint: hasImage(name)
      ? `Change both: sandboxcontainer resize ${name} ${image.value || "SIZE"}`
      : `Clone it into a sandbox with an image: sandboxcontainer clone ${name} NEW --imagesize ${image.value || "SIZE"}`,
    status: 2,
  });
}

/** Loads the conf before the change, to tell what changes. An invalid conf counts as none. */
export function tryLoad(name: SandboxName): Conf | undefined {
  try {
    return loadConf(name);
  } catch {
    return undefined;
  }
}

// Only an empty line clears a default of the host.
function forgetElsewhere(name: SandboxName, text: string, assignments: readonly Assignment[]): string {
  return assignments
    .filter(
      ({ how, value, section, key }) => how === "=" && value === "" && readValues(text, section, key).length === 0,
    )
    .reduce((current, { section, key }) => {
      const { conf } = loadConfText(name, confFile(name), current);
      const isSaid = isSettingName(key)
        ? (conf.origins[key] ?? []).length > 0
        : linesOf(conf, section).some((line) => line.key === key);
      return isSaid ? writeValues(current, section, key, [""]) : current;
    }, text);
}

const linesOf = (conf: Conf, section: ConfSection): Conf["timer"] => {
  const lines = { Resources: conf.resources, Timer: conf.timer, Snapshots: conf.snapshots };
  return section in lines ? lines[section as keyof typeof lines] : [];
};

function warnOfDropIn(conf: Conf, { section, key }: Assignment): void {
  const origin = isSettingName(key)
    ? conf.origins[key]?.at(-1)
    : linesOf(conf, section).findLast((line) => line.key === key);
  if (origin?.path.startsWith(`${confFile(conf.name)}.d/`) === true)
    warn(`${origin.path}:${origin.line} sets ${key}= too, and wins`);
}
