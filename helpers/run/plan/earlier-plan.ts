import { join } from "node:path";
import { stateDirectory } from "../../../generator/conf/paths.ts";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { statusFile } from "../../host/libvirt-files.ts";
import { readIfThere } from "../../host/read-if-there.ts";
import type { StartControl, StartNetwork, StartPlan, StartSocket } from "./start-plan.ts";

/**
 * What version 0.1.0 left of a start, as far as it matters beside a sandbox that still runs; undefined if nothing says what
 * confines it. That version wrote a small file for each fact.
 */
export function readEarlierPlan(name: SandboxName): StartPlan | undefined {
  const read = (file: string): string | undefined => readIfThere(join(stateDirectory(name), "start", file));
  // It always wrote this one. Without it nothing says that a plan that is missing is an earlier one.
  if (read("units") === undefined) return undefined;
  const control = parseControl(read("control"), readIfThere(statusFile(name)));
  if (control === undefined) return undefined;
  const units = splitLines(read("units"));
  return {
    control,
    units,
    isCommand: units.length === 0,
    claims: splitLines(read("claims")),
    sockets: splitLines(read("sockets")).map(parseSocket),
    network: parseNetwork(read("network"), read("servers")),
    // The rest is for a start.
    ...{ unitSeconds: 0, limits: [], sources: [], targets: [], awaited: [], ports: null },
    pipes: { active: false, online: false, files: false, link: false },
  };
}

const splitLines = (text = ""): readonly string[] => text.split("\n").filter(Boolean);

function parseSocket(line: string): StartSocket {
  const [unit = "", port = ""] = line.split(" ");
  return { unit, protocol: unit.endsWith(".udp.socket") ? "udp" : "tcp", port: Number(port) };
}

/** It wrote no file `control` with Label=none. Whether that is why there is none, libvirt's record of the container says. */
export function parseControl(text: string | undefined, domain = ""): StartControl | undefined {
  if (text === undefined)
    return domain.includes("</domain>") && !domain.includes("<initarg>--profile</initarg>")
      ? { kind: "none" }
      : undefined;
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
