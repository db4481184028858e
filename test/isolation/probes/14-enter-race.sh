# Tries: seize whoever enters from the host (execute, copy-from) before he has given up what he came with: his program for writing (CVE-2019-5736), his folders and open files, his memory; watches for all that comes in.
# Must: nothing of the host is to be had. [escape]
py <<'E2'
s=E("ISO_SECRETS").split()[0]; was=set(os.listdir("/proc")); came=set(); r=set(); us=os.stat("/usr"); end=time.time()+12
def look(q):
    for l in ("root","cwd"):
        if has_secret("%s/%s%s"%(q,l,s)): breach("the host's secret through %s/%s"%(q,l))
    try: fds=os.listdir(q+"/fd")
    except OSError as e: r.add(name(e.errno)); fds=[]
    for f in fds:
        p=q+"/fd/"+f
        if has_secret(p+"/../../../../../../.."+s): breach("the host's secret through "+p)
        try: st=os.stat(p)
        except OSError: continue
        if stat.S_ISBLK(st.st_mode) or has_secret(p): breach("%s is open"%p)
    try:
        fd=os.open(q+"/exe",os.O_WRONLY); breach("may write %s -> %s"%(q,os.readlink(q+"/exe")))
    except OSError as e: r.add(name(e.errno))
    try: os.open(q+"/mem",os.O_RDWR); r.add("mem")
    except OSError as e: r.add(name(e.errno))
while time.time()<end or not came and time.time()<end+60:
    for p in os.listdir("/proc"):
        if p.isdigit() and p not in was and int(p)!=os.getpid(): came.add(p); look("/proc/"+p)
blocked("%d came, %s"%(len(came)," ".join(sorted(r)))) if came else error("nobody came")
E2
