import type { HostTree } from "../../host/files/host-tree.ts";
import { listInTree, lookUpInTree } from "../tree/look-up.ts";
import { nameInPath } from "../untrusted-text.ts";
import type { Change } from "./find-changes.ts";

const folder = "/usr/lib/tmpfiles.d";

// Made by systemd inside and its programs at a start, and by the container of a first configuration.
const machinery = [
  ...["/etc/.pwd.lock", "/etc/.updated", "/var/.updated", "/var/cache/debconf", "/var/cache/ldconfig", "/var/lib/dpkg"],
  ...["catalog", "random-seed", "timers"].map((name) => `/var/lib/systemd/${name}`),
];
// These have content that says nothing about the service.
const contents = machinery.filter((path) => !/dpkg|debconf/.test(path));

/** The specifiers of tmpfiles.d(5) for folders that outlive a boot. */
const specifiers: Readonly<Record<string, string>> = { S: "/var/lib", C: "/var/cache", L: "/var/log", h: "/root" };

/** Finds the paths that a text of tmpfiles.d(5) makes. Lines that only change or remove something make none. */
export const findMade = (text: string): readonly string[] =>
  text.split("\n").flatMap((line) => {
    const [, path = ""] = /^\s*[fFdDvqQLpCcb][-+!=~^$?]*\s+"?(\/[^\s"]+|%[SCLh][^\s"]*)/.exec(line) ?? [];
    const whole = path.replace(/^%([SCLh])/, (_, letter: string) => specifiers[letter] ?? "");
    return whole === "" || whole.includes("%") ? [] : [whole.replace(/\/$/, "")];
  });

/**
 * The paths that appear in every sandbox, whatever its service does: systemd's own, and those that packages of the host
 * ask for in tmpfiles.d(5). The folders that lead to them are among them.
 */
export function listRoutine(host: HostTree): ReadonlySet<string> {
  const texts = host
    .list(folder)
    .filter((name) => name.endsWith(".conf"))
    .map((name) => host.readText(`${folder}/${name}`) ?? "");
  const paths = [...machinery, ...texts.flatMap(findMade)];
  return new Set(
    paths.flatMap((path) => {
      const names = path.split("/").slice(1);
      return names.map((_, index) => `/${names.slice(0, index + 1).join("/")}`);
    }),
  );
}

// More than the folders of all packages together have.
const maxLookedAt = 64;

/**
 * Whether a change is nothing but such a path: neither the service nor a person has put anything into it. What systemd and its
 * programs write is routine when they write it again, too.
 */
export const isRoutine = ({ path, inside }: Change, tree: string, routine: ReadonlySet<string>): boolean =>
  (inside.state === "added" && isEmptyRoutine(path, inside.kind, tree, routine)) ||
  (inside.state === "changed" && isContent(path));

const isContent = (path: string): boolean => contents.some((each) => path === each || path.startsWith(`${each}/`));

function isEmptyRoutine(path: string, kind: string, tree: string, routine: ReadonlySet<string>): boolean {
  if (isContent(path)) return true;
  if (!routine.has(path)) return false;
  if (kind === "link") return true;
  if (kind === "file") return lookUpInTree(tree, path)?.size === 0;
  if (kind !== "directory") return false;
  const { names, more } = listInTree(tree, path, new Set(), maxLookedAt);
  return (
    !more && names.every(({ name, kind: inner }) => isEmptyRoutine(`${path}/${nameInPath(name)}`, inner, tree, routine))
  );
}
