/*
 * Two processes. The first one joins the namespaces of the sandbox, gives up its rights, and becomes the parent of the second
 * one, which is the command. Nothing inside has a number for the first one: it stays in the pid namespace of the host. Nothing
 * inside may trace or look at either of them, because they are not dumpable and their memory belongs to the user namespace of
 * the host (ptrace(2)). The only execve(2) is that of the command. Until then both may say on the caller's standard error what
 * is wrong.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "enter.h"

/* setns(2) and each change of users undo both (prctl(2)). */
static void end_with_host(pid_t host)
{
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0 || prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0)
		err(1, "cannot protect the process that enters");
	/* It may have ended before. */
	if (getppid() != host)
		_exit(1);
}

static int write_score(const char *score)
{
	int file = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
	ssize_t written = file < 0 ? -1 : write(file, score, strlen(score));

	close(file);
	return written > 0;
}

/*
 * If the sandbox runs out of memory, the command must die before PID 1 inside, whose death would end everything. A score that
 * somebody writes with CAP_SYS_RESOURCE also becomes the lowest that a process may give itself. Without that capability the
 * old minimum stays, and only trying reveals it (__set_oom_adj() in fs/proc/base.c).
 */
static void refuse_protection(void)
{
	if (!write_score("100"))
		err(1, "cannot tell the memory killer about the command");
	if ((own_capabilities() >> CAP_SYS_RESOURCE & 1) == 0 && write_score("-1"))
		errx(1, "processes of this shell may protect themselves from the memory killer (proc_pid_oom_score_adj(5)), and the "
		     "shell lacks CAP_SYS_RESOURCE to prevent that. Enter the sandbox in another way: systemd-run --pipe --wait "
		     "sandboxcontainer execute NAME -- COMMAND");
}

static _Noreturn void become_command(const struct entry *entry)
{
	sigset_t none;

	/* Root inside can stop this process at once, and then nothing of the host may wait for its files. */
	close_range(3, ~0U, 0);
	/*
	 * Signals to its process group must not reach us or the host's process. The kernel sends some itself, such as SIGTTIN, so
	 * without asking whether the sender may. A terminal has to stay the session's, and becomes that of the group.
	 */
	signal(SIGTTOU, SIG_IGN);
	if (entry->has_terminal ? setpgid(0, 0) != 0 || tcsetpgrp(0, getpid()) != 0 : setsid() < 0)
		err(1, "cannot begin a session");
	signal(SIGTTOU, SIG_DFL);
	signal(SIGPIPE, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execve(entry->program[0], entry->program, entry->environment);
	err(1, "cannot run %s inside", entry->program[0]);
}

/*
 * A thread that asked to be traced by its parent (PTRACE_TRACEME) is ours to reap and to let go on. Otherwise it would stay, and
 * with it the sandbox at its stop.
 */
static _Noreturn void await_command(pid_t command)
{
	int status;
	pid_t pid;

	for (;;) {
		pid = waitpid(-1, &status, __WALL);
		if (pid < 0 && errno != EINTR)
			_exit(1);
		if (pid > 0 && WIFSTOPPED(status))
			ptrace(PTRACE_DETACH, pid, NULL, (void *)(long)(WSTOPSIG(status) == SIGTRAP ? 0 : WSTOPSIG(status)));
		else if (pid == command)
			break;
	}
	_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

void join_sandbox(struct entry *entry, int host, pid_t host_pid)
{
	pid_t command;

	/* Root inside can stop the command before it is one. A file of the caller that it then had would stay open. */
	for (int i = 0; i < 3 && !entry->has_terminal; i++) {
		close(entry->ours[i]);
		if (dup2(entry->theirs[i], i) != i)
			err(1, "cannot use a pipe");
	}
	/* Signals to the process group of the caller are not for us. It cannot fail in a new process. */
	setpgid(0, 0);
	end_with_host(host_pid);
	refuse_protection();
	/* The host's control groups cannot be seen from inside. */
	for (int i = 0; i < entry->target.group_count; i++) {
		if (write(entry->target.groups[i], "0", 1) != 1) {
			/* A group that somebody has removed. */
			if (errno == ENODEV)
				errx(1, STOPPED);
			err(1, "cannot join the control groups of the sandbox");
		}
	}
	join_namespaces(&entry->target, CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP);
	leave_session_keyring();
	set_label_at_exec(entry->context, entry->profile);
	/* Without CAP_SYS_ADMIN the kernel would want no_new_privs first, and su, sudo and the like would not work inside. */
	load_filter(&entry->filter);
	keep_capabilities(entry->target.bounds & entry->bounds);
	end_with_host(host_pid);
	command = fork();
	if (command < 0) {
		/*
		 * The kernel has no memory for a pid namespace without PID 1 (pid_namespaces(7)), also while it still ends the others, before
		 * it says that PID 1 has ended.
		 */
		if (errno == ENOMEM && poll(&(struct pollfd){ .fd = entry->target.pidfd, .events = POLLIN }, 1, 1000) == 1)
			errx(1, STOPPED);
		err(1, "cannot begin a process in the sandbox");
	}
	if (command == 0)
		become_command(entry);
	send(host, &command, sizeof command, MSG_NOSIGNAL);
	/* The socket ends with this process, which the host waits for. */
	close_range(0, (unsigned)host - 1, 0);
	close_range((unsigned)host + 1, ~0U, 0);
	await_command(command);
}
