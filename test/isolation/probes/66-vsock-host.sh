# Tries: reach a service of the host, or of the machine that the host runs on, through vsock, which has no network namespaces.
# Must: be refused. [escape]
py <<'E2'
r=[]
for cid in (1,0,2):
    try: s=socket.socket(40,1,0)
    except OSError as e: blocked("socket "+name(e.errno))
    s.settimeout(5)
    try:
        s.connect((cid,int(E("ISO_VSOCK") or 1024)))
        breach("secret of the host by vsock %d"%cid) if TOK.search(s.recv(200)) else r.append("%d connected"%cid)
    except OSError as e: r.append("%d %s"%(cid,name(e.errno) if e.errno else e))
breach(", ".join(r)) if [x for x in r if "connected" in x] else blocked(", ".join(r))
E2
