# Tries: take over PID 1 and other processes inside, which may be in a domain with more rights: ptrace, /proc/1/mem, process_vm_writev, pidfd_getfd, its namespaces and root.
# Must: be refused (where the target has no more rights, nothing is gained; the domains make the difference). [surface]
py <<'E2'
def label(p):
    "the context of SELinux, or the set of profiles of AppArmor: who is in more of them has no more rights"
    t=open("/proc/%s/attr/current"%p,"rb").read().rstrip(b"\0\n")
    return {t} if E("ISO_SELINUX") else set(t.rpartition(b" (")[0].split(b"//&"))
try: me=label("self")
except OSError: blocked("no SELinux and no AppArmor: all inside have the same rights")
r=[]; hit=[]
def other(p):
    try: return not label(p)>=me
    except OSError: return True
for p in [x for x in os.listdir("/proc") if x.isdigit() and int(x)!=os.getpid()]:
    if not other(p): continue
    p=int(p); got=[]
    _,e=sc(101,0x4206,p,None,None); e==0 and (got.append("ptrace"),sc(101,17,p,None,None)); r.append(name(e))
    try: os.close(os.open("/proc/%d/mem"%p,os.O_RDWR)); got.append("mem")
    except OSError as x: r.append(name(x.errno))
    fd,e=sc(434,p,0)
    if e==0:
        for k in range(4):
            f,e=sc(438,fd,k,0)
            if e==0: got.append("fd %d"%k); os.close(f); break
        r.append(name(e))
    b=ctypes.create_string_buffer(8); v=ctypes.create_string_buffer(struct.pack("QQ",ctypes.addressof(b),8),16); w=ctypes.create_string_buffer(struct.pack("QQ",0x400000,8),16)
    _,e=sc(311,p,v,1,w,1,0); e in (0,errno.EFAULT) and got.append("process_vm_writev"); r.append(name(e))
    if got: hit.append("%d: %s"%(p," ".join(got)))
breach("; ".join(hit)) if hit else blocked("%s"%(" ".join(sorted(set(r))) or "no process in another domain"))
E2
