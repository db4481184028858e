import type { Setting } from "../host/types.ts";

/** What `set` has to be told. An empty assignment clears the earlier ones. */
export function assignments({ section, key, repeats }: Setting, text: string): readonly string[] {
  const lines = text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
  const full = `${section}.${key}`;
  if (!repeats) return [`${full}=${lines.join(" ")}`];
  return [`${full}=`, ...lines.map((line) => `${full}+=${line}`)];
}
