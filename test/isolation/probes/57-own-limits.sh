# Tries: raise the own limits: write max to memory.max, pids.max, cpu.max and io.max of every visible cgroup, and move up out of the own cgroup.
# Must: leave the limits that the host set in force. [dos]
py <<'E2'
r={}; n=0
bases=[l.split()[4] for l in open("/proc/self/mountinfo") if " - cgroup" in l]
for b in bases:
    for d,ds,fs in os.walk(b):
        for f in fs:
            if f in ("memory.max","memory.high","memory.swap.max","pids.max","cpu.max","cgroup.max.depth","memory.limit_in_bytes","cpu.cfs_quota_us","cgroup.freeze"):
                n+=1
                try: put(d+"/"+f,"0" if f=="cgroup.freeze" else "-1" if f.endswith(("in_bytes","quota_us")) else "max"); r["wrote "+f]=r.get("wrote "+f,0)+1
                except OSError as e: r[name(e.errno)]=r.get(name(e.errno),0)+1
    pid=os.fork()
    if pid==0: time.sleep(5); os._exit(0)
    for up in ("","/..","/../..","/../../.."):
        try: put(b+up+"/cgroup.procs",str(pid)); r["moved to "+(up or "top")]=1
        except OSError as e: r[name(e.errno)]=r.get(name(e.errno),0)+1
    os.kill(pid,9)
blocked("%d files: %s"%(n,r))
E2
