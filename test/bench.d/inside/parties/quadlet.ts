import { prefix } from "../places.ts";
import { execSandbox } from "./ours.ts";
import { type Party, payloadText } from "./party.ts";
import { copyRoot, writeUnit } from "./roots.ts";

/** podman through Quadlet, on a root folder and in a network namespace of its own. It finds no cgroup in a bed on cgroup v1. */
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
