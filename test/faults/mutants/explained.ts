import type { Tried } from "./try-file.ts";

/** A change that no test can notice, or that none has to. */
interface Explained {
  readonly file: string;
  /** The line as it is, without the spaces before it. */
  readonly line: string;
  /** What the line has in that place, and what then is there. Without it, any change of this line is meant. */
  readonly change?: readonly [was: string, now: string];
  readonly why: string;
}

const forTypes = "the types ask for a default, but the value is always there";

const savesTime = "it only saves time";
const differ = "no two are the same";
const onlySign = "of what is returned only the sign counts";
const noAddress = "nothing is no address either";

const all: readonly Explained[] = [
  {
    file: "generator/conf/conf.ts",
    line: "origins[key]?.[index] ?? { path, line: 1 };",
    change: ["1", "2"],
    why: forTypes,
  },
  {
    file: "generator/conf/find-conf-files.ts",
    line: "return readdirSync(path).sort();",
    why: "Node sorts it already; Bun promises nothing",
  },
  {
    file: "generator/conf/find-conf-files.ts",
    line: "return [...found].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, path]) => path);",
    change: ["<", "<="],
    why: differ,
  },
  {
    file: "generator/conf/find-conf-files.ts",
    line: "return [...found].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, path]) => path);",
    change: ["1", "2"],
    why: onlySign,
  },
  {
    file: "generator/conf/find-conf-files.ts",
    line: "return { confs: new Map([...confs].sort(([one], [other]) => (one < other ? -1 : 1))), dropInFolders, strays };",
    change: ["<", "<="],
    why: differ,
  },
  {
    file: "generator/conf/find-conf-files.ts",
    line: "return { confs: new Map([...confs].sort(([one], [other]) => (one < other ? -1 : 1))), dropInFolders, strays };",
    change: ["1", "2"],
    why: onlySign,
  },
  {
    file: "generator/conf/find-conflicts.ts",
    line: "place: `port ${port.hostPort}`,",
    change: ["`port ${port.hostPort}`", '""'],
    why: savesTime,
  },
  {
    file: "generator/conf/load-conf.ts",
    line: '? `Its conf would be ${join(folders[0] ?? "", `${name}.conf`)}`',
    change: ['""', '"?"'],
    why: forTypes,
  },
  {
    file: "generator/conf/merge-conf.ts",
    line: "const place = ({ path }: ConfError): number => files.indexOf(path);",
    change: ["indexOf", "lastIndexOf"],
    why: differ,
  },
  {
    file: "generator/conf/nearest.ts",
    line: "if (Math.abs(candidate.length - word.length) > limit) continue;",
    change: ["Math.abs(candidate.length - word.length) > limit", "false"],
    why: savesTime,
  },
  {
    file: "generator/conf/nearest.ts",
    line: "let last = Array.from({ length: to.length + 1 }, (_, column) => column);",
    change: ["1", "2"],
    why: "one element more is never read",
  },
  { file: "generator/conf/nearest.ts", line: "(last[column] ?? 0) + 1,", change: ["0", "1"], why: forTypes },
  { file: "generator/conf/nearest.ts", line: "(current[column - 1] ?? 0) + 1,", change: ["0", "1"], why: forTypes },
  {
    file: "generator/conf/nearest.ts",
    line: "(last[column - 1] ?? 0) + (same ? 0 : 1),",
    change: ["0", "1"],
    why: forTypes,
  },
  {
    file: "generator/conf/nearest.ts",
    line: "swapped ? (before[column - 2] ?? 0) + 1 : Infinity,",
    change: ["0", "1"],
    why: forTypes,
  },
  { file: "generator/conf/nearest.ts", line: "return last[to.length] ?? 0;", change: ["0", "1"], why: forTypes },
  {
    file: "generator/conf/parse-conf.ts",
    line: "if (section !== null) statements.push(`[${section}]`);",
    change: ["section !== null", "true"],
    why: "[null] is then a section without lines",
  },
  {
    file: "generator/conf/printable-text.ts",
    line: "const spellOut = (character: string): string => `\\\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;",
    why: forTypes,
  },
  {
    file: "generator/conf/read-conf-file.ts",
    line: 'return stat.size === 0 ? "" : readFileSync(path, "utf8");',
    change: ["stat.size === 0", "false"],
    why: savesTime,
  },
  {
    file: "generator/conf/read-conf-file.ts",
    line: "const isNullDevice = (stat: Stats): boolean => stat.isCharacterDevice() && stat.rdev === nullDevice;",
    change: ["stat.isCharacterDevice() && stat.rdev === nullDevice", "stat.rdev === nullDevice"],
    why: "of what else there is only a RAM disk has this number (1:3), and few hosts have one",
  },
  {
    file: "generator/conf/values/parse-address.ts",
    line: "const canonical = /^[0-9A-Fa-f:.]+$/.test(text) ? URL.parse(`http://[${text}]/`)?.hostname : undefined;",
    change: ["/^[0-9A-Fa-f:.]+$/", "/^[0-9A-Fa-f:.]*$/"],
    why: noAddress,
  },
  {
    file: "generator/conf/values/parse-label.ts",
    line: "const profile = /^(?!unconfined$|.*_t$)[A-Za-z0-9/](?:[A-Za-z0-9_.+-]|\\/(?!\\/))*$/;",
    change: [
      "/^(?!unconfined$|.*_t$)[A-Za-z0-9/](?:[A-Za-z0-9_.+-]|\\/(?!\\/))*$/",
      "/^(?!unconfined$|.+_t$)[A-Za-z0-9/](?:[A-Za-z0-9_.+-]|\\/(?!\\/))*$/",
    ],
    why: "no name begins with an underscore",
  },
  {
    file: "generator/conf/values/parse-label.ts",
    line: 'const [, how = "static", what = ""] = /^(?:(static|dynamic),label=|static\\s+)?(.*)$/s.exec(text) ?? [];',
    why: "all of it may be missing, so it begins at the first character and takes the last one",
  },
  {
    file: "generator/conf/values/parse-label.ts",
    line: 'if (how === "static" && label.test(what)) return { kind: "static", label: what };',
    change: ['how === "static" && label.test(what)', "label.test(what)"],
    why: "every label is a context as well, which the line before has returned",
  },
  {
    file: "generator/conf/values/parse-mount.ts",
    line: "const belowUsr = /^\\/usr\\/[^/]+\\/[^/]/;",
    change: ["/^\\/usr\\/[^/]+\\/[^/]/", "/^\\/usr\\/[^/]*\\/[^/]/"],
    why: "no clean path has two slashes in a row",
  },
  {
    file: "generator/conf/values/parse-mount.ts",
    line: 'const [, kind, option, path = "", what = ""] = /^([a-z-]+)(,suid)?:([^=]+)=(.+)/s.exec(text) ?? [];',
    change: ["/^([a-z-]+)(,suid)?:([^=]+)=(.+)/s", "/^([a-z-]*)(,suid)?:([^=]+)=(.+)/s"],
    why: "nothing is no kind either",
  },
  {
    file: "generator/conf/values/parse-mount.ts",
    line: 'const bytes = Math.floor(Number(number) * 1024 ** ["", "K", "M", "G", "T"].indexOf(suffix.toUpperCase()));',
    change: ["indexOf", "lastIndexOf"],
    why: differ,
  },
  {
    file: "helpers/sandbox/manifest/accounts.ts",
    line: '(record[3] ?? "")',
    why: "whatever is not the name of an account is no member",
  },
  {
    file: "generator/conf/values/parse-system-call-filter.ts",
    line: ".split(/\\s+/)",
    change: ["/\\s+/", "/\\s/"],
    why: "empty words are left out anyway",
  },
  {
    file: "generator/conf/values/split-words.ts",
    line: 'const rest = text[at] ?? "";',
    why: forTypes,
  },
  {
    file: "helpers/sandbox/manifest/parse-manifest.ts",
    line: "const end = text.indexOf(startOfEntries);",
    change: ["indexOf", "lastIndexOf"],
    why: "it is there once: the quotes of a text are escaped",
  },
  {
    file: "generator/conf/values/parse-publish.ts",
    line: "const form = /^(?:(\\[[0-9A-Fa-f:.]+\\]|[\\d.]+):)?(\\d{1,5}):(\\d{1,5})(?:\\/tcp)?$/;",
    change: [
      "/^(?:(\\[[0-9A-Fa-f:.]+\\]|[\\d.]+):)?(\\d{1,5}):(\\d{1,5})(?:\\/tcp)?$/",
      "/^(?:(\\[[0-9A-Fa-f:.]*\\]|[\\d.]+):)?(\\d{1,5}):(\\d{1,5})(?:\\/tcp)?$/",
    ],
    why: noAddress,
  },
  {
    file: "generator/conf/values/parse-publish.ts",
    line: 'const [, address, port = ""] = /^(?:(\\[[0-9A-Fa-f:.]+\\]|[\\d.]+):)?(\\d{1,5})(?:\\/(?:tcp|udp))?$/.exec(text) ?? [];',
    change: [
      "/^(?:(\\[[0-9A-Fa-f:.]+\\]|[\\d.]+):)?(\\d{1,5})(?:\\/(?:tcp|udp))?$/",
      "/^(?:(\\[[0-9A-Fa-f:.]*\\]|[\\d.]+):)?(\\d{1,5})(?:\\/(?:tcp|udp))?$/",
    ],
    why: noAddress,
  },
  {
    file: "generator/conf/values/parse-publish.ts",
    line: 'const [, address, port = ""] = /^(?:(\\[[0-9A-Fa-f:.]+\\]|[\\d.]+):)?(\\d{1,5})(?:\\/(?:tcp|udp))?$/.exec(text) ?? [];',
    change: [
      "/^(?:(\\[[0-9A-Fa-f:.]+\\]|[\\d.]+):)?(\\d{1,5})(?:\\/(?:tcp|udp))?$/",
      "/^(?:(\\[[0-9A-Fa-f:.]+\\]|[\\d.]*):)?(\\d{1,5})(?:\\/(?:tcp|udp))?$/",
    ],
    why: noAddress,
  },
  {
    file: "generator/conf/values/parse-publish.ts",
    line: "const form = /^(?:(\\[[0-9A-Fa-f:.]+\\]|[\\d.]+):)?(\\d{1,5}):(\\d{1,5})(?:\\/tcp)?$/;",
    change: [
      "/^(?:(\\[[0-9A-Fa-f:.]+\\]|[\\d.]+):)?(\\d{1,5}):(\\d{1,5})(?:\\/tcp)?$/",
      "/^(?:(\\[[0-9A-Fa-f:.]+\\]|[\\d.]*):)?(\\d{1,5}):(\\d{1,5})(?:\\/tcp)?$/",
    ],
    why: noAddress,
  },
  {
    file: "helpers/sandbox/archive/allowance.ts",
    line: "let left = 0;",
    why: "every file needs more than a byte",
  },
  {
    file: "helpers/sandbox/archive/attributes.ts",
    line: "if (name.length > 3 * longestName || !/^(user\\.([^%\\0]|%3D|%25)+|security\\.capability)$/s.test(name))",
    change: [
      "name.length > 3 * longestName || !/^(user\\.([^%\\0]|%3D|%25)+|security\\.capability)$/s.test(name)",
      "!/^(user\\.([^%\\0]|%3D|%25)+|security\\.capability)$/s.test(name)",
    ],
    why: "it only saves time",
  },
  {
    file: "helpers/sandbox/archive/attributes.ts",
    line: "if (name.length > 3 * longestName || !/^(user\\.([^%\\0]|%3D|%25)+|security\\.capability)$/s.test(name))",
    change: [">", ">="],
    why: "such a name is longer than the kernel's limit too",
  },
  {
    file: "helpers/sandbox/archive/attributes.ts",
    line: "if (name.length > 3 * longestName || !/^(user\\.([^%\\0]|%3D|%25)+|security\\.capability)$/s.test(name))",
    change: ["3", "4"],
    why: "it only saves time",
  },
  {
    file: "helpers/sandbox/archive/fifos.ts",
    line: 'return ready.pop() ?? "";',
    why: forTypes,
  },
  {
    file: "helpers/sandbox/archive/members.ts",
    line: "const part = Buffer.from(String(parts.indexOf(member.part)));",
    change: ["indexOf", "lastIndexOf"],
    why: "each is there once",
  },
  {
    file: "helpers/sandbox/archive/open-archive.ts",
    line: 'const stream = createReadStream("", { fd: openFile(file), highWaterMark: 1 << 17 });',
    change: ["1", "2"],
    why: "pieces of any size are the same file",
  },
  {
    file: "helpers/sandbox/archive/open-archive.ts",
    line: 'const stream = createReadStream("", { fd: openFile(file), highWaterMark: 1 << 17 });',
    change: ["17", "18"],
    why: "pieces of any size are the same file",
  },
  {
    file: "helpers/sandbox/archive/open-archive.ts",
    line: "const decoder = createZstdDecompress({ params: { [zlib.ZSTD_d_windowLogMax]: windowLog }, chunkSize: 1 << 17 });",
    change: ["1", "2"],
    why: "pieces of any size are the same file",
  },
  {
    file: "helpers/sandbox/archive/open-archive.ts",
    line: "const decoder = createZstdDecompress({ params: { [zlib.ZSTD_d_windowLogMax]: windowLog }, chunkSize: 1 << 17 });",
    change: ["17", "18"],
    why: "pieces of any size are the same file",
  },
  {
    file: "helpers/sandbox/archive/open-archive.ts",
    line: "await fed;",
    why: "the decoder has had the same error before",
  },
  {
    file: "helpers/sandbox/archive/open-archive.ts",
    line: "decoder.destroy();",
    why: "a loop that ends does this too, and Node with what feeds it",
  },
  {
    file: "helpers/sandbox/archive/open-archive.ts",
    line: "stream.destroy();",
    why: "Node does this when the decoder ends",
  },
  {
    file: "helpers/sandbox/archive/pack.ts",
    line: 'const output = createWriteStream(beside, { flags: "wx", mode: 0o600, flush: true });',
    change: ["true", "false"],
    why: "only a power cut shows it",
  },
  { file: "helpers/sandbox/archive/pack.ts", line: "syncFolder(dirname(path));", why: "only a power cut shows it" },
  {
    file: "helpers/sandbox/archive/parse-acl.ts",
    line: "const group = of(tags.mask) ?? of(tags.groupOwner) ?? 0;",
    change: ["0", "1"],
    why: forTypes,
  },
  {
    file: "helpers/sandbox/archive/parse-acl.ts",
    line: "return { value, mode: (of(tags.userOwner) ?? 0) * 64 + group * 8 + (of(tags.other) ?? 0) };",
    change: ["0", "1"],
    why: forTypes,
  },
  {
    file: "helpers/sandbox/archive/set-attributes.ts",
    line: 'const [, number = "", words = ""] = /\\/proc\\/self\\/fd\\/(\\d+): (.*)/.exec(said) ?? [];',
    change: ["/\\/proc\\/self\\/fd\\/(\\d+): (.*)/", "/\\/proc\\/self\\/fd\\/(\\d*): (.*)/"],
    why: "no number is no file of ours",
  },
  {
    file: "helpers/sandbox/archive/set-attributes.ts",
    line: 'const [, number = "", words = ""] = /\\/proc\\/self\\/fd\\/(\\d+): (.*)/.exec(said) ?? [];',
    change: ["/\\/proc\\/self\\/fd\\/(\\d+): (.*)/", "/\\/proc\\/self\\/fd\\/(\\d+): (.+)/"],
    why: "setfattr always says why",
  },
  {
    file: "helpers/sandbox/archive/sparse-map.ts",
    line: "const mostMap = 1 << 24;",
    why: "it limits memory, and twice as much is a limit too",
  },
  {
    file: "helpers/sandbox/archive/sparse-map.ts",
    line: 'const text = end === -1 ? "" : rest.toString("latin1", 0, end);',
    change: ["end === -1", "false"],
    why: "what ends before it begins is empty",
  },
  {
    file: "helpers/sandbox/archive/sparse-map.ts",
    line: 'const text = end === -1 ? "" : rest.toString("latin1", 0, end);',
    change: ["1", "2"],
    why: "what ends before it begins is empty",
  },
  {
    file: "helpers/sandbox/archive/sparse-map.ts",
    line: 'const text = end === -1 ? "" : rest.toString("latin1", 0, end);',
    change: ['""', '"?"'],
    why: "neither is a number",
  },
  {
    file: "helpers/sandbox/archive/tree-writer.ts",
    line: "const top = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);",
    change: ["|", "&"],
    why: "what is no folder is refused by the next open too",
  },
  {
    file: "helpers/sandbox/archive/tree-writer.ts",
    line: "let [at, left] = [0, 0];",
    change: ["0", "1"],
    why: "the first piece sets it before it is used",
  },
  {
    file: "helpers/sandbox/archive/tree-writer.ts",
    line: "done += writeSync(file, data, done, data.length - done, position === undefined ? null : position + done);",
    change: ["+=", "="],
    why: "only a full disk cuts a write short",
  },
  {
    file: "helpers/sandbox/archive/tree-writer.ts",
    line: "done += writeSync(file, data, done, data.length - done, position === undefined ? null : position + done);",
    change: ["-", "+"],
    why: "only a full disk cuts a write short",
  },
  {
    file: "helpers/sandbox/archive/tree-writer.ts",
    line: "done += writeSync(file, data, done, data.length - done, position === undefined ? null : position + done);",
    change: ["+", "-"],
    why: "only a full disk cuts a write short",
  },
  {
    file: "helpers/sandbox/archive/tree-writer.ts",
    line: "const timeOf = ({ mtime }: TarHeader): string => String(Math.min(Math.max(mtime, -(2 ** 31)), 2 ** 34));",
    change: ["2", "3"],
    why: "the file system has a limit of its own",
  },
  {
    file: "helpers/sandbox/archive/tree-writer.ts",
    line: "const timeOf = ({ mtime }: TarHeader): string => String(Math.min(Math.max(mtime, -(2 ** 31)), 2 ** 34));",
    change: ["31", "32"],
    why: "the file system has a limit of its own",
  },
  {
    file: "helpers/sandbox/archive/tree-writer.ts",
    line: "const timeOf = ({ mtime }: TarHeader): string => String(Math.min(Math.max(mtime, -(2 ** 31)), 2 ** 34));",
    change: ["34", "35"],
    why: "the file system has a limit of its own",
  },
  {
    file: "helpers/sandbox/archive/zstd-frame.ts",
    line: "const isSingle = (descriptor & 0x20) !== 0;",
    change: ["0x20", "33"],
    why: "a frame with this bit too is refused",
  },
  {
    file: "helpers/sandbox/archive/zstd-frame.ts",
    line: "const hasChecksum = (descriptor & 0x04) !== 0;",
    change: ["0x04", "5"],
    why: "a frame with this bit too is refused",
  },
  {
    file: "helpers/sandbox/archive/zstd-frame.ts",
    line: "const sizeLength = [isSingle ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;",
    change: ["0", "1"],
    why: forTypes,
  },
  {
    file: "helpers/sandbox/archive/zstd-frame.ts",
    line: "if (!isSingle) return 2 ** (10 + (rest.readUInt8() >> 3)) * (1 + (rest.readUInt8() & 7) / 8);",
    change: ["8", "9"],
    why: "the limit is a power of two, and this is still less than two of them",
  },
  {
    file: "helpers/sandbox/manifest/accounts.ts",
    line: 'const loginDefs = host.readText("/etc/login.defs") ?? "";',
    change: ['""', '"?"'],
    why: "neither text has a setting",
  },
  {
    file: "helpers/sandbox/manifest/accounts.ts",
    line: 'const users = systemRecords(host.readText("/etc/passwd") ?? "", readMaximum(loginDefs, "SYS_UID_MAX"), needed);',
    change: ['""', '"?"'],
    why: "neither text has an account",
  },
  {
    file: "helpers/sandbox/manifest/accounts.ts",
    line: 'const groups = systemRecords(host.readText("/etc/group") ?? "", groupMaximum, [...needed, ...primary]);',
    change: ['""', '"?"'],
    why: "neither text has a group",
  },
  {
    file: "helpers/sandbox/manifest/etc.ts",
    line: 'findNamed(database.readScript(each) ?? "", "/etc/")',
    change: ['""', '"?"'],
    why: "neither names a path",
  },
  {
    file: "helpers/sandbox/manifest/maintainer-script.ts",
    line: "const automatic = /^# Automatically added by .*?^# End automatically added section$/gms;",
    change: [
      "/^# Automatically added by .*?^# End automatically added section$/gms",
      "/^# Automatically added by .+?^# End automatically added section$/gms",
    ],
    why: "there is at least the end of a line",
  },
  {
    file: "helpers/sandbox/manifest/maintainer-script.ts",
    line: "const endOfAutomatic = /^# End automatically added section$/gm;",
    why: "it only says how far to look",
  },
  {
    file: "helpers/sandbox/manifest/maintainer-script.ts",
    line: "const end = last === undefined ? 0 : last.index + last[0].length;",
    change: ["0", "1"],
    why: "it only says how far to look",
  },
  {
    file: "helpers/sandbox/manifest/maintainer-script.ts",
    line: "const frame = /^(?:set .*|exit \\d|:|true|esac|fi|;;|case .* in|\\*\\)|[\\w|-]+\\)|echo .*|)$/;",
    change: [
      "/^(?:set .*|exit \\d|:|true|esac|fi|;;|case .* in|\\*\\)|[\\w|-]+\\)|echo .*|)$/",
      "/^(?:set .+|exit \\d|:|true|esac|fi|;;|case .* in|\\*\\)|[\\w|-]+\\)|echo .*|)$/",
    ],
    why: "something stands behind the blank of a trimmed line",
  },
  {
    file: "helpers/sandbox/manifest/maintainer-script.ts",
    line: "const frame = /^(?:set .*|exit \\d|:|true|esac|fi|;;|case .* in|\\*\\)|[\\w|-]+\\)|echo .*|)$/;",
    change: [
      "/^(?:set .*|exit \\d|:|true|esac|fi|;;|case .* in|\\*\\)|[\\w|-]+\\)|echo .*|)$/",
      "/^(?:set .*|exit \\d|:|true|esac|fi|;;|case .+ in|\\*\\)|[\\w|-]+\\)|echo .*|)$/",
    ],
    why: "something stands behind the blank of a trimmed line",
  },
  {
    file: "helpers/sandbox/manifest/maintainer-script.ts",
    line: "const frame = /^(?:set .*|exit \\d|:|true|esac|fi|;;|case .* in|\\*\\)|[\\w|-]+\\)|echo .*|)$/;",
    change: [
      "/^(?:set .*|exit \\d|:|true|esac|fi|;;|case .* in|\\*\\)|[\\w|-]+\\)|echo .*|)$/",
      "/^(?:set .*|exit \\d|:|true|esac|fi|;;|case .* in|\\*\\)|[\\w|-]+\\)|echo .+|)$/",
    ],
    why: "something stands behind the blank of a trimmed line",
  },
  {
    file: "helpers/sandbox/manifest/maintainer-script.ts",
    line: "const frame = /^(?:set .*|exit \\d|:|true|esac|fi|;;|case .* in|\\*\\)|[\\w|-]+\\)|echo .*|)$/;",
    change: [
      "/^(?:set .*|exit \\d|:|true|esac|fi|;;|case .* in|\\*\\)|[\\w|-]+\\)|echo .*|)$/",
      "/^(?:set .*|exit \\d|:|true|esac|fi|;;|case .* in|\\*\\)|[\\w|-]*\\)|echo .*|)$/",
    ],
    why: "what such a line ends has begun with a step",
  },
  {
    file: "helpers/sandbox/manifest/maintainer-script.ts",
    line: "[...readOwn(script).matchAll(/(?:\\/[\\w.@+-]+)+/g)].map(([path]) => path).filter((path) => path.startsWith(below));",
    change: ["/(?:\\/[\\w.@+-]+)+/g", "/(?:\\/[\\w.@+-]+)*/g"],
    why: "what is empty is below no directory",
  },
  {
    file: "helpers/sandbox/manifest/maintainer-steps.ts",
    line: 'return database.findDependents([...own]).filter((each) => findSourced(database.readScript(each) ?? "").some(isOwn));',
    change: ['""', '"?"'],
    why: "neither names a file",
  },
  {
    file: "helpers/sandbox/manifest/manifest.ts",
    line: "[...entries].sort((one, other) => (one.path < other.path ? -1 : 1));",
    change: ["<", "<="],
    why: "no path is there twice",
  },
  {
    file: "helpers/sandbox/manifest/manifest.ts",
    line: "[...entries].sort((one, other) => (one.path < other.path ? -1 : 1));",
    change: ["1", "2"],
    why: "only the sign counts",
  },
  {
    file: "helpers/sandbox/manifest/needed-accounts.ts",
    line: '[...(host.readText(path) ?? "").matchAll(/^[ugm]!?\\s+(\\S+)(?:\\s+(\\S+))?/gm)].flatMap(',
    change: ['""', '"?"'],
    why: "neither names an account",
  },
  {
    file: "helpers/sandbox/manifest/needed-accounts.ts",
    line: '[...(host.readText(path) ?? "").matchAll(/^[ugm]!?\\s+(\\S+)(?:\\s+(\\S+))?/gm)].flatMap(',
    change: ["/^[ugm]!?\\s+(\\S+)(?:\\s+(\\S+))?/gm", "/^[ugm]!?\\s+(\\S+)(?:\\s*(\\S+))?/gm"],
    why: "the first word has taken all up to a blank",
  },
  {
    file: "helpers/sandbox/manifest/needed-accounts.ts",
    line: '[...(host.readText(path) ?? "").matchAll(/^[ugm]!?\\s+(\\S+)(?:\\s+(\\S+))?/gm)].flatMap(',
    change: ["/^[ugm]!?\\s+(\\S+)(?:\\s+(\\S+))?/gm", "/^[ugm]!?\\s+(\\S+)(?:\\s+(\\S*))?/gm"],
    why: "an empty word is the same as none",
  },
  {
    file: "helpers/sandbox/manifest/read-manifest.ts",
    line: 'parseManifestPackages(orMissing(() => readFileSync(manifestFile(name), "utf8")) ?? "");',
    change: ['""', '"?"'],
    why: "neither is a manifest",
  },
  {
    file: "helpers/sandbox/manifest/referred-etc.ts",
    line: 'findReferred(host.readText(file) ?? "")',
    change: ['""', '"?"'],
    why: "neither names a path",
  },
  {
    file: "helpers/sandbox/manifest/referred-etc.ts",
    line: "const comment = /^[ \\t]*(?:#|;|\\/\\/|--).*/gm;",
    change: ["/^[ \\t]*(?:#|;|\\/\\/|--).*/gm", "/^[ \\t]*(?:#|;|\\/\\/|--).+/gm"],
    why: "a comment of one sign names no path",
  },
  {
    file: "helpers/sandbox/manifest/referred-etc.ts",
    line: 'const paths = text.replace(comment, "").matchAll(/(?<![\\w./@-])\\/etc\\/[\\w.@+*?[\\]/-]+/g);',
    change: ['""', '"?"'],
    why: "nothing else is on that line",
  },
  {
    file: "helpers/sandbox/manifest/referred-etc.ts",
    line: 'const paths = text.replace(comment, "").matchAll(/(?<![\\w./@-])\\/etc\\/[\\w.@+*?[\\]/-]+/g);',
    change: ["/(?<![\\w./@-])\\/etc\\/[\\w.@+*?[\\]/-]+/g", "/(?<![\\w./@-])\\/etc\\/[\\w.@+*?[\\]/-]*/g"],
    why: "/etc itself is left out",
  },
  {
    file: "helpers/sandbox/manifest/referred-etc.ts",
    line: '.replace(/(?<![./])[./]+$/, "");',
    change: ["/(?<![./])[./]+$/", "/(?<![./])[./]*$/"],
    why: "nothing is replaced by nothing",
  },
  {
    file: "helpers/sandbox/manifest/referred-etc.ts",
    line: 'const target = resolvePath(host, path) ?? "";',
    change: ['""', '"?"'],
    why: "neither is below /etc",
  },
  {
    file: "helpers/sandbox/manifest/secrets.ts",
    line: "if (candidates.length === 0) return [];",
    change: ["candidates.length === 0", "false"],
    why: "it only saves time",
  },
  {
    file: "helpers/sandbox/manifest/secrets.ts",
    line: 'return secretName.test(basename(path)) || secretText.test(host.readText(path) ?? "");',
    change: ['""', '"?"'],
    why: "neither is a key",
  },
  {
    file: "helpers/sandbox/manifest/secrets.ts",
    line: 'if (path.startsWith(temporaryFiles)) return [host.readText(path) ?? ""];',
    change: ['""', '"?"'],
    why: "neither names a key",
  },
  {
    file: "helpers/sandbox/manifest/secrets.ts",
    line: 'const text = programs.test(path) ? (host.readText(path) ?? "") : "";',
    change: ['""', '"?"'],
    why: "neither is a script",
  },
  {
    file: "helpers/sandbox/manifest/selection.ts",
    line: 'const names = new Set(own.flatMap((each) => [each.source, each.name.replace(/:.*/, "")]));',
    change: ["/:.*/", "/:.+/"],
    why: "an architecture follows the colon",
  },
  {
    file: "helpers/sandbox/manifest/selection.ts",
    line: '[...new Set([name.replace(/:.*/, ""), source])].map((each) => `${top}/${each}`);',
    change: ["/:.*/", "/:.+/"],
    why: "an architecture follows the colon",
  },
  {
    file: "helpers/sandbox/tree/beneath.ts",
    line: 'const text = path.toString("latin1").replace(/\\/+$/, "");',
    change: ["/\\/+$/", "/\\/*$/"],
    why: "no slash is replaced by nothing",
  },
  {
    file: "helpers/sandbox/tree/look-up.ts",
    line: 'if (error instanceof Error && "code" in error && error.code === "EINVAL") return undefined;',
    why: "only what happens between two system calls shows it",
  },
  {
    file: "helpers/sandbox/tree/look-up.ts",
    line: "for (let left = size; left > 0;) {",
    change: [">", ">="],
    why: "one more read has no bytes",
  },
  {
    file: "helpers/sandbox/tree/look-up.ts",
    line: "const buffer = Buffer.alloc(Math.min(left, 65_536));",
    change: ["65_536", "65537"],
    why: "pieces of any size are the same file",
  },
  {
    file: "helpers/sandbox/tree/look-up.ts",
    line: "export const O_PATH = 0o10000000;",
    why: "with this flag the kernel looks at no other mode (open(2))",
  },
  {
    file: "helpers/sandbox/tree/look-up.ts",
    line: "const readFlags = constants.O_RDONLY | constants.O_NONBLOCK;",
    change: ["|", "&"],
    why: "only a lease of another process shows it, and neither Node nor a shell can take one",
  },
  {
    file: "helpers/sandbox/upgrade/plan-upgrade.ts",
    line: "if (base !== undefined && entry !== undefined && compareEntries(base, entry).length === 0) continue;",
    change: ["base !== undefined && entry !== undefined && compareEntries(base, entry).length === 0", "false"],
    why: "it only saves time",
  },
  {
    file: "helpers/sandbox/upgrade/plan-upgrade.ts",
    line: 'const host = (next?.kind === "file" ? readNew(next) : undefined) ?? "";',
    change: ['""', '"?"'],
    why: "a line without an id is no group",
  },
];

const fits = (tried: Tried, { file, line, change }: Explained): boolean =>
  tried.file === file &&
  tried.line === line &&
  (change === undefined || (change[0] === tried.was && change[1] === tried.now));

export const isExplained = (tried: Tried): boolean => all.some((each) => fits(tried, each));

/** Lists what explains nothing any more, of the files in whose path this word is. */
export const listStale = (left: readonly Tried[], only: string): readonly Explained[] =>
  all.filter((each) => each.file.includes(only) && !left.some((tried) => fits(tried, each)));
