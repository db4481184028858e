# Tries: find an open file or folder of the host in any process inside: one that is on none of the container's mounts.
# Must: find none (CVE-2024-21626). [escape]
py <<'E2'
own={l.split()[0] for l in open("/proc/self/mountinfo")}; n=0; hit=[]
for d in glob.glob("/proc/[0-9]*/fd")+["/proc/self/fd"]:
    try: fds=os.listdir(d)
    except OSError: continue
    for f in fds:
        try:
            st=os.stat(d+"/"+f); mnt_=re.search(r"mnt_id:\s*(\d+)",open(d+"info/"+f).read()).group(1)
        except (OSError,AttributeError): continue
        n+=1
        if mnt_ in own or not (stat.S_ISREG(st.st_mode) or stat.S_ISDIR(st.st_mode) or stat.S_ISBLK(st.st_mode)): continue
        t=os.readlink(d+"/"+f)
        if t.startswith(("/memfd:","anon_inode","/dev/zero","mnt:","net:","user:","pid:","cgroup:","ipc:","uts:")) or "(deleted)" in t and stat.S_ISREG(st.st_mode) and st.st_nlink==0: continue
        m2=[l for l in open(d.rsplit("/",1)[0]+"/mountinfo") if l.split()[0]==mnt_] if os.path.exists(d.rsplit("/",1)[0]+"/mountinfo") else []
        if not m2: hit.append("%s/%s -> %s"%(d,f,t))
breach("; ".join(hit)) if hit else blocked("%d open files, all of its own mounts"%n)
E2
