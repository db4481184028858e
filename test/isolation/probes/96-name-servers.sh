# Tries: keep the host's update of name servers for ever: a pipe that nobody reads, and a link to the host's, in place of the files that it writes.
# Must: the host gives up soon, and writes nothing through them. [dos]
cd /run/host 2>/dev/null || err "there is no /run/host"
rm -f resolv.conf.new; mkfifo resolv.conf.new || blocked "no pipe can be made there"
rm -f resolv.conf; ln -s /var/lib/isomx/trap/resolv.conf resolv.conf
err "traps set; no --sandbox to tell name servers"
