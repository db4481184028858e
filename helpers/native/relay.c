#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "enter.h"

static pid_t joiner_pid;
static volatile sig_atomic_t command = -1, has_ended;

/* A terminal sends it to our caller, too, who passes it on. */
static void pass_on(int number, siginfo_t *info, void *context)
{
	int saved = errno;

	(void)context;
	if (has_ended)
		_exit(128 + number);
	if (info->si_code != SI_KERNEL && command >= 0)
		syscall(SYS_pidfd_send_signal, (int)command, number, NULL, 0);
	else if (info->si_code != SI_KERNEL)
		kill(joiner_pid, number);
	errno = saved;
}

/* Without SA_RESTART, so that a caller who reads nothing keeps us from nothing. */
static void catch_signals(void)
{
	struct sigaction action = { .sa_sigaction = pass_on, .sa_flags = SA_SIGINFO };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
}

/* Reads a piece of an output of the command, and writes it. Returns whether there was one. */
static int pass_output(int *from, int to)
{
	static char data[65536];
	ssize_t got = read(*from, data, sizeof data), put, done = 0;

	if (got < 0 && (errno == EINTR || errno == EAGAIN))
		return 0;
	while (done < got) {
		put = write(to, data + done, (size_t)(got - done));
		if (put < 0 && errno != EINTR)
			break;
		done += put < 0 ? 0 : put;
	}
	/* If our reader is gone, the command learns it as it would without us. */
	if (got <= 0 || done < got) {
		close(*from);
		*from = -1;
	}
	return got > 0;
}

/* The input waits for the command, which may read it late or never. */
static struct {
	char data[65536];
	ssize_t begin, end;
} input;

static void pass_input(int *to)
{
	ssize_t done;

	if (input.begin == input.end) {
		input.begin = 0;
		input.end = done = read(STDIN_FILENO, input.data, sizeof input.data);
	} else {
		done = write(*to, input.data + input.begin, (size_t)(input.end - input.begin));
		input.begin += done < 0 ? 0 : done;
	}
	if (done < 0 && (errno == EINTR || errno == EAGAIN)) {
		input.end = input.end < 0 ? input.begin : input.end;
	} else if (done <= 0) {
		close(*to);
		*to = -1;
	}
}

/* Waits for something to do, and does it. Returns whether the joiner has something to say. */
static int copy(int ours[3], int host)
{
	int is_waiting = input.begin < input.end;
	struct pollfd polled[] = {
		{ .fd = ours[0] < 0 ? -1 : is_waiting ? ours[0] : STDIN_FILENO, .events = is_waiting ? POLLOUT : POLLIN },
		{ .fd = ours[1], .events = POLLIN },
		{ .fd = ours[2], .events = POLLIN },
		{ .fd = host, .events = POLLIN },
	};

	if (poll(polled, 4, -1) < 0)
		return 0;
	if (polled[0].revents != 0)
		pass_input(&ours[0]);
	for (int i = 1; i < 3; i++) {
		if (polled[i].revents != 0)
			pass_output(&ours[i], i);
	}
	return polled[3].revents != 0;
}

/* Opens the command as soon as it is there. Returns whether the joiner has ended. */
static int hear(int host)
{
	pid_t pid;
	ssize_t length = recv(host, &pid, sizeof pid, 0);

	if (length == sizeof pid) {
		command = (int)syscall(SYS_pidfd_open, pid, 0);
		send(host, "", 1, MSG_NOSIGNAL);
	}
	return length == 0;
}

int relay(int ours[3], int has_terminal, int host, pid_t joiner)
{
	int status;

	joiner_pid = joiner;
	catch_signals();
	for (int i = 0; i < 3 && !has_terminal; i++) {
		if (fcntl(ours[i], F_SETFL, O_NONBLOCK) != 0)
			err(1, "cannot use a pipe");
	}
	while ((!has_terminal && !copy(ours, host)) || !hear(host))
		;
	has_ended = 1;
	/* A process that the command left behind may hold its pipes. What it may still write is not waited for. */
	for (int i = 1; i < 3 && !has_terminal; i++) {
		while (ours[i] >= 0 && pass_output(&ours[i], i))
			;
	}
	while (waitpid(joiner, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
