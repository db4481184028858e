import type { CreateRequest } from "./create-arguments.ts";

/** The conf that `create` writes: only what was asked for. */
export function renderConf(request: CreateRequest, units: readonly string[]): string {
  const sandbox = [
    ...units.map((unit) => `Unit=${unit}`),
    ...(request.command.length > 0 ? [`Exec=${request.command.map(quoteWord).join(" ")}`] : []),
    ...request.packages.map((name) => `Package=${name}`),
    ...(request.copy ? ["Copy=yes"] : []),
    ...(request.imageSize === undefined ? [] : [`Image=${request.imageSize}`]),
  ];
  const network = request.publish.map((port) => `Publish=${port}`);
  return [
    "# Made by `sandboxcontainer create`; yours to edit, see sandboxcontainer.conf(5). Then: systemctl daemon-reload",
    "[Sandbox]",
    ...sandbox,
    ...(network.length > 0 ? ["", "[Network]", ...network] : []),
    ...(request.security === undefined ? [] : ["", "[Security]", `Label=${request.security}`]),
    "",
  ].join("\n");
}

// As systemd splits a command line: see systemd.syntax(7), QUOTING.
function quoteWord(word: string): string {
  if (/^[A-Za-z0-9_@%+=:,./-]+$/.test(word)) return word;
  const escaped = word.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n").replaceAll("\t", "\\t");
  return `"${escaped}"`;
}
