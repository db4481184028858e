# Tries: block the host's update of name servers forever: a pipe that nobody reads, and a link to the host's file, in place of the files that it writes.
# Must: make the host give up soon, and write nothing through them. [dos]
cd /run/host 2>/dev/null || err "there is no /run/host"
rm -f resolv.conf.new; mkfifo resolv.conf.new || blocked "cannot make a pipe there"
rm -f resolv.conf; ln -s /var/lib/isomx/trap/resolv.conf resolv.conf
err "traps are set, but trying them needs --sandbox"
