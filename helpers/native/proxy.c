/*
 * proxy [--connections-max=NUMBER] [--exit-idle-time=SECONDS] ADDRESS:PORT: passes connections on to a service, and tells it
 * each client by the PROXY protocol (https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt). systemd passes it the
 * sockets to listen on (sd_listen_fds(3)). It stands in for systemd-socket-proxyd, and takes its options.
 *
 * It speaks version 2. nginx, Apache, HAProxy, Postfix and Dovecot read both; BIND and Unbound read only this one.
 *
 * What is under way stays in the buffers of the sockets: bytes are looked at and sent, and only those are taken that were
 * sent. So a connection has no memory of ours that a slow reader could fill, and who writes to one waits.
 *
 * SIGTERM ends it at once, and all connections with it, as a service that is stopped ends its own.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>
#include "proxy.h"

enum { FIRST_SOCKET = 3, BATCH = 64 };

static union address service;
static struct end *listeners;
static int listener_count;

/* Those who come while it is full, or something is missing, wait in the queue. */
static void watch_listeners(bool are_open)
{
	for (int i = 0; i < listener_count; i++) {
		if (!watch(&listeners[i], EPOLLIN, are_open))
			err(1, "cannot wait for clients");
	}
}

/* Does what epoll says. Returns false if something is missing to take another client. */
static bool handle(const struct epoll_event *events, int count, int most)
{
	bool has_all = true;

	for (int i = 0; i < count; i++) {
		struct end *end = events[i].data.ptr;

		if (end->connection != NULL)
			serve(end, events[i].events);
		else if (has_all && connection_count < most)
			has_all = take_client(end, &service);
	}
	if (!has_all)
		warn("cannot take another client");
	return has_all;
}

/* Returns when nobody was connected for the idle time. Who comes now waits in the queue until systemd starts us again. */
static void pass_on(int most, int idle_milliseconds)
{
	struct epoll_event events[BATCH];
	/* When something was missing; 0 if nothing is. It is tried again a second later, or when a connection has finished. */
	time_t short_since = 0;

	for (;;) {
		int idle = connection_count == 0 ? idle_milliseconds : -1, ready;

		watch_listeners(connection_count < most && short_since == 0);
		ready = epoll_wait(epoll, events, BATCH, short_since != 0 ? 1000 : idle);
		if (ready < 0 && errno != EINTR)
			err(1, "cannot wait for clients");
		if (ready == 0 && short_since == 0)
			return;
		if (!handle(events, ready, most))
			short_since = time(NULL);
		else if (time(NULL) != short_since)
			short_since = 0;
		if (free_finished())
			short_since = 0;
	}
}

/* Parses a number with an end, such as "300s". Returns -1 for anything else. */
static int parse_number(const char *text, int most, const char *end)
{
	char *rest;
	long number;

	errno = 0;
	number = strtol(text, &rest, 10);
	if (*text < '0' || *text > '9' || errno != 0 || number > most || (*rest != '\0' && strcmp(rest, end) != 0))
		return -1;
	return (int)number;
}

/* Parses ADDRESS:PORT or [ADDRESS]:PORT. */
static bool parse_service(char *text)
{
	char *colon = strrchr(text, ':');
	int port = colon == NULL ? -1 : parse_number(colon + 1, UINT16_MAX, "");

	if (port < 1 || colon == text)
		return false;
	*colon = '\0';
	/* Both kinds of address have it at the same place. */
	service.v4.sin_port = htons((in_port_t)port);
	if (*text != '[' || colon[-1] != ']') {
		service.any.sa_family = AF_INET;
		return inet_pton(AF_INET, text, &service.v4.sin_addr) == 1;
	}
	colon[-1] = '\0';
	service.any.sa_family = AF_INET6;
	return inet_pton(AF_INET6, text + 1, &service.v6.sin6_addr) == 1;
}

static void take_listeners(void)
{
	const char *process = getenv("LISTEN_PID"), *count = getenv("LISTEN_FDS");

	listener_count = count == NULL ? -1 : parse_number(count, 65536, "");
	if (process == NULL || parse_number(process, INT_MAX, "") != getpid() || listener_count < 1)
		errx(1, "systemd has passed no sockets");
	listeners = calloc((size_t)listener_count, sizeof *listeners);
	if (listeners == NULL)
		err(1, "cannot take the sockets");
	for (int i = 0; i < listener_count; i++) {
		int number = FIRST_SOCKET + i, is_listening = 0;
		socklen_t length = sizeof is_listening;

		if (getsockopt(number, SOL_SOCKET, SO_ACCEPTCONN, &is_listening, &length) != 0 || !is_listening)
			errx(1, "descriptor %d is not a socket that listens", number);
		if (fcntl(number, F_SETFL, fcntl(number, F_GETFL) | O_NONBLOCK) != 0)
			err(1, "cannot use descriptor %d", number);
		/* Of a client whose power has failed nothing else is heard. Connections inherit it. */
		set(number, SOL_SOCKET, SO_KEEPALIVE, 1);
		listeners[i].socket = number;
	}
}

/* sd_notify(3) */
static void tell_ready(void)
{
	static const char message[] = "READY=1";
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const char *path = getenv("NOTIFY_SOCKET");
	size_t length = path == NULL ? 0 : strlen(path);
	socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
	int notify;

	if (length == 0)
		return;
	if (length >= sizeof address.sun_path)
		errx(1, "NOTIFY_SOCKET is too long");
	memcpy(address.sun_path, path, length);
	/* An abstract address. */
	if (*path == '@')
		address.sun_path[0] = '\0';
	notify = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (notify < 0 || sendto(notify, message, strlen(message), MSG_NOSIGNAL, (struct sockaddr *)&address, size) < 0)
		err(1, "cannot tell systemd that the proxy is ready");
	close(notify);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "connections-max", required_argument, NULL, 'c' },
		{ "exit-idle-time", required_argument, NULL, 'i' },
		{ 0 },
	};
	int option, most = 256, idle = INT_MAX;

	/* Messages begin with it (err(3)). */
	program_invocation_short_name = "sandboxcontainer";
	opterr = 0;
	while ((option = getopt_long(argc, argv, "+", options, NULL)) != -1) {
		if (option == 'c')
			most = parse_number(optarg, INT_MAX, "");
		else if (option == 'i')
			idle = parse_number(optarg, INT_MAX / 1000, "s");
		else
			argc = 0;
	}
	if (argc - optind != 1 || most < 1 || idle < 1 || !parse_service(argv[optind]))
		errx(2, "usage: proxy [--connections-max=NUMBER] [--exit-idle-time=SECONDS] ADDRESS:PORT");
	take_listeners();
	epoll = epoll_create1(EPOLL_CLOEXEC);
	if (epoll < 0)
		err(1, "cannot wait for clients");
	tell_ready();
	pass_on(most, idle == INT_MAX ? -1 : idle * 1000);
	return 0;
}
