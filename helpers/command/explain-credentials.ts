import type { Conf, PassThroughLine } from "../../conf/conf.ts";
import { credentialLines, splitCredential } from "../../conf/credentials.ts";
import { findCredentialFile, findFault } from "../../conf/find-credential-risks.ts";
import { run } from "../host/process/run.ts";
import type { UnitProperties } from "../host/systemd/systemd.ts";
import { plainText } from "../sandbox/untrusted-text.ts";

// EXIT_CREDENTIALS of systemd.exec(5), PROCESS EXIT CODES.
const failedCredentials = 243;

/** Whether systemd ended the start of a unit because it could not set up its credentials. Its messages do not say which. */
export const hasFailedCredentials = (properties: UnitProperties): boolean =>
  properties["ActiveState"] !== "active" && Number(properties["ExecMainStatus"]) === failedCredentials;

/** Says which credential of a conf cannot be read now, and what to do; undefined if all can. Needs to be root. */
export async function explainCredentials(
  conf: Conf,
): Promise<{ readonly text: string; readonly hint: string } | undefined> {
  for (const line of credentialLines(conf)) {
    const at = `${line.path}:${line.line}`;
    const fault = findFault(conf, line);
    if (fault !== undefined) return { text: fault, hint: `Write that file, or change ${at}` };
    const said = line.key.endsWith("Encrypted") ? await tryDecrypting(conf, line) : undefined;
    const { name } = splitCredential(line);
    if (said !== undefined)
      return {
        text: `the credential ${name} cannot be decrypted on this host: ${said}`,
        hint: `Encrypt it here: systemd-creds encrypt --name=${name} FILE OUTPUT, and name that in ${at}`,
      };
  }
  return undefined;
}

async function tryDecrypting(conf: Conf, line: PassThroughLine): Promise<string | undefined> {
  const { name, rest } = splitCredential(line);
  const path = line.key === "SetCredentialEncrypted" ? "-" : findCredentialFile(conf, line);
  if (path === undefined) return undefined;
  const options = { accept: [1], ...(path === "-" ? { input: rest } : {}) };
  const { status, stderr } = await run("systemd-creds", ["decrypt", `--name=${name}`, path, "-"], options);
  return status === 0 ? undefined : plainText(stderr.trimEnd().split("\n").at(-1) ?? "");
}
