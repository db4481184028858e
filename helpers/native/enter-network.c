/*
 * enter-network [--awaited] [--profile PROFILE] PID:BEGAN PROGRAM ARG...: becomes PROGRAM, with descriptors 8 and 9, beside the
 * sandbox whose PID 1 is PID on the host and began at that moment.
 *
 * The DHCP client of a sandbox needs rights over its network that nothing in the sandbox has. So it runs beside it: in its
 * user, network and UTS namespaces and in a copy of its mount namespace, but not among its processes. Nothing inside can name it.
 *
 * Its root is /usr of the host, read-only: a mount of its own, from which no path leads up to the host. Its working directory
 * is the root of the sandbox.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "rights.h"
#include "target.h"

static int copy_usr(void)
{
	struct mount_attr attributes = { .attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NODEV };
	int usr = (int)syscall(SYS_open_tree, AT_FDCWD, "/usr", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);

	if (usr < 0 ||
	    syscall(SYS_mount_setattr, usr, "", AT_EMPTY_PATH | AT_RECURSIVE, &attributes, sizeof attributes) != 0)
		err(1, "cannot copy the mount of /usr");
	return usr;
}

/* Whatever is at /usr of the sandbox by now is covered in the own mount namespace. */
static void mount_usr(int root, int usr)
{
	struct open_how how = { .flags = O_PATH | O_DIRECTORY | O_CLOEXEC, .resolve = RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS };
	int at;

	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
		err(1, "cannot separate the mounts of the DHCP client");
	at = (int)syscall(SYS_openat2, root, "usr", &how, sizeof how);
	if (at < 0 || syscall(SYS_move_mount, usr, "", at, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) != 0)
		err(1, "cannot mount /usr beside the sandbox");
	close(at);
}

static _Noreturn void run_beside(const struct target *target, const char *profile, char **program, char **environment)
{
	/* Our words go to the journal. The program's standard error stays lost: it would complain of its working directory. */
	int usr = copy_usr(), lost = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 10), root;

	if (lost < 0 || dup2(9, STDERR_FILENO) < 0)
		err(1, "cannot use descriptor 9");
	join_namespaces(target, CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWUTS);
	if (unshare(CLONE_NEWNS) != 0)
		err(1, "cannot separate the mounts of the DHCP client");
	root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		err(1, "cannot open the root of the sandbox");
	mount_usr(root, usr);
	if (fchdir(usr) != 0 || chroot(".") != 0 || fchdir(root) != 0)
		err(1, "cannot change the root to /usr");
	set_label_at_exec(NULL, profile);
	dup2(lost, STDERR_FILENO);
	execve(program[0], program, environment);
	err(1, "cannot run %s", program[0]);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "awaited", no_argument, NULL, 'a' },
		{ "profile", required_argument, NULL, 'p' },
		{ 0 },
	};
	/* For inside/private-root, whose root is /usr. */
	static char *environment[] = { "PATH=/sbin:/bin", "LC_ALL=C", NULL, NULL };
	struct target target = { 0 };
	const char *profile = NULL;
	int option;

	/* Messages begin with it (err(3)). */
	program_invocation_short_name = "sandboxcontainer";
	opterr = 0;
	/* The plus ends the options at the first other word. */
	while ((option = getopt_long(argc, argv, "+", options, NULL)) != -1) {
		if (option == 'a')
			environment[2] = "AWAITED=yes";
		else if (option == 'p')
			profile = optarg;
		else
			argc = 0;
	}
	if (argc - optind < 2)
		errx(2, "usage: enter-network [--awaited] [--profile PROFILE] PID:BEGAN PROGRAM ARG...");
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0 || close_range(3, 7, 0) != 0 || close_range(10, ~0U, 0) != 0)
		err(1, "cannot close what the caller has open");
	find_target(&target, argv[optind]);
	run_beside(&target, profile, argv + optind + 1, environment);
}
