# Tries: make the kernel run a program of the host as the host's root, with chosen words: request_key of several types (the host has a helper that records them), also with an own session keyring.
# Must: make the host run nothing. [escape]
py <<'E2'
r=set()
_,e=sc(250,1,None); r.add("session "+name(e))
for t in (b"user",b"logon",b"dns_resolver",b"id_resolver",b"cifs.spnego",b"rxrpc",b"asymmetric",b"keyring"):
    for dest in (0,-1,-2,-3,-4,-5):
        _,e=sc(249,t,b"isomx-asked-"+(E("ISO_NAME") or "x").encode(),b"isomx",dest); r.add(name(e))
time.sleep(1); blocked(", ".join(sorted(r)))
E2
