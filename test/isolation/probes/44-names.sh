# Tries: change the host name, the domain name, and the next process ids.
# Must: change only the own ones. [escape]
old=$(cat /proc/sys/kernel/hostname)
py <<'E2'
r=[]
for n,nr in (("sethostname",170),("setdomainname",171)): r.append("%s %s"%(n,name(sc(nr,b"isomx-renamed",13)[1])))
x,ok=rewrite("/proc/sys/kernel/ns_last_pid"); r.append(x if not ok else "ns_last_pid of its own")
time.sleep(1); blocked(", ".join(r)+", now "+os.uname().nodename)
E2
