/*
 * filter [--no-new-privs] [--context CONTEXT] [--profile PROFILE] PROGRAM COMMAND ARG...: becomes COMMAND under the system
 * call filter PROGRAM (seccomp(2)), in the SELinux CONTEXT or the AppArmor PROFILE. PROGRAM is written as `tcpdump -ddd`
 * writes one: the number of instructions, then code, jt, jf and k of each, as decimal numbers. `-` means no filter. If
 * anything is wrong, the command does not run. It gets a session keyring of its own.
 *
 * The kernel wants CAP_SYS_ADMIN or no_new_privs. setpriv(1) can load a filter too, but sets no_new_privs first, and
 * su, sudo and other set-user-id programs would not work inside.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <linux/filter.h>
#include <linux/keyctl.h>
#include <linux/seccomp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { CANNOT_START = 125 };

/* linux/lsm.h and asm/unistd.h since Linux 6.8. */
enum { LSM_SET_SELF_ATTR = 460, LSM_ATTR_EXEC = 101, LSM_ID_SELINUX = 101, LSM_ID_APPARMOR = 104 };

struct lsm_request {
	uint64_t id, flags, len, ctx_len;
	char ctx[2048];
};

static const char *const usage =
	"usage: filter [--no-new-privs] [--context CONTEXT] [--profile PROFILE] PROGRAM COMMAND ARG...";

/* libvirt's controller may miss the last words of a container that ends at once. */
static void let_console_be_read(void)
{
	usleep(200000);
}

/*
 * Nothing inside must have the keys of the login or service that it was started from (session-keyring(7)). A filter or
 * kernel that denies this call denies all use of keys.
 */
static void leave_session_keyring(void)
{
	if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) == -1 && errno != EPERM && errno != ENOSYS)
		err(CANNOT_START, "cannot make a session keyring");
}

/* Unlike the file in /proc, this call cannot be covered by a mount of the sandbox. */
static void change_at_exec(uint64_t module, const char *before, const char *label)
{
	static struct lsm_request request = { .len = sizeof request };
	int length = snprintf(request.ctx, sizeof request.ctx, "%s%s", before, label);

	if (length < 0 || (size_t)length >= sizeof request.ctx)
		errx(CANNOT_START, "the SELinux context or AppArmor profile is too long");
	request.id = module;
	request.ctx_len = (uint64_t)length + 1;
	if (syscall(LSM_SET_SELF_ATTR, LSM_ATTR_EXEC, &request, (uint32_t)sizeof request, 0) != 0)
		err(CANNOT_START, "cannot enter %s %s", module == LSM_ID_SELINUX ? "the SELinux context" : "the AppArmor profile",
		    label);
}

static unsigned long next_number(const char **text, unsigned long most)
{
	char *end;
	unsigned long value = strtoul(*text, &end, 10);

	if (end == *text || value > most)
		errx(CANNOT_START, "the system call filter is damaged at `%.20s`", *text);
	*text = end;
	return value;
}

static void load_filter(const char *text)
{
	static struct sock_filter program[BPF_MAXINSNS];
	struct sock_fprog filter = { .filter = program };

	filter.len = next_number(&text, BPF_MAXINSNS);
	for (unsigned short i = 0; i < filter.len; i++) {
		program[i].code = next_number(&text, 0xffff);
		program[i].jt = next_number(&text, 0xff);
		program[i].jf = next_number(&text, 0xff);
		program[i].k = next_number(&text, 0xffffffff);
	}
	if (*text != '\0')
		errx(CANNOT_START, "the system call filter has more than it says, at `%.20s`", text);
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter) != 0)
		err(CANNOT_START, "the kernel refuses the system call filter");
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "no-new-privs", no_argument, NULL, 'n' },
		{ "context", required_argument, NULL, 'c' },
		{ "profile", required_argument, NULL, 'p' },
		{ 0 },
	};
	int option;

	atexit(let_console_be_read);
	/* The plus ends the options at the first other word. */
	while ((option = getopt_long(argc, argv, "+", options, NULL)) != -1) {
		if (option == 'n' && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
			err(CANNOT_START, "cannot set no_new_privs");
		else if (option == 'c')
			change_at_exec(LSM_ID_SELINUX, "", optarg);
		else if (option == 'p')
			change_at_exec(LSM_ID_APPARMOR, "exec ", optarg);
		else if (option != 'n')
			errx(CANNOT_START, "%s", usage);
	}
	if (argc - optind < 2)
		errx(CANNOT_START, "%s", usage);
	leave_session_keyring();
	if (strcmp(argv[optind], "-") != 0)
		load_filter(argv[optind]);
	execvp(argv[optind + 1], argv + optind + 1);
	err(CANNOT_START, "cannot run %s", argv[optind + 1]);
}
