import type { Bed } from "../../bed-tests/bed.ts";
import type { Sandbox } from "./sandboxes.ts";

/** What was done. */
export interface Log {
  /** How often, by step. */
  readonly counts: Map<string, number>;
  readonly failures: string[];
}

/** One who does one thing after the other, as long as `progress` is less than 1. */
export interface Lane {
  readonly sandboxes: readonly Sandbox[];
  readonly draw: (below: number) => number;
  readonly progress: () => number;
}

type Step = "start" | "stop" | "restart" | "reload" | "visit" | "daemon-reload" | "restart libvirtd";

/** Draws steps and takes them. Each has to succeed. */
export async function runLane(bed: Bed, { sandboxes, draw, progress }: Lane, log: Log): Promise<void> {
  const running = new Set<Sandbox>();
  while (progress() < 1) {
    const sandbox = sandboxes[draw(sandboxes.length)];
    if (sandbox === undefined) return;
    const possible = listSteps(sandbox, running.has(sandbox), progress());
    const step = possible[draw(possible.length)] ?? "visit";
    await take(bed, step, sandbox, log);
    if (step === "start") running.add(sandbox);
    if (step === "stop") running.delete(sandbox);
  }
}

/** The steps to draw from. What is more likely is there more often. */
function listSteps({ isOnDemand, canReload }: Sandbox, isRunning: boolean, progress: number): readonly Step[] {
  const own: readonly Step[] = isOnDemand
    ? ["start", "stop", "visit", "visit", "visit"]
    : isRunning
      ? ["stop", "stop", "restart", "visit", "visit", ...(canReload ? (["reload"] as const) : [])]
      : ["start"];
  const repeated = Array.from({ length: 6 }, () => own).flat();
  // What libvirtd loses in the other half, no restart of it hides.
  return [...repeated, "daemon-reload", ...(progress < 0.5 ? (["restart libvirtd"] as const) : [])];
}

/** Takes a step, and notes it. */
export async function take(bed: Bed, step: Step, { name, visit }: Sandbox, log: Log): Promise<void> {
  const commands: Readonly<Record<Step, string>> = {
    start: `systemctl start sandbox@${name}`,
    stop: `systemctl stop sandbox@${name}`,
    restart: `systemctl restart sandbox@${name}`,
    reload: `systemctl reload sandbox@${name}`,
    visit,
    "daemon-reload": "systemctl daemon-reload",
    "restart libvirtd": "systemctl restart libvirtd.service",
  };
  const { status, stderr } = await bed.try("timeout", "300", "sh", "-c", commands[step]);
  log.counts.set(step, (log.counts.get(step) ?? 0) + 1);
  if (status === 0) return;
  const journal = await bed.journal("--lines=20", `--unit=sandbox@${name}`, `--unit=sandbox-root@${name}`);
  log.failures.push(`${commands[step]}: status ${status}: ${stderr.trim()}\n${journal.replaceAll(/^/gm, "  > ")}`);
  process.stderr.write(`${log.failures.at(-1) ?? ""}\n`);
}
