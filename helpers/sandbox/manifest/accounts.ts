import type { HostTree } from "../../host/files/host-tree.ts";
import type { PackageDatabase } from "../../host/packages/package-database.ts";
import { type ManifestEntry, textFile } from "./entry.ts";
import type { Selection } from "./selection.ts";

const reason = "accounts the service may need";
const alwaysKept = new Set(["nobody", "nogroup"]);
const defaultMaximum = 999;

/** Whether this module makes the file, with a record for each account. */
export const isAccountFile = (path: string): boolean => /^\/etc\/(?:passwd|group|g?shadow)$/.test(path);

type Record = readonly [name: string, password: string, id: string, ...rest: string[]];

/**
 * The host's system accounts without any passwords, and the accounts that the service itself names (`needed`, by name
 * or id). Accounts of people stay outside.
 */
export function planAccounts(host: HostTree, needed: readonly string[]): readonly ManifestEntry[] {
  const loginDefs = host.readText("/etc/login.defs") ?? "";
  const users = systemRecords(host.readText("/etc/passwd") ?? "", readMaximum(loginDefs, "SYS_UID_MAX"), needed);
  const primary = users.map(([, , , group = ""]) => group);
  const groupMaximum = readMaximum(loginDefs, "SYS_GID_MAX");
  const groups = systemRecords(host.readText("/etc/group") ?? "", groupMaximum, [...needed, ...primary]);
  const userNames = new Set(users.map(([name]) => name));
  const members = (record: Record): string =>
    (record[3] ?? "")
      .split(",")
      .filter((name) => userNames.has(name))
      .join(",");
  const shadowGroup = Number(groups.find(([name]) => name === "shadow")?.[2] ?? 0);
  const locked = (path: string, lines: readonly string[]): ManifestEntry => ({
    ...textFile(path, toText(lines), `${reason}, all locked`, 0o640),
    group: shadowGroup,
  });
  return [
    textFile("/etc/passwd", toText(users.map(([name, , ...rest]) => [name, "x", ...rest].join(":"))), reason),
    textFile("/etc/group", toText(groups.map((each) => [each[0], "x", each[2], members(each)].join(":"))), reason),
    // There is no date of change: ageing is off, and the text depends only on the accounts.
    locked(
      "/etc/shadow",
      users.map(([name]) => `${name}:!*:::::::`),
    ),
    locked(
      "/etc/gshadow",
      groups.map((each) => `${each[0]}:!*::${members(each)}`),
    ),
    textFile("/etc/subuid", "", "the sandbox has no ids to pass on"),
    textFile("/etc/subgid", "", "the sandbox has no ids to pass on"),
  ];
}

const toText = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join("");

/** Records of passwd or group up to an id. `+` lines of NIS are not accounts. */
function systemRecords(text: string, maximum: number, needed: readonly string[]): readonly Record[] {
  return text.split("\n").flatMap((line) => {
    const [name, password, id, ...rest] = line.split(":");
    if (name === undefined || password === undefined || id === undefined || !/^\d+$/.test(id)) return [];
    return Number(id) <= maximum || alwaysKept.has(name) || needed.includes(name) || needed.includes(id)
      ? [[name, password, id, ...rest] as const]
      : [];
  });
}

const readMaximum = (loginDefs: string, key: string): number =>
  Number(new RegExp(`^[ \\t]*${key}[ \\t]+(\\d+)`, "m").exec(loginDefs)?.[1] ?? defaultMaximum);

const folder = "/usr/lib/sysusers.d/";

/** Users and groups that the sandbox's packages make (sysusers.d(5)). */
export function findMadeAccounts(database: PackageDatabase, { all }: Selection, host: HostTree): readonly string[] {
  const files = all
    .flatMap((each) => database.listPaths(each))
    .filter((path) => path.startsWith(folder) && path.endsWith(".conf"));
  return files.flatMap((path) =>
    [...(host.readText(path) ?? "").matchAll(/^[ugm]!?\s+(\S+)(?:\s+(\S+))?/gm)].flatMap(
      ([line, name = "", second = ""]) => (line.startsWith("m") ? [name, second] : [name]),
    ),
  );
}
