/* What a line of a sandbox becomes before it goes to the journal. Lines have no line end here. */
#ifndef PLAIN_TEXT_H
#define PLAIN_TEXT_H

#include <stdbool.h>

/* Part of a line; `end` is behind its last byte. */
struct text {
	unsigned char *at, *end;
};

/* Makes plain text of a line, in its place. */
void make_plain(struct text *line);
/* Removes what journald inside puts before each line that it forwards. */
void remove_stamp(struct text *line);
/* Whether a container's machinery writes this plain line at each start, and it means nothing for the service. */
bool is_routine(struct text line);

#endif
