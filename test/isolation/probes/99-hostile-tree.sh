# Tries: set traps for the host in the tree: links to the host in place of files and folders that it writes, fifos, folders too deep for a path, a huge sparse file, names of files and processes with line ends and escapes; then the host looks at the tree, makes it again and starts it.
# Must: make the host read and change nothing of its own, and not hang. [escape]
t=/var/lib/isomx/trap
for f in hostname hosts resolv.conf machine-id localtime; do rm -rf /etc/$f; ln -s $t/$f /etc/$f; done
mv /etc/default /etc/default.was && ln -s $t /etc/default
mv /var/log /var/log.was 2>/dev/null && ln -s $t /var/log
rm -f /etc/shells && mkfifo /etc/shells; ln -s / /srv/root; ln -s "${ISO_SECRETS%% *}" /srv/secret
cp /usr/bin/id /srv/suid && chmod 6755 /srv/suid
mkdir -p "$(printf '/srv/line\nend\033[31m')"; touch "$(printf '/srv/\377\376')"
python3 -c 'import os; os.fork() or (os.setsid(), os.execv("/usr/bin/sleep",["isomx\n\033[31m\r<0>","300"]))' </dev/null >/dev/null 2>&1
truncate -s 15T /srv/sparse 2>/dev/null
python3 -c 'import os
os.mkdir("/srv/deep"); os.chdir("/srv/deep")
for i in range(60):
    try: os.mkdir("d"*250); os.chdir("d"*250)
    except OSError:
        if i<20: raise
        break # AppArmor takes no path of more than 8192 bytes. PATH_MAX is 4096.' || err "cannot make deep folders"
err "traps are set, but trying them needs --sandbox"
