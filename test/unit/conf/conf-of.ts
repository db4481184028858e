import { parseSandboxName } from "../../../base/sandbox-name.ts";
import type { Conf } from "../../../conf/conf.ts";
import { mergeConf, type MergedConf } from "../../../conf/merge-conf.ts";
import { parseConf } from "../../../conf/parse-conf.ts";

/** Merges one conf file with this text. */
export function mergeText(text: string, name = "web"): MergedConf {
  const path = `/etc/sandboxcontainer/${name}.conf`;
  return mergeConf(parseSandboxName(name), path, [parseConf(text, path)], new Set());
}

/** Returns the conf of a text without errors. */
export function confOf(text: string, name = "web"): Conf {
  const { conf, errors } = mergeText(text, name);
  if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join("\n"));
  return conf;
}
