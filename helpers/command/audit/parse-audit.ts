import { printableName } from "../../sandbox/untrusted-text.ts";

/** Something that SELinux denied, or would have: what the kernel, or a program in its place (USER_AVC), told of it. */
export interface Denial {
  /** Of the event: `SECONDS.MILLISECONDS:SERIAL`. */
  readonly id: string;
  /** Seconds since the epoch. */
  readonly time: number;
  readonly permissions: readonly string[];
  readonly source: Context;
  readonly target: Context;
  readonly targetClass: string;
  /** Who was denied: `comm` is a name that the process chose itself, `exe` the file that it runs. */
  readonly comm: string | null;
  readonly exe: string | null;
  readonly pid: number | null;
  /** As the host numbers it. */
  readonly uid: number | null;
  /** The path, or the name alone; whose text somebody inside may have chosen. */
  readonly path: string | null;
  /** What else tells one denial from another: a port, a capability, a D-Bus message. */
  readonly detail: string | null;
  /** It was only noted: the domain, or the host, is permissive. */
  readonly permissive: boolean;
}

export interface Context {
  readonly type: string;
  readonly level: string;
}

type Fields = ReadonlyMap<string, string>;

const record = /^type=([A-Z_]+) msg=audit\((\d{1,12})\.(\d{1,3}):(\d{1,20})\): (.*)$/;
// A context ends the list of what the kernel tells; before it stand words that a process may have chosen.
const contexts = / scontext=(\S+) tcontext=(\S+) tclass=(\w+)(?: permissive=([01]))?/g;

/**
 * The denials in records of the audit log, as ausearch(8) prints them with --raw, in the order of the log. Lines of other
 * forms are passed over. A process can choose its name and its files' names: the kernel writes what could end a word in
 * hexadecimal digits, so a quoted word holds no quote, and only the last contexts of a record count.
 */
export function parseAudit(text: string): readonly Denial[] {
  const events = new Map<string, { readonly others: Fields[]; readonly denials: (() => Denial | undefined)[] }>();
  for (const line of text.split("\n")) {
    const [, type = "", seconds = "", milliseconds = "", serial = "", body = ""] = record.exec(line) ?? [];
    if (type === "") continue;
    const id = `${seconds}.${milliseconds}:${serial}`;
    const event = events.get(id) ?? { others: [], denials: [] };
    events.set(id, event);
    // Behind this sign auditd adds its own reading of some words.
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
  const said = type === "AVC" ? words : (/^[^']* msg='(.*)'$/.exec(words)?.[1] ?? "");
  const [, permissions = "", rest = ""] = /^avc: +denied +\{ ([a-z0-9_ ]+) \} for +(.*)$/.exec(said) ?? [];
  const last = [...` ${rest}`.matchAll(contexts)].at(-1);
  const source = parseContext(last?.[1]);
  const target = parseContext(last?.[2]);
  if (last === undefined || source === undefined || target === undefined) return undefined;
  const fields = parseFields(rest.slice(0, Math.max(last.index - 1, 0)));
  const syscall = type === "AVC" ? others.find((other) => other.has("syscall")) : undefined;
  const number = (key: string): number | null => {
    const value = syscall?.get(key) ?? fields.get(key);
    return value !== undefined && /^\d{1,10}$/.test(value) ? Number(value) : null;
  };
  return {
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

// The kernel knows a path of some denials only, else the name; the path that was asked for is in a record of its own.
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

const untrusted = new Set(["comm", "exe", "name", "path", "cwd"]);

function parseFields(words: string): Fields {
  const fields = new Map<string, string>();
  for (const [, key = "", quoted, bare = ""] of words.matchAll(/([a-z_0-9]+)=(?:"([^"]*)"|(\S*))/g)) {
    const value = quoted ?? (untrusted.has(key) ? decodeHex(bare) : bare);
    // The first one is the kernel's, and so is each that it has not quoted.
    if (!fields.has(key) && value !== "(null)" && value !== "?") fields.set(key, printableName(value));
  }
  return fields;
}

const decodeHex = (word: string): Buffer | string =>
  /^(?:[0-9A-F]{2})+$/.test(word) ? Buffer.from(word, "hex") : word;
