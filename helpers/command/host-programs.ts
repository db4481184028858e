import { parseConf } from "../../generator/parse-conf.ts";

// systemd.service(5). Variables, with which a library could be preloaded into our own helpers, no conf may set (refused-keys.ts).
const runs = /^Exec/;

/** Lines of [Service] with which the host, and not the sandbox, runs something, as `FILE:LINE: KEY=VALUE`; texts by their files. */
export const findHostPrograms = (texts: ReadonlyMap<string, string>): readonly string[] =>
  [...texts].flatMap(([path, text]) =>
    parseConf(text, path)
      .lines.filter(({ section, key }) => section === "Service" && runs.test(key))
      .map(({ line, key, value }) => `${path}:${line}: ${key}=${value}`),
  );
