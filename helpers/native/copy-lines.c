/*
 * copy-lines [--bounded] [FILE...]: copies files, or standard input (also `-`), to standard output, one after the other,
 * until each ends or its terminal hangs up. Cuts lines of more than 8000 bytes, as fold(1) does. It reads no more than what
 * it may copy: work on a line costs the host some fifty times what a line costs who writes it, and nobody's limits count
 * that work. So what writes faster waits. With --bounded somebody else bounds how much there is.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { WIDTH = 8000, CHUNK = 4096 };

/*
 * A line costs as much as a thousand bytes beside its own. That is 2000 lines a second in the long run, a tenth of a
 * processor for sed and journald together, and 8000 at once, for a service that starts.
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

/* Waits until this much may be copied, but not once the other side has hung up: then little is left. */
static void pay(int file, int64_t cost)
{
	struct pollfd hang_up = { .fd = file };

	for (earn(); credit <= 0; earn())
		if (poll(&hang_up, 1, (int)(-credit * 1000 / per_second) + 1) > 0)
			return;
	credit -= cost;
}

static void write_all(const char *bytes, size_t length)
{
	while (length > 0) {
		ssize_t written = write(STDOUT_FILENO, bytes, length);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			exit(1);
		bytes += written;
		length -= (size_t)written;
	}
}

/*
 * Puts bytes into `out`, of which `*column` are already in their line, and cuts a line that is too long. A chunk is shorter
 * than a line may be, so there is room for one more line end. Returns the length, and counts the lines.
 */
static size_t cut_lines(const char *bytes, size_t length, char *out, size_t *column, int64_t *lines)
{
	size_t filled = 0;

	for (size_t i = 0; i < length; i++) {
		if (bytes[i] != '\n' && *column == WIDTH) {
			out[filled++] = '\n';
			*column = 0;
			++*lines;
		}
		out[filled++] = bytes[i];
		++*column;
		if (bytes[i] == '\n') {
			*column = 0;
			++*lines;
		}
	}
	return filled;
}

static void copy(int file, bool is_bounded)
{
	static char bytes[CHUNK], out[CHUNK + 1];
	size_t column = 0;
	ssize_t length;

	/* A terminal whose other side is closed gives EIO. */
	while ((length = read(file, bytes, sizeof bytes)) > 0 || (length < 0 && errno == EINTR)) {
		int64_t lines = 0;
		size_t filled = length < 0 ? 0 : cut_lines(bytes, (size_t)length, out, &column, &lines);

		if (!is_bounded)
			pay(file, (int64_t)filled + lines * per_line);
		write_all(out, filled);
	}
}

int main(int argc, char **argv)
{
	bool is_bounded = argc > 1 && strcmp(argv[1], "--bounded") == 0;
	int first = is_bounded ? 2 : 1;

	credit = at_most;
	counted = now();
	if (argc == first)
		copy(STDIN_FILENO, is_bounded);
	for (int i = first; i < argc; i++) {
		int file = strcmp(argv[i], "-") == 0 ? STDIN_FILENO : open(argv[i], O_RDONLY | O_NOCTTY);

		/* What has ended already cannot be opened. The next file still says how it ended. */
		if (file < 0)
			continue;
		copy(file, is_bounded);
		close(file);
	}
	return 0;
}
