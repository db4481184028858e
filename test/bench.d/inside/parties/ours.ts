import { run } from "../command.ts";
import { prefix } from "../places.ts";
import { type Party, payload, portsOf } from "./party.ts";
import { plainParty } from "./plain.ts";

const nameOf = (instance: number): string => `${prefix}exec${instance}`;

/** The sandbox whose root the others copy. */
export const execSandbox = nameOf(0);

export const execParty: Party = {
  name: "sandbox of Exec=",
  unit: (instance) => `sandbox@${nameOf(instance)}.service`,
  make: (instance) => run("sandboxcontainer", "create", nameOf(instance), "--", ...payload),
};

const portsName = (instance: number): string => `${prefix}ports${instance}`;

/** Its ports are led to it by the kernel. */
export const portsParty: Party = {
  name: "sandbox with ten ports",
  unit: (instance) => `sandbox@${portsName(instance)}.service`,
  make: (instance) =>
    run("sandboxcontainer", "create", portsName(instance), "--publish", portsOf("sandbox", instance), "--", ...payload),
};

/** A sandbox of the plain unit: systemd inside starts what the host's systemd would start. */
export const unitParty: Party = {
  name: "sandbox of Unit=",
  unit: (instance) => `sandbox@${prefix}unit${instance}.service`,
  make: (instance) => run("sandboxcontainer", "create", `${prefix}unit${instance}`, "--unit", plainParty.unit(0)),
};
