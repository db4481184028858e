import type { Setting } from "../host/types.ts";

/**
 * What `set` has to be told; nothing if nothing changes. An empty assignment clears the earlier ones, also those of other
 * files, so these are left alone.
 */
export function assignments(setting: Setting, text: string, name: string): readonly string[] {
  const { section, key, repeats } = setting;
  const lines = text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
  const full = `${section}.${key}`;
  if (!repeats) return [`${full}=${lines.join(" ")}`];
  const { own, others } = splitValues(setting, name);
  if (others.length > 0)
    return own.join("\n") === lines.join("\n")
      ? []
      : [...own.map((value) => `${full}-=${value}`), ...lines.map((line) => `${full}+=${line}`)];
  return [`${full}=`, ...lines.map((line) => `${full}+=${line}`)];
}

/**
 * The values that a dialog edits, and those of other files. `set` writes the sandbox's own conf, and would write the others'
 * values there once more. Where only one value counts, the dialog begins with it, wherever it is from.
 */
export function splitValues(
  { repeats, values }: Setting,
  name: string,
): { readonly own: readonly string[]; readonly others: Setting["values"] } {
  const written = values.filter(({ origin }) => origin !== "default");
  const isOwn = ({ origin }: Setting["values"][number]): boolean =>
    !repeats || origin.startsWith(`/etc/sandboxcontainer/${name}.conf:`);
  return { own: written.filter(isOwn).map(({ value }) => value), others: written.filter((each) => !isOwn(each)) };
}
