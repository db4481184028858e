/* Between the caller and the command. */
#ifndef RELAY_H
#define RELAY_H

/*
 * Copies between our standard files and the command's pipes `ours`, if `has_pipes`, until the command has ended. Passes
 * signals on. `host` and `joiner` are the socket and the process of join_sandbox(). Returns the exit status: 128 plus the
 * signal if the command was killed.
 */
int relay(const int ours[3], int has_pipes, int host, int joiner);

#endif
