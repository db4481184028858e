import { Command, CommanderError } from "commander";
import { SandboxError } from "../../generator/conf/sandbox-error.ts";
import { hasPrinted } from "../host/end-process.ts";
import { addCreate } from "./create-arguments.ts";
import { addEntering } from "./entering.ts";
import { addJudging, addWatching } from "./watching.ts";
import { formatExamples } from "./examples.ts";
import { listErrors } from "./list-errors.ts";
import { addChanging, addKeeping } from "./keeping.ts";
import { printJson } from "./output.ts";
import type { ListOptions } from "./verbs/list.ts";
import type { RevertOptions } from "./verbs/revert.ts";
import type { UnitsOptions } from "./verbs/units.ts";
import type { UpgradeOptions } from "./verbs/upgrade.ts";

// The build sets this.
declare const VERSION: string | undefined;

interface Options {
  readonly json?: boolean;
}

const json = ["--json", "print JSON, for programs"] as const;

/**
 * Builds the command line. Wrong usage throws a SandboxError of status 2. The code of a verb is loaded when the verb
 * runs: `execute` must not wait for a D-Bus library.
 */
export function buildProgram(): Command {
  const program = new Command("sandboxcontainer")
    .description("Runs installed services in confined containers, each a unit: sandbox@NAME.service")
    .version(typeof VERSION === "undefined" ? "unbundled" : VERSION)
    .enablePositionalOptions()
    // Not the defaults: an empty list says nothing to a person.
    .configureHelp({ optionDescription: ({ description }) => description })
    .addHelpText("after", firstSteps);
  for (const [heading, add] of groups) {
    program.commandsGroup(heading);
    add(program);
  }
  program.helpCommand("help [verb]", "show the help of a verb");
  program.command("complete [words...]", { hidden: true }).action(async (words: string[]) => {
    await (await import("./verbs/complete.ts")).completeLine(program, words);
  });
  for (const command of program.commands) command.addHelpText("after", formatExamples(command.name()));
  for (const command of [program, ...program.commands]) {
    command.exitOverride(throwUsageError(command)).configureOutput({ outputError: () => undefined });
  }
  return program;
}

// The groups are in the order of the help. In each group the verbs are listed in the order in which they are added.
const groups: readonly (readonly [string, (program: Command) => void])[] = [
  ["Make and remove:", addMaking],
  ["Run:", addLifeCycle],
  ["Look:", addLooking],
  ["Go inside:", addEntering],
  ["Change:", addChanging],
  ["Copy and keep:", addKeeping],
  ["Follow the host:", addFollowing],
  ["Explain:", addExplaining],
];

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
    const error = await (await import("./tell-task.ts")).tellTask(failure);
    if (wantsJson(program) && !hasPrinted()) printJson({ errors: listErrors(error) });
    throw error;
  }
}

/** Whether the verb of the command line got `--json`, also if the rest of the line is wrong. */
export const wantsJson = (program: Command): boolean =>
  program.commands.some((command) => command.opts<Options>().json === true);

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

function addMaking(program: Command): void {
  addCreate(program);
  program
    .command("units [pattern...]")
    .description("list units of this host that can run in a sandbox")
    .option("-a, --all", "also list the others, and why they cannot")
    .option(...json)
    .action(async (patterns: string[], options: UnitsOptions) => {
      await (await import("./verbs/units.ts")).listHostUnits(patterns, options);
    });
  program
    .command("delete <name...>")
    .description("remove sandboxes with all their data")
    .option("-f, --force", "stop running sandboxes, and do not ask")
    .option(...json)
    .action(async (names: string[], options: Options & { force?: boolean }) => {
      await (await import("./verbs/delete.ts")).deleteSandboxes(names, options);
    });
}

function addLifeCycle(program: Command): void {
  for (const verb of ["start", "stop", "restart", "reload"] as const) {
    program
      .command(`${verb} <name...>`)
      .description(`${verb} sandboxes, like \`systemctl ${verb} sandbox@NAME\``)
      .option(...json)
      .action(async (names: string[], options: Options) => {
        await (await import("./verbs/run-units.ts")).runUnits(verb, names, options);
      });
  }
  for (const verb of ["enable", "disable"] as const) {
    program
      .command(`${verb} <name...>`)
      .description(verb === "enable" ? "start sandboxes at boot" : "do not start sandboxes at boot")
      .option(...json)
      .action(async (names: string[], options: Options) => {
        await (await import("./verbs/run-units.ts")).enableUnits(verb, names, options);
      });
  }
}

function addLooking(program: Command): void {
  program
    .command("list")
    .description("list all sandboxes")
    .option("-c, --columns <columns>", "show these columns, such as name,state,ports")
    .option("--format <format>", "print a line for each sandbox, such as '{{NAME}} {{STATE}}'")
    .option(...json)
    .action(async (options: ListOptions) => {
      await (await import("./verbs/list.ts")).listSandboxes(options);
    });
  program
    .command("show <name>")
    .description("show everything about a sandbox")
    .option(...json)
    .action(async (name: string, options: Options) => {
      await (await import("./verbs/show.ts")).showSandbox(name, options);
    });
  program
    .command("logs <name> [journalctl-options...]")
    .description("show the journal of a sandbox; other options go to journalctl, such as -f or -n 50")
    .allowUnknownOption()
    .option(...json)
    .action(async (name: string, rest: string[], options: Options) => {
      await (await import("./verbs/logs.ts")).showLogs(name, rest, options);
    });
  addWatching(program);
}

function addFollowing(program: Command): void {
  program
    .command("upgrade [name...]")
    .description(
      "update roots to the host's packages: new and removed files, and configuration that the sandbox did not change",
    )
    .option("-a, --all", "upgrade all sandboxes")
    .option("-n, --dry-run", "only show what would change")
    .option("--restart", "stop running sandboxes, and start them again afterwards")
    .option(...json)
    .action(async (names: string[], options: UpgradeOptions) => {
      await (await import("./verbs/upgrade.ts")).upgradeSandboxes(names, options);
    });
  addReverting(program);
}

function addReverting(program: Command): void {
  program
    .command("revert <name> <path...>")
    .description("put the host's version of paths back into a sandbox's root, and keep the sandbox's version beside it")
    .option("--restart", "stop a running sandbox, and start it again afterwards")
    .option(...json)
    .action(async (name: string, paths: string[], options: RevertOptions) => {
      await (await import("./verbs/revert.ts")).revertInSandbox(name, paths, options);
    });
}

function addExplaining(program: Command): void {
  program
    .command("why <name> <path>")
    .description("say why a path is in a sandbox's root, or why it is not")
    .option(...json)
    .action(async (name: string, path: string, options: Options) => {
      await (await import("./verbs/why.ts")).explainPath(name, path, options);
    });
  program
    .command("diff <name> [path]")
    .description("show how a sandbox's root differs from what was put there, and from the host")
    .option("-a, --all", "also show what systemd and packages make in every sandbox")
    .option("-p, --text", "also show the differences in text files")
    .option(...json)
    .action(async (name: string, path: string | undefined, options: Options & { all?: boolean; text?: boolean }) => {
      await (await import("./verbs/diff.ts")).showDifferences(name, path, options);
    });
  program
    .command("files <name> [folder]")
    .description("list a folder of a sandbox's root, and why each path is there")
    .option(...json)
    .action(async (name: string, folder: string | undefined, options: Options) => {
      await (await import("./verbs/files.ts")).listFiles(name, folder, options);
    });
  program
    .command("verify [name-or-file...]")
    .description("check all confs, or the named ones; the exit status is 2 if one is wrong")
    .option(...json)
    .action(async (targets: string[], options: Options) => {
      await (await import("./verbs/verify.ts")).verifyConfs(targets, options);
    });
  addJudging(program);
}
