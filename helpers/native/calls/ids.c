#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "calls.h"

/*
 * Runs in the memory of the runtime, beside it, so it calls nothing but the kernel. All signals are blocked. pause(3) would change the state of
 * the thread that it shares.
 */
static int wait_for_the_end(void *parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() == *(pid_t *)parent) {
		for (;;)
			syscall(SYS_ppoll, NULL, 0, NULL, NULL, 0);
	}
	return 0;
}

/* Writes a file of a process. Returns 0, or what the kernel said. */
static int write_file(pid_t process, const char *name, const char *text)
{
	size_t length = strlen(text);
	char path[64];
	int file, error;

	snprintf(path, sizeof path, "/proc/%d/%s", process, name);
	file = open(path, O_WRONLY | O_CLOEXEC);
	if (file < 0)
		return errno;
	error = write(file, text, length) == (ssize_t)length ? 0 : errno;
	close(file);
	return error;
}

/*
 * makeUsers(first, count): returns the descriptor of a user namespace in which the ids from 0 on are those of the host from `first` on. A
 * namespace needs a process until it is open: this one shares our memory, which costs a fraction of fork(2).
 */
napi_value make_users(napi_env env, napi_callback_info info)
{
	static _Alignas(16) char stack[64 * 1024];
	static pid_t own;
	napi_value values[MOST_ARGUMENTS];
	int64_t first, count;
	sigset_t all, before;
	char text[64];
	int error, users = -1;
	pid_t process;

	if (!take_arguments(env, info, 2, values) || !take_number(env, values[0], &first) || !take_number(env, values[1], &count))
		return NULL;
	snprintf(text, sizeof text, "0 %lld %lld", (long long)first, (long long)count);
	own = getpid();
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	/* Without a signal at its end: the runtime would take it for a child of its own. */
	process = clone(wait_for_the_end, stack + sizeof stack, CLONE_VM | CLONE_NEWUSER, &own);
	error = process < 0 ? errno : 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (process < 0)
		return refuse(env, "clone", error);
	error = write_file(process, "uid_map", text);
	if (error == 0)
		error = write_file(process, "gid_map", text);
	if (error == 0) {
		snprintf(text, sizeof text, "/proc/%d/ns/user", process);
		users = open(text, O_RDONLY | O_CLOEXEC);
		error = users < 0 ? errno : 0;
	}
	kill(process, SIGKILL);
	while (waitpid(process, NULL, __WALL) < 0 && errno == EINTR)
		;
	return error != 0 ? refuse(env, "a map of ids", error) : make_number(env, users);
}
