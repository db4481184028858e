# Tries: make systemd, which may do more, act for root inside: units with its context or the host's, all capabilities, a writable /usr, another /proc, kernel sockets, device nodes, files that it opens (StandardOutput=, OpenFile=), priority on the processor and protection from the memory killer; under SELinux, load an own library into it (ld.so.preload, daemon-reexec).
# Must: be refused, or make the service able to do no more than root inside. [escape]
[ "$(cat /proc/1/comm)" = systemd ] || blocked "PID 1 takes no orders"
D=/var/tmp/isomx.ask; U=/run/systemd/system; rm -rf $D; mkdir -p $D $U
cat >$D/try <<'S'
# Lists everything that this service can do but root inside may not.
exec 9>$D/$1
[ "$(tr -d '\0' </proc/self/attr/current 2>/dev/null)" = "$2" ] || echo "context $(tr -d '\0' </proc/self/attr/current)" >&9
for p in /usr $([ "$3" != bound ] || echo $D/usr); do touch $p/isomx-probe 2>/dev/null && { rm -f $p/isomx-probe; echo "writes $p" >&9; }; done
for p in /proc/sys/kernel/core_pattern $D/sys/kernel/core_pattern; do v=$(cat $p 2>/dev/null); [ -n "$v" ] && { echo "$v" >$p; } 2>/dev/null && echo "writes $p" >&9; done
# systemd may do this in its own user namespace. If it has no domain of its own, anybody may make it do so, and gains nothing.
[ "$(tr -d '\0' </proc/1/attr/current 2>/dev/null)" = "$2" ] || ! mount -t tmpfs t /mnt 2>/dev/null || { umount /mnt; echo mounts >&9; }
mount -o remount,bind,rw /usr 2>/dev/null && echo "mounts /usr for writing" >&9
mknod /dev/isomx-mem c 1 1 2>/dev/null && { echo "makes nodes" >&9; rm -f /dev/isomx-mem; }
[ -r /proc/self/fd/3 ] && [ "$3" = opened ] && echo "has $(readlink /proc/self/fd/3)" >&9
[ "$3" != kernel ] || echo "has a socket of the kernel" >&9
[ "$(nice)" -ge 0 ] || echo "goes first, $(nice)" >&9
[ "$(cat /proc/self/oom_score_adj)" -ge 0 ] || echo "is spared, $(cat /proc/self/oom_score_adj)" >&9
case $(chrt -p $$) in *SCHED_OTHER* | *SCHED_BATCH* | *SCHED_IDLE*) ;; *) echo "$(chrt -p $$)" >&9 ;; esac
echo ran >&9
S
ME=$(tr -d '\0' </proc/self/attr/current 2>/dev/null); INIT=$(tr -d '\0' </proc/1/attr/current 2>/dev/null)
# unit NAME WORD SETTING…
unit() {
  n=$1 w=$2; shift 2
  { printf '[Unit]\nDefaultDependencies=no\n[Service]\nType=oneshot\nEnvironment=D=%s\nExecStart=/bin/sh %s/try %s "%s" %s\n' $D $D "$n" "$ME" "$w"; printf '%s\n' "$@"; } >$U/isomx-$n.service
}
mkdir -p $D/usr $D/sys
unit plain -
unit context-init - "SELinuxContext=$INIT"
unit context-host - SELinuxContext=system_u:system_r:unconfined_t:s0
unit profile-init - "AppArmorProfile=${INIT% (*}"
unit profile-host - AppArmorProfile=unconfined
unit caps - 'CapabilityBoundingSet=~' 'AmbientCapabilities=CAP_SYS_ADMIN CAP_SYS_MODULE CAP_MKNOD CAP_SYS_RAWIO CAP_NET_ADMIN CAP_SYS_TIME' SecureBits=keep-caps
unit write - ReadWritePaths=/usr ProtectSystem=no
unit bind bound "BindPaths=/usr:$D/usr /proc/sys:$D/sys"
unit proc - RootDirectory=/ MountAPIVFS=yes ProtectProc=default PrivateTmp=no "BindPaths=/usr /proc"
unit nodes - PrivateDevices=no DevicePolicy=auto 'DeviceAllow=char-* rwm' 'DeviceAllow=block-* rwm' Delegate=yes
unit sysrq opened 'StandardOutput=file:/proc/sysrq-trigger'
unit knob opened OpenFile=/proc/sys/kernel/core_pattern
[ "$ME" = "$INIT" ] || unit memory opened OpenFile=/proc/1/mem
unit kmsg opened OpenFile=/proc/kmsg:k:read-only
unit nice - Nice=-20
unit fifo - CPUSchedulingPolicy=fifo CPUSchedulingPriority=50
unit spared - OOMScoreAdjust=-1000
unit ionice - IOSchedulingClass=realtime
for k in 'audit 1 9' 'kobject-uevent 1 15' 'netfilter 1 12' 'connector 1 11'; do
  # What root inside has without asking is no gain.
  python3 -c 'import socket,sys; socket.socket(16,3,int(sys.argv[1])).bind((0,1))' ${k##* } 2>/dev/null && continue
  k=${k% *}; n=nl-${k%% *}; unit $n kernel "Sockets=isomx-$n.socket"; printf '[Unit]\nDefaultDependencies=no\n[Socket]\nListenNetlink=%s\n' "$k" >$U/isomx-$n.socket
done
unit vsock kernel Sockets=isomx-vsock.socket; printf '[Unit]\nDefaultDependencies=no\n[Socket]\nListenStream=vsock::9999\n' >$U/isomx-vsock.socket
for k in /proc/kmsg /dev/kmsg /proc/sysrq-trigger; do
  n=sp-$(basename $k); unit $n kernel "Sockets=isomx-$n.socket"; printf '[Unit]\nDefaultDependencies=no\n[Socket]\nListenSpecial=%s\nWritable=yes\n' "$k" >$U/isomx-$n.socket
done
cp /usr/lib/*/libz.so.1 $D/isomx-preload.so 2>/dev/null || cp /usr/lib/*/libc.so.6 $D/isomx-preload.so
was=$(cat /etc/ld.so.preload 2>/dev/null); echo $D/isomx-preload.so >/etc/ld.so.preload
timeout 25 systemctl daemon-reexec >/dev/null 2>&1
[ -n "$was" ] && echo "$was" >/etc/ld.so.preload || rm -f /etc/ld.so.preload
cd $U && for s in isomx-*.socket; do timeout 10 systemctl start $s >/dev/null 2>&1 && case $s in *-sp-* | *-nl-* | *vsock*) touch $D/made-$s ;; esac; done
for s in isomx-*.service; do case $s in *-nl-* | *-sp-* | *vsock*) [ -e $D/made-${s%service}socket ] || continue ;; esac; echo $s; done >$D/start
timeout 60 systemctl start $(cat $D/start) >/dev/null 2>&1
hit=$(cd $D; for f in *; do [ -f $f ] && case $f in try | start | made-* | isomx-preload.so) ;; *) grep -v '^ran$' $f | sed "s/^/$f: /" ;; esac; done)
ran=$(cd $D; grep -lx ran * 2>/dev/null | grep -vc '^try$')
timeout 10 systemctl stop 'isomx-*.socket' >/dev/null 2>&1; rm -f $U/isomx-*; timeout 25 systemctl daemon-reload >/dev/null 2>&1; timeout 10 systemctl reset-failed 'isomx-*' >/dev/null 2>&1
[ -e $D/plain ] || err "systemd started none of the units"
rm -rf $D
[ -z "$hit" ] || breach "$hit"
blocked "$ran of the units ran, with no more rights than root inside"
