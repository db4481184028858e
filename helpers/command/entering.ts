import type { Command } from "commander";
import { collect } from "./create-arguments.ts";
import type { Identity } from "./enter-sandbox.ts";

interface Options {
  readonly json?: boolean;
  readonly archive?: boolean;
}

const json = ["--json", "print JSON, for programs"] as const;
const user = ["-u, --user <user[:group]>", "run as this user of the sandbox, by name or number"] as const;

/** Adds the verbs that go into a sandbox: connect, execute, copy-to, copy-from. */
export function addEntering(program: Command): void {
  program
    .command("connect <name>")
    .description("open a shell in a running sandbox, as root")
    .option(...user)
    .action(async (name: string, options: { user?: string }) => {
      await (await import("./verbs/execute.ts")).connectSandbox(name, options);
    });
  program
    .command("execute <name> <command> [args...]")
    .description("run a command in a running sandbox, and exit with its status")
    .usage("[options] NAME [--] COMMAND [ARG...]")
    .option("-t, --tty", "run it on a terminal of its own, even if the input or output is a pipe")
    .option(
      "-i, --interactive",
      "has no effect, because input is always passed on; accepted for compatibility with podman",
    )
    .option(...user)
    .option(
      "-e, --env <name[=value]>",
      "set a variable to this value, or to the value it has here; may repeat",
      collect,
      [],
    )
    .option("-w, --workdir <folder>", "run it in this folder of the sandbox")
    .passThroughOptions()
    .action(async (name: string, command: string, args: string[], options: Identity & { tty?: boolean }) => {
      await (await import("./verbs/execute.ts")).executeInSandbox(name, [command, ...args], options);
    });
  addCopying(program);
}

function addCopying(program: Command): void {
  program
    .command("copy-to <name> <source> <source-or-dest...>")
    .description("copy files and folders from the host into a sandbox; `-` reads a tar archive from standard input")
    .usage("NAME SOURCE... DEST [options]")
    .option("-a, --archive", "keep owners and groups, as numbers")
    .option(...json)
    .action(async (name: string, source: string, rest: string[], options: Options) => {
      await (await import("./verbs/copy-to.ts")).copyToSandbox(name, [source, ...rest], options);
    });
  program
    .command("copy-from <name> <source> <source-or-dest...>")
    .description("copy files and folders from a sandbox to the host; `-` writes a tar archive to standard output")
    .usage("NAME SOURCE... DEST [options]")
    .option("-a, --archive", "keep owners and groups, as numbers")
    .option(...json)
    .action(async (name: string, source: string, rest: string[], options: Options) => {
      await (await import("./verbs/copy-from.ts")).copyFromSandbox(name, [source, ...rest], options);
    });
}
