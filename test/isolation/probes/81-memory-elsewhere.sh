# Tries: use more memory than memory.max in places that do not show in a process: files in /dev/shm, /tmp and /run, memfd, SysV segments, full pipes and sockets.
# Must: be refused or killed before. [dos]
py <<'E2'
n=int(E("ISO_MEM"))<<20; hit=[]; r=[]; B=b"x"*(1<<20)
def files(d):
    p=d+"/isomx.fill"; fd=os.open(p,os.O_CREAT|os.O_RDWR,0o600)
    return lambda: os.write(fd,B), p
def memfd():
    fd,_=sc(319,b"isomx",0); return lambda: os.write(fd,B), None
def shm():
    libc.shmat.restype=ctypes.c_void_p
    def one():
        i=libc.shmget(0,1<<20,0o1600)
        if i<0: raise OSError(ctypes.get_errno(),"shmget")
        a=libc.shmat(i,None,0); libc.shmctl(i,0,None); ctypes.memset(a,1,1<<20); return 1<<20
    return one,None
def pipes():
    k=[]
    def one():
        a,b=os.pipe(); k.append((a,b)); os.set_blocking(b,False)
        try: fcntl.fcntl(b,1031,1<<20)
        except OSError: pass
        g=0
        try:
            while 1: g+=os.write(b,B)
        except BlockingIOError: pass
        return g
    return one,None
def unix():
    k=[]
    def one():
        a,b=socket.socketpair(); k.append((a,b)); a.setblocking(False); g=0
        try:
            while 1: g+=a.send(B[:65536])
        except BlockingIOError: pass
        return g
    return one,None
import resource
h=resource.getrlimit(7)[1]; resource.setrlimit(7,(min(h,60000),h))
def one(what,f):
    rd,w=os.pipe(); pid=os.fork()
    if pid==0:
        try: put("/proc/self/oom_score_adj","1000")
        except OSError: pass
        got=0; step,p=f()
        try:
            end=time.time()+20
            while got<n and time.time()<end: got+=step(); os.write(w,b".")
            rc=0 if got>=n else 4
        except (OSError,MemoryError): rc=3
        os._exit(rc)
    os.close(w); st=os.waitpid(pid,0)[1]
    for d in ("/dev/shm","/tmp","/run"):
        try: os.unlink(d+"/isomx.fill")
        except OSError: pass
    c=os.waitstatus_to_exitcode(st); r.append("%s %s"%(what,{0:"all",3:"refused",4:"slow"}.get(c,"killed"))); os.close(rd)
    if c==0: hit.append(what)
for d in ("/dev/shm","/tmp","/run"): one(d,lambda d=d: files(d))
for w,f in (("memfd",memfd),("shm",shm),("pipes",pipes),("sockets",unix)): one(w,f)
breach("%d MB by %s"%(n>>20,", ".join(hit))) if hit else blocked(", ".join(r))
E2
