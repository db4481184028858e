import { parsePath, ValueError } from "./values.ts";

export type Mount =
  | {
      readonly kind: "host-bind";
      readonly target: string;
      readonly source: string;
      /** Whether nobody inside can write. Then the source may also be a file. */
      readonly readOnly: boolean;
      /** Whether set-user-id files that root inside leaves there work on the host. */
      readonly suid: boolean;
    }
  | { readonly kind: "host-image"; readonly target: string; readonly source: string }
  | { readonly kind: "guest-bind"; readonly target: string; readonly source: string }
  | { readonly kind: "ram"; readonly target: string; readonly bytes: number };

// The host's read-only /usr, and the folders that the kernel or PID 1 mounts.
const taken = /^\/(usr|proc|sys|dev|run)?(\/|$)/;
// Root inside finds sockets of the host there, but not what PID 1 and our own programs inside use.
const belowRun = /^\/run\/(?!(?:host|systemd|sandboxcontainer)(?:\/|$))[^/]/;
// Some services write in a folder of their own there, such as /usr/lib/NAME/cache.
const belowUsr = /^\/usr\/[^/]+\/[^/]/;

// Our own folders: the data of sandboxes, and the administrator's confs for them.
const own = ["/etc/sandboxcontainer", "/run/host", "/run/sandboxcontainer", "/var/lib/sandboxcontainer"];

const expected =
  "expected host-bind:INSIDE=FOLDER, host-bind,ro:INSIDE=FOLDER-OR-FILE, host-bind,suid:INSIDE=FOLDER, host-image:INSIDE=FILE, guest-bind:INSIDE=FOLDER-INSIDE or ram:INSIDE=SIZE";

/** Parses a mount of a host folder, a host image, another folder inside, or memory. Throws a ValueError. */
export function parseMount(text: string): Mount {
  const [, kind, option, path = "", what = ""] = /^([a-z-]+)(?:,(suid|ro))?:([^=]+)=(.+)/s.exec(text) ?? [];
  if (kind !== "host-bind" && kind !== "host-image" && kind !== "guest-bind" && kind !== "ram")
    throw new ValueError(expected);
  if (option !== undefined && kind !== "host-bind")
    throw new ValueError(`${option} works only with host-bind: ${expected}`);
  const target = parsePath(path);
  const isPossible = { "guest-bind": belowUsr, "host-bind": belowRun, "host-image": undefined, ram: undefined }[kind];
  if (taken.test(target) && isPossible?.test(target) !== true) {
    const exception =
      kind === "guest-bind"
        ? ", except on a folder such as /usr/lib/NAME"
        : kind === "host-bind"
          ? ", except on a folder such as /run/NAME"
          : "";
    throw new ValueError(`nothing can be mounted on / or in /usr, /proc, /sys, /dev or /run of a sandbox${exception}`);
  }
  if (kind === "ram") return { kind, target, bytes: parseSize(what) };
  const source = parsePath(what);
  if (source === "/") throw new ValueError("/ of the host cannot be mounted: name a folder below it");
  if (kind === "guest-bind" && source === target) throw new ValueError(`${target} cannot be mounted on itself`);
  if (kind === "guest-bind") return { kind, target, source };
  refuseOwn(source);
  return kind === "host-bind"
    ? { kind, target, source, readOnly: option === "ro", suid: option === "suid" }
    : { kind, target, source };
}

function refuseOwn(source: string): void {
  const clash = own.find((folder) => isWithin(source, folder) || isWithin(folder, source));
  if (clash === undefined) return;
  const how = isWithin(source, clash) ? `is part of ${clash}` : `contains ${clash}`;
  throw new ValueError(`${source} ${how}, which belongs to sandboxcontainer itself: root inside must not write there`);
}

/** Whether a clean path is the same as another, or below it. */
export const isWithin = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`);

/** Parses a size in bytes, with systemd's suffixes to the base 1024. Throws a ValueError with what was expected. */
export function parseSize(text: string, expected = "a size of at least 4K, such as 512M or 2G"): number {
  const [, number = "", suffix = ""] = /^(\d{1,15}(?:\.\d{1,9})?)([KMGT]?)$/i.exec(text) ?? [];
  const bytes = Math.floor(Number(number) * 1024 ** ["", "K", "M", "G", "T"].indexOf(suffix.toUpperCase()));
  if (bytes >= 4096 && Number.isSafeInteger(bytes)) return bytes;
  throw new ValueError(`expected ${expected}`);
}
