# Tries: use up what the kernel counts for root's account or for the whole machine: watches, fanotify groups, message queues, pending signals, pseudo terminals, keys, namespaces; and hold it for 3 s.
# Must: leave the host's root able to make one of each meanwhile. [dos]
py <<'E2'
import resource
h=resource.getrlimit(7)[1]; resource.setrlimit(7,(min(h,60000),h)); r=[]; keep=[]
def fill(what,step,most):
    n=0; e=0
    while n<most:
        e=step(n)
        if e: break
        n+=1
    r.append("%s %d %s"%(what,n,name(e)))
d=W+"/many"; os.makedirs(d,exist_ok=True)
for i in range(200): os.makedirs("%s/%d"%(d,i),exist_ok=True)
ino=[]
def watch(n):
    if n%200==0:
        f,e=sc(294,0)
        if e: return e
        ino.append(f)
    return sc(254,ino[-1],b"%s/%d"%(d.encode(),n%200),0x100)[1]
fill("watches",watch,26000)
def fan(n):
    f,e=sc(300,0x200|0,0); keep.append(f); return e
fill("fanotify",fan,400)
at=ctypes.create_string_buffer(struct.pack("8l",0,10,8192,0,0,0,0,0),64)
def mq(n):
    nm=b"isomx%d"%n; f,e=sc(240,nm,os.O_RDWR|os.O_CREAT,0o600,at)
    if not e: sc(241,nm); keep.append(f)
    return e
fill("queues",mq,256)
signal.pthread_sigmask(signal.SIG_BLOCK,{signal.SIGRTMIN+5}); si=ctypes.create_string_buffer(struct.pack("iiii",signal.SIGRTMIN+5,0,-1,0),128)
fill("signals",lambda n: sc(129,os.getpid(),signal.SIGRTMIN+5,si)[1],40000)
def pty(n):
    try: keep.append(os.open("/dev/ptmx",os.O_RDWR|os.O_NOCTTY)); return 0
    except OSError as e: return e.errno
fill("terminals",pty,5000)
fill("keys",lambda n: sc(248,b"user",b"isomx%d"%n,b"x",1,-3)[1],300)
def nsp(n):
    e=sc(272,0x40000000)[1]
    if not e: keep.append(os.open("/proc/self/ns/net",os.O_RDONLY))
    return e
fill("namespaces",nsp,300)
time.sleep(float(E("ISO_DOSHOLD"))); blocked(", ".join(r))
E2
