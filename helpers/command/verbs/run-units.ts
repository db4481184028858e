import { SandboxError } from "../../../generator/conf/sandbox-error.ts";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { findHolder } from "../../sandbox/hold/hold.ts";
import { connectSystemd, type Systemd } from "../../host/systemd.ts";
import { adviseIfSlow, describeUnmet, explainFailure } from "../explain-failure.ts";
import { findUnmet } from "../unmet-conditions.ts";
import { requireSandboxes } from "../require-sandbox.ts";
import { printJson, warn, withProgress } from "../output.ts";
import { tellStatus } from "../tell-status.ts";

const jobs = { start: "StartUnit", stop: "StopUnit", restart: "RestartUnit", reload: "ReloadUnit" } as const;
const doing = { start: "Starting", stop: "Stopping", restart: "Restarting", reload: "Reloading" } as const;

async function tellHolder(name: SandboxName): Promise<void> {
  const holder = await findHolder(name);
  if (holder !== undefined) warn(`${name} cannot start until \`${holder}\` ends. Waiting for it`);
}

/** Starts, stops, restarts or reloads sandboxes, all at once, and waits. Throws one error that has every failure. */
export async function runUnits(
  verb: keyof typeof jobs,
  texts: readonly string[],
  options: { json?: boolean },
): Promise<void> {
  await withSandboxes(texts, async (systemd, names) => {
    const results = await withProgress(`${doing[verb]} ${names.join(", ")}`, (tell) =>
      Promise.all(
        names.map(async (name) => {
          const unit = `sandbox@${name}.service`;
          if (verb === "start" || verb === "restart") await tellHolder(name);
          // If someone else began the start, include all its messages.
          const state = (await systemd.readStates(unit)).get(unit)?.active;
          const began = state === "activating" ? 0 : Date.now();
          const result = await tellStatus(systemd, unit, tell, systemd.runJob(jobs[verb], unit));
          if (result === "done") {
            // For systemd a start that a condition prevents is a success.
            const isMeantToRun = verb === "start" || verb === "restart";
            const isAway = isMeantToRun && (await systemd.readStates(unit)).get(unit)?.active !== "active";
            const unmet = isAway ? await findUnmet(name) : [];
            const advice = isMeantToRun && !isAway ? await adviseIfSlow(systemd, unit, began) : null;
            if (advice !== null) warn(`${name} runs. ${advice}`);
            const error = unmet.length === 0 ? undefined : describeUnmet(`cannot ${verb} ${name}`, unmet);
            return { name, result: error === undefined ? result : "skipped", error };
          }
          // A unit that nobody started has no messages.
          const error =
            result === "invalid"
              ? new SandboxError(`cannot ${verb} ${name}: ${unit} is not active`, {
                  hint: `Start it: systemctl start ${unit}`,
                })
              : await explainFailure(systemd, unit, `cannot ${verb} ${name}`, began);
          return { name, result, error };
        }),
      ),
    );
    if (options.json === true)
      printJson(results.map(({ name, result, error }) => ({ name, result, error: error?.message })));
    const errors = results.flatMap(({ error }) => error ?? []);
    if (errors.length > 1) throw new SandboxError(errors.map((error) => error.message).join("\n"));
    if (errors[0] !== undefined) throw errors[0];
  });
}

/** Enables or disables sandboxes at boot. */
export async function enableUnits(
  verb: "enable" | "disable",
  texts: readonly string[],
  options: { json?: boolean },
): Promise<void> {
  await withSandboxes(texts, async (systemd, names) => {
    for (const name of names) {
      const unit = `sandbox@${name}.service`;
      await (verb === "enable" ? systemd.enableUnit(unit) : systemd.disableUnit(unit));
    }
    if (options.json === true) printJson(names.map((name) => ({ name, enabled: verb === "enable" })));
  });
}

async function withSandboxes(
  texts: readonly string[],
  work: (systemd: Systemd, names: readonly SandboxName[]) => Promise<void>,
): Promise<void> {
  const names = requireSandboxes(texts);
  using systemd = await connectSystemd();
  await work(systemd, names);
}
