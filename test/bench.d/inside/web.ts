import type { Row } from "../results.ts";
import type { Sizes } from "../sizes.ts";
import { run, say } from "./command.ts";
import { settle } from "./idle-parties.ts";
import { takeTurns, timeCommand } from "./measure.ts";
import { type WebParty, webParties } from "./parties/web.ts";

// Any answer ends the measurement.
const probe = `until exec 3<>"/dev/tcp/127.0.0.1/$1" && printf 'HEAD / HTTP/1.0\\r\\n\\r\\n' >&3 && read -r -t 5 -N 4 <&3; do
  sleep 0.003
done 2>/dev/null`;

/** Measures how long a start of apache2 takes until its port answers. */
export function measureWeb(sizes: Sizes): Row {
  webParties.forEach((party) => {
    say(`web: ${party.name}`);
    party.make();
  });
  run("systemctl", "daemon-reload");
  say(`web: ${sizes.rounds} rounds`);
  const series = takeTurns(
    sizes.rounds,
    webParties.map((party) => ({
      party: party.name,
      measure: () => {
        const took = timeCommand(untilAnswer(party));
        run("systemctl", "stop", party.unit);
        settle(300);
        return took;
      },
    })),
  );
  return {
    name: "web",
    title: "systemctl start of apache2, until its port answers",
    measures: [{ name: "answer", unit: "ms", series }],
    absent: { LXC: "it needs a cgroup of version 2 for systemd as its init" },
  };
}

function untilAnswer({ unit, port, namespace }: WebParty): readonly string[] {
  const ask = ["timeout", "60", "bash", "-c", probe, "-", String(port)];
  const there = namespace === undefined ? ask : ["nsenter", `--net=${namespace}`, ...ask];
  return ["sh", "-c", 'systemctl start "$1" && shift && exec "$@"', "-", unit, ...there];
}
