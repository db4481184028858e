import { isAbsolute, normalize } from "node:path";

declare const brand: unique symbol;
/** A full unit name, such as `apache2.service` or `postgresql@17-main.service`. */
export type UnitName = string & { readonly [brand]: "UnitName" };

const unitName =
  /^[A-Za-z0-9:_\\@-][A-Za-z0-9:_.\\@-]*\.(service|socket|target|timer|path|mount|automount|swap|slice|device|scope)$/;

/** Parses a boolean as systemd does (systemd.syntax(7)). */
export function parseBoolean(text: string): boolean {
  if (/^(1|yes|true|on|y|t)$/i.test(text)) return true;
  if (/^(0|no|false|off|n|f)$/i.test(text)) return false;
  throw new ValueError("expected yes or no");
}

export function parseUnitName(text: string): UnitName {
  if (text.length < 256 && unitName.test(text)) return text as UnitName;
  throw new ValueError("expected the full name of a unit, such as apache2.service");
}

/** Parses the name of a unit that a sandbox can run. */
export function parseContentUnit(text: string): UnitName {
  const unit = parseUnitName(text);
  if (/\.(service|socket|timer|path|target)$/.test(unit) && !unit.includes("@.")) return unit;
  throw new ValueError(
    "expected a service, socket, timer, path or target, but not a template: name one of its instances",
  );
}

export const isPackageName = (text: string): boolean => /^[A-Za-z0-9][A-Za-z0-9+._:-]*$/.test(text);

export function parsePackage(text: string): string {
  if (isPackageName(text)) return text;
  throw new ValueError("expected the name of one package");
}

export function parseAccount(text: string): string {
  if (/^([A-Za-z_][A-Za-z0-9_.-]{0,31}|\d{1,10})$/.test(text)) return text;
  throw new ValueError("expected a name or a number from passwd or group");
}

export function parsePath(text: string): string {
  if (isCleanPath(text)) return text.replace(/(.)\/$/, "$1");
  throw new ValueError("expected an absolute path without `..`");
}

const seconds: Readonly<Record<string, number>> = { "": 1, s: 1, sec: 1, m: 60, min: 60, h: 3600, hr: 3600, d: 86_400 };

// systemd counts microseconds in 64 bits, and keeps the last number for infinity (USEC_INFINITY).
const endOfTime = Math.floor(2 ** 64 / 1e6);

/** Parses a time span of systemd (systemd.time(7)), to at least one second. */
export function parseTimeSpan(text: string): number {
  const parts = text.split(/(?<=[a-z])\s*(?=\d)/);
  const total = parts.reduce((sum, part) => {
    const [, number = "", unit = ""] = /^(\d{1,9})\s*([a-z]*)$/.exec(part) ?? [];
    return sum + (number === "" ? NaN : Number(number) * (seconds[unit] ?? NaN));
  }, 0);
  if (total >= 1 && total < endOfTime) return total;
  if (total >= endOfTime) throw new ValueError("this is longer than systemd can count");
  throw new ValueError("expected a time of at least one second, such as 30, 90s, 5min or 1h 30min");
}

/** Parses the name of a libvirt network filter, or `none`. */
export function parseFilter(text: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(text)) return text;
  throw new ValueError("expected the name of a libvirt network filter, such as clean-traffic, or none");
}

export function parseFileType(text: string): string {
  if (/^[A-Za-z][A-Za-z0-9_.]*$/.test(text)) return text;
  throw new ValueError("expected an SELinux type, such as container_file_t");
}

/** Parses the first of 65,536 ids, within those that systemd sets aside for containers (systemd's UIDS-GIDS document). */
export function parseIdBase(text: string): number {
  const id = /^\d{6,10}$/.test(text) ? Number(text) : NaN;
  if (id >= 524_288 && id < 1_879_048_192 && id % 65_536 === 0) return id;
  throw new ValueError("expected a multiple of 65536 from 524288 to 1878982656");
}

/** Parses an SELinux level of two categories, such as `s0:c1,c2`; the lower comes first in the result. */
export function parseLevel(text: string): string {
  const [, one = "", other = ""] = /^s0:c(\d{1,4}),c(\d{1,4})$/.exec(text) ?? [];
  const low = Math.min(Number(one), Number(other));
  const high = Math.max(Number(one), Number(other));
  if (low < high && high < 1024) return `s0:c${low},c${high}`;
  throw new ValueError("expected two different categories from c0 to c1023, such as s0:c1,c2");
}

/**
 * Whether a path is absolute and normalized. It must also be the same after it was in a line, and in libvirt's XML: no line
 * ends or other control characters, and nothing that XML cannot have.
 */
export function isCleanPath(text: string): boolean {
  return isAbsolute(text) && normalize(text) === text && !/[\p{Cc}\p{Zl}\p{Zp}\ufffe\uffff]/u.test(text);
}

/** A value that its setting does not accept. The message says what was expected; the caller adds the place. */
export class ValueError extends Error {
  override readonly name = "ValueError";
}
