/* SPDX-License-Identifier: BSD-2-Clause */
/* Option 90 read and written; what is computed over it is test_mac.c's. */
#include "core/auth.h"

#include <check.h>
#include <string.h>

#include "base/assert.h"
#include "core/message.h"
#include "unit/support.h"

Suite *test_auth_suite(void);

static struct dhcp4_options options;

static struct auth_option parse(const uint8_t *bytes, size_t size)
{
	memset(&options, 0, sizeof(options));
	ck_assert(dhcp4_options_append(&options, 90, bytes, size));
	return auth_parse(&options);
}

#define PARSE(...) \
	parse((const uint8_t[]){ __VA_ARGS__ }, \
	      sizeof((const uint8_t[]){ __VA_ARGS__ }))

#define REPLAY	0, 0, 0, 0, 0, 0, 1, 2
#define SIXTEEN 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16

START_TEST(no_option_is_none)
{
	memset(&options, 0, sizeof(options));
	ck_assert_int_eq(auth_parse(&options).content, AUTH_CONTENT_NONE);
}
END_TEST

START_TEST(a_token_is_read)
{
	struct auth_option o = PARSE(0, 0, 0, REPLAY, 'w', 'o', 'r', 'd');

	ck_assert_int_eq(o.content, AUTH_CONTENT_TOKEN);
	ck_assert_uint_eq(o.replay, 0x102);
	ck_assert_uint_eq(o.at, 11);
	ck_assert_uint_eq(o.size, 4);
	o = PARSE(0, 0, 0, REPLAY);
	ck_assert_int_eq(o.content, AUTH_CONTENT_TOKEN);
	ck_assert_uint_eq(o.size, 0);
}
END_TEST

START_TEST(a_token_has_a_longest_length)
{
	uint8_t octets[11 + AUTH_TOKEN_MAX + 1] = { 0 };

	ck_assert_int_eq(parse(octets, sizeof(octets) - 1).content,
			 AUTH_CONTENT_TOKEN);
	ck_assert_int_eq(parse(octets, sizeof(octets)).content,
			 AUTH_CONTENT_OTHER);
}
END_TEST

START_TEST(a_request_is_read)
{
	ck_assert_int_eq(PARSE(1, 1, 0, REPLAY).content, AUTH_CONTENT_REQUEST);
}
END_TEST

START_TEST(a_code_is_read)
{
	struct auth_option o = PARSE(1, 1, 0, REPLAY, 0xff, 0, 0, 9, SIXTEEN);

	ck_assert_int_eq(o.content, AUTH_CONTENT_CODE);
	ck_assert_uint_eq(o.key_id, 0xff000009);
	ck_assert_uint_eq(o.at, 15);
	ck_assert_uint_eq(o.size, 16);
}
END_TEST

START_TEST(a_nonce_and_its_code_are_told_apart)
{
	static const uint8_t nonce[] = { SIXTEEN };
	struct auth_option o = PARSE(3, 1, 0, REPLAY, 1, SIXTEEN);

	ck_assert_int_eq(o.content, AUTH_CONTENT_NONCE);
	ck_assert_mem_eq(o.value, nonce, sizeof(nonce));
	o = PARSE(3, 1, 0, REPLAY, 2, SIXTEEN);
	ck_assert_int_eq(o.content, AUTH_CONTENT_NONCE_CODE);
	ck_assert_uint_eq(o.at, 12);
	ck_assert_uint_eq(o.size, 16);
}
END_TEST

/* Another protocol, algorithm, RDM, type, or length. */
START_TEST(the_rest_is_other)
{
	ck_assert_int_eq(PARSE(2, 1, 0, REPLAY).content, AUTH_CONTENT_OTHER);
	ck_assert_int_eq(PARSE(1, 2, 0, REPLAY).content, AUTH_CONTENT_OTHER);
	ck_assert_int_eq(PARSE(1, 1, 1, REPLAY).content, AUTH_CONTENT_OTHER);
	ck_assert_int_eq(PARSE(0, 1, 0, REPLAY).content, AUTH_CONTENT_OTHER);
	ck_assert_int_eq(PARSE(1, 1, 0, REPLAY, 0, 0, 0, 9).content,
			 AUTH_CONTENT_OTHER);
	ck_assert_int_eq(PARSE(1, 1, 0, REPLAY, 0, 0, 0, 9, SIXTEEN, 0).content,
			 AUTH_CONTENT_OTHER);
	ck_assert_int_eq(PARSE(3, 1, 0, REPLAY).content, AUTH_CONTENT_OTHER);
	ck_assert_int_eq(PARSE(3, 1, 0, REPLAY, 3, SIXTEEN).content,
			 AUTH_CONTENT_OTHER);
	ck_assert_int_eq(PARSE(3, 1, 0, REPLAY, 2, SIXTEEN, 0).content,
			 AUTH_CONTENT_OTHER);
}
END_TEST

static uint8_t payload[DHCP4_MESSAGE_MAX];

/* A message with the option behind all others; its length. */
static size_t build(const struct auth_option *option)
{
	struct dhcp4_header header = { .op = DHCP4_OP_REPLY };
	struct writer w = writer_over(payload, sizeof(payload));

	memset(payload, 0xee, sizeof(payload));
	dhcp4_message_begin(&w, &header, DHCP4_TYPE_ACK);
	option_write_u32(&w, DHCP4_OPTION_SERVER_ID, SERVER);
	dhcp4_message_end(&w, 0);
	auth_write(&w, option);
	ck_assert(!w.failed);
	return w.used;
}

/* What is secret is left zero, but for a nonce, which is not. */
START_TEST(what_is_written_is_read_back)
{
	const struct auth_option written[] = {
		{ .content = AUTH_CONTENT_TOKEN, .replay = 7, .size = 5 },
		{ .content = AUTH_CONTENT_REQUEST, .replay = UINT64_MAX },
		{ .content = AUTH_CONTENT_CODE, .replay = 8, .key_id = 99 },
		{ .content = AUTH_CONTENT_NONCE, .replay = 9, .value = { 1, 2 } },
		{ .content = AUTH_CONTENT_NONCE_CODE, .replay = 10 },
	};

	for (unsigned i = 0; i < ARRAY_SIZE(written); i++) {
		size_t size = build(&written[i]);
		struct dhcp4_message m;
		struct auth_option o;

		ck_assert_uint_eq(size, 300);
		ck_assert_int_eq(dhcp4_message_parse(payload, size, &m),
				 REJECT_NONE);
		o = auth_parse(&m.options);
		ck_assert_int_eq(o.content, written[i].content);
		ck_assert_uint_eq(o.replay, written[i].replay);
		ck_assert_uint_eq(o.key_id, written[i].key_id);
		ck_assert_mem_eq(o.value, written[i].value, sizeof(o.value));
	}
}
END_TEST

START_TEST(a_long_message_grows)
{
	static const uint8_t filler[80] = { 0 };
	const struct auth_option code = { .content = AUTH_CONTENT_CODE };
	struct dhcp4_header header = { .op = DHCP4_OP_REPLY };
	struct writer w = writer_over(payload, sizeof(payload));
	uint8_t size;

	dhcp4_message_begin(&w, &header, DHCP4_TYPE_ACK);
	option_write(&w, 43, filler, sizeof(filler));
	dhcp4_message_end(&w, 0);
	ck_assert_uint_eq(w.used, 240 + 3 + 82 + 1);
	auth_write(&w, &code);
	ck_assert_uint_eq(w.used, 240 + 3 + 82 + 33 + 1);
	ck_assert_ptr_eq(wire_option(payload, w.used, 90, &size),
			 payload + 240 + 3 + 82 + 2);
	ck_assert_uint_eq(size, 31);
}
END_TEST

/* Options field, file, sname: the order in which they are joined. */
START_TEST(pieces_are_found_in_all_fields)
{
	struct dhcp4_header header = { .op = DHCP4_OP_REPLY };
	struct writer w = writer_over(payload, sizeof(payload));
	struct dhcp4_pieces pieces;
	struct option_value piece;

	dhcp4_message_begin(&w, &header, DHCP4_TYPE_ACK);
	option_write_u8(&w, DHCP4_OPTION_OVERLOAD, 3);
	option_write_u8(&w, 90, 1);
	dhcp4_message_end(&w, 0);
	memcpy(payload + 108, (uint8_t[]){ 12, 1, 'p', 90, 1, 2, 255 }, 7);
	memcpy(payload + 44, (uint8_t[]){ 90, 1, 3, 255 }, 4);
	pieces = dhcp4_message_pieces(payload, w.used, 90);
	for (uint8_t i = 0; i < 3; i++) {
		ck_assert(dhcp4_pieces_next(&pieces, &piece));
		ck_assert_uint_eq(piece.size, 1);
		ck_assert_uint_eq(*piece.bytes, i + 1U);
	}
	ck_assert(!dhcp4_pieces_next(&pieces, &piece));
	pieces = dhcp4_message_pieces(payload, 100, 90);
	ck_assert(!dhcp4_pieces_next(&pieces, &piece));
}
END_TEST

Suite *test_auth_suite(void)
{
	Suite *suite = suite_create("auth");
	TCase *t = tcase_create("auth");

	tcase_add_test(t, no_option_is_none);
	tcase_add_test(t, a_token_is_read);
	tcase_add_test(t, a_token_has_a_longest_length);
	tcase_add_test(t, a_request_is_read);
	tcase_add_test(t, a_code_is_read);
	tcase_add_test(t, a_nonce_and_its_code_are_told_apart);
	tcase_add_test(t, the_rest_is_other);
	tcase_add_test(t, what_is_written_is_read_back);
	tcase_add_test(t, a_long_message_grows);
	tcase_add_test(t, pieces_are_found_in_all_fields);
	suite_add_tcase(suite, t);
	return suite;
}
