import { spawn } from "node:child_process";
import { constants } from "node:os";
import { SandboxError } from "../../../base/errors.ts";
import { quoteForShell } from "../../../base/text.ts";
import { endProcess } from "../../host/process/run-helper.ts";
import { enterSandbox, type Identity } from "../enter-sandbox.ts";
import type { Verb } from "../verb.ts";

export const connect: Verb = {
  name: "connect",
  group: "Go inside",
  summary: "open a shell in a running sandbox, as root",
  places: { "<name>": "sandbox" },
  options: { "-u, --user <user[:group]>": "run as this user of the sandbox, by name or number" },
  examples: ["connect web1"],
  run: connectSandbox,
};

export const execute: Verb = {
  name: "execute",
  group: "Go inside",
  summary: "run a command in a running sandbox, and exit with its status",
  usage: "[options] NAME [--] COMMAND [ARG...]",
  places: { "<name>": "sandbox", "<command...>": "any" },
  options: {
    "-t, --tty": "run it on a terminal of its own, even if the input or output is a pipe",
    "-i, --interactive": "has no effect, because input is always passed on; accepted for compatibility with podman",
    "-u, --user <user[:group]>": "run as this user of the sandbox, by name or number",
    "-e, --env <name[=value]>": {
      help: "set a variable to this value, or to the value it has here; may repeat",
      repeats: true,
    },
    "-w, --workdir <folder>": { help: "run it in this folder of the sandbox", takes: "file" },
  },
  passesOn: "after-first",
  examples: [
    "execute web1 -- cat /etc/hostname",
    "execute -u www-data -w /var/www web1 -- ls -l",
    "execute -it web1 -- sh",
  ],
  run: executeInSandbox,
};

async function connectSandbox(text: string, options: Pick<Identity, "user">): Promise<void> {
  const shell = ["/usr/bin/sh", "-c", "cd; if command -v bash >/dev/null; then exec bash --login; else exec sh -l; fi"];
  await runInside(text, shell, options, process.stdin.isTTY);
}

/** Runs a command inside and exits with its status. For a signal the status is 128 plus its number, as in a shell. */
async function executeInSandbox(
  text: string,
  command: readonly string[],
  options: Identity & { tty?: boolean },
): Promise<void> {
  const allTerminals = process.stdin.isTTY && process.stdout.isTTY;
  // When options pass through, commander keeps the `--` that ended ours.
  const words = command[0] === "--" ? command.slice(1) : command;
  if (words.length === 0) throw new SandboxError("no command to execute", { status: 2 });
  if (command[0] !== "--" && words[0]?.startsWith("-") === true)
    throw new SandboxError(`\`${words[0]}\` comes after the sandbox's name`, {
      hint: `Put options before the name: sandboxcontainer execute [options] ${text} -- COMMAND`,
      status: 2,
    });
  await runInside(text, words, options, options.tty === true || allTerminals);
}

async function runInside(
  text: string,
  command: readonly string[],
  identity: Identity,
  terminal: boolean,
): Promise<never> {
  const { words: prefix } = enterSandbox(text, identity, terminalType());
  const inner = terminal ? onTerminal(command) : command;
  const words = [...prefix, ...inner];
  const status = await run(terminal && process.stdin.isTTY ? onTerminal(words) : words);
  return endProcess(status);
}

// script(1) makes a terminal and copies between it and its own. The outer one keeps the administrator's terminal out of
// the sandbox. The terminal of the inner one has a name inside, for programs that need one.
// With a pipe, only the inner one tells the command that the input has ended. If the outer one did so before the inner
// one is there, the end would be a character like others.
function onTerminal(words: readonly string[]): readonly string[] {
  const line = `exec ${words.map(quoteForShell).join(" ")}`;
  return ["env", "SHELL=/bin/sh", "script", "--quiet", "--return", "--command", line, "/dev/null"];
}

// Nothing that we have open goes inside: what we start makes pipes of its own, unless it has the terminal of script(1). A
// program that gets a terminal can type on it.
function run([file = "", ...args]: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { stdio: "inherit" });
    // Ctrl-C is meant for the command inside, which has another terminal, or none.
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => child.kill(signal));
    child.on("error", reject);
    child.on("exit", (code, signal) => {
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}

function terminalType(): string {
  const term = process.env["TERM"] ?? "";
  return /^[A-Za-z0-9._+-]+$/.test(term) ? term : "dumb";
}
