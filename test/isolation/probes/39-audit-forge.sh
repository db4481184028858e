# Tries: send an audit record of a login, and switch auditing off, through netlink.
# Must: be refused, and leave nothing in the host's audit log. [info]
py <<'E2'
try: s=socket.socket(16,3,9)
except OSError as e: blocked("socket "+name(e.errno))
def send(ty,body):
    s.send(struct.pack("IHHII",16+len(body),ty,5,1,0)+body); return struct.unpack("i",s.recv(4096)[16:20])[0]
s.settimeout(3); r=[]
try:
    e=send(1112,b"op=login acct=isomx-forged res=success\0"); r.append("user message "+name(-e))
    if e==0: breach("forged an audit record")
    e=send(1001,struct.pack("I",0)+bytes(60)); r.append("set "+name(-e))       # AUDIT_SET with nothing to set
    if e==0: breach("may change auditing")
except OSError as x: r.append(name(x.errno) if x.errno else str(x))
blocked(", ".join(r))
E2
