import { parseConf } from "../../generator/parse-conf.ts";

// systemd.exec(5): what is set there is set for our own helpers, which run as root, and a library can be preloaded with it.
const runs = /^(Exec|Environment|PassEnvironment)/;

/** Lines of [Service] with which the host, and not the sandbox, runs something, as `FILE:LINE: KEY=VALUE`; texts by their files. */
export const findHostPrograms = (texts: ReadonlyMap<string, string>): readonly string[] =>
  [...texts].flatMap(([path, text]) =>
    parseConf(text, path)
      .lines.filter(({ section, key }) => section === "Service" && runs.test(key))
      .map(({ line, key, value }) => `${path}:${line}: ${key}=${value}`),
  );
