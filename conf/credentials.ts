import { ConfError } from "../base/errors.ts";
import type { Conf, PassThroughLine } from "./conf.ts";

/** The keys of [Service] that give a sandbox credentials (systemd.exec(5), CREDENTIALS). */
export const credentialKeys: readonly string[] =
  "LoadCredential LoadCredentialEncrypted SetCredential SetCredentialEncrypted ImportCredential".split(" ");

interface Lines {
  readonly passThrough: Pick<Conf["passThrough"], "Service">;
}

/** The lines that count: an empty value takes back the earlier ones of its kind, as systemd does it. */
export function credentialLines({ passThrough }: Lines): readonly PassThroughLine[] {
  const lines = passThrough.Service.filter(({ key }) => credentialKeys.includes(key));
  return lines.filter(
    ({ key, value }, index) =>
      value !== "" && !lines.slice(index).some((later) => later.value === "" && kindOf(later.key) === kindOf(key)),
  );
}

const kindOf = (key: string): string => key.replace(/Encrypted$/, "");

/** Whether systemd gives the sandbox credentials. */
export const hasCredentials = (conf: Lines): boolean => credentialLines(conf).length > 0;

/** Splits `NAME:REST` of a line; REST is empty if there is none. */
export function splitCredential({ value }: Pick<PassThroughLine, "value">): {
  readonly name: string;
  readonly rest: string;
} {
  const colon = value.indexOf(":");
  return colon === -1 ? { name: value, rest: "" } : { name: value.slice(0, colon), rest: value.slice(colon + 1) };
}

/**
 * Whether systemd takes it as the name of a credential: credential_name_valid() of systemd. It takes a blank and a backslash too, but
 * systemd 257 does not pass those on right to the process that runs a service.
 */
export const isCredentialName = (name: string): boolean =>
  /^[!-9;-[\]-~]{1,255}$/.test(name) && !name.includes("/") && name !== "." && name !== "..";

const hidden = "…";

/** A line of [Service] as it may be shown: SetCredential= has the secret itself. */
export const hideSecret = <Line extends Pick<PassThroughLine, "key" | "value">>(line: Line): Line =>
  line.key === "SetCredential" && line.value !== ""
    ? { ...line, value: `${splitCredential(line).name}:${hidden}` }
    : line;

/** Finds names that systemd does not pass on, and a text that only stands for a hidden one: somebody wrote back what was shown. */
export const checkCredentials = (conf: Lines): readonly ConfError[] => credentialLines(conf).flatMap(checkLine);

function checkLine(line: PassThroughLine): readonly ConfError[] {
  const { name, rest } = splitCredential(line);
  if (line.key !== "ImportCredential" && /[ \\]/.test(name))
    return [
      new ConfError(
        line,
        `systemd does not pass on a credential with a blank or a backslash in its name: ${name}`,
        "Rename it",
      ),
    ];
  if (line.key !== "SetCredential" || rest !== hidden) return [];
  return [
    new ConfError(
      line,
      `SetCredential=${line.value} has no text: ${hidden} only stands for one that is not shown`,
      "Write the text itself, or better load it from a file: LoadCredential=NAME:FILE",
    ),
  ];
}
