# matrix puts this before every probe, with the canary parameters. The verdict is the last line that starts with "@",
# and the exit status: 0 breach, 1 blocked, 2 could not be tried.
PATH=/usr/sbin:/usr/bin:/sbin:/bin; export PATH; LC_ALL=C; export LC_ALL
TOK='ISOMX-SECRET-[0-9a-f]\{32\}'
breach()  { echo "@BREACH $*"; exit 0; }
blocked() { echo "@blocked $*"; exit 1; }
err()     { echo "@error $*"; exit 2; }
W=; for _d in /var/tmp /tmp /dev/shm /run; do [ -d $_d ] && mkdir -p $_d/isomx.w 2>/dev/null && W=$_d/isomx.w && break; done
export W
PYLIB='
import os,sys,ctypes,errno,struct,socket,fcntl,re,time,glob,signal,stat
libc=ctypes.CDLL(None,use_errno=True)
E=os.environ.get
TOK=re.compile(rb"ISOMX-SECRET-[0-9a-f]{32}")
W=E("W") or "/tmp"
def out(v,m,rc): print("@%s %s"%(v,str(m).replace("\n"," ")[:300]),flush=True); os._exit(rc)
def breach(m=""): out("BREACH",m,0)
def blocked(m=""): out("blocked",m,1)
def error(m=""): out("error",m,2)
REF=(errno.EPERM,errno.EACCES,errno.EROFS)
def hook(t,v,tb):
    if isinstance(v,OSError) and v.errno in REF: blocked(v)
    error("%s: %s"%(t.__name__,v))
sys.excepthook=hook
def name(e): return errno.errorcode.get(e,str(e)) if e else "ok"
def sc(n,*a):
    "raw syscall -> (result, errno)"
    ctypes.set_errno(0)
    r=libc.syscall(ctypes.c_long(n),*[x if isinstance(x,(bytes,ctypes.Array,ctypes.Structure)) or x is None or hasattr(x,"_obj") else ctypes.c_long(x) for x in a])
    return r,(ctypes.get_errno() if r==-1 else 0)
def ns(k,p="self"):
    try: return os.stat("/proc/%s/ns/%s"%(p,k)).st_ino
    except OSError: return 0
HNS=dict(x.split("=") for x in E("ISO_NS","").split())
def shared(k): return str(ns(k))==HNS.get(k)
def has_secret(p,n=4096):
    try:
        fd=os.open(p,os.O_RDONLY|os.O_NONBLOCK)
        try: return bool(TOK.search(os.read(fd,n)))
        finally: os.close(fd)
    except OSError: return False
def rewrite(p):
    "read a kernel setting and write the same value back: this proves write access and changes nothing"
    try: v=open(p,"rb").read()
    except OSError as e: return "%s: read %s"%(p,name(e.errno)),False
    m=re.search(rb"\[([^\]]+)\]",v)
    if m: v=m.group(1)
    try:
        fd=os.open(p,os.O_WRONLY); os.write(fd,v); os.close(fd); return p,True
    except OSError as e: return "%s: %s"%(p,name(e.errno)),False
def mnt(src,tgt,fst,fl=0,data=None):
    ctypes.set_errno(0)
    r=libc.mount(src and src.encode(),tgt and tgt.encode(),fst and fst.encode(),ctypes.c_ulong(fl),data and data.encode())
    return 0 if r==0 else ctypes.get_errno()
def put(p,s):
    "write at once: a file object may write only when it is closed, and then the error is lost"
    fd=os.open(p,os.O_WRONLY)
    try: os.write(fd,s.encode())
    finally: os.close(fd)
def umnt(p): libc.umount2(p.encode(),2)
def newns(): return sc(272,0x20000)[1]==0 and mnt(None,"/",None,0x44000) in (0,)   # unshare(NEWNS), make rprivate
'
export PYLIB
command -v python3 >/dev/null 2>&1 || NOPY=1
py() { [ -z "$NOPY" ] || err "no python3 in the container"; PYTHONDONTWRITEBYTECODE=1 python3 -E -S -c "$PYLIB
$(cat)"; exit $?; }
