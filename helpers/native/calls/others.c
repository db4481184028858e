#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include "calls.h"

/* Writes the address of a Unix socket; a path that begins with @ is an abstract name (unix(7)). Returns its length, or 0 if it does not fit. */
static socklen_t write_address(struct sockaddr_un *address, const char *path)
{
	size_t length = strlen(path);

	if (length >= sizeof address->sun_path)
		return 0;
	*address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	memcpy(address->sun_path, path, length);
	if (*path == '@')
		address->sun_path[0] = '\0';
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
}

/* connectTo(path): returns the descriptor of a stream that is connected to a Unix socket. */
napi_value connect_to(napi_env env, napi_callback_info info)
{
	napi_value values[MOST_ARGUMENTS];
	char path[LONGEST_TEXT];
	struct sockaddr_un address;
	socklen_t length;
	int stream, error;

	if (!take_arguments(env, info, 1, values) || !take_text(env, values[0], path))
		return NULL;
	length = write_address(&address, path);
	if (length == 0)
		return refuse(env, "connect", ENAMETOOLONG);
	stream = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (stream < 0)
		return refuse(env, "socket", errno);
	if (connect(stream, (struct sockaddr *)&address, length) == 0)
		return make_number(env, stream);
	error = errno;
	close(stream);
	return refuse(env, "connect", error);
}

/* sendFile(stream, file): sends an open file, with one byte, over a stream to another process. */
napi_value send_file(napi_env env, napi_callback_info info)
{
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(sizeof(int))];
	} control = { .header = { .cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS } };
	struct iovec byte = { .iov_base = "", .iov_len = 1 };
	struct msghdr message = { .msg_iov = &byte, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control.space };
	napi_value values[MOST_ARGUMENTS];
	ssize_t sent;
	int stream, file;

	if (!take_arguments(env, info, 2, values) || !take_descriptor(env, values[0], &stream) || !take_descriptor(env, values[1], &file))
		return NULL;
	memcpy(CMSG_DATA(&control.header), &file, sizeof file);
	while ((sent = sendmsg(stream, &message, MSG_NOSIGNAL)) < 0 && errno == EINTR)
		;
	return sent < 0 ? refuse(env, "sendmsg", errno) : NULL;
}

/* sendTo(path, text): sends a datagram to a Unix socket. The kernel says who we are. */
napi_value send_to(napi_env env, napi_callback_info info)
{
	napi_value values[MOST_ARGUMENTS];
	char path[LONGEST_TEXT], text[LONGEST_TEXT];
	struct sockaddr_un address;
	socklen_t length;
	int sender, error;

	if (!take_arguments(env, info, 2, values) || !take_text(env, values[0], path) || !take_text(env, values[1], text))
		return NULL;
	length = write_address(&address, path);
	if (length == 0)
		return refuse(env, "sendto", ENAMETOOLONG);
	sender = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (sender < 0)
		return refuse(env, "socket", errno);
	while ((error = sendto(sender, text, strlen(text), MSG_NOSIGNAL, (struct sockaddr *)&address, length) < 0 ? errno : 0) == EINTR)
		;
	close(sender);
	return error != 0 ? refuse(env, "sendto", error) : NULL;
}

/* tryLock(file): takes the lock of an open file (flock(2)). Returns false if somebody else has it. */
napi_value try_lock(napi_env env, napi_callback_info info)
{
	napi_value values[MOST_ARGUMENTS], result;
	bool is_taken;
	int file;

	if (!take_arguments(env, info, 1, values) || !take_descriptor(env, values[0], &file))
		return NULL;
	while (!(is_taken = flock(file, LOCK_EX | LOCK_NB) == 0) && errno == EINTR)
		;
	if (!is_taken && errno != EWOULDBLOCK)
		return refuse(env, "flock", errno);
	return napi_get_boolean(env, is_taken, &result) == napi_ok ? result : NULL;
}

/* Reads a limit; Infinity is none. */
static bool take_limit(napi_env env, napi_value value, rlim_t *limit)
{
	double number;

	if (napi_get_value_double(env, value, &number) != napi_ok || isnan(number) || number < 0) {
		napi_throw_type_error(env, NULL, "an argument is no limit");
		return false;
	}
	*limit = number >= 0x1p63 ? RLIM_INFINITY : (rlim_t)number;
	return true;
}

/* setLimit(process, resource, soft, hard): sets RLIMIT_* of a process; 0 is our own. */
napi_value set_limit(napi_env env, napi_callback_info info)
{
	napi_value values[MOST_ARGUMENTS];
	struct rlimit limit;
	int process, resource;

	if (!take_arguments(env, info, 4, values) || !take_descriptor(env, values[0], &process) ||
	    !take_descriptor(env, values[1], &resource) || !take_limit(env, values[2], &limit.rlim_cur) ||
	    !take_limit(env, values[3], &limit.rlim_max))
		return NULL;
	if (prlimit(process, (enum __rlimit_resource)resource, &limit, NULL) != 0)
		return refuse(env, "prlimit", errno);
	return NULL;
}

/* makeFifo(path): makes a named pipe that only its owner may use. */
napi_value make_fifo(napi_env env, napi_callback_info info)
{
	napi_value values[MOST_ARGUMENTS];
	char path[LONGEST_TEXT];

	if (!take_arguments(env, info, 1, values) || !take_text(env, values[0], path))
		return NULL;
	/* This mode is in every umask. */
	if (mkfifo(path, 0600) != 0)
		return refuse(env, "mkfifo", errno);
	return NULL;
}
