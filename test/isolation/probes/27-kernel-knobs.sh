# Tries: write to every file of /proc/sys, /proc and /sys that can be opened for writing, with the value that it has.
# Must: write none of the machine's, only those of the own namespaces (network, IPC, UTS, own processes). [escape]
py <<'E2'
own=re.compile(r"/proc/sys/(net|user)/|/proc/sys/kernel/(hostname|domainname|shm|msg|sem|auto_msgmni|ns_last_pid|pid_max|cad_pid)|/proc/sys/fs/mqueue/|/proc/(self|thread-self|\d+)/|/sys/fs/cgroup/")
never=re.compile(r"sysrq-trigger|/sys/fs/cgroup/.*(kill|reclaim|freeze)|/unbind|/bind$|/remove|/rescan|/reset|/drop_caches|/compact_memory|/trigger|/uevent|/new_id|/force|/suspend|/state$|/disk$|/wake|/eject|/crash|/delete|/online|/test|/clear_refs|/stat_refresh|/probe$|/fault|/poke|/panic")
hit=[]; seen=0; end=time.time()+40
for top in ("/proc/sys","/proc/irq","/proc/bus","/proc/acpi","/proc/scsi","/proc/tty","/proc/fs","/proc/driver","/proc/dynamic_debug","/sys"):
    for d,ds,fs in os.walk(top):
        if top=="/sys":
            ds[:]=[x for x in ds if d+"/"+x not in ("/sys/fs/cgroup",) and not os.path.islink(d+"/"+x)]
        if time.time()>end: break
        for f in fs:
            p=d+"/"+f
            try:
                st=os.lstat(p)
                if not stat.S_ISREG(st.st_mode) or not st.st_mode&0o222 or own.match(p): continue
                seen+=1
                if not os.access(p,os.W_OK): continue
                fd=os.open(p,os.O_WRONLY|os.O_NONBLOCK)
            except OSError: continue
            try:
                if never.search(p): hit.append(p+" (opened)"); continue
                v=open(p,"rb").read(4096); m=re.search(rb"\[([^\]]+)\]",v); os.write(fd,m.group(1) if m else v); hit.append(p)
            except OSError as e:
                if e.errno not in REF: hit.append("%s (opened, %s)"%(p,name(e.errno)))
            finally: os.close(fd)
for p in ("/proc/sysrq-trigger","/proc/timer_list","/proc/mtrr","/proc/kcore","/proc/latency_stats","/proc/kpageflags","/proc/slabinfo","/proc/lockdep","/proc/kallsyms"):
    try: os.close(os.open(p,os.O_WRONLY)); hit.append(p)
    except OSError: pass
    if p in ("/proc/kcore","/proc/kpageflags"):
        try: os.close(os.open(p,os.O_RDONLY)); hit.append(p+" (read)")
        except OSError: pass
breach("%d: %s"%(len(hit)," ".join(hit[:8]))) if hit else blocked("%d files of the machine, none writable"%seen)
E2
