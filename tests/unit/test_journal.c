/* SPDX-License-Identifier: BSD-2-Clause */
/* What the journal gets, and who is believed to be it. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"
#include "daemon/journal.h"
#include "unit/listener.h"
#include "unit/runner.h"

Suite *test_journal_suite(void);

static struct datagram d;

static void setup(void)
{
	ck_assert_int_eq(datagram_open(&d, listener_open()), 0);
}

static void teardown(void)
{
	datagram_close(&d);
	listener_close();
}

START_TEST(a_plain_line_has_a_level_and_a_name)
{
	ck_assert_int_eq(journal_send(&d, 5, &(struct log_event){ 0 }, "so"), 0);
	ck_assert_str_eq(listener_next(), "MESSAGE=so\nPRIORITY=5\n"
					  "SYSLOG_FACILITY=3\n"
					  "SYSLOG_IDENTIFIER=tenured\n");
}
END_TEST

START_TEST(what_is_known_has_fields)
{
	const struct log_kind kind = { "lost", "0123456789abcdef" };
	struct log_event event = { .kind = &kind,
				   .interface = "eth0",
				   .state = "INIT",
				   .reason = "expired",
				   .address = 0x0a00000a,
				   .server = 0x0a000001 };
	const char *heard;

	ck_assert_int_eq(journal_send(&d, 4, &event, "eth0: gone"), 0);
	heard = listener_next();
	ck_assert_str_eq(heard, "MESSAGE=eth0: gone\nPRIORITY=4\n"
				"SYSLOG_FACILITY=3\nSYSLOG_IDENTIFIER=tenured\n"
				"MESSAGE_ID=0123456789abcdef\nINTERFACE=eth0\n"
				"DHCP_STATE=INIT\nDHCP_REASON=expired\n"
				"DHCP_ADDRESS=10.0.0.10\nDHCP_SERVER=10.0.0.1\n");
	event.reason = NULL;
	journal_send(&d, 4, &event, "eth0: gone");
	ck_assert_ptr_nonnull(strstr(listener_next(), "\nDHCP_REASON=lost\n"));
}
END_TEST

START_TEST(the_longest_line_has_room_for_all_fields)
{
	const struct log_kind kind = { "not-configured",
				       "0123456789abcdef0123456789abcdef" };
	const struct log_event event = { .kind = &kind,
					 .interface = "abcdefghijklmno",
					 .state = "V6ONLY-WAIT",
					 .reason = "the network prefers IPv6 alone",
					 .address = UINT32_MAX,
					 .server = UINT32_MAX };
	char line[LOG_LINE_SIZE];
	const char *heard;

	memset(line, 'x', sizeof(line) - 1);
	line[sizeof(line) - 1] = '\0';
	ck_assert_int_eq(journal_send(&d, 4, &event, line), 0);
	heard = listener_next();
	CHECK(heard && strncmp(heard + 8, line, strlen(line)) == 0);
	ck_assert_ptr_nonnull(strstr(heard, "\nDHCP_SERVER=255.255.255.255\n"));
}
END_TEST

START_TEST(the_journal_is_who_it_says_it_is)
{
	char name[64], other[64];
	struct stat info;
	int fd = open("/dev/null", O_WRONLY | O_CLOEXEC);

	ck_assert_int_eq(fstat(fd, &info), 0);
	snprintf(name, sizeof(name), "%ju:%ju", (uintmax_t)info.st_dev,
		 (uintmax_t)info.st_ino);
	snprintf(other, sizeof(other), "%ju:%ju", (uintmax_t)info.st_dev,
		 (uintmax_t)info.st_ino + 1);
	CHECK(journal_is_stream(name, fd));
	CHECK(!journal_is_stream(other, fd));
	CHECK(!journal_is_stream("", fd));
	CHECK(!journal_is_stream(NULL, fd));
	close(fd);
	CHECK(!journal_is_stream(name, fd));
}
END_TEST

Suite *test_journal_suite(void)
{
	Suite *suite = suite_create("journal");
	TCase *c = tcase_create("journal");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, a_plain_line_has_a_level_and_a_name);
	tcase_add_test(c, what_is_known_has_fields);
	tcase_add_test(c, the_longest_line_has_room_for_all_fields);
	tcase_add_test(c, the_journal_is_who_it_says_it_is);
	suite_add_tcase(suite, c);
	return suite;
}
