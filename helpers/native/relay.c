#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "relay.h"
#include "report.h"

struct stream {
	/* Negative once the stream has ended. */
	int from, to;
	char data[65536];
	size_t begin, end;
};

static struct stream streams[3];
static pid_t joiner_pid;
static volatile sig_atomic_t command = -1, has_ended;

/* A terminal sends it to our caller, too, who passes it on. */
static void pass_on(int number, siginfo_t *info, void *context)
{
	int saved = errno;

	(void)context;
	if (has_ended)
		_exit(128 + number);
	if (info->si_code != SI_KERNEL) {
		if (command >= 0)
			syscall(SYS_pidfd_send_signal, (int)command, number, NULL, 0);
		else
			kill(joiner_pid, number);
	}
	errno = saved;
}

static void catch_signals(void)
{
	/* Without SA_RESTART, so that a caller who reads nothing keeps us from nothing. */
	struct sigaction action = { .sa_sigaction = pass_on, .sa_flags = SA_SIGINFO };

	for (const int *number = (const int[]){ SIGINT, SIGTERM, SIGHUP, 0 }; *number != 0; number++)
		sigaction(*number, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
}

/* Only our end of a pipe is closed: whoever is at the other end learns it. */
static void end_stream(struct stream *stream)
{
	close(stream == &streams[0] ? stream->to : stream->from);
	stream->from = stream->to = -1;
}

static void fill(struct stream *stream)
{
	ssize_t got = read(stream->from, stream->data, sizeof stream->data);

	if (got > 0)
		stream->begin = 0, stream->end = (size_t)got;
	else if (got == 0 || (errno != EINTR && errno != EAGAIN))
		end_stream(stream);
}

static void empty(struct stream *stream)
{
	ssize_t put = write(stream->to, stream->data + stream->begin, stream->end - stream->begin);

	if (put > 0)
		stream->begin += (size_t)put;
	else if (errno != EINTR && errno != EAGAIN)
		end_stream(stream);
}

/* Waits for the next thing to do, and does it. */
static void copy(struct pollfd polled[7])
{
	for (int i = 0; i < 3; i++) {
		struct stream *stream = &streams[i];
		int has_data = stream->begin < stream->end;

		polled[2 * i] = (struct pollfd){ .fd = has_data ? -1 : stream->from, .events = POLLIN };
		/* Without events it tells only that nobody reads any more. */
		polled[2 * i + 1] = (struct pollfd){ .fd = stream->to, .events = has_data ? POLLOUT : 0 };
	}
	if (poll(polled, 7, -1) < 0) {
		polled[6].revents = 0;
		return;
	}
	for (int i = 0; i < 3; i++) {
		if (polled[2 * i].revents != 0)
			fill(&streams[i]);
		else if (polled[2 * i + 1].revents & POLLOUT)
			empty(&streams[i]);
		else if (polled[2 * i + 1].revents != 0)
			end_stream(&streams[i]);
	}
}

/* What the command wrote before it ended. A process that it has left behind may hold its pipes: we do not wait for that. */
static void drain(struct stream *stream)
{
	while (stream->from >= 0) {
		if (stream->begin < stream->end) {
			empty(stream);
			continue;
		}
		fill(stream);
		if (stream->begin == stream->end)
			return;
	}
}

/* Returns whether the command has ended, and then how. */
static int hear(int host, int *status)
{
	char text[1024];
	ssize_t length = recv(host, text, sizeof text - 1, 0);
	pid_t pid;

	if (length < 0 && errno == EINTR)
		return 0;
	if (length <= 0) {
		*status = SIGKILL;
		return 1;
	}
	text[length] = '\0';
	if (*text == '!')
		fail("%s", text + 1);
	if (*text == 'P' && length == 1 + (ssize_t)sizeof pid) {
		memcpy(&pid, text + 1, sizeof pid);
		command = (int)syscall(SYS_pidfd_open, pid, 0);
		send(host, "", 1, MSG_NOSIGNAL);
		return 0;
	}
	memcpy(status, text + 1, sizeof *status);
	return 1;
}

int relay(const int ours[3], int has_pipes, int host, int joiner)
{
	struct pollfd polled[7] = { [6] = { .fd = host, .events = POLLIN, .revents = POLLIN } };
	int status;

	joiner_pid = joiner;
	catch_signals();
	for (int i = 0; i < 3; i++) {
		streams[i].from = !has_pipes ? -1 : i == 0 ? STDIN_FILENO : ours[i];
		streams[i].to = !has_pipes ? -1 : i == 0 ? ours[i] : i;
		if (has_pipes && fcntl(ours[i], F_SETFL, O_NONBLOCK) != 0)
			fail_errno("cannot use a pipe");
	}
	do {
		if (has_pipes)
			copy(polled);
	} while ((has_pipes && polled[6].revents == 0) || !hear(host, &status));
	has_ended = 1;
	drain(&streams[1]);
	drain(&streams[2]);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
