import { statSync } from "node:fs";
import { formatBytes } from "../base/text.ts";
import type { Conf, PassThroughLine } from "./conf.ts";
import { credentialLines, splitCredential } from "./credentials.ts";
import type { Risk } from "./find-risks.ts";
import { withOwnSpecifiers } from "./specifiers.ts";

/** What systemd takes at most for all credentials of a unit, in bytes (systemd.exec(5), CREDENTIALS). */
export const mostCredentialBytes = 1024 * 1024;

/** Finds secrets that others can read, and credentials that a start will not find. With `before`, only what is new since then. */
export function findCredentialRisks(conf: Conf, before?: Conf): readonly Risk[] {
  const isOld = (line: PassThroughLine): boolean =>
    before?.passThrough.Service.some(({ key, value }) => key === line.key && value === line.value) === true;
  return [
    ...(conf.Exec === undefined || conf.Exec.text === before?.Exec?.text ? [] : inCommand(conf, conf.Exec.text)),
    ...conf.passThrough.Service.filter((line) => !isOld(line)).flatMap(inLine),
    ...credentialLines(conf)
      .filter((line) => !isOld(line))
      .flatMap((line) => describe(line, findFault(conf, line) ?? findExposed(conf, line))),
  ];
}

const describe = ({ path, line }: PassThroughLine, text: string | undefined): readonly Risk[] =>
  text === undefined ? [] : [{ origin: { path, line }, text }];

const inCommand = (conf: Conf, text: string): readonly Risk[] => {
  const secret = findSecret(text);
  const { path, line } = conf.origins.Exec?.[0] ?? { path: conf.path, line: 1 };
  return secret === undefined ? [] : [{ origin: { path, line }, text: describeSecret("Exec", secret) }];
};

function inLine(line: PassThroughLine): readonly Risk[] {
  if (line.key === "SetCredential") {
    if (line.value === "") return [];
    const { name } = splitCredential(line);
    const text = `SetCredential=${name}: everybody on this host can read its text (systemctl show). Encrypt it: systemd-creds encrypt --pretty --name=${name}, or load it from a file: LoadCredential=${name}:FILE`;
    return describe(line, text);
  }
  const secret = line.key.startsWith("Exec") ? findSecret(line.value) : undefined;
  return describe(line, secret === undefined ? undefined : describeSecret(line.key, secret));
}

const describeSecret = (key: string, secret: string): string =>
  `${key}= seems to have a secret (${secret}), and everybody on this host can read confs and the words of processes. Give it as a credential: LoadCredential=NAME:FILE, which is $CREDENTIALS_DIRECTORY/NAME inside`;

const word = "pass(?:word|wd|phrase)?|secret|token|api[-_]?key|access[-_]?key|private[-_]?key";
// What follows is no secret if it is a file, a variable, or another option.
const value = String.raw`(?!["']?(?:[/$%~-]|file:|@))["']?[^\s"']+`;
const patterns: readonly RegExp[] = [
  new RegExp(String.raw`(?:^|[\s"'])((?:-{0,2}|[\w.-]*[_.-])(?:${word}))(?:=|:)${value}`, "i"),
  new RegExp(String.raw`(?:^|[\s"'])(--(?:[\w.-]*-)?(?:${word}))["']?\s+${value}`, "i"),
  /(-----BEGIN [A-Z ]*PRIVATE KEY-----)/,
];

/** Finds what looks like a secret in the words of a command, and returns what names it, but not the secret. */
export function findSecret(text: string): string | undefined {
  for (const pattern of patterns) {
    const found = pattern.exec(text)?.[1];
    if (found !== undefined) return found;
  }
  return /:\/\/([^\s/:@"']+):(?![$%])[^\s/@"']+@/.exec(text)?.[1];
}

/**
 * The file of LoadCredential= or LoadCredentialEncrypted=; undefined without a path of its own (then it may be in one of several
 * folders), or if only systemd knows what its specifiers mean.
 */
export function findCredentialFile({ name }: Pick<Conf, "name">, line: PassThroughLine): string | undefined {
  if (!line.key.startsWith("LoadCredential")) return undefined;
  const path = withOwnSpecifiers(splitCredential(line).rest, name);
  return path.startsWith("/") && !path.replaceAll("%%", "").includes("%") ? path.replaceAll("%%", "%") : undefined;
}

/** Why systemd cannot load a credential from its file, as far as this process may look. */
export function findFault(conf: Pick<Conf, "name">, line: PassThroughLine): string | undefined {
  const path = findCredentialFile(conf, line);
  if (path === undefined) return undefined;
  const { name } = splitCredential(line);
  try {
    const found = statSync(path);
    if (found.isDirectory()) return `the credential ${name} is a folder: ${path}`;
    return found.isFile() && found.size > mostCredentialBytes
      ? `the credential ${name} is too large: ${path} has ${formatBytes(found.size)}, and systemd takes at most ${formatBytes(mostCredentialBytes)} for all`
      : undefined;
  } catch (error) {
    const isGone = ["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "");
    return isGone ? `there is no file for the credential ${name}: ${path}` : undefined;
  }
}

/** Whether others than its owner may read a file that is no secret to systemd alone. */
function findExposed(conf: Pick<Conf, "name">, line: PassThroughLine): string | undefined {
  const path = line.key === "LoadCredential" ? findCredentialFile(conf, line) : undefined;
  if (path === undefined) return undefined;
  const found = statSync(path, { throwIfNoEntry: false });
  return found?.isFile() === true && (found.mode & 0o004) !== 0
    ? `everybody on this host may read the credential ${splitCredential(line).name}: chmod o= ${path}`
    : undefined;
}
