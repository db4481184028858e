/*
 * filter [--profile PROFILE] PROGRAM COMMAND ARG...: the first program of a container. It becomes COMMAND under the system
 * call filter PROGRAM (see rights.h), in the AppArmor PROFILE, with a session keyring of its own. If anything is wrong, the
 * command does not run.
 *
 * The kernel wants CAP_SYS_ADMIN or no_new_privs. setpriv(1) can load a filter too, but sets no_new_privs first, and
 * su, sudo and other set-user-id programs would not work inside.
 */
#define _GNU_SOURCE
#include <err.h>
#include <getopt.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>
#include "rights.h"

/* libvirt's controller may miss the last words of a container that ends at once. */
static void let_console_be_read(void)
{
	usleep(200000);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "no-new-privs", no_argument, NULL, 'n' },
		{ "profile", required_argument, NULL, 'p' },
		{ 0 },
	};
	static struct call_filter filter;
	int option;

	atexit(let_console_be_read);
	/* The plus ends the options at the first other word. */
	while ((option = getopt_long(argc, argv, "+", options, NULL)) != -1) {
		if (option == 'n' && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
			err(125, "cannot set no_new_privs");
		else if (option == 'p')
			set_label_at_exec(NULL, optarg);
		else if (option != 'n')
			argc = 0;
	}
	if (argc - optind < 2)
		errx(125, "usage: filter [--no-new-privs] [--profile PROFILE] PROGRAM COMMAND ARG...");
	leave_session_keyring();
	parse_filter(&filter, argv[optind]);
	load_filter(&filter);
	execvp(argv[optind + 1], argv + optind + 1);
	err(125, "cannot run %s", argv[optind + 1]);
}
