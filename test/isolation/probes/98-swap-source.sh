# Tries: give another sandbox a folder of the host: put links to /etc and to the host's secrets into a folder of the host that it may write, in place of a folder that the other sandbox mounts.
# Must: make the start of the other sandbox fail, or show it the real folder. [escape]
[ -d /srv/isomx.bind ] || blocked "no folder of the host is mounted"
cd /srv/isomx.bind && rm -rf x && ln -s /etc x || blocked "cannot make a link there"
err "the link is made, but trying it needs --sandbox"
