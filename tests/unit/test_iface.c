/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The bridge between wake-ups and the core, on ops that only take notes. What the
 * core decides is not tested here; what reaches it, and what becomes of it, is.
 */
#include <check.h>
#include <errno.h>
#include <string.h>

#include "daemon/iface.h"
#include "unit/support.h"

Suite *test_iface_suite(void);

#define IFACES (PACER_BURST + 3)

/* Interfaces of one process at one instant, and what their ops were told. */
static struct fixture {
	struct iface_host host;
	struct iface ifaces[IFACES];
	struct world world; /* for its configuration and its replies */
	nsec now;
	int error; /* of each op that may fail */

	unsigned sent, listens, unlistens, configures;
	unsigned listens_any, unlistens_any;
	unsigned watches, unwatches, arps, adds, removes;
	int send_error;
	uint32_t xid; /* listened for when the last packet left; 0: none */
	nsec deadline;
	unsigned notices[DHCP4_NOTICE_KINDS];
} f;

static int send_any(void)
{
	f.sent++;
	f.xid = f.ifaces[0].want.listen ? f.ifaces[0].want.xid : 0;
	return -f.error;
}

static int send_broadcast(struct iface *i, const void *packet, size_t size)
{
	(void)i, (void)packet, (void)size;
	return send_any();
}

static int send_unicast(struct iface *i, const struct dhcp4_effect *effect)
{
	(void)i, (void)effect;
	return send_any();
}

static int configure(struct iface *i, const struct dhcp4_lease *lease, nsec now)
{
	(void)i, (void)lease, (void)now;
	f.configures++;
	return -f.error;
}

static void deconfigure(struct iface *i, enum dhcp4_loss why, nsec now)
{
	(void)i, (void)why, (void)now;
}

static void save_lease(struct iface *i, nsec now)
{
	(void)i, (void)now;
}

static void forget_lease(struct iface *i)
{
	(void)i;
}

static int add_fallback(struct iface *i, const struct dhcp4_effect *effect)
{
	(void)i;
	ck_assert_uint_eq(effect->fallback.prefix_length, 16);
	f.adds++;
	return -f.error;
}

static void remove_fallback(struct iface *i, nsec now)
{
	(void)i, (void)now;
	f.removes++;
}

static int send_arp(struct iface *i, const struct dhcp4_effect *effect)
{
	(void)i, (void)effect;
	f.arps++;
	return -f.error;
}

static int watch(struct iface *i, ipv4_addr address)
{
	(void)i, (void)address;
	f.watches++;
	return -f.error;
}

static void unwatch(struct iface *i, ipv4_addr address)
{
	(void)i, (void)address;
	f.unwatches++;
}

static void notify(struct iface *i, const struct dhcp4_notice *notice, nsec now)
{
	(void)i, (void)now;
	f.notices[notice->kind]++;
}

static void sent(struct iface *i, const struct dhcp4_effect *effect, int error)
{
	(void)i, (void)effect;
	f.send_error = error;
}

static int listen_to(struct iface *i, uint32_t xid)
{
	(void)i, (void)xid;
	f.listens++;
	return -f.error;
}

static void unlisten(struct iface *i, uint32_t xid)
{
	(void)i, (void)xid;
	f.unlistens++;
}

static void set_deadline(struct iface *i, nsec deadline)
{
	(void)i;
	f.deadline = deadline;
}

static int listen_any(struct iface *i)
{
	(void)i;
	f.listens_any++;
	return -f.error;
}

static void unlisten_any(struct iface *i)
{
	(void)i;
	f.unlistens_any++;
}

static const struct iface_ops ops = {
	.send_broadcast = send_broadcast,
	.send_unicast = send_unicast,
	.configure = configure,
	.deconfigure = deconfigure,
	.add_fallback = add_fallback,
	.remove_fallback = remove_fallback,
	.send_arp = send_arp,
	.watch = watch,
	.unwatch = unwatch,
	.save_lease = save_lease,
	.forget_lease = forget_lease,
	.notify = notify,
	.sent = sent,
	.listen = listen_to,
	.unlisten = unlisten,
	.set_deadline = set_deadline,
	.listen_any = listen_any,
	.unlisten_any = unlisten_any,
};

static void setup(void)
{
	static const uint8_t seed[32] = { 1 };

	for (unsigned n = 0; n < IFACES; n++)
		iface_free(&f.ifaces[n]);
	memset(&f, 0, sizeof(f));
	world_init(&f.world, 1);
	f.now = f.world.now;
	f.deadline = NSEC_NEVER;
	f.host.ops = &ops;
	for (unsigned n = 0; n < IFACES; n++) {
		f.ifaces[n].config = f.world.config;
		iface_init(&f.ifaces[n], &f.host, seed);
	}
}

static void start(struct iface *i)
{
	iface_carrier(i, true, f.now);
	iface_start(i, f.now);
}

/* A reply of the usual server to the first interface. */
static void hear(enum dhcp4_type type)
{
	struct reply reply = world_reply(&f.world, type);
	uint8_t packet[DHCP4_PACKET_MAX];

	reply.xid = f.ifaces[0].client->xid;
	iface_frame(&f.ifaces[0], packet, reply_write(&reply, packet), false,
		    &f.world.server_hw, f.now);
}

static void tick(void)
{
	ck_assert(f.deadline != NSEC_NEVER);
	f.now = f.deadline;
	iface_tick(&f.ifaces[0], f.now);
}

/* ---- wants ------------------------------------------------------------- */

START_TEST(deadline_moves_both_ways)
{
	nsec retransmission;

	start(&f.ifaces[0]);
	retransmission = f.deadline;
	ck_assert(retransmission < f.now + S(6));
	hear(DHCP4_TYPE_OFFER);
	hear(DHCP4_TYPE_ACK);
	ck_assert(f.deadline > f.now + S(1700)); /* T1 */
	iface_renew(&f.ifaces[0], f.now);
	ck_assert(f.deadline > retransmission);
	ck_assert(f.deadline < f.now + S(1700));
	iface_stop(&f.ifaces[0], true, f.now);
	ck_assert(f.deadline == NSEC_NEVER);
}
END_TEST

START_TEST(listens_before_it_sends)
{
	start(&f.ifaces[0]);
	ck_assert_uint_eq(f.sent, 1);
	ck_assert_uint_eq(f.xid, f.ifaces[0].client->xid);
	hear(DHCP4_TYPE_OFFER);
	ck_assert_uint_eq(f.listens, 1);
	ck_assert_uint_eq(f.unlistens, 0);
	hear(DHCP4_TYPE_ACK);
	ck_assert_uint_eq(f.unlistens, 1);
}
END_TEST

START_TEST(listens_to_the_transaction_in_flight)
{
	struct dhcp4_lease lease = world_lease(&f.world, 3600);
	uint32_t rebooting;

	iface_load_lease(&f.ifaces[0], &lease, false, false, f.now);
	start(&f.ifaces[0]);
	rebooting = f.xid;
	while (f.ifaces[0].client->state == DHCP4_STATE_REBOOTING)
		tick();
	ck_assert_uint_ne(f.xid, rebooting);
	ck_assert_uint_eq(f.xid, f.ifaces[0].client->xid);
	ck_assert_uint_eq(f.listens, 2);
	ck_assert_uint_eq(f.unlistens, 1);
}
END_TEST

START_TEST(socket_that_cannot_be_had_is_asked_for_again)
{
	f.error = EMFILE;
	start(&f.ifaces[0]);
	ck_assert_uint_gt(f.listens, 0);
	ck_assert_uint_eq(f.xid, 0);
	f.error = 0;
	tick();
	ck_assert_uint_eq(f.xid, f.ifaces[0].client->xid);
	ck_assert_uint_eq(f.unlistens, 0);
}
END_TEST

/* Hears an ACK with a nonce, of which a FORCERENEW could prove to know. */
static void hear_nonce(void)
{
	static const uint8_t nonce[] = { 90, 28, 3, 1, 0, 0, 0, 0, 0, 0,
					 0,  0,	 1, 1, 1, 2, 3, 4, 5, 6,
					 7,  8,	 9, 8, 7, 6, 5, 4, 3, 2 };
	struct reply reply = world_reply(&f.world, DHCP4_TYPE_ACK);
	uint8_t packet[DHCP4_PACKET_MAX];

	reply.xid = f.ifaces[0].client->xid;
	reply.options = nonce;
	reply.options_size = sizeof(nonce);
	iface_frame(&f.ifaces[0], packet, reply_write(&reply, packet), false,
		    &f.world.server_hw, f.now);
}

START_TEST(who_can_be_called_upon_listens)
{
	f.ifaces[0].config.force_renew = true;
	start(&f.ifaces[0]);
	hear(DHCP4_TYPE_OFFER);
	hear_nonce();
	ck_assert_uint_eq(f.listens_any, 1);
	iface_renew(&f.ifaces[0], f.now);
	ck_assert_uint_eq(f.unlistens_any, 1);
	f.error = EMFILE;
	hear(DHCP4_TYPE_ACK);
	ck_assert_uint_ge(f.listens_any, 2);
	f.error = 0;
	iface_renew(&f.ifaces[0], f.now);
	ck_assert_uint_eq(f.unlistens_any, 1);
}
END_TEST

/* ---- what it takes ------------------------------------------------------ */

/* Whatever a lease holds is there as long as it is held, and no longer. */
START_TEST(a_long_lease_takes_more_memory)
{
	struct dhcp4_lease lease = world_lease(&f.world, 3600);
	struct iface *i = &f.ifaces[0];
	const size_t usual = i->room;
	uint8_t octets[800];

	memset(octets, 'a', sizeof(octets));
	CHECK(dhcp4_options_append(&lease.options, 224, octets, sizeof(octets)));
	iface_load_lease(i, &lease, true, true, f.now);
	start(i);
	ck_assert_uint_eq(i->client->lease.options.used, lease.options.used);
	ck_assert_mem_eq(i->client->lease.options.bytes, lease.options.bytes,
			 lease.options.used);
	ck_assert_uint_eq(i->room, lease.options.used);
	ck_assert_int_eq(iface_init(i, &f.host, (const uint8_t[32]){ 2 }), 0);
	ck_assert_uint_eq(i->room, usual);
	ck_assert_uint_eq(i->client->lease.options.used, 0);
	iface_free(i);
	ck_assert_ptr_null(i->client);
}
END_TEST

/* ---- what fails -------------------------------------------------------- */

START_TEST(a_missing_key_fails_the_send)
{
	struct dhcp4_lease lease = world_lease(&f.world, 3600);

	lease.auth = DHCP4_AUTH_DELAYED;
	f.ifaces[0].config.auth = DHCP4_AUTH_DELAYED;
	iface_load_lease(&f.ifaces[0], &lease, true, true, f.now);
	start(&f.ifaces[0]);
	ck_assert_int_eq(f.send_error, ENOKEY);
	ck_assert_uint_eq(f.sent, 0);
	ck_assert_uint_eq(f.ifaces[0].client->counters.send_failed, 1);
	while (f.ifaces[0].client->state == DHCP4_STATE_REBOOTING)
		tick();
	ck_assert_int_eq(f.send_error, 0);
	ck_assert_uint_eq(f.sent, 1);
}
END_TEST

START_TEST(failed_send_is_told)
{
	f.error = ENETDOWN;
	start(&f.ifaces[0]);
	ck_assert_int_eq(f.send_error, ENETDOWN);
	ck_assert_uint_eq(f.ifaces[0].client->counters.send_failed, 1);
	f.error = 0;
	tick();
	ck_assert_int_eq(f.send_error, 0);
	ck_assert_uint_eq(f.ifaces[0].client->counters.send_failed, 1);
}
END_TEST

START_TEST(refusal_at_once_is_told)
{
	start(&f.ifaces[0]);
	hear(DHCP4_TYPE_OFFER);
	f.error = ENOBUFS;
	hear(DHCP4_TYPE_ACK);
	ck_assert_uint_eq(f.notices[DHCP4_NOTICE_CONFIGURE_FAILED], 1);
	ck_assert(f.deadline <= f.now + S(1));
	f.error = 0;
	tick();
	ck_assert_uint_eq(f.configures, 2);
	ck_assert_uint_eq(f.notices[DHCP4_NOTICE_CONFIGURE_FAILED], 1);
}
END_TEST

START_TEST(answer_of_the_kernel_is_told)
{
	start(&f.ifaces[0]);
	hear(DHCP4_TYPE_OFFER);
	hear(DHCP4_TYPE_ACK);
	iface_configured(&f.ifaces[0], EPERM, f.now);
	ck_assert_uint_eq(f.notices[DHCP4_NOTICE_CONFIGURE_FAILED], 1);
	ck_assert_uint_eq(f.notices[DHCP4_NOTICE_READY], 0);
	tick();
	iface_configured(&f.ifaces[0], 0, f.now);
	ck_assert_uint_eq(f.notices[DHCP4_NOTICE_READY], 1);
}
END_TEST

/* ---- what reaches the core ---------------------------------------------- */

START_TEST(lease_in_the_kernel_is_held)
{
	struct dhcp4_lease lease = world_lease(&f.world, 3600);

	iface_load_lease(&f.ifaces[0], &lease, true, false, f.now);
	ck_assert_int_eq(f.ifaces[0].client->tenure, DHCP4_TENURE_HELD);
	ck_assert(!f.ifaces[0].client->usable);
	iface_load_lease(&f.ifaces[1], &lease, false, true, f.now);
	ck_assert_int_eq(f.ifaces[1].client->tenure, DHCP4_TENURE_REMEMBERED);
	ck_assert(f.ifaces[1].client->usable);
}
END_TEST

START_TEST(release_is_told_from_stop)
{
	for (unsigned n = 0; n < 2; n++) {
		setup();
		start(&f.ifaces[0]);
		hear(DHCP4_TYPE_OFFER);
		hear(DHCP4_TYPE_ACK);
		iface_stop(&f.ifaces[0], n == 1, f.now);
		ck_assert_uint_eq(f.sent, 2 + n);
	}
}
END_TEST

/* ---- the fallback ---------------------------------------------------------- */

static void reach_fallback(void)
{
	f.ifaces[0].config.fallback.mode = FALLBACK_MODE_LINKLOCAL;
	start(&f.ifaces[0]);
	while (!f.adds)
		tick();
}

START_TEST(fallback_is_watched_added_and_removed)
{
	reach_fallback();
	ck_assert_uint_eq(f.watches, 1);
	ck_assert_uint_eq(f.unwatches, 0);
	iface_fallback_configured(&f.ifaces[0], 0, f.now);
	ck_assert_uint_eq(f.notices[DHCP4_NOTICE_FALLBACK_READY], 1);
	hear(DHCP4_TYPE_OFFER);
	hear(DHCP4_TYPE_ACK);
	ck_assert_uint_eq(f.removes, 1);
	ck_assert_uint_eq(f.unwatches, 1);
	ck_assert_uint_eq(f.notices[DHCP4_NOTICE_FALLBACK_ENDED], 1);
}
END_TEST

START_TEST(refusal_of_a_fallback_is_told)
{
	f.ifaces[0].config.fallback.mode = FALLBACK_MODE_LINKLOCAL;
	start(&f.ifaces[0]);
	f.error = ENOMEM;
	while (!f.adds)
		tick();
	ck_assert_uint_eq(f.notices[DHCP4_NOTICE_FALLBACK_FAILED], 1);
	f.error = 0;
	while (f.adds < 2)
		tick();
	iface_fallback_configured(&f.ifaces[0], EPERM, f.now);
	ck_assert_uint_eq(f.notices[DHCP4_NOTICE_FALLBACK_FAILED], 2);
	ck_assert_uint_eq(f.notices[DHCP4_NOTICE_FALLBACK_READY], 0);
}
END_TEST

START_TEST(fallback_that_was_found_is_told)
{
	start(&f.ifaces[0]);
	iface_fallback_found(&f.ifaces[0], 0xa9fe0101, f.now);
	ck_assert_uint_eq(f.removes, 1);
}
END_TEST

/* ---- pacing -------------------------------------------------------------- */

START_TEST(many_starts_are_paced)
{
	const nsec gap = NSEC_PER_S / PACER_RATE;

	for (unsigned n = 0; n < PACER_BURST; n++)
		start(&f.ifaces[n]);
	ck_assert_uint_eq(f.sent, PACER_BURST);
	/* What fills the bucket, and what finds it full. */
	start(&f.ifaces[PACER_BURST]);
	start(&f.ifaces[PACER_BURST + 1]);
	ck_assert(f.deadline == f.now + gap);
	start(&f.ifaces[PACER_BURST + 2]);
	ck_assert(f.deadline == f.now + 2 * gap);
	ck_assert_uint_eq(f.sent, PACER_BURST + 1);
}
END_TEST

START_TEST(bucket_empties_with_time)
{
	for (unsigned n = 0; n <= PACER_BURST; n++)
		start(&f.ifaces[n]);
	f.now += S(1);
	start(&f.ifaces[PACER_BURST + 1]);
	ck_assert_uint_eq(f.sent, PACER_BURST + 2);
}
END_TEST

Suite *test_iface_suite(void)
{
	Suite *suite = suite_create("iface");
	TCase *tcase = tcase_create("iface");

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_test(tcase, a_long_lease_takes_more_memory);
	tcase_add_test(tcase, deadline_moves_both_ways);
	tcase_add_test(tcase, listens_before_it_sends);
	tcase_add_test(tcase, listens_to_the_transaction_in_flight);
	tcase_add_test(tcase, socket_that_cannot_be_had_is_asked_for_again);
	tcase_add_test(tcase, who_can_be_called_upon_listens);
	tcase_add_test(tcase, failed_send_is_told);
	tcase_add_test(tcase, a_missing_key_fails_the_send);
	tcase_add_test(tcase, refusal_at_once_is_told);
	tcase_add_test(tcase, answer_of_the_kernel_is_told);
	tcase_add_test(tcase, lease_in_the_kernel_is_held);
	tcase_add_test(tcase, release_is_told_from_stop);
	tcase_add_test(tcase, fallback_is_watched_added_and_removed);
	tcase_add_test(tcase, refusal_of_a_fallback_is_told);
	tcase_add_test(tcase, fallback_that_was_found_is_told);
	tcase_add_test(tcase, many_starts_are_paced);
	tcase_add_test(tcase, bucket_empties_with_time);
	suite_add_tcase(suite, tcase);
	return suite;
}
