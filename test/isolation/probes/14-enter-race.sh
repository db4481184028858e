# Tries: attack a process that enters from the host (execute, copy-from) before it has dropped its rights: write to its program (CVE-2019-5736), use its folders, open files and memory. Watches for every process that enters.
# Must: get nothing of the host. [escape]
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
blocked("%d processes entered, %s"%(len(came)," ".join(sorted(r)))) if came else error("no process entered")
E2
