# Tries: change the own domain, level or profile. SELinux: setcon, setexeccon and exec; to contexts of the host, no level, all categories, another pair. AppArmor: change profile at once and at exec, by the files in /proc and by lsm_set_self_attr(2), hats; run programs that profiles of the host are for.
# Must: be refused. [escape]
[ -n "$ISO_SELINUX$ISO_APPARMOR" ] || err "no SELinux and no AppArmor on the host"
[ -n "$ISO_SELINUX" ] || py <<'E'
import subprocess
def cur(): return open("/proc/thread-self/attr/current").read().rstrip("\0\n ")
me=cur(); own=me.rsplit(" (",1)[0]; parts=own.split("//&"); hit=[]; r={}
if own=="unconfined": breach("own label is "+me)
def holds(text):
    "whether a label still has all profiles of before, and each is enforced"
    now,_,mode=text.rpartition(" ("); return set(parts)<=set(now.split("//&")) and mode=="enforce)"
def write(f,what):
    e=None
    for d in ("/proc/thread-self/attr/","/proc/thread-self/attr/apparmor/"):
        try: put(d+f,what); return
        except OSError as x: e=x
    raise e
def syscall(attr,what):
    b=what.encode()+b"\0"; n=32+len(b); n+=-n%8
    c=ctypes.create_string_buffer(struct.pack("QQQQ",104,0,n,len(b))+b,n); _,e=sc(460,attr,c,n,0)
    if e: raise OSError(e,"lsm_set_self_attr")
def at_exec(change):
    change()
    if not holds(os.popen("cat /proc/self/attr/current").read().rstrip("\0\n ")): os._exit(201)
tries=[("hat",lambda: write("current","changehat 0000000000000001^service")),("no hat",lambda: write("current","changehat 0000000000000001^"))]
for t in ["unconfined",":root:unconfined"]+parts+[parts[0]+s for s in ("@start","@address","@service")]+["libvirtd","/usr/sbin/ntpd","nvidia_modprobe"]:
    if t==own: continue
    tries+=[("current "+t,lambda t=t: write("current","changeprofile "+t)),("exec "+t,lambda t=t: at_exec(lambda: write("exec","exec "+t)))]
    tries+=[("call "+t,lambda t=t: syscall(100,"changeprofile "+t)),("call exec "+t,lambda t=t: at_exec(lambda: syscall(101,"exec "+t)))]
for n,do in tries:
    pid=os.fork()
    if pid==0:
        e=0
        try: do()
        except OSError as x: e=x.errno
        os._exit(e if holds(cur()) else 200)
    x=os.waitstatus_to_exitcode(os.waitpid(pid,0)[1])
    if x in (200,201): hit.append(n)
    else: r[name(x)]=r.get(name(x),0)+1
for x in glob.glob("/usr/*bin/*"):
    if os.path.basename(x) not in ("ping","tcpdump","man","chronyd","dnsmasq","nvidia-modprobe","busybox","aa-exec","mount","unshare","systemd-detect-virt"): continue
    p=subprocess.Popen(["sh","-c",'exec "$0" --version',x],stdin=subprocess.DEVNULL,stdout=subprocess.DEVNULL,stderr=subprocess.DEVNULL)
    while True:
        try: o=open("/proc/%d/attr/current"%p.pid).read().rstrip("\0\n ")
        except OSError: break
        if o and not holds(o): hit.append(x+" in "+o)
        if p.poll() is not None: break
if hit: breach("%s -> %s"%(me,"; ".join(hit)))
blocked("%s: %s"%(me,r))
E
py <<'E'
def cur(): return open("/proc/thread-self/attr/current").read().rstrip("\0\n ")
me=cur(); f=me.split(":",3)
if len(f)<4: error("own context is "+me)
C=[":".join(f[:3]+[l]) for l in ("s0","s0:c1022,c1023","s0:c0.c1023","s0-s0:c0.c1023")]+E("ISO_CTX").split()
hit=[]; r={}
for c in C:
    if c==me: continue
    pid=os.fork()
    if pid==0:
        try:
            fd=os.open("/proc/thread-self/attr/current",os.O_WRONLY); os.write(fd,c.encode()); os._exit(200)
        except OSError as e: pass
        try:
            fd=os.open("/proc/thread-self/attr/exec",os.O_WRONLY); os.write(fd,c.encode()); os.close(fd)
            o=os.popen("cat /proc/self/attr/current").read().rstrip("\0\n "); os._exit(201 if o==c else 1)
        except OSError as e: os._exit(e.errno)
    x=os.waitstatus_to_exitcode(os.waitpid(pid,0)[1])
    if x in (200,201): hit.append(("setcon " if x==200 else "exec ")+c)
    else: r[name(x)]=r.get(name(x),0)+1
if hit: breach("%s -> %s"%(me,"; ".join(hit)))
blocked("%s: %s"%(me,r))
E
