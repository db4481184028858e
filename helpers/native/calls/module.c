#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include "calls.h"

bool take_arguments(napi_env env, napi_callback_info info, size_t count, napi_value values[MOST_ARGUMENTS])
{
	size_t found = MOST_ARGUMENTS;

	if (napi_get_cb_info(env, info, &found, values, NULL, NULL) != napi_ok || found != count) {
		napi_throw_type_error(env, NULL, "a call has another number of arguments");
		return false;
	}
	return true;
}

bool take_number(napi_env env, napi_value value, int64_t *number)
{
	if (napi_get_value_int64(env, value, number) == napi_ok)
		return true;
	napi_throw_type_error(env, NULL, "an argument is no number");
	return false;
}

bool take_descriptor(napi_env env, napi_value value, int *descriptor)
{
	if (napi_get_value_int32(env, value, descriptor) == napi_ok)
		return true;
	napi_throw_type_error(env, NULL, "an argument is no descriptor");
	return false;
}

bool take_flag(napi_env env, napi_value value, bool *flag)
{
	if (napi_get_value_bool(env, value, flag) == napi_ok)
		return true;
	napi_throw_type_error(env, NULL, "an argument is neither true nor false");
	return false;
}

bool take_text(napi_env env, napi_value value, char text[LONGEST_TEXT])
{
	size_t length, copied;

	if (napi_get_value_string_utf8(env, value, NULL, 0, &length) != napi_ok || length >= LONGEST_TEXT ||
	    napi_get_value_string_utf8(env, value, text, LONGEST_TEXT, &copied) != napi_ok || strlen(text) != length) {
		napi_throw_type_error(env, NULL, "an argument is no text, or too long, or has a null byte");
		return false;
	}
	return true;
}

napi_value make_number(napi_env env, int64_t number)
{
	napi_value value = NULL;

	napi_create_int64(env, number, &value);
	return value;
}

napi_value refuse(napi_env env, const char *call, int error)
{
	const char *code = strerrorname_np(error), *meaning = strerrordesc_np(error);
	napi_value code_value, call_value, message, thrown;

	if (napi_create_string_utf8(env, code != NULL ? code : "EUNKNOWN", NAPI_AUTO_LENGTH, &code_value) == napi_ok &&
	    napi_create_string_utf8(env, call, NAPI_AUTO_LENGTH, &call_value) == napi_ok &&
	    napi_create_string_utf8(env, meaning != NULL ? meaning : "unknown error", NAPI_AUTO_LENGTH, &message) == napi_ok &&
	    napi_create_error(env, code_value, message, &thrown) == napi_ok &&
	    napi_set_named_property(env, thrown, "syscall", call_value) == napi_ok)
		napi_throw(env, thrown);
	return NULL;
}

NAPI_MODULE_INIT()
{
	static const struct {
		const char *name;
		napi_callback function;
	} calls[] = {
		{ "openTree", open_tree_at },
		{ "makeFileSystem", make_file_system },
		{ "changeFileSystem", change_file_system },
		{ "setAttributes", set_attributes },
		{ "moveMount", move_mount_to },
		{ "unmount", unmount },
		{ "makeUsers", make_users },
		{ "connectTo", connect_to },
		{ "sendFile", send_file },
		{ "sendTo", send_to },
		{ "tryLock", try_lock },
		{ "setLimit", set_limit },
		{ "makeFifo", make_fifo },
		{ "askKernel", ask_kernel },
		{ "awaitPipe", await_pipe },
	};
	napi_value function;

	for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
		if (napi_create_function(env, calls[i].name, NAPI_AUTO_LENGTH, calls[i].function, NULL, &function) != napi_ok ||
		    napi_set_named_property(env, exports, calls[i].name, function) != napi_ok)
			return NULL;
	}
	return exports;
}
