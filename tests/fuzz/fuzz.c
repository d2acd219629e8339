/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table of targets, and what stands in for the daemon's log: the linker leads
 * both functions of log.c here (--wrap), since a fuzzer has nobody to tell.
 */
#include "fuzz/fuzz.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/log.h"

#define TARGET(name) extern const struct fuzz_target fuzz_##name;
#include "fuzz/targets.h"
#undef TARGET

/* clang-format off */
const struct fuzz_target *const fuzz_targets[] = {
#define TARGET(name) &fuzz_##name,
#include "fuzz/targets.h"
	NULL
};
/* clang-format on */

jmp_buf *fuzz_forgiven;
void (*fuzz_found)(const char *what);
bool fuzz_verbose;
unsigned fuzz_logged;

const struct fuzz_target *fuzz_find(const char *name)
{
	for (size_t i = 0; fuzz_targets[i]; i++) {
		if (strcmp(fuzz_targets[i]->name, name) == 0)
			return fuzz_targets[i];
	}
	return NULL;
}

void fuzz_run(const struct fuzz_target *target, const uint8_t *data, size_t size)
{
	target->run(data, size < target->size_max ? size : target->size_max);
	fuzz_forgiven = NULL;
}

bool fuzz_is_only(const char *text, size_t size, const char *others)
{
	for (size_t i = 0; i < size; i++) {
		char c = text[i];

		if ((c < 'a' || c > 'z') && (c < 'A' || c > 'Z') &&
		    (c < '0' || c > '9') && (!c || !strchr(others, c)))
			return false;
	}
	return true;
}

/* ---- instead of log.c ---------------------------------------------------- */

_Noreturn void __wrap_assert_fail(const char *expression, const char *file,
				  int line);
void __wrap_log_line(enum log_level level, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void __wrap_log_about(const char *interface, enum log_level level,
		      const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void __wrap_log_event(const struct log_event *event, enum log_level level,
		      const char *format, ...)
	__attribute__((format(printf, 3, 4)));

_Noreturn void __wrap_assert_fail(const char *expression, const char *file,
				  int line)
{
	char what[512];

	if (fuzz_forgiven)
		longjmp(*fuzz_forgiven, 1);
	snprintf(what, sizeof(what), "%s:%d: %s", file, line, expression);
	fflush(stdout);
	fprintf(stderr, "fuzz: %s\n", what);
	if (fuzz_found)
		fuzz_found(what);
	abort();
}

/* Each line can be made, whether it would be said or not. */
__attribute__((format(printf, 1, 0))) static void note_line(const char *format,
							    va_list arguments)
{
	char line[1024];
	int size = vsnprintf(line, sizeof(line), format, arguments);

	CHECK(size > 0);
	fuzz_logged++;
}

#define NOTE_LINE(format) \
	do { \
		va_list arguments; \
\
		va_start(arguments, format); \
		note_line(format, arguments); \
		va_end(arguments); \
	} while (0)

void __wrap_log_line(enum log_level level, const char *format, ...)
{
	(void)level;
	NOTE_LINE(format);
}

void __wrap_log_about(const char *interface, enum log_level level,
		      const char *format, ...)
{
	(void)interface, (void)level;
	NOTE_LINE(format);
}

void __wrap_log_event(const struct log_event *event, enum log_level level,
		      const char *format, ...)
{
	(void)event, (void)level;
	NOTE_LINE(format);
}
