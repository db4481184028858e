import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { SandboxError } from "../../../base/errors.ts";
import { isCredentialName } from "../../../conf/credentials.ts";
import type { SettingName } from "../../../conf/settings.ts";
import { escapeSpecifiers } from "../../../generator/output.ts";
import { type Assignment, parseAssignment } from "../conf/assignments.ts";
import { writeSettings } from "../conf/edit-conf-text.ts";
import type { Flags } from "../verb.ts";
import { readSettingLines } from "./setting-options.ts";

/** A setting that `create` writes into a conf. */
export interface SettingLine {
  readonly key: SettingName;
  readonly value: string;
}

type CreateFlags = Flags<"copy" | "dryRun" | "start" | "enable" | "json">;

/** The options of `create` that are no settings. */
export interface CreateOptions extends CreateFlags {
  readonly unit: readonly string[];
  readonly set: readonly string[];
  readonly onCalendar: readonly string[];
  readonly snapshots: readonly string[];
  readonly credential: readonly string[];
}

/** The request to `create`, before it is checked against the host. */
export interface CreateRequest extends Required<CreateFlags> {
  readonly name: string;
  /** Unit=: the named units, or an executable that decides the unit. */
  readonly units: readonly string[];
  readonly executable: string | undefined;
  /** Exec=: the words after `--`. */
  readonly command: readonly string[];
  /** The other settings of the conf. */
  readonly settings: readonly SettingLine[];
  /** Those of --set, which may be of any section. */
  readonly assignments: readonly Assignment[];
}

/** Reads the line of `create`, of which `argv` is the whole. Throws a SandboxError for anything but one thing to run. */
export function readRequest(
  name: string,
  rest: readonly string[],
  options: CreateOptions,
  argv: readonly string[],
): CreateRequest {
  // Commander does not tell whether there was a `--`, which separates an executable from a command.
  const separator = argv.indexOf("--");
  const command = separator === -1 ? [] : argv.slice(separator + 1);
  const [executable, ...surplus] = rest.slice(0, rest.length - command.length);
  const ways = [options.unit.length > 0, executable !== undefined, command.length > 0].filter(Boolean).length;
  if (surplus.length > 0) {
    throw new SandboxError(`unexpected ${surplus.map((word) => `\`${word}\``).join(", ")}`, {
      hint: `A command with arguments comes after \`--\`: sandboxcontainer create ${name} -- ${rest.join(" ")}`,
      status: 2,
    });
  }
  if (ways !== 1) {
    throw new SandboxError(
      ways === 0 ? "nothing to put into the sandbox" : "more than one thing to put into the sandbox",
      { hint: "Give one of: --unit UNIT, an EXECUTABLE, or -- COMMAND [ARG...]", status: 2 },
    );
  }
  const { copy = false, dryRun = false, start = false, enable = false, json = false } = options;
  return {
    ...{ name, units: options.unit, executable, command },
    settings: readSettingLines({ ...options }),
    assignments: [
      ...options.onCalendar.map((time) => parseTime("--on-calendar", "Timer", time)),
      ...options.snapshots.map((time) => parseTime("--snapshots", "Snapshots", time)),
      ...options.credential.map(parseCredential),
      ...options.set.map(parseAssignment),
    ],
    ...{ copy, dryRun, start, enable, json },
  };
}

// Without this check an empty one would clear the times, and nobody would notice.
function parseTime(option: string, section: "Timer" | "Snapshots", time: string): Assignment {
  if (time.trim() === "" || /[\n\r\0]/.test(time))
    throw new SandboxError(`${option}=${JSON.stringify(time)} is not a time`, {
      hint: "Give one such as daily or 'Mon 04:00', see systemd.time(7)",
      status: 2,
    });
  return parseAssignment(`${section}.OnCalendar=${time}`);
}

/** systemd reads the file at each start, so it has to be where everybody finds it. */
function parseCredential(text: string): Assignment {
  const [, name = "", rest = ""] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
  const refuse = (problem: string, hint: string): SandboxError =>
    new SandboxError(`--credential=${JSON.stringify(text)}: ${problem}`, { hint, status: 2 });
  if (rest === "" || /[\n\r\0]/.test(text))
    throw refuse("it is not NAME=FILE", "Such as --credential token=/etc/web/token");
  if (!isCredentialName(name)) throw refuse(`\`${name}\` cannot be the name of a credential`, "See systemd.exec(5)");
  const file = resolve(rest);
  if (!existsSync(file)) throw refuse(`${file} does not exist`, "Write the secret into it first, with mode 0600");
  return parseAssignment(`Service.LoadCredential=${escapeSpecifiers(`${name}:${file}`)}`);
}

/** Renders the conf that `create` writes. It contains only the options that were given. */
export function renderConf(request: CreateRequest, units: readonly string[]): string {
  const content = [
    ...units.map((unit) => `Unit=${unit}`),
    ...(request.command.length > 0 ? [`Exec=${request.command.map(quoteForConf).join(" ")}`] : []),
    ...(request.copy ? ["Copy=yes"] : []),
  ];
  const head =
    "# Made by `sandboxcontainer create`; yours to edit, see sandboxcontainer.conf(5). Then: systemctl daemon-reload";
  return writeSettings([head, "[Sandbox]", ...content, ""].join("\n"), request.settings);
}

// Quotes a word so that systemd splits the line at the right places: systemd.syntax(7), QUOTING.
function quoteForConf(word: string): string {
  if (/^[A-Za-z0-9_@%+=:,./-]+$/.test(word)) return word;
  const escaped = word
    .replaceAll(/["\\]/g, String.raw`\$&`)
    .replaceAll("\n", String.raw`\n`)
    .replaceAll("\t", String.raw`\t`)
    .replaceAll(/\p{Cc}/gu, (control) => String.raw`\x${control.charCodeAt(0).toString(16).padStart(2, "0")}`);
  return `"${escaped}"`;
}
