import { Command, CommanderError, Option } from "commander";
import { SandboxError } from "../../base/errors.ts";
import { hasPrinted } from "../host/process/run-helper.ts";
import { allVerbs } from "./all-verbs.ts";
import { listErrors } from "./list-names.ts";
import { type JsonOption, printJson, version } from "./output.ts";
import { groups, type ListedVerb, listOptions } from "./verb.ts";

/** Builds the command line. Wrong usage throws a SandboxError of status 2. */
export function buildProgram(): Command {
  const program = new Command("sandboxcontainer")
    .description("Runs installed services in confined containers, each a unit: sandbox@NAME.service")
    .version(version)
    .enablePositionalOptions()
    // Not the defaults: an empty list says nothing to a person.
    .configureHelp({ optionDescription: ({ description }) => description })
    .addHelpText("after", firstSteps);
  for (const group of groups) {
    program.commandsGroup(`${group}:`);
    for (const verb of allVerbs) if (verb.group === group) addVerb(program, verb);
  }
  program.helpCommand("help [verb]", "show the help of a verb");
  program.command("complete [words...]", { hidden: true }).action(async (words: string[]) => {
    const verbs = allVerbs.map((verb) => ({ ...verb, options: listOptions(verb) }));
    await (await import("./completion/complete-line.ts")).completeLine(verbs, words);
  });
  for (const command of [program, ...program.commands]) {
    command.exitOverride(throwUsageError(command)).configureOutput({ outputError: () => undefined });
  }
  return program;
}

function addVerb(program: Command, verb: ListedVerb): void {
  const { name, summary, usage, places, passesOn, examples, load } = verb;
  const command = program.command(name).description(summary);
  if (usage !== undefined) command.usage(usage);
  for (const place of Object.keys(places)) command.argument(place);
  for (const { spelled, help, hidden = false, repeats = false } of listOptions(verb)) {
    const option = new Option(spelled, help).hideHelp(hidden);
    command.addOption(repeats ? option.default([]).argParser(collect) : option);
  }
  if (passesOn === "unknown") command.allowUnknownOption();
  if (passesOn === "after-first") command.passThroughOptions();
  const lines = examples.map((line) => `  sandboxcontainer ${line}`);
  command.addHelpText("after", [`\nExample${lines.length === 1 ? "" : "s"}:`, ...lines].join("\n"));
  command.action(async (...words: readonly unknown[]) => {
    const run = (await load()).run as (...words: readonly unknown[]) => unknown;
    // The last word is the command itself.
    await run(...words.slice(0, -1));
  });
}

const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];

const firstSteps = `
First steps (for more see \`sandboxcontainer VERB --help\`):
  sandboxcontainer create web1 --unit apache2.service --publish 127.0.0.1:8081:80
  systemctl start sandbox@web1
  sandboxcontainer list
  sandboxcontainer execute web1 -- cat /etc/hostname
  journalctl -u sandbox@web1`;

/** Runs the command line of this process. */
export async function runProgram(): Promise<void> {
  const program = buildProgram();
  try {
    await program.parseAsync();
  } catch (failure) {
    if (isHelp(failure)) return;
    const error = await (await import("./tell-status.ts")).tellTask(failure);
    if (wantsJson(program) && !hasPrinted()) printJson({ errors: listErrors(error) });
    throw error;
  }
}

/** Whether the verb of the command line got `--json`, also if the rest of the line is wrong. */
export const wantsJson = (program: Command): boolean =>
  program.commands.some((command) => command.opts<JsonOption>().json === true);

// The user asked for help or the version, which has been printed.
const isHelp = (error: unknown): boolean => error instanceof CommanderError && error.exitCode === 0;

const throwUsageError =
  (command: Command) =>
  (error: CommanderError): never => {
    if (isHelp(error)) throw error;
    // There was no command, or help for an unknown one. The list of commands has been printed.
    if (error.code === "commander.help") throw new SandboxError("expected one of these commands", { status: 2 });
    const { message, guess } = readUsageError(error.message);
    const verb = command.parent === null ? "" : ` ${command.name()}`;
    throw new SandboxError(message, { hint: `${guess}See \`sandboxcontainer${verb} --help\``, status: 2 });
  };

/** Reads what is wrong from commander's text, and what the user may have meant: a sentence to put first, or nothing. */
function readUsageError(text: string): { readonly message: string; readonly guess: string } {
  const [message = "", meant = ""] = text
    .replaceAll(/^error: |\.$/g, "")
    .replaceAll(/'([^']*)'/g, "`$1`")
    .split(/\n\(Did you mean (?:one of )?(.*)\?\)$/);
  const words = meant.split(", ").map((word) => `\`${word}\``);
  return { message, guess: meant === "" ? "" : `Did you mean ${words.join(" or ")}? ` };
}
