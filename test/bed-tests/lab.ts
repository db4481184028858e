import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { type Bed, eventually } from "./bed.ts";

/** A libvirt network with DHCP, DNS and IPv6: the host is 192.168.177.1 and fd77::1. */
const network = `<network><name>lab</name><forward mode='nat'/><bridge name='virbr-lab' stp='off' delay='0'/>
  <domain name='lab' localOnly='yes'/>
  <ip address='192.168.177.1' netmask='255.255.255.0'><dhcp><range start='192.168.177.10' end='192.168.177.99'/></dhcp></ip>
  <ip family='ipv6' address='fd77::1' prefix='64'/></network>`;

/** Defines the network `lab`, which stays down. */
export async function defineLab(bed: Bed): Promise<void> {
  await bed.feed(network, "sh", "-c", "cat > /root/lab.xml");
  await bed.run("virsh", "-q", "-c", "lxc:///system", "net-define", "/root/lab.xml");
}

export async function removeLab(bed: Bed): Promise<void> {
  for (const verb of ["net-destroy", "net-undefine"]) await bed.try("virsh", "-c", "lxc:///system", verb, "lab");
}

interface Lab {
  /** Defines the network for one test. After the test, it deletes these sandboxes and removes the network. */
  readonly makeLab: (t: TestContext, ...names: readonly string[]) => Promise<void>;
  /** Writes a conf with these settings of [Network], and starts the sandbox, or starts it again. */
  readonly startSandbox: (name: string, network: string) => Promise<void>;
  /** The first address of a running sandbox, or an empty text. */
  readonly addressOf: (name: string) => Promise<string>;
  /** The process on the host that is PID 1 inside. */
  readonly initPidOf: (name: string) => Promise<number>;
}

/** Makes the network `lab` for each test, so that no lease of an earlier test is left in it. */
export function useLab(bed: Bed): Lab {
  const show = async (name: string): Promise<{ addresses: string[]; initPid: number }> =>
    JSON.parse(await bed.run("sandboxcontainer", "show", "--json", name)) as { addresses: string[]; initPid: number };
  return {
    async makeLab(t, ...names) {
      t.after(async () => {
        for (const name of names) await bed.try("sandboxcontainer", "delete", "--force", name);
        await removeLab(bed);
      });
      await defineLab(bed);
    },
    async startSandbox(name, network) {
      const conf = `[Sandbox]\nExec=/usr/bin/sleep infinity\n[Network]\n${network}\n`;
      assert.equal((await bed.feed(conf, "sh", "-c", `cat > /etc/sandboxcontainer/${name}.conf`)).status, 0);
      await bed.run("systemctl", "daemon-reload");
      await bed.run("systemctl", "restart", `sandbox@${name}`);
    },
    addressOf: async (name) => (await show(name)).addresses[0] ?? "",
    initPidOf: async (name) => (await show(name)).initPid,
  };
}

// Sends broadcasts, because an answer of another sandbox to the host would not be a forgery.
const send = `import socket,struct,sys
host,mac,mine,theirs=sys.argv[1:]
mac=bytes.fromhex(mac.replace(':','')); other=b'\\x02\\0\\0\\0\\0\\x99'; up=b'\\xff'*6
s=socket.socket(socket.AF_PACKET,socket.SOCK_RAW); s.bind(('eth0',0))
a=socket.inet_aton
def udp(src,smac,sport,dport,text):
    u=struct.pack('>4H',sport,dport,8+len(text),0)+text
    h=struct.pack('>2B3H2BH',69,0,20+len(u),0,0,64,17,0)+a(src)+a(host)
    c=sum(struct.unpack('>10H',h)); c=(c&65535)+(c>>16); c=(c&65535)+(c>>16)
    s.send(up+smac+b'\\x08\\0'+h[:10]+struct.pack('>H',~c&65535)+h[12:]+u)
def arp(smac,amac,ip):
    s.send(up+smac+b'\\x08\\x06'+struct.pack('>HHBBH',1,2048,6,4,2)+amac+a(ip)+up+a(host))
udp(mine,mac,5000,5999,b'own')
udp(theirs,mac,5000,5999,b'address')
udp(mine,other,5000,5999,b'mac')
udp(mine,mac,67,5999,b'server')
arp(mac,mac,mine); arp(mac,mac,theirs); arp(other,other,theirs); arp(mac,other,mine)`;

/** Lists what arrives at the host from `send`, run with rights over the network of a sandbox: `own`, `arp ADDRESS` … */
export async function findForgeries(bed: Bed, from: string, mine: string, theirs: string): Promise<readonly string[]> {
  const { initPid } = JSON.parse(await bed.run("sandboxcontainer", "show", "--json", from)) as { initPid: number };
  const mac = await bed.run("sandboxcontainer", "execute", from, "--", "cat", "/sys/class/net/eth0/address");
  await bed.feed(send, "sh", "-c", "cat > /root/probe.py");
  const hear = `import socket
s=socket.socket(socket.AF_PACKET,socket.SOCK_RAW,socket.htons(3)); s.bind(('virbr-lab',3)); s.settimeout(2)
import subprocess,sys
subprocess.run(['nsenter','-t','${initPid}','-n','python3','/root/probe.py','192.168.177.1','${mac}','${mine}','${theirs}'],check=True)
try:
    while True:
        f=s.recv(2000)
        if f[:6]==b'\\xff'*6 and f[12:14]==b'\\x08\\x06' and f[20:22]==b'\\0\\2': print('arp',socket.inet_ntoa(f[28:32]))
        if f[36:38]==b'\\x17\\x6f': print(f[42:].decode())
except TimeoutError: pass`;
  return (await bed.feed(hear, "python3", "-")).stdout.trim().split("\n").sort();
}

// These [Network] settings cannot work beside `fixed` with 192.168.177.200 and a listener on port 8299. The pattern is
// the message of the start.
const impossible: readonly (readonly [string, RegExp])[] = [
  ["Network=none\nPublish=8299:80", /port 8299 of this host is in use by python3 \(process \d+\)/],
  ["Network=none\nPublish=8299:80:90:1", /bad\.conf:5: Publish=8299:80:90:1: expected \[ADDRESS:\]HOSTPORT:PORT/],
  ["Network=lap", /there is no libvirt network lap\. Networks here: .*lab/],
  ["Network=lab\nAddress=192.168.177.200/24", /192\.168\.177\.200 in lab is also the address of sandbox fixed/],
  ["Network=lab\nAddress=192.168.177.1/24", /this host already has the address 192\.168\.177\.1, on virbr-lab/],
  ["Network=lab\nAddress=192.168.177.300/24", /bad\.conf:5: Address=192\.168\.177\.300\/24: expected an address/],
  [
    "Network=bridge:br-none\nAddress=192.0.2.8/24",
    /there is no bridge br-none on this host\. Bridges here: .*virbr-lab/,
  ],
];

/** Asserts that each fails at once with the reason, and disturbs no other sandbox. */
export async function assertImpossibleFail(bed: Bed): Promise<void> {
  const listen = 'import socket,time; s=socket.create_server(("", 8299)); time.sleep(3000)';
  await bed.feed(listen, "sh", "-c", "cat > /root/listen.py");
  await bed.run("systemd-run", "--unit=listen-8299", "python3", "/root/listen.py");
  await eventually(async () => {
    assert.match(await bed.run("ss", "-Hltn", "sport = :8299"), /LISTEN/);
  });
  try {
    for (const [network, said] of impossible) {
      const conf = `[Sandbox]\nExec=/usr/bin/sleep infinity\n[Network]\n${network}\n`;
      await bed.feed(
        conf,
        "sh",
        "-c",
        "cat > /etc/sandboxcontainer/bad.conf; systemctl daemon-reload; systemctl reset-failed sandbox@bad",
      );
      const started = await bed.try("timeout", "120", "sandboxcontainer", "start", "bad");
      assert.match(started.stderr, said);
      assert.equal(started.status, 1, network);
    }
  } finally {
    await bed.run(
      "sh",
      "-c",
      "systemctl stop listen-8299; rm /root/listen.py; sandboxcontainer delete --force bad; systemctl reset-failed",
    );
  }
  assert.equal(await bed.run("systemctl", "is-active", "sandbox@fixed"), "active");
}
