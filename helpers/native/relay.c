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

/* The command's input, output and errors. What is read waits in here until the other side takes it, which may be never. */
static struct stream {
	/* One of both is our end of the pipe; -1 once it is closed. */
	int from, to, ours;
	ssize_t begin, end;
	char data[65536];
} streams[3];

/* Reads or writes a piece. */
static void move(struct stream *stream)
{
	ssize_t done;

	if (stream->begin == stream->end) {
		stream->begin = 0;
		done = read(stream->from, stream->data, sizeof stream->data);
		stream->end = done < 0 ? 0 : done;
	} else {
		done = write(stream->to, stream->data + stream->begin, (size_t)(stream->end - stream->begin));
		stream->begin += done < 0 ? 0 : done;
	}
	if (done > 0 || (done < 0 && (errno == EINTR || errno == EAGAIN)))
		return;
	close(stream->ours);
	stream->ours = -1;
}

/* Waits for something to do, and does it; without `host`, only until all that could be read is written. Returns 0 then. */
static int copy(int host)
{
	struct pollfd polled[4] = { [3] = { .fd = host, .events = POLLIN } };
	int is_full = 0, ready;

	for (int i = 0; i < 3; i++) {
		int waits = streams[i].begin < streams[i].end;

		polled[i].fd = streams[i].ours < 0 ? -1 : waits ? streams[i].to : streams[i].from;
		polled[i].events = waits ? POLLOUT : POLLIN;
		is_full |= waits && streams[i].ours >= 0;
	}
	ready = poll(polled, 4, host < 0 && !is_full ? 0 : -1);
	for (int i = 0; i < 3 && ready > 0; i++) {
		if (polled[i].revents != 0)
			move(&streams[i]);
	}
	return ready;
}

/* Opens the command as soon as it is there. Returns whether the joiner has ended. */
static int hear(int host)
{
	pid_t pid;
	ssize_t length = recv(host, &pid, sizeof pid, MSG_DONTWAIT);

	if (length == sizeof pid) {
		command = (int)syscall(SYS_pidfd_open, pid, 0);
		/* If the joiner has reaped the command meanwhile, it has ended as well. */
		length = recv(host, &pid, sizeof pid, MSG_DONTWAIT);
	}
	return length == 0;
}

int relay(const int ours[3], int has_terminal, int host, pid_t joiner)
{
	/* Without SA_RESTART, so that a caller who reads nothing keeps us from nothing. */
	struct sigaction action = { .sa_sigaction = pass_on, .sa_flags = SA_SIGINFO };
	int status;

	joiner_pid = joiner;
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
	for (int i = 0; i < 3; i++) {
		streams[i].ours = has_terminal ? -1 : ours[i];
		streams[i].from = i == 0 ? 0 : ours[i];
		streams[i].to = i == 0 ? ours[i] : i;
		if (!has_terminal && fcntl(ours[i], F_SETFL, O_NONBLOCK) != 0)
			err(1, "cannot use a pipe");
	}
	do
		copy(host);
	while (!hear(host));
	has_ended = 1;
	/* A process that the command left behind may hold its pipes. What it may still write is not waited for. */
	streams[0].ours = -1;
	while (copy(-1) != 0)
		;
	while (waitpid(joiner, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
