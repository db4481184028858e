import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The output of a verb with --json, as docs/json.md describes it. */
export interface Shape {
  readonly form: "array" | "object" | "lines";
  /** None means that the output of another program is passed on. */
  readonly keys: readonly Key[];
}

export interface Key {
  /** The path of the key, such as `who.source.type` or `walls[].closes`. */
  readonly path: string;
  readonly optional: boolean;
  /** Undefined for a list of words. */
  readonly type: string | undefined;
  readonly words: readonly string[];
  readonly nullable: boolean;
}

const page = join(import.meta.dirname, "../docs/json.md");

/** The shapes by verb, including `create --dry-run`. */
export function readShapes(text = readFileSync(page, "utf8")): ReadonlyMap<string, Shape> {
  const shapes = new Map<string, Shape>();
  for (const section of text.split(/^## /m).slice(1)) {
    const [title = "", , sentence = ""] = section.split("\n");
    const [, form = ""] = /^(An array|An object|Lines)\b/.exec(sentence) ?? [];
    const [, base] = /^An (?:object|array of objects) with all keys of `([^`]*)`/.exec(sentence) ?? [];
    const shape: Shape = {
      form: form === "An array" ? "array" : form === "An object" ? "object" : "lines",
      keys: [...(base === undefined ? [] : (shapes.get(base)?.keys ?? [])), ...readKeys(section)],
    };
    if (form === "") throw new Error(`${title}: expected an array, an object or lines: ${sentence}`);
    for (const verb of title.split(", ")) shapes.set(verb, shape);
  }
  return shapes;
}

/** The shape of what a verb prints when it fails, from the introduction of the page. */
export const readErrorShape = (text = readFileSync(page, "utf8")): Shape => ({
  form: "object",
  keys: readKeys(text.split(/^## /m)[0] ?? ""),
});

const readKeys = (section: string): readonly Key[] =>
  [...section.matchAll(/^\| `([^`]+)` \| (.*?) \|/gm)].map(([row, path = "", type = ""]) => {
    const words = [...type.matchAll(/`([^`]+)`/g)].map(([, word = ""]) => word);
    const [, plain, nullable] = /^(.*?)( or null)?$/.exec(type) ?? [];
    if (words.length === 0 && !/^(string|number|boolean|object)(\[\])?$/.test(plain ?? ""))
      throw new Error(`there is no type in: ${row}`);
    return {
      path: path.replace(/\?$/, ""),
      optional: path.endsWith("?"),
      type: words.length === 0 ? plain : undefined,
      words,
      nullable: nullable !== undefined,
    };
  });

/** Lists the places in which a verb's output differs from its shape, one per line. */
export function findMistakes(shape: Shape, output: string): readonly string[] {
  if (shape.form === "lines")
    return output
      .split("\n")
      .filter((line) => line !== "")
      .flatMap((line) => checkObject(shape.keys, "", JSON.parse(line)));
  const value: unknown = JSON.parse(output);
  if (shape.form === "object") return checkObject(shape.keys, "", value);
  return Array.isArray(value)
    ? [...new Set(value.flatMap((each) => checkObject(shape.keys, "", each)))]
    : [`no array: ${output}`];
}

// Checks the keys below `prefix`: all of them must exist, no others, and each with its type.
function checkObject(keys: readonly Key[], prefix: string, value: unknown): readonly string[] {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return [`${prefix || "it"} is not an object`];
  if (keys.length === 0) return [];
  const own = keys.filter(({ path }) => path.startsWith(prefix) && !/[.[]/.test(path.slice(prefix.length)));
  const known = new Map(own.map((key) => [key.path.slice(prefix.length), key]));
  const found = new Map(Object.entries(value as Readonly<Record<string, unknown>>));
  return [
    ...[...known].flatMap(([name, key]) => (found.has(name) || key.optional ? [] : [`${prefix}${name} is missing`])),
    ...[...found].flatMap(([name, each]) => {
      const key = known.get(name);
      return key === undefined ? [`${prefix}${name} is not described`] : checkValue(keys, key, each);
    }),
  ];
}

function checkValue(keys: readonly Key[], key: Key, value: unknown): readonly string[] {
  const { path, type, words, nullable } = key;
  const wrong = [`${path} is ${JSON.stringify(value)}, not ${type ?? words.join(", ")}`];
  if (value === null) return nullable ? [] : wrong;
  if (type === undefined) return typeof value === "string" && words.includes(value) ? [] : wrong;
  if (type === "object") return checkObject(keys, `${path}.`, value);
  if (type === "object[]")
    return Array.isArray(value) ? value.flatMap((each) => checkObject(keys, `${path}[].`, each)) : wrong;
  if (!type.endsWith("[]")) return typeof value === type ? [] : wrong;
  return Array.isArray(value) && value.every((each) => typeof each === type.slice(0, -2)) ? [] : wrong;
}
