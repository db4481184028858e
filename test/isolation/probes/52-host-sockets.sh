# Tries: connect to every visible unix socket (the file system, /proc/net/unix, NOTIFY_SOCKET and the like of any process), and see who answers.
# Must: find no peer outside the own pid namespace. [escape]
py <<'E2'
P=set()
for d,ds,fs in os.walk("/"):
    ds[:]=[x for x in ds if d!="/" or x not in ("proc","sys","usr")]
    for f in fs:
        p=d+"/"+f
        try:
            if stat.S_ISSOCK(os.lstat(p).st_mode): P.add(p.encode())
        except OSError: pass
try:
    for l in open("/proc/net/unix"):
        f=l.split()
        if len(f)>7 and f[7][0]=="@": P.add(b"\0"+f[7][1:].encode())
        elif len(f)>7 and f[7][0]=="/": P.add(f[7].encode())
except OSError: pass
for e in glob.glob("/proc/[0-9]*/environ"):
    try:
        for v in open(e,"rb").read().split(b"\0"):
            m=re.match(rb"(NOTIFY_SOCKET|LISTEN_\w+|DBUS_\w+|SSH_\w+|INVOCATION_SOCKET|JOURNAL_STREAM|WATCHDOG\w*)=(.*)",v)
            if m and m.group(1)==b"NOTIFY_SOCKET": P.add(m.group(2).replace(b"@",b"\0",1) if m.group(2)[:1]==b"@" else m.group(2))
    except OSError: pass
hit=[]; n=0
for p in sorted(P):
    for ty in (1,5,2):
        s=socket.socket(1,ty); s.settimeout(2)
        try: s.connect(p)
        except OSError: s.close(); continue
        n+=1; pid=struct.unpack("iII",s.getsockopt(1,17,12))[0] if ty!=2 else 1
        if pid==0: hit.append(repr(p)[:60])
        s.close(); break
breach("a process outside listens on "+" ".join(hit)) if hit else blocked("%d sockets, %d answer, all from inside"%(len(P),n))
E2
