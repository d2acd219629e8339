/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Each call of struct iface_ops fails: the first, the second and so on, that one
 * alone or all from it on, with each errno that it may have. A life goes on around
 * it: bound, renewed, moved, forgotten by its server, expired, found again, killed
 * and released. The oracles look on, and when the calls do again what they should,
 * the client is bound within minutes.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "conformance/stage.h"
#include "sim/port.h"

Suite *test_torture_suite(void);

#define ERRNOS_MAX 12

/* A call, and what becomes of it. */
enum call {
	CALL_BROADCAST,
	CALL_UNICAST,
	CALL_ARP,
	CALL_CONFIGURE,	       /* refused at once */
	CALL_CONFIGURE_ANSWER, /* refused by the kernel's answer */
	CALL_FALLBACK,
	CALL_FALLBACK_ANSWER,
	CALL_SAVE,
	CALL_KNOWN,
	CALL_LISTEN,
	CALL_WATCH,
	CALL_COUNT
};

static const struct {
	const char *name;
	int errnos[ERRNOS_MAX]; /* 0 ends them; of what returns none: one 1 */
} calls[] = {
	[CALL_BROADCAST] = { "send_broadcast",
			     { ENETDOWN, ENODEV, ENXIO, ENOBUFS, ENOMEM, EAGAIN,
			       EPERM, EACCES, EIO, EMSGSIZE, EINVAL } },
	[CALL_UNICAST] = { "send_unicast",
			   { ENETDOWN, ENODEV, ENETUNREACH, EHOSTUNREACH,
			     ENOBUFS, EAGAIN, EPERM, EADDRNOTAVAIL, EINVAL,
			     EMSGSIZE, ECONNREFUSED } },
	[CALL_ARP] = { "send_arp",
		       { ENETDOWN, ENODEV, ENXIO, ENOBUFS, EAGAIN, EPERM } },
	[CALL_CONFIGURE] = { "configure", { ENOMEM, ENOBUFS, EAGAIN, EPERM } },
	[CALL_CONFIGURE_ANSWER] = { "the answer to configure",
				    { EPERM, EINVAL, ENETDOWN, ENODEV, EBUSY,
				      EEXIST, ENOBUFS, ENOMEM, ENETUNREACH,
				      EADDRNOTAVAIL, EOPNOTSUPP } },
	[CALL_FALLBACK] = { "add_fallback", { ENOMEM, ENOBUFS, EAGAIN } },
	[CALL_FALLBACK_ANSWER] = { "the answer to add_fallback",
				   { EPERM, EINVAL, ENETDOWN, ENODEV, EBUSY,
				     EEXIST, ENOBUFS } },
	[CALL_SAVE] = { "save_lease",
			{ ENOSPC, EROFS, EIO, EDQUOT, EACCES, EMFILE, ENOMEM } },
	[CALL_KNOWN] = { "known", { 1 } },
	[CALL_LISTEN] = { "listen",
			  { ENOMEM, ENOBUFS, EMFILE, ENFILE, EPERM, ENODEV,
			    EINVAL } },
	[CALL_WATCH] = { "watch",
			 { ENOMEM, ENOBUFS, EMFILE, ENFILE, EPERM, ENODEV,
			   EINVAL } },
};
_Static_assert(ARRAY_SIZE(calls) == CALL_COUNT, "a row each");

/* What fails, and how often each call was made. */
static struct {
	enum call call; /* CALL_COUNT: none */
	int error;
	unsigned from; /* the first that fails is 0 */
	bool for_ever;
	bool over; /* all works again */
	unsigned made[CALL_COUNT];
	unsigned injected;
} torture;

static int failure_at(enum call call, unsigned number)
{
	if (torture.over || call != torture.call || number < torture.from ||
	    (number > torture.from && !torture.for_ever))
		return 0;
	return torture.error;
}

static int failure_of(enum call call)
{
	int error = failure_at(call, torture.made[call]++);

	torture.injected += error != 0;
	return error;
}

/* ---- the ops ---------------------------------------------------------------- */

static struct sim_troubles *troubles(void)
{
	return &stage.port->troubles;
}

static int send_broadcast(struct iface *i, const void *packet, size_t size)
{
	troubles()->send = failure_of(CALL_BROADCAST);
	return sim_port_ops.send_broadcast(i, packet, size);
}

static int send_unicast(struct iface *i, const struct dhcp4_effect *effect)
{
	troubles()->send = failure_of(CALL_UNICAST);
	return sim_port_ops.send_unicast(i, effect);
}

static int send_arp(struct iface *i, const struct dhcp4_effect *effect)
{
	troubles()->send = failure_of(CALL_ARP);
	return sim_port_ops.send_arp(i, effect);
}

static int configure(struct iface *i, const struct dhcp4_lease *lease, nsec at)
{
	troubles()->configure = failure_of(CALL_CONFIGURE);
	troubles()->netlink = failure_of(CALL_CONFIGURE_ANSWER);
	return sim_port_ops.configure(i, lease, at);
}

static int add_fallback(struct iface *i, const struct dhcp4_effect *effect)
{
	troubles()->configure = failure_of(CALL_FALLBACK);
	troubles()->netlink = failure_of(CALL_FALLBACK_ANSWER);
	return sim_port_ops.add_fallback(i, effect);
}

/* The oracles look at the disk before a lease is written: it fails by then. */
static void break_disk(void)
{
	troubles()->store = failure_at(CALL_SAVE, torture.made[CALL_SAVE]);
}

static void save_lease(struct iface *i, nsec at)
{
	failure_of(CALL_SAVE);
	sim_port_ops.save_lease(i, at);
	sim_disk_save(stage.port);
	break_disk();
}

/* There may be others, and nobody knows of them. */
static void known(struct iface *i, nsec at, struct attach_known *ret)
{
	sim_port_ops.known(i, at, ret);
	if (failure_of(CALL_KNOWN))
		*ret = (struct attach_known){ 0 };
}

static int listen_for(struct iface *i, uint32_t xid)
{
	int error = failure_of(CALL_LISTEN);

	return error ? -error : sim_port_ops.listen(i, xid);
}

static int watch(struct iface *i, ipv4_addr address)
{
	int error = failure_of(CALL_WATCH);

	return error ? -error : sim_port_ops.watch(i, address);
}

/* ---- a life ----------------------------------------------------------------- */

static void begin(unsigned seed)
{
	static struct iface_ops ops;

	stage_open(seed);
	ops = sim_port_ops;
	ops.send_broadcast = send_broadcast;
	ops.send_unicast = send_unicast;
	ops.send_arp = send_arp;
	ops.configure = configure;
	ops.add_fallback = add_fallback;
	ops.save_lease = save_lease;
	ops.known = known;
	ops.listen = listen_for;
	ops.watch = watch;
	stage.host->ops = &ops;
	stage.port->unfiltered = false;
	stage.config->known_networks = true;
	stage.config->acd = ACD_MODE_FAST;
	stage.config->fallback.mode = FALLBACK_MODE_LINKLOCAL;
	stage.serves = true;
	/* The oracles take for heard what came, and nobody listened. */
	stage.unjudged = torture.call == CALL_LISTEN;
	break_disk();
}

static void flap(void)
{
	sim_link_cut(stage.cable, true);
	pass(S(2));
	sim_link_cut(stage.cable, false);
}

static bool is_bound(void)
{
	return stage.port->iface.client->state == DHCP4_STATE_BOUND &&
	       stage.kernel->address == IP(CLIENT);
}

/* A day, in which the failures end before it does. */
static void live(void)
{
	power_on();
	pass(S(LEASE_S * 6 / 10)); /* bound and renewed */
	flap();
	pass(S(20));
	stage.serves = false;
	pass(S(LEASE_S + LEASE_S / 2)); /* expired; another address instead */
	stage.serves = true;
	pass(S(600));
	torture.over = true;
	*troubles() = (struct sim_troubles){ .netlink_ns = MS(1) };
	flap();
	pass(S(LEASE_S));
	if (!is_bound())
		ck_abort_msg("not bound again; %s", stage.about);
	crash_and_restart();
	pass(S(20));
	if (!is_bound())
		ck_abort_msg("not bound after the restart; %s", stage.about);
	sim_port_release(stage.port);
	pass(S(20));
	kernel_is_empty();
}

static void live_with(enum call call, int error, unsigned from, bool for_ever)
{
	static char about[128];

	memset(&torture, 0, sizeof(torture));
	torture.call = call;
	torture.error = error;
	torture.from = from;
	torture.for_ever = for_ever;
	begin(from);
	snprintf(about, sizeof(about), "%s %u %s fails: %s",
		 call < CALL_COUNT ? calls[call].name : "nothing", from,
		 for_ever ? "and those after it" : "alone", strerror(error));
	stage.about = about;
	live();
	stage_close();
}

START_TEST(each_call_fails)
{
	enum call call = (enum call)_i;
	unsigned lives = 0, injected = 0, made;

	stage_close();
	live_with(CALL_COUNT, 0, 0, false);
	made = torture.made[call];
	ck_assert_uint_gt(made, 0);
	for (unsigned e = 0; e < ERRNOS_MAX && calls[call].errnos[e]; e++) {
		for (unsigned from = 0; from < made; from++) {
			live_with(call, calls[call].errnos[e], from, false);
			injected += torture.injected;
			live_with(call, calls[call].errnos[e], from, true);
			injected += torture.injected;
			lives += 2;
		}
	}
	/* Calls are not as many in each life: some of the last are never made. */
	ck_assert_uint_ge(injected, lives / 2);
	printf("torture: %s: %u calls, %u lives, %u failures\n",
	       calls[call].name, made, lives, injected);
	stage_setup();
}
END_TEST

Suite *test_torture_suite(void)
{
	Suite *suite;
	TCase *tests = stage_chapter("torture", &suite);

	tcase_add_loop_test(tests, each_call_fails, 0, CALL_COUNT);
	return suite;
}
