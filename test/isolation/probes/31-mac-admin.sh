# Tries: switch off or load the access control. SELinux: write the current value to enforce; open load, disable, commit_pending_bools, checkreqprot. AppArmor: load, replace and remove profiles, write the settings of the module. Also through own mounts of selinuxfs and securityfs.
# Must: be refused. [escape]
[ -n "$ISO_SELINUX$ISO_APPARMOR" ] || err "no SELinux and no AppArmor on the host"
py <<'E'
hit=[]; r=[]
def opens(p,bad):
    try: os.close(os.open(p,os.O_WRONLY)); bad and hit.append(p+" opened")
    except OSError as z: r.append(p[-12:]+" "+name(z.errno))
def mounted(fst,own):
    d=W+"/"+fst; os.makedirs(d,exist_ok=True); e=mnt(fst,d,fst,0); r.append("mount "+name(e))
    return [own]+([d] if e==0 else []),(lambda: e==0 and umnt(d))
if E("ISO_SELINUX"):
    at,done=mounted("selinuxfs","/sys/fs/selinux")
    for x in at:
        y,ok=rewrite(x+"/enforce"); r.append(y[-30:]); ok and hit.append(x+"/enforce")
        for f in ("load","disable","commit_pending_bools","checkreqprot"): opens(x+"/"+f,f=="load")
    done()
if E("ISO_APPARMOR"):
    at,done=mounted("securityfs","/sys/kernel/security")
    for x in at:
        for f in (".load",".replace",".remove"): opens(x+"/apparmor/"+f,True)
    done()
    for f in ("mode","audit","debug","logsyscall"):
        y,ok=rewrite("/sys/module/apparmor/parameters/"+f); r.append(y[-30:]); ok and hit.append(y)
if hit: breach(" ".join(hit))
blocked(" ".join(r))
E
