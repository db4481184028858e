import type { Bed } from "./bed.ts";

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

// Broadcasts, as the answer of another sandbox to the host is none.
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

/** What of `send` reaches the host when somebody has gained rights over a sandbox's network: `own`, `arp ADDRESS` … */
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
