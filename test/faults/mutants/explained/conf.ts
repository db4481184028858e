import { type Explained, forTypes, savesTime, differ, onlySign, noAddress } from "./reasons.ts";

export const ofConfs: readonly Explained[] = [
  {
    file: "conf/conf.ts",
    line: "origins[key]?.[index] ?? { path, line: 1 };",
    change: ["1", "2"],
    why: forTypes,
  },
  {
    file: "conf/conf-files.ts",
    line: "return readdirSync(path).sort();",
    why: "Node sorts it already; Bun promises nothing",
  },
  {
    file: "conf/conf-files.ts",
    line: "return [...found].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, path]) => path);",
    change: ["<", "<="],
    why: differ,
  },
  {
    file: "conf/conf-files.ts",
    line: "return [...found].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, path]) => path);",
    change: ["1", "2"],
    why: onlySign,
  },
  {
    file: "conf/conf-files.ts",
    line: "return { confs: new Map([...confs].sort(([one], [other]) => (one < other ? -1 : 1))), dropInFolders, strays };",
    change: ["<", "<="],
    why: differ,
  },
  {
    file: "conf/conf-files.ts",
    line: "return { confs: new Map([...confs].sort(([one], [other]) => (one < other ? -1 : 1))), dropInFolders, strays };",
    change: ["1", "2"],
    why: onlySign,
  },
  {
    file: "conf/find-conflicts.ts",
    line: "place: `port ${port.hostPort}`,",
    change: ["`port ${port.hostPort}`", '""'],
    why: savesTime,
  },
  {
    file: "conf/load-conf.ts",
    line: '? `Its conf would be ${join(folders[0] ?? "", `${name}.conf`)}`',
    change: ['""', '"?"'],
    why: forTypes,
  },
  {
    file: "conf/merge-conf.ts",
    line: "const place = ({ path }: ConfError): number => files.indexOf(path);",
    change: ["indexOf", "lastIndexOf"],
    why: differ,
  },
  {
    file: "base/text.ts",
    line: "if (Math.abs(candidate.length - word.length) > limit) continue;",
    change: ["Math.abs(candidate.length - word.length) > limit", "false"],
    why: savesTime,
  },
  {
    file: "base/text.ts",
    line: "let last = Array.from({ length: to.length + 1 }, (_, column) => column);",
    change: ["1", "2"],
    why: "one element more is never read",
  },
  { file: "base/text.ts", line: "(last[column] ?? 0) + 1,", change: ["0", "1"], why: forTypes },
  { file: "base/text.ts", line: "(current[column - 1] ?? 0) + 1,", change: ["0", "1"], why: forTypes },
  {
    file: "base/text.ts",
    line: "(last[column - 1] ?? 0) + (same ? 0 : 1),",
    change: ["0", "1"],
    why: forTypes,
  },
  {
    file: "base/text.ts",
    line: "swapped ? (before[column - 2] ?? 0) + 1 : Infinity,",
    change: ["0", "1"],
    why: forTypes,
  },
  { file: "base/text.ts", line: "return last[to.length] ?? 0;", change: ["0", "1"], why: forTypes },
  {
    file: "conf/parse-conf.ts",
    line: "if (section !== null) statements.push(`[${section}]`);",
    change: ["section !== null", "true"],
    why: "[null] is then a section without lines",
  },
  {
    file: "base/text.ts",
    line: "const spellOut = (character: string): string => `\\\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;",
    why: forTypes,
  },
  {
    file: "conf/conf-files.ts",
    line: 'return stat.size === 0 ? "" : readFileSync(path, "utf8");',
    change: ["stat.size === 0", "false"],
    why: savesTime,
  },
  {
    file: "conf/conf-files.ts",
    line: "const isNullDevice = (stat: Stats): boolean => stat.isCharacterDevice() && stat.rdev === nullDevice;",
    change: ["stat.isCharacterDevice() && stat.rdev === nullDevice", "stat.rdev === nullDevice"],
    why: "of what else there is only a RAM disk has this number (1:3), and few hosts have one",
  },
  {
    file: "conf/values/network.ts",
    line: "const canonical = /^[0-9A-Fa-f:.]+$/.test(text) ? URL.parse(`http://[${text}]/`)?.hostname : undefined;",
    change: ["/^[0-9A-Fa-f:.]+$/", "/^[0-9A-Fa-f:.]*$/"],
    why: noAddress,
  },
  {
    file: "conf/values/label.ts",
    line: "const profile = /^(?!unconfined$|.*_t$)[A-Za-z0-9/](?:[A-Za-z0-9_.+-]|\\/(?!\\/))*$/;",
    change: [
      "/^(?!unconfined$|.*_t$)[A-Za-z0-9/](?:[A-Za-z0-9_.+-]|\\/(?!\\/))*$/",
      "/^(?!unconfined$|.+_t$)[A-Za-z0-9/](?:[A-Za-z0-9_.+-]|\\/(?!\\/))*$/",
    ],
    why: "no name begins with an underscore",
  },
  {
    file: "conf/values/label.ts",
    line: 'const [, how = "static", what = ""] = /^(?:(static|dynamic),label=|static\\s+)?(.*)$/s.exec(text) ?? [];',
    why: "all of it may be missing, so it begins at the first character and takes the last one",
  },
  {
    file: "conf/values/label.ts",
    line: 'if (how === "static" && label.test(what)) return { kind: "static", label: what };',
    change: ['how === "static" && label.test(what)', "label.test(what)"],
    why: "every label is a context as well, which the line before has returned",
  },
  {
    file: "conf/values/mount.ts",
    line: "const belowUsr = /^\\/usr\\/[^/]+\\/[^/]/;",
    change: ["/^\\/usr\\/[^/]+\\/[^/]/", "/^\\/usr\\/[^/]*\\/[^/]/"],
    why: "no clean path has two slashes in a row",
  },
  {
    file: "conf/values/mount.ts",
    line: 'const [, kind, option, path = "", what = ""] = /^([a-z-]+)(,suid)?:([^=]+)=(.+)/s.exec(text) ?? [];',
    change: ["/^([a-z-]+)(,suid)?:([^=]+)=(.+)/s", "/^([a-z-]*)(,suid)?:([^=]+)=(.+)/s"],
    why: "nothing is no kind either",
  },
  {
    file: "conf/values/mount.ts",
    line: 'const bytes = Math.floor(Number(number) * 1024 ** ["", "K", "M", "G", "T"].indexOf(suffix.toUpperCase()));',
    change: ["indexOf", "lastIndexOf"],
    why: differ,
  },
  {
    file: "conf/values/kinds.ts",
    line: ".split(/\\s+/)",
    change: ["/\\s+/", "/\\s/"],
    why: "empty words are left out anyway",
  },
  {
    file: "conf/values/exec.ts",
    line: 'const rest = text[at] ?? "";',
    why: forTypes,
  },
  {
    file: "conf/values/publish.ts",
    line: "const form = /^(?:(\\[[0-9A-Fa-f:.]+\\]|[\\d.]+):)?(\\d{1,5}):(\\d{1,5})(?:\\/tcp)?$/;",
    change: [
      "/^(?:(\\[[0-9A-Fa-f:.]+\\]|[\\d.]+):)?(\\d{1,5}):(\\d{1,5})(?:\\/tcp)?$/",
      "/^(?:(\\[[0-9A-Fa-f:.]*\\]|[\\d.]+):)?(\\d{1,5}):(\\d{1,5})(?:\\/tcp)?$/",
    ],
    why: noAddress,
  },
  {
    file: "conf/values/publish.ts",
    line: 'const [, address, port = ""] = /^(?:(\\[[0-9A-Fa-f:.]+\\]|[\\d.]+):)?(\\d{1,5})(?:\\/(?:tcp|udp))?$/.exec(text) ?? [];',
    change: [
      "/^(?:(\\[[0-9A-Fa-f:.]+\\]|[\\d.]+):)?(\\d{1,5})(?:\\/(?:tcp|udp))?$/",
      "/^(?:(\\[[0-9A-Fa-f:.]*\\]|[\\d.]+):)?(\\d{1,5})(?:\\/(?:tcp|udp))?$/",
    ],
    why: noAddress,
  },
  {
    file: "conf/values/publish.ts",
    line: 'const [, address, port = ""] = /^(?:(\\[[0-9A-Fa-f:.]+\\]|[\\d.]+):)?(\\d{1,5})(?:\\/(?:tcp|udp))?$/.exec(text) ?? [];',
    change: [
      "/^(?:(\\[[0-9A-Fa-f:.]+\\]|[\\d.]+):)?(\\d{1,5})(?:\\/(?:tcp|udp))?$/",
      "/^(?:(\\[[0-9A-Fa-f:.]+\\]|[\\d.]*):)?(\\d{1,5})(?:\\/(?:tcp|udp))?$/",
    ],
    why: noAddress,
  },
  {
    file: "conf/values/publish.ts",
    line: "const form = /^(?:(\\[[0-9A-Fa-f:.]+\\]|[\\d.]+):)?(\\d{1,5}):(\\d{1,5})(?:\\/tcp)?$/;",
    change: [
      "/^(?:(\\[[0-9A-Fa-f:.]+\\]|[\\d.]+):)?(\\d{1,5}):(\\d{1,5})(?:\\/tcp)?$/",
      "/^(?:(\\[[0-9A-Fa-f:.]+\\]|[\\d.]*):)?(\\d{1,5}):(\\d{1,5})(?:\\/tcp)?$/",
    ],
    why: noAddress,
  },
];
