/* The sandbox that is entered, as the host sees it. */
#ifndef TARGET_H
#define TARGET_H

#include <stdint.h>
#include <sys/types.h>

/* PID 1 inside is the attacker's. What is read of it here comes from the kernel, through descriptors of this one process. */
struct target {
	int pidfd;
	/* The moment it began, as a number. */
	const char *began;
	/* Its folder in /proc. */
	int folder;
	/* Whether it has a user namespace of its own. */
	int has_user_namespace;
	/* The user of the host that is root inside. */
	uid_t owner;
	/* The capabilities that it can have. */
	uint64_t bounds;
	/* Its root, as root_of() says. */
	struct root {
		uint64_t mount, inode, device;
	} root;
	/* Each control group that the container is in: a descriptor of its cgroup.procs. */
	int groups[64], group_count;
};

/* Finds PID 1 by `PID:BEGAN`, its number and the moment it began (proc_pid_stat(5), field 22). */
void find_target(struct target *target, const char *process);
/* Opens the control groups in which libvirt has put the container. */
void open_groups(struct target *target);
/* What a root is, without asking the file system. `path` is relative to `folder`. */
struct root root_of(int folder, const char *path);

#endif
