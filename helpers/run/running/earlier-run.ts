import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { SandboxError } from "../../../base/errors.ts";
import { orMissing, readIfPossible, readIfThere } from "../../../base/files.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import { statusFile } from "../../host/libvirt/domain-files.ts";
import { planFile, readAnyPlan, readSystemCalls, startDirectory } from "../plan/kept-plan.ts";
import type { Claim, StartControl, StartNetwork, StartSocket } from "../plan/start-plan.ts";
import { type RunContainer, type RunPlan, runtimeFile } from "./run-record.ts";

// What earlier builds left of a sandbox that runs: small files in /run, and what it was started with in `start/`.

const readRuntime = (name: SandboxName, file: string): string | undefined =>
  orMissing(() => readFileSync(runtimeFile(name, file), "utf8"));

export const readEarlierStamp = (name: SandboxName): string | undefined => readRuntime(name, "started")?.trim();

export function readEarlierContainer(name: SandboxName): RunContainer | undefined {
  const text = readRuntime(name, "init");
  return text === undefined ? undefined : parseContainer(text);
}

/** `INIT BEGAN CONTROLLER BEGAN`, or `gone`. An empty file says that libvirt was asked. */
export function parseContainer(text: string): RunContainer {
  const words = text.trim();
  if (words === "") return { kind: "asked" };
  const [, init, initBegan, , controller, controllerBegan] = /^(\d+) (\d+)( (\d+) (\d+))?$/.exec(words) ?? [];
  if (init === undefined || initBegan === undefined) return { kind: "gone" };
  return {
    kind: "started",
    init: { pid: Number(init), began: initBegan },
    controller:
      controller === undefined || controllerBegan === undefined
        ? null
        : { pid: Number(controller), began: controllerBegan },
  };
}

/** Whether it runs with what only one may have. Version 0.1.0 recorded nothing, but mounted with it. */
export function hasEarlierClaim(name: SandboxName, claim: Claim): boolean {
  const claims = readRuntime(name, "claims");
  if (claims !== undefined) return splitLines(claims).includes(claim);
  const value = claim.slice(claim.indexOf("-") + 1);
  const words = (readRuntime(name, "fstab") ?? "").split(/[\s"=]/);
  return words.some((word) => word === value || word.endsWith(`:${value}`));
}

/**
 * What a sandbox runs with that an earlier build has started; undefined if none has. If it was prepared again since, that is
 * what its next start has. Throws a SandboxError if that is missing or damaged, or lacks an AppArmor profile that it has.
 */
export function readEarlierRun(name: SandboxName): RunPlan | undefined {
  if (readEarlierStamp(name) === undefined) return undefined;
  const plan = readPlanned(name);
  if (plan.control.kind !== "apparmor" && readIfPossible(statusFile(name))?.includes(profileWord) === true)
    throw new SandboxError(`${name} runs with an AppArmor profile, and was prepared again without one`, {
      hint: `Restart it: systemctl restart sandbox@${name}`,
    });
  // Its next start may have another. PID 1 has long become what it stays, and says it.
  return { ...plan, entry: null };
}

/** What the next start has. Throws a SandboxError if that is missing or damaged. */
export function readPlanned(name: SandboxName): RunPlan {
  const first = existsSync(planFile(name)) ? undefined : readFirstPlan(name);
  return first ?? { ...readAnyPlan(name), systemCalls: readSystemCalls(name) };
}

/** From the small files of version 0.1.0; undefined if nothing says what confines it. */
function readFirstPlan(name: SandboxName): RunPlan | undefined {
  const read = (file: string): string | undefined => readIfThere(join(startDirectory(name), file));
  const systemCalls = read("system-calls");
  // It always wrote this one. Without it nothing says that a plan that is missing is one of that version.
  if (read("units") === undefined || systemCalls === undefined) return undefined;
  const control = parseControl(read("control"), readIfThere(statusFile(name)));
  if (control === undefined) return undefined;
  const units = splitLines(read("units"));
  return {
    ...{ control, systemCalls, units, entry: null },
    isCommand: units.length === 0,
    claims: splitLines(read("claims")),
    sockets: splitLines(read("sockets")).map(parseSocket),
    network: parseNetwork(read("network"), read("servers")),
    ports: null,
  };
}

const profileWord = "<initarg>--profile</initarg>";

const splitLines = (text = ""): readonly string[] => text.split("\n").filter(Boolean);

function parseSocket(line: string): StartSocket {
  const [unit = "", port = ""] = line.split(" ");
  return { unit, protocol: unit.endsWith(".udp.socket") ? "udp" : "tcp", port: Number(port) };
}

/** It wrote no file `control` with Label=none. Whether that is why there is none, libvirt's record of the container says. */
export function parseControl(text: string | undefined, domain = ""): StartControl | undefined {
  if (text === undefined)
    return domain.includes("</domain>") && !domain.includes(profileWord) ? { kind: "none" } : undefined;
  const [kind, profile, entry, ...others] = text.split("\n", 1)[0]?.split(" ") ?? [];
  if (kind === "apparmor" && profile !== undefined && entry !== undefined && others.length === 0)
    return { kind, profile, entry };
  return kind === "selinux" && profile === undefined ? { kind } : undefined;
}

/** `libvirt NETWORK DEVICE dhcp`, `bridge BRIDGE DEVICE static ADDRESS…`, or `host`. */
export function parseNetwork(text = "", servers: string | undefined): StartNetwork | null {
  const [kind, network = "", device = "", addressing, ...addresses] = text.trim().split(/\s+/);
  if (kind === "host") return { kind };
  if (kind !== "libvirt" && kind !== "bridge") return null;
  return { kind, network, device, dhcp: addressing === "dhcp", addresses, rules: null, servers: servers ?? null };
}
