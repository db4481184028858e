#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>
#include "proxy.h"

struct connection {
	struct end client, service;
	const union address *address;
	/* Of the PROXY protocol. */
	unsigned char header[52];
	size_t header_length;
	bool has_sent_header, has_limit, is_asked;
	struct connection *next;
};

int epoll = -1, connection_count;

/* The next connection: what it needs is there before a client is taken from the queue. */
static struct connection *spare;
static struct connection *finished;

void set(int socket, int level, int option, int value)
{
	(void)setsockopt(socket, level, option, &value, sizeof value);
}

bool watch(struct end *end, uint32_t events, bool is_watched)
{
	struct epoll_event event = { .events = events, .data.ptr = end };
	int change = !is_watched ? EPOLL_CTL_DEL : end->is_watched ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;

	if (is_watched == end->is_watched && (events == end->watched || !is_watched))
		return true;
	end->watched = events;
	end->is_watched = is_watched;
	return epoll_ctl(epoll, change, end->socket, &event) == 0;
}

static bool is_mapped(const union address *address)
{
	return address->any.sa_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&address->v6.sin6_addr);
}

static unsigned char *add_address(unsigned char *end, const union address *address, size_t size)
{
	const void *v4 = &address->v4.sin_addr, *v6 = address->v6.sin6_addr.s6_addr + sizeof address->v6.sin6_addr - size;

	return mempcpy(end, address->any.sa_family == AF_INET ? v4 : v6, size);
}

/* A socket of both families has the IPv4 address of a client as the end of an IPv6 address. */
static void write_header(struct connection *connection, const union address *client, const union address *host)
{
	bool is_v4 = client->any.sa_family == AF_INET || is_mapped(client);
	size_t size = is_v4 ? sizeof client->v4.sin_addr : sizeof client->v6.sin6_addr;
	/* Version 2, of a client and not of our own; TCP; and how much follows. */
	unsigned char kind[4] = { 0x21, is_v4 ? 0x11 : 0x21, 0, (unsigned char)(2 * size + 4) };
	unsigned char *end = connection->header;

	end = mempcpy(end, "\r\n\r\n\0\r\nQUIT\n", 12);
	end = mempcpy(end, kind, sizeof kind);
	end = add_address(end, client, size);
	end = add_address(end, host, size);
	/* Both kinds of address have it at the same place. */
	end = mempcpy(end, &client->v4.sin_port, sizeof client->v4.sin_port);
	end = mempcpy(end, &host->v4.sin_port, sizeof host->v4.sin_port);
	connection->header_length = (size_t)(end - connection->header);
}

/* Moves a piece. */
static void move(struct end *from, struct end *to)
{
	static char bytes[65536];
	ssize_t length, sent;

	if (from->has_ended || to->is_full || to->is_broken)
		return;
	length = recv(from->socket, bytes, sizeof bytes, MSG_PEEK);
	if (length < 0 && errno == EAGAIN)
		return;
	if (length <= 0) {
		from->has_ended = true;
		from->is_broken |= length < 0;
		from->is_whole |= !from->is_broken;
		if (from->is_whole)
			shutdown(to->socket, SHUT_WR);
		return;
	}
	sent = send(to->socket, bytes, (size_t)length, MSG_NOSIGNAL);
	to->is_broken = sent < 0 && errno != EAGAIN;
	to->is_full = sent < length && !to->is_broken;
	/* This takes them without a copy (tcp(7)). */
	if (sent > 0 && recv(from->socket, bytes, (size_t)sent, MSG_TRUNC) != sent)
		from->is_broken = from->has_ended = true;
}

/*
 * Connects, and sends the header, together with what the client has already said: the service wakes up once. It is the first
 * that is sent, so there is room for all of it.
 */
static void greet(struct connection *connection)
{
	static bool is_refused;
	struct end *service = &connection->service;
	ssize_t sent = -1;

	/* On the loopback it is connected when this returns, whatever it says. */
	if (connect(service->socket, &connection->address->any, sizeof *connection->address) == 0 || errno == EINPROGRESS ||
	    errno == EALREADY)
		sent = send(service->socket, connection->header, connection->header_length, MSG_NOSIGNAL | MSG_MORE);
	service->is_full = sent < 0 && errno == EAGAIN;
	if (service->is_full)
		return;
	connection->has_sent_header = sent == (ssize_t)connection->header_length;
	/* Once is enough: how often somebody connects is not ours to say. */
	if (!connection->has_sent_header && !is_refused)
		warn("cannot connect to the service");
	is_refused = !connection->has_sent_header;
	service->is_broken = service->has_ended = is_refused;
	move(&connection->client, service);
	/* This also sends the header if there was nothing more. */
	set(service->socket, IPPROTO_TCP, TCP_NODELAY, 1);
}

/*
 * Once a service has hung up, it limits no more how long its client takes, and of a client that neither reads nor hangs up
 * the kernel tells us nothing. What is not taken for a minute is lost.
 */
static void limit_client(struct connection *connection)
{
	connection->has_limit = true;
	set(connection->client.socket, IPPROTO_TCP, TCP_USER_TIMEOUT, 60000);
}

/*
 * Lets the kernel ask for the service each minute. Where a client is slow, the hang-up of the service may wait behind what
 * is not read; and of a service that has said that it sends no more it shows whether it still reads.
 */
static void ask_service(struct connection *connection)
{
	int service = connection->service.socket;

	connection->is_asked = true;
	set(service, IPPROTO_TCP, TCP_KEEPIDLE, 60);
	set(service, IPPROTO_TCP, TCP_KEEPINTVL, 15);
	set(service, SOL_SOCKET, SO_KEEPALIVE, 1);
}

/* Closing will reset the connection, instead of ending it in order. */
static void will_reset(const struct end *end)
{
	struct linger linger = { .l_onoff = 1 };

	(void)setsockopt(end->socket, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
}

/* What one side did not end in order does not seem whole to the other. */
static void finish(struct connection *connection)
{
	struct end *client = &connection->client, *service = &connection->service;

	if (service->is_broken && !service->is_whole)
		will_reset(client);
	if (client->is_broken && !client->is_whole)
		will_reset(service);
	close(client->socket);
	close(service->socket);
	client->socket = service->socket = -1;
	connection->next = finished;
	finished = connection;
	connection_count--;
}

static bool watch_end(struct end *end, const struct end *other, bool hears_hang_up)
{
	bool can_read = !end->has_ended && !other->is_full && !other->is_broken;
	uint32_t events = (can_read ? EPOLLIN : 0U) | (end->is_full ? EPOLLOUT : 0U) | (hears_hang_up ? EPOLLRDHUP : 0U);

	return watch(end, events, !end->has_hung_up || !other->is_full);
}

static void settle(struct connection *connection)
{
	struct end *client = &connection->client, *service = &connection->service;
	bool is_over = (client->has_ended || service->is_broken) && (service->has_ended || client->is_broken);
	bool hears_hang_up = client->is_full && !connection->has_limit;

	if (is_over || !watch_end(client, service, false) || !watch_end(service, client, hears_hang_up))
		finish(connection);
	else if ((client->is_full || service->has_ended) && !connection->is_asked)
		ask_service(connection);
}

void serve(struct end *end, uint32_t events)
{
	struct connection *connection = end->connection;
	struct end *client = &connection->client, *service = &connection->service;
	struct end *other = end == client ? service : client;

	/* It has finished since epoll said this. */
	if (end->socket < 0)
		return;
	end->is_full &= !(events & (EPOLLOUT | EPOLLERR));
	if (!connection->has_sent_header)
		greet(connection);
	end->is_broken |= (events & EPOLLERR) != 0;
	end->has_hung_up |= (events & EPOLLHUP) != 0;
	/* Whatever comes later: it was there before. */
	end->is_whole |= (events & EPOLLRDHUP) && !end->is_broken;
	if (events & EPOLLOUT)
		move(other, end);
	if (events & ~(uint32_t)EPOLLOUT)
		move(end, other);
	if ((service->has_ended || (end == service && (events & (EPOLLRDHUP | EPOLLHUP)))) && !connection->has_limit)
		limit_client(connection);
	settle(connection);
}

static bool make_spare(int family)
{
	if (spare == NULL) {
		spare = calloc(1, sizeof *spare);
		if (spare == NULL)
			return false;
		spare->client = spare->service = (struct end){ .connection = spare, .socket = -1 };
	}
	if (spare->service.socket < 0)
		spare->service.socket = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	return spare->service.socket >= 0;
}

bool take_client(const struct end *listener, const union address *service)
{
	struct connection *connection;
	union address client = { 0 }, host = { 0 };
	socklen_t client_length = sizeof client, host_length = sizeof host;

	if (!make_spare(service->any.sa_family))
		return false;
	spare->client.socket = accept4(listener->socket, &client.any, &client_length, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (spare->client.socket < 0)
		return errno == EAGAIN || errno == EINTR || errno == ECONNABORTED;
	connection = spare;
	spare = NULL;
	connection_count++;
	connection->address = service;
	getsockname(connection->client.socket, &host.any, &host_length);
	write_header(connection, &client, &host);
	greet(connection);
	settle(connection);
	return true;
}

bool free_finished(void)
{
	bool is_any = finished != NULL;

	while (finished != NULL) {
		struct connection *next = finished->next;

		free(finished);
		finished = next;
	}
	return is_any;
}
