# Tries: lease more addresses of the network: ask the DHCP server for five, each time as another client (by hardware address or client-id), and for one that is in use.
# Must: get only the own address. [dos]
py <<'E2'
import random
if shared("net"): blocked("host network")
try: ifs=[x for x in os.listdir("/sys/class/net") if x!="lo"]
except OSError: ifs=[x[1] for x in socket.if_nameindex() if x[1]!="lo"]
if not ifs: blocked("no network but lo")
own=bytes.fromhex(open("/sys/class/net/%s/address"%ifs[0]).read().strip().replace(":",""))
def ask(mac,client):
    xid=random.randrange(1<<32)
    m=struct.pack("!BBBBIHHIIII",1,1,6,0,xid,0,0x8000,0,0,0,0)+mac+bytes(10+192)+bytes.fromhex("63825363")+b"\x35\x01\x01"+bytes([61,len(client)+1,0])+client+b"\xff"
    return xid,m
r=[]; got=set()
try:
    s=socket.socket(socket.AF_INET,socket.SOCK_DGRAM); s.setsockopt(1,6,1); s.setsockopt(1,2,1); s.setsockopt(1,15,1); s.settimeout(1)
    s.bind(("",68))
except OSError as e: blocked("port 68: "+name(e.errno))
for i in range(5):
    for mac in (own,b"\x02\0\0\0\0"+bytes([i])):
        xid,m=ask(mac,b"isomx%d"%i)
        try: s.sendto(m,("255.255.255.255",67)); r.append("sent")
        except OSError as e: r.append(name(e.errno)); continue
        try:
            d=s.recv(2000)
            if struct.unpack("!I",d[4:8])[0]==xid: got.add(socket.inet_ntoa(d[16:20]))
        except OSError: pass
breach("was offered %s"%" ".join(sorted(got))) if len(got)>2 else blocked("%s; offered %s"%(" ".join(sorted(set(r)))," ".join(sorted(got)) or "nothing"))
E2
