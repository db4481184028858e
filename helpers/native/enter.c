/*
 * enter --filter FILTER [--bounds MASK] [--context CONTEXT | --profile PROFILE] [--term TERM] PID:BEGAN PROGRAM ARG...:
 * runs PROGRAM of a sandbox beside its PID 1, which is PID on the host and began at that moment, and ends with its status.
 *
 * PROGRAM gets the namespaces, control groups and user of PID 1, its capabilities that are also in MASK, that system call FILTER,
 * and an SELinux context or AppArmor profile. It gets no open file but pipes of ours, or the terminal that our caller has made for it:
 * other files of our caller belong to the host. join.c is what happens inside; this is what happens on the host.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "enter.h"

static struct entry entry = { .bounds = ~0ULL };

/* A caller may have closed the standard files. What we open would take their numbers. */
static void open_standard_files(void)
{
	for (int file = 0; file < 3; file++) {
		if (fcntl(file, F_GETFD) < 0 && open("/dev/null", O_RDWR) != file)
			_exit(1);
	}
}

static _Noreturn void refuse_usage(void)
{
	errx(2, "usage: enter --filter FILTER [--bounds MASK] [--context CONTEXT | --profile PROFILE] [--term TERM] PID:BEGAN PROGRAM ARG...");
}

/* A set of capabilities in hexadecimal digits. */
static uint64_t parse_mask(const char *text)
{
	size_t length = strspn(text, "0123456789abcdef");

	if (length == 0 || length > 16 || text[length] != '\0')
		refuse_usage();
	return strtoull(text, NULL, 16);
}

/* Returns PID:BEGAN. */
static const char *read_arguments(int argc, char **argv)
{
	static const struct option options[] = {
		{ "filter", required_argument, NULL, 'f' },
		{ "bounds", required_argument, NULL, 'b' },
		{ "context", required_argument, NULL, 'c' },
		{ "profile", required_argument, NULL, 'p' },
		{ "term", required_argument, NULL, 't' },
		{ 0 },
	};
	static char term[128] = "TERM=dumb";
	static char *environment[] = {
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin", "HOME=/root", "USER=root", "LOGNAME=root",
		"LANG=C.UTF-8", term, NULL,
	};
	int option;

	opterr = 0;
	/* The plus ends the options at the first other word. */
	while ((option = getopt_long(argc, argv, "+", options, NULL)) != -1) {
		if (option == 'f')
			parse_filter(&entry.filter, optarg);
		else if (option == 'b')
			entry.bounds = parse_mask(optarg);
		else if (option == 'c')
			entry.context = optarg;
		else if (option == 'p')
			entry.profile = optarg;
		else if (option != 't' || snprintf(term, sizeof term, "TERM=%s", optarg) >= (int)sizeof term)
			refuse_usage();
	}
	if (argc - optind < 2 || entry.filter.length == 0 || (entry.context != NULL && entry.profile != NULL))
		refuse_usage();
	entry.program = argv + optind + 1;
	entry.environment = environment;
	return argv[optind];
}

/* They belong to root inside, so that programs can open them by name, such as /dev/stdout. */
static void make_pipes(void)
{
	for (int i = 0; i < 3; i++) {
		int ends[2], is_input = i == 0;

		if (pipe2(ends, O_CLOEXEC) != 0 || fchown(ends[0], entry.target.owner, entry.target.owner) != 0)
			err(1, "cannot make pipes for the command");
		entry.theirs[i] = ends[is_input ? 0 : 1];
		entry.ours[i] = ends[is_input ? 1 : 0];
	}
}

/*
 * The command gets no priority over the host's services, and may take none. Our child gets neither a real-time policy nor a nice
 * value below 0 (sched(7)). An I/O priority has its class in the upper bits (ioprio_set(2)).
 */
static void forgo_priority(void)
{
	static const struct rlimit none;
	struct sched_param own;

	if (sched_getparam(0, &own) != 0 || sched_setscheduler(0, sched_getscheduler(0) | SCHED_RESET_ON_FORK, &own) != 0 ||
	    (syscall(SYS_ioprio_get, 1, 0) >> 13 == 1 && syscall(SYS_ioprio_set, 1, 0, 0) != 0) ||
	    setrlimit(RLIMIT_RTPRIO, &none) != 0 || setrlimit(RLIMIT_NICE, &none) != 0)
		err(1, "cannot give up the priority of the caller");
}

int main(int argc, char **argv)
{
	int sockets[2];
	pid_t host = getpid(), joiner;

	/* Messages begin with it (err(3)). */
	program_invocation_short_name = "sandboxcontainer";
	open_standard_files();
	/* If the caller ignores it, nobody could wait for a child. */
	signal(SIGCHLD, SIG_DFL);
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0 || close_range(3, ~0U, 0) != 0)
		err(1, "cannot close what the caller has open");
	forgo_priority();
	find_target(&entry.target, read_arguments(argc, argv));
	open_groups(&entry.target);
	entry.has_terminal = isatty(0) && isatty(1) && isatty(2);
	if (!entry.has_terminal)
		make_pipes();
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) != 0)
		err(1, "cannot make a socket");
	joiner = fork();
	if (joiner < 0)
		err(1, "cannot begin a process");
	if (joiner == 0) {
		close(sockets[0]);
		join_sandbox(&entry, sockets[1], host);
	}
	close(sockets[1]);
	for (int i = 0; i < 3 && !entry.has_terminal; i++)
		close(entry.theirs[i]);
	return relay(entry.ours, entry.has_terminal, sockets[0], joiner);
}
