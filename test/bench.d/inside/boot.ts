import { appendFileSync, cpSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { run, say } from "./command.ts";
import { settle, unitsOf } from "./idle-parties.ts";
import { execParty, portsParty } from "./parties/ours.ts";
import type { Party } from "./parties/party.ts";
import { quadletParty, quadletPortsParty } from "./parties/quadlet.ts";
import { prefix, work } from "./places.ts";

interface Starter {
  readonly party: Party;
  /** The folder in which systemd's generators look for it. */
  readonly folder: string;
  readonly suffix: string;
}

const ours = { folder: "/etc/sandboxcontainer", suffix: ".conf" } as const;
const quadlet = { folder: "/etc/containers/systemd", suffix: ".container" } as const;
const starters: readonly Starter[] = [
  { party: execParty, ...ours },
  { party: quadletParty, ...quadlet },
  { party: portsParty, ...ours },
  { party: quadletPortsParty, ...quadlet },
];
const kept = ({ party }: Starter): string => join(work, "boot", party.name);

/** Makes `count` units of each party that a boot starts, and puts them aside. */
export function makeBoots(count: number): void {
  for (const starter of starters) {
    const { party, folder } = starter;
    say(`boot: making ${count} of ${party.name}`);
    const units = unitsOf(party, count);
    units.forEach((_, instance) => {
      party.make(instance);
    });
    run("systemctl", "daemon-reload");
    run("systemctl", "start", ...units);
    settle(200);
    run("systemctl", "stop", ...units);
    mkdirSync(kept(starter), { recursive: true });
    for (const file of filesOf(starter)) {
      appendFileSync(join(folder, file), "\n[Install]\nWantedBy=multi-user.target\n");
      renameSync(join(folder, file), join(kept(starter), file));
    }
  }
}

/** Makes the next boot start the units of one party, or of none. */
export function chooseBoot(name: string): void {
  for (const starter of starters) for (const file of filesOf(starter)) rmSync(join(starter.folder, file));
  const chosen = starters.find(({ party }) => party.name === name);
  if (chosen !== undefined) cpSync(kept(chosen), chosen.folder, { recursive: true });
}

const filesOf = ({ folder, suffix }: Starter): readonly string[] =>
  readdirSync(folder).filter((name) => name.startsWith(prefix) && name.endsWith(suffix));

/**
 * The milliseconds that systemd took to multi-user.target at the last boot. Checks that the boot started what was
 * chosen.
 */
export function readBoot(name: string, count: number): number {
  const starter = starters.find(({ party }) => party.name === name);
  if (starter !== undefined) run("systemctl", "is-active", ...unitsOf(starter.party, count));
  const read = (property: string, ...unit: readonly string[]): number =>
    Number(run("systemctl", "show", "--value", `--property=${property}`, ...unit));
  const reached = read("ActiveEnterTimestampMonotonic", "multi-user.target");
  return (reached - read("UserspaceTimestampMonotonic")) / 1000;
}
