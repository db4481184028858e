import { run, say } from "./command.ts";
import { lxcParty } from "./parties/lxc.ts";
import { nspawnParty } from "./parties/nspawn.ts";
import { execParty, unitParty } from "./parties/ours.ts";
import type { Party } from "./parties/party.ts";
import { plainParty } from "./parties/plain.ts";
import { quadletParty } from "./parties/quadlet.ts";
import { virshParty } from "./parties/virsh.ts";

// The order matters: one sandbox is made from the plain unit, and the other parties copy the root of another sandbox.
const all = [plainParty, execParty, unitParty, virshParty, quadletParty, nspawnParty, lxcParty];

/** The parties that cannot take part, with the reasons. */
export const absentParties: Readonly<Record<string, string>> = Object.fromEntries(
  all.flatMap(({ name, absent }) => (absent === undefined ? [] : [[name, absent]])),
);

const few: readonly Party[] = [plainParty, execParty, quadletParty];

/** Makes `count` instances of each party that can run the idle payload, and starts and stops each once. */
export function makeParties(instances: number, which: "all" | "few"): readonly Party[] {
  const parties = (which === "all" ? all : few).filter(({ absent }) => absent === undefined);
  parties.forEach((party) => {
    say(`idle: ${party.name}`);
    const units = unitsOf(party, instances);
    // The first start makes the root that the others copy.
    units.forEach((_, instance) => {
      party.make(instance);
    });
    run("systemctl", "daemon-reload");
    startFirst(units);
    settle(100);
    run("systemctl", "stop", ...units);
  });
  return parties;
}

// In a bed that has just booted, lxc-start sometimes says that the container aborts, without a reason, and then works
// the next time.
function startFirst(units: readonly string[], tries = 3): void {
  try {
    run("systemctl", "start", ...units);
  } catch (error) {
    if (tries === 1) throw error;
    startFirst(units, tries - 1);
  }
}

/** The units of `count` instances. */
export const unitsOf = (party: Party, instances: number): readonly string[] =>
  Array.from({ length: instances }, (_, instance) => party.unit(instance));

/**
 * Waits until the payload has set its trap, and until programs that exit by themselves, such as podman's cleanup, have
 * exited.
 */
export function settle(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
