#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "calls.h"

/* So many bytes are read of answers: a program inside can open any number of sockets. */
enum { MOST_ANSWERS = 1 << 20 };

/* Opens a socket in a network; -1 is our own. A socket stays in the network in which it was made. Returns it, or -1. */
static int open_socket(int network, int protocol)
{
	int own, opened, error;

	if (network < 0)
		return socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
	own = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	if (own < 0)
		return -1;
	opened = setns(network, CLONE_NEWNET) == 0 ? socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol) : -1;
	error = errno;
	/* This thread must not go on in another network than it seems to be in. */
	if (setns(own, CLONE_NEWNET) != 0)
		abort();
	close(own);
	errno = error;
	return opened;
}

/* Whether a message is the last answer. Sets what the kernel refused, as a number of errno(3), or 0. */
static bool is_last(const struct nlmsghdr *message, int *error)
{
	*error = 0;
	if (message->nlmsg_type == NLMSG_ERROR || message->nlmsg_type == NLMSG_DONE)
		memcpy(error, NLMSG_DATA(message), message->nlmsg_len >= NLMSG_LENGTH(sizeof *error) ? sizeof *error : 0);
	*error = -*error;
	return message->nlmsg_type == NLMSG_ERROR || message->nlmsg_type == NLMSG_DONE;
}

/* Reads answers up to the last one. Returns their length, or -1. */
static ssize_t receive(int opened, char *answers)
{
	size_t length = 0;

	for (;;) {
		ssize_t got = recv(opened, answers + length, MOST_ANSWERS - length, 0);
		struct nlmsghdr *message = (struct nlmsghdr *)(void *)(answers + length);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return -1;
		for (size_t left = (size_t)got; NLMSG_OK(message, left); message = NLMSG_NEXT(message, left)) {
			if (is_last(message, &errno))
				return errno != 0 ? -1 : (ssize_t)length + got;
		}
		length += NLMSG_ALIGN((size_t)got);
		/* The kernel sends up to 32 KiB at once. */
		if (length > MOST_ANSWERS - 32768)
			return (ssize_t)length;
	}
}

/*
 * askKernel(network, protocol, request): sends a message of netlink(7) in a network namespace, -1 for our own, and returns the answers as a
 * Buffer. The message asks for an acknowledgement or for a list. Of a long list the rest is missing.
 */
napi_value ask_kernel(napi_env env, napi_callback_info info)
{
	napi_value values[MOST_ARGUMENTS], result = NULL;
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	int network, protocol, opened, error;
	char *answers;
	void *request;
	size_t size;
	ssize_t length = -1;

	if (!take_arguments(env, info, 3, values) || !take_descriptor(env, values[0], &network) ||
	    !take_descriptor(env, values[1], &protocol))
		return NULL;
	if (napi_get_buffer_info(env, values[2], &request, &size) != napi_ok) {
		napi_throw_type_error(env, NULL, "an argument is no buffer");
		return NULL;
	}
	opened = open_socket(network, protocol);
	if (opened < 0)
		return refuse(env, "socket", errno);
	answers = malloc(MOST_ANSWERS);
	if (answers == NULL)
		errno = ENOMEM;
	else if (sendto(opened, request, size, 0, (struct sockaddr *)&kernel, sizeof kernel) == (ssize_t)size)
		length = receive(opened, answers);
	error = errno;
	close(opened);
	if (length < 0)
		refuse(env, "netlink", error);
	else
		napi_create_buffer_copy(env, (size_t)length, answers, NULL, &result);
	free(answers);
	return result;
}
