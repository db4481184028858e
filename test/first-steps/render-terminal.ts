import type { Step } from "./steps.ts";

const character = 8.4;
const lineHeight = 20;
const margin = 16;

/** Draws a terminal with typed commands, as SVG. */
export function renderTerminal(steps: readonly Step[]): string {
  const lines = steps.flatMap(({ command, shows }) => [
    { isCommand: true, text: `# ${command}` },
    ...(shows === "" ? [] : shows.split("\n").map((text) => ({ isCommand: false, text }))),
  ]);
  const width = Math.ceil(Math.max(...lines.map(({ text }) => text.length)) * character) + 2 * margin;
  const height = lines.length * lineHeight + 2 * margin;
  const rows = lines.map(({ isCommand, text }, index) => {
    const y = margin + lineHeight * index + 14;
    return `<text x="${margin}" y="${y}"${isCommand ? ' class="typed"' : ""}>${escapeText(text)}</text>\n`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" xml:space="preserve" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">
<style>text { font: 14px ui-monospace, Menlo, Consolas, monospace; fill: #c8ccd4 } .typed { fill: #fff; font-weight: bold }</style>
<rect width="100%" height="100%" rx="8" fill="#1d2129"/>
${rows.join("")}</svg>
`;
}

/** The lines of text in such a picture. */
export const readTerminal = (picture: string): string =>
  [...picture.matchAll(/<text [^>]*>(.*)<\/text>/g)].map(([, text = ""]) => `${readText(text)}\n`).join("");

const entities = { "&": "&amp;", "<": "&lt;", ">": "&gt;" } as const;

/** Escapes text for an XML element. */
export const escapeText = (text: string): string =>
  Object.entries(entities).reduce((done, [plain, entity]) => done.replaceAll(plain, entity), text);

const readText = (text: string): string =>
  Object.entries(entities).reduceRight((done, [plain, entity]) => done.replaceAll(entity, plain), text);
