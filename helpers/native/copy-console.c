/*
 * copy-console [--journald] [--ended | --bounded]: leaves a process behind that copies the container's console (our standard
 * input) to the journal (our standard output) as plain text. It exits when the console ends or its terminal hangs up.
 *
 * The sandbox writes what it likes. So a line of more than 8000 bytes is cut before it fills the host's memory, a flood waits,
 * and each line gets its priority here, which overrides any that the sandbox wrote (sd-daemon(3)). With --journald the
 * priority replaces what journald inside puts before a line, and routine lines of the container's machinery are dropped.
 *
 * With --ended, descriptor 7 is the pipe in which inside/init and inside/ended say how the service ended. It is read after the
 * console. Its last line (so one at most) goes to the file `ended` in the working directory; the sandbox wrote any earlier one.
 * The file `console` gets the id of the process.
 *
 * With --bounded, copy-console copies a megabyte at most, and exits when that is done.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "plain-text.h"

enum { WIDTH = 8000, CHUNK = 4096, MEGABYTE = 1 << 20, ENDED_PIPE = 7 };

static bool is_journald, is_bounded;
/* The file `ended`; -1 without --ended. */
static int ended = -1;

/*
 * It reads no more than what it may copy: work on a line costs the host some fifty times what a line costs who writes it, and
 * nobody's limits count that work. So what writes faster waits.
 *
 * A line costs as much as a thousand bytes beside its own. That is 2000 lines a second in the long run, a tenth of a
 * processor for us and journald together, and 8000 at once, for a service that starts.
 */
static const int64_t per_line = 1000, per_second = 2000000, at_most = 8000000, nanoseconds = 1000000000;

static int64_t credit, counted;

static int64_t now(void)
{
	struct timespec time;

	if (clock_gettime(CLOCK_MONOTONIC, &time) != 0)
		err(1, "cannot read the clock");
	return time.tv_sec * nanoseconds + time.tv_nsec;
}

static void earn(void)
{
	int64_t moment = now(), passed = moment - counted;

	counted = moment;
	/* Whoever wrote nothing for a while has all of it. This also keeps the product small. */
	if (passed > at_most / per_second * nanoseconds)
		passed = at_most / per_second * nanoseconds;
	credit += passed / 1000 * per_second / 1000000;
	if (credit > at_most)
		credit = at_most;
}

/* Waits until more may be copied, but not once the other side has hung up: then little is left. */
static void wait_for_credit(int file)
{
	struct pollfd hang_up = { .fd = file };

	for (earn(); credit <= 0; earn())
		if (poll(&hang_up, 1, (int)(-credit * 1000 / per_second) + 1) > 0)
			return;
}

static void write_all(int file, const unsigned char *bytes, size_t length)
{
	while (length > 0) {
		ssize_t written = write(file, bytes, length);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			exit(1);
		bytes += written;
		length -= (size_t)written;
	}
}

/* The line that is being read, with room for its priority and its end. */
static const unsigned char priority[] = { '<', '6', '>' };
static unsigned char buffer[sizeof priority + WIDTH + 1], *const line = buffer + sizeof priority;
static size_t filled;
/* Whole lines that wait until all that was read has been looked at. A write for each would cost journald more. */
static unsigned char out[sizeof buffer];
static size_t waiting;
/* Whether the line is complete, and is written when it is clear that it is not the last one. */
static bool is_held;

/* Whether this is the line that says how the service ended, if no other follows. */
static bool is_ended(void)
{
	static const char mark[] = "\001ended";

	return ended >= 0 && filled >= strlen(mark) && memcmp(line, mark, strlen(mark)) == 0;
}

static void write_lines(void)
{
	write_all(STDOUT_FILENO, out, waiting);
	waiting = 0;
}

/* Puts the line to those that are written. The very last one may have no line end. */
static void end_line(bool has_end)
{
	struct text text = { line, line + filled };
	size_t length;

	filled = 0;
	credit -= per_line;
	make_plain(&text);
	if (is_journald && is_routine(text))
		return;
	if (is_journald)
		remove_stamp(&text);
	if (has_end)
		*text.end++ = '\n';
	text.at -= sizeof priority;
	memcpy(text.at, priority, sizeof priority);
	length = (size_t)(text.end - text.at);
	if (waiting + length > sizeof out)
		write_lines();
	memcpy(out + waiting, text.at, length);
	waiting += length;
}

static void take_byte(unsigned char byte)
{
	if (is_held || (filled == WIDTH && byte != '\n'))
		end_line(true);
	is_held = byte == '\n' && is_ended();
	if (byte != '\n')
		line[filled++] = byte;
	else if (!is_held)
		end_line(true);
}

static void end_input(void)
{
	if (is_ended()) {
		line[filled] = '\n';
		write_all(ended, line, filled + is_held);
	} else if (filled > 0) {
		end_line(false);
		write_lines();
	}
}

static void copy(int file, size_t left)
{
	static unsigned char chunk[CHUNK];
	ssize_t length;

	do {
		if (!is_bounded)
			wait_for_credit(file);
		length = read(file, chunk, left < CHUNK ? left : CHUNK);
		for (ssize_t i = 0; i < length; i++)
			take_byte(chunk[i]);
		write_lines();
		if (length > 0) {
			credit -= length;
			left -= is_bounded ? (size_t)length : 0;
		}
		/* A terminal whose other side is closed gives EIO. */
	} while (length > 0 || (length < 0 && errno == EINTR));
}

static int open_file(const char *name)
{
	int file = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (file < 0)
		err(1, "cannot write %s", name);
	return file;
}

/* Continues in a process of its own, of which the file `console` tells. */
static void leave_caller(int console)
{
	pid_t copier = fork();

	if (copier < 0)
		err(1, "cannot fork");
	if (copier == 0)
		return;
	if (console >= 0 && dprintf(console, "%d\n", copier) < 0)
		err(1, "cannot write console");
	exit(0);
}

int main(int argc, char **argv)
{
	int console = -1;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--journald") == 0)
			is_journald = true;
		else if (strcmp(argv[i], "--bounded") == 0)
			is_bounded = true;
		else if (strcmp(argv[i], "--ended") == 0)
			ended = open_file("ended");
		else
			errx(2, "usage: copy-console [--journald] [--ended | --bounded]");
	}
	credit = at_most;
	counted = now();
	if (!is_bounded) {
		if (ended >= 0)
			console = open_file("console");
		leave_caller(console);
	}
	copy(STDIN_FILENO, MEGABYTE);
	if (ended >= 0)
		copy(ENDED_PIPE, MEGABYTE);
	end_input();
	return 0;
}
