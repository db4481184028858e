import type { Conf } from "../../generator/conf/conf.ts";
import { loadConf } from "../../generator/conf/load-conf.ts";
import { withOwnSpecifiers } from "../../generator/render/render-conditions.ts";
import { SandboxError } from "../../generator/conf/sandbox-error.ts";
import type { SandboxName } from "../../generator/conf/sandbox-name.ts";
import { run } from "../host/run.ts";

type Lines = Conf["passThrough"]["Unit"];

/**
 * Finds the conditions and assertions of a conf's [Unit] that do not hold now. systemd forgets the result at once when a
 * unit has not started, so systemd-analyze(1) looks again.
 */
export const findUnmet = (name: SandboxName): Promise<readonly string[]> => findUnmetOf(name, readLines(name));

/** The same for the lines of a conf that is not in effect yet. */
export async function findUnmetOf(name: SandboxName, all: Lines): Promise<readonly string[]> {
  const lines = all
    .filter(({ key, value }) => /^(Condition|Assert)/.test(key) && value !== "")
    // systemd-analyze knows no unit.
    .map(({ key, value }) => `${key}=${withOwnSpecifiers(value, name)}`);
  if (lines.length === 0) return [];
  const { stdout, stderr } = await run("systemd-analyze", ["condition", ...lines], { accept: [1] });
  return parseUnmet(`${stdout}\n${stderr}`);
}

// A conf with an error has an explanation of its own.
function readLines(name: SandboxName): Lines {
  try {
    return loadConf(name).passThrough.Unit;
  } catch (error) {
    if (error instanceof SandboxError) return [];
    throw error;
  }
}

/** Parses the output of `systemd-analyze condition`. Of the triggering ones (`|`) one has to hold (systemd.unit(5)). */
export function parseUnmet(output: string): readonly string[] {
  const results = [...output.matchAll(/^\S+: ((Condition|Assert)\w+=(\|?).*) (succeeded|failed)\.$/gm)].map(
    ([, line = "", kind, trigger, result]) => ({
      line,
      kind,
      isTrigger: trigger === "|",
      holds: result === "succeeded",
    }),
  );
  return results
    .filter(
      ({ kind, isTrigger, holds }) =>
        !holds && !(isTrigger && results.some((other) => other.isTrigger && other.holds && other.kind === kind)),
    )
    .map(({ line }) => line);
}
