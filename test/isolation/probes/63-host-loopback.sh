# Tries: reach a service that listens only on the host's loopback: through 127.0.0.1, ::1, the mapped address, 0.0.0.0, the gateway and the first address of each network.
# Must: not reach it (with the host's network it does, by design). [escape]
py <<'E2'
port=int(E("ISO_TCP")); to=["127.0.0.1","::1","::ffff:127.0.0.1","0.0.0.0","127.0.0.2"]; r=[]
try:
    for l in open("/proc/net/route").read().splitlines()[1:]:
        f=l.split()
        for h in (f[1],f[2]):
            a=struct.pack("<I",int(h,16))
            if a!=bytes(4): to+=[socket.inet_ntoa(a),socket.inet_ntoa(a[:3]+b"\x01")]
except OSError: pass
for a in dict.fromkeys(to):
    s=socket.socket(10 if ":" in a else 2); s.settimeout(3)
    try:
        s.connect((a,port)); d=s.recv(200)
        if TOK.search(d): breach("the host answers at %s"%a)
        r.append(a+" another service")
    except OSError as e: r.append("%s %s"%(a,name(e.errno) if e.errno else e))
    s.close()
blocked(", ".join(r))
E2
