# Tries: mount file systems that show or control the whole machine: debugfs, tracefs, securityfs, pstore, configfs, devtmpfs, the host's binfmt_misc, cgroups of version 1 with a release_agent, nfsd, rpc_pipefs, autofs.
# Must: mount none. [escape]
py <<'E2'
r=[]; hit=[]; top=open("/proc/self/uid_map").read().split()==["0","0","4294967295"]
for t,o in (("debugfs",None),("tracefs",None),("securityfs",None),("pstore",None),("configfs",None),("devtmpfs",None),("efivarfs",None),("binfmt_misc",None),("bpf",None),("nfsd",None),("rpc_pipefs",None),("resctrl",None),("selinuxfs",None),("xenfs",None),("cgroup","rdma"),("cgroup","none,name=isomx,release_agent=/isomx"),("cgroup","misc")):
    d=W+"/kt"; os.makedirs(d,exist_ok=True); e=mnt(t,d,t,0,o); r.append("%s %s"%(t,name(e)))
    if e: continue
    try:
        if t=="binfmt_misc" and not top: continue           # of its own user namespace
        if t=="rpc_pipefs" and not shared("net"): continue  # of its own network
        if t=="bpf" and not top: continue                   # pins what one may not load
        if t=="cgroup":
            p=d+"/release_agent"; x,ok=rewrite(p) if os.path.exists(p) else ("no release_agent",False); r.append(x)
            if ok: hit.append(x)
            continue
        hit.append(t)
    finally: umnt(d)
breach(", ".join(hit)) if hit else blocked(", ".join(r))
E2
