/* System calls that neither runtime has, as functions of JavaScript. Each file is about one kind of them. */
#ifndef CALLS_H
#define CALLS_H

#include <node_api.h>
#include <stdbool.h>
#include <stdint.h>
#include <stddef.h>

enum { MOST_ARGUMENTS = 8, LONGEST_TEXT = 4096 };

/* Reads the arguments of a call; whether there are as many as there must be. If not, an exception is pending. */
bool take_arguments(napi_env env, napi_callback_info info, size_t count, napi_value values[MOST_ARGUMENTS]);
/* Read one argument. If it has another type or does not fit, they return false, and an exception is pending. */
bool take_number(napi_env env, napi_value value, int64_t *number);
bool take_descriptor(napi_env env, napi_value value, int *descriptor);
bool take_flag(napi_env env, napi_value value, bool *flag);
/* A text of at most LONGEST_TEXT - 1 bytes. */
bool take_text(napi_env env, napi_value value, char text[LONGEST_TEXT]);

/* A number, as JavaScript has it. */
napi_value make_number(napi_env env, int64_t number);
/*
 * Throws an Error of JavaScript about what the kernel refused, as the runtime itself does: `code` is the name of the error, such as
 * ENOENT, `syscall` the call, and the message what the error means. Returns NULL, which JavaScript never sees.
 */
napi_value refuse(napi_env env, const char *call, int error);

/* mounts.c, ids.c, netlink.c, others.c and wait.c: each takes and returns what its comment there says. */
napi_value open_tree_at(napi_env env, napi_callback_info info);
napi_value make_file_system(napi_env env, napi_callback_info info);
napi_value change_file_system(napi_env env, napi_callback_info info);
napi_value set_attributes(napi_env env, napi_callback_info info);
napi_value move_mount_to(napi_env env, napi_callback_info info);
napi_value unmount(napi_env env, napi_callback_info info);
napi_value make_users(napi_env env, napi_callback_info info);
napi_value connect_to(napi_env env, napi_callback_info info);
napi_value send_file(napi_env env, napi_callback_info info);
napi_value send_to(napi_env env, napi_callback_info info);
napi_value try_lock(napi_env env, napi_callback_info info);
napi_value set_limit(napi_env env, napi_callback_info info);
napi_value make_fifo(napi_env env, napi_callback_info info);
napi_value ask_kernel(napi_env env, napi_callback_info info);
napi_value await_pipe(napi_env env, napi_callback_info info);

#endif
