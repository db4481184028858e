/* From the host into a sandbox, in the order in which it happens. */
#ifndef ENTER_H
#define ENTER_H

#include "rights.h"
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
	/* Its root. */
	struct root {
		uint64_t mount, inode, device;
	} root;
	/* Each control group that the container is in: a descriptor of its cgroup.procs. */
	int groups[64], group_count;
};

struct entry {
	struct target target;
	struct call_filter filter;
	/* At most one of these; NULL means none. */
	const char *context, *profile;
	char **program, **environment;
	/* The command's standard files are a terminal of the caller's, which made it for this. Else these pipes: our ends and theirs. */
	int has_terminal;
	int ours[3], theirs[3];
};

/* target.c: finds PID 1 by `PID:BEGAN`, its number and the moment it began (proc_pid_stat(5), field 22). */
void find_target(struct target *target, const char *process);
/* Opens the control groups in which libvirt has put the container. */
void open_groups(struct target *target);
/* What a root is, without asking its file system. `path` is relative to `folder`. */
struct root root_of(int folder, const char *path);

/*
 * join.c: joins these namespaces of PID 1, and its user namespace, with the topmost root of its mount namespace as root and working
 * directory, and becomes root there.
 */
void join_namespaces(const struct target *target, int namespaces);
/*
 * Becomes the parent of the command, and ends with its status: 128 plus the signal if it was killed. Tells `host`, a socket, the
 * process id of the command on the host, and waits for an answer.
 */
_Noreturn void join_sandbox(struct entry *entry, int host, pid_t host_pid);

/* network.c: becomes the program as the DHCP client of the sandbox. */
_Noreturn void join_network(const struct entry *entry);

/*
 * relay.c: copies between our standard files and the command's pipes, and passes signals on, until the joiner ends. `host` is
 * the other end of its socket. Returns the exit status.
 */
int relay(int ours[3], int has_terminal, int host, pid_t joiner);

#endif
