import { describeError, SandboxError } from "../../../base/errors.ts";
import { confFile } from "../../../base/paths.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import { listSandboxes } from "../../../conf/load-conf.ts";
import { connectSystemd, type Systemd } from "../../host/systemd/systemd.ts";
import { withHeld } from "../../sandbox/hold/hold.ts";
import { conclude } from "../../sandbox/hold/unfinished.ts";
import { removeSandbox } from "../../sandbox/remove-sandbox.ts";
import { ask } from "../ask.ts";
import { describeLeftovers, listGuarded } from "../guarded-folders.ts";
import { print, printJson, warn, withProgress } from "../output.ts";
import { recordEvent } from "../record-event.ts";
import { requireSandboxes } from "../require-sandbox.ts";
import type { Verb } from "../verb.ts";

export const verb: Verb = {
  name: "delete",
  group: "Make and remove",
  summary: "remove sandboxes with all their data",
  places: { "<name...>": "sandbox" },
  options: { "-f, --force": "stop running sandboxes, and do not ask" },
  json: `{ name: string; deleted: boolean; error: string | null }[]`,
  examples: ["delete shop", "delete --force clock"],
  run: deleteSandboxes,
};

interface Outcome {
  readonly name: SandboxName;
  readonly error: unknown;
}

/**
 * Removes sandboxes with their confs and all their data, one after the other. It looks at all of them and asks about
 * them before it removes the first. If one cannot be removed, the others still are. If it is killed, it can be run
 * again.
 */
async function deleteSandboxes(texts: readonly string[], options: { force?: boolean; json?: boolean }): Promise<void> {
  const names = [...new Set(requireSandboxes(texts))];
  names.forEach(requireOwnConf);
  using systemd = await connectSystemd();
  const outcomes: Outcome[] = [];
  if (options.force !== true) await agree(systemd, names);
  for (const name of names) {
    const guarded = listGuarded(name);
    const error: unknown = await withHeld(systemd, [name], () =>
      withProgress(`Deleting ${name}`, () => removeSandbox(systemd, name)),
    ).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    outcomes.push({ name, error });
    if (error !== undefined) continue;
    await conclude([name], async () => {
      await recordEvent(name, { event: "deleted" });
      for (const told of await Promise.all(guarded.map(describeLeftovers))) if (told !== undefined) warn(told);
      if (options.json !== true) print(`Deleted ${name}`);
    });
  }
  if (options.json === true) printJson(outcomes.map(describeOutcome));
  const failed = outcomes.filter(({ error }) => error !== undefined);
  if (failed.length === 1) throw failed[0]?.error;
  if (failed.length > 1) throw new SandboxError(failed.map(({ error }) => describeError(error)).join("\n"));
}

const describeOutcome = ({ name, error }: Outcome) => ({
  name,
  deleted: error === undefined,
  error: error === undefined ? null : describeError(error),
});

function requireOwnConf(name: SandboxName): void {
  const path = listSandboxes().find((sandbox) => sandbox.name === name)?.path;
  if (path === undefined || path === confFile(name)) return;
  throw new SandboxError(`the conf of ${name} is ${path}, which the administrator cannot delete`, {
    hint: `Remove its source, or mask it: ln -s /dev/null ${confFile(name)}`,
  });
}

/** Asks whether sandboxes may go. Throws a SandboxError unless they may. */
async function agree(systemd: Systemd, names: readonly SandboxName[]): Promise<void> {
  const states = new Map<SandboxName, string>();
  for (const name of names)
    states.set(name, String((await systemd.readUnit(`sandbox@${name}.service`))["ActiveState"]));
  const answer = await ask(planQuestion(states, process.stdin.isTTY));
  if (answer === undefined || !/^y(es)?$/i.test(answer)) throw new SandboxError(`kept ${names.join(", ")}`);
}

/** The question before sandboxes in these states are deleted. Throws a SandboxError if one runs, or nobody can be asked. */
export function planQuestion(states: ReadonlyMap<SandboxName, string>, isTerminal: boolean): string {
  for (const [name, state] of states)
    if (state !== "inactive" && state !== "failed")
      throw new SandboxError(`sandbox ${name} is ${state}`, {
        hint: `Stop it first, or stop and delete it with --force`,
      });
  const names = [...states.keys()];
  const what = `${names.length === 1 ? "sandbox" : "sandboxes"} ${names.join(", ")}`;
  const data = `all ${names.length === 1 ? "its" : "their"} data`;
  if (isTerminal) return `Delete ${what} with ${data}? [y/N] `;
  throw new SandboxError(`nobody can be asked whether ${what} should go with ${data}: there is no terminal`, {
    hint: `To delete without being asked: sandboxcontainer delete --force ${names.join(" ")}`,
    status: 2,
  });
}
