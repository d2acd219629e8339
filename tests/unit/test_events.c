/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Events: what subscribers read, made into a view, is what is. On the real core,
 * with replies, refusals and removals in any order.
 */
#include "daemon/events.h"

#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/prng.h"
#include "core/names.h"
#include "daemon/report_list.h"
#include "daemon/subscription.h"
#include "unit/support.h"

Suite *test_events_suite(void);

#define MANAGED	    3
#define VIEWERS_MAX 8

/* ---- a daemon ------------------------------------------------------------- */

static struct fixture {
	struct daemon daemon;
	struct managed managed[MANAGED], *list[MANAGED];
	struct iface_settings settings;
	struct world world; /* for its configuration and its replies */
	struct events events;
	nsec now;
	int send_error;
} f;

static int send_broadcast(struct iface *i, const void *packet, size_t size)
{
	(void)i, (void)packet, (void)size;
	return -f.send_error;
}

static int send_effect(struct iface *i, const struct dhcp4_effect *effect)
{
	(void)i, (void)effect;
	return -f.send_error;
}

static int configure(struct iface *i, const struct dhcp4_lease *lease, nsec now)
{
	(void)i, (void)lease, (void)now;
	return 0;
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

static int watch(struct iface *i, uint32_t what)
{
	(void)i, (void)what;
	return 0;
}

static void unwatch(struct iface *i, uint32_t what)
{
	(void)i, (void)what;
}

static void set_deadline(struct iface *i, nsec deadline)
{
	(void)i, (void)deadline;
}

static void notify(struct iface *i, const struct dhcp4_notice *notice, nsec now)
{
	if (notice->kind != DHCP4_NOTICE_REJECTED)
		events_notice(&f.events, managed_of(i), notice, now);
}

static void sent(struct iface *i, const struct dhcp4_effect *effect, int error)
{
	events_sent(&f.events, managed_of(i), effect, error, f.now);
}

static void stepped(struct iface *i, nsec now)
{
	events_stepped(&f.events, managed_of(i), now);
}

static const struct iface_ops ops = {
	.send_broadcast = send_broadcast,
	.send_unicast = send_effect,
	.send_arp = send_effect,
	.configure = configure,
	.deconfigure = deconfigure,
	.save_lease = save_lease,
	.forget_lease = forget_lease,
	.notify = notify,
	.sent = sent,
	.stepped = stepped,
	.listen = watch,
	.unlisten = unwatch,
	.watch = watch,
	.unwatch = unwatch,
	.set_deadline = set_deadline,
};

static void make(unsigned n)
{
	static const enum acd_mode modes[MANAGED] = { ACD_MODE_OFF, ACD_MODE_FAST,
						      ACD_MODE_STRICT };
	uint8_t seed[32] = { (uint8_t)n, 1 };
	struct managed *m = f.daemon.managed_count + f.managed;

	ASSERT(n == f.daemon.managed_count);
	f.list[f.daemon.managed_count++] = m;
	m->daemon = &f.daemon;
	m->settings = &f.settings;
	m->iface.config = f.world.config;
	m->iface.config.acd = modes[n];
	m->iface.ifindex = (int)n + 2;
	snprintf(m->iface.name, sizeof(m->iface.name), "eth%u", n);
	iface_init(&m->iface, &f.daemon.host, seed);
}

static void set_up(void)
{
	memset(&f, 0, sizeof(f));
	world_init(&f.world, 1);
	f.now = f.world.now;
	f.settings.route_policy = route_policy_all;
	f.daemon.host.ops = &ops;
	f.daemon.managed = f.list;
	f.events.daemon = &f.daemon;
	for (unsigned n = 0; n < MANAGED; n++)
		make(n);
}

static struct dhcp4_client *client(unsigned n)
{
	return f.managed[n].iface.client;
}

static void start(unsigned n)
{
	iface_carrier(&f.managed[n].iface, true, f.now);
	iface_start(&f.managed[n].iface, f.now);
}

/* A reply to the transaction under way, for an address. */
static void hear(unsigned n, enum dhcp4_type type, ipv4_addr yiaddr)
{
	struct reply reply = world_reply(&f.world, type);
	uint8_t packet[DHCP4_PACKET_MAX];

	reply.xid = client(n)->xid;
	if (yiaddr)
		reply.yiaddr = yiaddr;
	iface_frame(&f.managed[n].iface, packet, reply_write(&reply, packet),
		    false, &f.world.server_hw, f.now);
}

static void tick(unsigned n)
{
	nsec deadline = f.managed[n].iface.want.deadline;

	if (deadline == NSEC_NEVER)
		return;
	f.now = nsec_max(f.now, deadline);
	iface_tick(&f.managed[n].iface, f.now);
}

static void bind_fully(unsigned n)
{
	start(n);
	while (client(n)->state != DHCP4_STATE_SELECTING)
		tick(n);
	hear(n, DHCP4_TYPE_OFFER, 0);
	hear(n, DHCP4_TYPE_ACK, 0);
	while (client(n)->state != DHCP4_STATE_BOUND)
		tick(n);
	iface_configured(&f.managed[n].iface, 0, f.now);
}

/* ---- a viewer --------------------------------------------------------------- */

struct view {
	char state[16], link[16], lease[16], address[16];
	bool there;
};

static struct viewer {
	struct subscription *s;
	char out[2 * SUBSCRIPTION_OCTETS_MAX];
	size_t used;
	json_int_t sequence;
	bool ready;
	char kinds[65536]; /* names of all events in a row */
	uint64_t lost;
	struct view views[MANAGED + 1]; /* by the digit of the name */
	json_t *last;
} viewers[VIEWERS_MAX];

static int write_out(const char *bytes, size_t size, void *data)
{
	struct viewer *v = data;

	ck_assert_uint_le(v->used + size, sizeof(v->out));
	memcpy(v->out + v->used, bytes, size);
	v->used += size;
	return 0;
}

static void copy(char to[16], const json_t *value)
{
	snprintf(to, 16, "%s",
		 json_is_string(value) ? json_string_value(value) : "");
}

/* As the description of the type Event says. */
static void apply(struct viewer *v, const json_t *event)
{
	const char *kind = json_string_value(json_object_get(event, "kind"));
	const char *name = json_string_value(json_object_get(event, "interface"));
	const json_t *lease = json_object_get(event, "lease");
	const json_t *address = json_object_get(event, "address");
	struct view *view = &v->views[name ? name[3] - '0' : MANAGED];

	if (!strcmp(kind, "present") || !strcmp(kind, "added") ||
	    !strcmp(kind, "changed")) {
		view->there = true;
		copy(view->state, json_object_get(event, "state"));
		copy(view->link, json_object_get(event, "reason"));
		copy(view->lease, json_object_get(lease, "address"));
		copy(view->address, address);
	} else if (!strcmp(kind, "removed")) {
		memset(view, 0, sizeof(*view));
	} else if (!strcmp(kind, "transition")) {
		copy(view->state, json_object_get(event, "state"));
	} else if (!strcmp(kind, "link")) {
		copy(view->link, json_object_get(event, "reason"));
		if (!strcmp(view->link, "back"))
			strcpy(view->link, "no-carrier");
	} else if (!strcmp(kind, "leased") || !strcmp(kind, "renewed")) {
		copy(view->lease, json_object_get(lease, "address"));
	} else if (!strcmp(kind, "configured")) {
		copy(view->address, address);
	} else if (!strcmp(kind, "unconfigured")) {
		*view->address = '\0';
	} else if (!strcmp(kind, "expired") || !strcmp(kind, "released") ||
		   !strcmp(kind, "lost")) {
		*view->address = *view->lease = '\0';
	} else if (!strcmp(kind, "dropped")) {
		memset(v->views, 0, sizeof(v->views));
		v->lost += (uint64_t)json_integer_value(
			json_object_get(event, "lost"));
		v->ready = false;
	} else if (!strcmp(kind, "ready")) {
		v->ready = true;
	}
	ck_assert(v->ready || !strcmp(kind, "present") ||
		  !strcmp(kind, "dropped"));
}

static void read_reply(struct viewer *v, const char *text)
{
	json_t *reply = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	const json_t *event =
		json_object_get(json_object_get(reply, "parameters"), "event");
	const char *kind = json_string_value(json_object_get(event, "kind"));

	ck_assert_msg(kind != NULL, "%s", text);
	ck_assert(json_is_true(json_object_get(reply, "continues")));
	ck_assert_int_eq(json_integer_value(json_object_get(event, "sequence")),
			 v->sequence++);
	ck_assert(json_is_string(json_object_get(event, "text")));
	if (strlen(v->kinds) + 32 < sizeof(v->kinds)) {
		strcat(v->kinds, *v->kinds ? " " : "");
		strcat(v->kinds, kind);
	}
	apply(v, event);
	json_decref(v->last);
	v->last = reply;
}

/* Takes what is written in one go; true if there is more. */
static bool sip(struct viewer *v)
{
	v->used = 0;
	ck_assert_int_eq(subscription_write(v->s, f.now, write_out, v), 0);
	for (size_t at = 0; at < v->used; at += strlen(v->out + at) + 1)
		read_reply(v, v->out + at);
	return subscription_has_output(v->s);
}

static void drink(struct viewer *v)
{
	while (sip(v))
		;
}

static void check_view(const struct viewer *v)
{
	char text[16];

	ck_assert(v->ready);
	for (unsigned n = 0; n < MANAGED; n++) {
		const struct managed *m = &f.managed[n];
		const struct dhcp4_client *c = client(n);
		const struct view *view = &v->views[n];
		bool leased = c->tenure == DHCP4_TENURE_HELD ||
			      c->tenure == DHCP4_TENURE_GRANTED;
		struct str s = str_over(text, sizeof(text));

		if (*v->s->interface && strcmp(v->s->interface, m->iface.name)) {
			ck_assert(!view->there);
			continue;
		}
		ck_assert(view->there);
		ck_assert_str_eq(view->state, dhcp4_state_name(c->state));
		ck_assert_str_eq(view->link, m->link.gone ? "gone"
					     : c->carrier ? "carrier"
							  : "no-carrier");
		if (leased)
			str_ipv4(&s, c->lease.address);
		ck_assert_str_eq(view->lease, leased ? text : "");
		ck_assert_str_eq(view->address,
				 leased && report_usable(m) ? text : "");
	}
}

static struct viewer *look(unsigned which, const char *interface)
{
	struct viewer *v = &viewers[which];

	memset(v, 0, sizeof(*v));
	ck_assert_int_eq(
		subscription_open(&v->s, &f.events, interface, which & 1), 0);
	return v;
}

static void look_away(struct viewer *v)
{
	subscription_close(v->s);
	json_decref(v->last);
	v->last = NULL;
	v->s = NULL;
}

static void tear_down(void)
{
	for (unsigned i = 0; i < VIEWERS_MAX; i++)
		look_away(&viewers[i]);
	ck_assert_uint_eq(f.events.count, 0);
	ck_assert_ptr_null(f.events.first);
}

static const json_t *last(const struct viewer *v, const char *key)
{
	return json_object_get(
		json_object_get(json_object_get(v->last, "parameters"), "event"),
		key);
}

/* Forgets which kinds were seen. */
static void expect_kinds(struct viewer *v, const char *kinds)
{
	drink(v);
	ck_assert_str_eq(v->kinds, kinds);
	*v->kinds = '\0';
	check_view(v);
}

/* ---- what is told ------------------------------------------------------------- */

START_TEST(present)
{
	struct viewer *all, *one;

	bind_fully(0);
	all = look(0, NULL);
	one = look(1, "eth0");
	expect_kinds(all, "present present present ready");
	ck_assert_str_eq(all->views[0].state, "BOUND");
	ck_assert_str_eq(all->views[0].address, "10.0.0.50");
	ck_assert_str_eq(all->views[1].state, "STOPPED");
	ck_assert_str_eq(all->views[1].link, "no-carrier");
	expect_kinds(one, "present ready");
	ck_assert(!subscription_has_output(one->s));
}
END_TEST

START_TEST(life)
{
	struct viewer *v = look(0, "eth0");

	expect_kinds(v, "present ready");
	start(0);
	expect_kinds(v, "link transition transition sent");
	tick(0);
	drink(v);
	ck_assert_str_eq(json_string_value(last(v, "packet")), "DISCOVER");
	ck_assert_int_eq(json_integer_value(last(v, "attempt")), 2);
	ck_assert_str_eq(json_string_value(last(v, "text")),
			 "DISCOVER sent, try 2");
	expect_kinds(v, "sent");
	hear(0, DHCP4_TYPE_OFFER, 0);
	expect_kinds(v, "offered transition sent");
	hear(0, DHCP4_TYPE_ACK, 0);
	expect_kinds(v, "leased transition");
	iface_configured(&f.managed[0].iface, 0, f.now);
	expect_kinds(v, "configured");
	while (client(0)->state != DHCP4_STATE_RENEWING)
		tick(0);
	hear(0, DHCP4_TYPE_ACK, 0);
	expect_kinds(v, "transition sent renewed transition");
	ck_assert_str_eq(json_string_value(last(v, "state")), "BOUND");
	ck_assert_str_eq(json_string_value(last(v, "from")), "RENEWING");
}
END_TEST

/* An end by itself and one by a message are told apart. */
START_TEST(expired_is_not_released)
{
	struct viewer *v = look(0, NULL);

	bind_fully(0);
	bind_fully(1);
	drink(v);
	while (client(0)->tenure != DHCP4_TENURE_NONE)
		tick(0);
	drink(v);
	ck_assert_ptr_nonnull(strstr(v->kinds, "expired"));
	ck_assert_ptr_null(strstr(v->kinds, "released"));
	check_view(v);
	*v->kinds = '\0';

	bind_fully(2);
	drink(v);
	*v->kinds = '\0';
	iface_stop(&f.managed[2].iface, true, f.now);
	drink(v);
	ck_assert_ptr_nonnull(strstr(v->kinds, "released"));
	ck_assert_ptr_nonnull(strstr(v->kinds, "stopped"));
	ck_assert_ptr_null(strstr(v->kinds, "expired"));
	check_view(v);
}
END_TEST

START_TEST(troubles)
{
	struct viewer *v = look(0, "eth0");

	bind_fully(0);
	drink(v);
	*v->kinds = '\0';
	iface_configured(&f.managed[0].iface, EPERM, f.now);
	expect_kinds(v, "trouble unconfigured");
	iface_configured(&f.managed[0].iface, 0, f.now);
	expect_kinds(v, "configured");
	f.send_error = ENOBUFS;
	iface_renew(&f.managed[0].iface, f.now);
	drink(v);
	ck_assert_ptr_nonnull(strstr(v->kinds, "trouble"));
	*v->kinds = '\0';
	f.send_error = 0;
	hear(0, DHCP4_TYPE_NAK, 0);
	drink(v);
	ck_assert_ptr_nonnull(strstr(v->kinds, "nak"));
	ck_assert_ptr_nonnull(strstr(v->kinds, "lost"));
}
END_TEST

START_TEST(members)
{
	struct viewer *v = look(0, NULL), *one = look(1, "eth1");
	struct managed *m = &f.managed[1];

	bind_fully(1);
	drink(v);
	drink(one);
	*v->kinds = *one->kinds = '\0';
	events_removed(&f.events, m, f.now);
	drink(v);
	ck_assert(!v->views[1].there);
	events_added(&f.events, m, f.now);
	expect_kinds(v, "removed added");
	ck_assert_str_eq(v->views[1].address, "10.0.0.50");
	expect_kinds(one, "removed added");
	events_changed(&f.events, m, f.now);
	expect_kinds(v, "changed");
	strcpy(m->iface.name, "eth3");
	events_renamed(&f.events, m, "eth1", f.now);
	drink(v);
	ck_assert_str_eq(v->kinds, "removed added");
	ck_assert(!v->views[1].there && v->views[3].there);
	drink(one);
	ck_assert_str_eq(one->kinds, "changed removed");
}
END_TEST

/* Whoever may not control sees no octets of options, whoever may, does. */
START_TEST(raw_options)
{
	struct viewer *plain = look(0, "eth0"), *raw = look(1, "eth0");
	const json_t *option;

	drink(plain);
	drink(raw);
	start(0);
	while (client(0)->state != DHCP4_STATE_SELECTING)
		tick(0);
	hear(0, DHCP4_TYPE_OFFER, 0);
	drink(plain);
	drink(raw);
	hear(0, DHCP4_TYPE_ACK, 0);
	ck_assert_uint_eq(plain->s->count, 2);
	/* What has no lease is encoded once for both. */
	ck_assert_ptr_ne(plain->s->ring[plain->s->first],
			 raw->s->ring[raw->s->first]);
	ck_assert_ptr_eq(plain->s->ring[plain->s->first + 1],
			 raw->s->ring[raw->s->first + 1]);
	/* The lease is in the first of two events. */
	drink(plain);
	drink(raw);
	look_away(plain);
	look_away(raw);
	plain = look(0, "eth0");
	raw = look(1, "eth0");
	plain->ready = raw->ready = true;
	subscription_write(plain->s, f.now, write_out, plain);
	read_reply(plain, plain->out);
	option = json_array_get(json_object_get(last(plain, "lease"), "options"),
				0);
	ck_assert(json_is_object(option));
	ck_assert(json_is_null(json_object_get(option, "raw")));
	subscription_write(raw->s, f.now, write_out, raw);
	read_reply(raw, raw->out);
	option = json_array_get(json_object_get(last(raw, "lease"), "options"),
				0);
	ck_assert(json_is_string(json_object_get(option, "raw")));
}
END_TEST

/* One encoding is shared by all, however many. */
START_TEST(encoded_once)
{
	for (unsigned i = 0; i < VIEWERS_MAX; i++)
		drink(look(i, NULL));
	iface_carrier(&f.managed[0].iface, true, f.now);
	for (unsigned i = 1; i < VIEWERS_MAX; i++)
		ck_assert_ptr_eq(viewers[0].s->ring[viewers[0].s->first],
				 viewers[i].s->ring[viewers[i].s->first]);
	ck_assert_uint_eq(viewers[0].s->ring[viewers[0].s->first]->references,
			  VIEWERS_MAX);
}
END_TEST

/* Nothing is done for nobody. */
START_TEST(nobody)
{
	struct viewer *v = look(0, NULL);

	look_away(v);
	bind_fully(0);
	events_changed(&f.events, &f.managed[0], f.now);
	ck_assert(!f.events.fresh);
	v = look(0, NULL);
	expect_kinds(v, "present present present ready");
}
END_TEST

/* ---- slow readers ---------------------------------------------------------------- */

static void flap(unsigned times)
{
	while (times--) {
		iface_carrier(&f.managed[0].iface, false, f.now);
		iface_carrier(&f.managed[0].iface, true, f.now);
	}
}

/* Events that were lost are counted, and a view is made anew. */
START_TEST(overflow)
{
	struct viewer *v = look(0, NULL);
	uint64_t lost;

	drink(v);
	bind_fully(0);
	drink(v);
	*v->kinds = '\0';
	flap(SUBSCRIPTION_EVENTS_MAX);
	ck_assert_uint_eq(v->s->count, 0);
	lost = v->s->lost;
	ck_assert_uint_gt(lost, 2 * SUBSCRIPTION_EVENTS_MAX);
	expect_kinds(v, "dropped present present present ready");
	ck_assert_uint_eq(v->lost, lost);
	iface_carrier(&f.managed[0].iface, false, f.now);
	drink(v);
	check_view(v);
	ck_assert_ptr_null(strstr(v->kinds, "dropped"));
}
END_TEST

START_TEST(octets_are_bounded)
{
	struct viewer *v = look(0, NULL);
	struct event *event = malloc(sizeof(*event) + 65536);

	drink(v);
	*event = (struct event){ .references = 1, .size = 65536 };
	for (unsigned i = 0; i < 4; i++)
		subscription_push(v->s, event);
	ck_assert_uint_eq(event->references, 5);
	ck_assert_uint_eq(v->s->octets, SUBSCRIPTION_OCTETS_MAX);
	subscription_push(v->s, event);
	ck_assert_uint_eq(event->references, 1);
	ck_assert_uint_eq(v->s->octets, 0);
	ck_assert_uint_eq(v->s->lost, 5);
	event_release(event);
	expect_kinds(v, "present present present ready dropped present present "
			"present ready");
}
END_TEST

/* No memory for an event: as if it was not taken in time. */
START_TEST(no_memory)
{
	struct viewer *v = look(0, NULL);

	drink(v);
	*v->kinds = '\0';
	subscription_push(v->s, NULL);
	expect_kinds(v, "dropped present present present ready");
	ck_assert_uint_eq(v->lost, 1);
}
END_TEST

/* Without anything lost a reader who stalls goes on as if it had not. */
START_TEST(stalled)
{
	struct viewer *v = look(0, NULL);

	drink(v);
	*v->kinds = '\0';
	subscription_stall(v->s);
	ck_assert(!subscription_has_output(v->s));
	ck_assert(!sip(v));
	iface_carrier(&f.managed[0].iface, true, f.now);
	expect_kinds(v, "link");
	subscription_stall(v->s);
	iface_carrier(&f.managed[0].iface, false, f.now);
	expect_kinds(v, "dropped present present present ready");
	ck_assert_uint_eq(v->lost, 1);
}
END_TEST

/* What happens while the present is told: before, with or after it. */
START_TEST(amid_the_present)
{
	struct viewer *v = look(0, NULL);
	struct event *event;

	for (unsigned n = 0; n < MANAGED; n++)
		bind_fully(n);
	/* eth0 is presented, no other one. */
	v->s->cursor = f.managed[0].told.serial;
	event = events_present(&f.managed[0], EVENT_PRESENT, false, f.now);
	event_write(event, 0, write_out, v);
	event_release(event);
	v->s->sequence = 1;
	read_reply(v, v->out);
	iface_carrier(&f.managed[0].iface, false, f.now);
	iface_carrier(&f.managed[2].iface, false, f.now);
	drink(v);
	ck_assert_ptr_nonnull(
		strstr(v->kinds, "present present present ready link"));
	ck_assert_ptr_null(strstr(strstr(v->kinds, "link") + 1, "link"));
	check_view(v);
}
END_TEST

/* ---- anything, in any order ---------------------------------------------------------- */

static const ipv4_addr addresses[] = { 0, CLIENT, CLIENT_2, 0x0a000040 };

static void disturb_link(struct prng *prng, unsigned n)
{
	struct managed *m = &f.managed[n];

	if (m->link.gone) {
		m->link.gone = false;
		start(n);
	} else if (prng_below(prng, 4) == 0) {
		m->link.gone = true;
		iface_gone(&m->iface, f.now);
	} else {
		iface_carrier(&m->iface, !client(n)->carrier, f.now);
	}
}

static void disturb_member(struct prng *prng, unsigned n)
{
	struct managed *m = &f.managed[n];

	if (prng_below(prng, 2)) {
		events_changed(&f.events, m, f.now);
	} else if (n == MANAGED - 1) {
		/* Only the last one: who is added comes last. */
		events_removed(&f.events, m, f.now);
		events_added(&f.events, m, f.now);
	}
}

static void load(struct prng *prng, unsigned n)
{
	struct dhcp4_lease lease = world_lease(&f.world, 600);
	nsec past = f.now - f.world.now;

	lease.granted_ns += past;
	lease.t1_ns += past;
	lease.t2_ns += past;
	lease.expiry_ns += past;
	if (client(n)->state == DHCP4_STATE_STOPPED &&
	    client(n)->tenure == DHCP4_TENURE_NONE)
		iface_load_lease(&f.managed[n].iface, &lease,
				 prng_below(prng, 2), true, f.now);
}

static void disturb(struct prng *prng)
{
	unsigned n = (unsigned)prng_below(prng, MANAGED);
	struct iface *i = &f.managed[n].iface;
	ipv4_addr address = addresses[prng_below(prng, ARRAY_SIZE(addresses))];

	f.now += prng_below(prng, 1000) * NSEC_PER_MS;
	switch (f.managed[n].link.gone ? 17 : prng_below(prng, 20)) {
	case 0:
		iface_start(i, f.now);
		break;
	case 1:
		iface_stop(i, prng_below(prng, 2), f.now);
		break;
	case 2:
	case 3:
	case 4:
		hear(n, DHCP4_TYPE_OFFER, address);
		break;
	case 5:
	case 6:
	case 7:
		hear(n, DHCP4_TYPE_ACK, address);
		break;
	case 8:
		hear(n, DHCP4_TYPE_NAK, 0);
		break;
	case 9:
	case 10:
		iface_configured(i, prng_below(prng, 3) ? 0 : EPERM, f.now);
		break;
	case 11:
		iface_address_lost(
			i, (enum dhcp4_address_lost)prng_below(prng, 4), f.now);
		break;
	case 12:
		iface_renew(i, f.now);
		break;
	case 13:
		load(prng, n);
		break;
	case 14:
		iface_resumed(i, f.now);
		break;
	case 15:
		disturb_member(prng, n);
		break;
	case 16:
		iface_moved(i, f.now);
		break;
	case 17:
		disturb_link(prng, n);
		break;
	default:
		tick(n);
		break;
	}
}

/* A random reader: reads all, some, or nothing; some come and go. */
static void read_somehow(struct prng *prng, struct viewer *v, unsigned which)
{
	if (!v->s) {
		if (prng_below(prng, 50) == 0)
			look(which, prng_below(prng, 2) ? NULL : "eth1");
	} else if (which == 0 || prng_below(prng, 200u * which) == 0) {
		drink(v);
		check_view(v);
	} else if (prng_below(prng, 100) == 0) {
		sip(v);
	} else if (prng_below(prng, 4000) == 0) {
		look_away(v);
	} else if (prng_below(prng, 4000) == 0) {
		subscription_stall(v->s);
	}
}

START_TEST(any_order)
{
	uint8_t seed[32] = { (uint8_t)_i, 42 };
	unsigned dropped = 0;
	struct prng prng;

	prng_init(&prng, seed);
	look(0, NULL);
	for (unsigned step = 0; step < 10000; step++) {
		disturb(&prng);
		for (unsigned i = 0; i < VIEWERS_MAX; i++)
			read_somehow(&prng, &viewers[i], i);
		for (unsigned i = 0; i < VIEWERS_MAX; i++)
			dropped += viewers[i].s && viewers[i].lost > 0;
	}
	ck_assert_uint_gt(dropped, 0);
}
END_TEST

Suite *test_events_suite(void)
{
	Suite *suite = suite_create("events");
	TCase *tcase = tcase_create("events");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	suite_add_tcase(suite, tcase);
	tcase_add_test(tcase, present);
	tcase_add_test(tcase, life);
	tcase_add_test(tcase, expired_is_not_released);
	tcase_add_test(tcase, troubles);
	tcase_add_test(tcase, members);
	tcase_add_test(tcase, raw_options);
	tcase_add_test(tcase, encoded_once);
	tcase_add_test(tcase, nobody);
	tcase_add_test(tcase, overflow);
	tcase_add_test(tcase, octets_are_bounded);
	tcase_add_test(tcase, no_memory);
	tcase_add_test(tcase, stalled);
	tcase_add_test(tcase, amid_the_present);
	tcase_add_loop_test(tcase, any_order, 0, 8);
	return suite;
}
