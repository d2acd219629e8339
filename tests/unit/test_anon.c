/* SPDX-License-Identifier: BSD-2-Clause */
/* Other names and addresses: the same length, the same relations. */
#include "replay/anon.h"

#include <check.h>
#include <string.h>

#include "base/assert.h"
#include "base/prng.h"
#include "unit/support.h"

Suite *test_anon_suite(void);

static struct anon anon;

static void set_up(void)
{
	anon_init(&anon, (const uint8_t[32]){ 1, 2, 3 });
}

static void use_key(unsigned number)
{
	anon_init(&anon, (const uint8_t[32]){ (uint8_t)number, 7 });
}

/* ---- addresses ---------------------------------------------------------- */

static unsigned shared(ipv4_addr a, ipv4_addr b)
{
	unsigned length = 0;

	while (length < 32 && ipv4_in(a, b, length + 1))
		length++;
	return length;
}

START_TEST(prefixes_stay_together)
{
	struct prng prng;

	use_key((unsigned)_i);
	CHECK(anon_add_subnet(&anon, 0x0a141e00, 24));
	prng_init(&prng, (const uint8_t[32]){ (uint8_t)_i });
	for (unsigned i = 0; i < 300; i++) {
		ipv4_addr a = prng_u32(&prng);
		/* So that some have much in common. */
		ipv4_addr b = a ^ (prng_u32(&prng) >> prng_below(&prng, 32));
		ipv4_addr x = anon_address(&anon, a);

		CHECK(x == anon_address(&anon, a));
		CHECK(shared(x, anon_address(&anon, b)) == shared(a, b));
		CHECK(ipv4_is_host(x) == ipv4_is_host(a));
		CHECK(ipv4_class_length(x) == ipv4_class_length(a));
	}
}
END_TEST

START_TEST(special_addresses_stay)
{
	static const ipv4_addr addresses[] = {
		0,	    0x00010203, 0x7f000001, 0x7fffffff, 0xa9fe0101,
		0xa9feffff, 0xe00000fb, 0xefffffff, 0xf0000001, 0xffffffff,
	};

	use_key((unsigned)_i);
	for (size_t i = 0; i < ARRAY_SIZE(addresses); i++)
		ck_assert_uint_eq(anon_address(&anon, addresses[i]),
				  addresses[i]);
	CHECK(!anon.kept);
}
END_TEST

/* The network's address and its broadcast are such afterwards, and no host is. */
START_TEST(edges_of_subnets_stay)
{
	unsigned length = 8 + (unsigned)_i;
	ipv4_addr network = 0x0a98c3d4 & ipv4_mask(length);
	ipv4_addr host = ~ipv4_mask(length);

	CHECK(anon_add_subnet(&anon, network, length));
	CHECK((anon_address(&anon, network) & host) == 0);
	CHECK((anon_address(&anon, network | host) & host) == host);
	for (ipv4_addr n = 1; n < host && n < 600; n++) {
		ipv4_addr x = anon_address(&anon, network | n);

		CHECK((x & host) != 0 && (x & host) != host);
	}
}
END_TEST

START_TEST(keys_make_a_difference)
{
	ipv4_addr first;

	use_key(1);
	first = anon_address(&anon, 0xc0a80117);
	use_key(2);
	ck_assert_uint_ne(anon_address(&anon, 0xc0a80117), first);
	ck_assert_uint_ne(first, 0xc0a80117);
	CHECK(!anon.kept);
}
END_TEST

/* 1.0.0.0/8 is beside 0.0.0.0/8: where its zeros must stay, all of it does. */
START_TEST(what_is_kept_is_told)
{
	CHECK(anon_add_subnet(&anon, 0x01000000, 8));
	CHECK(anon_address(&anon, 0x01000001) == 0x01000001);
	CHECK(anon.kept);
}
END_TEST

START_TEST(subnets_are_bounded)
{
	for (ipv4_addr i = 0; i < ANON_SUBNETS_MAX; i++)
		CHECK(anon_add_subnet(&anon, 0x0a000000 + (i << 8), 24));
	CHECK(!anon_add_subnet(&anon, 0x0b000000, 24));
	/* A known one is no more. */
	CHECK(anon_add_subnet(&anon, 0x0a0000ff, 24));
}
END_TEST

/* ---- text --------------------------------------------------------------- */

static const char *masked(const char *text)
{
	static char buffers[4][256];
	static unsigned next;
	char *buffer = buffers[next++ % 4];

	strcpy(buffer, text);
	anon_text(&anon, buffer, strlen(text));
	ck_assert_uint_eq(strlen(buffer), strlen(text));
	return buffer;
}

/* No letter stays, and its kind does. */
START_TEST(text_becomes_other_text)
{
	static const char text[] = "Host-7.lab_A.example, room 12: /a/b";
	const char *other = masked(text);

	for (size_t i = 0; text[i]; i++) {
		bool digit = text[i] >= '0' && text[i] <= '9';
		bool upper = text[i] >= 'A' && text[i] <= 'Z';
		bool letter = upper || (text[i] >= 'a' && text[i] <= 'z');

		if (!digit && !letter) {
			CHECK(other[i] == text[i]);
			continue;
		}
		CHECK(other[i] != text[i]);
		CHECK(digit == (other[i] >= '0' && other[i] <= '9'));
		CHECK(upper == (other[i] >= 'A' && other[i] <= 'Z'));
	}
}
END_TEST

START_TEST(words_are_consistent)
{
	const char *name = masked("host.example");
	const char *domain = masked("example");
	const char *capital = masked("EXAMPLE");

	ck_assert_str_eq(name + 5, domain);
	for (size_t i = 0; domain[i]; i++)
		CHECK(domain[i] == capital[i] - 'A' + 'a');
	ck_assert_str_ne(masked("exampla"), domain);
}
END_TEST

/* What is no ASCII is as good as a letter, and does not stay. */
START_TEST(other_octets_become_letters)
{
	char text[] = "b\xc3\xbcro", address[] = "\x0a\x01\x02\x7f";

	anon_text(&anon, text, strlen(text));
	ck_assert_uint_eq(strspn(text, "abcdefghijklmnopqrstuvwxyz"), 5);
	anon_text(&anon, address, strlen(address));
	ck_assert_uint_eq(strspn(address, "abcdefghijklmnopqrstuvwxyz"), 4);
}
END_TEST

/* A NUL ends a text, which must not end elsewhere afterwards. */
START_TEST(nuls_stay)
{
	char text[] = "\0a\0\0";

	anon_text(&anon, text, sizeof(text));
	CHECK(!text[0] && text[1] != 'a' && text[1] && !text[2] && !text[3]);
}
END_TEST

START_TEST(long_words_are_whole)
{
	char text[256];

	memset(text, 'a', sizeof(text));
	anon_text(&anon, text, sizeof(text));
	for (size_t i = 0; i < sizeof(text); i++)
		CHECK(text[i] > 'a' && text[i] <= 'z');
	/* It does not repeat after a block of the generator. */
	CHECK(memcmp(text, text + 16, 16) != 0);
}
END_TEST

/* ---- octets -------------------------------------------------------------- */

START_TEST(hardware_addresses)
{
	static const uint8_t mac[] = { 0x52, 0x54, 0, 0x12, 0x34, 0x56 };
	uint8_t a[6], b[6], none[6] = { 0 }, all[6];

	memcpy(a, mac, sizeof(a));
	memcpy(b, mac, sizeof(b));
	memset(all, 0xff, sizeof(all));
	anon_hwaddr(&anon, a, sizeof(a));
	anon_hwaddr(&anon, b, sizeof(b));
	ck_assert_mem_eq(a, b, sizeof(a));
	ck_assert_mem_ne(a, mac, sizeof(a));
	CHECK((a[0] & 3) == 2); /* locally administered, no group's */
	anon_hwaddr(&anon, none, sizeof(none));
	anon_hwaddr(&anon, all, sizeof(all));
	CHECK(none[5] == 0 && all[0] == 0xff && all[5] == 0xff);
	anon_hwaddr(&anon, NULL, 0);
}
END_TEST

/* An identifier made of a hardware address or a name is so afterwards. */
START_TEST(client_ids)
{
	uint8_t mac[] = { 0x52, 0x54, 0, 0x12, 0x34, 0x56 };
	uint8_t id[] = { 1, 0x52, 0x54, 0, 0x12, 0x34, 0x56 };
	uint8_t text[] = { 0, 'h', 'o', 's', 't' };
	uint8_t duid[] = { 255, 1, 2, 3, 4, 0, 1 }, was[sizeof(duid)];

	memcpy(was, duid, sizeof(duid));
	anon_hwaddr(&anon, mac, sizeof(mac));
	anon_client_id(&anon, id, sizeof(id));
	CHECK(id[0] == 1);
	ck_assert_mem_eq(id + 1, mac, sizeof(mac));
	anon_client_id(&anon, text, sizeof(text));
	CHECK(text[0] == 0);
	ck_assert_mem_eq(text + 1, masked("host"), 4);
	anon_client_id(&anon, duid, sizeof(duid));
	CHECK(duid[0] == 255);
	ck_assert_mem_ne(duid + 1, was + 1, sizeof(duid) - 1);
}
END_TEST

/* Type 0 says nothing of what follows: octets that look like no text are none. */
START_TEST(client_ids_of_octets)
{
	uint8_t id[] = { 0, '/', 2, '.', ' ', '-', 0, '+', '!' };
	uint8_t was[sizeof(id)];

	memcpy(was, id, sizeof(id));
	anon_client_id(&anon, id, sizeof(id));
	CHECK(id[0] == 0);
	ck_assert_mem_ne(id + 3, was + 3, 3);
	ck_assert_mem_ne(id + 6, was + 6, 3);
}
END_TEST

/* Without a type, as some clients send a name: its first letter is no type. */
START_TEST(client_ids_of_text)
{
	uint8_t id[] = "host-7";

	anon_client_id(&anon, id, sizeof(id) - 1);
	ck_assert_str_eq((char *)id, masked("host-7"));
}
END_TEST

START_TEST(octets_are_consistent)
{
	uint8_t a[150], b[150], was[150];

	memset(was, 5, sizeof(was));
	memcpy(a, was, sizeof(a));
	memcpy(b, was, sizeof(b));
	anon_octets(&anon, a, sizeof(a));
	anon_octets(&anon, b, sizeof(b));
	ck_assert_mem_eq(a, b, sizeof(a));
	CHECK(memcmp(a, a + 64, 64) != 0);
	memcpy(b, was, sizeof(b));
	b[149]++;
	anon_octets(&anon, b, sizeof(b));
	CHECK(memcmp(a, b, 64) != 0);
}
END_TEST

Suite *test_anon_suite(void)
{
	Suite *suite = suite_create("anon");
	TCase *tcase = tcase_create("anon");

	tcase_add_checked_fixture(tcase, set_up, NULL);
	tcase_add_loop_test(tcase, prefixes_stay_together, 0, 10);
	tcase_add_loop_test(tcase, special_addresses_stay, 0, 10);
	tcase_add_loop_test(tcase, edges_of_subnets_stay, 0, 23);
	tcase_add_test(tcase, keys_make_a_difference);
	tcase_add_test(tcase, what_is_kept_is_told);
	tcase_add_test(tcase, subnets_are_bounded);
	tcase_add_test(tcase, text_becomes_other_text);
	tcase_add_test(tcase, words_are_consistent);
	tcase_add_test(tcase, other_octets_become_letters);
	tcase_add_test(tcase, nuls_stay);
	tcase_add_test(tcase, long_words_are_whole);
	tcase_add_test(tcase, hardware_addresses);
	tcase_add_test(tcase, client_ids);
	tcase_add_test(tcase, client_ids_of_octets);
	tcase_add_test(tcase, client_ids_of_text);
	tcase_add_test(tcase, octets_are_consistent);
	suite_add_tcase(suite, tcase);
	return suite;
}
