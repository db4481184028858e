/*
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
#include <linux/mount.h>
#include <linux/openat2.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "enter.h"

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

void join_network(const struct entry *entry)
{
	/* Our words go to the journal. The program's standard error stays lost: it would complain of its working directory. */
	int usr = copy_usr(), lost = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 10), root;

	if (lost < 0 || dup2(9, STDERR_FILENO) < 0)
		err(1, "cannot use descriptor 9");
	join_namespaces(&entry->target, CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWUTS);
	if (unshare(CLONE_NEWNS) != 0)
		err(1, "cannot separate the mounts of the DHCP client");
	root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		err(1, "cannot open the root of the sandbox");
	mount_usr(root, usr);
	if (fchdir(usr) != 0 || chroot(".") != 0 || fchdir(root) != 0)
		err(1, "cannot change the root to /usr");
	if (entry->profile != NULL)
		set_profile_at_exec(entry->profile);
	dup2(lost, STDERR_FILENO);
	execve(entry->program[0], entry->program, entry->environment);
	err(1, "cannot run %s", entry->program[0]);
}
