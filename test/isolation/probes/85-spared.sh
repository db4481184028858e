# Tries: be spared by the memory killer: lower oom_score_adj in a process that an administrator started from a protected shell, and for PID 1.
# Must: be refused: no process inside may have a negative score. [dos]
py <<'E2'
r=[]
for p in ("self","1"):
    for v in (-1000,-500,-1):
        try: put("/proc/%s/oom_score_adj"%p,str(v))
        except OSError as e: r.append("%s %d %s"%(p,v,name(e.errno))); continue
        breach("%s may have %d"%(p,v))
    s=int(open("/proc/%s/oom_score_adj"%p).read())
    if s<0: breach("%s has %d"%(p,s))
blocked(", ".join(r))
E2
