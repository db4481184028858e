# Tries: use the newer mount calls on shared and own mounts: clear read-only of /usr (mount_setattr, also on a clone), map ids again, open_tree, move_mount, fsopen of disk file systems and overlay; then write to the host's /usr.
# Must: make nothing of the host writable. [escape]
py <<'E2'
r=[]; AT_EMPTY=0x1000; AT_RECURSIVE=0x8000
def setattr_(fd,path,set_=0,clr=0,userns=0):
    return sc(442,fd,path,AT_EMPTY if path==b"" else 0,ctypes.create_string_buffer(struct.pack("QQQQ",set_,clr,0,userns),32),32)[1]
def writable(base):
    try: os.close(os.open(base+"/isomx-probe",os.O_CREAT|os.O_WRONLY,0o600)); os.unlink(base+"/isomx-probe"); return True
    except OSError: return False
s=os.stat("/usr")
if "%d:%d"%(s.st_dev,s.st_ino)!=E("ISO_USR"): blocked("/usr is not the host's")
for flag,what in ((1,"ro"),(2,"nosuid"),(4,"nodev")): r.append("clear %s %s"%(what,name(setattr_(-100,b"/usr",0,flag))))
if writable("/usr"): breach("/usr made writable by mount_setattr")
fd,e=sc(428,-100,b"/usr",1|AT_RECURSIVE|0o2000000); r.append("open_tree "+name(e))
if e==0:
    r.append("clone clear ro "+name(setattr_(fd,b"",0,1)))
    p="/proc/self/fd/%d"%fd
    if writable(p): breach("a clone of /usr is writable")
    try:
        u=os.open("/proc/self/ns/user",os.O_RDONLY); r.append("idmap "+name(setattr_(fd,b"",0x100000,0,u)))
        if writable(p): breach("a clone of /usr with other ids is writable")
    except OSError as x: r.append("userns "+name(x.errno))
    d=W+"/mt"; os.makedirs(d,exist_ok=True); _,e=sc(429,fd,b"",-100,d.encode(),4); r.append("move_mount "+name(e))
    if e==0:
        if writable(d): breach("a moved clone of /usr is writable")
        umnt(d)
for fs in (b"ext4",b"xfs",b"btrfs",b"squashfs",b"overlay",b"fuse",b"9p",b"nfs",b"cifs",b"debugfs",b"tracefs",b"securityfs",b"bpf",b"pstore",b"efivarfs",b"configfs",b"devtmpfs"):
    fd,e=sc(430,fs,0)
    if e: r.append("%s %s"%(fs.decode(),name(e))); continue
    _,e=sc(431,fd,6,None,None,0)                       # FSCONFIG_CMD_CREATE
    if e==0 and fs in (b"debugfs",b"tracefs",b"securityfs",b"pstore",b"efivarfs",b"configfs",b"devtmpfs"): breach(fs.decode()+" can be mounted")
    os.close(fd)
blocked(", ".join(r))
E2
