#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "calls.h"

/* One wait, with a thread of its own: the runtimes have few threads for such, and libvirt's library needs them. */
struct wait {
	napi_threadsafe_function report;
	napi_env env;
	int pipe;
	bool is_for_writer;
	/* Whether the runtime ends. Then nothing may be reported any more. */
	bool is_over;
	pthread_mutex_t lock;
	ssize_t length;
	char text[4096];
};

/* The runtime ends while the thread waits. What the thread uses stays, as the process has no use for it. */
static void end_wait(void *data)
{
	struct wait *wait = data;

	pthread_mutex_lock(&wait->lock);
	wait->is_over = true;
	pthread_mutex_unlock(&wait->lock);
}

static void *run_wait(void *data)
{
	struct wait *wait = data;
	char path[32];
	int opened;

	if (wait->is_for_writer) {
		/* Returns once somebody has opened the pipe for writing (fifo(7)). */
		snprintf(path, sizeof path, "/proc/self/fd/%d", wait->pipe);
		opened = open(path, O_RDONLY | O_CLOEXEC);
		if (opened >= 0)
			close(opened);
	} else {
		while ((wait->length = read(wait->pipe, wait->text, sizeof wait->text)) < 0 && errno == EINTR)
			;
	}
	pthread_mutex_lock(&wait->lock);
	/* It is released in call_back, so that the runtime waits for that. */
	if (!wait->is_over)
		napi_call_threadsafe_function(wait->report, NULL, napi_tsfn_blocking);
	pthread_mutex_unlock(&wait->lock);
	return NULL;
}

/* Runs in the thread of JavaScript. */
static void call_back(napi_env env, napi_value function, void *context, void *unused)
{
	struct wait *wait = context;
	napi_value nothing, text;

	(void)unused;
	if (env == NULL)
		return;
	/* The thread may still hold it. */
	pthread_mutex_lock(&wait->lock);
	pthread_mutex_unlock(&wait->lock);
	napi_remove_env_cleanup_hook(env, end_wait, wait);
	if (napi_create_string_utf8(env, wait->text, wait->length > 0 ? (size_t)wait->length : 0, &text) == napi_ok &&
	    napi_get_undefined(env, &nothing) == napi_ok)
		napi_call_function(env, nothing, function, 1, &text, NULL);
	napi_release_threadsafe_function(wait->report, napi_tsfn_release);
	free(wait);
}

static bool is_function(napi_env env, napi_value value)
{
	napi_valuetype type;

	if (napi_typeof(env, value, &type) == napi_ok && type == napi_function)
		return true;
	napi_throw_type_error(env, NULL, "an argument is no function");
	return false;
}

/*
 * awaitPipe(pipe, isForWriter, done): calls `done` with the next message from a pipe, at most 4096 bytes, empty once all writers are gone;
 * or, with an empty text, once somebody has opened a named pipe for writing. Who opens or writes the pipe ends the wait. The pipe must stay
 * open until then.
 */
napi_value await_pipe(napi_env env, napi_callback_info info)
{
	napi_value values[MOST_ARGUMENTS], name;
	struct wait *wait = calloc(1, sizeof *wait);
	pthread_attr_t attributes;
	sigset_t all, before;
	pthread_t thread;
	int error;

	if (wait == NULL)
		return refuse(env, "calloc", ENOMEM);
	pthread_mutex_init(&wait->lock, NULL);
	if (!take_arguments(env, info, 3, values) || !take_descriptor(env, values[0], &wait->pipe) ||
	    !take_flag(env, values[1], &wait->is_for_writer) || !is_function(env, values[2]) || napi_create_string_utf8(env, "awaitPipe", NAPI_AUTO_LENGTH, &name) != napi_ok ||
	    napi_create_threadsafe_function(env, values[2], NULL, name, 0, 1, NULL, NULL, wait, call_back, &wait->report) != napi_ok) {
		free(wait);
		return NULL;
	}
	napi_add_env_cleanup_hook(env, end_wait, wait);
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, 64 * 1024);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	/* The runtime handles signals in its own threads. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	error = pthread_create(&thread, &attributes, run_wait, wait);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attributes);
	if (error == 0)
		return NULL;
	napi_remove_env_cleanup_hook(env, end_wait, wait);
	napi_release_threadsafe_function(wait->report, napi_tsfn_abort);
	return refuse(env, "pthread_create", error);
}
