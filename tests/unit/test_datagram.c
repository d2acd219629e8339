/* SPDX-License-Identifier: BSD-2-Clause */
/* Datagrams to somebody who is there, slow, gone, and back again. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/datagram.h"
#include "unit/listener.h"
#include "unit/runner.h"

Suite *test_datagram_suite(void);

static struct datagram d;
static const char *path;

static int say(const char *text)
{
	struct iovec parts[2] = { { (char[]){ '<' }, 1 }, { 0 } };

	parts[1].iov_base = (void *)(uintptr_t)text;
	parts[1].iov_len = strlen(text);
	return datagram_send(&d, parts, 2);
}

static void setup(void)
{
	path = listener_open();
	ck_assert_int_eq(datagram_open(&d, path), 0);
}

static void teardown(void)
{
	datagram_close(&d);
	listener_close();
}

START_TEST(what_is_sent_is_one_datagram)
{
	ck_assert_int_eq(say("one"), 0);
	ck_assert_int_eq(say("two"), 0);
	ck_assert_str_eq(listener_next(), "<one");
	ck_assert_str_eq(listener_next(), "<two");
	ck_assert_ptr_null(listener_next());
}
END_TEST

START_TEST(a_slow_listener_is_not_waited_for)
{
	int r;

	while ((r = say("more")) == 0)
		continue;
	ck_assert_int_eq(r, -EAGAIN);
	while (listener_next())
		continue;
	ck_assert_int_eq(say("again"), 0);
}
END_TEST

START_TEST(what_is_too_long_is_refused)
{
	static char large[8 << 20];
	struct iovec part = { large, sizeof(large) };

	ck_assert_int_eq(datagram_send(&d, &part, 1), -EMSGSIZE);
	ck_assert_int_eq(say("short"), 0);
}
END_TEST

START_TEST(who_starts_anew_is_found_again)
{
	listener_leave();
	ck_assert_int_eq(say("lost"), -ECONNREFUSED);
	unlink(path);
	ck_assert_int_lt(say("lost"), 0);
	listener_return();
	ck_assert_int_eq(say("back"), 0);
	ck_assert_str_eq(listener_next(), "<back");
}
END_TEST

START_TEST(who_comes_later_is_found_then)
{
	datagram_close(&d);
	listener_leave();
	unlink(path);
	ck_assert_int_eq(datagram_open(&d, path), -ENOENT);
	ck_assert_int_lt(say("lost"), 0);
	listener_return();
	ck_assert_int_eq(say("late"), 0);
	ck_assert_str_eq(listener_next(), "<late");
}
END_TEST

START_TEST(abstract_names_have_no_end)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	char name[64], got[8] = "";
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	socklen_t size;

	snprintf(name, sizeof(name), "@tenured-unit-%d", (int)getpid());
	memcpy(address.sun_path + 1, name + 1, strlen(name) - 1);
	size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name));
	ck_assert_int_eq(bind(fd, (const struct sockaddr *)&address, size), 0);
	datagram_close(&d);
	ck_assert_int_eq(datagram_open(&d, name), 0);
	ck_assert_int_eq(say("name"), 0);
	ck_assert_int_eq(recv(fd, got, sizeof(got), 0), 5);
	close(fd);
}
END_TEST

START_TEST(what_is_no_name_is_refused)
{
	char large[200] = "/";

	datagram_close(&d);
	memset(large + 1, 'x', sizeof(large) - 2);
	ck_assert_int_eq(datagram_open(&d, ""), -EINVAL);
	ck_assert_int_eq(datagram_open(&d, "relative"), -EINVAL);
	ck_assert_int_eq(datagram_open(&d, large), -EINVAL);
	ck_assert_int_eq(d.fd, -1);
	ck_assert_int_eq(say("nowhere"), -ENOTCONN);
}
END_TEST

Suite *test_datagram_suite(void)
{
	Suite *suite = suite_create("datagram");
	TCase *c = tcase_create("datagram");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, what_is_sent_is_one_datagram);
	tcase_add_test(c, a_slow_listener_is_not_waited_for);
	tcase_add_test(c, what_is_too_long_is_refused);
	tcase_add_test(c, who_starts_anew_is_found_again);
	tcase_add_test(c, who_comes_later_is_found_then);
	tcase_add_test(c, abstract_names_have_no_end);
	tcase_add_test(c, what_is_no_name_is_refused);
	suite_add_tcase(suite, c);
	return suite;
}
