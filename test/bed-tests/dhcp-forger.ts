import type { Bed } from "./bed.ts";

// Acts as an attacker with rights over a sandbox's network: speaks DHCP as any client, and sends from any address.
// Reads lines from its input and answers each with one.
const forger = `import os,re,socket,struct,sys,time
mac=bytes.fromhex(open('/sys/class/net/eth0/address').read().strip().replace(':','')) if len(sys.argv)<2 else bytes.fromhex(sys.argv[1].replace(':',''))
a=socket.inet_aton; up=b'\\xff'*6
s=socket.socket(socket.AF_PACKET,socket.SOCK_RAW,socket.htons(0x0800)); s.bind(('eth0',0x0800))
def send(src,sport,dport,text):
    u=struct.pack('>4H',sport,dport,8+len(text),0)+text
    h=struct.pack('>2B3H2BH',69,0,20+len(u),0,0,64,17,0)+a(src)+b'\\xff'*4
    c=sum(struct.unpack('>10H',h)); c=(c&65535)+(c>>16); c=(c&65535)+(c>>16)
    s.send(up+mac+b'\\x08\\0'+h[:10]+struct.pack('>H',~c&65535)+h[12:]+u)
def say(kind,options,src='0.0.0.0',own='0.0.0.0',hardware=6,pad=b'',relay='0.0.0.0',first=True):
    x=os.urandom(4)
    k=b'\\x35\\1'+bytes([kind])
    o=(k+options if first else options+k)+b'\\xff'
    send(src,68,67,struct.pack('>4B',1,1,hardware,0)+x+struct.pack('>2H',0,0x8000)+a(own)+a('0.0.0.0')*2+a(relay)+(mac+pad).ljust(16,b'\\0')+b'\\0'*192+b'\\x63\\x82\\x53\\x63'+o)
    return x
def hear(x,kind,seconds):
    end=time.time()+seconds
    while time.time()<end:
        s.settimeout(max(0.01,end-time.time()))
        try: f=s.recv(2000)
        except TimeoutError: return None
        if f[23]==17 and f[36:38]==b'\\0\\x44' and f[46:50]==x and f[284]==kind: return f
def client(text): return b'' if text is None else b'\\x3d'+bytes([len(text)])+text
def lease(who,wanted=None,**more):
    w=b'' if wanted is None else b'\\x32\\4'+a(wanted)
    f=hear(say(1,client(who)+w,**more),2,8)
    if f is None: return 'none'
    y=f[58:62]; server=re.search(b'\\x36\\4(....)',f[282:],re.S).group(1)
    f=hear(say(3,client(who)+b'\\x32\\4'+y+b'\\x36\\4'+server,**more),5,4)
    return 'none' if f is None else socket.inet_ntoa(f[58:62])
for line in sys.stdin:
    w=line.split()
    if w[0]=='lease': print(lease(w[1].encode(),*w[2:]))
    elif w[0]=='long': print(lease(None,hardware=16,pad=w[1].encode()))
    elif w[0]=='relay': print(lease(w[1].encode(),relay=w[2]))
    elif w[0]=='late': print(lease(w[1].encode(),first=False))
    elif w[0]=='release':
        say(7,client(b'\\1'+bytes.fromhex(w[2].replace(':','')))+b'\\x36\\4'+a('192.168.177.1'),src=w[3],own=w[1]); print('said')
    elif w[0]=='flood':
        for i in range(int(w[1])): say(1,client(b'flood%d'%i))
        print('said')
    elif w[0]=='from': send(w[1],5000,5999,b'from '+w[1].encode()); print('said')
    sys.stdout.flush()
`;

// Counts what arrives at the host meanwhile: the sources of datagrams to port 5999, and the DHCP requests of one
// hardware address.
const listener = `import socket,subprocess,sys,time
s=socket.socket(socket.AF_PACKET,socket.SOCK_RAW,socket.htons(3)); s.bind((sys.argv[1],3))
s.setsockopt(socket.SOL_SOCKET,socket.SO_RCVBUF,1<<22)
p=subprocess.run(['nsenter','-t',sys.argv[2],'-n','python3','/root/forger.py',sys.argv[3]],stdin=sys.stdin,stdout=subprocess.PIPE,text=True,check=True)
print(*['said '+x for x in p.stdout.split('\\n') if x!=''],sep='\\n')
time.sleep(0.5); s.settimeout(0.5); asked=0
try:
    while True:
        f=s.recv(2000)
        if f[12:14]!=b'\\x08\\0' or f[23]!=17: continue
        if f[36:38]==b'\\x17\\x6f' and f[42:47]==b'from ': print('arrived '+socket.inet_ntoa(f[26:30]))
        if f[36:38]==b'\\0\\x43' and f[6:12].hex()==sys.argv[3].replace(':',''): asked+=1
except TimeoutError: pass
print('asked %d'%asked)
`;

/**
 * The answers to the forger's commands, the sources of datagrams that arrived at the host, and the number of DHCP
 * requests.
 */
export interface Forged {
  readonly said: readonly string[];
  readonly arrived: readonly string[];
  readonly asked: number;
}

/**
 * Runs commands with rights over the network of a running sandbox, which is on libvirt's network lab:
 *   lease CLIENT [ADDRESS]      asks for a lease in the name of another client; answers with the address, or `none`
 *   late CLIENT                 does the same, with the message type as the last option
 *   long PADDING                does the same without a name, and with a hardware address of 16 bytes
 *   relay CLIENT GATEWAY        does the same through a relay
 *   release ADDRESS MAC FROM    gives back the lease of a neighbour
 *   flood COUNT                 asks COUNT times, without waiting
 *   from ADDRESS                sends a datagram to the host
 */
export async function forge(bed: Bed, name: string, ...commands: readonly string[]): Promise<Forged> {
  await bed.feed(forger, "sh", "-c", "cat > /root/forger.py");
  await bed.feed(listener, "sh", "-c", "cat > /root/listener.py");
  const { initPid } = JSON.parse(await bed.run("sandboxcontainer", "show", "--json", name)) as { initPid: number };
  const mac = await bed.run("nsenter", "-t", String(initPid), "-n", "ip", "-o", "link", "show", "eth0");
  const address = /link\/ether (\S+)/.exec(mac)?.[1] ?? "";
  const input = commands.map((command) => `${command}\n`).join("");
  const heard = await bed.feed(input, "python3", "/root/listener.py", "virbr-lab", String(initPid), address);
  if (heard.status !== 0) throw new Error(heard.stderr);
  const of = (kind: string): readonly string[] =>
    [...heard.stdout.matchAll(new RegExp(`^${kind} (.*)$`, "gm"))].map(([, text]) => text ?? "");
  return { said: of("said"), arrived: of("arrived"), asked: Number(of("asked")[0]) };
}
