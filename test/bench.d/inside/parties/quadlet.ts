import { prefix } from "../places.ts";
import { execSandbox } from "./ours.ts";
import { type Party, payloadText, portsOf } from "./party.ts";
import { copyRoot, writeUnit } from "./roots.ts";

/**
 * podman through Quadlet, with a root folder and a network namespace of its own. In a bed on cgroup v1 it finds no
 * cgroup.
 */
export const quadletParty: Party = {
  name: "Quadlet",
  unit: (instance) => `${prefix}quadlet${instance}.service`,
  make: (instance) => {
    writeQuadlet(`quadlet${instance}`, ["Network=none"]);
  },
};

/** Its ports are led to it by netavark's rules. */
export const quadletPortsParty: Party = {
  name: "Quadlet with ten ports",
  unit: (instance) => `${prefix}quadlet-ports${instance}.service`,
  make: (instance) => {
    writeQuadlet(`quadlet-ports${instance}`, [`PublishPort=${portsOf("Quadlet", instance)}`]);
  },
};

const writeQuadlet = (name: string, network: readonly string[]): void => {
  writeUnit(`${name}.container`, [
    "[Container]",
    `Rootfs=${copyRoot(name, execSandbox)}`,
    `Exec=${payloadText}`,
    ...network,
    "Volume=/usr:/usr:ro",
    "PodmanArgs=--cgroups=disabled",
  ]);
};
