#include <string.h>
#include "plain-text.h"

enum { BELL = 0x07, ESCAPE = 0x1b };

static bool is_within(unsigned char byte, unsigned char low, unsigned char high)
{
	return byte >= low && byte <= high;
}

static unsigned char *skip(struct text text, unsigned char low, unsigned char high)
{
	while (text.at < text.end && is_within(*text.at, low, high))
		text.at++;
	return text.at;
}

/* Returns the end of a control sequence (ECMA-48) whose text behind the `[` this is; NULL if it is none. */
static unsigned char *skip_control(struct text text)
{
	text.at = skip(text, '0', '?');
	text.at = skip(text, ' ', '/');
	return text.at < text.end && is_within(*text.at, '@', '~') ? text.at + 1 : NULL;
}

/* Returns the end of a string, such as that of a title: where it is ended, the next escape begins, or the line ends. */
static unsigned char *skip_string(struct text text)
{
	while (text.at < text.end && *text.at != BELL && *text.at != ESCAPE)
		text.at++;
	if (text.at < text.end && *text.at == BELL)
		return text.at + 1;
	return text.end - text.at > 1 && text.at[1] == '\\' ? text.at + 2 : text.at;
}

/* Returns the end of the escape sequence that begins here; here if none does. */
static unsigned char *skip_escape(struct text text)
{
	struct text rest = { text.at + 1, text.end };
	unsigned char *control;

	if (*text.at != ESCAPE || rest.at == rest.end)
		return text.at;
	if (memchr("]PX^_", *rest.at, 5) != NULL)
		return skip_string((struct text){ rest.at + 1, rest.end });
	if (*rest.at == '[' && (control = skip_control((struct text){ rest.at + 1, rest.end })) != NULL)
		return control;
	rest.at = skip(rest, ' ', '/');
	return rest.at < rest.end && is_within(*rest.at, '0', '~') ? rest.at + 1 : text.at;
}

/* Control characters of one byte become blanks; a NUL would end the line for journald. */
static void remove_escapes(struct text *line)
{
	struct text rest = *line;

	for (line->end = line->at; rest.at < rest.end;) {
		unsigned char *next = skip_escape(rest), byte = *rest.at;

		if (next > rest.at) {
			rest.at = next;
			continue;
		}
		*line->end++ = (byte < ' ' && byte != '\t') || byte == 0x7f ? ' ' : byte;
		rest.at++;
	}
}

/* Control characters of two bytes are removed in whole runs: to remove one pair could join the bytes of another. */
static void remove_pairs(struct text *line)
{
	struct text rest = *line;

	for (line->end = line->at; rest.at < rest.end;) {
		unsigned char *firsts = skip(rest, 0xc2, 0xc2);
		unsigned char *seconds = skip((struct text){ firsts, rest.end }, 0x80, 0x9f);

		if (firsts > rest.at && seconds > firsts)
			rest.at = seconds;
		else
			do
				*line->end++ = *rest.at++;
			while (rest.at < firsts);
	}
}

void make_plain(struct text *line)
{
	remove_escapes(line);
	remove_pairs(line);
}

/* Goes past these words, if they are next. */
static bool take(struct text *text, const char *words)
{
	size_t length = strlen(words);

	if ((size_t)(text->end - text->at) < length || memcmp(text->at, words, length) != 0)
		return false;
	text->at += length;
	return true;
}

/* Goes past all next bytes that are in the set, or, with `is_other`, that are not. Returns how many. */
static size_t take_all(struct text *text, const char *set, bool is_other)
{
	unsigned char *first = text->at;

	while (text->at < text->end && (memchr(set, *text->at, strlen(set)) == NULL) == is_other)
		text->at++;
	return (size_t)(text->at - first);
}

#define DIGITS "0123456789"
#define LETTERS "abcdefghijklmnopqrstuvwxyz"

void remove_stamp(struct text *line)
{
	struct text rest = *line;

	if (!take(&rest, "["))
		return;
	take_all(&rest, " ", false);
	if (take_all(&rest, DIGITS, false) > 0 && take(&rest, ".") && take_all(&rest, DIGITS, false) == 6 && take(&rest, "] "))
		line->at = rest.at;
}

/* The console's carriage return is a blank by now. */
static bool is_over(struct text rest)
{
	take_all(&rest, " ", false);
	return rest.at == rest.end;
}

/* It matches the sender: journald puts its name before the line, with a process id that no service has. */
bool is_routine(struct text line)
{
	struct text rest = line;

	/* From PID 1 before journald runs: with cgroup version 1 it wants to make a link where libvirt mounted a controller. */
	if (take(&rest, "Failed to create symlink /sys/fs/cgroup/"))
		return take_all(&rest, LETTERS "_,", false) > 0 && take(&rest, ": File exists") && is_over(rest);
	remove_stamp(&rest);
	/* About the host's own layout; the host's journal has it too, at boot. */
	if (take(&rest, "systemd[1]: System is tainted: "))
		return take_all(&rest, LETTERS DIGITS ":-", false) > 0 && is_over(rest);
	/* Files of the distribution's packages name a path twice; on the host too. */
	return take(&rest, "systemd-tmpfiles[") && take_all(&rest, DIGITS, false) > 0 &&
	       take(&rest, "]: /usr/lib/tmpfiles.d/") && take_all(&rest, " ", true) > 1 && rest.at[-1] == ':' &&
	       take(&rest, " Duplicate line for path \"") && take_all(&rest, "\"", true) > 0 &&
	       take(&rest, "\", ignoring.") && is_over(rest);
}
