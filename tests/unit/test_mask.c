/* SPDX-License-Identifier: BSD-2-Clause */
/* Masked recordings: the core does the same, and nothing is told. */
#include "replay/mask.h"

#include <check.h>
#include <string.h>

#include "base/sum.h"
#include "core/names.h"
#include "base/str.h"
#include "core/encode.h"
#include "unit/support.h"
#include "unit/tape.h"

Suite *test_mask_suite(void);

#define SECRET "topsecret"

static const uint8_t key[32] = { 1, 2, 3 };

static struct tape tape;
static struct world world;
static struct file masked;
static struct mask_failure failure;
static bool again;

static void set_up(void)
{
	tape_init(&tape, 256 * 1024);
	world_init(&world, 1);
	encode_hostname(&world.encoded, SECRET "." SECRET, FQDN_MODE_OFF);
	world.config.hwaddr =
		(struct hwaddr){ 6, { 2, 'm', 'a', 'c', '-', '1' } };
	world.config.client_id = (struct client_id){
		10, { 0, 't', 'o', 'p', 's', 'e', 'c', 'r', 'e', 't' }
	};
	world.server_hw = (struct hwaddr){ 6, { 2, 'm', 'a', 'c', '-', '2' } };
	world.config.requested_address = CLIENT;
	tape_attach(&tape, &world);
}

static void mask(void)
{
	tape_save(&tape, &world);
	ck_assert_int_eq(mask_file(&tape.file, key, &masked, &failure, &again),
			 0);
}

static bool tells(const void *secret, size_t size)
{
	return memmem(masked.bytes, masked.size, secret, size) != NULL;
}

static bool tells_address(ipv4_addr address)
{
	uint8_t octets[4];
	struct writer w = writer_over(octets, sizeof(octets));

	writer_u32(&w, address);
	return tells(octets, sizeof(octets));
}

static void check_secrets(void)
{
	CHECK(!again);
	CHECK(!tells(SECRET, 9));
	CHECK(!tells("secret", 6));
	CHECK(!tells("mac-", 4));
	CHECK(!tells_address(CLIENT));
	CHECK(!tells_address(SERVER));
}

/* The transitions of a recording, in order, as text. */
static const char *transitions(const struct file *file, char text[4096])
{
	static struct record record;
	static struct replay run;
	struct recording_header header;
	struct reader records;
	struct str s = str_over(text, 4096);

	CHECK(recording_open(file->bytes, file->size, &header, &records) ==
	      RECORDING_ERROR_NONE);
	CHECK(record_read(&records, &record));
	replay_begin(&run, &record.snapshot);
	while (record_read(&records, &record) && record.kind != RECORD_KIND_END) {
		if (record.kind != RECORD_KIND_EVENT)
			continue;
		CHECK(replay_step(&run, &record.event));
		for (unsigned i = 0; i < run.effects.count; i++) {
			const struct dhcp4_effect *e = &run.effects.list[i];

			if (e->kind != DHCP4_EFFECT_NOTIFY ||
			    e->notice.kind != DHCP4_NOTICE_TRANSITION)
				continue;
			str_text(&s, dhcp4_state_name(e->notice.to));
			str_char(&s, ' ');
		}
	}
	CHECK(!s.truncated);
	return text;
}

/* It was masked, has its length, and replays, by the same way. */
static void check_masked(void)
{
	char one[4096], other[4096];

	if (failure.what)
		ck_abort_msg("event %u: %s", failure.event, failure.what);
	ck_assert_uint_eq(masked.size, tape.file.size);
	ck_assert_uint_eq(tape_replay(&masked, NULL), tape.summary.events);
	ck_assert_str_eq(transitions(&masked, one),
			 transitions(&tape.file, other));
	check_secrets();
	file_free(&masked);
}

START_TEST(every_place_can_be_masked)
{
	world_reach(&world, places[_i].state, places[_i].held);
	mask();
	check_masked();
	world_carrier(&world, false);
	world_run(&world, S(50));
	world_carrier(&world, true);
	world_stop(&world, true);
	mask();
	check_masked();
}
END_TEST

/* Probes, announcements, a conflict and a defence, in each mode. */
START_TEST(conflict_detection_is_masked)
{
	world.config.acd = (enum acd_mode)_i;
	world_start(&world);
	world_offer(&world);
	world_ack(&world);
	world_run(&world, S(20));
	CHECK((world.arp_count > 0) == (_i != ACD_MODE_OFF));
	world_arp(&world, ARP_OP_REPLY, CLIENT_2, CLIENT);
	world_arp(&world, ARP_OP_REPLY, CLIENT, SERVER);
	world_run(&world, S(1));
	world_arp(&world, ARP_OP_REPLY, CLIENT, SERVER);
	CHECK((world.client.tenure == DHCP4_TENURE_NONE) == (_i != ACD_MODE_OFF));
	mask();
	check_masked();
}
END_TEST

/*
 * An address besides a lease, with a conflict before its use and one in it; a
 * link-local one is another to the masked client, which has another sequence.
 */
START_TEST(fallbacks_are_masked)
{
	world.config.fallback = (struct fallback_config){
		(enum fallback_mode)_i,
		_i == FALLBACK_MODE_STATIC ? CLIENT_2 : 0, 24, SERVER
	};
	world_start(&world);
	world_run(&world, S(15));
	for (unsigned i = 0; i < 3 && _i != FALLBACK_MODE_OFF; i++) {
		ipv4_addr address = world.client.fallback.acd.address;

		world_arp(&world, ARP_OP_REPLY, address, SERVER);
		world_arp(&world, ARP_OP_REPLY, address, SERVER);
		world_run(&world, S(120));
		CHECK(address == CLIENT_2 || world.fallback != address);
	}
	CHECK((world.fallback != IPV4_ANY) == (_i != FALLBACK_MODE_OFF));
	world_fallback(&world, DHCP4_FALLBACK_FOUND,
		       world.fallback ? world.fallback : CLIENT_2);
	mask();
	CHECK(!tells_address(CLIENT_2));
	check_masked();
}
END_TEST

/* What a server may say, all of it. */
START_TEST(replies_are_masked)
{
	static const uint8_t options[] =
		"\x0c\x09" SECRET "\x0f\x09" SECRET "\x38\x09" SECRET
		"\x1c\x04\x0a\0\0\xff\x06\x08\x0a\0\0\x01\x0a\0\0\x32"
		"\x79\x08\x18\xc0\xa8\x07\x0a\0\0\1\x2b\x09" SECRET;
	struct reply reply = world_reply(&world, DHCP4_TYPE_ACK);

	reply.options = options;
	reply.options_size = sizeof(options) - 1;
	world_bind_as(&world, &reply);
	CHECK(world.client.lease.options.used > 80);
	mask();
	check_masked();
}
END_TEST

/* What the administrator put in their place tells as much, or more. */
START_TEST(overrides_are_masked)
{
	static struct dhcp4_override edits;
	struct reply reply = world_reply(&world, DHCP4_TYPE_ACK);

	memset(&edits, 0, sizeof(edits));
	CHECK(override_put(&edits, OVERRIDE_SUPERSEDE, 1, "\xff\xff\0\0", 4));
	CHECK(override_put(&edits, OVERRIDE_SUPERSEDE, 15, SECRET, 9));
	CHECK(override_put(&edits, OVERRIDE_PREPEND, 6, "\x0a\0\0\1", 4));
	CHECK(override_put(&edits, OVERRIDE_APPEND, 119, "\6secret\0", 8));
	CHECK(override_put(&edits, OVERRIDE_DEFAULT, 121,
			   "\x18\xc0\xa8\x07\x0a\0\0\1", 8));
	CHECK(override_put(&edits, OVERRIDE_REQUIRE, 3, NULL, 0));
	world.config.override = &edits;
	world_bind_as(&world, &reply);
	CHECK(world.kernel_length == 16);
	mask();
	check_masked();
}
END_TEST

/* Probes, announcements, questions to routers; a network with a name. */
START_TEST(arp_is_masked)
{
	struct dhcp4_event event = { .kind = DHCP4_EVENT_CARRIER,
				     .carrier.up = true };
	struct dhcp4_lease lease;

	world.config.acd = ACD_MODE_FAST;
	world.config.known_networks = true;
	world.config.network = (struct network_id){ 9, SECRET };
	world_start(&world);
	world_offer(&world);
	world_ack(&world);
	world_run(&world, S(3));
	world_event(&world, DHCP4_EVENT_CONFIGURED);
	world_arp(&world, ARP_OP_REPLY, SERVER, CLIENT);
	world_run(&world, S(9));
	lease = world.client.lease;
	lease.address = 0x0a010032;
	lease.router = lease.server_id = 0x0a010001;
	event.known.node[0] =
		(struct attach_node){ 2, lease.address, lease.router,
				      lease.router_hw };
	world_carrier(&world, false);
	world_step(&world, event);
	ck_assert_uint_ge(world.ask_count, 3);
	world_arp(&world, ARP_OP_REPLY, 0x0a010001, 0x0a010032);
	world_step(&world,
		   (struct dhcp4_event){ .kind = DHCP4_EVENT_LEASE_LOADED,
					 .lease_loaded = { .lease = &lease,
							   .usable = true,
							   .attached = true } });
	world_run(&world, S(9));
	ck_assert_uint_eq(world.kernel, 0x0a010032);
	mask();
	check_masked();
}
END_TEST

START_TEST(refused_replies_are_masked)
{
	struct reply reply;

	world_start(&world);
	reply = world_reply(&world, DHCP4_TYPE_OFFER);
	reply.mask = 0xff00ff00;
	world_refuses(&world, &reply, REJECT_MASK);
	reply = world_reply(&world, DHCP4_TYPE_OFFER);
	reply.yiaddr = 0x0a0000ff;
	world_refuses(&world, &reply, REJECT_ADDRESS);
	reply.yiaddr = 0x0a000000;
	world_refuses(&world, &reply, REJECT_ADDRESS);
	reply.yiaddr = 0xe0000001;
	world_refuses(&world, &reply, REJECT_ADDRESS);
	reply = world_reply(&world, DHCP4_TYPE_OFFER);
	reply.server_id = 0x7f000001;
	world_refuses(&world, &reply, REJECT_SERVER_ID);
	reply = world_reply(&world, DHCP4_TYPE_OFFER);
	reply.chaddr[5]++;
	world_refuses(&world, &reply, REJECT_CHADDR);
	reply = world_reply(&world, DHCP4_TYPE_OFFER);
	reply.client_id.bytes[5]++;
	world_refuses(&world, &reply, REJECT_CLIENT_ID);
	world_offer(&world);
	reply = world_reply(&world, DHCP4_TYPE_NAK);
	reply.server_id = OTHER;
	world_refuses(&world, &reply, REJECT_OTHER_SERVER);
	mask();
	check_masked();
}
END_TEST

/* No mask: the class's, which has to be the class's afterwards. */
START_TEST(guessed_masks_are_masked)
{
	struct reply reply = world_reply(&world, DHCP4_TYPE_ACK);

	reply.mask = 0;
	reply.yiaddr = 0x0affffff; /* a broadcast by its class */
	world_start(&world);
	reply.type = DHCP4_TYPE_OFFER;
	reply.xid = world.client.xid;
	world_refuses(&world, &reply, REJECT_ADDRESS);
	reply.yiaddr = 0xc0a80132;
	world_receive(&world, &reply);
	world_ack(&world);
	mask();
	check_masked();
}
END_TEST

START_TEST(a_new_identity_is_masked)
{
	world_bind(&world);
	world.config.hwaddr.bytes[5] = '3';
	world.config.client_id.bytes[9] = 'T';
	world_step(&world, (struct dhcp4_event){ .kind = DHCP4_EVENT_RECONFIGURE,
						 .reconfigure.identity = true });
	world_offer(&world);
	world_ack(&world);
	mask();
	check_masked();
}
END_TEST

START_TEST(offers_are_masked)
{
	struct reply reply;

	world.config.offer_window_ns = S(2);
	world.config.requested_address = CLIENT_2;
	world_start(&world);
	world_offer(&world);
	reply = world_reply(&world, DHCP4_TYPE_OFFER);
	reply.server_id = OTHER;
	reply.yiaddr = CLIENT;
	world_receive(&world, &reply);
	/* It begins with a snapshot that has them, or has another later. */
	if (_i)
		tape_attach(&tape, &world);
	else
		world.config.mtu--;
	world_tick(&world);
	world_ack(&world);
	mask();
	CHECK(!tells_address(OTHER) && !tells_address(CLIENT_2));
	check_masked();
}
END_TEST

/* Where a route leads to is a network afterwards, as its length says. */
START_TEST(routes_stay_networks)
{
	static const uint8_t routes[] = { 121, 8, 22, 192, 168, 4, 10, 0, 0, 1 };
	struct reply reply = world_reply(&world, DHCP4_TYPE_ACK);
	struct dhcp4_snapshot end;
	struct option_value value;

	reply.options = routes;
	reply.options_size = sizeof(routes);
	world_bind_as(&world, &reply);
	for (uint8_t i = 0; i < 20; i++) {
		tape_save(&tape, &world);
		mask_file(&tape.file, (const uint8_t[32]){ i, 9 }, &masked,
			  &failure, &again);
		CHECK(!failure.what);
		tape_replay(&masked, &end);
		CHECK(dhcp4_options_get(&end.client.lease.options, 121, &value));
		CHECK((value.bytes[3] & 3) == 0);
		file_free(&masked);
	}
}
END_TEST

/*
 * Names of one letter: there are keys that make one of two. The client would take
 * itself for the same then, and go another way.
 */
START_TEST(a_key_that_changes_the_way_is_refused)
{
	unsigned refused = 0;

	world.config.requested_address = 0;
	world.config.client_id = (struct client_id){ 2, { 0, 'a' } };
	world_bind(&world);
	world.config.client_id.bytes[1] = 'b';
	world_carrier(&world, false);
	tape_save(&tape, &world);
	for (uint8_t i = 0; i < 200; i++) {
		mask_file(&tape.file, (const uint8_t[32]){ i, 8 }, &masked,
			  &failure, &again);
		if (failure.what) {
			refused++;
			CHECK(again && !failure.diverges);
			ck_assert_uint_eq(failure.event, 6);
			ck_assert_ptr_null(masked.bytes);
		}
		file_free(&masked);
	}
	CHECK(refused > 0 && refused < 30);
}
END_TEST

/* Who, and when, is not told either. */
START_TEST(the_header_is_masked)
{
	struct recording_header header;
	struct reader records;

	world_bind(&world);
	mask();
	CHECK(recording_open(masked.bytes, masked.size, &header, &records) ==
	      RECORDING_ERROR_NONE);
	CHECK(header.masked && header.saved_wall_s == 0);
	ck_assert_uint_eq(strlen(header.interface), 4);
	ck_assert_str_ne(header.interface, "eth0");
	ck_assert_str_eq(header.version, "1.2.3");
	file_free(&masked);
}
END_TEST

/* Alters an octet of the file, and puts the sum right. */
static void alter(size_t at, uint8_t octet)
{
	struct writer w = writer_over(tape.octets + tape.file.size - 4, 4);

	tape.octets[at] = octet;
	writer_u32(&w, sum_crc32(tape.octets, tape.file.size - 4));
}

START_TEST(what_diverges_is_not_masked)
{
	static const uint8_t name[] = "\x13" SECRET "." SECRET;
	uint8_t *at;

	world_bind(&world);
	tape_save(&tape, &world);
	at = memmem(tape.octets, tape.file.size, name, sizeof(name) - 1);
	CHECK(at);
	alter((size_t)(at - tape.octets) + 1, 'T');
	ck_assert_int_eq(mask_file(&tape.file, key, &masked, &failure, &again),
			 0);
	CHECK(failure.what && failure.diverges && !again);
	ck_assert_uint_eq(failure.event, 2); /* its DISCOVER has the name */
	ck_assert_ptr_null(masked.bytes);
}
END_TEST

START_TEST(what_is_damaged_is_not_masked)
{
	world_bind(&world);
	tape_save(&tape, &world);
	tape.octets[50]++;
	ck_assert_int_eq(mask_file(&tape.file, key, &masked, &failure, &again),
			 0);
	CHECK(failure.what && !failure.diverges && !again);
	ck_assert_ptr_null(masked.bytes);
}
END_TEST

/* It begins with a snapshot, or it is none: replaying refuses it, too. */
START_TEST(nothing_is_not_masked)
{
	static const struct recording_header header = { .version = "1.2.3" };
	struct writer w = writer_over(tape.octets, sizeof(tape.octets));

	recording_begin(&w, &header);
	recording_end(&w);
	ck_assert_int_eq(mask_file(&(struct file){ w.start, w.used }, key,
				   &masked, &failure, &again),
			 0);
	CHECK(failure.what && !failure.diverges && !again);
	ck_assert_ptr_null(masked.bytes);
}
END_TEST

/* An address that the key leaves what it is: the caller may take another key. */
START_TEST(kept_addresses_are_told)
{
	struct reply reply;

	world.config.requested_address = 0;
	world_start(&world);
	reply = world_reply(&world, DHCP4_TYPE_OFFER);
	reply.yiaddr = 0x01000001;
	reply.mask = 0xff000000;
	world_receive(&world, &reply);
	mask();
	CHECK(!failure.what && again);
	file_free(&masked);
}
END_TEST

Suite *test_mask_suite(void)
{
	Suite *suite = suite_create("mask");
	TCase *tcase = tcase_create("mask");

	tcase_add_checked_fixture(tcase, set_up, NULL);
	tcase_add_loop_test(tcase, every_place_can_be_masked, 0, PLACES);
	tcase_add_loop_test(tcase, conflict_detection_is_masked, 0,
			    ACD_MODE_COUNT);
	tcase_add_loop_test(tcase, fallbacks_are_masked, 0, FALLBACK_MODE_COUNT);
	tcase_add_test(tcase, replies_are_masked);
	tcase_add_test(tcase, overrides_are_masked);
	tcase_add_test(tcase, arp_is_masked);
	tcase_add_test(tcase, refused_replies_are_masked);
	tcase_add_test(tcase, guessed_masks_are_masked);
	tcase_add_test(tcase, a_new_identity_is_masked);
	tcase_add_loop_test(tcase, offers_are_masked, 0, 2);
	tcase_add_test(tcase, routes_stay_networks);
	tcase_add_test(tcase, a_key_that_changes_the_way_is_refused);
	tcase_add_test(tcase, the_header_is_masked);
	tcase_add_test(tcase, what_diverges_is_not_masked);
	tcase_add_test(tcase, what_is_damaged_is_not_masked);
	tcase_add_test(tcase, nothing_is_not_masked);
	tcase_add_test(tcase, kept_addresses_are_told);
	suite_add_tcase(suite, tcase);
	return suite;
}
