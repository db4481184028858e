# Tries: use process names that the host may misread: newlines, parentheses, the state of a zombie, libvirt's controller, systemd; for PID 1 too. Then the host looks, reloads and restarts.
# Must: make the host mistake none of them for another process; the sandbox must keep its limits. [escape]
py <<'E2'
for n in ("a\n) Z 1 (b","x) X 0 0","libvirt_lxc","systemd","\n1\n"):
    if os.fork()==0:
        os.setsid()
        try: put("/proc/self/comm",n)
        except OSError: pass
        os.execv("/usr/bin/python3",["/usr/lib/libvirt/libvirt_lxc","-c","import time,sys\nopen('/proc/self/comm','w').write(%r)\ntime.sleep(120)"%n,"--name",E("ISO_NAME") or "x","--console","7"])
time.sleep(1); r=[]
try: put("/proc/1/comm","a\n) Z 1"); r.append("PID 1 is renamed")
except OSError as e: r.append("PID 1: "+name(e.errno))
error("names are set (%s), but trying them needs --sandbox"%" ".join(r))
E2
