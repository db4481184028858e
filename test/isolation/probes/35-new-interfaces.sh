# Tries: use interfaces with a history of kernel holes: io_uring, userfaultfd (all modes), perf_event_open, fanotify of a whole file system, BPF, AF_ALG by socket, nested KVM.
# Must: be refused. [surface]
py <<'E2'
hit=[]; r=[]
def t(n,e,fd):
    r.append("%s %s"%(n,name(e)))
    if e==0: hit.append(n); os.close(fd)
fd,e=sc(425,4,ctypes.create_string_buffer(120)); t("io_uring_setup",e,fd)
fd,e=sc(323,0o2000000); t("userfaultfd",e,fd)
fd,e=sc(323,1); t("userfaultfd user mode",e,fd)
b=ctypes.create_string_buffer(128); struct.pack_into("IIQ",b,0,1,128,0); struct.pack_into("Q",b,40,1|0x20|0x40)
fd,e=sc(298,b,0,-1,-1,0); t("perf_event_open software",e,fd)
b=ctypes.create_string_buffer(128); struct.pack_into("IIQ",b,0,0,128,0); struct.pack_into("Q",b,40,1|0x20|0x40); fd,e=sc(298,b,0,-1,-1,0); t("perf_event_open hardware",e,fd)
fd,e=sc(300,0x4,0); t("fanotify_init content",e,fd)
fd,e=sc(321,0,ctypes.create_string_buffer(struct.pack("IIII",1,4,4,1),72),72); t("bpf map",e,fd)
if os.path.exists("/dev/kvm"): hit.append("/dev/kvm")
breach(", ".join(hit)) if hit else blocked(", ".join(r))
E2
