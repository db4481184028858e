import { existsSync } from "node:fs";
import { describeError, SandboxError } from "../../../base/errors.ts";
import { parseSandboxName } from "../../../base/sandbox-name.ts";
import { printableText } from "../../../base/text.ts";
import { verifyConf } from "../../../conf/verify-conf.ts";
import { checkHostNetwork, readHostNetworks } from "../../host/network/host-networks.ts";
import { checkInstalled, findIgnored } from "../conf/find-mistakes.ts";
import { listErrors, listNames } from "../list-names.ts";
import { print, printJson } from "../output.ts";
import { requireKnownSandbox } from "../require-sandbox.ts";
import type { Verb } from "../verb.ts";

export const verb: Verb = {
  name: "verify",
  group: "Explain",
  summary: "check all confs, or the named ones; the exit status is 2 if one is wrong",
  places: { "[name-or-file...]": "sandbox" },
  json: `{ target: string; errors: { path: string; line: number | null; key: string | null; message: string;
    hint: string | null }[]; warnings: string[] }[]`,
  examples: ["verify", "verify web1", "verify ./web9.conf"],
  run: verifyConfs,
};

async function verifyConfs(targets: readonly string[], options: { json?: boolean }): Promise<void> {
  const verdicts = (targets.length > 0 ? targets : listNames()).map((target) => ({ target, ...verifyTarget(target) }));
  const hostNetworks = await readHostNetworks(verdicts.flatMap(({ conf }) => conf ?? []));
  const ignored = await findIgnored(verdicts.flatMap(({ conf }) => conf ?? []));
  const uninstalled = await checkInstalled(verdicts.flatMap(({ conf }) => conf ?? []));
  const checked = verdicts.map(({ conf, errors, ...rest }) => ({
    ...rest,
    errors:
      conf === undefined
        ? errors
        : [
            ...errors,
            ...checkHostNetwork(conf, hostNetworks),
            ...(uninstalled.get(conf) ?? []),
            ...(ignored.get(conf) ?? []),
          ],
  }));
  if (options.json === true) {
    printJson(
      checked.map(({ target, errors, warnings }) => ({
        target,
        errors: errors.flatMap(listErrors),
        warnings,
      })),
    );
  } else {
    for (const { errors, warnings } of checked) {
      for (const error of errors) print(describeError(error));
      for (const warning of warnings) print(`warning: ${printableText(warning)}`);
    }
  }
  const wrong = checked.filter(({ errors }) => errors.length > 0).length;
  if (wrong > 0) throw new SandboxError(`${wrong} of ${checked.length} confs cannot be used`, { status: 2 });
}

function verifyTarget(target: string): ReturnType<typeof verifyConf> {
  if (target.includes("/")) {
    if (!existsSync(target)) throw new SandboxError(`${target}: no such file`, { status: 2 });
    return verifyConf(target);
  }
  const name = parseSandboxName(target);
  requireKnownSandbox(name);
  return verifyConf(name);
}
