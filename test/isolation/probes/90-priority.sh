# Tries: take more than the own share of the processor, and be spared if memory is short: negative nice, SCHED_FIFO, SCHED_DEADLINE, real-time I/O class, a lower oom_score_adj than given, unlimited locked memory.
# Must: be refused. [dos]
py <<'E2'
hit=[]; r=[]
def t(n,e): r.append("%s %s"%(n,name(e))); e==0 and hit.append(n)
# The filter of system calls lets it seem to succeed.
e=sc(141,0,0,-20)[1]; t("nice -20",e or (os.getpriority(os.PRIO_PROCESS,0)>=0 and errno.EPERM))
p=ctypes.create_string_buffer(struct.pack("i",50),4); t("SCHED_FIFO",sc(144,0,1,p)[1])
a=ctypes.create_string_buffer(struct.pack("IIQiIQQQ",48,6,0,0,0,10000000,20000000,20000000),48); t("SCHED_DEADLINE",sc(314,0,a,0)[1])
t("ioprio real time",sc(251,1,0,(1<<13)|0)[1])
try: v=int(open("/proc/self/oom_score_adj").read()); put("/proc/self/oom_score_adj",str(max(v-500,-1000))); t("oom_score_adj",0)
except OSError as e: t("oom_score_adj",e.errno)
import resource
try: resource.setrlimit(resource.RLIMIT_MEMLOCK,(-1,-1)); t("memlock limit",0)
except (OSError,ValueError): t("memlock limit",1)
if min(os.sched_getaffinity(0),default=0)<0: hit.append("affinity")
breach(", ".join(hit)) if hit else blocked(", ".join(r))
E2
