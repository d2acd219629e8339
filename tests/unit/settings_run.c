/* SPDX-License-Identifier: BSD-2-Clause */
/* Loading settings for a test, with standard output and error in memory. */
#include "unit/settings_run.h"

#include <check.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "daemon/link.h"

struct settings settings;
enum settings_result result;
enum exit_code code;
char out[OUTPUT_MAX], err[OUTPUT_MAX];
const char *config_path = "/dev/null";

void run_setup(void)
{
	settings = (struct settings){ 0 };
	config_path = "/dev/null";
}

void run_teardown(void)
{
	settings_free(&settings);
}

/* ---- running --------------------------------------------------------- */

/* Sends what is written to a descriptor to a file. Returns what it was. */
static int redirect(int fd, int file)
{
	int before = dup(fd);

	ck_assert_int_ge(before, 0);
	ck_assert_int_eq(dup2(file, fd), fd);
	return before;
}

static void restore(int fd, int before, int file, char *ret)
{
	ssize_t size;

	ck_assert_int_eq(dup2(before, fd), fd);
	close(before);
	size = pread(file, ret, OUTPUT_MAX - 1, 0);
	ck_assert_int_ge(size, 0);
	ret[size] = '\0';
	close(file);
}

int memory_file(void)
{
	int fd = memfd_create("test", MFD_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	return fd;
}

/* Loads the settings of a command line, up to a NULL; stdout is out_file. */
void run_to(int out_file, const char *const *arguments)
{
	char *argv[ARGUMENTS_MAX + 4] = { (char *)"tenured" };
	int argc = 1, err_file = memory_file(), out_before, err_before;

	for (; arguments[argc - 1]; argc++)
		argv[argc] = (char *)arguments[argc - 1];
	settings_free(&settings);
	fflush(NULL);
	out_before = redirect(STDOUT_FILENO, out_file);
	err_before = redirect(STDERR_FILENO, err_file);
	code = EXIT_CODE_LEASED;
	result = settings_load(argc, argv, &settings, &code);
	fflush(NULL);
	restore(STDERR_FILENO, err_before, err_file, err);
	restore(STDOUT_FILENO, out_before, out_file, out);
}

void run_plain(const char *const *arguments)
{
	run_to(memory_file(), arguments);
}

/* The same, behind --config with the test's own file. */
void run_all(const char *const *arguments)
{
	const char *all[ARGUMENTS_MAX + 3] = { "--config", config_path };
	size_t count = 0;

	for (; arguments[count]; count++) {
		ck_assert_uint_lt(count, ARGUMENTS_MAX);
		all[count + 2] = arguments[count];
	}
	run_plain(all);
}

void expect_ok(void)
{
	ck_assert_str_eq(err, "");
	ck_assert_str_eq(out, "");
	ck_assert_int_eq(result, SETTINGS_OK);
}

/* One line, with nothing on stdout. */
void expect_failure(enum exit_code expected, const char *message)
{
	char line[OUTPUT_MAX];

	snprintf(line, sizeof(line), "tenured: %s\n", message);
	ck_assert_str_eq(err, line);
	ck_assert_str_eq(out, "");
	ck_assert_int_eq(result, SETTINGS_FAILED);
	ck_assert_int_eq((int)code, (int)expected);
}

/* A file of its own, for the rest of the test. */
void use_file(const char *text, size_t size)
{
	static char path[64];
	int fd = memory_file();

	ck_assert_int_eq(write(fd, text, size), (ssize_t)size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	config_path = path;
}

void use_text(const char *text)
{
	use_file(text, strlen(text));
}

/* ---- what holds ------------------------------------------------------ */

size_t run_iface_count(void)
{
	return settings.wanted_count ? settings.wanted_count
				     : settings.section_count;
}

const char *run_name(size_t i)
{
	ck_assert_uint_lt(i, run_iface_count());
	return settings.wanted_count ? settings.wanted[i].text
				     : settings.sections[i].selector.text;
}

const struct iface_settings *run_iface(size_t i)
{
	static const struct link_info unknown = { .kind = "?" };

	ck_assert_uint_lt(i, run_iface_count());
	return settings.wanted_count
		       ? settings_for_link(&settings, run_name(i), &unknown)
		       : &settings.sections[i].iface;
}
