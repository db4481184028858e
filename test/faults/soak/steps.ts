import type { Bed } from "../../bed-tests/bed.ts";
import type { Sandbox } from "./sandboxes.ts";

/** What was done. */
export interface Log {
  /** How often, by step. */
  readonly counts: Map<string, number>;
  readonly failures: string[];
  /** Grows at the beginning and at the end of each restart of libvirtd. */
  restarts: number;
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

// With cgroups of version 1, as in some native beds, systemd removes empty ones that are not its own (cg_trim_v1_controllers()
// in its cgroup-setup.c), also one that libvirt has just made.
const trimmed = /Unable to write to '\/sys\/fs\/cgroup\/\S+\/tasks': No such file/;

const cutOff =
  /libvirt refused to start the container: (End of file|Cannot recv data)|the container of \S+ ended before its service/;

/**
 * Takes a step, and notes it. A container that libvirtd was just making when it was restarted is not made, or is ended by
 * the next libvirtd, and the start says so. The next one has to succeed.
 */
export async function take(bed: Bed, step: Step, sandbox: Pick<Sandbox, "name" | "visit">, log: Log): Promise<void> {
  const { name } = sandbox;
  const command = commands(sandbox)[step];
  const { restarts } = log;
  if (step === "restart libvirtd") log.restarts++;
  const { status, stderr } = await bed.try("timeout", "300", "sh", "-c", command);
  if (step === "restart libvirtd") log.restarts++;
  count(log, step);
  if (status === 0) return;
  const journal = await bed.journal("--lines=20", `--unit=sandbox@${name}`, `--unit=sandbox-root@${name}`);
  const isCutOff = cutOff.test(journal) && (restarts % 2 === 1 || log.restarts > restarts);
  if (isCutOff || trimmed.test(journal)) {
    count(log, isCutOff ? "start cut off by a restart of libvirtd" : "start whose cgroup was removed");
    await take(bed, "start", sandbox, log);
    return;
  }
  log.failures.push(`${command}: status ${status}: ${stderr.trim()}\n${journal.replaceAll(/^/gm, "  > ")}`);
  process.stderr.write(`${log.failures.at(-1) ?? ""}\n`);
}

const commands = ({ name, visit }: Pick<Sandbox, "name" | "visit">): Readonly<Record<Step, string>> => ({
  visit,
  // systemd would refuse what is started too often.
  start: `systemctl reset-failed sandbox@${name}; systemctl start sandbox@${name}`,
  stop: `systemctl stop sandbox@${name}`,
  restart: `systemctl reset-failed sandbox@${name}; systemctl restart sandbox@${name}`,
  // Apache counts as started before it has written its process id. A reload in that moment fails, on any host. Once it
  // answers, the id is there.
  reload: `${visit} && systemctl reload sandbox@${name}`,
  "daemon-reload": "systemctl daemon-reload",
  "restart libvirtd": "systemctl reset-failed libvirtd.service; systemctl restart libvirtd.service",
});

function count({ counts }: Log, step: string): void {
  counts.set(step, (counts.get(step) ?? 0) + 1);
}
