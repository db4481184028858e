# Tries: set traps where the host reads when the sandbox ends: links, a folder and endless text in place of /run/host/ended and outcome; then the host restarts the sandbox.
# Must: make the host read nothing through them and not hang; the sandbox must run again. [escape]
mkdir -p /run/host 2>/dev/null; cd /run/host 2>/dev/null || err "there is no /run/host"
for f in ended outcome command; do rm -rf $f; ln -s "${ISO_SECRETS%% *}" $f || err "cannot make links in /run/host"; done
mkdir -p deep && mkfifo deep/fifo && ln -s / deep/root && ln -s /dev/zero deep/zero
( cd / && mv /run/host /run/host.was && ln -s /var/lib/isomx /run/host ) 2>/dev/null
err "traps are set, but trying them needs --sandbox"
