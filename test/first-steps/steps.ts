/**
 * A command as it is typed, and its output. `…` stands for any text in a line; a line of only `…` stands for any lines.
 */
export interface Step {
  readonly command: string;
  readonly shows: string;
}

/** The content of the ```console blocks of a page, by block. */
export const readBlocks = (page: string): readonly (readonly Step[])[] =>
  [...page.matchAll(/^```console\n([^]*?)^```$/gm)].map(([, block = ""]) => readSteps(block));

/** Lines that begin with `# ` are commands. */
export const readSteps = (text: string): readonly Step[] =>
  text
    .split(/^# /m)
    .slice(1)
    .map((step) => {
      const [command = "", ...shows] = step.split("\n");
      return { command, shows: shows.join("\n").trimEnd() };
    });

/** Whether a command printed what a page shows. Spacing between columns does not matter. */
export function isShown(shows: string, printed: string): boolean {
  const line = (text: string): string =>
    text
      .trim()
      .split("…")
      .map((part) => part.split(/ +/).map(escapePattern).join(" +"))
      .join("[^\\n]*");
  const lines = shows.split("\n").map((text) => (text.trim() === "…" ? "(?:[^\\n]*\\n)*?" : ` *${line(text)} *\\n`));
  return new RegExp(`^${lines.join("")}$`).test(`${printed.trimEnd()}\n`);
}

const escapePattern = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&");
