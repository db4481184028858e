import { run } from "../command.ts";
import { prefix } from "../places.ts";
import { type Party, payload } from "./party.ts";

/** The sandbox whose root the others copy. */
export const execSandbox = `${prefix}exec`;

export const execParty: Party = {
  name: "sandbox of Exec=",
  unit: `sandbox@${execSandbox}.service`,
  make: () => run("sandboxcontainer", "create", execSandbox, "--", ...payload),
};

/** Of the plain unit: systemd inside starts what systemd of the host would. */
export const unitParty: Party = {
  name: "sandbox of Unit=",
  unit: `sandbox@${prefix}unit.service`,
  make: () => run("sandboxcontainer", "create", `${prefix}unit`, "--unit", `${prefix}plain.service`),
};
