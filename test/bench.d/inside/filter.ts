import { readFileSync } from "node:fs";
import type { Row } from "../results.ts";
import type { Sizes } from "../sizes.ts";
import { run, say } from "./command.ts";
import { takeTurns, timeCommand } from "./measure.ts";
import { execParty, execSandbox } from "./parties/ours.ts";

const program = "/usr/bin/true";

/** Measures what the loader and the system call filter of a sandbox add to each program that they start. */
export function measureFilter(sizes: Sizes): Row {
  say("filter: true alone and behind the filter");
  execParty.make(0);
  run("systemctl", "start", execParty.unit(0));
  run("systemctl", "stop", execParty.unit(0));
  const parties = [
    { party: "alone", command: [program] },
    { party: "behind the filter", command: [...readLoader(), program] },
  ];
  const series = takeTurns(
    sizes.starts * 10,
    parties.map(({ party, command }) => ({ party, measure: () => timeCommand(command) })),
  );
  return { name: "filter", title: "true(1)", measures: [{ name: "run", unit: "ms", series }], absent: {} };
}

/** Reads the first words of what libvirt starts: the loader and its program. */
function readLoader(): readonly string[] {
  const domain = readFileSync(`/var/lib/sandboxcontainer/${execSandbox}/start/domain.xml`, "utf8");
  const [, loader = "", filter = ""] = /<init>(.*?)<\/init>\s*<initarg>([\d ]+)<\/initarg>/.exec(domain) ?? [];
  return [loader, filter];
}
