import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Row } from "../results.ts";
import type { Sizes } from "../sizes.ts";
import { run, say } from "./command.ts";
import { absentParties, makeParties, settle, unitsOf } from "./idle-parties.ts";
import { takeTurns } from "./measure.ts";
import { execParty } from "./parties/ours.ts";
import type { Party } from "./parties/party.ts";
import { prefix } from "./places.ts";
import { readCommand, readShares } from "./pss.ts";

const confs = "/etc/sandboxcontainer";

/** Measures the memory that a container needs when it does nothing, and that sandboxes need when they do not run. */
export function measureMemory(sizes: Sizes): Row {
  const parties = makeParties(sizes.instances, sizes.weighed);
  const weighAll = (instances: number) =>
    takeTurns(
      Math.min(sizes.rounds, 3),
      parties.map((party) => ({ party: party.name, measure: () => weigh(party, instances) })),
    );
  return {
    name: "memory",
    title: "Memory (PSS), without the payload",
    measures: [
      ...[1, sizes.instances].slice(sizes.instances === 1 ? 1 : 0).map((instances) => ({
        name: instances === 1 ? "one alone" : `each of ${instances}`,
        unit: "MB" as const,
        series: weighAll(instances),
      })),
      { name: "libvirt's daemon, for all", unit: "MB", series: [{ party: execParty.name, values: [weighDaemon()] }] },
      {
        name: `each of ${sizes.defined} on demand, none runs`,
        unit: "MB",
        series: [{ party: execParty.name, values: [weighDefined(sizes.defined)] }],
      },
    ],
    absent: absentParties,
  };
}

// Measures all processes that exist because of the units, except those of the payload.
function weigh(party: Party, instances: number): number {
  const units = unitsOf(party, instances);
  // Otherwise the daemon would exit when idle, and count for the party that starts it.
  askDaemon();
  const before = readShares();
  run("systemctl", "reset-failed");
  run("systemctl", "start", ...units);
  settle(500);
  const added = [...readShares()].filter(([pid]) => !before.has(pid) && !isPayload(readCommand(pid)));
  run("systemctl", "stop", ...units);
  settle(200);
  return added.reduce((sum, [, share]) => sum + share, 0) / instances;
}

const isPayload = (command: string): boolean => /^(sleep infinity|(\S*\/)?sh -c trap) /.test(command);

const askDaemon = (): string => run("virsh", "--connect", "lxc:///system", "list");

function weighDaemon(): number {
  askDaemon();
  return [...readShares()].find(([pid]) => /\/(libvirtd|virtlxcd) /.test(readCommand(pid)))?.[1] ?? NaN;
}

// systemd itself keeps them and their sockets.
function weighDefined(count: number): number {
  say(`memory: ${count} sandboxes on demand`);
  const manager = (): number => readShares().get("1") ?? NaN;
  const before = manager();
  mkdirSync(confs, { recursive: true });
  const sockets = Array.from({ length: count }, (_, index) => {
    const name = `${prefix}defined${index}`;
    const text = `[Sandbox]\nExec=/usr/bin/sleep infinity\n\n[Network]\nPublish=${20000 + index}:80\nOnDemand=yes\n`;
    writeFileSync(join(confs, `${name}.conf`), text);
    return `sandbox-${name}-${20000 + index}.socket`;
  });
  run("systemctl", "daemon-reload");
  run("systemctl", "start", ...sockets);
  const after = manager();
  run("systemctl", "stop", ...sockets);
  return (after - before) / count;
}
