/*
 * unless-stopped LINK PROGRAM ARG...: becomes PROGRAM, unless the unit has succeeded so far and `stop` has left LINK, whose
 * text is the invocation of the unit (INVOCATION_ID in systemd.exec(5)). Removes LINK.
 *
 * This is ExecStopPost= of a sandbox. After most stops nothing is left to do, so no runtime starts for it. Only a word from this
 * very invocation counts: a start that was stopped early may have taken something before it made a file.
 */
#define _GNU_SOURCE
#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int is_success(void)
{
	const char *result = getenv("SERVICE_RESULT");

	return result != NULL && strcmp(result, "success") == 0;
}

/* Whether the link was there, and names this invocation. */
static int take_link(const char *path)
{
	const char *invocation = getenv("INVOCATION_ID");
	char text[64] = { 0 };

	/* A text that fills it has no end, and is no invocation. */
	if (readlink(path, text, sizeof text) <= 0)
		return 0;
	unlink(path);
	return text[sizeof text - 1] == 0 && invocation != NULL && strcmp(text, invocation) == 0;
}

int main(int argc, char **argv)
{
	if (argc < 3)
		errx(2, "usage: unless-stopped LINK PROGRAM ARG...");
	if (take_link(argv[1]) && is_success())
		return 0;
	execv(argv[2], argv + 2);
	err(1, "cannot run %s", argv[2]);
}
