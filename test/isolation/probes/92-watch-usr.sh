# Tries: watch the folders of the shared /usr with inotify, fanotify and dnotify, to see what the host and other sandboxes run and read there (the host reads its canary meanwhile).
# Must: see none of it. [info]
py <<'E2'
r=set(); n=0; F=[]; ino,e=sc(294,0x800); r.add("inotify "+name(e))
fan,e2=sc(300,0x200|0x2,0); r.add("fanotify "+name(e2))
for d in ("/usr","/usr/bin","/usr/sbin","/usr/share","/usr/lib","/usr/lib/x86_64-linux-gnu","/usr/lib/systemd","/usr/share/isomx.canary","/usr/bin/python3","/usr/bin/cat"):
    for m in (0x20,0xfff,0x100|0x2|0x4):
        _,e=sc(254,ino,d.encode(),m); r.add(name(e)); n+=e==0
    if not e2:
        for m in (0x20|0x08000000,0x1|0x10|0x08000000,0x100|0x200):
            _,e=sc(301,fan,1,m,-100,d.encode()); r.add("fan "+name(e)); n+=e==0
    try: fd=os.open(d,os.O_RDONLY); F.append(fd); fcntl.fcntl(fd,1026,0x80000001); n+=1
    except OSError as x: r.add("dnotify "+name(x.errno))
seen=b""; end=time.time()+4
if e==0 or n: signal.signal(signal.SIGIO,lambda *a: globals().__setitem__("seen",seen+b"SIGIO isomx.canary"))
while time.time()<end:
    try: seen+=os.read(ino,65536)
    except BlockingIOError: time.sleep(0.1)
    if not e2:
        try: seen+=os.read(fan,65536)
        except BlockingIOError: pass
breach("saw the host read isomx.canary") if b"isomx.canary" in seen else breach("%d watches, %d bytes of events"%(n,len(seen))) if seen else blocked("%d watches: %s"%(n," ".join(sorted(r))))
E2
