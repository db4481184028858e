#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "target.h"

ssize_t read_text(int folder, const char *name, char *text, size_t size)
{
	int file = openat(folder, name, O_RDONLY | O_CLOEXEC);
	ssize_t got = file < 0 ? -1 : 1, length = 0;

	while (got > 0 && (size_t)length < size - 1) {
		got = read(file, text + length, size - 1 - (size_t)length);
		length += got;
	}
	if (file >= 0)
		close(file);
	text[got < 0 ? 0 : length] = '\0';
	return got < 0 ? -1 : length;
}

/* Reads a file of /proc. A process that has ended has none. */
static void read_fact(int folder, const char *name, char *text, size_t size)
{
	if (read_text(folder, name, text, size) < 0)
		errx(1, STOPPED);
}

/* Returns the number of the parent. Ends if the process has ended, or is not the one that began then. */
static long parent_of(const struct target *target)
{
	char text[4096], state, began[32], *rest;
	long parent;

	read_fact(target->folder, "stat", text, sizeof text);
	/* A process can choose any name. The name ends at the last parenthesis. */
	rest = strrchr(text, ')');
	if (rest == NULL || sscanf(rest + 1, " %c %ld %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %31s",
				   &state, &parent, began) != 3)
		errx(1, "/proc has an unknown form");
	if (state == 'Z' || state == 'X' || strcmp(began, target->began) != 0)
		errx(1, STOPPED);
	return parent;
}

/* A file, without asking its file system. */
static struct identity identify(int folder, const char *path)
{
	struct statx found;
	int how = AT_EMPTY_PATH | AT_STATX_DONT_SYNC | AT_NO_AUTOMOUNT;

	if (syscall(SYS_statx, folder, path, how, STATX_INO | STATX_MNT_ID_UNIQUE, &found) != 0) {
		/* A process that has ended has no root. */
		if (errno == ENOENT || errno == ESRCH)
			errx(1, STOPPED);
		err(1, "cannot look at the sandbox, %s", path);
	}
	return (struct identity){ found.stx_mnt_id, found.stx_ino, (uint64_t)found.stx_dev_major << 32 | found.stx_dev_minor };
}

static int is_same(struct identity one, struct identity other)
{
	return memcmp(&one, &other, sizeof one) == 0;
}

/*
 * Whether PID 1 has another user namespace than we have. libvirt has made it below ours. PID 1 itself can only make one
 * further below, and has no reason to.
 */
static int has_user_namespace(int folder)
{
	struct identity ours = identify(AT_FDCWD, "/proc/self/ns/user");
	int users = openat(folder, "ns/user", O_RDONLY | O_CLOEXEC), above;

	if (users < 0)
		errx(1, STOPPED);
	if (is_same(identify(users, ""), ours))
		return 0;
	above = ioctl(users, NS_GET_PARENT);
	if (above < 0 || !is_same(identify(above, ""), ours))
		errx(1, "the first process of the sandbox has left its user namespace: something inside has taken it over. Stop the sandbox");
	return 1;
}

void find_target(struct target *target, const char *process)
{
	char text[8192], *rest, *line;
	unsigned long pid = strtoul(process, &rest, 10);
	unsigned int inside;

	if (strspn(process, "0123456789") != (size_t)(rest - process) || pid < 2 || pid > INT_MAX || *rest != ':' ||
	    rest[1] == '\0' || rest[1 + strspn(rest + 1, "0123456789")] != '\0')
		errx(1, "`%.40s` is not PID:BEGAN", process);
	target->began = rest + 1;
	target->pidfd = (int)syscall(SYS_pidfd_open, (pid_t)pid, 0);
	snprintf(text, sizeof text, "/proc/%lu", pid);
	target->folder = open(text, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (target->pidfd < 0 || target->folder < 0)
		errx(1, STOPPED);
	parent_of(target);
	/* If the process of the descriptor still exists, nobody else had its number when the folder was opened. */
	if (syscall(SYS_pidfd_send_signal, target->pidfd, 0, NULL, 0) != 0)
		errx(1, STOPPED);

	target->has_user_namespace = has_user_namespace(target->folder);
	read_fact(target->folder, "uid_map", text, sizeof text);
	if (sscanf(text, "%u %u", &inside, &target->owner) != 2 || inside != 0)
		errx(1, "the sandbox has no root user");
	read_fact(target->folder, "status", text, sizeof text);
	line = strstr(text, "\nCapBnd:");
	if (line == NULL || sscanf(line, " CapBnd: %lx", &target->bounds) != 1)
		errx(1, "/proc has an unknown form");
	target->root = identify(target->folder, "root");
}

/* Opens the cgroup.procs of a line of proc_pid_cgroup(5). Version 2 counts only if it is mounted at the top. */
static void open_group(struct target *target, char *line)
{
	static const char top[] = "/sys/fs/cgroup";
	char path[PATH_MAX + 256], *controllers;
	int length, problem;

	strsep(&line, ":");
	controllers = strsep(&line, ":");
	if (line == NULL || target->group_count == (int)(sizeof target->groups / sizeof *target->groups))
		errx(1, "/proc has an unknown form");
	controllers += strncmp(controllers, "name=", 5) == 0 ? 5 : 0;
	if (*controllers == '\0' && access("/sys/fs/cgroup/cgroup.controllers", F_OK) != 0)
		return;
	length = snprintf(path, sizeof path, "%s/%s%s/cgroup.procs", top, controllers, line);
	if (length < 0 || (size_t)length >= sizeof path)
		errx(1, "the control group of the sandbox has too long a name");
	target->groups[target->group_count] = open(path, O_WRONLY | O_CLOEXEC);
	if (target->groups[target->group_count++] < 0) {
		problem = errno;
		/* Ends if the sandbox has. */
		parent_of(target);
		errno = problem;
		err(1, "cannot open the control group of the sandbox, %s", path);
	}
}

/*
 * They are those of libvirt's controller, the parent of PID 1: a process of the host, which stays in the group that it has
 * made. PID 1 may have moved on to groups of its own below, with any name, which it can freeze.
 */
void open_groups(struct target *target)
{
	char name[64], text[32768], *line, *rest = text;
	long parent = parent_of(target);

	snprintf(name, sizeof name, "/proc/%ld/cgroup", parent);
	read_fact(AT_FDCWD, name, text, sizeof text);
	/* Still its parent, so the number was the controller's. */
	if (parent_of(target) != parent)
		errx(1, STOPPED);
	while ((line = strsep(&rest, "\n")) != NULL) {
		if (*line != '\0')
			open_group(target, line);
	}
	if (target->group_count == 0)
		errx(1, "this machine shows no control groups");
}

/*
 * One call joins all namespaces or none. It makes the topmost root of the mount namespace ours, and never that of PID 1
 * (mntns_install() in fs/namespace.c). If both differ, something inside has replaced PID 1.
 */
void join_namespaces(const struct target *target, int namespaces)
{
	if (setns(target->pidfd, target->has_user_namespace ? namespaces | CLONE_NEWUSER : namespaces) != 0) {
		if (errno == ESRCH)
			errx(1, STOPPED);
		err(1, "cannot join the namespaces of the sandbox");
	}
	if (!is_same(identify(AT_FDCWD, "/"), target->root))
		errx(1, "the first process of the sandbox has another root than the sandbox: something inside has taken it over. Stop the sandbox");
	if (setgroups(0, NULL) != 0 || setresgid(0, 0, 0) != 0 || setresuid(0, 0, 0) != 0)
		err(1, "cannot become root inside");
}
