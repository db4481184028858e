# Tries: make the program that renews the credentials of a unit, which may mount, act for root inside: by a link, a name and a unit that lead it to /usr or /proc/sys, by programs and a shell library of its own; write own credentials where they are read-only.
# Must: change no mount but one of credentials, and run nothing of root inside. [escape]
P=/usr/libexec/sandboxcontainer/inside/renew-credentials; D=/var/tmp/isomx.renew; U=/run/systemd/system; C=/run/credentials
G=/run/host/credentials
for f in $G/*; do [ ! -f "$f" ] || ! { echo x >"$f"; } 2>/dev/null || breach "writes $f"; done
[ "$(cat /proc/1/comm)" = systemd ] || blocked "own credentials are read-only, and PID 1 takes no orders"
[ -x $P ] || err "$P is not there"
rm -rf $D; mkdir -p $D/bin $U $C
for n in cmp mount stat cat cp mv; do printf '#!/bin/sh\necho "runs %s in $(tr -d "\\0" </proc/self/attr/current 2>/dev/null)" >>%s/hit\n' $n $D >$D/bin/$n; done
printf 'echo "reads ENV" >>%s/hit\n' $D >$D/env; chmod 755 $D/bin/*
# What would be renewed has to be there, and another one, with the same name.
mkdir -p $G 2>/dev/null && for n in os-release core_pattern; do echo isomx >$G/$n; done 2>/dev/null
ln -sfn /usr/lib $C/isomx-link; ln -sfn /usr $C/isomx-usr
unit() { n=$1 w=$2; shift 2; { printf '[Unit]\nDefaultDependencies=no\n[Service]\nType=oneshot\nEnvironment=PATH=%s/bin ENV=%s/env BASH_ENV=%s/env\nExecStart=%s %s\nExecStopPost=/bin/sh %s/look\n' $D $D $D $P "$w" $D; printf '%s\n' "$@"; } >$U/isomx-$n.service; }
cat >$D/look <<S
PATH=/usr/bin:/usr/sbin
for p in /usr /usr/lib; do touch \$p/isomx-probe 2>/dev/null && { rm -f \$p/isomx-probe; echo "writes \$p" >>$D/hit; }; done
awk '(\$5 == "/usr" || \$5 == "/proc/sys") && \$6 ~ /^rw/ {print "mounted for writing: " \$5}' /proc/self/mountinfo >>$D/hit
# What it writes in a mount namespace of its own shows in the files.
grep -l isomx /usr/lib/os-release /proc/sys/kernel/core_pattern >>$D/hit
echo ran >>$D/ran
S
mkdir -p $C/isomx-bound $C/isomx-sys
unit link isomx-link; unit usr isomx-usr; unit up ../../usr/lib
unit bound isomx-bound "BindReadOnlyPaths=/usr/lib:$C/isomx-bound"
unit sys isomx-sys "BindPaths=/proc/sys/kernel:$C/isomx-sys"
timeout 25 systemctl daemon-reload >/dev/null 2>&1
for n in link usr up bound sys; do timeout 20 systemctl start isomx-$n.service >/dev/null 2>&1; done
hit=$(sort -u $D/hit 2>/dev/null); ran=$(grep -c ran $D/ran 2>/dev/null)
rm -rf $U/isomx-* $C/isomx-* $G/os-release $G/core_pattern 2>/dev/null; timeout 25 systemctl daemon-reload >/dev/null 2>&1; timeout 10 systemctl reset-failed 'isomx-*' >/dev/null 2>&1
rm -rf $D
[ "${ran:-0}" -gt 0 ] || err "systemd ran none of the units"
[ -z "$hit" ] || breach "$hit"
blocked "$ran of 5 units ran it, and changed nothing"
