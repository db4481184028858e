/* How our native programs say what went wrong. */
#ifndef REPORT_H
#define REPORT_H

/* Where messages go, each as a line; if it is a socket, each as a message that begins with `!`. */
extern int report_to, report_is_socket;
/* The exit status after a message. */
extern int report_status;

/* Prints the message and ends the process. */
_Noreturn void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same, with the reason from errno(3) after the message. */
_Noreturn void fail_errno(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
