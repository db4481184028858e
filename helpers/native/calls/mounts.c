#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>
#include "calls.h"

/* openTree(folder, path, isRecursive): copies the mount at a path below a folder, or of the folder if the path is empty. Returns its descriptor. */
napi_value open_tree_at(napi_env env, napi_callback_info info)
{
	napi_value values[MOST_ARGUMENTS];
	char path[LONGEST_TEXT];
	bool is_recursive;
	int folder, tree;

	if (!take_arguments(env, info, 3, values) || !take_descriptor(env, values[0], &folder) || !take_text(env, values[1], path) ||
	    !take_flag(env, values[2], &is_recursive))
		return NULL;
	tree = open_tree(folder, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | (*path == '\0' ? AT_EMPTY_PATH : 0u) |
					       (is_recursive ? AT_RECURSIVE : 0u));
	return tree < 0 ? refuse(env, "open_tree", errno) : make_number(env, tree);
}

/*
 * Sets options, an array of keys and values in turn, of a file system that is being made or changed. One with an empty value is a flag.
 * Returns 0, or what the kernel said.
 */
static int set_options(napi_env env, int context, napi_value options)
{
	char key[LONGEST_TEXT], text[LONGEST_TEXT];
	napi_value value;
	uint32_t count;

	if (napi_get_array_length(env, options, &count) != napi_ok)
		return EINVAL;
	for (uint32_t i = 0; i + 1 < count; i += 2) {
		if (napi_get_element(env, options, i, &value) != napi_ok || !take_text(env, value, key) ||
		    napi_get_element(env, options, i + 1, &value) != napi_ok || !take_text(env, value, text))
			return EINVAL;
		if (*text == '\0' ? fsconfig(context, FSCONFIG_SET_FLAG, key, NULL, 0) != 0
				  : fsconfig(context, FSCONFIG_SET_STRING, key, text, 0) != 0)
			return errno;
	}
	return 0;
}

/* makeFileSystem(type, options, attributes): returns the descriptor of a mount with MOUNT_ATTR_* that is nowhere yet. */
napi_value make_file_system(napi_env env, napi_callback_info info)
{
	napi_value values[MOST_ARGUMENTS];
	char type[LONGEST_TEXT];
	const char *call = "fsopen";
	int context, error, made = -1;
	int64_t attributes;

	if (!take_arguments(env, info, 3, values) || !take_text(env, values[0], type) || !take_number(env, values[2], &attributes))
		return NULL;
	context = fsopen(type, FSOPEN_CLOEXEC);
	if (context < 0)
		return refuse(env, call, errno);
	call = "fsconfig";
	error = set_options(env, context, values[1]);
	if (error == 0 && fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) != 0)
		error = errno;
	if (error == 0) {
		call = "fsmount";
		made = fsmount(context, FSMOUNT_CLOEXEC, (unsigned)attributes);
		error = made < 0 ? errno : 0;
	}
	close(context);
	return error != 0 ? refuse(env, call, error) : make_number(env, made);
}

/* changeFileSystem(folder, path, options): changes the one that is mounted at a path below a folder. It follows no link at the end of the path. */
napi_value change_file_system(napi_env env, napi_callback_info info)
{
	napi_value values[MOST_ARGUMENTS];
	char path[LONGEST_TEXT];
	int folder, context, error;

	if (!take_arguments(env, info, 3, values) || !take_descriptor(env, values[0], &folder) || !take_text(env, values[1], path))
		return NULL;
	context = fspick(folder, path, FSPICK_CLOEXEC | FSPICK_SYMLINK_NOFOLLOW | FSPICK_NO_AUTOMOUNT);
	if (context < 0)
		return refuse(env, "fspick", errno);
	error = set_options(env, context, values[2]);
	if (error == 0 && fsconfig(context, FSCONFIG_CMD_RECONFIGURE, NULL, NULL, 0) != 0)
		error = errno;
	close(context);
	return error != 0 ? refuse(env, "fsconfig", error) : NULL;
}

/*
 * setAttributes(mount, set, propagation, users): sets MOUNT_ATTR_* of a mount that is open, and its MS_PRIVATE or other propagation unless
 * that is 0, and gives it the ids of a user namespace unless that is -1.
 */
napi_value set_attributes(napi_env env, napi_callback_info info)
{
	napi_value values[MOST_ARGUMENTS];
	struct mount_attr attributes = { 0 };
	int64_t set, propagation;
	int mount, users;

	if (!take_arguments(env, info, 4, values) || !take_descriptor(env, values[0], &mount) || !take_number(env, values[1], &set) ||
	    !take_number(env, values[2], &propagation) || !take_descriptor(env, values[3], &users))
		return NULL;
	attributes.attr_set = (uint64_t)set | (users < 0 ? 0u : MOUNT_ATTR_IDMAP);
	attributes.propagation = (uint64_t)propagation;
	attributes.userns_fd = (__u64)(users < 0 ? 0 : users);
	if (mount_setattr(mount, "", AT_EMPTY_PATH, &attributes, sizeof attributes) != 0)
		return refuse(env, "mount_setattr", errno);
	return NULL;
}

/* moveMount(mount, folder, path): attaches a mount at a path below a folder, or on the folder if the path is empty. It follows no link at the end. */
napi_value move_mount_to(napi_env env, napi_callback_info info)
{
	napi_value values[MOST_ARGUMENTS];
	char path[LONGEST_TEXT];
	int mount, folder;

	if (!take_arguments(env, info, 3, values) || !take_descriptor(env, values[0], &mount) || !take_descriptor(env, values[1], &folder) ||
	    !take_text(env, values[2], path))
		return NULL;
	if (move_mount(mount, "", folder, path, MOVE_MOUNT_F_EMPTY_PATH | (*path == '\0' ? MOVE_MOUNT_T_EMPTY_PATH : 0u)) != 0)
		return refuse(env, "move_mount", errno);
	return NULL;
}

/* unmount(path, isLazy): unmounts what was mounted on a path last. It follows no link at the end of the path. */
napi_value unmount(napi_env env, napi_callback_info info)
{
	napi_value values[MOST_ARGUMENTS];
	char path[LONGEST_TEXT];
	bool is_lazy;

	if (!take_arguments(env, info, 2, values) || !take_text(env, values[0], path) ||
	    !take_flag(env, values[1], &is_lazy))
		return NULL;
	if (umount2(path, UMOUNT_NOFOLLOW | (is_lazy ? MNT_DETACH : 0)) != 0)
		return refuse(env, "umount2", errno);
	return NULL;
}
