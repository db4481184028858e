# Tries: see in the cgroup tree what runs on the host and beside the container: names of services and of other containers, and the own place.
# Must: see only the own part. [info]
py <<'E2'
hit=[]; n=0
for l in open("/proc/self/mountinfo"):
    f=l.split()
    if " - cgroup" not in l: continue
    for d,ds,fs in os.walk(f[4]):
        for x in ds:
            n+=1
            if x in ("isomx","machine.slice","user.slice","systemd-journald.service") and d==f[4] and os.path.exists("/sys/fs/cgroup/cgroup.controllers") and (x!="user.slice" or os.path.isdir(d+"/machine.slice")): hit.append(d+"/"+x)
v2=[l.rstrip().split("::",1)[1] for l in open("/proc/self/cgroup") if l.startswith("0::")]
if v2 and os.path.exists("/sys/fs/cgroup/cgroup.controllers") and "machine" in v2[0]: hit.append("own place: "+v2[0])
breach(" ".join(hit[:5])) if hit else blocked("%d cgroups, all its own"%n)
E2
