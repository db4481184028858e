import { settings } from "../../../generator/conf/settings.ts";
import type { CreateRequest } from "./request.ts";

/** Renders the conf that `create` writes. It contains only the options that were given. */
export function renderConf(request: CreateRequest, units: readonly string[]): string {
  const content = [
    ...units.map((unit) => `Unit=${unit}`),
    ...(request.command.length > 0 ? [`Exec=${request.command.map(quoteForConf).join(" ")}`] : []),
    ...(request.copy ? ["Copy=yes"] : []),
  ];
  const linesOf = (section: string): readonly string[] =>
    request.settings.flatMap(({ key, value }) => (settings[key].section === section ? [`${key}=${value}`] : []));
  const renderSection = (section: string): readonly string[] => {
    const lines = linesOf(section);
    return lines.length > 0 ? ["", `[${section}]`, ...lines] : [];
  };
  return [
    "# Made by `sandboxcontainer create`; yours to edit, see sandboxcontainer.conf(5). Then: systemctl daemon-reload",
    "[Sandbox]",
    ...content,
    ...linesOf("Sandbox"),
    ...renderSection("Network"),
    ...renderSection("Security"),
    "",
  ].join("\n");
}

// Quotes a word so that systemd splits the line at the right places: systemd.syntax(7), QUOTING.
function quoteForConf(word: string): string {
  if (/^[A-Za-z0-9_@%+=:,./-]+$/.test(word)) return word;
  const escaped = word
    .replaceAll(/["\\]/g, String.raw`\$&`)
    .replaceAll("\n", String.raw`\n`)
    .replaceAll("\t", String.raw`\t`)
    .replaceAll(/\p{Cc}/gu, (control) => String.raw`\x${control.charCodeAt(0).toString(16).padStart(2, "0")}`);
  return `"${escaped}"`;
}
