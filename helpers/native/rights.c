#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <linux/capability.h>
#include <linux/keyctl.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "rights.h"

/* linux/lsm.h and asm/unistd.h since Linux 6.8. */
enum { LSM_SET_SELF_ATTR = 460, LSM_ATTR_EXEC = 101, LSM_ID_SELINUX = 101, LSM_ID_APPARMOR = 104 };

struct lsm_request {
	uint64_t id, flags, len, ctx_len;
	char ctx[2048];
};

static unsigned long next_number(const char **text, unsigned long most)
{
	char *end;
	unsigned long value = strtoul(*text, &end, 10);

	if (end == *text || value > most)
		errx(1, "the system call filter is damaged at `%.20s`", *text);
	*text = end;
	return value;
}

void parse_filter(struct call_filter *filter, const char *text)
{
	filter->length = (unsigned short)next_number(&text, BPF_MAXINSNS);
	if (filter->length == 0)
		errx(1, "the system call filter is empty");
	for (unsigned short i = 0; i < filter->length; i++) {
		filter->program[i].code = (uint16_t)next_number(&text, 0xffff);
		filter->program[i].jt = (uint8_t)next_number(&text, 0xff);
		filter->program[i].jf = (uint8_t)next_number(&text, 0xff);
		filter->program[i].k = (uint32_t)next_number(&text, 0xffffffff);
	}
	text += strspn(text, " \n");
	if (*text != '\0')
		errx(1, "the system call filter has more than it says, at `%.20s`", text);
}

void load_filter(const struct call_filter *filter)
{
	struct sock_fprog program = { .len = filter->length, .filter = (struct sock_filter *)filter->program };

	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) != 0)
		err(1, "the kernel refuses the system call filter");
}

/* Unlike the file in /proc, this call cannot be covered by a mount of the sandbox. */
void set_label_at_exec(const char *context, const char *profile)
{
	static struct lsm_request request = { .len = sizeof request };
	const char *label = context != NULL ? context : profile;
	int length;

	if (label == NULL)
		return;
	length = snprintf(request.ctx, sizeof request.ctx, "%s%s", context != NULL ? "" : "exec ", label);
	if (length < 0 || (size_t)length >= sizeof request.ctx)
		errx(1, "the label %.40s... is too long", label);
	request.id = context != NULL ? LSM_ID_SELINUX : LSM_ID_APPARMOR;
	request.ctx_len = (uint64_t)length + 1;
	if (syscall(LSM_SET_SELF_ATTR, LSM_ATTR_EXEC, &request, (uint32_t)sizeof request, 0) != 0)
		err(1, "cannot enter the SELinux context or AppArmor profile %s", label);
}

/* A filter or kernel that denies this call denies all use of keys. */
void leave_session_keyring(void)
{
	if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) == -1 && errno != EPERM && errno != ENOSYS)
		err(1, "cannot make a session keyring");
}

static struct __user_cap_header_struct own = { .version = _LINUX_CAPABILITY_VERSION_3 };

uint64_t own_capabilities(void)
{
	struct __user_cap_data_struct sets[2];

	if (syscall(SYS_capget, &own, sets) != 0)
		err(1, "cannot read capabilities");
	return (uint64_t)sets[1].permitted << 32 | sets[0].permitted;
}

void keep_capabilities(uint64_t kept)
{
	struct __user_cap_data_struct sets[2] = { 0 };

	kept &= own_capabilities();
	sets[0].effective = sets[0].permitted = (uint32_t)kept;
	sets[1].effective = sets[1].permitted = (uint32_t)(kept >> 32);
	/* The kernel knows fewer than 64, and says so. */
	for (unsigned long capability = 0; capability < 64; capability++) {
		if ((kept >> capability & 1) == 0 && prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0 && errno != EINVAL)
			err(1, "cannot give up capability %lu", capability);
	}
	/* None is inheritable, so the kernel drops ambient ones as well. */
	if (syscall(SYS_capset, &own, sets) != 0)
		err(1, "cannot give up capabilities");
}
