import type { Problem } from "./types.ts";

/** What the command said when it failed. `problems` has at least one. */
export class CommandError extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(({ message }) => message).join("\n"));
    this.problems = problems;
  }
}

const program = "sandboxcontainer";

/** Runs `sandboxcontainer` with `--json`, and resolves to what it printed. Throws a CommandError. */
export async function ask<Result>(args: readonly string[], input?: string): Promise<Result> {
  return (await run<Result>(args, input)).result;
}

/**
 * The same for a verb that also prints its result when it failed, such as `start`: throws only if there is no result.
 */
export async function attempt<Result>(args: readonly string[]): Promise<Result> {
  return (await run<Result>(args, undefined, true)).result;
}

async function run<Result>(
  args: readonly string[],
  input?: string,
  takesFailure = false,
): Promise<{ readonly result: Result }> {
  let output = "";
  // A name may begin with a dash only behind `--`; names of sandboxes cannot.
  const process = cockpit.spawn([program, ...withJson(args)], { superuser: "try", err: "message" });
  void process.stream((text) => {
    output += text;
  });
  if (input !== undefined) void process.input(input);
  try {
    await process;
  } catch (error) {
    const found = parse(output);
    const problems = readProblems(found);
    if (problems !== undefined) throw new CommandError(problems);
    if (takesFailure && found !== undefined) return { result: found as Result };
    throw new CommandError([describe(error as cockpit.Failure)]);
  }
  return { result: parse(output) as Result };
}

// Words behind `--` are not options.
function withJson(args: readonly string[]): readonly string[] {
  const end = args.indexOf("--");
  return end === -1 ? [...args, "--json"] : [...args.slice(0, end), "--json", ...args.slice(end)];
}

function parse(output: string): unknown {
  try {
    return JSON.parse(output);
  } catch {
    return undefined;
  }
}

function readProblems(found: unknown): readonly Problem[] | undefined {
  if (typeof found !== "object" || found === null || !("errors" in found) || Array.isArray(found)) return undefined;
  return Array.isArray(found.errors) && found.errors.length > 0 ? (found.errors as readonly Problem[]) : undefined;
}

function describe({ message, problem: kind }: cockpit.Failure): Problem {
  if (kind === "not-found") return problem("sandboxcontainer is not installed", "Install its package");
  const [first = "", ...more] = message
    .trim()
    .replaceAll(/^(?:\S*\/)?sandboxcontainer: /gm, "")
    .split("\n");
  return problem(first === "" ? (kind ?? "failed") : first, more.join("\n") || null);
}

/** A problem of which nothing but the words is known. */
export const problem = (message: string, hint: string | null = null): Problem => ({
  ...{ message, hint, path: null, line: null, key: null },
});

/** Turns any thrown value into problems. */
export const problemsOf = (error: unknown): readonly Problem[] =>
  error instanceof CommandError ? error.problems : [problem((error as Error).message)];

/** Runs a verb that tells for each name or path what became of it. Throws a CommandError with all errors. */
export async function doEach(args: readonly string[]): Promise<void> {
  const outcomes = await attempt<readonly { readonly error?: string | null }[]>(args);
  const errors = outcomes.flatMap(({ error }) => error ?? []);
  if (errors.length > 0) throw new CommandError(errors.map((error) => problem(error)));
}

/** A command that prints a line of JSON for each thing that happens. `end` hears why it ended. */
export function follow<Line>(
  args: readonly string[],
  on: (lines: readonly Line[]) => void,
  end: (error: unknown) => void,
): { stop(): void } {
  let rest = "";
  let stopped = false;
  const process = cockpit.spawn([program, ...args], { superuser: "try", err: "message" });
  void process.stream((text) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    const parsed = lines.flatMap((line) => {
      const found = parse(line);
      return found === undefined ? [] : [found as Line];
    });
    if (parsed.length > 0) on(parsed);
  });
  process.then(
    () => {
      if (!stopped) end(undefined);
    },
    (error: unknown) => {
      if (!stopped) end(new CommandError([describe(error as cockpit.Failure)]));
    },
  );
  return {
    stop() {
      stopped = true;
      process.close("terminated");
    },
  };
}
