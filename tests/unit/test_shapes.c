/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Options of more than one value: what is valid, and what is told of it, RFC by
 * RFC. The text is option_print()'s.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "core/option.h"
#include "core/option_text.h"

Suite *test_shapes_suite(void);

/* clang-format off */
#define REFUSED NULL
#define STRANGE "~" /* valid, but not fit to be text */

/* Octets of a literal, and what they say. */
#define ROW(code, octets, text) { code, octets, sizeof(octets) - 1, text }
/* clang-format on */

struct row {
	uint8_t code;
	const char *octets;
	size_t size;
	const char *text;
};

static void check_row(const struct row *row, size_t number)
{
	/* Of just this size, so that a read behind it is seen. */
	uint8_t *copy = malloc(row->size + !row->size);
	char text[2048];
	struct str s = str_over(text, sizeof(text));
	bool valid;

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, row->octets, row->size);
	valid = option_is_valid(row->code, copy, row->size);
	ck_assert_msg(valid == (row->text != NULL), "row %zu: valid is %d",
		      number, valid);
	if (valid) {
		bool printed = option_print(&s, row->code, copy, row->size);

		ck_assert_msg(!strcmp(printed ? text : STRANGE, row->text),
			      "row %zu: %s", number, printed ? text : STRANGE);
	}
	free(copy);
}

#define CHECK_ROWS(rows) \
	do { \
		for (size_t row = 0; row < ARRAY_SIZE(rows); row++) \
			check_row(&(rows)[row], row); \
	} while (0)

/* Covers: 3397-2-01 3397-2-02 3397-2-04 3397-2-05 */
START_TEST(search_list)
{
	static const struct row rows[] = {
		ROW(119, "\3eng\5apple\3com\0\tmarketing\xc0\4",
		    "eng.apple.com marketing.apple.com"),
		ROW(119, "\7example\3org\0\3foo", "example.org"),
		ROW(119, "\1a\0\1;\0\1b\0", "a b"),
		ROW(119, "\3foo", REFUSED),
		ROW(119,
		    "\x40"
		    "a\0",
		    REFUSED),
		ROW(119, "\xc0\0", REFUSED),
		ROW(119, "\0", REFUSED),
		ROW(119, "\1;\0", REFUSED),
		ROW(119, "", REFUSED),
	};

	CHECK_ROWS(rows);
}
END_TEST

/* Covers: 3361-3-01 3361-3.1-01 3361-3.2-01 */
START_TEST(sip_servers)
{
	static const struct row rows[] = {
		ROW(120, "\0\3sip\1a\0\1b\xc0\4", "sip.a b.a"),
		ROW(120, "\0\1a\0", "a"),
		ROW(120, "\0\1a", REFUSED),
		ROW(120, "\0\0", REFUSED),
		ROW(120, "\0", REFUSED),
		ROW(120, "", REFUSED),
		ROW(120, "\1\x0a\0\0\1", "10.0.0.1"),
		ROW(120, "\1\x0a\0\0\1\x0a\0\0\2", "10.0.0.1 10.0.0.2"),
		ROW(120, "\1", REFUSED),
		ROW(120, "\1\x0a\0\0", REFUSED),
		ROW(120, "\1\x0a\0\0\1\x0a", REFUSED),
		ROW(120, "\2\1a\0", REFUSED),
		ROW(120, "\2\x0a\0\0\1", REFUSED),
		ROW(120, "\xff\x0a\0\0\1", REFUSED),
	};

	CHECK_ROWS(rows);
}
END_TEST

/* Covers: 3495-4-01 3495-5-01 */
START_TEST(cablelabs)
{
	static const struct row rows[] = {
		ROW(122, "\1\4\x0a\0\0\1\2\4\x0a\0\0\2",
		    "primary-dhcp-server=10.0.0.1"
		    " secondary-dhcp-server=10.0.0.2"),
		ROW(122, "\3\7\0\2mt\1a\0\7\1\1",
		    "provisioning-server=mt.a ticket-granting=1"),
		ROW(122, "\3\5\0\2mt\0", "provisioning-server=mt"),
		ROW(122, "\3\5\1\x0a\0\0\3", "provisioning-server=10.0.0.3"),
		ROW(122, "\4\x0c\0\0\0\1\0\0\0\2\0\0\0\3", "as-backoff=1 2 3"),
		ROW(122, "\5\x0c\0\0\0\1\0\0\0\2\0\0\0\3\x08\1\x1e",
		    "ap-backoff=1 2 3 provisioning-timer=30"),
		ROW(122, "\6\7\5REALM\0\x63\1\xab", "kerberos-realm=REALM 99=ab"),
		ROW(122, "\x09\2\0\3\x0a\x08\x0a\0\0\1\x0a\0\0\2",
		    "ticket-control=3 kdc-servers=10.0.0.1,10.0.0.2"),
		/* of a wrong length: that suboption alone is ignored */
		ROW(122, "\1\3\x0a\0\0\2\4\x0a\0\0\2",
		    "secondary-dhcp-server=10.0.0.2"),
		ROW(122, "\2\5\x0a\0\0\1\1\1\4\x0a\0\0\2",
		    "primary-dhcp-server=10.0.0.2"),
		ROW(122, "\3\0\7\1\0", "ticket-granting=0"),
		ROW(122, "\3\4\1\x0a\0\0\7\1\0", "ticket-granting=0"),
		ROW(122, "\3\2\2\0\7\1\0", "ticket-granting=0"),
		ROW(122, "\4\x0b\0\0\0\1\0\0\0\2\0\0\0\x08\1\2",
		    "provisioning-timer=2"),
		ROW(122, "\5\x0d\0\0\0\1\0\0\0\2\0\0\0\3\0\x08\1\2",
		    "provisioning-timer=2"),
		ROW(122, "\7\2\0\0\x08\0\x08\1\2", "provisioning-timer=2"),
		/* past the end: the option is ignored */
		ROW(122, "\1\4\x0a\0\0\1\2\4\x0a\0\0", REFUSED),
		ROW(122, "\1\4\x0a\0\0\1\2", REFUSED),
	};

	CHECK_ROWS(rows);
}
END_TEST

#define PREFIX_6RD "\x20\1\x0d\xb8\xff\xff\0\0\0\0\0\0\0\0\0\0"

/* Covers: 5969-7.1.1-01 5969-7.1.1-02 5969-7.1.1-03 5969-7.1.1-04 */
START_TEST(sixrd)
{
	static const struct row rows[] = {
		ROW(212, "\x08\x20" PREFIX_6RD "\xc0\0\2\1",
		    "8 2001:db8::/32 192.0.2.1"),
		ROW(212, "\x08\x24" PREFIX_6RD "\xc0\0\2\1\xc0\0\2\2",
		    "8 2001:db8:f000::/36 192.0.2.1,192.0.2.2"),
		ROW(212, "\0\x21" PREFIX_6RD "\xc0\0\2\1",
		    "0 2001:db8:8000::/33 192.0.2.1"),
		ROW(212, "\x20\0" PREFIX_6RD "\xc0\0\2\1", "32 ::/0 192.0.2.1"),
		ROW(212, "", REFUSED),
		ROW(212, "\x08\x20" PREFIX_6RD, REFUSED),
		ROW(212, "\x08\x20" PREFIX_6RD "\xc0\0\2", REFUSED),
		ROW(212, "\x08\x20" PREFIX_6RD "\xc0\0\2\1\xc0", REFUSED),
		ROW(212, "\x20\x20" PREFIX_6RD "\xc0\0\2\1",
		    "32 2001:db8::/32 192.0.2.1"),
		ROW(212, "\x21\x20" PREFIX_6RD "\xc0\0\2\1", REFUSED),
		ROW(212, "\xff\x20" PREFIX_6RD "\xc0\0\2\1", REFUSED),
		ROW(212, "\0\x60" PREFIX_6RD "\xc0\0\2\1",
		    "0 2001:db8:ffff::/96 192.0.2.1"),
		ROW(212, "\0\x61" PREFIX_6RD "\xc0\0\2\1", REFUSED),
		ROW(212, "\x20\x80" PREFIX_6RD "\xc0\0\2\1",
		    "32 2001:db8:ffff::/128 192.0.2.1"),
		ROW(212, "\x20\x81" PREFIX_6RD "\xc0\0\2\1", REFUSED),
		ROW(212, "\x20\xff" PREFIX_6RD "\xc0\0\2\1", REFUSED),
	};

	CHECK_ROWS(rows);
}
END_TEST

/* The name "a" with its length. */
#define DNS_A "\3\1a\0"

/* Covers: 9463-5.1-01 9463-5.1-02 9463-3.1.8-01 9463-5.2-01 9463-5.2-02 */
START_TEST(encrypted_dns)
{
	static const struct row rows[] = {
		/* the name alone */
		ROW(162, "\0\6\0\1" DNS_A, "1 a"),
		/* all there is: alpn dot and doq, port 853, dohpath, key 9 */
		ROW(162,
		    "\0\x25\0\1" DNS_A "\x08\x0a\0\0\x35\x0a\0\0\x36"
		    "\0\1\0\x08\3dot\3doq\0\3\0\2\x03\x55\0\x09\0\0",
		    "1 a 10.0.0.53,10.0.0.54 alpn=dot+doq,port=853,9="),
		ROW(162, "\0\x13\0\1" DNS_A "\4\x0a\0\0\x35\0\7\0\4/dns",
		    "1 a 10.0.0.53 dohpath=/dns"),
		/* by priority, equal ones as they came */
		ROW(162,
		    "\0\6\0\x14" DNS_A "\0\6\0\x0a\3\1b\0"
		    "\0\6\0\x14\3\1c\0\0\6\xff\xff\3\1d\0\0\6\0\0\3\1e\0",
		    "0 e 10 b 20 a 20 c 65535 d"),
		/* what is no host is dropped */
		ROW(162, "\0\x13\0\1" DNS_A "\x0c\xe0\0\0\1\x7f\0\0\1\x0a\0\0\x35",
		    "1 a 10.0.0.53"),
		/* no name, half a name, two names, a bad one, a pointer */
		ROW(162, "\0\4\0\1\1\0", REFUSED),
		ROW(162, "\0\3\0\1\0", REFUSED),
		ROW(162, "\0\5\0\1\2\1a", REFUSED),
		ROW(162, "\0\x09\0\1\6\1a\0\1b\0", REFUSED),
		ROW(162, "\0\6\0\1\3\1;\0", REFUSED),
		ROW(162, "\0\5\0\1\2\xc0\0", REFUSED),
		ROW(162, "\0\2\0\1", REFUSED),
		/* lengths that do not add up */
		ROW(162, "\0\7\0\1" DNS_A, REFUSED),
		ROW(162, "\0\5\0\1" DNS_A, REFUSED),
		ROW(162, "\0\6\0\1\4\1a\0", REFUSED),
		ROW(162, "\0\6\0\1" DNS_A "\0", REFUSED),
		ROW(162, "\0\x0b\0\1" DNS_A "\5\x0a\0\0\x35", REFUSED),
		/* addresses of 3 and 5 octets; none; none that is valid */
		ROW(162, "\0\x0a\0\1" DNS_A "\3\x0a\0\0", REFUSED),
		ROW(162, "\0\x0c\0\1" DNS_A "\5\x0a\0\0\x35\1", REFUSED),
		ROW(162, "\0\7\0\1" DNS_A "\0", REFUSED),
		ROW(162, "\0\x0d\0\1" DNS_A "\0\0\3\0\2\3\x55", REFUSED),
		ROW(162, "\0\x11\0\1" DNS_A "\4\x7f\0\0\1\0\3\0\2\3\x55", REFUSED),
		/* ipv4hint, ipv6hint */
		ROW(162, "\0\x13\0\1" DNS_A "\4\x0a\0\0\x35\0\4\0\4\x0a\0\0\1",
		    REFUSED),
		ROW(162, "\0\x0f\0\1" DNS_A "\4\x0a\0\0\x35\0\6\0\0", REFUSED),
		/* a parameter that is cut, and a wrong port */
		ROW(162, "\0\x10\0\1" DNS_A "\4\x0a\0\0\x35\0\x09\0\2a", REFUSED),
		ROW(162, "\0\x0e\0\1" DNS_A "\4\x0a\0\0\x35\0\x09\0", REFUSED),
		ROW(162, "\0\x10\0\1" DNS_A "\4\x0a\0\0\x35\0\3\0\1\3", REFUSED),
		/* one bad instance spoils the option */
		ROW(162, "\0\6\0\1" DNS_A "\0\4\0\1\1\0", REFUSED),
		/* a path with a variable is no plain text */
		ROW(162, "\0\x16\0\1" DNS_A "\4\x0a\0\0\x35\0\7\0\7/{?dns}",
		    STRANGE),
	};

	CHECK_ROWS(rows);
}
END_TEST

/* Covers: 2241-2-01 */
START_TEST(netware_directory)
{
	static const struct row rows[] = {
		ROW(85, "\x0a\0\0\1\x0a\0\0\2", "10.0.0.1 10.0.0.2"),
		ROW(85, "", REFUSED),
		ROW(85, "\x0a\0\0\1\x0a\0", REFUSED),
		ROW(86, "TREE", "TREE"),
		ROW(86, "B\xc3\xa4UME", STRANGE),
		ROW(87, ".ou.o", ".ou.o"),
		ROW(87, "\xc3\xa4", STRANGE),
	};

	CHECK_ROWS(rows);
}
END_TEST

/* Covers: 2242-3-01 */
START_TEST(netware_over_ip)
{
	static const struct row rows[] = {
		ROW(63, "\1\0", "1"),
		ROW(63, "\2\0\5\1\1\6\4\x0a\0\0\1\7\x08\x0a\0\0\1\x0a\0\0\2",
		    "1 nsq-broadcast=1,preferred-dss=10.0.0.1,"
		    "nearest-servers=10.0.0.1+10.0.0.2"),
		ROW(63, "\3\0\x08\1\5\x09\1\x0a\x0a\1\0\x0b\4\x0a\0\0\1",
		    "1 autoretries=5,autoretry-seconds=10,support-1-1=0,"
		    "primary-dss=10.0.0.1"),
		ROW(63, "\4\0", "1"),
		ROW(63, "", REFUSED),
		ROW(63, "\1", REFUSED),
		ROW(63, "\1\1\0", REFUSED),
		ROW(63, "\5\1\1", REFUSED),
		ROW(63, "\5\1\1\2\0", REFUSED),
		ROW(63, "\1\0\2\0", REFUSED),
		ROW(63, "\2\0\5\2\0\1", REFUSED),
		ROW(63, "\2\0\5\0", REFUSED),
		ROW(63, "\2\0\x08\2\0\1", REFUSED),
		ROW(63, "\2\0\x09\0", REFUSED),
		ROW(63, "\2\0\x0a\0", REFUSED),
		ROW(63, "\2\0\6\3\x0a\0\0", REFUSED),
		ROW(63,
		    "\2\0\6\x14"
		    "aaaabbbbccccddddeeee",
		    "1 preferred-dss=97.97.97.97+98.98.98.98+99.99.99.99+"
		    "100.100.100.100+101.101.101.101"),
		ROW(63,
		    "\2\0\6\x18"
		    "aaaabbbbccccddddeeeeffff",
		    REFUSED),
		ROW(63,
		    "\2\0\7\x18"
		    "aaaabbbbccccddddeeeeffff",
		    REFUSED),
		ROW(63, "\2\0\7\5\x0a\0\0\1\1", REFUSED),
		ROW(63, "\2\0\x0b\3\x0a\0\0", REFUSED),
		ROW(63, "\2\0\x0b\4\x0a\0\0", REFUSED),
		ROW(63, "\2\0\x0c\0", REFUSED),
	};

	CHECK_ROWS(rows);
}
END_TEST

/* Covers: 2610-3-01 */
START_TEST(service_location)
{
	static const struct row rows[] = {
		ROW(78, "\1\x0a\0\0\1", "1 10.0.0.1"),
		ROW(78, "\0\x0a\0\0\1\x0a\0\0\2", "0 10.0.0.1,10.0.0.2"),
		ROW(78, "\1", REFUSED),
		ROW(78, "\1\x0a\0\0", REFUSED),
		ROW(78, "\1\x0a\0\0\1\x0a", REFUSED),
		ROW(78, "\2\x0a\0\0\1", REFUSED),
		ROW(79, "\1", "1"),
		ROW(79, "\0default", "0 default"),
		ROW(79, "", REFUSED),
		ROW(79, "\0$(id)", STRANGE),
	};

	CHECK_ROWS(rows);
}
END_TEST

/* Covers: 2937-format-01 4280-4-01 5192-4-01 5859-3-01 8925-3.1-01 */
START_TEST(lists_and_numbers)
{
	static const struct row rows[] = {
		ROW(117, "\0\6", "6"),
		ROW(117, "\0\6\0\x2c", "6 44"),
		ROW(117, "", REFUSED),
		ROW(117, "\6", REFUSED),
		ROW(117, "\0\6\0", REFUSED),
		ROW(88, "\1a\0\1b\1c\0", "a b.c"),
		ROW(88, "\1a\0\x40", REFUSED),
		ROW(88, "\1a\0\1;\0", REFUSED),
		ROW(88, "\1a\0\1b", REFUSED),
		ROW(88, "\1a\0\xc0\0", REFUSED),
		ROW(89, "\x0a\0\0\1", "10.0.0.1"),
		ROW(89, "\x0a\0\0\1\x0a\0", REFUSED),
		ROW(89, "", REFUSED),
		ROW(136, "\x0a\0\0\1", "10.0.0.1"),
		ROW(136, "\x0a\0\0\1\x0a\0", REFUSED),
		ROW(138, "\x0a\0\0\1", "10.0.0.1"),
		ROW(138, "\x0a\0\0\1\x0a\0", REFUSED),
		ROW(142, "\x0a\0\0\1", "10.0.0.1"),
		ROW(142, "\x0a\0\0\1\x0a\0", REFUSED),
		ROW(148, "\x0a\0\0\1", "10.0.0.1"),
		ROW(148, "\x0a\0\0\1\x0a\0", REFUSED),
		ROW(148, "\xe0\0\0\1\x0a\0\0\1\x7f\0\0\1", "10.0.0.1"),
		ROW(148, "\xe0\0\0\1\x7f\0\0\1", REFUSED),
		ROW(150, "\x0a\0\0\1\x0a\0\0\2", "10.0.0.1 10.0.0.2"),
		ROW(150, "\x0a\0\0\1\x0a\0", REFUSED),
		ROW(108, "\0\0\x07\x08", "1800"),
		ROW(108, "", REFUSED),
		ROW(108, "\0\0", REFUSED),
		ROW(108, "\0\0\x07\x08\0\0\x07\x08", REFUSED),
		ROW(2, "\xff\xff\xff\xc4", "-60"),
		ROW(2, "\0\0\x0e\x10", "3600"),
		ROW(19, "\1", "1"),
		ROW(23, "\x40", "64"),
		ROW(1, "\xff\xff\xff\0", "255.255.255.0"),
		ROW(80, "", "1"),
		ROW(55, "\1\3\6", "1 3 6"),
		ROW(145, "\1\2", "1 2"),
		ROW(43, "\1\2\xff", "0102ff"),
		ROW(230, "$(id)", "2428696429"),
		ROW(109, "\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1", "2001:db8::1"),
		ROW(21, "\x0a\0\0\0\xff\0\0\0", "10.0.0.0 255.0.0.0"),
		ROW(33, "\x0a\0\0\0\x0a\0\0\1\x0b\0\0\0\x0a\0\0\2",
		    "10.0.0.0 10.0.0.1 11.0.0.0 10.0.0.2"),
	};

	CHECK_ROWS(rows);
}
END_TEST

/* Covers: 4578-2-01 */
START_TEST(what_pxe_says)
{
	static const struct row rows[] = {
		ROW(93, "\0\0\0\7", "0 7"),
		ROW(93, "\0\0\7", REFUSED),
		ROW(93, "", REFUSED),
		ROW(94, "\1\2\1", "1 2 1"),
		ROW(94, "\1\2", REFUSED),
		ROW(94, "\1\2\1\0", REFUSED),
		ROW(97,
		    "\0"
		    "0123456789abcdef",
		    "0 30313233343536373839616263646566"),
		ROW(97,
		    "\0"
		    "0123456789abcde",
		    REFUSED),
		ROW(97,
		    "\0"
		    "0123456789abcdefg",
		    REFUSED),
	};

	CHECK_ROWS(rows);
}
END_TEST

/* Covers: 4776-3.1-01 */
START_TEST(civic_location)
{
	static const struct row rows[] = {
		ROW(99, "\1DE", "1 DE"),
		ROW(99, "\1DE\1\2BY\3\6M\xc3\xbcnc", REFUSED),
		ROW(99,
		    "\1DE\1\2BY\x18\5"
		    "80331",
		    "1 DE 1=4259,24=3830333331"),
		ROW(99, "\1D", REFUSED),
		ROW(99, "\1DE\1", REFUSED),
		ROW(99, "\1D;", STRANGE),
	};

	CHECK_ROWS(rows);
}
END_TEST

/* Covers: 5223-4-01 */
START_TEST(options_of_one_name)
{
	static const uint8_t codes[] = { 137, 213, 147 };

	for (size_t i = 0; i < ARRAY_SIZE(codes); i++) {
		const struct row rows[] = {
			ROW(codes[i], "\4lost\1a\0", "lost.a"),
			ROW(codes[i], "\1a\0\1b\0", REFUSED),
			ROW(codes[i], "", REFUSED),
			ROW(codes[i], "\0", REFUSED),
			ROW(codes[i], "\1a\0\0", REFUSED),
			ROW(codes[i], "\1a\xc0\0", REFUSED),
			ROW(codes[i], "\4lost", REFUSED),
			ROW(codes[i], "\4l;st\0", REFUSED),
		};

		CHECK_ROWS(rows);
	}
}
END_TEST

/* Covers: 6731-4.3-01 */
START_TEST(rdnss_selection)
{
	static const struct row rows[] = {
		ROW(146, "\0\x0a\0\0\1\x0a\0\0\2\1a\0",
		    "medium 10.0.0.1 10.0.0.2 a"),
		ROW(146, "\1\x0a\0\0\1\x0a\0\0\2\1a\0\1b\0",
		    "high 10.0.0.1 10.0.0.2 a,b"),
		ROW(146, "\2\x0a\0\0\1\x0a\0\0\2\1a\0",
		    "medium 10.0.0.1 10.0.0.2 a"),
		ROW(146, "\3\x0a\0\0\1\x0a\0\0\2", "low 10.0.0.1 10.0.0.2"),
		ROW(146, "\xfe\x0a\0\0\1\x0a\0\0\2\1a\0",
		    "medium 10.0.0.1 10.0.0.2 a"),
		ROW(146, "\1\x0a\0\0\1\x0a\0\0", REFUSED),
		ROW(146, "\1\x0a\0\0\1\x0a\0\0\2\1a", REFUSED),
		ROW(146, "\1\x0a\0\0\1\x0a\0\0\2\1a\xc0\0", REFUSED),
	};

	CHECK_ROWS(rows);
}
END_TEST

/* Covers: 7291-4.2-01 */
START_TEST(pcp_servers)
{
	static const struct row rows[] = {
		ROW(158, "\4\x0a\0\0\1", "10.0.0.1"),
		ROW(158, "\x08\x0a\0\0\1\x0a\0\0\2\4\x0a\0\0\3",
		    "10.0.0.1,10.0.0.2 10.0.0.3"),
		ROW(158, "\x0c\xe0\0\0\1\x7f\0\0\1\x0a\0\0\2", "10.0.0.2"),
		ROW(158, "\4\xe0\0\0\1\4\x0a\0\0\3", "10.0.0.3"),
		ROW(158, "\4\xe0\0\0\1", REFUSED),
		ROW(158, "\5\x0a\0\0\1\1", REFUSED),
		ROW(158, "\4\x0a\0\0\1\5\x0a\0\0\1\1", REFUSED),
		ROW(158, "\4\x0a\0\0\1\4\x0a\0\0", REFUSED),
	};

	CHECK_ROWS(rows);
}
END_TEST

/* Covers: 8572-8.1-01 */
START_TEST(sztp_redirect)
{
	static const struct row rows[] = {
		ROW(143, "\0\x0ahttps://a/", "https://a/"),
		ROW(143, "\0\x0ahttps://a/\0\x0bhttps://b:8",
		    "https://a/ https://b:8"),
		ROW(143, "\0\4bad \0\x0ahttps://a/", "https://a/"),
		ROW(143, "\0\0\0\x0ahttps://a/", "https://a/"),
		ROW(143, "\0\x0ahttps://a/\0\x10https://b", "https://a/"),
		ROW(143, "\0\x09http://a/", REFUSED),
		ROW(143, "\0\4bad ", REFUSED),
		ROW(143, "\0\x10https://b", REFUSED),
	};

	CHECK_ROWS(rows);
}
END_TEST

/* Covers: 8910-2.1-01 8910-5-01 */
START_TEST(captive_portal)
{
	static const struct row rows[] = {
		ROW(114, "https://portal.example/api",
		    "https://portal.example/api"),
		ROW(114, "http://[2001:db8::1]/?a=b&c=%20",
		    "http://[2001:db8::1]/?a=b&c=%20"),
		ROW(114, "urn:ietf:params:capport:unrestricted",
		    "urn:ietf:params:capport:unrestricted"),
		ROW(114, "https://p.example/$(id)", STRANGE),
		ROW(114, "https://p.example/a b", REFUSED),
		ROW(114, "https://p.example/\n", REFUSED),
		ROW(114, "https://p.example/\0x", REFUSED),
		ROW(114, "https://p.example/\x80", REFUSED),
		ROW(114, "https://p.example/%2", REFUSED),
		ROW(114, "javascript:alert(1)", REFUSED),
		ROW(114, "", REFUSED),
		ROW(114, "https://", REFUSED),
		ROW(114, "/api", REFUSED),
	};

	CHECK_ROWS(rows);
}
END_TEST

/* Covers: 4833-4-01 4833-5-02 4833-9-01 */
START_TEST(time_zones)
{
	static const struct row rows[] = {
		ROW(100, "EST5EDT4,M3.2.0/02:00,M11.1.0/02:00",
		    "EST5EDT4,M3.2.0/02:00,M11.1.0/02:00"),
		ROW(100, ":foo", REFUSED),
		ROW(100, "\1EST5", REFUSED),
		ROW(100, "AAA99BBB", REFUSED),
		ROW(101, "Europe/Berlin", "Europe/Berlin"),
		ROW(101, "Mars/Base", REFUSED),
		ROW(101, "Europe/../../etc/passwd", REFUSED),
		ROW(101, "/Europe/Berlin", REFUSED),
		ROW(101, "Europe/Ber\nlin", REFUSED),
	};

	CHECK_ROWS(rows);
}
END_TEST

/* Covers: 3925-2-01 3925-4-01 3925-4-02 */
START_TEST(vendor_identifying)
{
	static const struct row rows[] = {
		ROW(125, "\0\0\0\x09\6\0\1x\xff\1y", "9 0=78,255=79"),
		ROW(125, "\0\0\0\x09\3\1\1x\0\0\1\x37\4\1\2yz",
		    "9 1=78 311 1=797a"),
		ROW(125, "\0\0\0\x09\0", "9"),
		/* longer than the option; 3 octets left at the end */
		ROW(125, "\0\0\0\x09\4\1\1x", REFUSED),
		ROW(125, "\0\0\0\x09\3\1\1x\0\0\1", "9 1=78"),
		ROW(125, "\0\0\0\x09\3\1\1x\0\0\1\x37\x09\1", "9 1=78"),
		/* of the first block a length is wrong; the second is good */
		ROW(125, "\0\0\0\x09\3\1\2x\0\0\1\x37\3\1\1y", "311 1=79"),
		ROW(125, "\0\0\0\x09\1\1\0\0\1\x37\3\1\1y", "311 1=79"),
		ROW(125, "\0\0\0\x09", REFUSED),
		ROW(124, "\0\0\0\x09\5\2ab\1c", "9 6162,63"),
		ROW(124, "\0\0\0\x09\5\2ab\2c", REFUSED),
		ROW(124, "\0\0\0\x09\5\2ab\2c\0\0\1\x37\2\1z", "311 7a"),
	};

	CHECK_ROWS(rows);
}
END_TEST

/* Covers: 3442-format-01 3442-client-07 */
START_TEST(routes)
{
	static const struct row rows[] = {
		ROW(121, "\0\x0a\0\0\1\x19\x81\xd2\xb1\x84\x0a\0\0\2",
		    "0.0.0.0/0 10.0.0.1 129.210.177.128/25 10.0.0.2"),
		ROW(121, "\x08\x0a\0\0\0\0\x21\1\1\1\1\1\0\0\0\1",
		    "10.0.0.0/8 0.0.0.0"),
		ROW(249, "\0\x0a\0\0\1\x18\1\1\1\x0a\0\0", "0.0.0.0/0 10.0.0.1"),
	};

	CHECK_ROWS(rows);
}
END_TEST

START_TEST(names_as_text)
{
	static const struct row rows[] = {
		ROW(12, "host", "host"),
		ROW(12, "ho st", STRANGE),
		ROW(12, "ho_st", STRANGE),
		ROW(15, "lab_1.example", "lab_1.example"),
		ROW(15, "a.example b.example", STRANGE),
		ROW(17, "/export/root", "/export/root"),
		ROW(17, "`id`", STRANGE),
		ROW(81, "\xf5\xff\xff\1b\7example", "5 b.example"),
		ROW(81, "\1\0\0b.example", "1 b.example"),
		ROW(81, "\1\0\0b example", "1"),
		ROW(81, "\4\0\0", "4"),
		ROW(81, "\4\0", REFUSED),
	};

	CHECK_ROWS(rows);
}
END_TEST

START_TEST(records)
{
	static const struct row rows[] = {
		ROW(83, "\0\1\0\2\0\3\0\0\0\4\x0a\0\0\1", "1 2 3 4 10.0.0.1"),
		ROW(83, "\0\1\0\2\0\3\0\0\0\4\x0a\0\0", REFUSED),
		ROW(90,
		    "\1\2\3"
		    "abcdefgh"
		    "xyz",
		    "1 2 3 6162636465666768 78797a"),
		ROW(90,
		    "\1\2\3"
		    "abcdefgh",
		    "1 2 3 6162636465666768"),
		ROW(139, "\1\4\x0a\0\0\1\2\3\x0a\0\0\3\4\x0a\0\0\2",
		    "information=10.0.0.1 event=10.0.0.2"),
		ROW(139, "\1\4\x0a\0\0", REFUSED),
		ROW(140, "\1\3\1a\0\2\6\1b\0\1c\0\3\3\1;\0",
		    "information=a command=b,c"),
		ROW(141, "\1a\0\1b\xc0\0", "a b.a"),
		ROW(141, "\1;\0", REFUSED),
		ROW(151, "\2NoBinding", "2 NoBinding"),
		ROW(151, "\2", "2"),
		ROW(159, "\6\4\0\x0f", "6 4 15"),
		ROW(161, "https://m.example/d.json", "https://m.example/d.json"),
		ROW(161, "http://m.example/d.json", REFUSED),
		ROW(221, "\1ab", "1 6162"),
		ROW(221, "\xff", "255"),
	};

	CHECK_ROWS(rows);
}
END_TEST

Suite *test_shapes_suite(void)
{
	Suite *suite = suite_create("shapes");
	TCase *tcase = tcase_create("shapes");

	tcase_add_test(tcase, search_list);
	tcase_add_test(tcase, sip_servers);
	tcase_add_test(tcase, cablelabs);
	tcase_add_test(tcase, sixrd);
	tcase_add_test(tcase, encrypted_dns);
	tcase_add_test(tcase, netware_directory);
	tcase_add_test(tcase, netware_over_ip);
	tcase_add_test(tcase, service_location);
	tcase_add_test(tcase, lists_and_numbers);
	tcase_add_test(tcase, what_pxe_says);
	tcase_add_test(tcase, civic_location);
	tcase_add_test(tcase, options_of_one_name);
	tcase_add_test(tcase, rdnss_selection);
	tcase_add_test(tcase, pcp_servers);
	tcase_add_test(tcase, sztp_redirect);
	tcase_add_test(tcase, captive_portal);
	tcase_add_test(tcase, time_zones);
	tcase_add_test(tcase, vendor_identifying);
	tcase_add_test(tcase, routes);
	tcase_add_test(tcase, names_as_text);
	tcase_add_test(tcase, records);
	suite_add_tcase(suite, tcase);
	return suite;
}
