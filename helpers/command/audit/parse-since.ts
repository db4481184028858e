import { SandboxError } from "../../../generator/conf/sandbox-error.ts";

const units: Readonly<Record<string, number>> = { s: 1, min: 60, m: 60, h: 3600, d: 86_400, w: 604_800 };

/**
 * Parses a time such as `today`, `yesterday`, `2h` (ago), `2026-11-25` or `2026-11-25 14:30`. Returns seconds since the
 * epoch.
 */
export function parseSince(text: string, now: Date): number {
  const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate());
  if (text === "today") return midnight.getTime() / 1000;
  if (text === "yesterday") return midnight.setDate(midnight.getDate() - 1) / 1000;
  const [, count = "", unit = ""] = /^(\d{1,6}) ?(s|min|m|h|d|w)(?: ago)?$/.exec(text) ?? [];
  if (count !== "") return now.getTime() / 1000 - Number(count) * (units[unit] ?? 0);
  if (/^\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2})?)?$/.test(text)) {
    // JavaScript reads a date without a time of day as UTC.
    const date = new Date(text.length === 10 ? `${text}T00:00` : text.replace(" ", "T"));
    if (!Number.isNaN(date.getTime())) return date.getTime() / 1000;
  }
  throw new SandboxError(`\`${text}\` is not a time`, {
    hint: "Write today, yesterday, 30min, 2h, 3d, 2026-11-25 or 2026-11-25 14:30",
    status: 2,
  });
}
