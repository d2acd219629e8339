/* SPDX-License-Identifier: BSD-2-Clause */
/* Masked packets: refused or taken for the same reason, and nothing told. */
#include "replay/mask_packet.h"

#include <check.h>
#include <string.h>

#include "base/assert.h"
#include "core/message.h"
#include "replay/mask_option.h"
#include "unit/support.h"

Suite *test_mask_packet_suite(void);

static struct world world;
static struct anon anon;
static uint8_t packet[DHCP4_PACKET_MAX], real[DHCP4_PACKET_MAX];
static struct dhcp4_message before, after;

static void set_up(void)
{
	world_init(&world, 1);
	world_start(&world);
	anon_init(&anon, (const uint8_t[32]){ 1, 2, 3 });
}

static enum reject parse(const uint8_t *bytes, size_t size, bool partial,
			 struct dhcp4_message *ret)
{
	struct datagram d;
	enum reject why =
		frame_parse(bytes, size, DHCP4_CLIENT_PORT, partial, &d);

	return why == REJECT_NONE ? dhcp4_message_parse(d.payload, d.size, ret)
				  : why;
}

/* The same options, of the same lengths. */
static void check_options(void)
{
	struct option_value a, b;
	uint16_t at = 0, offset = 0;

	while (dhcp4_options_next(&before.options, &at, &a)) {
		CHECK(dhcp4_options_next(&after.options, &offset, &b));
		CHECK(a.code == b.code && a.size == b.size);
	}
	CHECK(offset == after.options.used);
}

/* Masks what is in real[], into packet[], and compares what a client sees. */
static void mask(size_t size)
{
	for (int partial = 0; partial < 2; partial++) {
		enum reject why = parse(real, size, partial, &before);

		memcpy(packet, real, size);
		mask_packet(&anon, packet, size);
		CHECK(parse(packet, size, partial, &after) == why);
		if (why != REJECT_NONE)
			continue;
		check_options();
		CHECK(before.header.xid == after.header.xid);
		CHECK(before.header.op == after.header.op);
		CHECK(before.type == after.type);
		CHECK(strlen(before.sname) == strlen(after.sname));
		CHECK(strlen(before.file) == strlen(after.file));
	}
}

static bool tells(const void *secret, size_t secret_size, size_t size)
{
	return memmem(packet, size, secret, secret_size) != NULL;
}

/* A reply with these octets among its options. */
static size_t make(const uint8_t *options, size_t options_size)
{
	struct reply reply = world_reply(&world, DHCP4_TYPE_OFFER);

	reply.options = options;
	reply.options_size = options_size;
	return reply_write(&reply, real);
}

static uint8_t *payload(void)
{
	return real + FRAME_HEADERS_SIZE;
}

/* Puts right what a test changed in the payload. */
static void seal(size_t size)
{
	frame_seal(real, size - FRAME_HEADERS_SIZE,
		   &(struct datagram){ .source = SERVER,
				       .destination = IPV4_BROADCAST,
				       .source_port = DHCP4_SERVER_PORT,
				       .destination_port = DHCP4_CLIENT_PORT });
}

START_TEST(addresses_become_others)
{
	size_t size = make(NULL, 0);
	const struct dhcp4_header *h = &after.header;
	ipv4_addr server, router;

	mask(size);
	CHECK(h->yiaddr == anon_address(&anon, CLIENT) && h->yiaddr != CLIENT);
	CHECK(dhcp4_options_get_address(&after.options, 54, 0, &server));
	CHECK(dhcp4_options_get_address(&after.options, 3, 0, &router));
	CHECK(server == anon_address(&anon, SERVER) && server == router);
	CHECK((server ^ h->yiaddr) >> 8 == 0);
}
END_TEST

START_TEST(masks_and_numbers_stay)
{
	uint32_t mask_before, mask_after, lease_s;

	mask(make(NULL, 0));
	CHECK(dhcp4_options_get_address(&before.options, 1, 0, &mask_before));
	CHECK(dhcp4_options_get_address(&after.options, 1, 0, &mask_after));
	CHECK(mask_before == mask_after);
	CHECK(dhcp4_options_get_u32(&after.options, 51, &lease_s));
	ck_assert_uint_eq(lease_s, 3600);
}
END_TEST

/* The client goes by these when it asks whether a reply is its own. */
START_TEST(identities_become_those_of_the_client)
{
	struct option_value id;
	uint8_t mac[6], own[7];

	memcpy(mac, world.config.hwaddr.bytes, sizeof(mac));
	memcpy(own, world.config.client_id.bytes, sizeof(own));
	anon_hwaddr(&anon, mac, sizeof(mac));
	anon_client_id(&anon, own, sizeof(own));
	mask(make(NULL, 0));
	ck_assert_mem_eq(after.header.chaddr, mac, sizeof(mac));
	CHECK(dhcp4_options_get(&after.options, 61, &id));
	ck_assert_mem_eq(id.bytes, own, sizeof(own));
}
END_TEST

#define SECRET "topsecret"

START_TEST(names_become_others)
{
	static const uint8_t options[] =
		"\x0c\x09" SECRET "\x0f\x11" SECRET ".example"
		"\x38\x0d no " SECRET "\x77\x0f\x09" SECRET
		"\3com\0\x2b\x09" SECRET "\xe0\x09" SECRET
		"\x52\x0b\1\x09" SECRET;
	size_t size = make(options, sizeof(options) - 1);

	mask(size);
	CHECK(before.options.used > 90);
	CHECK(!tells(SECRET, 9, size));
	CHECK(!tells("secret", 6, size));
	CHECK(!tells("example", 7, size));
	CHECK(!tells("com", 3, size));
}
END_TEST

/* Fields that are strings, that hold options, and that were left unused. */
START_TEST(sname_and_file_tell_nothing)
{
	static const uint8_t overloaded[] = { 52, 1, 1 };
	size_t size = make(overloaded, sizeof(overloaded));

	memcpy(payload() + 44, SECRET "\0" SECRET, 19);
	memcpy(payload() + 108, "\x0f\x09" SECRET "\xff" SECRET, 21);
	seal(size);
	mask(size);
	CHECK(strlen(before.sname) == 9 && before.file[0] == '\0');
	CHECK(!tells("secret", 6, size));
}
END_TEST

/* RFC 3396: an address that is cut in two pieces is one all the same. */
START_TEST(split_options_are_one)
{
	static const uint8_t split[] = { 6, 3, 10, 0, 0, 6, 5, 2, 10, 0, 0, 2 };
	ipv4_addr first, second;

	mask(make(split, sizeof(split)));
	CHECK(dhcp4_options_get_address(&after.options, 6, 0, &first));
	CHECK(dhcp4_options_get_address(&after.options, 6, 1, &second));
	CHECK(first == anon_address(&anon, OTHER) && first == second);
}
END_TEST

/* An option that is made of parts keeps them, and none of them tells anything. */
START_TEST(parts_become_others)
{
#define OPTION(octets) \
	{ \
		sizeof(octets) - 1, octets \
	}
	static const struct {
		size_t size;
		const char *octets;
	} rows[] = {
		OPTION("\x3f\x08\2\0\6\4\x0a\x63\x62\x61"),
		OPTION("\x4e\5\1\x0a\x63\x62\x61"),
		OPTION("\x4f\x0a\1" SECRET),
		OPTION("\x51\x0d\4\0\0\x09" SECRET),
		OPTION("\x51\x0c\1\0\0" SECRET),
		OPTION("\x51\2\1\0"),
		OPTION("\x58\x0b\x09" SECRET "\0"),
		OPTION("\x63\x0e\1ZZ\1\x09" SECRET),
		OPTION("\x64\x0b"
		       "EST5TOPSECR"),
		OPTION("\x64\x0c"
		       "EST5TOPSECR\0"),
		OPTION("\x64\4:foo"),
		OPTION("\x65\x10"
		       "Europe/" SECRET),
		OPTION("\x65\3UTC"),
		OPTION("\x6d\x10" SECRET "2345678"),
		OPTION("\x72\x19https://" SECRET "/%41%fe/"),
		OPTION("\x72\x13http://" SECRET "/;\0"),
		OPTION("\x72\x24urn:ietf:params:capport:unrestricted"),
		OPTION("\x78\x0c\0\x09" SECRET "\0"),
		OPTION("\x78\5\1\x0a\x63\x62\x61"),
		OPTION("\x7a\x06\1\4\x0a\x63\x62\x61"),
		OPTION("\x7d\x10\0\0\0\x09\x0b\1\x09" SECRET),
		OPTION("\x8f\x14\0\x12https://" SECRET "/"),
		OPTION("\x92\x14\1\x0a\0\0\1\x0a\x63\x62\x61\x09" SECRET "\0"),
		OPTION("\x9e\5\4\x0a\x63\x62\x61"),
		OPTION("\xa2\x15\0\x13\0\1\x0b\x09" SECRET "\0\4\x0a\x63\x62\x61"),
		OPTION("\xd4\x16\x08\x20" SECRET "\0\0\0\0\0\0\0"
		       "\x0a\x63\x62\x61"),
		OPTION("\xd5\x0b\x09" SECRET "\0"),
		/* malformed, and it stays so */
		OPTION("\x78\x0a\2" SECRET),
		OPTION("\xa2\x0b\0\x09" SECRET),
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		size_t size = make((const uint8_t *)rows[i].octets, rows[i].size);

		mask(size);
		CHECK(!tells("secret", 6, size) && !tells("SECR", 4, size));
		CHECK(!tells("\x63\x62\x61", 3, size));
	}
}
END_TEST

/* What a decoder passes over nobody can mask: all of that option goes. */
START_TEST(what_is_passed_over_tells_nothing)
{
	static const uint8_t options[] = "\x7a\x0e\1\x09" SECRET "\7\1\1"
					 "\x8f\x16\0\x0ahttps://a/"
					 "\0\x08"
					 "topsecre";
	size_t size = make(options, sizeof(options) - 1);
	struct option_value value;

	CHECK(parse(real, size, false, &before) == REJECT_NONE);
	CHECK(dhcp4_options_get(&before.options, 122, &value));
	CHECK(dhcp4_options_get(&before.options, 143, &value));
	memcpy(packet, real, size);
	mask_packet(&anon, packet, size);
	CHECK(parse(packet, size, false, &after) == REJECT_NONE);
	CHECK(!dhcp4_options_get(&after.options, 122, &value));
	CHECK(!dhcp4_options_get(&after.options, 143, &value));
	CHECK(!tells("secre", 5, size));
	mask_options(&anon, &before.options);
	CHECK(!dhcp4_options_get(&before.options, 122, &value));
	CHECK(!dhcp4_options_get(&before.options, 143, &value));
	CHECK(dhcp4_options_get(&before.options, 54, &value));
	CHECK(before.options.used == after.options.used);
}
END_TEST

START_TEST(routes_become_others)
{
	static const uint8_t routes[] = {
		121, 23, 24, 192, 168, 7, 10, 0, 0, 1, 0, 10, 0,
		0,   2,	 32, 10,  0,   0, 50, 0, 0, 0, 0, /* and one that is cut: */
		33,
	};
	struct option_value value;
	struct dhcp4_route route;
	struct reader r;

	CHECK(anon_add_subnet(&anon, 0xc0a80700, 24));
	mask(make(routes, sizeof(routes)));
	CHECK(dhcp4_options_get(&after.options, 121, &value));
	r = reader_over(value.bytes, value.size);
	CHECK(lease_next_route(&r, &route));
	CHECK(route.prefix_length == 24);
	CHECK(route.destination == anon_address(&anon, 0xc0a80700));
	CHECK(route.gateway == anon_address(&anon, SERVER));
	CHECK(lease_next_route(&r, &route));
	CHECK(route.prefix_length == 0 && route.destination == 0);
	CHECK(route.gateway == anon_address(&anon, OTHER));
	CHECK(lease_next_route(&r, &route));
	CHECK(route.prefix_length == 32 && route.gateway == 0);
	CHECK(route.destination == anon_address(&anon, CLIENT));
	CHECK(!lease_next_route(&r, &route));
}
END_TEST

/* A mask beside an address is a mask; beside a route's destination is a router. */
/* A label of odd octets, one of a kind that there is not, cut names and routes. */
START_TEST(what_is_refused_stays_refused)
{
	static const uint8_t options[][40] = {
		/* Twice the same would be once. */
		{ 109, 32, 1 },
		{ 119, 5, 3, 'a', 0xb0, 'c', 0 },
		{ 119, 6, 0x80, 'a', 'b', 'c', 'd', 0 },
		{ 119, 5, 0x41, 1, 'b', 1, 'c' },
		{ 119, 6, 60, 1, 'b', 1, 'c', 0 },
		{ 121, 6, 33, 0, 0, 0, 0, 0 },
		{ 121, 10, 24, 192, 0, 2, 10, 0, 0, 1, 32, 1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
		mask(make(options[i], options[i][1] + 2U));
		CHECK(memcmp(packet, real, sizeof(real)) != 0);
	}
}
END_TEST

/* RFC 2132 knows no repetition, but there are servers that do. */
START_TEST(what_is_repeated_stays_so)
{
	static const uint8_t option[34] = { 109, 32, [9] = 7, [25] = 7 };

	mask(make(option, sizeof(option)));
	CHECK(memcmp(packet, real, sizeof(real)) != 0);
}
END_TEST

START_TEST(pairs_are_what_they_are)
{
	static const uint8_t pairs[] = { 21, 8, 10, 0, 0, 1,  255, 255, 255, 0,
					 33, 8, 10, 0, 0, 50, 10,  0,	0,   1 };
	ipv4_addr a, b;

	mask(make(pairs, sizeof(pairs)));
	CHECK(dhcp4_options_get_address(&after.options, 21, 0, &a));
	CHECK(dhcp4_options_get_address(&after.options, 21, 1, &b));
	CHECK(a == anon_address(&anon, SERVER) && b == MASK);
	CHECK(dhcp4_options_get_address(&after.options, 33, 0, &a));
	CHECK(dhcp4_options_get_address(&after.options, 33, 1, &b));
	CHECK(a == anon_address(&anon, CLIENT));
	CHECK(b == anon_address(&anon, SERVER));
}
END_TEST

/* What no client looks at is no place to keep something either. */
START_TEST(the_rest_is_zeros)
{
	static const uint8_t end[] = { 255, 's', 'e', 'c', 'r', 'e', 't' };
	size_t size = make(end, sizeof(end));

	mask(size);
	CHECK(!tells("secret", 6, size));
	/* Behind chaddr's six octets, UDP's end, and the packet's. */
	memcpy(payload() + 34, "secret", 6);
	memcpy(real + size - 6, "secret", 6);
	seal(size);
	memcpy(real + size, "secret", 6);
	real[25] = (uint8_t)(real[25] - 6);
	real[26] = real[27] = 0;
	mask(size + 6);
	CHECK(!tells("secret", 6, size + 6));
}
END_TEST

/* Puts the sum of the IPv4 header right. */
static void seal_header(size_t header)
{
	struct writer w = { .start = real, .used = header, .size = header };

	writer_patch_u16(&w, 10, 0);
	writer_patch_u16(&w, 10, (uint16_t)~frame_sum(0, real, header));
}

START_TEST(ip_options_are_zeros)
{
	size_t size = make(NULL, 0);

	memmove(real + 28, real + 20, size - 20);
	memcpy(real + 20, "\x07\x08secret", 8);
	size += 8;
	real[0] = 0x47;
	real[2] = (uint8_t)(size >> 8);
	real[3] = (uint8_t)size;
	seal_header(28);
	CHECK(parse(real, size, false, &before) == REJECT_NONE);
	mask(size);
	CHECK(!tells("secret", 6, size));
}
END_TEST

/* How far away a server is, and how many packets it sent. */
START_TEST(ip_headers_tell_nothing)
{
	static const uint8_t zeros[2];
	size_t size = make(NULL, 0);

	real[1] = 0x10;
	memcpy(real + 4, "id", 2);
	real[8] = 61;
	seal_header(20);
	CHECK(parse(real, size, false, &before) == REJECT_NONE);
	mask(size);
	CHECK(packet[1] == 0 && packet[8] == 0);
	ck_assert_mem_eq(packet + 4, zeros, 2);
}
END_TEST

/* ---- checksums ------------------------------------------------------------ */

START_TEST(checksums_are_right_again)
{
	struct datagram d;
	size_t size = make(NULL, 0);

	mask(size);
	CHECK(frame_parse(packet, size, DHCP4_CLIENT_PORT, false, &d) ==
	      REJECT_NONE);
	CHECK(memcmp(packet + 26, real + 26, 2) != 0);
	CHECK(d.source == anon_address(&anon, SERVER));
}
END_TEST

START_TEST(absent_checksums_stay_absent)
{
	size_t size = make(NULL, 0);

	real[26] = real[27] = 0;
	mask(size);
	CHECK(packet[26] == 0 && packet[27] == 0);
}
END_TEST

/* The sum of the pseudo header alone, as a virtual link shows it. */
START_TEST(unfinished_checksums_stay_unfinished)
{
	size_t size = make(NULL, 0);
	uint16_t length = (uint16_t)(size - FRAME_IP_SIZE), pseudo;

	pseudo = frame_sum_pseudo(SERVER, IPV4_BROADCAST, length);
	real[26] = (uint8_t)(pseudo >> 8);
	real[27] = (uint8_t)pseudo;
	mask(size);
	pseudo = frame_sum_pseudo(anon_address(&anon, SERVER), IPV4_BROADCAST,
				  length);
	CHECK(packet[26] == pseudo >> 8 && packet[27] == (pseudo & 0xff));
}
END_TEST

START_TEST(wrong_checksums_stay_wrong)
{
	size_t size = make(NULL, 0);

	real[26] ^= 0x40;
	CHECK(parse(real, size, false, &before) == REJECT_UDP_CHECKSUM);
	mask(size);
	size = make(NULL, 0);
	real[10] ^= 0x40;
	CHECK(parse(real, size, false, &before) == REJECT_IP_CHECKSUM);
	mask(size);
}
END_TEST

/* ---- anything --------------------------------------------------------------- */

/* Whatever a packet was made into: masked, it is refused for the same reason. */
START_TEST(broken_packets_stay_broken)
{
	static const uint8_t options[] = { 52,	1,   3,	  12, 4,  'n', 'a',
					   'm', 'e', 121, 9,  24, 10,  1,
					   2,	10,  0,	  0,  1,  0,   0 };
	struct prng prng;

	prng_init(&prng, (const uint8_t[32]){ (uint8_t)_i });
	for (unsigned i = 0; i < 1000; i++) {
		size_t size = make(options, sizeof(options));

		for (uint64_t n = prng_below(&prng, 4); n; n--) {
			uint64_t most = prng_below(&prng, 2) ? 60 : size;

			real[prng_below(&prng, most)] = (uint8_t)prng_u32(&prng);
		}
		if (prng_below(&prng, 2))
			seal(size);
		if (prng_below(&prng, 4) == 0)
			size = (size_t)prng_below(&prng, size + 1);
		mask(size);
	}
}
END_TEST

START_TEST(arp_becomes_other_arp)
{
	struct arp arp = {
		.op = ARP_OP_REQUEST,
		.sender_hw = { 2, 0, 0, 0, 0, 9 },
		.sender = SERVER,
		.target = CLIENT,
	};
	struct arp other;
	uint8_t mac[] = { 2, 0, 0, 0, 0, 9 };

	memset(packet, 's', sizeof(packet));
	arp_write(packet, &arp);
	mask_arp(&anon, packet, 60);
	CHECK(arp_parse(packet, 60, &other));
	anon_hwaddr(&anon, mac, sizeof(mac));
	CHECK(other.op == ARP_OP_REQUEST);
	CHECK(other.sender == anon_address(&anon, SERVER));
	CHECK(other.target == anon_address(&anon, CLIENT));
	ck_assert_mem_eq(other.sender_hw, mac, sizeof(mac));
	CHECK(packet[ARP_SIZE] == 0 && packet[59] == 0 && packet[60] == 's');
	memset(packet, 's', 60);
	mask_arp(&anon, packet, 20);
	CHECK(packet[0] == 0 && packet[19] == 0 && packet[20] == 's');
}
END_TEST

Suite *test_mask_packet_suite(void)
{
	Suite *suite = suite_create("mask_packet");
	TCase *tcase = tcase_create("mask_packet");

	tcase_add_checked_fixture(tcase, set_up, NULL);
	tcase_add_test(tcase, addresses_become_others);
	tcase_add_test(tcase, masks_and_numbers_stay);
	tcase_add_test(tcase, identities_become_those_of_the_client);
	tcase_add_test(tcase, names_become_others);
	tcase_add_test(tcase, sname_and_file_tell_nothing);
	tcase_add_test(tcase, split_options_are_one);
	tcase_add_test(tcase, parts_become_others);
	tcase_add_test(tcase, what_is_passed_over_tells_nothing);
	tcase_add_test(tcase, routes_become_others);
	tcase_add_test(tcase, what_is_refused_stays_refused);
	tcase_add_test(tcase, what_is_repeated_stays_so);
	tcase_add_test(tcase, pairs_are_what_they_are);
	tcase_add_test(tcase, the_rest_is_zeros);
	tcase_add_test(tcase, ip_options_are_zeros);
	tcase_add_test(tcase, ip_headers_tell_nothing);
	tcase_add_test(tcase, checksums_are_right_again);
	tcase_add_test(tcase, absent_checksums_stay_absent);
	tcase_add_test(tcase, unfinished_checksums_stay_unfinished);
	tcase_add_test(tcase, wrong_checksums_stay_wrong);
	tcase_add_loop_test(tcase, broken_packets_stay_broken, 0, 10);
	tcase_add_test(tcase, arp_becomes_other_arp);
	suite_add_tcase(suite, tcase);
	return suite;
}
