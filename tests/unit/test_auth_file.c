/* SPDX-License-Identifier: BSD-2-Clause */
/* Files of keys, and the settings that go with them. */
#include "daemon/auth_file.h"

#include <check.h>
#include <config.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/assert.h"
#include "daemon/settings.h"

Suite *test_auth_file_suite(void);

static struct auth_keys keys;
static unsigned line;
static char path[64];

/* A file for its owner alone. */
static void use(const char *text)
{
	int fd = memfd_create("keys", MFD_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, strlen(text)), (int)strlen(text));
	ck_assert_int_eq(fchmod(fd, 0600), 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
}

static const char *read_text(const char *text)
{
	use(text);
	return auth_file_read(path, &keys, &line);
}

START_TEST(keys_and_a_token_are_read)
{
	ck_assert_ptr_null(read_text("# ours\n"
				     "\n"
				     "1 61\n"
				     "  4294967295\t00:ff:7f  \r\n"
				     "token two words \n"
				     "0 0102"));
	ck_assert_uint_eq(keys.count, 3);
	ck_assert_uint_eq(keys.keys[0].id, 1);
	ck_assert_uint_eq(keys.keys[0].size, 1);
	ck_assert_mem_eq(keys.keys[0].secret, "a", 1);
	ck_assert_uint_eq(keys.keys[1].id, UINT32_MAX);
	ck_assert_mem_eq(keys.keys[1].secret, "\0\377\177", 3);
	ck_assert_uint_eq(keys.keys[2].id, 0);
	ck_assert_uint_eq(keys.token_size, 9);
	ck_assert_mem_eq(keys.token, "two words", 9);
	ck_assert_ptr_null(read_text(""));
	ck_assert_uint_eq(keys.count + keys.token_size, 0);
}
END_TEST

static const struct {
	const char *text;
	unsigned line;
	const char *error;
} wrong[] = {
	{ "1\n", 1, "must be an id" },
	{ "1 6\n", 1, "must be an id" },
	{ "1 secret\n", 1, "must be an id" },
	{ "-1 61\n", 1, "must be an id" },
	{ "4294967296 61\n", 1, "must be an id" },
	{ "1 61\n1 62\n", 2, "has the id of an earlier key" },
	{ "token\n", 1, "must be \"token\"" },
	{ "token \a\n", 1, "must be \"token\"" },
	{ "token \x7f\n", 1, "must be \"token\"" },
	{ "token a\ntoken b\n", 2, "is a second token" },
	{ "token 12345678901234567890123456789012345678901234567890123456789012345\n",
	  1, "must be \"token\"" },
	{ "1 61\n2 61\n3 61\n4 61\n5 61\n6 61\n7 61\n8 61\n9 61\n", 9,
	  "is one too many" },
};

/* And none of its secrets stay, nor are they said. */
START_TEST(each_wrong_line_is_told)
{
	static const struct auth_keys none;
	const char *error = read_text(wrong[_i].text);

	ck_assert_ptr_nonnull(error);
	ck_assert_msg(strncmp(error, wrong[_i].error, strlen(wrong[_i].error)) ==
			      0,
		      "%s", error);
	ck_assert_uint_eq(line, wrong[_i].line);
	ck_assert_mem_eq(&keys, &none, sizeof(keys));
}
END_TEST

START_TEST(a_secret_has_a_longest_length)
{
	char text[2 + 2 * (AUTH_SECRET_MAX + 1) + 1] = "1 ";

	memset(text + 2, '6', 2 * (AUTH_SECRET_MAX + 1));
	ck_assert_ptr_nonnull(read_text(text));
	text[2 + 2 * AUTH_SECRET_MAX] = '\0';
	ck_assert_ptr_null(read_text(text));
	ck_assert_uint_eq(keys.keys[0].size, AUTH_SECRET_MAX);
}
END_TEST

START_TEST(a_file_that_others_may_read_is_refused)
{
	static const mode_t modes[] = { 0640, 0604, 0620, 0610, 0777 };

	use("1 61\n");
	for (unsigned i = 0; i < ARRAY_SIZE(modes); i++) {
		ck_assert_int_eq(chmod(path, modes[i]), 0);
		ck_assert_str_eq(auth_file_read(path, &keys, &line),
				 "can be read by others than its owner: chmod "
				 "600 it");
		ck_assert_uint_eq(line, 0);
	}
	ck_assert_int_eq(chmod(path, 0400), 0);
	ck_assert_ptr_null(auth_file_read(path, &keys, &line));
	if (geteuid() != 0)
		return;
	ck_assert_int_eq(chown(path, 12345, 0), 0);
	ck_assert_str_eq(auth_file_read(path, &keys, &line),
			 "must belong to root: chown root it");
}
END_TEST

START_TEST(what_is_no_such_file_is_refused)
{
	char text[AUTH_FILE_SIZE_MAX + 2];
	int fd;

	ck_assert_str_eq(auth_file_read("/nowhere/at/all", &keys, &line),
			 "No such file or directory");
	ck_assert_str_eq(auth_file_read("/", &keys, &line), "is no regular file");
	ck_assert_str_eq(auth_file_read("/dev/null", &keys, &line),
			 "is no regular file");
	memset(text, '#', sizeof(text));
	text[AUTH_FILE_SIZE_MAX + 1] = '\0';
	ck_assert_str_eq(read_text(text), "is longer than 8192 octets");
	text[AUTH_FILE_SIZE_MAX] = '\0';
	ck_assert_ptr_null(read_text(text));
	use("1 61\n");
	fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
	ck_assert_int_eq(write(fd, "\0", 1), 1);
	close(fd);
	ck_assert_str_eq(auth_file_read(path, &keys, &line), "is no text");
}
END_TEST

/* ---- settings ------------------------------------------------------------ */

static char said[512];

/* Loads settings with the file, and these arguments; true if all is well. */
static bool load(const char *how, const char *more, struct settings *ret)
{
	char *argv[] = { (char *)"tenured",
			 (char *)"--config",
			 (char *)"/dev/null",
			 (char *)how,
			 (char *)more,
			 (char *)"--auth-keys",
			 path,
			 NULL };
	int file = memfd_create("stderr", MFD_CLOEXEC), before = dup(2);
	enum exit_code code = EXIT_CODE_LEASED;
	enum settings_result result;
	ssize_t size;

	/* An empty path: none is given. */
	result = (dup2(file, 2), settings_load(*path ? 7 : 5, argv, ret, &code));
	dup2(before, 2);
	close(before);
	size = pread(file, said, sizeof(said) - 1, 0);
	said[size > 0 ? size : 0] = '\0';
	close(file);
	ck_assert(result == SETTINGS_OK ||
		  (result == SETTINGS_FAILED &&
		   (code == EXIT_CODE_CONFIGURATION || code == EXIT_CODE_USAGE)));
	return result == SETTINGS_OK;
}

static void refused(const char *how, const char *more, const char *error)
{
	struct settings settings;
	char expected[512];

	snprintf(expected, sizeof(expected), "tenured: %s\n", error);
	ck_assert(!load(how, more, &settings));
	ck_assert_str_eq(said, expected);
	settings_free(&settings);
	ck_assert_ptr_null(settings.auth_keys);
}

START_TEST(settings_that_need_keys_have_them)
{
	struct settings settings;
	char error[256];

	use("token a\n");
	ck_assert(load("--auth=token", "--auth-required=no", &settings));
	ck_assert_int_eq(settings.common.auth, DHCP4_AUTH_TOKEN);
	ck_assert(!settings.common.auth_required);
	ck_assert_uint_eq(settings.auth_keys->token_size, 1);
	settings_free(&settings);
	refused("--auth=none", "--no-gateway",
		"auth-keys does nothing without auth token or auth delayed");
	use("1 61\nsecret\n");
	snprintf(error, sizeof(error),
		 "%s:2: this line must be an id (a number from 0 to "
		 "4294967295) and a secret of 1 to 64 octets in hex",
		 path);
	refused("--auth=token", "--no-gateway", error);
	use("1 61\n");
	refused("--auth=token", "--no-gateway",
		"eth0: auth token needs auth-keys FILE with a line \"token "
		"TEXT\"");
	*path = '\0';
	refused("--auth=token", "--no-gateway",
		"eth0: auth token needs auth-keys FILE with a line \"token "
		"TEXT\"");
}
END_TEST

START_TEST(codes_need_keys)
{
	struct settings settings;

	use("1 61\n");
	ck_assert(load("--auth=delayed", "--force-renew", &settings));
	ck_assert_int_eq(settings.common.auth, DHCP4_AUTH_DELAYED);
	ck_assert(settings.common.auth_required);
	ck_assert(settings.common.force_renew);
	settings_free(&settings);
	use("token a\n");
	refused("--auth=delayed", "--no-gateway",
		"eth0: auth delayed needs auth-keys FILE with a line \"ID "
		"SECRET\"");
	refused("--auth=token", "--force-renew",
		"eth0: auth token and force-renew exclude each other: a token "
		"proves nothing of a FORCERENEW");
	*path = '\0';
	refused("--auth=delayed", "--no-gateway",
		"eth0: auth delayed needs auth-keys FILE with a line \"ID "
		"SECRET\"");
}
END_TEST

START_TEST(who_is_anonymous_proves_nothing)
{
	static const char error[] =
		"eth0: anonymous goes with neither auth nor force-renew: who "
		"proves who it is is not anonymous";

	use("token a\n");
	refused("--auth=token", "--anonymous", error);
	*path = '\0';
	refused("--force-renew", "--anonymous", error);
}
END_TEST

Suite *test_auth_file_suite(void)
{
	Suite *suite = suite_create("auth_file");
	TCase *files = tcase_create("files");
	TCase *settings = tcase_create("settings");

	tcase_add_test(files, keys_and_a_token_are_read);
	tcase_add_loop_test(files, each_wrong_line_is_told, 0,
			    (int)ARRAY_SIZE(wrong));
	tcase_add_test(files, a_secret_has_a_longest_length);
	tcase_add_test(files, a_file_that_others_may_read_is_refused);
	tcase_add_test(files, what_is_no_such_file_is_refused);
	suite_add_tcase(suite, files);
	tcase_add_test(settings, settings_that_need_keys_have_them);
	tcase_add_test(settings, who_is_anonymous_proves_nothing);
	tcase_add_test(settings, codes_need_keys);
	suite_add_tcase(suite, settings);
	return suite;
}
