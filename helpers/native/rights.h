/* The rights that a process gives up before it executes a program in a sandbox. */
#ifndef RIGHTS_H
#define RIGHTS_H

#include <linux/filter.h>
#include <stdint.h>

/* A program for seccomp(2). */
struct call_filter {
	unsigned short length;
	struct sock_filter program[BPF_MAXINSNS];
};

/*
 * Reads a filter that is written as `tcpdump -ddd` writes one: the number of instructions, then code, jt, jf and k of each,
 * as decimal numbers.
 */
void parse_filter(struct call_filter *filter, const char *text);
/* Needs CAP_SYS_ADMIN over the own user namespace, or no_new_privs (seccomp(2)). */
void load_filter(const struct call_filter *filter);

/* The next execve(2) changes to this SELinux context, or to this AppArmor profile. NULL means none. */
void set_label_at_exec(const char *context, const char *profile);

/* Leaves the keys of the login or service from which this process comes (session-keyring(7)). */
void leave_session_keyring(void);

/* The capabilities that are permitted, as a mask. */
uint64_t own_capabilities(void);
/* Keeps no capabilities but these, in all sets; none is inheritable or ambient. */
void keep_capabilities(uint64_t kept);

#endif
