import { prefix } from "../places.ts";
import { execSandbox } from "./ours.ts";
import { type Party, payloadText } from "./party.ts";
import { copyRoot, writeUnit } from "./roots.ts";

/** systemd-nspawn without an init. At a stop it kills the payload without asking it to end. */
export const nspawnParty: Party = {
  name: "nspawn",
  unit: (instance) => `${prefix}nspawn${instance}.service`,
  make: (instance) => {
    const name = `nspawn${instance}`;
    const root = copyRoot(name, execSandbox);
    const options = `--quiet --keep-unit --register=no --directory=${root} --bind-ro=/usr --private-network --machine=${prefix}${name}`;
    writeUnit(`${name}.service`, [
      "[Service]",
      "Type=notify",
      "KillMode=mixed",
      `ExecStart=/usr/bin/systemd-nspawn ${options} -- ${payloadText}`,
    ]);
  },
};
