import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Client } from "./client.ts";
import { areOnline, awaitIdle, type Cluster, locate, type Node, sh, until } from "./cluster.ts";
import type { Power } from "./power.ts";

/** What a scenario acts on. */
export interface Stage {
  readonly cluster: Cluster;
  readonly power: Power;
  readonly client: Client;
  /** The node on which the sandbox runs. */
  readonly active: Node;
}

const execute = promisify(execFile);

type Scenario = (stage: Stage) => Promise<void>;

const others = ({ cluster, active }: Stage): readonly Node[] => cluster.nodes.filter((node) => node !== active);
const other = (stage: Stage): Node => {
  const [node] = others(stage);
  assert.ok(node);
  return node;
};

/** Waits until another instance of the service answers. */
async function awaitAnother({ client }: Stage, instance: string | undefined, seconds: number): Promise<void> {
  await until("another instance answers", seconds, () => Promise.resolve(client.answers.at(-1)?.instance !== instance));
}

const instanceOf = ({ client }: Stage): string | undefined => client.answers.at(-1)?.instance;

/** Sends a signal to the witness inside the sandbox. */
const signal = (node: Node, name: string): Promise<string> => sh(node, `pkill -${name} -f "[w]itness.py"`);

const script = join(import.meta.dirname, "../bed");
const cutLink = ({ active }: Stage): Promise<unknown> => execute(script, ["cut-link", `native-${active.name}`]);

export const scenarios: Readonly<Record<string, Scenario>> = {
  /** An administrator moves it. */
  async move(stage) {
    const before = instanceOf(stage);
    await sh(stage.active, `crm_resource --resource web --move --node ${other(stage).name}`);
    await awaitAnother(stage, before, 60);
  },
  /** The node loses power. */
  async "node-killed"(stage) {
    const before = instanceOf(stage);
    await stage.power.off(stage.active.name);
    await awaitAnother(stage, before, 60);
  },
  /** The node loses its network, so it still runs and has to be fenced. */
  async "link-cut"(stage) {
    const before = instanceOf(stage);
    await cutLink(stage);
    await awaitAnother(stage, before, 60);
    assert.ok(stage.power.asked.length > 0, "nobody was fenced");
  },
  /** The service dies. */
  async "service-killed"(stage) {
    const before = instanceOf(stage);
    // At any moment between two monitors: right after the start that went before, each would wait equally long.
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 2000));
    await signal(stage.active, "KILL");
    await awaitAnother(stage, before, 60);
  },
  /** The service still runs, but does not answer. */
  async "service-hung"(stage) {
    const before = instanceOf(stage);
    await signal(stage.active, "STOP");
    await awaitAnother(stage, before, 90);
  },
  /** Somebody has the port on the node to which it moves, so it has to come back. */
  async "start-failed"(stage) {
    const target = other(stage);
    await sh(target, "systemd-run --quiet --unit=squatter python3 -m http.server 80");
    try {
      await until("the port is taken", 10, async () => (await sh(target, "ss -Hltn 'sport = :80'")) !== "");
      await sh(stage.active, `crm_resource --resource web --move --node ${target.name}`);
      await until("it is back", 90, async () => (await locate(stage.active, "web1")).includes(stage.active.name));
      await stage.client.answered(60_000);
    } finally {
      await sh(target, "systemctl stop squatter");
    }
  },
  /** The service does not end when it is asked to. */
  async "stop-hung"(stage) {
    const before = instanceOf(stage);
    await signal(stage.active, "STOP");
    await sh(stage.active, `crm_resource --resource web --move --node ${other(stage).name}`);
    await awaitAnother(stage, before, 240);
  },
  /** The node loses its network, and its power supply does not switch it off: then nobody may start it elsewhere. */
  async "fencing-refused"(stage) {
    for (const { name } of stage.cluster.nodes) stage.power.refused.add(name);
    const before = instanceOf(stage);
    await cutLink(stage);
    await new Promise((resolve) => setTimeout(resolve, 15_000));
    assert.equal(instanceOf(stage), before, "it was started elsewhere without fencing");
    stage.power.refused.clear();
    await awaitAnother(stage, before, 120);
  },
  /** Two of three nodes lose power: the third has no quorum, and must stop it. */
  async "quorum-lost"(stage) {
    for (const { name } of others(stage)) stage.power.refused.add(name);
    await Promise.all(others(stage).map(({ name }) => stage.power.off(name)));
    await until(
      "it is stopped",
      60,
      async () => (await stage.active.bed.try("systemctl", "is-active", "--quiet", "sandbox@web1")).status !== 0,
    );
  },
  /** The administrator stops the cluster on the node. */
  async "cluster-stopped"(stage) {
    const before = instanceOf(stage);
    await sh(stage.active, "systemctl stop pacemaker");
    await awaitAnother(stage, before, 60);
    await sh(stage.active, "systemctl start pacemaker");
  },
  /** A parameter of the agent changes: that needs no restart. */
  async "parameter-changed"(stage) {
    const before = instanceOf(stage);
    await sh(stage.active, "pcs resource update web1 host_check=true");
    await awaitIdle(stage.active);
    await stage.client.answered(10_000);
    assert.equal(instanceOf(stage), before, "it was restarted");
    await sh(stage.active, "pcs resource update web1 host_check=");
    await awaitIdle(stage.active);
  },
  /** The node reboots as usual. */
  async reboot(stage) {
    const before = instanceOf(stage);
    const asked = stage.power.asked.length;
    await stage.active.bed.reboot();
    await awaitAnother(stage, before, 60);
    assert.equal(stage.power.asked.length, asked, "a clean reboot was fenced");
    await until("it is back", 60, () => areOnline(stage.active, [stage.active.name]));
  },
};
