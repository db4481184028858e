import type { Key, Shape } from "../json-shapes.ts";

/** Renders the type of the JSON of a verb: of one object of it, if it prints several. */
export const renderType = ({ keys }: Pick<Shape, "keys">, prefix = ""): string =>
  `{ ${keys
    .filter(({ path }) => path.startsWith(prefix) && !/[.[]/.test(path.slice(prefix.length)))
    .map((key) => `readonly ${key.path.slice(prefix.length)}${key.optional ? "?" : ""}: ${renderValue(keys, key)};`)
    .join(" ")} }`;

const renderValue = (keys: readonly Key[], key: Key): string =>
  `${renderWhole(keys, key)}${key.nullable ? " | null" : ""}`;

function renderWhole(keys: readonly Key[], { path, type = "", words }: Key): string {
  if (words.length > 0) return words.map((word) => JSON.stringify(word)).join(" | ");
  if (type === "object") return renderType({ keys }, `${path}.`);
  if (type === "object[]") return `readonly ${renderType({ keys }, `${path}[].`)}[]`;
  return type.endsWith("[]") ? `readonly ${type}` : type;
}
