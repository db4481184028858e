import { parseAppArmor } from "./parse-apparmor.ts";
import { printableName } from "../../sandbox/untrusted-text.ts";

/**
 * An access that SELinux or AppArmor denied or would have denied. The kernel reports it, or a program in its place
 * (USER_AVC).
 */
export interface Denial {
  readonly control: "selinux" | "apparmor";
  /** The id of the audit event: `SECONDS.MILLISECONDS:SERIAL`. */
  readonly id: string;
  /** Seconds since the epoch. */
  readonly time: number;
  readonly permissions: readonly string[];
  /** With AppArmor the type is the profile, and there is no level. */
  readonly source: Context;
  /** With AppArmor the type is the profile of the other process, or empty. */
  readonly target: Context;
  readonly targetClass: string;
  /** The process that was denied: it can choose the name `comm` itself; `exe` is the file that it runs. */
  readonly comm: string | null;
  readonly exe: string | null;
  readonly pid: number | null;
  /** The number on the host. */
  readonly uid: number | null;
  /** The path, or only the name. Somebody inside may have chosen the text. */
  readonly path: string | null;
  /** Other facts that tell one denial from another: a port, a capability, a D-Bus message. */
  readonly detail: string | null;
  /** The access was only logged, because the domain or the host is permissive. */
  readonly permissive: boolean;
}

export interface Context {
  readonly type: string;
  readonly level: string;
}

export type Fields = ReadonlyMap<string, string>;

const record = /^type=([A-Z_]+) msg=audit\((\d{1,12})\.(\d{1,3}):(\d{1,20})\): (.*)$/;
// The contexts end the kernel's part of a record. Words before them may have been chosen by a process.
const contexts = / scontext=(\S+) tcontext=(\S+) tclass=(\w+)(?: permissive=([01]))?/g;

/**
 * Finds the denials in records of the audit log, as ausearch(8) prints them with --raw, in the order of the log. Skips
 * lines of other forms.
 * A process can choose its own name and the names of its files. The kernel writes a character that could end a word in
 * hexadecimal digits. So a quoted word contains no quote, and only the last contexts of a record count.
 */
export function parseAudit(text: string): readonly Denial[] {
  const events = new Map<string, { readonly others: Fields[]; readonly denials: (() => Denial | undefined)[] }>();
  for (const line of text.split("\n")) {
    const [, type = "", seconds = "", milliseconds = "", serial = "", body = ""] = record.exec(line) ?? [];
    if (type === "") continue;
    const id = `${seconds}.${milliseconds}:${serial}`;
    const event = events.get(id) ?? { others: [], denials: [] };
    events.set(id, event);
    // After this character auditd adds its own interpretation of some words.
    const words = body.split("\x1d")[0] ?? "";
    if (type === "AVC" || type === "USER_AVC") event.denials.push(() => parseDenial(id, type, words, event.others));
    else if (type === "SYSCALL" || type === "PATH" || type === "CWD") event.others.push(parseFields(words));
  }
  return [...events.values()].flatMap(({ denials }) => denials.flatMap((parse) => parse() ?? []));
}

function parseDenial(
  id: string,
  type: "AVC" | "USER_AVC",
  words: string,
  others: readonly Fields[],
): Denial | undefined {
  if (type === "AVC" && words.startsWith("apparmor=")) return parseAppArmor(id, parseFields(words), findCall(others));
  const said = type === "AVC" ? words : (/^[^']* msg='(.*)'$/.exec(words)?.[1] ?? "");
  const [, permissions = "", rest = ""] = /^avc: +denied +\{ ([a-z0-9_ ]+) \} for +(.*)$/.exec(said) ?? [];
  const last = [...` ${rest}`.matchAll(contexts)].at(-1);
  const source = parseContext(last?.[1]);
  const target = parseContext(last?.[2]);
  if (last === undefined || source === undefined || target === undefined) return undefined;
  const fields = parseFields(rest.slice(0, Math.max(last.index - 1, 0)));
  const syscall = type === "AVC" ? findCall(others) : undefined;
  const number = (key: string): number | null => {
    const value = syscall?.get(key) ?? fields.get(key);
    return value !== undefined && /^\d{1,10}$/.test(value) ? Number(value) : null;
  };
  return {
    control: "selinux",
    id,
    time: Number(id.split(":")[0]),
    permissions: permissions.split(" ").sort(),
    source,
    target,
    targetClass: last[3] ?? "",
    comm: fields.get("comm") ?? syscall?.get("comm") ?? null,
    exe: syscall?.get("exe") ?? null,
    pid: number("pid") ?? number("spid"),
    uid: number("uid"),
    path: findPath(fields, others),
    detail: findDetail(fields),
    permissive: last[4] === "1",
  };
}

const findCall = (others: readonly Fields[]): Fields | undefined => others.find((other) => other.has("syscall"));

// For some denials the kernel knows only the name and not the path. A separate record has the path that was asked for.
function findPath(fields: Fields, others: readonly Fields[]): string | null {
  const path = fields.get("path");
  if (path !== undefined) return path;
  const name = fields.get("name");
  if (name === undefined) return null;
  const asked = others.map((other) => other.get("name")).find((each) => each === name || each?.endsWith(`/${name}`));
  return asked ?? name;
}

const details = ["capability", "src", "dest", "interface", "member", "function"] as const;

function findDetail(fields: Fields): string | null {
  const words = details.flatMap((key) => (fields.has(key) ? [`${key}=${fields.get(key) ?? ""}`] : []));
  return words.length === 0 ? null : words.join(" ");
}

function parseContext(text: string | undefined): Context | undefined {
  const [user, role, type, ...level] = text?.split(":") ?? [];
  return user && role && type && /^\w+$/.test(type) ? { type, level: level.join(":") } : undefined;
}

const untrusted = new Set(["comm", "exe", "name", "path", "cwd", "srcname", "target"]);

function parseFields(words: string): Fields {
  const fields = new Map<string, string>();
  for (const [, key = "", quoted, bare = ""] of words.matchAll(/(?<![a-z_0-9])([a-z_0-9]+)=(?:"([^"]*)"|(\S*))/g)) {
    const value = quoted ?? (untrusted.has(key) ? decodeHex(bare) : bare);
    // The first value of a key comes from the kernel, and so does every value without quotes.
    if (!fields.has(key) && value !== "(null)" && value !== "?") fields.set(key, printableName(value));
  }
  return fields;
}

const decodeHex = (word: string): Buffer | string =>
  /^(?:[0-9A-F]{2})+$/.test(word) ? Buffer.from(word, "hex") : word;
