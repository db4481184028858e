/* From the host into a sandbox, in the order in which it happens. */
#ifndef ENTER_H
#define ENTER_H

#include "rights.h"
#include "target.h"

struct entry {
	struct target target;
	struct call_filter filter;
	/* PID 1 may still have more capabilities than these. */
	uint64_t bounds;
	/* At most one of these; NULL means none. */
	const char *context, *profile;
	char **program, **environment;
	/* The command's standard files are a terminal of the caller's, which made it for this. Else these pipes: our ends and theirs. */
	int has_terminal;
	int ours[3], theirs[3];
};

/*
 * join.c: becomes the parent of the command, and ends with its status: 128 plus the signal if it was killed. Tells `host`, a socket, the
 * process id of the command on the host, and waits for nothing from there: who has the other end may be stopped, as by Ctrl-Z.
 */
_Noreturn void join_sandbox(struct entry *entry, int host, pid_t host_pid);

/*
 * relay.c: copies between our standard files and the command's pipes, and passes signals on, until the joiner ends. `host` is
 * the other end of its socket. Returns the exit status.
 */
int relay(const int ours[3], int has_terminal, int host, pid_t joiner);

#endif
