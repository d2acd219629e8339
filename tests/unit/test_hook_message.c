/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages to the hook runner: what gets through, and what never does. */
#include <check.h>
#include <string.h>

#include "base/assert.h"
#include "lease/hook_message.h"

Suite *test_hook_message_suite(void);

static uint8_t bytes[HOOK_MESSAGE_MAX];
static struct writer message;

static struct hook_header header_of(enum hook_reason reason)
{
	return (struct hook_header){ .number = 7,
				     .ifindex = 3,
				     .metric = 1003,
				     .reason = reason,
				     .dns = true,
				     .interface = "eth0" };
}

static void begin(enum hook_reason reason)
{
	struct hook_header header = header_of(reason);

	message = writer_over(bytes, sizeof(bytes));
	hook_message_begin(&message, &header);
}

static bool put(unsigned variable, enum hook_type type, const char *value,
		size_t size)
{
	return hook_message_put(&message, variable, type, value, size);
}

/* A field as the writer would never write it. */
static void force(unsigned variable, unsigned type, const char *value, size_t size)
{
	writer_u16(&message, (uint16_t)variable);
	writer_u8(&message, (uint8_t)type);
	writer_u16(&message, (uint16_t)size);
	writer_bytes(&message, value, size);
}

static bool is_valid(void)
{
	return hook_message_is_valid(bytes, message.used);
}

START_TEST(message_is_read_as_it_was_written)
{
	struct hook_header header;
	struct hook_field field;
	struct reader r;

	begin(HOOK_REASON_REBIND);
	ck_assert(put(6, HOOK_TYPE_OCTETS, "\x0a\0\0\x35", 4));
	ck_assert(put(6, HOOK_TYPE_ADDRESSES, "\x0a\0\0\x35", 4));
	ck_assert(is_valid());
	r = reader_over(bytes, message.used);
	ck_assert(hook_message_read(&r, &header));
	ck_assert_uint_eq(header.number, 7);
	ck_assert_uint_eq(header.ifindex, 3);
	ck_assert_uint_eq(header.metric, 1003);
	ck_assert_int_eq(header.reason, HOOK_REASON_REBIND);
	ck_assert(header.dns);
	ck_assert_str_eq(header.interface, "eth0");
	ck_assert(hook_message_next(&r, &field));
	ck_assert_uint_eq(field.variable, 6);
	ck_assert_int_eq(field.type, HOOK_TYPE_OCTETS);
	ck_assert(hook_message_next(&r, &field));
	ck_assert_int_eq(field.type, HOOK_TYPE_ADDRESSES);
	ck_assert_uint_eq(field.size, 4);
	ck_assert_mem_eq(field.bytes, "\x0a\0\0\x35", 4);
	ck_assert(!hook_message_next(&r, &field));
	ck_assert(!r.failed);
}
END_TEST

START_TEST(cut_messages_are_refused)
{
	begin(HOOK_REASON_BOUND);
	ck_assert(put(HOOK_VARIABLE_IP_ADDRESS, HOOK_TYPE_ADDRESSES,
		      "\x0a\0\0\x05", 4));
	ck_assert(is_valid());
	for (size_t size = 0; size < message.used; size++)
		ck_assert(!hook_message_is_valid(bytes, size));
	ck_assert(!hook_message_is_valid(bytes, HOOK_MESSAGE_MAX + 1));
}
END_TEST

/* Covers: DF-opt-11 */
START_TEST(names_are_of_a_closed_alphabet)
{
	static const char *const good[] = {
		"a",
		"a.example.org",
		"a.example b.example",
		"_ldap.x-y.Z9",
		"063456789012345678901234567890123456789012345678901234567890123",
	};
	static const char *const bad[] = {
		"",
		" ",
		"a ",
		" a",
		"a  b",
		"a..b",
		".a",
		"a.",
		"-a",
		"a -b",
		"a;b",
		"$(a)",
		"`a`",
		"a|b",
		"a&",
		"a\nb",
		"a\tb",
		"a/b",
		"a'b",
		"a\"b",
		"a*",
		"a?",
		"~a",
		"a=b",
		"() {a",
		"a\\b",
		"a,b",
		"a:b",
		"\xc3\xa4",
		"0634567890123456789012345678901234567890123456789012345678901234",
	};

	for (size_t i = 0; i < ARRAY_SIZE(good); i++)
		ck_assert_msg(hook_names_are_plain(good[i], strlen(good[i])),
			      "%s", good[i]);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		ck_assert_msg(!hook_names_are_plain(bad[i], strlen(bad[i])),
			      "%s", bad[i]);
	ck_assert(!hook_names_are_plain("a\0b", 3));
}
END_TEST

/* Covers: DF-opt-11 */
START_TEST(words_are_of_a_closed_alphabet)
{
	static const char bad[] = "\n\t!\"#$&'()*;<>?[\\]^`{|}~\x7f\xe4";
	char text[] = "a. _:/,=+@%-b";

	ck_assert(hook_words_are_plain(text, strlen(text)));
	ck_assert(!hook_words_are_plain(text, 0));
	ck_assert(!hook_words_are_plain(text, sizeof(text)));
	ck_assert(!hook_words_are_plain("-e", 2));
	ck_assert(!hook_words_are_plain(" e", 2));
	for (const char *at = bad; *at; at++) {
		text[1] = *at;
		ck_assert_msg(!hook_words_are_plain(text, strlen(text)), "%d",
			      *at);
	}
}
END_TEST

START_TEST(names_have_a_length)
{
	char name[255];

	memset(name, 'a', sizeof(name));
	for (size_t i = 63; i < sizeof(name); i += 64)
		name[i] = '.';
	ck_assert(hook_names_are_plain(name, 253));
	ck_assert(!hook_names_are_plain(name, 254));
}
END_TEST

START_TEST(interfaces_are_of_a_closed_alphabet)
{
	static const char *const good[] = { "eth0", "br-lan", "eth0.100",
					    "wl_0", "en@x:1", "abcdefghijklmno" };
	static const char *const bad[] = {
		"", "-x", ".x", "a b", "a;b", "$(a)", "a/b", "a\n", "a\"b", "_x", "abcdefghijklmnop"
	};

	for (size_t i = 0; i < ARRAY_SIZE(good); i++)
		ck_assert_msg(hook_interface_is_plain(good[i]), "%s", good[i]);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		ck_assert_msg(!hook_interface_is_plain(bad[i]), "%s", bad[i]);
}
END_TEST

/* What neither side lets through: variable, type, value, size. */
static const struct {
	unsigned variable, type;
	const char *value;
	size_t size;
} bad_fields[] = {
	{ 0, HOOK_TYPE_OCTETS, "a", 1 },
	{ 255, HOOK_TYPE_OCTETS, "a", 1 },
	{ HOOK_VARIABLE_IP_ADDRESS, HOOK_TYPE_OCTETS, "a", 1 },
	{ HOOK_VARIABLE_END, HOOK_TYPE_ADDRESSES, "abcd", 4 },
	/* No name is known for it. */
	{ 230, HOOK_TYPE_ADDRESSES, "abcd", 4 },
	{ 6, HOOK_TYPE_ADDRESSES, "abc", 3 },
	{ 6, HOOK_TYPE_ADDRESSES, "", 0 },
	{ 6, HOOK_TYPE_NUMBERS, "abcd", 4 },
	{ 6, HOOK_TYPE_NUMBERS, "", 0 },
	{ 121, HOOK_TYPE_ROUTES, "", 0 },
	{ 121, HOOK_TYPE_ROUTES,
	  "\x20"
	  "abcdefg",
	  8 },
	{ 121, HOOK_TYPE_ROUTES,
	  "\x21"
	  "abcdefgh",
	  9 },
	{ 15, HOOK_TYPE_NAMES, "$(reboot)", 9 },
	{ 15, HOOK_TYPE_NAMES, "", 0 },
	{ 17, HOOK_TYPE_WORDS, "$(reboot)", 9 },
	{ 17, HOOK_TYPE_WORDS, "", 0 },
	{ 15, HOOK_TYPE_COUNT, "a", 1 },
};

START_TEST(bad_fields_are_refused)
{
	for (size_t i = 0; i < ARRAY_SIZE(bad_fields); i++) {
		const char *value = bad_fields[i].value;
		size_t used;

		begin(HOOK_REASON_BOUND);
		ck_assert(put(1, HOOK_TYPE_OCTETS, "a", 1));
		used = message.used;
		ck_assert_msg(!put(bad_fields[i].variable,
				   (enum hook_type)bad_fields[i].type, value,
				   bad_fields[i].size),
			      "%zu", i);
		ck_assert_uint_eq(message.used, used);
		ck_assert(is_valid());
		force(bad_fields[i].variable, bad_fields[i].type, value,
		      bad_fields[i].size);
		ck_assert_msg(!is_valid(), "%zu", i);
	}
}
END_TEST

/* What is there twice would be what a hook takes it for. */
START_TEST(fields_are_in_order)
{
	begin(HOOK_REASON_BOUND);
	ck_assert(put(6, HOOK_TYPE_OCTETS, "abcd", 4));
	force(6, HOOK_TYPE_OCTETS, "abcd", 4);
	ck_assert(!is_valid());
	begin(HOOK_REASON_BOUND);
	ck_assert(put(6, HOOK_TYPE_OCTETS, "abcd", 4));
	force(5, HOOK_TYPE_OCTETS, "abcd", 4);
	ck_assert(!is_valid());
	/* Of its own name an option has one value, whatever its type. */
	begin(HOOK_REASON_BOUND);
	ck_assert(put(109, HOOK_TYPE_OCTETS, "abcd", 4));
	ck_assert(put(109, HOOK_TYPE_ADDRESSES, "abcd", 4));
	ck_assert(is_valid());
	ck_assert(put(109, HOOK_TYPE_WORDS, "abcd", 4));
	ck_assert(!is_valid());
}
END_TEST

START_TEST(bad_headers_are_refused)
{
	static const struct {
		size_t offset;
		uint8_t octet;
	} rows[] = {
		{ 4, 0x80 },		   /* an index below zero */
		{ 7, 0 },		   /* none */
		{ 12, HOOK_REASON_COUNT }, /* no reason */
		{ 13, 2 },		   /* neither yes nor no */
		{ 14, '$' },		   /* a name that is none */
		{ 14, 0 },
		{ 29, 'x' }, /* without an end */
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		begin(HOOK_REASON_BOUND);
		ck_assert(put(1, HOOK_TYPE_OCTETS, "a", 1));
		ck_assert(is_valid());
		bytes[rows[i].offset] = rows[i].octet;
		ck_assert_msg(!is_valid(), "%zu", i);
	}
}
END_TEST

/* What a name promises is what a script may rely on. */
START_TEST(values_of_another_kind_are_refused)
{
	begin(HOOK_REASON_BOUND);
	force(HOOK_VARIABLE_IP_ADDRESS, HOOK_TYPE_WORDS, "../passwd", 9);
	ck_assert(!is_valid());
	begin(HOOK_REASON_BOUND);
	force(6, HOOK_TYPE_NAMES, "a.example", 9);
	ck_assert(!is_valid());
	/* The host's name is told as a variable of its own. */
	begin(HOOK_REASON_BOUND);
	force(12, HOOK_TYPE_NAMES, "guest", 5);
	ck_assert(!is_valid());
	begin(HOOK_REASON_BOUND);
	force(HOOK_VARIABLE_HOST_NAME, HOOK_TYPE_NAMES, "guest", 5);
	ck_assert(is_valid());
}
END_TEST

/* Whether there is a lease follows from the reason, but for STOP. */
START_TEST(reasons_and_leases_agree)
{
	begin(HOOK_REASON_NONE);
	ck_assert(!is_valid());
	ck_assert(put(1, HOOK_TYPE_OCTETS, "a", 1));
	ck_assert(!is_valid());
	for (unsigned i = HOOK_REASON_KNOWN; i < HOOK_REASON_COUNT; i++) {
		enum hook_reason reason = (enum hook_reason)i;
		bool ends = reason >= HOOK_REASON_EXPIRE;

		begin(reason);
		ck_assert_int_eq(is_valid(), ends || reason == HOOK_REASON_STOP);
		ck_assert(put(1, HOOK_TYPE_OCTETS, "a", 1));
		ck_assert_int_eq(is_valid(), !ends);
		ck_assert_ptr_nonnull(hook_reason_name(reason));
	}
}
END_TEST

START_TEST(what_does_not_fit_is_left_out)
{
	static char large[HOOK_OCTETS_MAX];
	unsigned code = 1;
	size_t used;

	begin(HOOK_REASON_BOUND);
	while (put(code, HOOK_TYPE_OCTETS, large, sizeof(large)))
		code++;
	ck_assert_uint_eq(code, 1 + HOOK_MESSAGE_MAX / HOOK_OCTETS_MAX - 1);
	used = message.used;
	ck_assert(put(code, HOOK_TYPE_OCTETS, large, 4));
	ck_assert_uint_eq(message.used, used + 9);
	ck_assert(is_valid());
}
END_TEST

START_TEST(answers_are_read_as_they_were_written)
{
	struct hook_answer answer = { 9, 3, 2 }, read;
	uint8_t octets[HOOK_ANSWER_SIZE + 1] = { 0 };
	struct writer w = writer_over(octets, sizeof(octets));
	struct reader r;

	hook_answer_write(&w, &answer);
	ck_assert_uint_eq(w.used, HOOK_ANSWER_SIZE);
	r = reader_over(octets, HOOK_ANSWER_SIZE);
	ck_assert(hook_answer_read(&r, &read));
	ck_assert_uint_eq(read.failed, 2);
	ck_assert_uint_eq(read.number, 9);
	ck_assert_uint_eq(read.ifindex, 3);
	r = reader_over(octets, HOOK_ANSWER_SIZE - 1);
	ck_assert(!hook_answer_read(&r, &read));
	r = reader_over(octets, HOOK_ANSWER_SIZE + 1);
	ck_assert(!hook_answer_read(&r, &read));
}
END_TEST

Suite *test_hook_message_suite(void)
{
	Suite *suite = suite_create("hook_message");
	TCase *tcase = tcase_create("hook_message");

	tcase_add_test(tcase, message_is_read_as_it_was_written);
	tcase_add_test(tcase, cut_messages_are_refused);
	tcase_add_test(tcase, names_are_of_a_closed_alphabet);
	tcase_add_test(tcase, words_are_of_a_closed_alphabet);
	tcase_add_test(tcase, names_have_a_length);
	tcase_add_test(tcase, interfaces_are_of_a_closed_alphabet);
	tcase_add_test(tcase, bad_fields_are_refused);
	tcase_add_test(tcase, fields_are_in_order);
	tcase_add_test(tcase, values_of_another_kind_are_refused);
	tcase_add_test(tcase, bad_headers_are_refused);
	tcase_add_test(tcase, reasons_and_leases_agree);
	tcase_add_test(tcase, what_does_not_fit_is_left_out);
	tcase_add_test(tcase, answers_are_read_as_they_were_written);
	suite_add_tcase(suite, tcase);
	return suite;
}
