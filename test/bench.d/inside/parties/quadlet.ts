import { execSandbox } from "./ours.ts";
import { prefix } from "../places.ts";
import { type Party, payloadText } from "./party.ts";
import { copyRoot, writeUnit } from "./roots.ts";

/** podman through Quadlet, on a root folder and in a network namespace of its own. It finds no cgroup in a bed on cgroup v1. */
export const quadletParty: Party = {
  name: "Quadlet",
  unit: `${prefix}quadlet.service`,
  make: () => {
    const root = copyRoot("quadlet", execSandbox);
    writeUnit("quadlet.container", [
      "[Container]",
      `Rootfs=${root}`,
      `Exec=${payloadText}`,
      "Network=none",
      "Volume=/usr:/usr:ro",
      "PodmanArgs=--cgroups=disabled",
    ]);
  },
};
