# Drops what the machinery of a container says at each start and what means nothing for its service. It goes by who says it: PID 1 and
# systemd-tmpfiles, whose names journald puts before their lines, with numbers that no service has. All else that they say stays.
# The host's own layout, which its own journal tells at its boot.
/^(\[ *[0-9]+\.[0-9]{6}\] )?systemd\[1\]: System is tainted: [a-z0-9:-]+ *$/d
# Files of the distribution's packages that name a path twice, as on the host.
/^(\[ *[0-9]+\.[0-9]{6}\] )?systemd-tmpfiles\[[0-9]+\]: \/usr\/lib\/tmpfiles\.d\/[^ ]+: Duplicate line for path "[^"]+", ignoring\. *$/d
# PID 1, before there is a journald: of version 1 of cgroups it wants a link where libvirt mounted a controller.
/^Failed to create symlink \/sys\/fs\/cgroup\/[a-z_,]+: File exists *$/d
