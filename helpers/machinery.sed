# Drops lines that the machinery of a container writes at each start and that mean nothing for its service. It matches
# the sender, PID 1 or systemd-tmpfiles: journald puts their names before their lines, with process ids that no service
# has. Everything else that they write stays.
# This line is about the host's own layout; the host's journal has it too, at boot.
/^(\[ *[0-9]+\.[0-9]{6}\] )?systemd\[1\]: System is tainted: [a-z0-9:-]+ *$/d
# Files of the distribution's packages name a path twice; on the host too.
/^(\[ *[0-9]+\.[0-9]{6}\] )?systemd-tmpfiles\[[0-9]+\]: \/usr\/lib\/tmpfiles\.d\/[^ ]+: Duplicate line for path "[^"]+", ignoring\. *$/d
# From PID 1 before journald runs: with cgroup version 1 it wants to make a link where libvirt mounted a controller.
/^Failed to create symlink \/sys\/fs\/cgroup\/[a-z_,]+: File exists *$/d
