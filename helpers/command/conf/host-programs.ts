import { parseConf } from "../../../generator/conf/parse-conf.ts";

/**
 * Lines of [Service] with which the host, and not the sandbox, runs something, as `FILE:LINE: KEY=VALUE`; texts by their files. Variables, with
 * which a library could be preloaded into our own helpers, no conf may set (refused-keys.ts).
 */
export const findHostPrograms = (texts: ReadonlyMap<string, string>): readonly string[] =>
  [...texts].flatMap(([path, text]) =>
    parseConf(text, path)
      .lines.filter(({ section, key }) => section === "Service" && key.startsWith("Exec"))
      .map(({ line, key, value }) => `${path}:${line}: ${key}=${value}`),
  );
