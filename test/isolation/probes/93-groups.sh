# Tries: make 20,000 control groups beside each other, and 300 below each other.
# Must: be refused before they cost the host much, or before nobody can remove them. [dos]
py <<'E'
import os
top=next((d for d in ("/sys/fs/cgroup","/sys/fs/cgroup/systemd") if os.access(d,os.W_OK) and os.path.exists(d+"/cgroup.procs")),None)
def make(count,name,then):
    os.chdir(top); n=0
    try:
        while n<count: os.mkdir(name%n); then(name%n); n+=1
    except OSError as x: return n,errno.errorcode[x.errno]
    return n,"ok"
if top is None: blocked("no group may be written"); raise SystemExit
wide=make(20000,"w%d",lambda n:None)
for n in range(wide[0]): os.rmdir("w%d"%n)
deep=make(300,"isomx-a-long-name-%d",os.chdir)
for d in range(deep[0]): os.chdir(".."); os.rmdir("isomx-a-long-name-%d"%(deep[0]-1-d))
said="beside each other %d, %s; below each other %d, %s"%(wide+deep)
breach(said) if wide[0]>=20000 or deep[0]>=100 else blocked(said)
E
