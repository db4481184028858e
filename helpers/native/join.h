/* From the host into the sandbox. */
#ifndef JOIN_H
#define JOIN_H

#include "rights.h"
#include "target.h"

struct entry {
	struct target target;
	struct call_filter filter;
	/* At most one of these; NULL means none. */
	const char *context, *profile;
	char **program, **environment;
	/* The command's standard input and outputs are a terminal of the caller's, which made it for this. */
	int has_terminal;
	/* Else these: our ends and theirs of three pipes. */
	int ours[3], theirs[3];
};

/*
 * Joins these namespaces of PID 1, and its user namespace, with the topmost root of its mount namespace as root and working
 * directory, and becomes root there.
 */
void join_namespaces(const struct target *target, int namespaces);

/*
 * Becomes the parent of the command; never returns. What it has to say goes to `host`: `!` and a message, `P` and the process
 * id of the command on the host, or `E` and its status as wait(2) has it.
 */
_Noreturn void join_sandbox(struct entry *entry, int host, pid_t host_pid);

/* Becomes the program as the DHCP client of the sandbox; never returns. See network.c. */
_Noreturn void join_network(const struct entry *entry);

#endif
