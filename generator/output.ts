/** A file or link that the generator makes. Its path is relative to the folder that systemd passes. */
export type Output =
  | { readonly kind: "file"; readonly path: string; readonly text: string }
  | { readonly kind: "link"; readonly path: string; readonly target: string };

/** Describes an output the way `--dry-run` prints it. */
export function describeOutput(output: Output): string {
  return output.kind === "link" ? `# ${output.path} -> ${output.target}\n` : `# ${output.path}\n${output.text}`;
}

/** Escapes text that systemd must take literally: `%` begins a specifier in unit files. */
export const escapeSpecifiers = (text: string): string => text.replaceAll("%", "%%");

/** Quotes text so that systemd reads it as one literal word of an Exec line (systemd.service(5), COMMAND LINES). */
export function quoteExecWord(text: string): string {
  const escaped = escapeSpecifiers(text)
    .replaceAll("$", "$$$$")
    .replaceAll(/["\\]/g, "\\$&")
    .replaceAll(/\p{Cc}/gu, (control) => `\\x${(control.codePointAt(0) ?? 0).toString(16).padStart(2, "0")}`);
  return `"${escaped}"`;
}
