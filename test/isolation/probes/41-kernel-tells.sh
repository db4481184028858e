# Tries: read information about the machine's kernel and about others: kernel addresses (kallsyms, modules, pagemap, notes), memory by page, timers, keys, firmware tables, energy counters, slabs, tracing, and which processes of the host run.
# Must: find it hidden, refused or without addresses. [info]
py <<'E2'
hit=[]; r=[]
def some(p,n=65536):
    try:
        fd=os.open(p,os.O_RDONLY|os.O_NONBLOCK)
        try: return os.read(fd,n)
        finally: os.close(fd)
    except OSError as e: r.append("%s %s"%(p,name(e.errno))); return b""
addr=re.compile(rb"\bffff[0-9a-f]{12}\b")
for p in ("/proc/kallsyms","/proc/modules","/proc/timer_list","/proc/vmallocinfo","/proc/sched_debug","/sys/kernel/debug/sched/debug","/proc/net/unix","/proc/net/packet","/proc/self/stack"):
    if addr.search(some(p)): hit.append(p)
for l in some("/proc/iomem").splitlines()[:40]:
    if not l.strip().startswith(b"00000000-00000000"): hit.append("/proc/iomem"); break
for p in ("/proc/kcore","/proc/kpagecount","/proc/kpageflags","/proc/kpagecgroup","/proc/slabinfo","/proc/latency_stats","/proc/pagetypeinfo","/sys/kernel/notes"):
    if some(p,64): p=="/sys/kernel/notes" and not addr.search(some(p)) or hit.append(p)
for p in glob.glob("/sys/firmware/efi/efivars/*")[:3]+glob.glob("/sys/firmware/acpi/tables/*")[:8]+glob.glob("/sys/firmware/dmi/entries/*/raw")[:3]+["/sys/firmware/dmi/tables/DMI"]+glob.glob("/sys/devices/virtual/powercap/*/energy_uj")+glob.glob("/sys/class/dmi/id/*serial*")+glob.glob("/sys/class/dmi/id/product_uuid")+glob.glob("/sys/module/*/sections/.text")[:3]+glob.glob("/sys/kernel/slab/*/alloc_calls")[:2]:
    if os.path.isfile(p) and some(p,64): hit.append(p)
try:
    if "isomx" in open("/proc/keys").read(): hit.append("/proc/keys")
except OSError: pass
a=ctypes.create_string_buffer(8192); a[0]=b"x"
try:
    fd=os.open("/proc/self/pagemap",os.O_RDONLY); v=struct.unpack("Q",os.pread(fd,8,ctypes.addressof(a)//4096*8))[0]
    if v&((1<<55)-1): hit.append("/proc/self/pagemap")
except OSError as e: r.append("pagemap "+name(e.errno))
breach(", ".join(hit)) if hit else blocked(", ".join(r)[:200])
E2
