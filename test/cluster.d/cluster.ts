import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Bed, useBed } from "../bed-tests/bed.ts";
import { installPackage } from "../bed-tests/demo-package.ts";

/** A node of the cluster: its name, such as n1, its address, and its bed. */
export interface Node {
  readonly name: string;
  readonly address: string;
  readonly bed: Bed;
}

export interface Cluster {
  readonly nodes: readonly Node[];
  /** The shared disk, such as `/dev/loop0`. */
  readonly disk: string;
}

export const sharedAddress = "10.77.0.100";
export const mountPoint = "/srv/disk";
/** Where the witness writes on the disk. */
export const dataFolder = `${mountPoint}/data`;

/** How a sandbox and its data come to the other node. */
export type Design = "data" | "state" | "address";

export const openCluster = (count: number, disk: string): Cluster => ({
  disk,
  nodes: Array.from({ length: count }, (_, index) => {
    const name = `n${index + 1}`;
    return { name, address: `10.77.0.${index + 1}`, bed: useBed(`native-${name}`) };
  }),
});

export const sh = (node: Node, script: string): Promise<string> => node.bed.run("sh", "-ec", script);

const write = 'mkdir -p "${0%/*}"; cat >"$0"; chmod "$1" "$0"';

async function put(node: Node, path: string, text: string, mode = "0644"): Promise<void> {
  const { status, stderr } = await node.bed.feed(text, "sh", "-ec", write, path, mode);
  assert.equal(status, 0, stderr);
}

/** Installs Corosync, Pacemaker's key, the fence agent and the witness on every node, and starts the cluster. */
export async function startCluster({ nodes }: Cluster): Promise<void> {
  const here = import.meta.dirname;
  const key = randomBytes(128).toString("base64");
  await Promise.all(
    nodes.map(async (node) => {
      await sh(
        node,
        `hostnamectl hostname ${node.name} 2>/dev/null || hostname ${node.name}; echo ${node.name} >/etc/hostname`,
      );
      const hosts = nodes.map(({ name, address }) => `${address} ${name}\n`).join("");
      await put(node, "/etc/hosts", `127.0.0.1 localhost\n${hosts}`);
      await put(node, "/etc/corosync/corosync.conf", renderCorosync(nodes));
      await put(node, "/etc/corosync/authkey", key, "0400");
      await put(node, "/etc/pacemaker/authkey", key, "0640");
      await sh(node, "chown -R hacluster:haclient /etc/pacemaker");
      await put(node, "/usr/sbin/fence_bed", readFileSync(join(here, "fence_bed"), "utf8"), "0755");
      await installPackage(node.bed, "witness", "1", {
        "/usr/lib/witness/witness.py": readFileSync(join(here, "witness.py"), "utf8"),
        "/usr/lib/systemd/system/witness.service":
          "[Unit]\nDescription=Witness\n[Service]\nExecStart=/usr/bin/python3 /usr/lib/witness/witness.py\n[Install]\nWantedBy=multi-user.target\n",
      });
      await sh(node, "systemctl disable --now witness; systemctl enable corosync pacemaker");
      await sh(node, "systemctl start corosync pacemaker");
    }),
  );
}

function renderCorosync(nodes: readonly Node[]): string {
  // These are part of the time that a death of a node costs. corosync.conf(5) calls a consensus below the token safe for two
  // nodes, and only for them. For each further node the token would be longer by token_coefficient.
  const timeouts = nodes.length === 2 ? "  consensus: 500\n" : "  token_coefficient: 0\n";
  const list = nodes.map(
    ({ name, address }, index) =>
      `  node {\n    ring0_addr: ${address}\n    name: ${name}\n    nodeid: ${index + 1}\n  }\n`,
  );
  return `totem {
  version: 2
  cluster_name: beds
  transport: knet
  crypto_cipher: aes256
  crypto_hash: sha256
  token: 800
${timeouts}}
quorum {
  provider: corosync_votequorum
${nodes.length === 2 ? "  two_node: 1\n" : ""}}
nodelist {
${list.join("")}}
logging {
  to_syslog: yes
}
`;
}

/** Waits until a condition holds, or throws after this many seconds. */
export async function until(what: string, seconds: number, holds: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + seconds * 1000;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`${what}: not within ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/**
 * Waits until Pacemaker has nothing left to do. On a busy machine the end of an operation is sometimes never recorded, though
 * each has a timeout. crm_resource(8) then waits for an hour; here Pacemaker looks at its resources again after a minute.
 */
export const awaitIdle = (node: Node): Promise<string> =>
  sh(
    node,
    `crm_resource --wait --timeout=60s && exit
    cibadmin --query --xpath "//lrm_rsc_op[@rc-code='193']" >&2
    crm_resource --refresh
    crm_resource --wait --timeout=120s || { crm_mon --one-shot >&2; exit 1; }`,
  );

/** Whether all nodes are online for this node. */
export async function areOnline(node: Node, names: readonly string[]): Promise<boolean> {
  const { stdout } = await node.bed.try("crm_mon", "--one-shot", "--output-as=xml", "--include=nodes");
  return names.every((name) => new RegExp(`<node name="${name}"[^>]* online="true"[^>]* pending="false"`).test(stdout));
}

/** The nodes on which a resource runs, as Pacemaker believes. */
export async function locate(node: Node, resource: string): Promise<readonly string[]> {
  const { stdout } = await node.bed.try("crm_resource", "--resource", resource, "--locate", "--quiet");
  return stdout.split("\n").filter(Boolean);
}

const check = `bash -c 'exec 3<>/dev/tcp/127.0.0.1/80; printf "GET /check HTTP/1.0\\r\\n\\r\\n" >&3; timeout 2 head -n 1 <&3' | grep -q 200`;

/** Makes web1 on every node, and the resources of the cluster. `agent` is the class that runs the sandbox. */
export async function makeResources(cluster: Cluster, design: Design, agent: "ocf" | "systemd"): Promise<void> {
  const [first, ...others] = cluster.nodes;
  assert.ok(first);
  const state = "/var/lib/sandboxcontainer/web1";
  const folder = design === "state" ? state : mountPoint;
  await sh(
    first,
    `mkfs.ext4 -qF ${cluster.disk}; mkdir -p ${mountPoint}; mount ${cluster.disk} ${mountPoint}
    chmod 0700 ${mountPoint}; mkdir ${dataFolder}; umount ${mountPoint}`,
  );
  const network = design === "address" ? `--network source=bridge:net0,address=${sharedAddress}/24` : "--publish 80:80";
  const data = design === "state" ? "" : `Mount=host-bind:/srv=${dataFolder}\n`;
  const needs = `[Sandbox]\n${data}[Unit]\nAssertPathIsMountPoint=${folder}\n[Service]\nTimeoutStopSec=30\n`;
  const writeNeeds = async (node: Node): Promise<void> => {
    await put(node, "/etc/sandboxcontainer/web1.conf.d/cluster.conf", needs);
    await sh(node, `mkdir -p ${folder}; systemctl daemon-reload`);
  };
  await sh(first, `sandboxcontainer create web1 --unit witness.service ${network}; touch ${state}/root/var/lib/mark`);
  if (design !== "state") {
    await writeNeeds(first);
    const archive = `${mountPoint}/web1.tar.zst`;
    const withDisk = (work: string): string => `mount ${cluster.disk} ${mountPoint}; ${work}; umount ${mountPoint}`;
    await sh(first, withDisk(`sandboxcontainer export web1 ${archive}`));
    for (const node of others)
      await sh(node, `mkdir -p ${mountPoint}; ${withDisk(`sandboxcontainer import ${archive}`)}`);
  }
  if (design === "state") {
    // As sandboxcontainer-cluster(7) describes it.
    await sh(
      first,
      `mount ${cluster.disk} ${mountPoint}; cp -a ${state}/. ${mountPoint}/; umount ${mountPoint}; rm -rf ${state}`,
    );
    const conf = await first.bed.run("cat", "/etc/sandboxcontainer/web1.conf");
    for (const node of others) await put(node, "/etc/sandboxcontainer/web1.conf", `${conf}\n`);
    for (const node of cluster.nodes) await writeNeeds(node);
  }
  const type = agent === "ocf" ? "ocf:sandboxcontainer:sandbox name=web1" : "systemd:sandbox@web1";
  const monitor =
    agent === "ocf"
      ? `check='${check.replaceAll("'", `'"'"'`)}' op monitor interval=2s op monitor interval=5s timeout=10s OCF_CHECK_LEVEL=10`
      : "op monitor interval=2s";
  const address = `pcs resource create address ocf:heartbeat:IPaddr2 ip=${sharedAddress} cidr_netmask=24 nic=net0 op monitor interval=10s --group web`;
  await sh(
    first,
    `pcs property set stonith-enabled=true priority-fencing-delay=${cluster.nodes.length === 2 ? "1s" : "0s"}
    pcs resource defaults update resource-stickiness=100 priority=1
    pcs stonith create power fence_bed pcmk_host_list="${cluster.nodes.map(({ name }) => name).join(" ")}" op monitor interval=60s
    pcs resource create disk ocf:heartbeat:Filesystem device=${cluster.disk} directory=${folder} fstype=ext4 op monitor interval=10s --group web
    ${design === "address" ? "" : address}
    pcs resource create web1 ${type} ${monitor} op stop timeout=180s --group web`,
  );
}

/** Lets ocf-tester(8) try the agent. */
export const testAgent = (node: Node): Promise<string> =>
  sh(
    node,
    `sandboxcontainer create tested --unit cron.service
    ocf-tester -n tested -o name=tested -o check=true /usr/lib/ocf/resource.d/sandboxcontainer/sandbox
    sandboxcontainer delete --force tested`,
  );
