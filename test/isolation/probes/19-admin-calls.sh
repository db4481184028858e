# Tries: use system calls for an administrator of the machine: quotactl, swapon, acct, kexec_load, init_module, delete_module, iopl, ioperm, reboot's ctrl-alt-del, nfsservctl, lookup by number (kcmp), syslog, personality of the clock, vhangup.
# Must: get EPERM, EACCES or "no such call". [escape]
py <<'E2'
r=[]; hit=[]
bad=ctypes.create_string_buffer(b"/var/tmp/isomx.none"); z=ctypes.create_string_buffer(256)
calls=(("quotactl Q_SYNC",179,0x80000100,None,0,None),("quotactl_fd",443,0,0x80000700,0,z),("swapon",167,bad,0),("swapoff",168,bad),("acct off",163,None),
 ("kexec_load",246,0,0,None,0xff),("kexec_file_load",320,-1,-1,0,None,0xff),("init_module",175,z,0,b""),("finit_module",313,-1,b"",0),("delete_module",176,b"isomx_none",0x800),
 ("iopl",172,3),("ioperm",173,0x378,3,1),("reboot CAD_OFF",169,0xfee1dead,672274793,0x12345678,None),("settimeofday",164,z,None),("vhangup",153),("lookup_dcookie",212,0,z,256),("sysfs",139,99),
 ("bpf obj",321,7,z,120),("move_pages host",279,1,0,None,None,None,0),("migrate_pages",256,int(E("ISO_HOSTPID")),0,None,None),("perf_event",298,z,-1,0,-1,0))
allowed={"swapon":("ENOENT",),"swapoff":("ENOENT",)}
for n,nr,*a in calls:
    _,e=sc(nr,*a); r.append("%s %s"%(n,name(e)))
    if n.startswith("quotactl Q_SYNC") and e in (0,errno.ENOSYS): continue        # sync(2) for all: anybody may
    if n=="vhangup" and e==0: continue                                              # its own terminal
    if n=="kexec_load" and e==errno.EINVAL: hit.append(n)
    if e==0 and n not in ("move_pages host",): hit.append(n)
    if n in ("swapon","swapoff","init_module","finit_module","kexec_file_load","delete_module","iopl","ioperm") and e not in (1,13,38): hit.append("%s passed the check (%s)"%(n,name(e)))
breach(", ".join(hit)) if hit else blocked(", ".join(r))
E2
