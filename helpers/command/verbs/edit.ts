import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { text as readStream } from "node:stream/consumers";
import { type ConfError, describeError, SandboxError } from "../../../base/errors.ts";
import { writeFile } from "../../../base/files.ts";
import { confFile } from "../../../base/paths.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import { loadConf } from "../../../conf/load-conf.ts";
import { connectSystemd } from "../../host/systemd/systemd.ts";
import { ask } from "../ask.ts";
import { findMistakes, requireRight, warnOfRisks } from "../conf/find-mistakes.ts";
import { putIntoEffect, reportEffect } from "../conf/put-into-effect.ts";
import { readOwnConf, replaceConf } from "../conf/replace-conf.ts";
import { type JsonOption, print } from "../output.ts";
import { recordEvent } from "../record-event.ts";
import { requireSandbox } from "../require-sandbox.ts";
import type { Verb } from "../verb.ts";
import { type SetOptions, tryLoad } from "./set.ts";

export const verb: Verb = {
  name: "edit",
  group: "Change",
  summary: "open the conf in $VISUAL or $EDITOR, check it, and put it into effect",
  places: { "<name>": "sandbox" },
  options: {
    "--replace <file>": {
      help: "take the new text from this file, or with `-` from standard input, without an editor",
      takes: "file",
    },
    "--was <digest>": "change it only if the conf still has this SHA-256 (confDigest of show --json)",
  },
  json: `{ name: string; live: string[]; restartNeeded: boolean; restart: string[] }`,
  examples: ["edit web1", "edit clock --replace web9.conf"],
  run: editConf,
};

type EditOptions = SetOptions & { readonly replace?: string };

async function editConf(text: string, options: EditOptions): Promise<void> {
  const name = requireSandbox(text);
  const { replace, was } = options;
  const old = readOwnConf(name, was);
  if (replace !== undefined) {
    const fresh = replace === "-" ? await readStream(process.stdin) : readFileSync(replace, "utf8");
    // Standard input may have taken its time.
    if (fresh !== readOwnConf(name, was)) await useText(name, fresh, options);
    else reportUnchanged(name, options);
    return;
  }
  const copy = join(mkdtempSync(join(tmpdir(), "sandboxcontainer-")), `${name}.conf`);
  writeFile(copy, old, { mode: 0o600 });
  const fresh = await editUntilRight(name, copy);
  if (fresh === undefined || fresh === old) {
    rmSync(dirname(copy), { recursive: true });
    reportUnchanged(name, options);
    return;
  }
  if (readOwnConf(name) !== old)
    throw new SandboxError(`${confFile(name)} was changed in the meantime`, { hint: `Your text is in ${copy}` });
  await useText(name, fresh, options);
  rmSync(dirname(copy), { recursive: true });
}

async function useText(name: SandboxName, text: string, options: JsonOption): Promise<void> {
  const before = tryLoad(name);
  await requireRight(name, text);
  replaceConf(name, text);
  using systemd = await connectSystemd();
  const after = loadConf(name);
  const effect = await putIntoEffect(systemd, before, after);
  await recordEvent(name, { event: "changed", keys: [...effect.live, ...effect.restart] });
  warnOfRisks(after, before);
  reportEffect(after, effect, options);
}

function reportUnchanged(name: SandboxName, options: JsonOption): void {
  if (options.json === true) reportEffect({ name }, { live: [], restart: [] }, options);
  else print(`The conf of ${name} stays as it was`);
}

/** Returns the edited text once it is valid; undefined if the user discards it. */
async function editUntilRight(name: SandboxName, copy: string): Promise<string | undefined> {
  for (;;) {
    runEditor(copy);
    const text = readFileSync(copy, "utf8");
    const errors = await findMistakes(name, text);
    if (errors.length === 0) return text;
    process.stderr.write(errors.map((error: ConfError) => `${describeError(error)}\n`).join(""));
    const answer = process.stdin.isTTY ? await askWhatNow() : "k";
    if (answer === "d") return undefined;
    if (answer === "k")
      throw new SandboxError(`the conf of ${name} stays as it was`, { hint: `Your text is in ${copy}`, status: 2 });
  }
}

async function askWhatNow(): Promise<string> {
  const answer = await ask("[e]dit again, [k]eep the text in a file, or [d]iscard it? ");
  return answer === undefined ? "k" : answer.toLowerCase().slice(0, 1) || "e";
}

// The variables may contain options, as other programs allow.
function runEditor(file: string): void {
  const editor = process.env["VISUAL"] ?? process.env["EDITOR"] ?? "editor";
  const { status, error } = spawnSync("sh", ["-c", `exec ${editor} "$1"`, "sh", file], { stdio: "inherit" });
  if (status === 0 && error === undefined) return;
  throw new SandboxError(
    `the editor \`${editor}\` ${status === null ? "was killed by a signal" : `ended with status ${status}`}`,
    {
      hint: `The conf stays as it was. Choose an editor with EDITOR=. Your text is in ${file}`,
    },
  );
}
