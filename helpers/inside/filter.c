/*
 * filter [--no-new-privs] PROGRAM COMMAND ARG...: becomes COMMAND under the system call filter PROGRAM (seccomp(2)),
 * written as `tcpdump -ddd` writes a program: the number of instructions, then code, jt, jf and k of each, as decimal
 * numbers. If anything is wrong with it, the command does not run.
 *
 * The kernel wants CAP_SYS_ADMIN or no_new_privs. setpriv(1) can load a filter too, but sets no_new_privs first, and
 * su, sudo and other set-user-id programs would not work inside.
 */
#define _GNU_SOURCE
#include <err.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { CANNOT_START = 125 };

/* libvirt's controller may miss the last words of a container that ends at once. */
static void let_console_be_read(void)
{
	usleep(200000);
}

static unsigned long next_number(const char **text, unsigned long most)
{
	char *end;
	unsigned long value = strtoul(*text, &end, 10);

	if (end == *text || value > most)
		errx(CANNOT_START, "the system call filter is damaged at `%.20s`", *text);
	*text = end;
	return value;
}

int main(int argc, char **argv)
{
	static struct sock_filter program[BPF_MAXINSNS];
	struct sock_fprog filter = { .filter = program };
	const char *text;

	atexit(let_console_be_read);
	if (argc > 1 && strcmp(argv[1], "--no-new-privs") == 0) {
		if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
			err(CANNOT_START, "cannot set no_new_privs");
		argc--, argv++;
	}
	if (argc < 3)
		errx(CANNOT_START, "usage: filter [--no-new-privs] PROGRAM COMMAND ARG...");
	text = argv[1];
	filter.len = next_number(&text, BPF_MAXINSNS);
	for (unsigned short i = 0; i < filter.len; i++) {
		program[i].code = next_number(&text, 0xffff);
		program[i].jt = next_number(&text, 0xff);
		program[i].jf = next_number(&text, 0xff);
		program[i].k = next_number(&text, 0xffffffff);
	}
	if (*text != '\0')
		errx(CANNOT_START, "the system call filter has more than it says, at `%.20s`", text);
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter) != 0)
		err(CANNOT_START, "the kernel refuses the system call filter");
	execvp(argv[2], argv + 2);
	err(CANNOT_START, "cannot run %s", argv[2]);
}
