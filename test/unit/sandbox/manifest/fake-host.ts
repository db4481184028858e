import { dirname } from "node:path";
import type { HostEntry, HostTree } from "../../../../helpers/host/files/host-tree.ts";

type Attributes = Partial<Pick<HostEntry, "owner" | "group" | "mode">>;
type FakeEntry = HostEntry & { readonly text?: string };

export const directory = (mode = 0o755, attributes: Attributes = {}): FakeEntry => ({
  kind: "directory",
  owner: 0,
  group: 0,
  mode,
  ...attributes,
});
export const file = (text = "", mode = 0o644, attributes: Attributes = {}): FakeEntry => ({
  kind: "file",
  owner: 0,
  group: 0,
  mode,
  text,
  ...attributes,
});
export const link = (target: string): FakeEntry => ({ kind: "link", owner: 0, group: 0, mode: 0o777, target });
export const socket = (): FakeEntry => ({ kind: "other", owner: 0, group: 0, mode: 0o755 });

/** Makes a host from a table of absolute paths. Parents that are not in the table are ordinary directories. */
export function fakeHost(table: Readonly<Record<string, FakeEntry>>): HostTree {
  const entries = new Map<string, FakeEntry>(Object.entries(table));
  for (const path of Object.keys(table)) {
    for (let parent = dirname(path); parent !== "/"; parent = dirname(parent))
      if (!entries.has(parent)) entries.set(parent, directory());
  }
  return {
    lookUp: (path) => entries.get(path),
    list: (path) =>
      [...entries.keys()]
        .filter((each) => each !== path && dirname(each) === path)
        .map((each) => each.slice(path.length + 1))
        .sort(),
    readText: (path) => entries.get(path)?.text,
  };
}

/** Adds an ordinary file or directory for every path below /etc and /var that a package lists and the table lacks. */
export function fillFrom(
  paths: readonly string[],
  table: Readonly<Record<string, FakeEntry>>,
): Readonly<Record<string, FakeEntry>> {
  const listed = paths.filter((path) => /^\/(etc|var)\//.test(path));
  const isDirectory = (path: string): boolean =>
    listed.some((each) => each.startsWith(`${path}/`)) ||
    /(enabled|conf\.d|snippets|\.d|available|html|lib\/\w+|log\/\w+)$/.test(path);
  return { ...Object.fromEntries(listed.map((path) => [path, isDirectory(path) ? directory() : file()])), ...table };
}
