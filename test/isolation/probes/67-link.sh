# Tries: reach anything by the link over which the host leads to published ports: TCP, UDP, ICMP, link-local addresses, multicast, DHCP, neighbours' links, metadata servers, source routes, and the host's loopback by a route of its own.
# Must: get no answer from anybody; nothing may arrive at the host. [escape]
py <<'E'
import subprocess
if shared("net"): blocked("host network: no link (see 62, 63)")
gw=[]
for l in open("/proc/net/route").read().splitlines()[1:]:
    f=l.split()
    if f[0]=="host0" and f[1]!="00000000": gw.append(socket.inet_ntoa(struct.pack("!I",socket.ntohl(int(f[1],16))+1)))
if not gw: blocked("no link")
own=struct.unpack("!I",socket.inet_aton(gw[0]))[0]
host=[l.split() for l in open("/proc/net/if_inet6")] if os.path.exists("/proc/net/if_inet6") else []
six=[str(":".join(re.findall("....",a[0]))) for a in host if a[5]=="host0"]
mine={socket.inet_pton(10,":".join(re.findall("....",a[0]))) for a in host}
near=[socket.inet_ntoa(struct.pack("!I",own+d)) for d in (-4,-3,-2,4,5,6)]
gw6=[s[:-4]+"%04x"%(int(s[-4:],16)-1) for s in six if not s.startswith("fe80")]
r=[]
def tcp(a,p):
    s=socket.socket(10 if ":" in a else 2); s.settimeout(1.5)
    try: s.connect((a,p)); breach("TCP %s port %d answers"%(a,p))
    except OSError as e: return name(e.errno) if e.errno else "timeout"
    finally: s.close()
for a in gw+gw6+near[:3]+near[3:]+["169.254.169.254"]:
    for p in (22,53,80,111,int(E("ISO_TCP"))): v=tcp(a,p)
    r.append("%s %s"%(a,v))
def udp(a,p,d,want=b"",opt=None):
    s=socket.socket(10 if ":" in a else 2,socket.SOCK_DGRAM); s.settimeout(1)
    try:
        s.setsockopt(socket.SOL_SOCKET,socket.SO_BROADCAST,1)
        if ":" in a: s.setsockopt(41,17,socket.if_nametoindex("host0"))
        s.sendto(d,(a,p)); g=s.recvfrom(999); breach("UDP %s port %d: %r"%(a,p,g[1]))
    except OSError as e: r.append("udp %s %s"%(a,name(e.errno) if e.errno else "no answer"))
    finally: s.close()
for a in gw+gw6: udp(a,int(E("ISO_UDP")),b"isomx-link "+a.encode())
udp("224.0.0.251",5353,bytes.fromhex("000000000001000000000000055f68747470045f746370056c6f63616c00000c8001"))
udp("255.255.255.255",67,bytes.fromhex("01010600deadbeef")+bytes(228)+bytes.fromhex("63825363350101ff"))
udp("ff02::fb",5353,bytes.fromhex("000000000001000000000000055f68747470045f746370056c6f63616c00000c8001"))
for fam,pr,a in [(2,1,x) for x in gw+["224.0.0.1"]]+[(10,58,x) for x in gw6+["ff02::1","ff02::2"]]:
    for kind in (socket.SOCK_DGRAM,socket.SOCK_RAW):
        try:
            s=socket.socket(fam,kind,pr); s.settimeout(1)
            if fam==10 and a.startswith("ff"): s.setsockopt(41,17,socket.if_nametoindex("host0"))
            m=bytes([8 if fam==2 else 128,0])+b"\0\0\0\1\0\1isomx-link"; c=sum(struct.unpack("!%dH"%(len(m)//2),m)); c=~((c&0xffff)+(c>>16))&0xffff
            s.sendto(m[:2]+struct.pack("!H",c)+m[4:],(a,0)); end=time.time()+1
            while time.time()<end:
                g,f=s.recvfrom(999); t=g[20] if fam==2 and kind==socket.SOCK_RAW else g[0]
                if t in (0,129) and not (fam==10 and socket.inet_pton(10,f[0].split("%")[0]) in mine): breach("%s answers a ping to %s"%(f[0],a))
        except OSError as e: r.append("ping %s %s"%(a,name(e.errno) if e.errno else "no answer"))
try:
    s=socket.socket(); s.settimeout(1.5); s.setsockopt(0,4,b"\x83\x07\x04"+socket.inet_aton("127.0.0.1")+b"\0"); s.connect((gw[0],int(E("ISO_TCP")))); breach("a source route leads to the host's loopback")
except OSError as e: r.append("source route "+(name(e.errno) if e.errno else "no answer"))
# With rights over the network: the host's loopback by the link, and the host's address as the own one.
for words in (["route","add","127.0.0.0/8","via",gw[0],"dev","host0","table","77"],["rule","add","to","127.0.0.1","lookup","77","priority","1"],["rule","del","priority","0"]):
    x=subprocess.run(["ip"]+words,capture_output=True,text=True); r.append("%s %s"%(words[0],x.stderr.strip()[-20:] or "ok"))
try:
    s=socket.socket(); s.settimeout(1.5); s.setsockopt(1,25,b"host0\0"); s.connect(("127.0.0.1",int(E("ISO_TCP")))); d=s.recv(99)
    if TOK.search(d): breach("the host's loopback answers by the link")
except OSError as e: r.append("loopback by the link "+(name(e.errno) if e.errno else "no answer"))
subprocess.run(["ip","rule","add","priority","0","lookup","local"],capture_output=True)
subprocess.run(["ip","rule","del","priority","1"],capture_output=True)
blocked(", ".join(r)[:280])
E
