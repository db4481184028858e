import type { Measure, Row, Series } from "../results.ts";
import type { Sizes } from "../sizes.ts";
import { run, say } from "./command.ts";
import { absentParties, makeParties, settle } from "./idle-parties.ts";
import { takeTurns, timeCommand } from "./measure.ts";

const verbs = [
  { verb: "start", before: "stop" },
  { verb: "restart", before: "start" },
  { verb: "stop", before: "start" },
];

/** Measures how long systemctl takes with an idle payload. */
export function measureStartStop(sizes: Sizes): Row {
  const parties = makeParties(1, "all");
  const measureVerb = (verb: string, before: string): readonly Series[] => {
    say(`start: systemctl ${verb}`);
    return takeTurns(
      sizes.starts,
      parties.map((party) => ({
        party: party.name,
        before: () => {
          // This also resets the count of starts (systemd.unit(5), StartLimitBurst=).
          run("systemctl", "reset-failed");
          run("systemctl", before, party.unit(0));
          // systemctl does not wait for all work of a stop. The faster a stop is, the more work is left (cleanup_net in
          // the kernel).
          settle(300);
        },
        measure: () => timeCommand(["systemctl", verb, party.unit(0)]),
      })),
    );
  };
  const measures: readonly Measure[] = verbs.map(({ verb, before }) => ({
    name: verb,
    unit: "ms",
    series: measureVerb(verb, before),
  }));
  return { name: "start", title: "systemctl with an idle payload", measures, absent: absentParties };
}
