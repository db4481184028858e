#define _GNU_SOURCE
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "report.h"

int report_to = STDERR_FILENO, report_is_socket = 0;
int report_status = 1;

/* Messages are ours, and short. What is too long is cut. */
static _Noreturn void report(const char *reason, const char *format, va_list values)
{
	char text[1024] = "!";
	size_t length, most = sizeof text - 2;

	vsnprintf(text + 1, most, format, values);
	length = strlen(text);
	snprintf(text + length, most - length, "%s%s", reason == NULL ? "" : ": ", reason == NULL ? "" : reason);
	length = strlen(text);
	if (report_is_socket) {
		send(report_to, text, length, MSG_NOSIGNAL);
		_exit(report_status);
	}
	text[length++] = '\n';
	/* If standard error cannot be written, the exit status has to do. */
	if (write(report_to, text + 1, length - 1) < 0)
		_exit(report_status);
	exit(report_status);
}

void fail(const char *format, ...)
{
	va_list values;

	va_start(values, format);
	report(NULL, format, values);
}

void fail_errno(const char *format, ...)
{
	const char *reason = strerror(errno);
	va_list values;

	va_start(values, format);
	report(reason, format, values);
}
