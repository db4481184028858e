/*
 * filter FILE COMMAND ARG...: becomes COMMAND under the system call filter in FILE, an array of struct sock_filter
 * (seccomp(2)). If anything is wrong with the file, the command does not run.
 *
 * setpriv(1) can do this too, but sets no_new_privs first, and su, sudo and other set-user-id programs would not work
 * inside. With CAP_SYS_ADMIN in the user namespace the kernel does not ask for it.
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { CANNOT_START = 125 };

int main(int argc, char **argv)
{
	/* One more than allowed, to notice a file that is too long. */
	static struct sock_filter program[BPF_MAXINSNS + 1];
	struct sock_fprog filter = { .filter = program };
	ssize_t size;
	int file;

	if (argc < 3)
		errx(CANNOT_START, "usage: filter FILE COMMAND ARG...");
	file = open(argv[1], O_RDONLY | O_CLOEXEC);
	if (file < 0)
		err(CANNOT_START, "cannot open the system call filter %s", argv[1]);
	size = read(file, program, sizeof program);
	if (size < 0)
		err(CANNOT_START, "cannot read the system call filter %s", argv[1]);
	if (size == 0 || size % sizeof *program != 0 || size > (ssize_t)(BPF_MAXINSNS * sizeof *program))
		errx(CANNOT_START, "%s is not a system call filter: it has %zd bytes", argv[1], size);
	filter.len = size / sizeof *program;
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter) != 0)
		err(CANNOT_START, "the kernel refuses the system call filter %s", argv[1]);
	execvp(argv[2], argv + 2);
	err(CANNOT_START, "cannot run %s", argv[2]);
}
