import { listOptions, type Verb } from "../../helpers/command/verb.ts";

const end = ".El\n.Sh UPGRADES\n";

/**
 * Renders man/sandboxcontainer.1: the first line of each entry is made from the verb, and what follows is written by
 * hand. A new verb gets an entry at the end, with its summary.
 */
export function renderManual(page: string, verbs: readonly Verb[]): string {
  const [commands = "", rest = ""] = page.split(end, 2);
  const [before = "", ...entries] = commands.split(/^(?=\.It Ic )/m);
  const kept = entries.flatMap((entry) => renderEntry(entry, verbs));
  const described = new Set(kept.flatMap(readNames));
  const fresh = verbs.filter(({ name }) => !described.has(name)).map(renderFresh);
  return [before, ...kept, ...fresh, end, rest].join("");
}

const readNames = (entry: string): readonly string[] =>
  /^\.It Ic ([a-z-]+(?: , [a-z-]+)*)/.exec(entry)?.[1]?.split(" , ") ?? [];

/** Verbs with the same synopsis may share an entry. */
function renderEntry(entry: string, verbs: readonly Verb[]): readonly string[] {
  const names = readNames(entry).filter((name) => verbs.some((verb) => verb.name === name));
  const verb = verbs.find(({ name }) => name === names[0]);
  return verb === undefined ? [] : [`${renderHead(names, verb)}${entry.slice(entry.indexOf("\n"))}`];
}

const renderFresh = (verb: Verb): string =>
  `${renderHead([verb.name], verb)}\n${verb.summary.charAt(0).toUpperCase()}${verb.summary.slice(1)}.\n`;

const renderHead = (names: readonly string[], verb: Verb): string =>
  `.It Ic ${names.join(" , ")} ${renderSynopsis(verb)}`.trimEnd();

function renderSynopsis(verb: Verb): string {
  const places = Object.keys(verb.places).map((place) => place.toUpperCase().replaceAll(/[<>]/g, ""));
  return markUp(verb.usage ?? [...spellOptions(verb), ...places].join(" "));
}

/** The page says `--json` once for all verbs, and many options have no room. */
function spellOptions(verb: Verb): readonly string[] {
  const shown = listOptions(verb).filter(({ hidden }) => hidden !== true);
  if (shown.length > 3) return ["[options]"];
  return shown.map(({ spelled, names: [name = ""], hasValue }) => {
    const value = /<([a-z]+)/.exec(spelled)?.[1] ?? "";
    return `[${name}${hasValue ? ` ${value.toUpperCase()}` : ""}]`;
  });
}

/** Marks up `[--force] NAME...` for mdoc(7). A bracket at the end of the line needs no macro that closes it. */
const markUp = (text: string): string =>
  text
    .replaceAll(/[[\]()|]/g, " $& ")
    .trim()
    .split(/ +/)
    .map((word) => macros.get(word) ?? markUpWord(word))
    .join(" ")
    .replace(/Oo ((?:(?!O[oc]).)*) Oc$/, "Op $1");

const macros: ReadonlyMap<string, string> = new Map([
  ["[", "Oo"],
  ["]", "Oc"],
  ["(", "("],
  [")", ")"],
  ["|", "|"],
]);

const markUpWord = (word: string): string =>
  word.startsWith("-") ? `Fl ${word.slice(1)}` : `Ar ${word.replace("=", " Ns = Ns Ar ")}`;
