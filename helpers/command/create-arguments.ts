import type { Command } from "commander";
import { SandboxError } from "../../generator/conf/sandbox-error.ts";
import { parseAssignment } from "./conf/parse-assignment.ts";
import type { CreateRequest } from "./create/request.ts";
import { addSettingOptions, readSettingLines } from "./create/setting-options.ts";

interface CreateOptions {
  readonly unit: string[];
  readonly set: string[];
  readonly copy?: true;
  readonly dryRun?: true;
  readonly start?: true;
  readonly enable?: true;
  readonly json?: true;
}

/** Collects the values of an option that may repeat, for commander. */
export const collect = (value: string, previous: string[]): string[] => [...previous, value];

export function addCreate(program: Command): void {
  const command = program
    .command("create <name> [executable-or-command...]")
    .description("make a sandbox for a unit, for the unit that runs an executable, or (after `--`) for a command")
    .usage("NAME (--unit UNIT... | EXECUTABLE | -- COMMAND [ARG...]) [options]")
    .option("-u, --unit <unit>", "a unit installed on this host; may repeat", collect, []);
  addSettingOptions(command)
    .option("--set <key=value>", "any other setting, such as MemoryMax=1G; may repeat", collect, [])
    .option("-C, --copy", "also copy the service's current data below /var from the host")
    .option("-n, --dry-run", "only show the conf and what would be in the root, and why")
    .option("--start", "start it after it is made")
    .option("--enable", "start it at boot")
    .option("--json", "print JSON, for programs")
    .action(async (name: string, rest: string[], options: CreateOptions) => {
      const { createSandbox } = await import("./verbs/create.ts");
      await createSandbox(readRequest(name, rest, options, process.argv));
    });
}

// Commander does not tell whether there was a `--`, which separates an executable from a command.
function readRequest(name: string, rest: string[], options: CreateOptions, argv: readonly string[]): CreateRequest {
  const separator = argv.indexOf("--");
  const command = separator === -1 ? [] : argv.slice(separator + 1);
  const [executable, ...surplus] = rest.slice(0, rest.length - command.length);
  const ways = [options.unit.length > 0, executable !== undefined, command.length > 0].filter(Boolean).length;
  if (surplus.length > 0) {
    throw new SandboxError(`unexpected ${surplus.map((word) => `\`${word}\``).join(", ")}`, {
      hint: `A command with arguments comes after \`--\`: sandboxcontainer create ${name} -- ${rest.join(" ")}`,
      status: 2,
    });
  }
  if (ways !== 1) {
    throw new SandboxError(
      ways === 0 ? "nothing to put into the sandbox" : "more than one thing to put into the sandbox",
      {
        hint: "Give one of: --unit UNIT, an EXECUTABLE, or -- COMMAND [ARG...]",
        status: 2,
      },
    );
  }
  return {
    name,
    units: options.unit,
    executable,
    command,
    settings: readSettingLines({ ...options }),
    assignments: options.set.map(parseAssignment),
    copy: options.copy === true,
    dryRun: options.dryRun === true,
    start: options.start === true,
    enable: options.enable === true,
    json: options.json === true,
  };
}
