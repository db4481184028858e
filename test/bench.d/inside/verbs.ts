import type { Measure, Row } from "../results.ts";
import type { Sizes } from "../sizes.ts";
import { run, say } from "./command.ts";
import { makeParties, settle, unitsOf } from "./idle-parties.ts";
import { takeTurns, timeCommand } from "./measure.ts";
import { execParty, execSandbox } from "./parties/ours.ts";
import { quadletParty } from "./parties/quadlet.ts";
import { prefix } from "./places.ts";

const party = "sandboxcontainer";
const ours = (...words: readonly string[]) => ({ party, command: [party, ...words] });

/** Measures the verbs that a person waits for, beside what others have for the same, while sandboxes run. */
export function measureVerbs(sizes: Sizes): Row {
  const count = sizes.instances;
  makeParties(count, "few");
  run("systemctl", "start", ...unitsOf(execParty, count), quadletParty.unit(0));
  settle(100);
  const virshList = { party: "virsh", command: ["virsh", "--connect", "lxc:///system", "list"] };
  const podmanExec = { party: "podman", command: ["podman", "exec", `systemd-${prefix}quadlet0`, "true"] };
  const measures = [
    measure("version", ours("--version")),
    measure(`list of ${count}`, ours("list"), virshList),
    measure("execute", ours("execute", execSandbox, "--", "true"), podmanExec),
    measure("diff", ours("diff", execSandbox)),
    measure("why, of nothing", ours("why", execSandbox, "/etc/nothing")),
    measure("completion of a name", ours("complete", "--", "show", "")),
    measure("completion of a unit", ours("complete", "--", "create", "new", "--unit", "")),
    measure(`upgrade of ${count}, dry`, ours("upgrade", "--all", "--dry-run")),
  ];
  run("systemctl", "stop", ...unitsOf(execParty, count), quadletParty.unit(0));
  return { name: "verbs", title: "Verbs of the command", measures, absent: {} };

  function measure(name: string, ...sides: readonly { party: string; command: readonly string[] }[]): Measure {
    say(`verbs: ${name}`);
    const turns = sides.map((side) => ({ party: side.party, measure: () => timeCommand(side.command) }));
    return { name, unit: "ms", series: takeTurns(sizes.rounds, turns) };
  }
}
