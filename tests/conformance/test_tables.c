/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a client's messages hold: Tables 4 and 5 of RFC 2131, and what RFCs 951,
 * 1542 and 2132 say of fields and options that are sent. Each rule is looked at in
 * every message of a whole life.
 *
 * That ports, lengths and checksums are right, message_read() asserts of all that
 * is ever sent on a stage.
 */
#include <string.h>

#include "conformance/stage.h"

Suite *test_tables_suite(void);

typedef void check_message(const struct message *);

/* ---- a whole life ------------------------------------------------------- */

static unsigned seen[DHCP4_REQUEST_COUNT];

static void look(check_message *check)
{
	seen[heard()->kind]++;
	check(heard());
}

/* INFORM is a life of its own. */
static void inform(check_message *check)
{
	stage.config->inform_address = IP(10, 0, 0, 60);
	power_on();
	for (unsigned i = 0; i < 3; i++) {
		hear(DHCP4_REQUEST_INFORM);
		look(check);
	}
}

/* From the first DISCOVER over each kind of REQUEST, some repeated, to RELEASE. */
static void live(check_message *check)
{
	power_on();
	for (unsigned i = 0; i < 3; i++) {
		hear(DHCP4_REQUEST_DISCOVER);
		look(check);
	}
	tell(DHCP4_TYPE_OFFER);
	hear(DHCP4_REQUEST_SELECTING);
	look(check);
	hear(DHCP4_REQUEST_SELECTING);
	look(check);
	tell(DHCP4_TYPE_ACK);
	while (seen[DHCP4_REQUEST_REBINDING] < 2) {
		hear_any();
		look(check);
	}
	tell(DHCP4_TYPE_ACK);
	crash_and_restart();
	for (unsigned i = 0; i < 2; i++) {
		hear(DHCP4_REQUEST_REBOOTING);
		look(check);
	}
	tell(DHCP4_TYPE_ACK);
	/* As old as it may be, so that a secs would not be 0. */
	pass(S(100));
	sim_port_release(stage.port);
	hear(DHCP4_REQUEST_RELEASE);
	look(check);
}

/* All that a user may add to a message. */
static void configure_all(void)
{
	struct dhcp4_config *config = stage.config;

	config->broadcast = DHCP4_BROADCAST_YES;
	config->requested_address = IP(CLIENT);
	CHECK(encoded_put(&stage.port->encoded, 60, "vendor", 6));
	config->parameters[config->parameters_count++] = 224;
}

/* Each message of lives with little and with much configured. */
static void in_every_message(check_message *check)
{
	for (unsigned i = 0; i < 4; i++) {
		stage_close();
		stage_open(i);
		memset(seen, 0, sizeof(seen));
		if (i & 1)
			configure_all();
		if (i & 2)
			inform(check);
		else
			live(check);
	}
	/* Conflict detection alone sends a DECLINE. */
}

/* ---- the fixed fields --------------------------------------------------- */

static bool is_zero(const uint8_t *at, size_t size)
{
	while (size && !*at) {
		at++;
		size--;
	}
	return size == 0;
}

static void check_fixed_fields(const struct message *m)
{
	const uint8_t *p = m->payload;

	ck_assert_uint_eq(p[AT_OP], 1);
	ck_assert_uint_eq(p[AT_HTYPE], 1);
	ck_assert_uint_eq(p[AT_HLEN], 6);
	ck_assert_uint_eq(p[AT_HOPS], 0);
	ck_assert_uint_eq(m->flags & 0x7fff, 0);
	CHECK(is_zero(p + AT_YIADDR, 4));
	CHECK(is_zero(p + AT_SIADDR, 4));
	CHECK(is_zero(p + AT_GIADDR, 4));
	CHECK(memcmp(p + AT_CHADDR, stage.port->interface->hw, 6) == 0);
	CHECK(is_zero(p + AT_CHADDR + 6, 10));
	CHECK(is_zero(p + AT_SNAME, 64));
	CHECK(is_zero(p + AT_FILE, 128));
	ck_assert_uint_eq(get_u32(p + AT_COOKIE), 0x63825363);
}

/*
 * Covers: 2131-3-01 2131-4.4.1-03 2131-4.4.1-T5-01 2131-4.4.1-T5-04 1542-2.2-01
 * Covers: 1542-3.4-01 951-3-02 1122-4.1.3.4-02
 */
START_TEST(fixed_fields_are_as_table_5_says)
{
	in_every_message(check_fixed_fields);
}
END_TEST

static void check_ciaddr(const struct message *m)
{
	bool has = m->kind == DHCP4_REQUEST_RENEWING ||
		   m->kind == DHCP4_REQUEST_REBINDING ||
		   m->kind == DHCP4_REQUEST_RELEASE;

	if (m->kind == DHCP4_REQUEST_INFORM)
		ck_assert_uint_eq(m->ciaddr, IP(10, 0, 0, 60));
	else
		ck_assert_uint_eq(m->ciaddr, has ? IP(CLIENT) : IPV4_ANY);
	ck_assert_uint_eq(m->source, m->ciaddr);
}

/*
 * Covers: 2131-3.5-03 2131-4.1-03 2131-4.3.2-02 2131-4.3.2-04 2131-4.3.2-06
 * Covers: 2131-4.3.2-09 1122-3.2.1.3-01
 */
START_TEST(ciaddr_and_source_are_the_address_where_it_may_be_used)
{
	in_every_message(check_ciaddr);
}
END_TEST

static void check_destination(const struct message *m)
{
	bool to_one = m->kind == DHCP4_REQUEST_RENEWING ||
		      m->kind == DHCP4_REQUEST_RELEASE;

	ck_assert_uint_eq(m->destination, to_one ? IP(SERVER) : IPV4_BROADCAST);
	CHECK(memcmp(m->frame.destination,
		     to_one ? stage.peer->hw : sim_hw_broadcast, 6) == 0);
	CHECK(memcmp(m->frame.source, stage.port->interface->hw, 6) == 0);
}

/* Covers: 2131-4.3.2-07 2131-4.3.2-10 2131-4.4.4-01 2131-4.4.1-05 2131-4.1-02 */
START_TEST(renewals_and_release_go_to_the_server_all_else_to_all)
{
	in_every_message(check_destination);
}
END_TEST

static void check_secs_and_flags(const struct message *m)
{
	bool without_address = m->kind == DHCP4_REQUEST_DISCOVER ||
			       m->kind == DHCP4_REQUEST_SELECTING ||
			       m->kind == DHCP4_REQUEST_REBOOTING;

	/* What it learns by itself is test_choice.c's matter. */
	if (stage.config->broadcast == DHCP4_BROADCAST_YES)
		ck_assert_uint_eq(m->flags, without_address ? 0x8000 : 0);
	else if (!without_address || m->at == S(1000))
		ck_assert_uint_eq(m->flags, 0);
	if (m->kind == DHCP4_REQUEST_RELEASE)
		ck_assert_uint_eq(m->secs, 0);
}

/* Covers: 1542-3.1.1-01 1542-3.1.1-02 */
START_TEST(the_broadcast_flag_is_set_where_configured_and_of_use)
{
	in_every_message(check_secs_and_flags);
}
END_TEST

/* ---- options ------------------------------------------------------------ */

static void check_layout(const struct message *m)
{
	size_t at = AT_OPTIONS;
	bool found[256] = { false };

	while (m->payload[at] != 255) {
		uint8_t code = m->payload[at];

		CHECK(code != 0 && !found[code]);
		found[code] = true;
		at += 2U + m->payload[at + 1];
		CHECK(at < m->size);
	}
	CHECK(is_zero(m->payload + at + 1, m->size - at - 1));
	CHECK(m->size >= 300 && m->size <= 576 - 28);
}

/* Covers: 2131-4.1-01 951-7.1-01 3396-4-04 DF-srv-01 */
START_TEST(options_come_once_and_end_and_zeros_fill_300_octets)
{
	in_every_message(check_layout);
}
END_TEST

/* Options that a message of each kind must have, and that it may have. */
static const struct {
	uint8_t type;
	bool has_50, may_have_50, has_54, has_parameters;
} table[DHCP4_REQUEST_COUNT] = {
	[DHCP4_REQUEST_DISCOVER] = { 1, false, true, false, true },
	[DHCP4_REQUEST_SELECTING] = { 3, true, true, true, true },
	[DHCP4_REQUEST_REBOOTING] = { 3, true, true, false, true },
	[DHCP4_REQUEST_RENEWING] = { 3, false, false, false, true },
	[DHCP4_REQUEST_REBINDING] = { 3, false, false, false, true },
	[DHCP4_REQUEST_RELEASE] = { 7, false, false, true, false },
	[DHCP4_REQUEST_INFORM] = { 8, false, false, false, true },
};

static void check_options(const struct message *m)
{
	static const uint8_t of_parameters[] = { 12, 55, 57, 60 };
	bool has_50 = message_has(m, 50),
	     release = m->kind == DHCP4_REQUEST_RELEASE;
	uint8_t size;
	const uint8_t *type = message_option(m, 53, &size);

	CHECK(type && size == 1 && *type == table[m->kind].type);
	CHECK(has_50 || !table[m->kind].has_50);
	CHECK(!has_50 || table[m->kind].may_have_50);
	CHECK(message_has(m, 54) == table[m->kind].has_54);
	CHECK(message_has(m, 61));
	CHECK(message_has(m, 56) == release);
	for (size_t at = AT_OPTIONS; m->payload[at] != 255;
	     at += 2U + m->payload[at + 1]) {
		uint8_t code = m->payload[at];
		bool known = code == 50 || code == 53 || code == 54 ||
			     code == 56 || code == 61;

		CHECK(known || (memchr(of_parameters, code, 4) && !release));
	}
}

/*
 * Covers: 2131-4.4.1-T5-06 2131-4.4.1-T5-08 2131-4.4.1-T5-11 2131-4.4.1-T5-13
 * Covers: 2131-4.3.2-03 2131-4.3.2-05 2131-4.3.2-08
 */
START_TEST(each_message_has_the_options_of_its_kind_and_no_others)
{
	in_every_message(check_options);
}
END_TEST

/*
 * Covers: 2131-4.4.1-T5-02 2131-4.4.1-T5-03 2131-4.4.1-T5-05 2131-4.4.1-T5-07
 * Covers: 2131-4.4.1-T5-09 2131-4.4.1-T5-10 2131-4.4.1-T5-12 2132-2-01
 */
START_TEST(a_release_names_the_lease_the_reason_and_nothing_else)
{
	const struct message *m;
	const uint8_t *text;
	unsigned options = 0;
	uint8_t size;

	configure_all();
	reach_bound();
	pass(S(60));
	sim_port_release(stage.port);
	m = hear(DHCP4_REQUEST_RELEASE);
	ck_assert_uint_eq(m->secs, 0);
	ck_assert_uint_eq(m->flags, 0);
	ck_assert_uint_eq(m->ciaddr, IP(CLIENT));
	ck_assert_uint_eq(message_u32(m, 54), IP(SERVER));
	CHECK(message_has(m, 61) && message_has(m, 53));
	text = message_option(m, 56, &size);
	CHECK(text && size > 0 && text[size - 1] >= ' ');
	for (size_t at = AT_OPTIONS; m->payload[at] != 255;
	     at += 2U + m->payload[at + 1])
		options++;
	ck_assert_uint_eq(options, 4);
}
END_TEST

static uint8_t first_id[255], first_id_size;

static void check_client_id(const struct message *m)
{
	uint8_t size;
	const uint8_t *id = message_option(m, 61, &size);

	CHECK(id && size >= 2);
	if (!first_id_size) {
		first_id_size = size;
		memcpy(first_id, id, size);
	}
	CHECK(size == first_id_size && memcmp(id, first_id, size) == 0);
}

/* Covers: 2131-2-01 2132-9.14-01 2132-9.14-02 2131-3.1-12 */
START_TEST(the_client_identifier_is_one_for_life)
{
	uint8_t size;
	const uint8_t *id;

	in_every_message(check_client_id);
	/* By default it is the hardware type and address. */
	stage_close();
	stage_open(0);
	reach_selecting();
	id = message_option(heard(), 61, &size);
	ck_assert_uint_eq(size, 7);
	ck_assert_uint_eq(id[0], 1);
	CHECK(memcmp(id + 1, stage.port->interface->hw, 6) == 0);
}
END_TEST

/* Covers: 2131-2-01 2132-9.14-01 */
START_TEST(two_interfaces_have_two_client_identifiers)
{
	struct client_id id;

	reach_selecting();
	id = stage.host->ports[1].iface.config.client_id;
	CHECK(!client_id_equal(&id, &stage.config->client_id));
}
END_TEST

/* Covers: 2131-3.1-12 */
START_TEST(a_release_carries_the_identifier_that_got_the_lease)
{
	uint8_t size;
	const uint8_t *id;

	stage.config->client_id = (struct client_id){ 4, { 0, 'o', 'l', 'd' } };
	reach_bound();
	sim_host_end(stage.host);
	stage.config->client_id = (struct client_id){ 4, { 0, 'n', 'e', 'w' } };
	power_on();
	id = message_option(hear(DHCP4_REQUEST_DISCOVER), 61, &size);
	CHECK(size == 4 && memcmp(id, "\0new", 4) == 0);
	kernel_has(IP(CLIENT), 24);
	sim_port_release(stage.port);
	id = message_option(hear(DHCP4_REQUEST_RELEASE), 61, &size);
	CHECK(size == 4 && memcmp(id, "\0old", 4) == 0);
	kernel_is_empty();
}
END_TEST

/* ---- what is asked for -------------------------------------------------- */

static uint8_t first_list[255], first_list_size;

static void check_parameters(const struct message *m)
{
	uint8_t size;
	const uint8_t *list = message_option(m, 55, &size);
	const uint8_t *routes, *router, *fixed;

	if (m->kind == DHCP4_REQUEST_RELEASE)
		return;
	CHECK(list && size > 0);
	for (unsigned i = 0; i < size; i++) {
		CHECK(list[i] != 0 && list[i] != 255);
		CHECK(!memchr(list, list[i], i));
	}
	routes = memchr(list, 121, size);
	router = memchr(list, 3, size);
	fixed = memchr(list, 33, size);
	CHECK(routes && router && routes < router);
	CHECK(!fixed || routes < fixed);
	/* The same in all messages of a life; INFORM is none of them. */
	if (m->kind == DHCP4_REQUEST_INFORM)
		return;
	if (m->kind == DHCP4_REQUEST_DISCOVER) {
		first_list_size = size;
		memcpy(first_list, list, size);
	}
	CHECK(size == first_list_size && memcmp(list, first_list, size) == 0);
}

/*
 * Covers: 2131-3.5-01 2132-9.8-01 2132-9.8-02 3442-client-04 3442-client-05
 * Covers: 3442-client-06
 */
START_TEST(the_list_of_parameters_is_sound_and_always_the_same)
{
	in_every_message(check_parameters);
	/* In the order that was configured. */
	CHECK(memcmp(first_list, stage.config->parameters, first_list_size) == 0);
}
END_TEST

static void check_message_size(const struct message *m)
{
	uint8_t size;
	const uint8_t *value = message_option(m, 57, &size);

	if (m->kind == DHCP4_REQUEST_RELEASE)
		return;
	CHECK(value && size == 2);
	ck_assert_uint_eq(get_u16(value), 1500);
}

/* Covers: 2131-3.5-02 3442-sizing-01 */
START_TEST(the_largest_message_is_as_large_as_the_link_allows)
{
	in_every_message(check_message_size);
}
END_TEST

/* Covers: 2132-9.10-01 2131-3.5-02 */
START_TEST(the_largest_message_is_told_as_576_to_1500_octets)
{
	static const unsigned mtus[][2] = { { 68, 576 },    { 300, 576 },
					    { 576, 576 },   { 1280, 1280 },
					    { 1501, 1500 }, { 9000, 1500 } };

	for (unsigned i = 0; i < ARRAY_SIZE(mtus); i++) {
		uint8_t size;

		stage_close();
		stage_open(i);
		stage.config->mtu = (uint16_t)mtus[i][0];
		reach_selecting();
		ck_assert_uint_eq(get_u16(message_option(heard(), 57, &size)),
				  mtus[i][1]);
	}
}
END_TEST

static void check_text(const struct message *m)
{
	static const uint8_t codes[] = { 12, 56, 60 };

	for (unsigned i = 0; i < ARRAY_SIZE(codes); i++) {
		uint8_t size;
		const uint8_t *text = message_option(m, codes[i], &size);

		CHECK(!text || (size > 0 && text[size - 1] != 0));
	}
}

/* Covers: 2132-2-01 */
START_TEST(no_text_ends_in_a_nul)
{
	in_every_message(check_text);
}
END_TEST

/* Covers: 2132-9.13-01 2131-4.2-02 */
START_TEST(a_vendor_class_is_sent_as_it_is_and_an_empty_one_not_at_all)
{
	uint8_t size;
	const uint8_t *text;

	reach_selecting();
	CHECK(!message_has(heard(), 60));
	stage_close();
	stage_open(0);
	CHECK(encoded_put(&stage.port->encoded, 60, "a \"class\"", 9));
	reach_selecting();
	text = message_option(heard(), 60, &size);
	CHECK(size == 9 && memcmp(text, "a \"class\"", 9) == 0);
}
END_TEST

Suite *test_tables_suite(void)
{
	Suite *suite;
	TCase *t = stage_chapter("tables", &suite);

	tcase_add_test(t, fixed_fields_are_as_table_5_says);
	tcase_add_test(t, ciaddr_and_source_are_the_address_where_it_may_be_used);
	tcase_add_test(t, renewals_and_release_go_to_the_server_all_else_to_all);
	tcase_add_test(t, the_broadcast_flag_is_set_where_configured_and_of_use);
	tcase_add_test(t, options_come_once_and_end_and_zeros_fill_300_octets);
	tcase_add_test(t, each_message_has_the_options_of_its_kind_and_no_others);
	tcase_add_test(t, a_release_names_the_lease_the_reason_and_nothing_else);
	tcase_add_test(t, the_client_identifier_is_one_for_life);
	tcase_add_test(t, two_interfaces_have_two_client_identifiers);
	tcase_add_test(t, a_release_carries_the_identifier_that_got_the_lease);
	tcase_add_test(t, the_list_of_parameters_is_sound_and_always_the_same);
	tcase_add_test(t, the_largest_message_is_as_large_as_the_link_allows);
	tcase_add_test(t, the_largest_message_is_told_as_576_to_1500_octets);
	tcase_add_test(t, no_text_ends_in_a_nul);
	tcase_add_test(
		t, a_vendor_class_is_sent_as_it_is_and_an_empty_one_not_at_all);
	return suite;
}
