import { writeSettings } from "../conf/edit-conf-text.ts";
import type { CreateRequest } from "./request.ts";

/** Renders the conf that `create` writes. It contains only the options that were given. */
export function renderConf(request: CreateRequest, units: readonly string[]): string {
  const content = [
    ...units.map((unit) => `Unit=${unit}`),
    ...(request.command.length > 0 ? [`Exec=${request.command.map(quoteForConf).join(" ")}`] : []),
    ...(request.copy ? ["Copy=yes"] : []),
  ];
  const head =
    "# Made by `sandboxcontainer create`; yours to edit, see sandboxcontainer.conf(5). Then: systemctl daemon-reload";
  return writeSettings([head, "[Sandbox]", ...content, ""].join("\n"), request.settings);
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
