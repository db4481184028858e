import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { settingNames, settings } from "../../../conf/settings.ts";

/** The text of each file below a folder, by its path there. A link has the text `-> TARGET`. */
export type Tree = Readonly<Record<string, string>>;

/** One `## assert-…` line of a conf. */
export interface Assertion {
  readonly verb: string;
  readonly words: readonly string[];
  /** The line itself, for messages. */
  readonly line: string;
}

export function readTree(folder: string): Tree {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => !entry.isDirectory());
  return Object.fromEntries(
    entries
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((path) => [path.slice(folder.length + 1), readEntry(path)]),
  );
}

function readEntry(path: string): string {
  try {
    return `-> ${readlinkSync(path)}`;
  } catch {
    return readFileSync(path, "utf8");
  }
}

export function writeTree(folder: string, tree: Tree): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [path, content] of Object.entries(tree)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    if (content.startsWith("-> ")) symlinkSync(content.slice(3), join(folder, path));
    else writeFileSync(join(folder, path), content);
  }
}

/** Reads the assertions in all files of a root, in the order of the paths. */
export const readAssertions = (root: Tree): readonly Assertion[] =>
  Object.values(root)
    .flatMap((text) => text.split(/\r?\n/))
    .filter((line) => /^\s*#+\s*assert/i.test(line))
    .map(parseAssertion);

/**
 * Reads a line such as `## assert-symlink "PATH" "TARGET"`. Its words are JSON strings. `Keys of [SECTION] are …` stands for
 * the list of the settings there.
 */
function parseAssertion(line: string): Assertion {
  const [, verb, words] = /^## ([a-z-]+)((?: "(?:[^"\\]|\\.)*")+)$/.exec(line) ?? [];
  if (verb === undefined || words === undefined) throw new Error(`neither a comment nor an assertion: ${line}`);
  const read = (word: string): string =>
    (JSON.parse(word) as string).replace(/(?<=Keys of \[(\w+)\] are )…/, (_, section: string) => listKeys(section));
  return { verb, words: (words.match(/"(?:[^"\\]|\\.)*"/g) ?? []).map(read), line };
}

const listKeys = (section: string): string =>
  settingNames.filter((name) => settings[name].section === section).join(", ");

type Check = (tree: Tree, ...words: readonly string[]) => void;

/** The verbs about one file. Its path is the first word. */
const checks: Readonly<Record<string, Check>> = {
  /** FILE SECTION KEY VALUE…: these are all values of the key, in this order. Without a value the key is not there. */
  "assert-key-is": (tree, file = "", section = "", key = "", ...values) => {
    assert.deepEqual(readValues(tree, file, section, key), values);
  },
  /** FILE SECTION KEY VALUE…: these are its last values, which systemd reads after all others. */
  "assert-key-ends": (tree, file = "", section = "", key = "", ...values) => {
    assert.notEqual(values.length, 0);
    assert.deepEqual(readValues(tree, file, section, key).slice(-values.length), values);
  },
  /** FILE LINE: the file has this line. */
  "assert-line": (tree, file = "", line = "") => {
    assert.ok(readText(tree, file).split("\n").includes(line));
  },
  /** PATH TARGET: this is a link that leads there. */
  "assert-symlink": (tree, path = "", target = "") => {
    assert.equal(tree[path], `-> ${target}`);
  },
  /** FILE: there is no such file or link. */
  "assert-file-missing": (tree, file = "") => {
    assert.ok(!(file in tree));
  },
};

/** SANDBOX MESSAGE: its start fails and says this, and so does stderr. All that a start says has to be asserted. */
const startFails = "assert-start-fails";
/** MESSAGE: stderr says this. */
const onStderr = "assert-stderr";

/**
 * Checks all assertions of a scenario. Each file that was made must be in one of them, and stderr must be exactly
 * the messages of all of them.
 */
export function checkAssertions(tree: Tree, stderr: string, assertions: readonly Assertion[]): void {
  assert.notEqual(assertions.length, 0, "nothing is asserted");
  for (const assertion of assertions) checkOne(tree, assertion);
  const failing = Map.groupBy(
    assertions.filter(({ verb }) => verb === startFails),
    ({ words: [sandbox] }) => sandbox ?? "",
  );
  for (const [sandbox, some] of failing) {
    assert.deepEqual(
      readFailure(tree, sandbox),
      some.map(({ words }) => words[1]),
    );
  }
  const named = [...assertions.map(({ words: [file] }) => file), ...[...failing.keys()].map(dropIn)];
  assert.deepEqual(
    Object.keys(tree).filter((path) => !named.includes(path)),
    [],
    "made, but in no assertion",
  );
  const said = assertions.filter(({ verb }) => [startFails, onStderr].includes(verb)).map(({ words }) => words.at(-1));
  const messages = [...new Set(said)].map((message) => `sandboxcontainer-generator: ${message}\n`);
  assert.equal(stderr, messages.join(""));
}

function checkOne(tree: Tree, { verb, words, line }: Assertion): void {
  const check = checks[verb];
  if (check === undefined) {
    assert.equal(words.length, { [startFails]: 2, [onStderr]: 1 }[verb], line);
    return;
  }
  try {
    check(tree, ...words);
  } catch (error) {
    assert.fail(`${line}\n${error instanceof Error ? error.message : String(error)}`);
  }
}

const dropIn = (sandbox: string): string => `sandbox@${sandbox}.service.d/40-sandboxcontainer.conf`;

function readText(tree: Tree, file: string): string {
  const text = tree[file];
  assert.ok(text !== undefined, `${file} was not made`);
  return text;
}

/** Reads the values of a key in a unit file, in their order. */
function readValues(tree: Tree, file: string, section: string, key: string): readonly string[] {
  const values: string[] = [];
  let current = "";
  for (const line of readText(tree, file).split("\n")) {
    if (line === "" || line.startsWith("#")) continue;
    const [, header] = /^\[(\w+)\]$/.exec(line) ?? [];
    const [, name, value] = /^([\w-]+)=(.*)$/s.exec(line) ?? [];
    assert.ok(header !== undefined || name !== undefined, `${basename(file)} has the line ${line}`);
    if (header !== undefined) current = header;
    else if (current === section && name === key) values.push(value ?? "");
  }
  return values;
}

/** Reads what a start of a sandbox that fails says, as systemd would pass it (systemd.service(5), COMMAND LINES). */
function readFailure(tree: Tree, sandbox: string): readonly string[] {
  const command = readValues(tree, dropIn(sandbox), "Service", "ExecStartPre").at(-1) ?? "";
  const words = /^\/bin\/sh -c '[^']*' sh((?: "(?:[^"\\]|\\.)*")+)$/.exec(command)?.[1] ?? "";
  return words.split(/(?<=") (?=")/).map((word) => {
    const text = word.trim().slice(1, -1);
    assert.doesNotMatch(text, /(?<!%)(%%)*%(?!%)|(?<!\$)(\$\$)*\$(?!\$)/, "systemd would replace this");
    assert.match(text, /^<3>/);
    return text.slice(3).replaceAll(/%%|\$\$|\\["\\]/g, (escape) => escape.slice(1));
  });
}
