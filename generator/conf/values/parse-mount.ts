import { parsePath } from "./values.ts";
import { ValueError } from "./value-error.ts";

export type Mount =
  | {
      readonly kind: "host-bind";
      readonly target: string;
      readonly source: string;
      /** Whether set-user-id files that root inside leaves in it work on the host. */
      readonly suid: boolean;
    }
  | { readonly kind: "host-image"; readonly target: string; readonly source: string }
  | { readonly kind: "guest-bind"; readonly target: string; readonly source: string }
  | { readonly kind: "ram"; readonly target: string; readonly bytes: number };

// The host's read-only part, and what the kernel or PID 1 mounts.
const taken = /^\/(usr|proc|sys|dev|run)?(\/|$)/;

// What is the sandboxes' own, and the administrator's about them.
const own = ["/etc/sandboxcontainer", "/run/host", "/run/sandboxcontainer", "/var/lib/sandboxcontainer"];

const expected =
  "expected host-bind:INSIDE=FOLDER, host-bind,suid:INSIDE=FOLDER, host-image:INSIDE=FILE, guest-bind:INSIDE=FOLDER-INSIDE or ram:INSIDE=SIZE";

/** A folder or an image of the host, another folder inside, or memory, at a path inside. Throws a ValueError. */
export function parseMount(text: string): Mount {
  const [, kind, option, path = "", what = ""] = /^([a-z-]+)(,suid)?:([^=]+)=(.+)$/s.exec(text) ?? [];
  if (kind !== "host-bind" && kind !== "host-image" && kind !== "guest-bind" && kind !== "ram")
    throw new ValueError(expected);
  if (option !== undefined && kind !== "host-bind") throw new ValueError(`suid is for host-bind only: ${expected}`);
  const target = parsePath(path);
  if (taken.test(target)) throw new ValueError("/, /usr, /proc, /sys, /dev and /run of a sandbox cannot be covered");
  if (kind === "ram") return { kind, target, bytes: parseSize(what) };
  const source = parsePath(what);
  if (source === "/") throw new ValueError("the root itself cannot be mounted: name what is below");
  if (kind === "guest-bind" && source === target) throw new ValueError(`${target} is there already`);
  if (kind === "guest-bind") return { kind, target, source };
  refuseOwn(source);
  return kind === "host-bind" ? { kind, target, source, suid: option !== undefined } : { kind, target, source };
}

function refuseOwn(source: string): void {
  const clash = own.find((folder) => isWithin(source, folder) || isWithin(folder, source));
  if (clash === undefined) return;
  const how = isWithin(source, clash) ? `is part of ${clash}` : `has ${clash} in it`;
  throw new ValueError(`${source} ${how}, by which sandboxes are made: root inside must not write that`);
}

/** Whether a clean path is another one, or below it. */
export const isWithin = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`);

/** Bytes, with systemd's suffixes to the base of 1024. Throws a ValueError, with what was expected. */
export function parseSize(text: string, expected = "a size of at least 4K, as 512M or 2G"): number {
  const [, number = "", suffix = ""] = /^(\d{1,15}(?:\.\d{1,9})?)([KMGT]?)$/i.exec(text) ?? [];
  const bytes = Math.floor(Number(number) * 1024 ** ["", "K", "M", "G", "T"].indexOf(suffix.toUpperCase()));
  if (bytes >= 4096 && Number.isSafeInteger(bytes)) return bytes;
  throw new ValueError(`expected ${expected}`);
}
