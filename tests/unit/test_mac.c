/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Codes over the octets of a message: known ones, computed by other means, and
 * what must and must not change them. Skipped, and said, without HMAC.
 */
#include <check.h>
#include <config.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "core/auth.h"
#include "core/message.h"
#include "unit/support.h"

Suite *test_mac_suite(void);

#define AT_HOPS	  3
#define AT_GIADDR 24

static const struct auth_keys keys = {
	.count = 2,
	.keys = { { 7, 3, "old" }, { 0x01020304, 8, "secret!!" } },
	.token_size = 4,
	.token = "word",
};
static const uint8_t nonce[AUTH_NONCE_SIZE] = { 0, 1, 2,  3,  4,  5,  6,  7,
						8, 9, 10, 11, 12, 13, 14, 15 };

static uint8_t payload[DHCP4_MESSAGE_MAX];
static size_t size;

/* An ACK, or a FORCERENEW, with that option. */
static void build(enum dhcp4_type type, struct auth_option option)
{
	struct dhcp4_header header = {
		.op = DHCP4_OP_REPLY,
		.htype = 1,
		.hlen = 6,
		.xid = 0x89abcdef,
		.yiaddr = CLIENT,
		.chaddr = { 2, 0, 0, 0, 0, 0x10 },
	};
	struct writer w = writer_over(payload, sizeof(payload));

	dhcp4_message_begin(&w, &header, type);
	option_write_u32(&w, DHCP4_OPTION_SERVER_ID, SERVER);
	dhcp4_message_end(&w, 0);
	auth_write(&w, &option);
	ck_assert(!w.failed);
	size = w.used;
}

static enum auth_verdict verify(void)
{
	return auth_verify(payload, size, &keys, nonce);
}

static void build_code(uint32_t key)
{
	build(DHCP4_TYPE_ACK,
	      (struct auth_option){ .content = AUTH_CONTENT_CODE,
				    .key_id = key,
				    .replay = 0x1122334455667788 });
}

static void build_nonce_code(void)
{
	build(DHCP4_TYPE_FORCERENEW,
	      (struct auth_option){ .content = AUTH_CONTENT_NONCE_CODE,
				    .replay = 0x1122334455667788 });
}

/* The code as it stands in the message. */
static const uint8_t *code_of(void)
{
	uint8_t length;
	const uint8_t *value = wire_option(payload, size, 90, &length);

	return value + length - HMAC_MD5_SIZE;
}

/* RFC 2202 2, the first and the third. */
START_TEST(hmac_is_that_of_the_rfc)
{
	static const uint8_t first[] = { 0x92, 0x94, 0x72, 0x7a, 0x36, 0x38,
					 0xbb, 0x1c, 0x13, 0xf4, 0x8e, 0xf8,
					 0x15, 0x8b, 0xfc, 0x9d };
	static const uint8_t third[] = { 0x56, 0xbe, 0x34, 0x52, 0x1d, 0x14,
					 0x4c, 0x88, 0xdb, 0xb8, 0xc7, 0x33,
					 0xf0, 0xe8, 0xb3, 0xf6 };
	uint8_t key[16], data[50], code[HMAC_MD5_SIZE];

	memset(key, 0x0b, sizeof(key));
	dhcp4_hmac_md5(key, sizeof(key), (const uint8_t *)"Hi There", 8, code);
	ck_assert_mem_eq(code, first, sizeof(first));
	memset(key, 0xaa, sizeof(key));
	memset(data, 0xdd, sizeof(data));
	dhcp4_hmac_md5(key, sizeof(key), data, sizeof(data), code);
	ck_assert_mem_eq(code, third, sizeof(third));
}
END_TEST

/* Covers: 3118-5.3-01 */
START_TEST(a_code_is_the_known_one)
{
	static const uint8_t known[] = { 0x1f, 0x65, 0xbf, 0xc8, 0xc8, 0x45,
					 0x65, 0x35, 0x67, 0x81, 0x00, 0x2d,
					 0x74, 0x50, 0xf4, 0x5b };

	build_code(0x01020304);
	ck_assert(auth_seal(payload, size, &keys, NULL));
	ck_assert_mem_eq(code_of(), known, sizeof(known));
	ck_assert_int_eq(verify(), AUTH_VERDICT_VALID);
}
END_TEST

/* Covers: 6704-3.1.4-04 */
START_TEST(a_nonces_code_is_the_known_one)
{
	static const uint8_t known[] = { 0x1f, 0xb4, 0x52, 0xea, 0x47, 0x2d,
					 0xda, 0xa6, 0x5a, 0x48, 0x86, 0x3e,
					 0x8f, 0xcb, 0x09, 0xab };

	build_nonce_code();
	ck_assert(auth_seal(payload, size, NULL, nonce));
	ck_assert_mem_eq(code_of(), known, sizeof(known));
	ck_assert_int_eq(verify(), AUTH_VERDICT_VALID);
	ck_assert_int_eq(auth_verify(payload, size, &keys, NULL),
			 AUTH_VERDICT_INVALID);
}
END_TEST

/* Covers: 6704-3.1.4-04 3118-5.3-01 3118-3-01 */
START_TEST(each_bit_counts)
{
	bool by_nonce = _i;

	if (by_nonce)
		build_nonce_code();
	else
		build_code(0x01020304);
	ck_assert(auth_seal(payload, size, &keys, nonce));
	for (size_t bit = 0; bit < 8 * size; bit++) {
		size_t at = bit / 8;
		bool relays = at == AT_HOPS ||
			      (at >= AT_GIADDR && at < AT_GIADDR + 4);

		payload[at] ^= (uint8_t)(1 << bit % 8);
		if ((verify() == AUTH_VERDICT_VALID) != (relays && !by_nonce))
			ck_abort_msg("octet %zu, bit %zu", at, bit % 8);
		payload[at] ^= (uint8_t)(1 << bit % 8);
	}
	ck_assert_int_eq(verify(), AUTH_VERDICT_VALID);
}
END_TEST

/* Covers: 3396-9-01 */
START_TEST(a_code_in_parts_is_zeroed_in_all_of_them)
{
	static const uint8_t between[] = { 12, 2, 'p', 'c', 90, 10 };
	uint8_t code[HMAC_MD5_SIZE], length, *at;

	build_code(0x01020304);
	at = payload + (wire_option(payload, size, 90, &length) - payload);
	/* 21 octets, six of the code among them; another option; ten octets. */
	at[-1] = 21;
	memcpy(at + 21, between, sizeof(between));
	memset(at + 27, 0, 10);
	at[37] = DHCP4_OPTION_END;
	dhcp4_hmac_md5(keys.keys[1].secret, 8, payload, size, code);
	memcpy(at + 15, code, 6);
	memcpy(at + 27, code + 6, 10);
	ck_assert_int_eq(verify(), AUTH_VERDICT_VALID);
	at[27 + 9] ^= 1;
	ck_assert_int_eq(verify(), AUTH_VERDICT_INVALID);
	ck_assert(auth_seal(payload, size, &keys, NULL));
	ck_assert_mem_eq(at + 15, code, 6);
	ck_assert_mem_eq(at + 27, code + 6, 10);
}
END_TEST

START_TEST(without_its_key_nothing_is_sealed)
{
	build_code(8);
	ck_assert(!auth_seal(payload, size, &keys, nonce));
	ck_assert(!auth_seal(payload, size, NULL, nonce));
	ck_assert_int_eq(verify(), AUTH_VERDICT_INVALID);
	build_nonce_code();
	ck_assert(!auth_seal(payload, size, &keys, NULL));
}
END_TEST

/* Covers: 3118-4-01 */
START_TEST(a_token_is_put_in_and_compared)
{
	struct auth_keys others = keys;

	build(DHCP4_TYPE_ACK,
	      (struct auth_option){ .content = AUTH_CONTENT_TOKEN, .size = 4 });
	ck_assert_int_eq(verify(), AUTH_VERDICT_INVALID);
	ck_assert(auth_seal(payload, size, &keys, NULL));
	ck_assert_int_eq(verify(), AUTH_VERDICT_VALID);
	others.token[3] = 'k';
	ck_assert_int_eq(auth_verify(payload, size, &others, NULL),
			 AUTH_VERDICT_INVALID);
	others.token_size = 3;
	ck_assert_int_eq(auth_verify(payload, size, &others, NULL),
			 AUTH_VERDICT_INVALID);
	others.token_size = 0;
	ck_assert(!auth_seal(payload, size, &others, NULL));
	ck_assert(!auth_seal(payload, size, NULL, NULL));
}
END_TEST

START_TEST(what_has_no_code_has_no_verdict)
{
	build(DHCP4_TYPE_ACK,
	      (struct auth_option){ .content = AUTH_CONTENT_REQUEST });
	ck_assert_int_eq(verify(), AUTH_VERDICT_NONE);
	ck_assert(auth_seal(payload, size, NULL, NULL));
	build(DHCP4_TYPE_ACK,
	      (struct auth_option){ .content = AUTH_CONTENT_NONCE });
	ck_assert_int_eq(verify(), AUTH_VERDICT_NONE);
	ck_assert_int_eq(auth_verify(payload, 100, &keys, NULL),
			 AUTH_VERDICT_NONE);
}
END_TEST

/* Each reader of the wire is cheap, whatever a sender makes of it. */
START_TEST(many_pieces_cost_little)
{
	struct writer w = writer_over(payload, sizeof(payload));
	struct dhcp4_header header = { .op = DHCP4_OP_REPLY };
	clock_t start = clock();

	dhcp4_message_begin(&w, &header, DHCP4_TYPE_ACK);
	while (w.used + 40 < sizeof(payload))
		option_write(&w, DHCP4_OPTION_AUTHENTICATION, "", 0);
	option_write(&w, DHCP4_OPTION_AUTHENTICATION,
		     "\0\0\0\0\0\0\0\0\0\0\1word", 15);
	dhcp4_message_end(&w, 0);
	size = w.used;
	for (unsigned i = 0; i < 1000; i++)
		ck_assert_int_eq(verify(), AUTH_VERDICT_VALID);
	ck_assert(clock() - start < CLOCKS_PER_SEC);
}
END_TEST

Suite *test_mac_suite(void)
{
	Suite *suite = suite_create("mac");
	TCase *t = tcase_create("mac"), *plain = tcase_create("plain");

	tcase_add_test(plain, a_token_is_put_in_and_compared);
	tcase_add_test(plain, what_has_no_code_has_no_verdict);
	tcase_add_test(plain, many_pieces_cost_little);
	tcase_add_test(plain, without_its_key_nothing_is_sealed);
	suite_add_tcase(suite, plain);
	tcase_add_test(t, hmac_is_that_of_the_rfc);
	tcase_add_test(t, a_code_is_the_known_one);
	tcase_add_test(t, a_nonces_code_is_the_known_one);
	tcase_add_loop_test(t, each_bit_counts, 0, 2);
	tcase_add_test(t, a_code_in_parts_is_zeroed_in_all_of_them);
	suite_add_tcase(suite, t);
	return suite;
}
