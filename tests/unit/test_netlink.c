/* SPDX-License-Identifier: BSD-2-Clause */
/* What of a datagram is looked at: whole messages, and failures that have an errno. */
#include "host/netlink.h"

#include <check.h>
#include <errno.h>
#include <limits.h>
#include <linux/rtnetlink.h>
#include <string.h>

Suite *test_netlink_suite(void);

static _Alignas(struct nlmsghdr) char datagram[256];
static size_t used;

static void set_up(void)
{
	memset(datagram, 0, sizeof(datagram));
	used = 0;
}

/* A message of this type that says how long it is. */
static struct nlmsghdr *put(uint16_t type, size_t payload)
{
	struct nlmsghdr *header = (void *)(datagram + used);

	header->nlmsg_type = type;
	header->nlmsg_len = (uint32_t)(NLMSG_HDRLEN + payload);
	used += NLMSG_ALIGN(header->nlmsg_len);
	ck_assert_uint_le(used, sizeof(datagram));
	return header;
}

static void put_error(int error)
{
	struct nlmsghdr *header = put(NLMSG_ERROR, sizeof(struct nlmsgerr));

	((struct nlmsgerr *)NLMSG_DATA(header))->error = error;
}

static size_t sound(size_t size)
{
	return netlink_sound_size(datagram, size);
}

START_TEST(whole_messages_are_sound)
{
	put(RTM_NEWLINK, 32);
	put(RTM_NEWADDR, 5);
	ck_assert_uint_eq(sound(used), used);
	/* What aligns the last one may be missing; more may not. */
	ck_assert_uint_eq(sound(used - 3), used - 3);
	ck_assert_uint_eq(sound(used - 4), 48);
	ck_assert_uint_eq(sound(48), 48);
	ck_assert_uint_eq(sound(47), 0);
	ck_assert_uint_eq(sound(15), 0);
	ck_assert_uint_eq(sound(0), 0);
}
END_TEST

/* libmnl compares lengths as int. */
START_TEST(a_length_that_is_none_ends_it)
{
	static const uint32_t lengths[] = { 0,	15,	    37,
					    80, 0x80000000, 0xffffff00 };

	put(RTM_NEWLINK, 0);
	for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
		used = 16;
		put(RTM_NEWLINK, 20)->nlmsg_len = lengths[i];
		used = 52;
		ck_assert_uint_eq(sound(used), 16);
	}
}
END_TEST

/* INT_MIN has no negative. */
START_TEST(a_failure_has_an_errno)
{
	put_error(0);
	put_error(-EEXIST);
	put_error(-4095);
	ck_assert_uint_eq(sound(used), used);
	put_error(-4096);
	ck_assert_uint_eq(sound(used), 3 * 36);
	used = 0;
	put_error(INT_MIN);
	ck_assert_uint_eq(sound(used), 0);
	used = 0;
	put_error(1);
	ck_assert_uint_eq(sound(used), 0);
	used = 0;
	put(NLMSG_ERROR, 4);
	ck_assert_uint_eq(sound(used), 0);
	used = 0;
	put(NLMSG_DONE, 0);
	put(NLMSG_DONE, 4);
	ck_assert_uint_eq(sound(used), used);
	*(int *)NLMSG_DATA(put(NLMSG_DONE, 4)) = INT_MIN;
	ck_assert_uint_eq(sound(used), 36);
}
END_TEST

Suite *test_netlink_suite(void)
{
	Suite *suite = suite_create("netlink");
	TCase *tcase = tcase_create("netlink");

	tcase_add_checked_fixture(tcase, set_up, NULL);
	tcase_add_test(tcase, whole_messages_are_sound);
	tcase_add_test(tcase, a_length_that_is_none_ends_it);
	tcase_add_test(tcase, a_failure_has_an_errno);
	suite_add_tcase(suite, tcase);
	return suite;
}
