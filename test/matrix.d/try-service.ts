import type { Bed } from "../bed-tests/bed.ts";
import type { Service } from "./services.ts";

/** The result of a service: the milliseconds of each step up to the failed one, and the message there. */
export interface Outcome {
  readonly package: string;
  readonly unit: string;
  readonly passed: boolean;
  readonly milliseconds: Readonly<Record<string, number>>;
  readonly failedAt: string | null;
  readonly message: string | null;
  /** Settings of its unit that were cleared. */
  readonly cleared: readonly string[];
}

export interface TryOptions {
  readonly copy: boolean;
  /** How long a probe may take to succeed. */
  readonly seconds: number;
  /** Called with the journal when a step failed. */
  readonly onFailure: (evidence: string) => void;
}

type Step = readonly [name: string, act: () => Promise<unknown>];

/** Tries the whole life of a sandbox of a service, made from only its unit and ports. */
export async function tryService(bed: Bed, service: Service, options: TryOptions): Promise<Outcome> {
  const name = service.package;
  const instance = `sandbox@${name}.service`;
  const publish = service.ports.flatMap((port) => ["--publish", `${20000 + (port % 40000)}:${port}`]);
  const network = service.network === null ? [] : ["--network", service.network];
  const copy = options.copy ? ["--copy"] : [];
  const probe = async (): Promise<void> => {
    const { initPid } = await show(bed, name);
    const prefix =
      service.place === "inside"
        ? ["sandboxcontainer", "execute", name, "--"]
        : ["nsenter", `--net=/proc/${String(initPid)}/ns/net`];
    await probeService(bed, service, prefix, options.seconds);
  };
  let cleared: readonly string[] = [];
  const outcome = await takeSteps(service, [
    [
      "create",
      () => bed.run("sandboxcontainer", "create", name, "--unit", service.unit, ...publish, ...network, ...copy),
    ],
    ["start", () => bed.run("systemctl", "start", instance)],
    ["probe", probe],
    ["restart", () => bed.run("systemctl", "restart", instance)],
    ["again", probe],
    [
      "stop",
      async () => {
        cleared = await readCleared(bed, name);
        await bed.run("systemctl", "stop", instance);
      },
    ],
    ["delete", () => bed.run("sandboxcontainer", "delete", "--force", name)],
  ]);
  if (!outcome.passed) {
    options.onFailure(await gatherEvidence(bed, name));
    await bed.try("sandboxcontainer", "delete", "--force", name);
  }
  return { ...outcome, cleared };
}

/** Tries the service on the bed itself, without a sandbox, to see whether the probe is right. */
export async function tryPlain(bed: Bed, service: Service, options: TryOptions): Promise<Outcome> {
  const outcome = await takeSteps(service, [
    ["start", () => bed.run("systemctl", "start", service.unit)],
    ["probe", () => probeService(bed, service, [], options.seconds)],
  ]);
  if (!outcome.passed) {
    options.onFailure(
      await bed.run("journalctl", "--no-pager", "--output=cat", "--lines=40", `--unit=${service.unit}`),
    );
  }
  await bed.try("systemctl", "stop", service.unit, service.unit.replace(/\.socket$/, ".service"));
  return outcome;
}

async function takeSteps({ package: name, unit }: Service, steps: readonly Step[]): Promise<Outcome> {
  const milliseconds: Record<string, number> = {};
  const common = { package: name, unit, milliseconds, cleared: [] };
  for (const [step, act] of steps) {
    const begun = performance.now();
    try {
      await act();
      milliseconds[step] = Math.round(performance.now() - begun);
    } catch (error) {
      return {
        ...common,
        passed: false,
        failedAt: step,
        message: error instanceof Error ? error.message : String(error),
      };
    }
  }
  return { ...common, passed: true, failedAt: null, message: null };
}

const show = async (bed: Bed, name: string): Promise<Readonly<Record<string, unknown>>> =>
  JSON.parse(await bed.run("sandboxcontainer", "show", "--json", name)) as Record<string, unknown>;

async function readCleared(bed: Bed, name: string): Promise<readonly string[]> {
  const { cleared } = await show(bed, name);
  return Array.isArray(cleared) ? cleared.map(String) : [];
}

// A service with Type=simple counts as started before it listens.
async function probeService(bed: Bed, { probe }: Service, prefix: readonly string[], seconds: number): Promise<void> {
  const command = [...prefix, "env", "IP=127.0.0.1", "timeout", String(seconds), "bash", "-c", probe];
  for (const deadline = performance.now() + seconds * 1000; ;) {
    const { status, stdout, stderr } = await bed.try(...command);
    if (status === 0) return;
    if (performance.now() > deadline)
      throw new Error(`the probe failed with status ${status}: ${(stdout + stderr).trim()}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function gatherEvidence(bed: Bed, name: string): Promise<string> {
  const looks: readonly (readonly string[])[] = [
    ["journalctl", "--no-pager", "--output=cat", "--lines=80", `--unit=sandbox-root@${name}`, `--unit=sandbox@${name}`],
    ["sandboxcontainer", "execute", name, "--", "systemctl", "--no-pager", "--failed"],
    ["sandboxcontainer", "execute", name, "--", "ss", "-Hltnup"],
  ];
  const found: string[] = [];
  for (const look of looks) {
    const { stdout, stderr } = await bed.try(...look);
    found.push(`# ${look.join(" ")}\n${stdout}${stderr}`);
  }
  return found.join("\n");
}
