# Tries: fill the memory of host processes that read what the sandbox says: lines without end into the pipes to the host and to the console, for ten seconds.
# Must: make no helper of the host grow. [dos]
for f in /run/host/outcome /run/host/ended /run/host/online /dev/console; do
  [ -e $f ] && timeout -k 1 10 sh -c "while :; do head -c 65536 /dev/zero | tr '\\0' x; done 1<>$f" 2>/dev/null &
done
wait
err "flooded, but looking at the result needs --sandbox"
