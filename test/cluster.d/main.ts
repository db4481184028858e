import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { startClient } from "./client.ts";
import {
  areOnline,
  awaitIdle,
  type Cluster,
  type Design,
  locate,
  makeResources,
  openCluster,
  sh,
  sharedAddress,
  startCluster,
  testAgent,
  until,
} from "./cluster.ts";
import { makeLook } from "./look.ts";
import { startPower } from "./power.ts";
import { scenarios, type Stage } from "./scenarios.ts";

// test/cluster runs this in the network of the switch, when the beds are up.
const help = `test/cluster [OPTION…] [SCENARIO…]: breaks a real cluster of native beds in many ways. Prints a line with tabs
for each: design, agent, scenario, the longest time without an answer in ms, and what was wrong. Exit status 0: nothing.
The nodes' journals of what went wrong or took very long are in build/cluster/.
  --nodes 2|3             how many nodes (2)
  --design data|state|address
                          where the sandbox and its data are; see sandboxcontainer-cluster(7) (data)
  --agent ocf|systemd     what runs the sandbox: our agent, or Pacemaker's for units (ocf)
  --times N               runs each scenario N times (1)
  --random N              instead runs N scenarios drawn at random
  --seed S                the seed of that (the time)
  --keep                  leaves the beds up
Scenarios: ${Object.keys(scenarios).join(", ")}
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    help: { type: "boolean" },
    nodes: { type: "string", default: "2" },
    disk: { type: "string", default: "" },
    design: { type: "string", default: "data" },
    agent: { type: "string", default: "ocf" },
    times: { type: "string", default: "1" },
    random: { type: "string" },
    seed: { type: "string", default: String(Date.now()) },
  },
});

/** Milliseconds. */
const veryLong = 15_000;

if (values.help === true) process.stdout.write(help);
else await main();

async function main(): Promise<void> {
  const { design, agent } = values;
  assert.ok(design === "data" || design === "state" || design === "address", `--design ${design}`);
  assert.ok(agent === "ocf" || agent === "systemd", `--agent ${agent}`);
  const cluster = openCluster(Number(values.nodes), values.disk);
  await using power = await startPower();
  const [first] = cluster.nodes;
  assert.ok(first);
  await startCluster(cluster);
  if (agent === "ocf") await testAgent(first);
  const names = cluster.nodes.map(({ name }) => name);
  await until("all nodes are online", 60, () => areOnline(first, names));
  await makeResources(cluster, design, agent);
  const client = startClient(sharedAddress);
  await client.answered(60_000);
  let wrong = 0;
  for (const name of chooseScenarios(cluster)) {
    const scenario = scenarios[name];
    if (scenario === undefined) throw new Error(`there is no scenario ${name}`);
    const look = makeLook(cluster, client, design);
    const stage: Stage = { cluster, power, client, active: await findActive(cluster) };
    const began = performance.now();
    const errors: string[] = [];
    try {
      await scenario(stage);
    } catch (error) {
      errors.push(String(error));
    }
    const outage = client.outageSince(began);
    await settle(stage).catch((error: unknown) => errors.push(String(error)));
    errors.push(...(await look()));
    wrong += errors.length;
    if (errors.length > 0 || outage > veryLong) await keepJournals(cluster, name);
    process.stdout.write(`${[design, agent, name, Math.round(outage), errors.join("; ") || "-"].join("\t")}\n`);
  }
  client.stop();
  process.exitCode = wrong === 0 ? 0 : 1;
}

/** Writes what Corosync, Pacemaker and the sandbox have said in the last minutes into a file for each node. */
async function keepJournals({ nodes }: Cluster, scenario: string): Promise<void> {
  const words =
    "-u corosync -u pacemaker -u sandbox@web1 -u sandbox-root@web1 -t systemd -o short-precise --since=-5min";
  const folder = `build/cluster/${scenario}-${new Date().toISOString().slice(0, 19).replaceAll(":", "")}`;
  await mkdir(folder, { recursive: true });
  for (const { name, bed } of nodes) {
    const { stdout } = await bed.try("journalctl", "--no-pager", ...words.split(" "));
    // Pacemaker tells the journal only what is important.
    const log = await bed.try("tail", "--lines=5000", "/var/log/pacemaker/pacemaker.log");
    await writeFile(`${folder}/${name}`, `${stdout}\n${log.stdout}`);
  }
}

function chooseScenarios({ nodes }: Cluster): readonly string[] {
  const possible = Object.keys(scenarios).filter(
    (name) => (nodes.length > 2 || name !== "quorum-lost") && (values.agent === "ocf" || name !== "parameter-changed"),
  );
  if (values.random === undefined) {
    const names = positionals.length > 0 ? positionals : possible;
    return names.flatMap((name) => Array.from({ length: Number(values.times) }, () => name));
  }
  process.stdout.write(`seed ${values.seed}\n`);
  // A linear congruential generator is enough to draw by, and can be repeated.
  let state = Number(values.seed) >>> 0;
  return Array.from({ length: Number(values.random) }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return possible[state % possible.length] ?? "";
  });
}

async function findActive({ nodes }: Cluster): Promise<Stage["active"]> {
  const [any] = nodes;
  assert.ok(any);
  const [name] = await locate(any, "web1");
  const active = nodes.find((node) => node.name === name);
  assert.ok(active, "web1 runs nowhere");
  return active;
}

/** Makes all nodes and resources whole again, for the next scenario. */
async function settle({ cluster, power, client }: Stage): Promise<void> {
  power.refused.clear();
  const [first] = cluster.nodes;
  assert.ok(first);
  for (const { name } of cluster.nodes) await power.on(name);
  const names = cluster.nodes.map(({ name }) => name);
  await until("all nodes are back", 120, () => areOnline(first, names));
  await sh(first, "crm_resource --clear --resource web");
  await awaitIdle(first);
  // A cleanup lets Pacemaker forget with which parameters something was started, and so how it may be changed.
  if (/^ {2}\*/m.test(await sh(first, "crm_mon --one-shot --include=failures"))) {
    await sh(first, "crm_resource --cleanup");
    await awaitIdle(first);
    await sh(first, "crm_resource --restart --resource web1 --timeout=120s");
    await awaitIdle(first);
  }
  await client.answered(60_000);
}

export type { Design };
