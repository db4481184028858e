# Tries: have another sandbox get a folder of the host: puts links to /etc and to the host's secrets into a folder of the host that it may write, in place of a folder that another sandbox mounts.
# Must: the other sandbox is refused, or has the folder itself. [escape]
[ -d /srv/isomx.bind ] || blocked "no folder of the host is mounted"
cd /srv/isomx.bind && rm -rf x && ln -s /etc x || blocked "no link can be made there"
err "a link is there; no --sandbox to start another"
