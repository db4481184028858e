import { prefix } from "../places.ts";
import { execSandbox } from "./ours.ts";
import { type Party, payloadText } from "./party.ts";
import { copyRoot, writeUnit } from "./roots.ts";

/**
 * podman through Quadlet, with a root folder and a network namespace of its own. In a bed on cgroup v1 it finds no
 * cgroup.
 */
export const quadletParty: Party = {
  name: "Quadlet",
  unit: (instance) => `${prefix}quadlet${instance}.service`,
  make: (instance) => {
    writeUnit(`quadlet${instance}.container`, [
      "[Container]",
      `Rootfs=${copyRoot(`quadlet${instance}`, execSandbox)}`,
      `Exec=${payloadText}`,
      "Network=none",
      "Volume=/usr:/usr:ro",
      "PodmanArgs=--cgroups=disabled",
    ]);
  },
};
