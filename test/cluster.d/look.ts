import type { Client } from "./client.ts";
import { type Cluster, type Design, dataFolder, locate, type Node, sh } from "./cluster.ts";

/**
 * Returns a function that says what went wrong meanwhile: two that ran at once, a wrong root, data that was acknowledged and
 * is not there, something left on a node where the sandbox does not run.
 */
export function makeLook(cluster: Cluster, client: Client, design: Design): () => Promise<readonly string[]> {
  const before = client.answers.length;
  return async () => {
    const [any] = cluster.nodes;
    const holders = any === undefined ? [] : await locate(any, "web1");
    const active = cluster.nodes.find(({ name }) => name === holders[0]);
    if (active === undefined || holders.length !== 1) return [`web1 runs on ${holders.join(" and ") || "no node"}`];
    const answered = client.answers.slice(before);
    const folder = design === "state" ? "/var/lib/sandboxcontainer/web1/root/srv" : dataFolder;
    const errors = [...findTwo(await sh(active, `cat ${folder}/beats`))];
    const stored = new Set((await sh(active, `cat ${folder}/answers`)).split("\n").map(Number));
    const lost = answered.filter(({ number }) => !stored.has(number));
    if (lost.length > 0) errors.push(`${lost.length} acknowledged requests are not on the disk`);
    if (client.answers.some(({ isMarked }) => !isMarked)) errors.push("it ran in another root");
    for (const node of cluster.nodes) if (node !== active) errors.push(...(await findRest(node)));
    return errors;
  };
}

/** Finds lines of one instance after those of another that began later. */
export function findTwo(beats: string): readonly string[] {
  const ended = new Set<string>();
  let current = "";
  for (const line of beats.split("\n").filter(Boolean)) {
    if (line === current) continue;
    if (ended.has(line)) return [`two ran at once: ${current} and ${line}`];
    ended.add(current);
    current = line;
  }
  return [];
}

/** Lists what the sandbox has left on a node where it does not run, and what it took along that others need. */
async function findRest(node: Node): Promise<readonly string[]> {
  const rest = await sh(
    node,
    `pgrep -af '[l]ibvirt_lxc.*web1' || true
    findmnt --raw --noheadings --output TARGET | grep -E 'web1|/srv/disk' || true
    ss -Hltn 'sport = :80' | awk '{ print "listens at " $4 }'
    ls -d /run/sandboxcontainer/web1 2>/dev/null || true
    ip -o address show net0 | grep -oF '10.77.0.100/24' || true
    systemctl is-active --quiet libvirtd.socket || echo 'libvirtd without its socket'`,
  );
  return rest === "" ? [] : [`left on ${node.name}: ${rest.split("\n").join(", ")}`];
}
