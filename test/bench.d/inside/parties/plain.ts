import { prefix } from "../places.ts";
import { type Party, payloadText } from "./party.ts";
import { writeUnit } from "./roots.ts";

/** A unit of the host without a container: the cost of systemd alone. */
export const plainParty: Party = {
  name: "plain unit",
  unit: (instance) => `${prefix}plain${instance}.service`,
  make: (instance) => {
    writeUnit(`plain${instance}.service`, ["[Service]", "Type=exec", `ExecStart=${payloadText}`]);
  },
};
