/* PID 1 of a sandbox, and its namespaces. */
#ifndef TARGET_H
#define TARGET_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define STOPPED "the sandbox has stopped"

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
	/* Its root. */
	struct identity {
		uint64_t mount, inode, device;
	} root;
	/* Each control group that the container is in: a descriptor of its cgroup.procs. */
	int groups[64], group_count;
};

/* Finds PID 1 by `PID:BEGAN`, its number and the moment it began (proc_pid_stat(5), field 22). */
void find_target(struct target *target, const char *process);
/* Opens the control groups in which libvirt has put the container. */
void open_groups(struct target *target);
/*
 * Joins these namespaces of it, and its user namespace, with the topmost root of its mount namespace as root and working
 * directory, and becomes root there.
 */
void join_namespaces(const struct target *target, int namespaces);

/* Reads a short file, at most size - 1 bytes of it. Returns their number, or -1. */
ssize_t read_text(int folder, const char *name, char *text, size_t size);

#endif
