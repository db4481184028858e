import { Command, CommanderError } from "commander";
import { SandboxError } from "../../generator/sandbox-error.ts";
import { addCreate } from "./create-arguments.ts";

// Set by the build.
declare const VERSION: string | undefined;

// Every verb's code is loaded only when it runs: `execute` must not wait for a D-Bus library.
const action = <Module>(load: () => Promise<Module>, run: (module: Module, ...args: never[]) => Promise<void> | void) => {
  return async (...args: unknown[]): Promise<void> => {
    await run(await load(), ...(args as never[]));
  };
};

/** The command line. Wrong usage throws a SandboxError of status 2. */
export function buildProgram(): Command {
  const program = new Command("sandboxcontainer")
    .description("Runs installed services in confined containers, each a unit: sandbox@NAME.service")
    .version(typeof VERSION === "undefined" ? "unbundled" : VERSION)
    .enablePositionalOptions()
    .configureOutput({ outputError: () => undefined })
    .exitOverride((error) => {
      throwUsageError(error);
    })
    .addHelpText("after", examples);
  addCreate(program);
  addLifeCycle(program);
  addLooking(program);
  addInside(program);
  for (const command of program.commands) command.exitOverride(throwUsageError).configureOutput({ outputError: () => undefined });
  return program;
}

const examples = `
Examples:
  sandboxcontainer create web1 --unit apache2.service --publish 8081:80 --start
  sandboxcontainer create web2 /usr/sbin/nginx --publish 8082:80
  sandboxcontainer create clock -- /usr/bin/sleep infinity
  sandboxcontainer list
  sandboxcontainer execute web1 -- cat /etc/hostname
  journalctl -u sandbox@web1`;

function throwUsageError(error: CommanderError): never {
  if (error.exitCode === 0) process.exit(0);
  const message = error.message.replace(/^error: /, "").replace(/\n\(Did you mean (.*)\?\)$/, "; did you mean `$1`?");
  throw new SandboxError(message, {
    hint: error.code === "commander.help" ? undefined : "See `sandboxcontainer --help`",
    status: 2,
  });
}

const jsonOption = ["--json", "print JSON, for programs"] as const;

function addLifeCycle(program: Command): void {
  program
    .command("delete <name>")
    .description("remove a sandbox with all its data")
    .option("-f, --force", "stop it if it runs, and do not ask")
    .option(...jsonOption)
    .action(action(() => import("./delete.ts"), (verb, name: string, options: { force?: boolean; json?: boolean }) => verb.deleteSandbox(name, options)));
  for (const verb of ["start", "stop", "restart"] as const) {
    program
      .command(`${verb} <name...>`)
      .description(`${verb} sandboxes, as \`systemctl ${verb} sandbox@NAME\``)
      .option(...jsonOption)
      .action(action(() => import("./run-units.ts"), (module, names: string[], options: { json?: boolean }) => module.runUnits(verb, names, options)));
  }
  for (const verb of ["enable", "disable"] as const) {
    program
      .command(`${verb} <name...>`)
      .description(verb === "enable" ? "start sandboxes at boot" : "do not start sandboxes at boot")
      .option(...jsonOption)
      .action(action(() => import("./run-units.ts"), (module, names: string[], options: { json?: boolean }) => module.enableUnits(verb, names, options)));
  }
}

function addLooking(program: Command): void {
  program
    .command("list")
    .description("list all sandboxes")
    .option(...jsonOption)
    .action(action(() => import("./list.ts"), (verb, options: { json?: boolean }) => verb.listSandboxes(options)));
  program
    .command("show <name>")
    .description("show everything about a sandbox")
    .option(...jsonOption)
    .action(action(() => import("./show.ts"), (verb, name: string, options: { json?: boolean }) => verb.showSandbox(name, options)));
  program
    .command("logs <name> [journalctl-options...]")
    .description("show the journal of a sandbox; further options are journalctl's, as -f or -n 50")
    .passThroughOptions()
    .allowUnknownOption()
    .option(...jsonOption)
    .action(action(() => import("./logs.ts"), (verb, name: string, rest: string[], options: { json?: boolean }) => verb.showLogs(name, rest, options)));
  program
    .command("verify [name-or-file...]")
    .description("check confs: all, or those named; exit status 2 when one is wrong")
    .option(...jsonOption)
    .action(action(() => import("./verify.ts"), (verb, names: string[], options: { json?: boolean }) => verb.verifyConfs(names, options)));
}

function addInside(program: Command): void {
  program
    .command("connect <name>")
    .description("open a root shell in a running sandbox")
    .action(action(() => import("./inside.ts"), (verb, name: string) => verb.connectSandbox(name)));
  program
    .command("execute <name> <command> [args...]")
    .description("run a command in a running sandbox and pass its exit status on")
    .option("-t, --tty", "on a terminal of its own, also when ours are pipes")
    .passThroughOptions()
    .action(
      action(
        () => import("./inside.ts"),
        (verb, name: string, command: string, args: string[], options: { tty?: boolean }) =>
          verb.executeInSandbox(name, [command, ...args], options),
      ),
    );
}
