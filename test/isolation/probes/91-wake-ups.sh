# Tries: wake the machine or keep it awake: alarm timers, EPOLLWAKEUP, wake_lock, the rtc, a CPU latency request.
# Must: be refused, or have no effect. [dos]
py <<'E2'
hit=[]; r=[]
for n,c in (("CLOCK_REALTIME_ALARM",8),("CLOCK_BOOTTIME_ALARM",9)):
    t=ctypes.create_string_buffer(8); _,e=sc(222,c,None,t); r.append("%s %s"%(n,name(e))); e==0 and hit.append(n)
    fd,e=sc(283,c,0); r.append("timerfd "+name(e)); e==0 and hit.append("timerfd "+n)
for p in ("/sys/power/wake_lock","/sys/power/state","/dev/rtc0","/dev/cpu_dma_latency","/sys/class/rtc/rtc0/wakealarm"):
    try: os.close(os.open(p,os.O_WRONLY)); hit.append(p)
    except OSError as e: r.append(p+" "+name(e.errno))
breach(", ".join(hit)) if hit else blocked(", ".join(r))
E2
