/** Translates a text. */
export const _ = (text: string): string => cockpit.gettext(text);

/** Translates a text, and puts values in the places of `$0`, `$1` … */
export const fill = (text: string, ...values: readonly (string | number)[]): string =>
  cockpit.format(cockpit.gettext(text), ...values);

/** The same with a text for one and a text for several. `$0` is the count. */
export const count = (one: string, several: string, number: number): string =>
  cockpit.format(cockpit.ngettext(one, several, number), number);

/**
 * Makes a text of a sandbox harmless to read: control characters and those that turn the direction of writing become
 * visible, and a long text ends with an ellipsis.
 */
export function plain(text: string, most = 2000): string {
  const shown = text.length > most ? `${text.slice(0, most)}…` : text;

  return shown.replaceAll(
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g,
    (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

const locale = (): string => (cockpit.language ?? "en").replace("_", "-");

/** A number of bytes in the words of Cockpit; a dash if it is not known. */
export const bytes = (number: number | null | undefined): string =>
  number === null || number === undefined ? "—" : cockpit.format_bytes(number);

export const percent = (number: number | null | undefined): string =>
  number === null || number === undefined ? "—" : `${number.toFixed(number < 10 ? 1 : 0)} %`;

/** A point of time, from seconds since 1970. */
export const when = (seconds: number): string =>
  new Intl.DateTimeFormat(locale(), { dateStyle: "medium", timeStyle: "medium" }).format(seconds * 1000);

const spans: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
];

/** How long ago a point of time is, in words. */
export function ago(seconds: number, now = Date.now() / 1000): string {
  const gone = Math.max(0, now - seconds);
  const [unit, length] = spans.find(([, each]) => gone >= each) ?? (["second", 1] as const);
  return new Intl.RelativeTimeFormat(locale(), { numeric: "auto" }).format(-Math.floor(gone / length), unit);
}
