/** What the generator makes, by its path below the directory that systemd hands it. */
export type Output =
  | { readonly kind: "file"; readonly path: string; readonly text: string }
  | { readonly kind: "link"; readonly path: string; readonly target: string };

/** Output as `--dry-run` prints it. */
export function describeOutput(output: Output): string {
  return output.kind === "link" ? `# ${output.path} -> ${output.target}\n` : `# ${output.path}\n${output.text}`;
}

/** For text that systemd is to take as it is: `%` begins a specifier in unit files. */
export const escapeSpecifiers = (text: string): string => text.replaceAll("%", "%%");

/** One word of an Exec line that means exactly the given text (systemd.service(5), COMMAND LINES). */
export function quoteExecWord(text: string): string {
  const escaped = escapeSpecifiers(text)
    .replaceAll("$", "$$$$")
    .replaceAll(/["\\]/g, "\\$&")
    .replaceAll(/\p{Cc}/gu, (control) => `\\x${(control.codePointAt(0) ?? 0).toString(16).padStart(2, "0")}`);
  return `"${escaped}"`;
}
