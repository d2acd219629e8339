/* SPDX-License-Identifier: BSD-2-Clause */
/* Leases as other clients keep them, and what is read of them. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/cursor.h"
#include "daemon/import_lease.h"

Suite *test_import_suite(void);

#define FOUND_MAX 4

static struct import_lease found[FOUND_MAX];
static unsigned found_count;
static struct dhcp4_message message;
static struct dhcp4_lease lease;

static void note(void *context, const struct import_lease *each)
{
	ck_assert_ptr_eq(context, found);
	ck_assert_uint_lt(found_count, FOUND_MAX);
	found[found_count++] = *each;
}

/* How many could not be read. */
static unsigned read_text(const char *text)
{
	found_count = 0;
	return import_dhclient(text, strlen(text), note, found);
}

static enum reject check_one(const struct import_lease *import)
{
	static const uint8_t seed[32];
	struct prng prng;

	prng_init(&prng, seed);
	return import_check(import, &prng, &message, &lease);
}

static void told(uint8_t code, size_t size, const void *bytes)
{
	struct option_value value;

	ck_assert(dhcp4_options_get(&message.options, code, &value));
	ck_assert_uint_eq(value.size, size);
	ck_assert_mem_eq(value.bytes, bytes, size);
}

/* ---- dhclient ------------------------------------------------------------------- */

#define REST \
	"  option dhcp-lease-time 600;\n" \
	"  option subnet-mask 255.255.255.0;\n" \
	"  option dhcp-server-identifier 10.0.0.1;\n"
#define EXPIRE "  expire 6 2026/11/21 17:19:51;\n"
#define BLOCK(more) \
	"lease {\n  interface \"eth0\";\n" \
	"  fixed-address 10.0.0.47;\n" REST more "}\n"

START_TEST(a_lease_of_dhclient)
{
	static const uint8_t routes[] = { 16, 10, 9, 10, 0, 0, 1 };
	static const uint8_t routers[] = { 10, 0, 0, 1, 10, 0, 0, 2 };

	ck_assert_uint_eq(read_text("# comment { ;\n" BLOCK(
				  "  option routers 10.0.0.1,10.0.0.2;\n"
				  "  option rfc3442-classless-static-routes "
				  "16,10,9,10,0,0,1;\n"
				  "  option domain-name \"example.net\";\n"
				  "  option interface-mtu 1400;\n"
				  "  option dhcp-message-type 5;\n"
				  "  option something.else \"; }\";\n"
				  "  option domain-search \"a.example.\", \"b.\";\n"
				  "  renew 6 2026/11/21 17:13:48;\n" EXPIRE)),
			  0);
	ck_assert_uint_eq(found_count, 1);
	ck_assert_str_eq(found[0].ifname, "eth0");
	/* 17:09:51 UTC */
	ck_assert_int_eq(found[0].granted_s, 1795280991);
	ck_assert_uint_eq(found[0].duid.size, 0);
	ck_assert_int_eq(check_one(&found[0]), REJECT_NONE);
	ck_assert_uint_eq(lease.address, 0x0a00002f);
	ck_assert_uint_eq(lease.prefix_length, 24);
	ck_assert_uint_eq(lease.server_id, 0x0a000001);
	ck_assert_uint_eq(lease.lease_s, 600);
	ck_assert_uint_eq(lease.expiry_ns, 600 * NSEC_PER_S);
	told(121, sizeof(routes), routes);
	told(3, sizeof(routers), routers);
	told(15, 11, "example.net");
	told(26, 2, "\x05\x78");
}
END_TEST

START_TEST(times_of_dhclient)
{
	static const struct {
		const char *line;
		int64_t granted_s; /* -1: it is no lease */
	} times[] = {
		{ "expire epoch 1000600; # Tue\n", 1000000 },
		{ "expire 4 1970/01/01 00:10:00;\n", 0 },
		{ "expire 4 1970/01/01 00:09:59;\n", -1 },
		{ "expire 4 1970/13/01 00:10:00;\n", -1 },
		{ "expire 4 1970/01/01 00:10;\n", -1 },
		{ "expire 4 1970/01/01 00:10:00 x;\n", -1 },
		{ "expire epoch 99999999999999;\n", -1 },
		{ "expire epoch;\n", -1 },
		{ "expire;\n", -1 },
		{ "", -1 },
	};

	for (unsigned i = 0; i < ARRAY_SIZE(times); i++) {
		char text[512];
		unsigned unread;

		snprintf(text, sizeof(text), BLOCK("%s"), times[i].line);
		unread = read_text(text);
		ck_assert_msg(unread == (times[i].granted_s < 0), "%u", i);
		ck_assert_msg(found_count == !unread, "%u", i);
		if (found_count)
			ck_assert_int_eq(found[0].granted_s, times[i].granted_s);
	}
}
END_TEST

START_TEST(a_lease_for_ever)
{
	ck_assert_uint_eq(
		read_text("lease { interface \"eth0\"; fixed-address 10.0.0.5;"
			  "option dhcp-lease-time 4294967295;"
			  "option dhcp-server-identifier 10.0.0.1;"
			  "expire never; }"),
		0);
	ck_assert_int_eq(check_one(&found[0]), REJECT_NONE);
	ck_assert_uint_eq(lease.lease_s, DHCP4_LEASE_INFINITE);
	ck_assert_uint_eq(lease.expiry_ns, NSEC_NEVER);
	ck_assert(lease.mask_guessed);
}
END_TEST

START_TEST(each_lease_in_its_order)
{
	ck_assert_uint_eq(
		read_text(BLOCK(EXPIRE) "lease6 { interface \"eth0\"; ia-na "
					"{ x; { } } expire never; }\n"
					"other thing { lease { a; } }\n"
					"odd; }\n"
					"lease { interface \"eth1\";"
					"fixed-address 10.0.0.9;" REST EXPIRE
					"nested { interface \"eth2\"; } }"
					"lease {" EXPIRE "}\n"
					"lease { bootp;" REST EXPIRE "}"),
		2);
	ck_assert_uint_eq(found_count, 2);
	ck_assert_str_eq(found[0].ifname, "eth0");
	ck_assert_str_eq(found[1].ifname, "eth1");
}
END_TEST

START_TEST(the_duid_of_dhclient)
{
	static const uint8_t duid[] = { 0,    1,    0,	  1,   '2',  0x94,
					0x8c, 0xdf, 0x8e, 'S', 0xfd, '"',
					'\\', 'W',  0,	  '7' };

	ck_assert_uint_eq(
		read_text("default-duid \"\\000\\001\\000\\0012\\224"
			  "\\214\\337\\216S\\375\\\"\\\\W\\0007\";\n" BLOCK(
				  EXPIRE)),
		0);
	ck_assert_uint_eq(found[0].duid.size, sizeof(duid));
	ck_assert_mem_eq(found[0].duid.bytes, duid, sizeof(duid));
	read_text("default-duid 0:3:0:1:ab:C;" BLOCK(EXPIRE));
	ck_assert_uint_eq(found[0].duid.size, 6);
	ck_assert_mem_eq(found[0].duid.bytes, "\0\3\0\1\xab\x0c", 6);
}
END_TEST

START_TEST(what_is_no_duid)
{
	static const char *const wrong[] = {
		"default-duid \"ab\";",	    "default-duid \"abcd;",
		"default-duid \"abcd\\",    "default-duid \"abcd\" x;",
		"default-duid 1:2:333;",    "default-duid 1::2:3;",
		"default-duid 1:2:g;",	    "default-duid;",
		"default-duid 1:2:3:4:5:;",
	};

	for (unsigned i = 0; i < ARRAY_SIZE(wrong); i++) {
		char text[512];

		snprintf(text, sizeof(text), "%s\n" BLOCK(EXPIRE), wrong[i]);
		read_text(text);
		ck_assert_msg(!found_count || !found[0].duid.size, "%u", i);
	}
}
END_TEST

START_TEST(names_that_are_none)
{
	static const char *const wrong[] = {
		"\"\"",	     "\"..\"", "\"a/b\"",
		"\"a b\"",   "eth0",   "\"0123456789abcdef\"",
		"\"\\000\"", "\"eth0", "\"a\\001\"",
	};

	for (unsigned i = 0; i < ARRAY_SIZE(wrong); i++) {
		char text[512];

		snprintf(text, sizeof(text),
			 "lease { interface %s;\nfixed-address 10.0.0.5;" REST EXPIRE
			 "}",
			 wrong[i]);
		ck_assert_msg(read_text(text) <= 1 && !found_count, "%u", i);
	}
	ck_assert(import_is_name("eth0.7@x"));
}
END_TEST

START_TEST(values_that_do_not_add_up_are_left_out)
{
	read_text(BLOCK("option routers 10.0.0.256;\n"
			"option host-name unquoted;\n"
			"option domain-name-servers ;\n"
			"option ntp-servers;\n"
			"option interface-mtu 65536;\n"
			"option rfc3442-classless-static-routes 1,x;\n" EXPIRE));
	ck_assert_uint_eq(found_count, 1);
	ck_assert_int_eq(check_one(&found[0]), REJECT_NONE);
	for (unsigned code = 2; code < 51; code++) {
		struct option_value value;

		ck_assert_msg(!dhcp4_options_get(&message.options,
						 (uint8_t)code, &value),
			      "%u", code);
	}
}
END_TEST

START_TEST(what_is_cut_is_left_out)
{
	const char *text = BLOCK(EXPIRE);
	size_t whole = strlen(text) - 1;

	for (size_t size = 0; size < whole; size++) {
		found_count = 0;
		import_dhclient(text, size, note, found);
		ck_assert_msg(found_count == 0, "%zu", size);
	}
	import_dhclient(text, whole, note, found);
	ck_assert_uint_eq(found_count, 1);
}
END_TEST

START_TEST(too_much_is_left_out)
{
	size_t size = 1024 * 64;
	char *text = malloc(size + 1);

	ck_assert_ptr_nonnull(text);
	/* A word without an end, blocks without one, and more than a message holds. */
	memset(text, 'x', size);
	text[size] = '\0';
	read_text(text);
	memset(text, '{', size);
	read_text(text);
	strcpy(text, "lease { interface \"eth0\"; fixed-address 10.0.0.5;" REST);
	for (unsigned i = 0; i < 100; i++)
		strcat(text, "option host-name \"0123456789012345678901234567890"
			     "12345678901234567890123456789\";");
	strcat(text, "option domain-name \"");
	memset(text + strlen(text), 'y', 300);
	strcpy(text + strcspn(text, "y") + 300, "\";" EXPIRE "}");
	ck_assert_uint_eq(read_text(text), 0);
	ck_assert_uint_eq(found_count, 1);
	ck_assert_int_eq(check_one(&found[0]), REJECT_NONE);
	free(text);
}
END_TEST

START_TEST(a_lease_that_no_server_may_grant)
{
	read_text("lease { interface \"eth0\"; fixed-address 127.0.0.1;" REST EXPIRE
		  "}");
	ck_assert_int_eq(check_one(&found[0]), REJECT_ADDRESS);
	read_text("lease { interface \"eth0\"; fixed-address 10.0.0.5;"
		  "option dhcp-lease-time 600;" EXPIRE "}");
	ck_assert_int_eq(check_one(&found[0]), REJECT_SERVER_ID);
}
END_TEST

/* ---- dhcpcd ------------------------------------------------------------------------ */

static uint8_t packet[DHCP4_MESSAGE_MAX + 1];

static size_t ack(enum dhcp4_type type)
{
	struct writer w = writer_over(packet, sizeof(packet));
	const struct dhcp4_header header = {
		.op = DHCP4_OP_REPLY, .htype = 1, .hlen = 6, .yiaddr = 0x0a000005
	};

	dhcp4_message_begin(&w, &header, type);
	option_write_u32(&w, DHCP4_OPTION_SERVER_ID, 0x0a000001);
	option_write_u32(&w, DHCP4_OPTION_LEASE_TIME, 600);
	dhcp4_message_end(&w, 0);
	return w.used;
}

START_TEST(a_lease_of_dhcpcd)
{
	static struct import_lease import;
	size_t size = ack(DHCP4_TYPE_ACK);

	ck_assert(import_dhcpcd("/var/lib/dhcpcd/eth0.lease", packet, size, 77,
				&import));
	ck_assert_str_eq(import.ifname, "eth0");
	ck_assert_int_eq(import.granted_s, 77);
	ck_assert_int_eq(check_one(&import), REJECT_NONE);
	ck_assert_uint_eq(lease.address, 0x0a000005);
	ck_assert(import_dhcpcd("wlan0-my-home.lease", packet, size, 1, &import));
	ck_assert_str_eq(import.ifname, "wlan0");
	size = ack(DHCP4_TYPE_OFFER);
	ck_assert(import_dhcpcd("eth0.lease", packet, size, 1, &import));
	ck_assert_int_eq(check_one(&import), REJECT_MESSAGE_TYPE);
}
END_TEST

START_TEST(what_is_no_file_of_dhcpcd)
{
	static const char *const paths[] = { "eth0.lease6",
					     "eth0",
					     ".lease",
					     "/x/..lease",
					     "0123456789abcdef.lease",
					     "-.lease",
					     "a:b.lease",
					     "...lease" };
	static struct import_lease import;
	size_t size = ack(DHCP4_TYPE_ACK);

	for (unsigned i = 0; i < ARRAY_SIZE(paths); i++)
		ck_assert_msg(!import_dhcpcd(paths[i], packet, size, 1, &import),
			      "%s", paths[i]);
	for (size_t cut = 0; cut < DHCP4_HEADER_SIZE; cut++)
		ck_assert(!import_dhcpcd("eth0.lease", packet, cut, 1, &import));
	ck_assert(!import_dhcpcd("eth0.lease", packet, sizeof(packet), 1,
				 &import));
	packet[239] ^= 1;
	ck_assert(!import_dhcpcd("eth0.lease", packet, size, 1, &import));
	packet[239] ^= 1;
	packet[0] = DHCP4_OP_REQUEST;
	ck_assert(!import_dhcpcd("eth0.lease", packet, size, 1, &import));
}
END_TEST

Suite *test_import_suite(void)
{
	Suite *suite = suite_create("import");
	TCase *dhclient = tcase_create("dhclient");
	TCase *dhcpcd = tcase_create("dhcpcd");

	tcase_add_test(dhclient, a_lease_of_dhclient);
	tcase_add_test(dhclient, times_of_dhclient);
	tcase_add_test(dhclient, a_lease_for_ever);
	tcase_add_test(dhclient, each_lease_in_its_order);
	tcase_add_test(dhclient, the_duid_of_dhclient);
	tcase_add_test(dhclient, what_is_no_duid);
	tcase_add_test(dhclient, names_that_are_none);
	tcase_add_test(dhclient, values_that_do_not_add_up_are_left_out);
	tcase_add_test(dhclient, what_is_cut_is_left_out);
	tcase_add_test(dhclient, too_much_is_left_out);
	tcase_add_test(dhclient, a_lease_that_no_server_may_grant);
	suite_add_tcase(suite, dhclient);
	tcase_add_test(dhcpcd, a_lease_of_dhcpcd);
	tcase_add_test(dhcpcd, what_is_no_file_of_dhcpcd);
	suite_add_tcase(suite, dhcpcd);
	return suite;
}
