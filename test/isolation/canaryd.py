#!/usr/bin/env python3
"""Holds the host's live canaries (IPC, sockets, key, UDP sender and logger) and writes /run/isomx/params."""
import os, sys, ctypes, socket, struct, threading, time, secrets, glob, hashlib, subprocess, stat, select
D, R = os.environ["D"], os.environ["R"]
libc = ctypes.CDLL(None, use_errno=True)
tok = lambda: b"ISOMX-SECRET-" + secrets.token_hex(16).encode()
P = {}
def sc(n, *a):
    r = libc.syscall(ctypes.c_long(n), *[x if isinstance(x, (bytes, ctypes.Array)) or x is None else ctypes.c_long(x) for x in a])
    return r if r >= 0 else -ctypes.get_errno()
# SysV shm
key = 0x69736f00 + secrets.randbelow(200)
sid = libc.shmget(key, 4096, 0o1666)
libc.shmat.restype = ctypes.c_void_p
a = libc.shmat(sid, None, 0); t = tok(); ctypes.memmove(a, t, len(t)); P["ISO_SHMKEY"] = key
# POSIX mq
class A(ctypes.Structure): _fields_ = [(x, ctypes.c_long) for x in ("flags", "maxmsg", "msgsize", "cur", "r1", "r2", "r3", "r4")]
at = A(0, 4, 256); sc(241, b"isomx")
buf = ctypes.create_string_buffer(ctypes.string_at(ctypes.byref(at), ctypes.sizeof(at)), ctypes.sizeof(at))
q = sc(240, b"isomx", os.O_RDWR | os.O_CREAT, 0o666, buf)
if q >= 0: t = tok(); sc(242, q, t, len(t), 0, None)
# a key in the user keyring of uid 0
t = tok(); k = sc(248, b"user", b"isomx", t, len(t), -4)
if k > 0: sc(250, 5, k, 0x3f3f0000)           # KEYCTL_SETPERM: possessor and user: all
P["ISO_KEY"] = max(k, 0)
# stream listeners: abstract, path, TCP on loopback; each answers with a secret
def serve(s):
    s.listen(8)
    def run():
        while True:
            try:
                c, _ = s.accept(); c.sendall(tok() + b"\n"); c.close()
            except OSError: pass
    threading.Thread(target=run, daemon=True).start()
ab = "isomx-" + secrets.token_hex(4)
s1 = socket.socket(socket.AF_UNIX); s1.bind("\0" + ab); serve(s1); P["ISO_ABS"] = ab
p = R + "/sock"
if os.path.exists(p): os.unlink(p)
s2 = socket.socket(socket.AF_UNIX); s2.bind(p); os.chmod(p, 0o666); serve(s2)
s3 = socket.socket(); s3.bind(("127.0.0.1", 0)); serve(s3); P["ISO_TCP"] = s3.getsockname()[1]
try:
    v = socket.socket(socket.AF_VSOCK); v.bind((socket.VMADDR_CID_ANY, 0xFFFFFFFF)); serve(v); P["ISO_VSOCK"] = v.getsockname()[1]
except OSError: P["ISO_VSOCK"] = ""
u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); u.bind(("0.0.0.0", 0)); P["ISO_UDP"] = u.getsockname()[1]
def udplog():
    f = open(R + "/udp.log", "w", buffering=1)
    while True:
        d, who = u.recvfrom(2048)
        if d.startswith((b"isomx-spoof", b"isomx-link")): f.write("%s %s\n" % (who[0], d.decode("ascii", "replace")))
threading.Thread(target=udplog, daemon=True).start()
sink = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); sink.bind(("127.0.0.1", 0))
def chat():
    o = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); t = tok()
    while True:
        for ip in ["127.0.0.1"] + [x for x in open(R + "/victim-ip").read().split() if x] if os.path.exists(R + "/victim-ip") else ["127.0.0.1"]:
            try: o.sendto(t, (ip, sink.getsockname()[1]))
            except OSError: pass
        while select.select([sink], [], [], 0)[0]: sink.recv(999)
        time.sleep(0.3)
threading.Thread(target=chat, daemon=True).start()
# D-Bus guid of the host's system bus
try:
    b = socket.socket(socket.AF_UNIX); b.settimeout(5); b.connect("/run/dbus/system_bus_socket")
    b.sendall(b"\0AUTH EXTERNAL " + str(os.getuid()).encode().hex().encode() + b"\r\n"); P["ISO_DBUS"] = b.recv(200).split()[1].decode(); b.close()
except Exception: P["ISO_DBUS"] = ""
# file handles (an attacker would find them by brute force)
def handle(path):
    h = ctypes.create_string_buffer(struct.pack("Ii", 128, 0) + bytes(128)); m = ctypes.c_int()
    if libc.name_to_handle_at(-100, path.encode(), h, ctypes.byref(m), 0): return ""
    n, ty = struct.unpack("Ii", h.raw[:8]); return "%d:%s" % (ty, h.raw[8:8 + n].hex())
P["ISO_HANDLE"] = handle(D + "/secret"); P["ISO_ROOTHANDLE"] = handle("/")
P["ISO_SECRETS"] = D + "/secret /etc/isomx.shadow"
vf = open(R + "/victim").read().strip() if os.path.exists(R + "/victim") else ""
P["ISO_VICTIM"] = vf; P["ISO_VHANDLE"] = handle(vf) if vf else ""
st = os.stat("/"); P["ISO_ROOT_STDEV"] = st.st_dev
dev = st.st_dev; blk = ""
if os.major(dev) == 0:                       # btrfs, overlay...: take the mount source
    src = subprocess.run(["findmnt", "-no", "SOURCE", "/"], capture_output=True, text=True).stdout.split("[")[0].strip()
    try: dev = os.stat(src).st_rdev
    except OSError: dev = 0
P["ISO_ROOTDEV"] = "%d %d" % (os.major(dev), os.minor(dev))
us = os.stat("/usr"); P["ISO_USR"] = "%d:%d" % (us.st_dev, us.st_ino)
P["ISO_ROOTFILES"] = os.statvfs("/").f_files; P["ISO_ROOTBLOCKS"] = os.statvfs("/").f_blocks
try: P["ISO_SHADOW"] = hashlib.sha256(open("/etc/shadow", "rb").read()).hexdigest()
except OSError: P["ISO_SHADOW"] = ""
P["ISO_HOSTPID"] = open(R + "/hostproc").read().strip()
P["ISO_NS"] = " ".join("%s=%d" % (k, os.stat("/proc/self/ns/" + k).st_ino) for k in ("mnt", "pid", "net", "ipc", "uts", "cgroup", "user", "time") if os.path.exists("/proc/self/ns/" + k))
ex = set()
for pat in ("/usr/bin/sh", "/usr/bin/python3", "/usr/bin/sleep", "/usr/bin/podman", "/usr/bin/crun*", "/usr/bin/runc", "/usr/bin/conmon", "/usr/bin/systemd-nspawn", "/usr/lib*/libvirt/libvirt_lxc", "/usr/libexec/libvirt_lxc", "/usr/bin/sandboxcontainer", "/usr/bin/virsh", "/usr/sbin/libvirtd", "/usr/bin/env", "/usr/bin/systemd-run"):
    for x in glob.glob(pat):
        s = os.stat(x); ex.add("%d:%d" % (s.st_dev, s.st_ino))
P["ISO_EXES"] = " ".join(sorted(ex))
def ctx(pid):
    try: return open("/proc/%s/attr/current" % pid).read().strip("\0\n ")
    except OSError: return ""
P["ISO_SELINUX"] = 1 if os.path.exists("/sys/fs/selinux/enforce") else ""
try: P["ISO_APPARMOR"] = 1 if open("/sys/module/apparmor/parameters/enabled").read().strip() == "Y" else ""
except OSError: P["ISO_APPARMOR"] = ""
P["ISO_CTX"] = " ".join(dict.fromkeys(x for x in [ctx(1), ctx("self")] + [c for c in ("unconfined_u:unconfined_r:unconfined_t:s0-s0:c0.c1023", "system_u:system_r:init_t:s0", "system_u:system_r:sshd_t:s0-s0:c0.c1023") if P["ISO_SELINUX"]] if x))
mem = int(next(l for l in open("/proc/meminfo") if l.startswith("MemAvailable")).split()[1]) // 1024
fr = os.statvfs("/"); free = fr.f_bavail * fr.f_frsize >> 20
P["ISO_HOSTMEM"] = mem; P["ISO_HOSTFREE"] = free
with open(R + "/params.new", "w") as f:
    for k, v in P.items(): f.write("%s='%s'; export %s\n" % (k, v, k))
os.rename(R + "/params.new", R + "/params")
import signal
signal.signal(signal.SIGTERM, lambda *a: (libc.shmctl(sid, 0, None), sc(241, b"isomx"), k > 0 and sc(250, 3, k), os._exit(0)))
while True: time.sleep(3600)
