/*
 * enter --filter FILE [--context CONTEXT | --profile PROFILE] [--term TERM] PID:BEGAN PROGRAM ARG...: runs PROGRAM of a
 * sandbox beside its PID 1, which is PID on the host and began at that moment, and ends with its status.
 * enter --network [--awaited] [--profile PROFILE] PID:BEGAN PROGRAM ARG...: becomes PROGRAM, with descriptors 8 and 9; see
 * network.c.
 *
 * PROGRAM gets the namespaces, control groups, user and capabilities of PID 1, the system call filter in FILE, and an
 * SELinux context or AppArmor profile. It gets no open file but pipes of ours, or the terminal that our caller has made for it:
 * other files of our caller belong to the host. join.c is what happens inside; this is what happens on the host.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include "enter.h"

static struct entry entry;
static int is_network;

/* For inside/private-root, whose root is /usr. */
static char *network_environment[] = { "PATH=/sbin:/bin", "LC_ALL=C", NULL, NULL };

/* A caller may have closed the standard files. What we open would take their numbers. */
static void open_standard_files(void)
{
	for (int file = 0; file < 3; file++) {
		if (fcntl(file, F_GETFD) < 0 && open("/dev/null", O_RDWR) != file)
			_exit(1);
	}
}

static void read_filter(const char *path)
{
	static char text[1 << 19];
	int file = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = 0, length = 0;

	if (file < 0)
		err(1, "cannot read the system call filter %s", path);
	while ((size_t)length < sizeof text - 1 && (got = read(file, text + length, sizeof text - 1 - (size_t)length)) > 0)
		length += got;
	if (got < 0 || memchr(text, '\0', (size_t)length) != NULL)
		errx(1, "cannot read the system call filter %s", path);
	close(file);
	parse_filter(&entry.filter, text);
}

static _Noreturn void refuse_usage(void)
{
	errx(2, "usage: enter --filter FILE [--context CONTEXT | --profile PROFILE] [--term TERM] PID:BEGAN PROGRAM ARG...\n"
	     "       enter --network [--awaited] [--profile PROFILE] PID:BEGAN PROGRAM ARG...");
}

/* Returns PID:BEGAN. */
static const char *read_arguments(int argc, char **argv)
{
	static const struct option options[] = {
		{ "filter", required_argument, NULL, 'f' },
		{ "context", required_argument, NULL, 'c' },
		{ "profile", required_argument, NULL, 'p' },
		{ "term", required_argument, NULL, 't' },
		{ "network", no_argument, NULL, 'n' },
		{ "awaited", no_argument, NULL, 'a' },
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
			read_filter(optarg);
		else if (option == 'c')
			entry.context = optarg;
		else if (option == 'p')
			entry.profile = optarg;
		else if (option == 'n')
			is_network = 1;
		else if (option == 'a')
			network_environment[2] = "AWAITED=yes";
		else if (option != 't' || snprintf(term, sizeof term, "TERM=%s", optarg) >= (int)sizeof term)
			refuse_usage();
	}
	if (argc - optind < 2 || (entry.filter.length == 0) != is_network || (entry.context != NULL && entry.profile != NULL))
		refuse_usage();
	entry.program = argv + optind + 1;
	entry.environment = is_network ? network_environment : environment;
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

int main(int argc, char **argv)
{
	int sockets[2];
	pid_t host = getpid(), joiner;
	const char *process;

	/* Messages begin with it (err(3)). */
	program_invocation_short_name = "sandboxcontainer";
	open_standard_files();
	process = read_arguments(argc, argv);
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0 || close_range(3, is_network ? 7 : ~0U, 0) != 0 || close_range(10, ~0U, 0) != 0)
		err(1, "cannot close what the caller has open");
	find_target(&entry.target, process);
	if (is_network)
		join_network(&entry);
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
