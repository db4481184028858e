import { format } from "prettier";
import { type Key, readErrorShape, readShapes } from "../json-shapes.ts";
import { renderType } from "./render-type.ts";

/** What the page for Cockpit calls the JSON of the verbs that it runs: of one object, if they print several. */
const verbs: Readonly<Record<string, string>> = {
  Facts: "list",
  Shown: "show",
  Stats: "stats",
  Finding: "doctor",
  Setting: "settings",
  Unit: "units",
  TreeProcess: "tree",
  Difference: "diff",
  Reason: "why",
  Exposure: "security",
  Denial: "audit",
  Upgrade: "upgrade",
  Snapshot: "snapshots",
  Plan: "create --dry-run",
  FileEntry: "files",
};

const parts = `
export type Problem = Problems["errors"][number];
export type Port = Facts["published"][number];
export type Advice = Denial["allow"][number];
`;

/** Renders cockpit/src/host/types.ts from docs/json.md. */
export function renderPageTypes(): Promise<string> {
  const shapes = readShapes();
  const keysOf = (name: string): readonly Key[] => shapes.get(verbs[name] ?? "")?.keys ?? [];
  const types = Object.keys(verbs).map((name) => renderInterface(name, keysOf));
  const problems = `interface Problems ${renderType(readErrorShape())}\n`;
  const header = "// make verbs writes this file from docs/json.md, which says what each key means.\n";
  return format([header, ...types, problems, parts].join("\n"), { parser: "typescript", printWidth: 120 });
}

/** A type begins with another if its verb prints all keys of the other verb. */
function renderInterface(name: string, keysOf: (name: string) => readonly Key[]): string {
  const keys = keysOf(name);
  if (keys.length === 0) throw new Error(`docs/json.md does not describe ${name}`);
  const isBase = (other: string): boolean => other !== name && keysOf(other).every((key, index) => key === keys[index]);
  const base = Object.keys(verbs).find(isBase);
  if (base === undefined) return `export interface ${name} ${renderType({ keys })}\n`;
  return `export interface ${name} extends ${base} ${renderType({ keys: keys.slice(keysOf(base).length) })}\n`;
}
