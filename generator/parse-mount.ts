import { parsePath } from "./values.ts";
import { ValueError } from "./value-error.ts";

export type Mount =
  | { readonly kind: "host-bind" | "host-image" | "guest-bind"; readonly target: string; readonly source: string }
  | { readonly kind: "ram"; readonly target: string; readonly bytes: number };

// The host's read-only part, and what the kernel or PID 1 mounts.
const taken = /^\/(usr|proc|sys|dev|run)?(\/|$)/;

const expected =
  "expected host-bind:INSIDE=FOLDER, host-image:INSIDE=FILE, guest-bind:INSIDE=FOLDER-INSIDE or ram:INSIDE=SIZE";

/** A folder or an image of the host, another folder inside, or memory, at a path inside. Throws a ValueError. */
export function parseMount(text: string): Mount {
  const [, kind, path = "", what = ""] = /^([a-z-]+):([^=]+)=(.+)$/s.exec(text) ?? [];
  if (kind !== "host-bind" && kind !== "host-image" && kind !== "guest-bind" && kind !== "ram")
    throw new ValueError(expected);
  const target = parsePath(path);
  if (taken.test(target)) throw new ValueError("/, /usr, /proc, /sys, /dev and /run of a sandbox cannot be covered");
  if (kind === "ram") return { kind, target, bytes: parseSize(what) };
  const source = parsePath(what);
  if (source === "/") throw new ValueError("the root itself cannot be mounted: name what is below");
  if (kind === "guest-bind" && source === target) throw new ValueError(`${target} is there already`);
  return { kind, target, source };
}

/** Bytes, with systemd's suffixes to the base of 1024. Throws a ValueError, with what was expected. */
export function parseSize(text: string, expected = "a size of at least 4K, as 512M or 2G"): number {
  const [, number = "", suffix = ""] = /^(\d{1,15}(?:\.\d{1,9})?)([KMGT]?)$/i.exec(text) ?? [];
  const bytes = Math.floor(Number(number) * 1024 ** ["", "K", "M", "G", "T"].indexOf(suffix.toUpperCase()));
  if (bytes >= 4096 && Number.isSafeInteger(bytes)) return bytes;
  throw new ValueError(`expected ${expected}`);
}
