/* Measures what folders take on disk, and what of that is theirs alone: measure-tree FOLDER... For each it prints a line of two
 * numbers of bytes. The second is `-` if the file system does not tell what files share.
 *
 * It follows no link, enters no other file system, opens only folders and regular files, and keeps in memory a few bytes for each
 * level. Only root may reach the folders meanwhile. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

enum { extents_at_once = 128 };

static uint64_t total;
static uint64_t shared;
/* Whether the file system says what files share: no more is asked once it did not. */
static bool is_told;

/* The bytes of a file that other files share with it (filesystems/fiemap in the kernel's documentation). */
static uint64_t count_shared(int file)
{
	static union {
		struct fiemap map;
		char room[sizeof(struct fiemap) + extents_at_once * sizeof(struct fiemap_extent)];
	} asked;
	uint64_t found = 0;
	uint64_t at = 0;

	for (;;) {
		memset(&asked.map, 0, sizeof asked.map);
		asked.map.fm_start = at;
		asked.map.fm_length = UINT64_MAX - at;
		asked.map.fm_extent_count = extents_at_once;
		if (ioctl(file, FS_IOC_FIEMAP, &asked.map) == -1) {
			is_told = false;
			return 0;
		}
		for (uint32_t each = 0; each < asked.map.fm_mapped_extents; each++) {
			const struct fiemap_extent *extent = &asked.map.fm_extents[each];

			if (extent->fe_flags & FIEMAP_EXTENT_SHARED)
				found += extent->fe_length;
			at = extent->fe_logical + extent->fe_length;
			if (extent->fe_flags & FIEMAP_EXTENT_LAST)
				return found;
		}
		if (asked.map.fm_mapped_extents == 0)
			return found;
	}
}

/* Adds an entry of a folder. Each link of a file counts as its part of it: all of them are in one tree. */
static void add(int folder, const char *name, const struct stat *status)
{
	uint64_t bytes = (uint64_t)status->st_blocks * 512;
	uint64_t links = S_ISDIR(status->st_mode) || status->st_nlink == 0 ? 1 : status->st_nlink;

	total += bytes / links;
	if (is_told && S_ISREG(status->st_mode) && bytes > 0) {
		int file = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
		uint64_t found;

		/* Somebody is removing it. */
		if (file == -1)
			return;
		found = count_shared(file);
		close(file);
		shared += (found < bytes ? found : bytes) / links;
	}
}

/* A folder that is not read to its end, because one below comes first. */
struct level {
	dev_t device;
	ino_t node;
	long place;
};

static struct level *levels;
static size_t depth;
static size_t room;

static bool push(const struct stat *folder, long place)
{
	if (depth == room) {
		size_t more = room == 0 ? 64 : room * 2;
		struct level *grown = realloc(levels, more * sizeof *grown);

		if (grown == NULL)
			return false;
		levels = grown;
		room = more;
	}
	levels[depth++] = (struct level){ folder->st_dev, folder->st_ino, place };
	return true;
}

enum { how = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC };

/* Goes to another folder, from which readdir(3) goes on. */
static bool change(DIR **folder, int file, struct stat *status)
{
	closedir(*folder);
	*folder = fdopendir(file);
	return *folder != NULL && fstat(file, status) == 0;
}

/* Adds all below a folder. It has one folder open at a time, so that depth costs no descriptors: on the way up it goes to `..`, and
 * on from where it was. The C library's own walks keep them all, or fail with deep ones. */
static bool add_below(int top)
{
	struct stat here;
	struct stat status;
	DIR *folder = fdopendir(top);
	bool is_well = folder != NULL && fstat(top, &here) == 0;

	depth = 0;
	if (is_well)
		add(-1, "", &here);
	while (is_well) {
		const struct dirent *entry = readdir(folder);
		int next;

		if (entry == NULL) {
			if (depth == 0)
				break;
			next = openat(dirfd(folder), "..", how);
			depth--;
			is_well = next != -1 && change(&folder, next, &here) && here.st_dev == levels[depth].device &&
				  here.st_ino == levels[depth].node;
			if (is_well)
				seekdir(folder, levels[depth].place);
			continue;
		}
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (fstatat(dirfd(folder), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == -1 || status.st_dev != here.st_dev)
			continue;
		add(dirfd(folder), entry->d_name, &status);
		if (!S_ISDIR(status.st_mode))
			continue;
		next = openat(dirfd(folder), entry->d_name, how);
		if (next == -1)
			continue;
		is_well = push(&here, telldir(folder)) && change(&folder, next, &here);
	}
	if (folder != NULL)
		closedir(folder);
	return is_well;
}

/* On these nothing can be shared, and nothing needs to be opened. */
static bool shares_nothing(const char *path)
{
	struct statfs status;

	return statfs(path, &status) == 0 && (status.f_type == EXT4_SUPER_MAGIC || status.f_type == TMPFS_MAGIC);
}

int main(int count, char *words[])
{
	for (int each = 1; each < count; each++) {
		int top = open(words[each], how);
		bool is_alone = shares_nothing(words[each]);

		total = shared = 0;
		is_told = !is_alone;
		/* Somebody has removed it. */
		if ((top == -1 && errno != ENOENT) || (top != -1 && !add_below(top))) {
			fprintf(stderr, "%s: %s\n", words[each], strerror(errno));
			return 1;
		}
		if (is_alone || is_told)
			printf("%llu %llu\n", (unsigned long long)total, (unsigned long long)(total - shared));
		else
			printf("%llu -\n", (unsigned long long)total);
	}
	return ferror(stdout) || fflush(stdout) == EOF;
}
