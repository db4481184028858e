import type { Measure, Row } from "../results.ts";
import type { Sizes } from "../sizes.ts";
import { run, say } from "./command.ts";
import { takeTurns, timeCommand } from "./measure.ts";
import { lxcParty } from "./parties/lxc.ts";
import { nspawnParty } from "./parties/nspawn.ts";
import { execParty, unitParty } from "./parties/ours.ts";
import { plainParty } from "./parties/plain.ts";
import { quadletParty } from "./parties/quadlet.ts";
import { virshParty } from "./parties/virsh.ts";

// The plain unit is what one sandbox is made of, and another sandbox what the roots of the rest are copied from.
const all = [plainParty, execParty, unitParty, virshParty, quadletParty, nspawnParty, lxcParty];

/** How long systemctl takes with an idle payload. */
export function measureStartStop(sizes: Sizes): Row {
  const parties = all.filter(({ absent }) => absent === undefined);
  parties.forEach((party) => {
    say(`start: ${party.name}`);
    party.make();
    // Makes the root of a sandbox, which the next one copies.
    run("systemctl", "daemon-reload");
    cycle(party.unit);
  });
  const turns = (verb: string, before: string) =>
    takeTurns(
      sizes.rounds,
      parties.map(({ name, unit }) => ({
        party: name,
        before: () => {
          run("systemctl", before, unit);
          settle();
        },
        measure: () => timeCommand(["systemctl", verb, unit]),
      })),
    );
  const measures: Measure[] = [];
  for (const [verb, before] of [
    ["start", "stop"],
    ["restart", "start"],
    ["stop", "start"],
  ] as const) {
    say(`start: systemctl ${verb}, ${sizes.rounds} rounds`);
    measures.push({ name: verb, unit: "ms", series: turns(verb, before) });
  }
  return {
    name: "start",
    title: "systemctl, of an idle payload",
    measures,
    absent: Object.fromEntries(all.flatMap(({ name, absent }) => (absent === undefined ? [] : [[name, absent]]))),
  };
}

function cycle(unit: string): void {
  run("systemctl", "start", unit);
  settle();
  run("systemctl", "stop", unit);
}

// The payload sets its trap, and what ends on its own, as podman's cleanup, ends.
function settle(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
}
