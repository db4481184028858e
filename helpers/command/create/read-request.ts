import { SandboxError } from "../../../generator/conf/sandbox-error.ts";
import { parseAssignment } from "../conf/parse-assignment.ts";
import type { CreateOptions, CreateRequest } from "./request.ts";
import { readSettingLines } from "./setting-options.ts";

/** Reads the line of `create`, of which `argv` is the whole. Throws a SandboxError for anything but one thing to run. */
export function readRequest(
  name: string,
  rest: readonly string[],
  options: CreateOptions,
  argv: readonly string[],
): CreateRequest {
  // Commander does not tell whether there was a `--`, which separates an executable from a command.
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
      { hint: "Give one of: --unit UNIT, an EXECUTABLE, or -- COMMAND [ARG...]", status: 2 },
    );
  }
  const { copy = false, dryRun = false, start = false, enable = false, json = false } = options;
  return {
    ...{ name, units: options.unit, executable, command },
    settings: readSettingLines({ ...options }),
    assignments: options.set.map(parseAssignment),
    ...{ copy, dryRun, start, enable, json },
  };
}
