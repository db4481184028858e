import ts from "typescript";
import type { Verb } from "../../helpers/command/verb.ts";

interface Shape {
  readonly verb: string;
  /** `create`, or `create --dry-run`. */
  readonly title: string;
  readonly text: string;
}

/**
 * Renders docs/json.md: the keys of each table and their types are made from the verbs; what they mean and what is around
 * the tables is written by hand. A new verb gets a section at the end.
 */
export function renderJsonPage(page: string, verbs: readonly Verb[]): string {
  const shapes = verbs.flatMap(listShapes);
  const [introduction = "", ...sections] = page.split(/^## /m);
  const kept = sections.flatMap((section) => renderSection(section, shapes));
  const described = new Set(kept.flatMap(readTitles));
  const fresh = shapes.filter(({ title }) => !described.has(title)).map(renderFresh);
  return (
    [introduction.trimEnd(), ...[...kept, ...fresh].map((section) => `## ${section.trimEnd()}`)].join("\n\n") + "\n"
  );
}

const listShapes = ({ name, json, jsonWith = {} }: Verb): readonly Shape[] => [
  ...(json === undefined ? [] : [{ verb: name, title: name, text: json }]),
  ...Object.entries(jsonWith).map(([option, text]) => ({ verb: name, title: `${name} ${option}`, text })),
];

const readTitles = (section: string): readonly string[] => section.split("\n", 1)[0]?.split(", ") ?? [];

/** Verbs that print the same may share a section. */
function renderSection(section: string, shapes: readonly Shape[]): readonly string[] {
  const shared = shapes.filter(({ title }) => readTitles(section).includes(title));
  const [first] = shared;
  if (first === undefined) return [];
  const titles = shared.filter(({ text }) => text === first.text).map(({ title }) => title);
  const [before = "", ...after] = section.slice(section.indexOf("\n")).split(/^\|.*\n(?:\|.*\n?)*/m);
  return [[titles.join(", "), before, renderRows(first.text, section), ...after].join("")];
}

function renderFresh({ title, text }: Shape): string {
  const form = text.startsWith("Lines")
    ? "Lines, one object each."
    : text.endsWith("]")
      ? "An array of objects."
      : "An object.";
  return `${title}\n\n${form}\n\n${renderRows(text, "")}`;
}

const header = "| key | type | meaning |\n|---|---|---|\n";

function renderRows(text: string, section: string): string {
  const meanings = new Map(
    [...section.matchAll(/^\| `([^`?]+)\??` \| .*? \|(.*)\|$/gm)].map(([, key, words]) => [key, words]),
  );
  const rows = listKeys(text).map(
    ([key, type]) => `| \`${key}\` | ${type} |${meanings.get(key.replace("?", "")) ?? " "}|\n`,
  );
  return rows.length === 0 ? "" : header + rows.join("");
}

/** Lists the keys of a shape with their types, in the words of the page. */
function listKeys(text: string): readonly (readonly [key: string, type: string])[] {
  const source = ts.createSourceFile("shape.ts", `type Shape = ${text};`, ts.ScriptTarget.Latest);
  const [statement] = source.statements;
  if (statement === undefined || !ts.isTypeAliasDeclaration(statement)) throw new Error(`no type: ${text}`);
  return readKeys(statement.type, "", source);
}

/** Reads the keys of all objects in a type. A name, such as that of another verb, has none of its own. */
function readKeys(type: ts.TypeNode, prefix: string, source: ts.SourceFile): readonly (readonly [string, string])[] {
  if (ts.isParenthesizedTypeNode(type)) return readKeys(type.type, prefix, source);
  if (ts.isArrayTypeNode(type)) return readKeys(type.elementType, prefix, source);
  if (ts.isUnionTypeNode(type) || ts.isIntersectionTypeNode(type))
    return type.types.flatMap((each) => readKeys(each, prefix, source));
  if (ts.isTypeReferenceNode(type)) return (type.typeArguments ?? []).flatMap((each) => readKeys(each, prefix, source));
  if (!ts.isTypeLiteralNode(type)) return [];
  return type.members.filter(ts.isPropertySignature).flatMap(({ name, questionToken, type: value }) => {
    if (value === undefined) throw new Error(`a key without a type in ${source.text}`);
    const key = `${prefix}${name.getText(source)}`;
    const words = describeType(value, source);
    return [
      [`${key}${questionToken === undefined ? "" : "?"}`, words] as const,
      ...readKeys(value, `${key}${words.includes("[]") ? "[]" : ""}.`, source),
    ];
  });
}

function describeType(type: ts.TypeNode, source: ts.SourceFile): string {
  const parts = (ts.isUnionTypeNode(type) ? type.types : [type]).map((each) =>
    ts.isTypeLiteralNode(each)
      ? "object"
      : ts.isArrayTypeNode(each) && ts.isTypeLiteralNode(each.elementType)
        ? "object[]"
        : each.getText(source).replaceAll('"', "`"),
  );
  const words = parts.filter((part) => part !== "null").join(", ");
  return parts.includes("null") ? `${words} or null` : words;
}
