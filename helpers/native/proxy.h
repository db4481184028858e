/* Connections that proxy passes on. */
#ifndef PROXY_H
#define PROXY_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

/* One of the two sockets of a connection, or one that listens. */
struct end {
	/* NULL for one that listens. */
	struct connection *connection;
	int socket;
	/* What epoll reports, beside errors. */
	uint32_t watched;
	bool is_watched;
	/* It did not take all that there was to send. */
	bool is_full;
	/* Nothing more can be read from it. Whole: because the other side said so. */
	bool has_ended, is_whole;
	/* Nothing more can be sent to it. */
	bool is_broken;
	/* epoll says so again and again, whatever else it is to report. */
	bool has_hung_up;
};

/* The file descriptor of epoll, and the number of connections that are open. */
extern int epoll, connection_count;

/* Tells epoll what to report of a socket, if that is something else than before. */
bool watch(struct end *end, uint32_t events, bool is_watched);
/* Takes a client from a queue, and connects to the service for it. If something is missing it leaves it there, and returns false. */
bool take_client(const struct end *listener, const union address *service);
/* Does what can be done for a connection, after what epoll said of one of its ends. */
void serve(struct end *end, uint32_t events);
/* To be called once no event that is already read can name a connection that has finished. Returns whether there was one. */
bool free_finished(void);

/* Sets an option of a socket. What cannot be set is done without. */
void set(int socket, int level, int option, int value);

#endif
