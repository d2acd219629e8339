/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The simulated host: that the shipped client lives on it as on a real one, and
 * that what happens to a real one happens to it.
 */
#include <check.h>
#include <errno.h>
#include <string.h>

#include "base/assert.h"
#include "sim/port.h"
#include "unit/scene.h"

Suite *test_sim_host_suite(void);

static struct scene scene;
static struct scene *const s = &scene;

static void setup(void)
{
	scene_init(s, 1);
}

static void setup_leased(void)
{
	scene_init_leased(s);
}

static void teardown(void)
{
	scene_free(s);
}

static enum dhcp4_state state(void)
{
	return s->port->iface.client->state;
}

static unsigned removals(void)
{
	unsigned count = 0;

	for (unsigned i = 0; i < ARRAY_SIZE(s->removals); i++)
		count += s->removals[i];
	return count;
}

/* ---- leasing ------------------------------------------------------------- */

START_TEST(test_lease)
{
	const struct dhcp4_route *route = s->port->kernel.routes;

	scene_run(s, S(1));
	ck_assert_uint_eq(s->message_count, 0);
	sim_host_start(s->host);
	scene_run(s, S(1));
	CHECK(scene_is_bound(s->port));
	ck_assert_uint_eq(s->message_count, 2);
	ck_assert_uint_eq(scene_count(s, DHCP4_REQUEST_DISCOVER), 1);
	ck_assert_uint_eq(scene_count(s, DHCP4_REQUEST_SELECTING), 1);
	ck_assert_uint_eq(s->port->kernel.address, SCENE_FIRST);
	ck_assert_uint_eq(s->port->kernel.prefix_length, 24);
	/* Counted from the REQUEST, in whole seconds. */
	ck_assert_uint_ge(s->port->kernel.valid_until,
			  SIM_BOOT_NS + S(SCENE_LEASE_S));
	ck_assert_uint_le(s->port->kernel.valid_until,
			  SIM_BOOT_NS + S(SCENE_LEASE_S + 1));
	ck_assert_uint_eq(s->port->kernel.route_count, 1);
	ck_assert_uint_eq(route->gateway, SCENE_ROUTER);
	ck_assert_uint_eq(route->prefix_length, 0);
	ck_assert_uint_eq(s->stored, 1);
	ck_assert_uint_eq(s->events[SIM_EVENT_STARTED], 1);
	CHECK(scene_ping(s, s->dhcpd->interface, SCENE_FIRST));
}
END_TEST

START_TEST(test_starting_twice)
{
	sim_host_start(s->host);
	scene_run(s, S(1));
	sim_host_start(s->host);
	scene_run(s, S(1));
	ck_assert_uint_eq(s->events[SIM_EVENT_STARTED], 1);
	ck_assert_uint_eq(s->message_count, 2);
}
END_TEST

/* Covers: 2131-4.4.5-02 2131-4.4.5-06 2131-4.3.2-07 */
START_TEST(test_renewal)
{
	nsec until = s->port->kernel.valid_until;
	const struct scene_message *m;

	scene_run(s, S(488));
	ck_assert_uint_eq(s->message_count, 0);
	scene_run(s, S(12));
	ck_assert_uint_eq(s->message_count, 1);
	m = scene_nth(s, DHCP4_REQUEST_RENEWING, 0);
	CHECK(m->unicast && m->address == SCENE_FIRST);
	CHECK(scene_is_bound(s->port));
	ck_assert_uint_ge(s->port->kernel.valid_until, until + S(488));
	ck_assert_uint_eq(removals(), 0);
	ck_assert_uint_eq(s->stored, 1);
}
END_TEST

/* What the client is not asked about does not even reach its core. */
START_TEST(test_filter)
{
	uint64_t steps = s->host->steps;
	struct sim_host *other = sim_host_add(&s->network, "other", 1);

	other->ports[0].iface.config.broadcast = true;
	sim_link_join(other->ports[0].interface, sim_switch_port(s->fabric));
	sim_host_start(other);
	scene_run(s, S(1));
	CHECK(scene_is_bound(&other->ports[0]));
	ck_assert_uint_ge(s->frames_received, 4);
	ck_assert_uint_eq(s->host->steps, steps);
}
END_TEST

/* Covers: 2131-3.7-02 2131-4.4.5-12 */
START_TEST(test_expiry)
{
	s->dhcpd->silent = true;
	scene_run(s, S(SCENE_LEASE_S - 2));
	CHECK(scene_count(s, DHCP4_REQUEST_RENEWING) > 1);
	CHECK(scene_count(s, DHCP4_REQUEST_REBINDING) > 0);
	ck_assert_uint_eq(removals(), 0);
	ck_assert_uint_eq(scene_count(s, DHCP4_REQUEST_DISCOVER), 0);
	scene_run(s, S(2));
	ck_assert_uint_eq(s->removals[SIM_CAUSE_DAEMON], 1);
	ck_assert_uint_eq(s->port->kernel.address, IPV4_ANY);
	ck_assert_uint_eq(scene_count(s, DHCP4_REQUEST_DISCOVER), 1);
	CHECK(!scene_ping(s, s->dhcpd->interface, SCENE_FIRST));
}
END_TEST

/* ---- the process --------------------------------------------------------- */

/* Covers: DF-life-01 2131-4.3.2-04 */
START_TEST(test_kill)
{
	scene_run(s, S(10));
	sim_host_kill(s->host);
	sim_host_kill(s->host);
	ck_assert_uint_eq(s->events[SIM_EVENT_KILLED], 1);
	/* What the next one finds in the kernel it has not put there. */
	ck_assert_uint_eq(s->port->installed, IPV4_ANY);
	scene_run(s, S(10));
	CHECK(scene_ping(s, s->dhcpd->interface, SCENE_FIRST));
	sim_host_start(s->host);
	scene_run(s, S(10));
	CHECK(scene_is_bound(s->port));
	ck_assert_uint_eq(removals(), 0);
	ck_assert_uint_eq(s->message_count, 1);
	ck_assert_uint_eq(scene_nth(s, DHCP4_REQUEST_REBOOTING, 0)->address,
			  SCENE_FIRST);
	ck_assert_uint_eq(s->host->boots, 1);
}
END_TEST

/* Covers: DF-time-09 */
START_TEST(test_lifetime_without_process)
{
	sim_host_kill(s->host);
	scene_run(s, S(SCENE_LEASE_S - 2));
	ck_assert_uint_eq(removals(), 0);
	scene_run(s, S(3));
	ck_assert_uint_eq(removals(), 1);
	ck_assert_uint_eq(s->removals[SIM_CAUSE_LIFETIME], 1);
	ck_assert_uint_eq(s->message_count, 0);
	CHECK(s->port->file_size > 0);
}
END_TEST

/* Covers: 2131-3.2-04 */
START_TEST(test_end)
{
	sim_host_end(s->host);
	scene_run(s, S(10));
	ck_assert_uint_eq(s->events[SIM_EVENT_ENDED], 1);
	ck_assert_uint_eq(s->message_count, 0);
	ck_assert_uint_eq(removals(), 0);
	CHECK(s->port->file_size > 0 && s->port->kernel.address);
	sim_host_start(s->host);
	scene_run(s, S(10));
	ck_assert_uint_eq(scene_count(s, DHCP4_REQUEST_REBOOTING), 1);
}
END_TEST

/* An answer that comes late is waited for. */
START_TEST(test_end_waits_for_the_kernel)
{
	s->port->troubles.netlink_ns = S(100);
	sim_host_start(s->host);
	scene_run(s, S(1));
	CHECK(s->port->configuring);
	ck_assert_uint_eq(s->notices[DHCP4_NOTICE_READY], 0);
	sim_host_end(s->host);
	ck_assert_uint_eq(s->notices[DHCP4_NOTICE_READY], 1);
	scene_run(s, S(200));
	ck_assert_uint_eq(s->notices[DHCP4_NOTICE_READY], 1);
}
END_TEST

/* A process that was killed is told nothing any more. */
START_TEST(test_kill_while_configuring)
{
	s->port->troubles.netlink_ns = S(100);
	sim_host_start(s->host);
	scene_run(s, S(1));
	sim_host_kill(s->host);
	CHECK(!s->port->configuring);
	scene_run(s, S(200));
	ck_assert_uint_eq(s->notices[DHCP4_NOTICE_READY], 0);
	ck_assert_uint_eq(s->port->kernel.address, SCENE_FIRST);
}
END_TEST

/* Covers: 2131-3.7-01 2131-4.4.2-01 2131-4.4-04 */
START_TEST(test_reboot)
{
	scene_run(s, S(100));
	sim_host_reboot(s->host, S(30));
	ck_assert_uint_eq(s->removals[SIM_CAUSE_REBOOT], 1);
	ck_assert_uint_eq(s->events[SIM_EVENT_REBOOTED], 1);
	CHECK(!s->host->on && !s->host->running);
	scene_run(s, S(29));
	CHECK(!scene_ping(s, s->dhcpd->interface, SCENE_FIRST));
	ck_assert_uint_eq(s->message_count, 0);
	scene_run(s, S(2));
	CHECK(scene_is_bound(s->port));
	ck_assert_uint_eq(s->message_count, 1);
	ck_assert_uint_eq(scene_nth(s, DHCP4_REQUEST_REBOOTING, 0)->address,
			  SCENE_FIRST);
	ck_assert_uint_eq(s->host->boots, 2);
	CHECK(sim_host_boottime(s->host) < SIM_BOOT_NS + S(2));
}
END_TEST

/* The wall clock tells how much is left of a lease that nobody confirms. */
START_TEST(test_reboot_unconfirmed)
{
	scene_run(s, S(99));
	s->dhcpd->silent = true;
	sim_host_reboot(s->host, S(100));
	scene_run(s, S(102));
	ck_assert_uint_eq(s->port->kernel.address, IPV4_ANY);
	scene_run(s, S(8));
	ck_assert_uint_eq(s->port->kernel.address, SCENE_FIRST);
	CHECK(s->port->kernel.valid_until - sim_host_monotonic(s->host) <=
	      S(SCENE_LEASE_S - 209));
	CHECK(s->port->kernel.valid_until - sim_host_monotonic(s->host) >=
	      S(SCENE_LEASE_S - 213));
}
END_TEST

static void refuse_reboots(void *context, struct server_exchange *exchange)
{
	(void)context;
	if (exchange->request.kind == DHCP4_REQUEST_REBOOTING)
		server_refuse(exchange);
}

/*
 * The file is of another boot, the kernel's address of this one: it is held, and
 * goes when a server says so.
 *
 * Covers: 2131-3.2-02
 */
START_TEST(test_unconfirmed_killed_refused)
{
	s->dhcpd->silent = true;
	sim_host_reboot(s->host, S(1));
	scene_run(s, S(20));
	ck_assert_uint_eq(s->port->kernel.address, SCENE_FIRST);
	sim_host_kill(s->host);
	s->dhcpd->silent = false;
	s->dhcpd->server.handler = refuse_reboots;
	scene_forget(s);
	sim_host_start(s->host);
	scene_run(s, S(10));
	ck_assert_uint_eq(s->notices[DHCP4_NOTICE_NAK], 1);
	ck_assert_uint_eq(s->removals[SIM_CAUSE_DAEMON], 1);
}
END_TEST

/*
 * What an earlier process put into the kernel can be removed even if it could not
 * be configured again.
 *
 * Covers: 2131-3.2-02
 */
START_TEST(test_adopted_and_refused)
{
	sim_host_kill(s->host);
	s->dhcpd->server.handler = refuse_reboots;
	s->port->troubles.configure = ENOBUFS;
	sim_host_start(s->host);
	s->port->troubles.configure = 0;
	scene_run(s, MS(1));
	ck_assert_uint_eq(s->notices[DHCP4_NOTICE_NAK], 1);
	ck_assert_uint_eq(s->removals[SIM_CAUSE_DAEMON], 1);
}
END_TEST

/* Covers: DF-time-08 */
START_TEST(test_reboot_with_a_clock_from_the_past)
{
	scene_run(s, S(100));
	s->dhcpd->silent = true;
	sim_host_step_clock(s->host, -3600);
	sim_host_reboot(s->host, S(100));
	scene_run(s, S(SCENE_LEASE_S));
	ck_assert_uint_gt(scene_count(s, DHCP4_REQUEST_REBOOTING), 0);
	ck_assert_uint_eq(s->installs, 0);
}
END_TEST

/*
 * Nor is what the kernel has held, as long as nobody knows how long it may be.
 *
 * Covers: DF-time-08
 */
START_TEST(test_restart_with_a_clock_from_the_past)
{
	sim_host_step_clock(s->host, -3600);
	s->port->troubles.store = ENOSPC;
	sim_host_reboot(s->host, S(1));
	scene_run(s, S(2));
	CHECK(s->port->kernel.address == SCENE_FIRST);
	sim_host_kill(s->host);
	s->dhcpd->silent = true;
	scene_forget(s);
	sim_host_start(s->host);
	scene_run(s, S(SCENE_LEASE_S));
	ck_assert_uint_eq(s->installs, 0);
	ck_assert_uint_eq(s->removals[SIM_CAUSE_LIFETIME], 1);
}
END_TEST

START_TEST(test_reboot_while_off)
{
	sim_host_reboot(s->host, S(30));
	sim_host_reboot(s->host, S(60));
	scene_run(s, S(31));
	CHECK(s->host->running);
	/* Switched on by hand before its time, once. */
	sim_host_reboot(s->host, S(30));
	sim_host_start(s->host);
	CHECK(s->host->running);
	sim_host_kill(s->host);
	scene_run(s, S(60));
	CHECK(!s->host->running);
	ck_assert_uint_eq(s->host->boots, 3);
}
END_TEST

/* ---- sleep and clocks ---------------------------------------------------- */

/* Covers: DF-time-07 */
START_TEST(test_suspend_over_t1)
{
	nsec until = s->port->kernel.valid_until;

	scene_run(s, S(400));
	sim_host_suspend(s->host);
	CHECK(!scene_ping(s, s->dhcpd->interface, SCENE_FIRST));
	scene_run(s, S(300));
	ck_assert_uint_eq(s->message_count, 0);
	ck_assert_uint_eq(s->frames_received, 0);
	ck_assert_uint_eq(s->port->kernel.valid_until, until);
	sim_host_resume(s->host);
	ck_assert_uint_eq(s->message_count, 1);
	ck_assert_uint_eq(scene_count(s, DHCP4_REQUEST_REBOOTING), 1);
	/* The kernel's clock stood still, and its lifetime is mended at once. */
	CHECK(s->port->kernel.valid_until < until - S(290));
	scene_run(s, S(1));
	CHECK(scene_is_bound(s->port));
	ck_assert_uint_eq(removals(), 0);
}
END_TEST

/* Covers: DF-time-07 */
START_TEST(test_suspend_over_expiry)
{
	sim_host_suspend(s->host);
	scene_run(s, S(SCENE_LEASE_S + 100));
	ck_assert_uint_eq(removals(), 0);
	s->dhcpd->silent = true;
	sim_host_resume(s->host);
	ck_assert_uint_eq(s->removals[SIM_CAUSE_DAEMON], 1);
	ck_assert_uint_eq(scene_count(s, DHCP4_REQUEST_DISCOVER), 1);
	CHECK(!scene_ping(s, s->dhcpd->interface, SCENE_FIRST));
}
END_TEST

/* Without a process the address outlives its lease by the time slept. */
START_TEST(test_lifetime_stops_in_sleep)
{
	sim_host_kill(s->host);
	sim_host_suspend(s->host);
	scene_run(s, S(2 * SCENE_LEASE_S));
	sim_host_resume(s->host);
	scene_run(s, S(SCENE_LEASE_S - 2));
	ck_assert_uint_eq(removals(), 0);
	scene_run(s, S(2));
	ck_assert_uint_eq(s->removals[SIM_CAUSE_LIFETIME], 1);
}
END_TEST

START_TEST(test_nap)
{
	uint64_t steps = s->host->steps;

	sim_host_suspend(s->host);
	sim_host_suspend(s->host);
	scene_run(s, MS(900));
	sim_host_resume(s->host);
	sim_host_resume(s->host);
	ck_assert_uint_eq(s->host->steps, steps);
	ck_assert_uint_eq(s->events[SIM_EVENT_SUSPENDED], 1);
	ck_assert_uint_eq(s->events[SIM_EVENT_RESUMED], 1);
	scene_run(s, S(500));
	ck_assert_uint_eq(scene_count(s, DHCP4_REQUEST_RENEWING), 1);
}
END_TEST

/* Nothing but a resume or a reboot can happen to a sleeping host. */
START_TEST(test_asleep)
{
	uint64_t steps = s->host->steps;

	sim_host_suspend(s->host);
	sim_host_kill(s->host);
	sim_host_end(s->host);
	sim_host_start(s->host);
	sim_host_step_clock(s->host, 3600);
	sim_port_renew(s->port);
	sim_port_rebind(s->port);
	sim_port_release(s->port);
	sim_port_take_address(s->port);
	sim_port_change_hwaddr(s->port);
	scene_run(s, S(1));
	ck_assert_uint_eq(s->host->steps, steps);
	CHECK(s->host->running && s->port->kernel.address);
	sim_host_reboot(s->host, S(1));
	scene_run(s, S(2));
	CHECK(scene_is_bound(s->port));
	ck_assert_uint_eq(s->host->boots, 2);
}
END_TEST

/* An answer of the kernel waits for the sleeper. */
START_TEST(test_nap_while_configuring)
{
	s->port->troubles.netlink_ns = MS(500);
	sim_host_start(s->host);
	scene_run(s, MS(100));
	CHECK(s->port->configuring);
	sim_host_suspend(s->host);
	scene_run(s, MS(900));
	CHECK(s->port->configuring);
	sim_host_resume(s->host);
	scene_run(s, MS(1));
	CHECK(!s->port->configuring);
	CHECK(scene_is_bound(s->port));
}
END_TEST

/* One clock counts a suspend, one does not; a boot begins both anew. */
START_TEST(test_clocks)
{
	nsec boottime = sim_host_boottime(s->host);
	nsec monotonic = sim_host_monotonic(s->host);

	ck_assert_uint_eq(boottime, monotonic);
	scene_run(s, S(1));
	sim_host_suspend(s->host);
	scene_run(s, S(2));
	ck_assert_uint_eq(sim_host_boottime(s->host), boottime + S(3));
	ck_assert_uint_eq(sim_host_monotonic(s->host), monotonic + S(1));
	sim_host_resume(s->host);
	scene_run(s, S(1));
	ck_assert_uint_eq(sim_host_boottime(s->host), boottime + S(4));
	ck_assert_uint_eq(sim_host_monotonic(s->host), monotonic + S(2));
	sim_host_reboot(s->host, S(1));
	scene_run(s, S(1));
	ck_assert_uint_eq(sim_host_boottime(s->host), SIM_BOOT_NS);
	ck_assert_uint_eq(sim_host_monotonic(s->host), SIM_BOOT_NS);
}
END_TEST

/* Covers: DF-if-01 */
START_TEST(test_flap_in_sleep)
{
	sim_host_suspend(s->host);
	sim_link_cut(s->link, true);
	sim_link_cut(s->link, false);
	scene_run(s, MS(500));
	ck_assert_uint_eq(s->message_count, 0);
	sim_host_resume(s->host);
	scene_run(s, S(11));
	ck_assert_uint_eq(scene_count(s, DHCP4_REQUEST_REBOOTING), 1);
	CHECK(scene_is_bound(s->port));
	ck_assert_uint_eq(removals(), 0);
}
END_TEST

/* Covers: DF-time-06 */
START_TEST(test_wall_clock_steps)
{
	int64_t wall = sim_host_wall_s(s->host);
	nsec t1 = s->port->iface.client->lease.t1_ns;

	sim_host_step_clock(s->host, 60);
	sim_host_step_clock(s->host, -100000);
	scene_run(s, S(1));
	ck_assert_int_eq(sim_host_wall_s(s->host), wall + 1 + 60 - 100000);
	ck_assert_uint_eq(s->message_count, 0);
	ck_assert_uint_eq(s->port->iface.client->lease.t1_ns, t1);
	/* A leap of more may be a machine that was restored. */
	sim_host_step_clock(s->host, 61);
	ck_assert_uint_eq(scene_count(s, DHCP4_REQUEST_REBOOTING), 1);
	ck_assert_uint_eq(s->events[SIM_EVENT_CLOCK_STEPPED], 3);
	ck_assert_uint_eq(removals(), 0);
}
END_TEST

/* ---- troubles ------------------------------------------------------------ */

START_TEST(test_configure_fails_at_once)
{
	s->port->troubles.configure = ENOBUFS;
	sim_host_start(s->host);
	scene_run(s, S(2));
	ck_assert_uint_eq(s->installs, 0);
	CHECK(!s->port->configuring);
	ck_assert_int_eq(state(), DHCP4_STATE_BOUND);
	ck_assert_uint_gt(s->notices[DHCP4_NOTICE_CONFIGURE_FAILED], 0);
	s->port->troubles.configure = 0;
	scene_run(s, S(70));
	CHECK(scene_is_bound(s->port));
	ck_assert_uint_eq(s->notices[DHCP4_NOTICE_READY], 1);
}
END_TEST

START_TEST(test_configure_fails_by_answer)
{
	s->port->troubles.netlink = ENOMEM;
	sim_host_start(s->host);
	scene_run(s, S(2));
	ck_assert_uint_eq(s->installs, 0);
	ck_assert_uint_gt(s->notices[DHCP4_NOTICE_CONFIGURE_FAILED], 0);
	s->port->troubles.netlink = 0;
	scene_run(s, S(70));
	CHECK(scene_is_bound(s->port));
}
END_TEST

/* What could not be removed is removed as soon as it can be, asleep or not. */
START_TEST(test_deconfigure_fails_for_a_while)
{
	s->port->troubles.configure = ENOMEM;
	sim_port_release(s->port);
	scene_run(s, S(10));
	CHECK(s->port->kernel.address && s->port->removing);
	sim_host_suspend(s->host);
	s->port->troubles.configure = 0;
	scene_run(s, S(10));
	CHECK(s->port->kernel.address);
	sim_host_resume(s->host);
	scene_run(s, S(1));
	CHECK(!s->port->kernel.address && !s->port->removing);
	ck_assert_uint_eq(s->removals[SIM_CAUSE_DAEMON], 1);
}
END_TEST

/* What could not be removed is not removed any more when it is leased again. */
START_TEST(test_deconfigure_fails_and_the_lease_returns)
{
	sim_host_suspend(s->host);
	scene_run(s, S(SCENE_LEASE_S));
	s->port->troubles.configure = ENOMEM;
	sim_host_resume(s->host);
	scene_run(s, MS(500));
	ck_assert_int_eq(state(), DHCP4_STATE_BOUND);
	s->port->troubles.configure = 0;
	scene_run(s, S(70));
	CHECK(scene_is_bound(s->port));
	ck_assert_uint_eq(removals(), 0);
}
END_TEST

/* What could not be removed stays, and the next change replaces it. */
START_TEST(test_deconfigure_fails)
{
	struct server_lease *lease =
		server_lease_at(&s->dhcpd->server, SCENE_FIRST);

	s->port->troubles.configure = ENOBUFS;
	sim_port_release(s->port);
	scene_run(s, MS(10));
	ck_assert_uint_eq(removals(), 0);
	ck_assert_uint_eq(s->port->kernel.address, SCENE_FIRST);
	s->port->troubles.configure = 0;
	sim_host_kill(s->host);
	lease->state = SERVER_LEASE_DECLINED;
	lease->expiry = NSEC_NEVER;
	lease->client.size = 0;
	sim_host_start(s->host);
	scene_run(s, S(1));
	CHECK(scene_is_bound(s->port));
	ck_assert_uint_eq(s->port->kernel.address, SCENE_FIRST + 1);
	ck_assert_uint_eq(s->removals[SIM_CAUSE_DAEMON], 1);
}
END_TEST

START_TEST(test_disk_full)
{
	s->port->troubles.store = ENOSPC;
	sim_host_start(s->host);
	scene_run(s, S(1));
	ck_assert_uint_eq(s->stored, 0);
	ck_assert_uint_eq(s->port->file_size, 0);
	ck_assert_int_eq(state(), DHCP4_STATE_BOUND);
	scene_run(s, S(500));
	ck_assert_uint_eq(scene_count(s, DHCP4_REQUEST_RENEWING), 1);
	s->port->troubles.store = 0;
	scene_run(s, S(500));
	CHECK(scene_is_bound(s->port));
	ck_assert_uint_eq(removals(), 0);
}
END_TEST

START_TEST(test_torn_file)
{
	sim_host_reboot(s->host, S(1));
	s->port->file_size /= 2;
	scene_run(s, S(2));
	ck_assert_uint_eq(scene_count(s, DHCP4_REQUEST_REBOOTING), 0);
	ck_assert_uint_eq(scene_count(s, DHCP4_REQUEST_DISCOVER), 1);
	CHECK(scene_is_bound(s->port));
	ck_assert_uint_eq(s->stored, 2);
}
END_TEST

START_TEST(test_send_fails)
{
	s->port->troubles.send = ENOBUFS;
	sim_host_start(s->host);
	scene_run(s, S(2));
	ck_assert_uint_eq(s->message_count, 0);
	ck_assert_uint_eq(s->send_failures, 1);
	ck_assert_int_eq(s->send_error, ENOBUFS);
	s->port->troubles.send = 0;
	scene_run(s, S(4));
	CHECK(scene_is_bound(s->port));
}
END_TEST

/* The longest prefix leads the way, the subnet's own among them. */
START_TEST(test_next_hop)
{
	const ipv4_addr far = 0xc0a80001, near = SCENE_SERVER + 1;
	struct sim_kernel *kernel = &s->port->kernel;

	ck_assert_uint_eq(sim_kernel_next_hop(s->port, far), SCENE_ROUTER);
	ck_assert_uint_eq(sim_kernel_next_hop(s->port, near), near);
	kernel->routes[1] = (struct dhcp4_route){ far, 24, SCENE_SERVER, 0 };
	kernel->routes[2] = (struct dhcp4_route){ near, 32, SCENE_SERVER, 0 };
	kernel->routes[3] = (struct dhcp4_route){ far, 16, IPV4_ANY, 0 };
	kernel->route_count = 4;
	ck_assert_uint_eq(sim_kernel_next_hop(s->port, far), SCENE_SERVER);
	ck_assert_uint_eq(sim_kernel_next_hop(s->port, near), SCENE_SERVER);
	ck_assert_uint_eq(sim_kernel_next_hop(s->port, far + 256), far + 256);
	/* Without a route it is taken for on-link. */
	kernel->route_count = 0;
	ck_assert_uint_eq(sim_kernel_next_hop(s->port, far), far);
	ck_assert_uint_eq(s->port->interface->gateway, SCENE_ROUTER);
}
END_TEST

/* What the socket cannot send is not sent by other ways. */
START_TEST(test_sending_by_ops)
{
	struct dhcp4_effect effect = {
		.kind = DHCP4_EFFECT_SEND_UNICAST,
		.send = {
			.packet = (const uint8_t[FRAME_HEADERS_SIZE]){ 0 },
			.size = FRAME_HEADERS_SIZE,
			.source = SCENE_FIRST,
			.destination = SCENE_SERVER,
			.by_socket = true,
		},
	};
	const struct iface_ops *ops = s->host->shared.ops;
	struct iface *iface = &s->port->iface;

	ck_assert_int_eq(ops->send_unicast(iface, &effect), 0);
	effect.send.source = SCENE_FIRST + 1;
	ck_assert_int_eq(ops->send_unicast(iface, &effect), -EADDRNOTAVAIL);
	sim_link_cut(s->link, true);
	effect.send.source = SCENE_FIRST;
	ck_assert_int_eq(ops->send_unicast(iface, &effect), -ENETDOWN);
	ck_assert_int_eq(ops->send_broadcast(iface, effect.send.packet,
					     FRAME_HEADERS_SIZE),
			 -ENETDOWN);
}
END_TEST

/* ---- what people do ------------------------------------------------------ */

/* Covers: 2131-4.3.2-11 */
START_TEST(test_commands)
{
	sim_port_renew(s->port);
	scene_run(s, S(1));
	ck_assert_uint_eq(scene_count(s, DHCP4_REQUEST_RENEWING), 1);
	sim_port_rebind(s->port);
	scene_run(s, S(1));
	ck_assert_uint_eq(scene_count(s, DHCP4_REQUEST_REBINDING), 1);
	CHECK(scene_is_bound(s->port));
	ck_assert_uint_eq(removals(), 0);
	sim_port_release(s->port);
	ck_assert_uint_eq(scene_count(s, DHCP4_REQUEST_RELEASE), 1);
	ck_assert_uint_eq(s->removals[SIM_CAUSE_DAEMON], 1);
	ck_assert_uint_eq(s->port->file_size, 0);
	ck_assert_uint_eq(s->events[SIM_EVENT_RENEW_ASKED], 1);
	ck_assert_uint_eq(s->events[SIM_EVENT_REBIND_ASKED], 1);
	ck_assert_uint_eq(s->events[SIM_EVENT_RELEASED], 1);
	scene_run(s, S(1));
	ck_assert_int_eq(server_lease_at(&s->dhcpd->server, SCENE_FIRST)->state,
			 SERVER_LEASE_FREE);
}
END_TEST

/* Covers: DF-if-01 2131-3.7-01 */
START_TEST(test_carrier)
{
	sim_link_cut(s->link, true);
	scene_run(s, S(20));
	ck_assert_uint_eq(s->message_count, 0);
	ck_assert_uint_eq(s->port->kernel.address, SCENE_FIRST);
	sim_link_cut(s->link, false);
	scene_run(s, S(1));
	ck_assert_uint_eq(scene_count(s, DHCP4_REQUEST_REBOOTING), 1);
	CHECK(scene_is_bound(s->port));
	ck_assert_uint_eq(removals(), 0);
	ck_assert_uint_eq(s->events[SIM_EVENT_CARRIER_DOWN], 1);
	ck_assert_uint_eq(s->events[SIM_EVENT_CARRIER_UP], 1);
}
END_TEST

/* Covers: 2131-3.2-02 */
START_TEST(test_moved_cable)
{
	struct server_config config = scene_config;
	struct sim_device *fabric = sim_switch_add(&s->network, "elsewhere");
	struct sim_dhcpd *dhcpd;

	config.address = 0xc0a80001;
	config.pool_first = config.pool_last = 0xc0a80010;
	config.option_count = 0;
	dhcpd = sim_dhcpd_add(&s->network, "another", &config);
	sim_link_join(dhcpd->interface, sim_switch_port(fabric));
	scene_run(s, S(20));
	sim_link_move(s->link, sim_interface_peer(s->port->interface),
		      sim_switch_port(fabric));
	scene_run(s, S(20));
	ck_assert_uint_eq(scene_count(s, DHCP4_REQUEST_REBOOTING), 1);
	ck_assert_uint_eq(s->notices[DHCP4_NOTICE_NAK], 1);
	ck_assert_uint_eq(s->removals[SIM_CAUSE_DAEMON], 1);
	CHECK(scene_is_bound(s->port));
	ck_assert_uint_eq(s->port->kernel.address, 0xc0a80010);
	CHECK(scene_ping(s, dhcpd->interface, 0xc0a80010));
}
END_TEST

/* Covers: DF-if-03 */
START_TEST(test_address_taken)
{
	sim_port_take_address(s->port);
	ck_assert_uint_eq(s->removals[SIM_CAUSE_ADMIN], 1);
	scene_run(s, S(1));
	CHECK(scene_is_bound(s->port));
	sim_host_kill(s->host);
	sim_port_take_address(s->port);
	sim_port_take_address(s->port);
	ck_assert_uint_eq(s->removals[SIM_CAUSE_ADMIN], 2);
	ck_assert_uint_eq(s->events[SIM_EVENT_ADDRESS_TAKEN], 2);
	/* Restarted, it asks before it uses an address that is not there. */
	s->dhcpd->silent = true;
	sim_host_start(s->host);
	scene_run(s, S(1));
	ck_assert_uint_eq(s->port->kernel.address, IPV4_ANY);
	ck_assert_uint_eq(scene_count(s, DHCP4_REQUEST_REBOOTING), 1);
}
END_TEST

/* Covers: 7844-3.3-02 */
START_TEST(test_hwaddr_changes)
{
	struct dhcp4_config *config = &s->port->iface.config;
	uint8_t old[SIM_HWADDR_SIZE];

	memcpy(old, s->port->interface->hw, SIM_HWADDR_SIZE);
	sim_port_change_hwaddr(s->port);
	CHECK(memcmp(old, s->port->interface->hw, SIM_HWADDR_SIZE) != 0);
	CHECK(memcmp(config->hwaddr.bytes, s->port->interface->hw,
		     SIM_HWADDR_SIZE) == 0);
	CHECK(memcmp(config->client_id.bytes + 1, s->port->interface->hw,
		     SIM_HWADDR_SIZE) == 0);
	scene_run(s, S(1));
	ck_assert_uint_eq(scene_count(s, DHCP4_REQUEST_DISCOVER), 1);
	ck_assert_uint_eq(s->port->kernel.address, SCENE_FIRST + 1);
	ck_assert_uint_eq(s->events[SIM_EVENT_HWADDR_CHANGED], 1);
	/* An identifier that was chosen stays. */
	config->client_id.bytes[0] = 0;
	sim_host_kill(s->host);
	sim_port_change_hwaddr(s->port);
	ck_assert_uint_eq(config->client_id.bytes[0], 0);
}
END_TEST

/* ---- several ports, many hosts ------------------------------------------- */

START_TEST(test_two_ports)
{
	struct sim_port *second;

	scene_free(s);
	scene_init(s, 2);
	second = &s->host->ports[1];
	ck_assert_str_eq(second->iface.name, "eth1");
	sim_host_start(s->host);
	scene_run(s, S(1));
	CHECK(scene_is_bound(s->port) && scene_is_bound(second));
	CHECK(s->port->kernel.address != second->kernel.address);
	ck_assert_uint_eq(s->events[SIM_EVENT_STARTED], 2);
	sim_port_release(second);
	scene_run(s, S(1));
	CHECK(scene_is_bound(s->port));
	ck_assert_uint_eq(second->kernel.address, IPV4_ANY);
	sim_host_reboot(s->host, S(1));
	scene_run(s, S(2));
	CHECK(scene_is_bound(s->port) && scene_is_bound(second));
}
END_TEST

/* ---- behind a relay ------------------------------------------------------- */

#define FAR_ROUTER 0x0a000101 /* 10.0.1.1/24, the relay */
#define FAR_FIRST  0x0a00010a
#define CENTRE	   0x0a000002 /* 10.0.0.2/24, behind SCENE_ROUTER */

/* Puts the host into a network that has no server but by way of its router. */
static struct sim_dhcpd *move_behind_relay(void)
{
	static const ipv4_addr servers[] = { CENTRE };
	static const struct server_subnet far = {
		.router = FAR_ROUTER,
		.prefix_length = 24,
		.pool_first = FAR_FIRST,
		.pool_last = FAR_FIRST + 9,
	};
	const struct server_config config = {
		.address = CENTRE,
		.prefix_length = 24,
		.lease_s = SCENE_LEASE_S,
		.subnet_count = 1,
		.subnets = &far,
	};
	struct sim_device *router = sim_router_add(&s->network, "router");
	struct sim_device *fabric = sim_switch_add(&s->network, "far");
	struct sim_interface *leg =
		sim_router_interface(router, "far", FAR_ROUTER, 24);
	struct sim_dhcpd *dhcpd = sim_dhcpd_add(&s->network, "centre", &config);

	s->dhcpd->silent = true;
	dhcpd->gateway = SCENE_ROUTER;
	sim_link_join(dhcpd->interface, sim_switch_port(s->fabric));
	sim_link_join(sim_router_interface(router, "near", SCENE_ROUTER, 24),
		      sim_switch_port(s->fabric));
	sim_link_join(leg, sim_switch_port(fabric));
	sim_relay_add(leg, servers, ARRAY_SIZE(servers));
	sim_link_move(s->link, sim_interface_peer(s->port->interface),
		      sim_switch_port(fabric));
	return dhcpd;
}

/* Covers: 2131-4.4.5-02 */
START_TEST(test_relay)
{
	struct sim_dhcpd *dhcpd = move_behind_relay();

	sim_host_start(s->host);
	scene_run(s, S(1));
	CHECK(scene_is_bound(s->port));
	ck_assert_uint_eq(s->port->kernel.address, FAR_FIRST);
	ck_assert_uint_eq(s->port->interface->gateway, FAR_ROUTER);
	CHECK(scene_ping(s, s->port->interface, CENTRE));
	/* Renewals need no relay: they are routed, as their answers are. */
	scene_run(s, S(500));
	ck_assert_uint_eq(scene_count(s, DHCP4_REQUEST_RENEWING), 1);
	ck_assert_uint_eq(scene_count(s, DHCP4_REQUEST_REBINDING), 0);
	CHECK(scene_is_bound(s->port));
	ck_assert_uint_eq(removals(), 0);
	ck_assert_uint_eq(dhcpd->answered, 3);
}
END_TEST

/* Where the first REQUEST went nobody is now: the socket finds the new way. */
START_TEST(test_renewal_by_another_router)
{
	move_behind_relay();
	sim_host_start(s->host);
	scene_run(s, S(1));
	CHECK(scene_is_bound(s->port));
	s->port->iface.client->lease.server_hw.bytes[5] ^= 0x80;
	scene_run(s, S(700));
	ck_assert_uint_eq(scene_count(s, DHCP4_REQUEST_RENEWING), 2);
	ck_assert_uint_eq(scene_count(s, DHCP4_REQUEST_REBINDING), 0);
	CHECK(scene_is_bound(s->port));
	ck_assert_uint_eq(removals(), 0);
}
END_TEST

/* ---- the whole -------------------------------------------------------------- */

/* The same seed makes the same run, to the last transaction id. */
START_TEST(test_determinism)
{
	struct scene_message first[6];

	s->link->weather.loss = 300;
	sim_host_start(s->host);
	scene_run(s, S(2000));
	ck_assert_uint_ge(s->message_count, ARRAY_SIZE(first));
	memcpy(first, s->messages, sizeof(first));
	scene_free(s);
	scene_init(s, 1);
	s->link->weather.loss = 300;
	sim_host_start(s->host);
	scene_run(s, S(2000));
	for (unsigned i = 0; i < ARRAY_SIZE(first); i++) {
		ck_assert_uint_eq(first[i].at, s->messages[i].at);
		ck_assert_uint_eq(first[i].xid, s->messages[i].xid);
	}
}
END_TEST

/* What an admin's scripts set at each boot, DHCP aside. */
START_TEST(test_fixed_address)
{
	const ipv4_addr own = SCENE_FIRST + 9;

	s->port->fixed_address = s->port->iface.config.inform_address = own;
	s->port->fixed_length = 24;
	sim_host_start(s->host);
	scene_run(s, S(1));
	ck_assert_uint_eq(scene_count(s, DHCP4_REQUEST_INFORM), 1);
	ck_assert_uint_eq(s->notices[DHCP4_NOTICE_INFORMED], 1);
	CHECK(scene_ping(s, s->dhcpd->interface, own));
	sim_port_take_address(s->port);
	ck_assert_uint_eq(s->port->kernel.address, IPV4_ANY);
	sim_host_reboot(s->host, S(1));
	scene_run(s, S(2));
	ck_assert_uint_eq(s->port->kernel.address, own);
	ck_assert_uint_eq(s->port->kernel.valid_until, NSEC_NEVER);
}
END_TEST

/* What is configured anew is in the next message, and makes none. */
START_TEST(test_reload)
{
	s->port->iface.config.broadcast = true;
	sim_port_reload(s->port);
	scene_run(s, S(1));
	ck_assert_uint_eq(s->message_count, 0);
	CHECK(scene_is_bound(s->port));
	sim_host_suspend(s->host);
	sim_port_reload(s->port);
	ck_assert_int_eq(state(), DHCP4_STATE_BOUND);
}
END_TEST

/* Another server in the place of the one that gave the lease: ARP finds it. */
START_TEST(test_renewal_of_a_server_replaced)
{
	uint8_t old[SIM_HWADDR_SIZE];

	memcpy(old, s->dhcpd->interface->hw, SIM_HWADDR_SIZE);
	sim_interface_change_hw(s->dhcpd->interface);
	CHECK(memcmp(old, s->dhcpd->interface->hw, SIM_HWADDR_SIZE) != 0);
	scene_run(s, S(500));
	ck_assert_uint_eq(scene_count(s, DHCP4_REQUEST_RENEWING), 1);
	ck_assert_int_eq(state(), DHCP4_STATE_RENEWING);
	scene_run(s, S(250));
	ck_assert_uint_eq(scene_count(s, DHCP4_REQUEST_RENEWING), 2);
	CHECK(scene_is_bound(s->port));
	ck_assert_uint_eq(removals(), 0);
}
END_TEST

Suite *test_sim_host_suite(void)
{
	Suite *suite = suite_create("sim_host");
	TCase *fresh = tcase_create("fresh"), *leased = tcase_create("leased");

	tcase_add_checked_fixture(fresh, setup, teardown);
	tcase_add_test(fresh, test_lease);
	tcase_add_test(fresh, test_starting_twice);
	tcase_add_test(fresh, test_end_waits_for_the_kernel);
	tcase_add_test(fresh, test_kill_while_configuring);
	tcase_add_test(fresh, test_nap_while_configuring);
	tcase_add_test(fresh, test_configure_fails_at_once);
	tcase_add_test(fresh, test_configure_fails_by_answer);
	tcase_add_test(fresh, test_disk_full);
	tcase_add_test(fresh, test_send_fails);
	tcase_add_test(fresh, test_two_ports);
	tcase_add_test(fresh, test_fixed_address);
	tcase_add_test(fresh, test_relay);
	tcase_add_test(fresh, test_renewal_by_another_router);
	tcase_add_test(fresh, test_determinism);
	suite_add_tcase(suite, fresh);

	tcase_add_checked_fixture(leased, setup_leased, teardown);
	tcase_add_test(leased, test_renewal);
	tcase_add_test(leased, test_filter);
	tcase_add_test(leased, test_expiry);
	tcase_add_test(leased, test_kill);
	tcase_add_test(leased, test_lifetime_without_process);
	tcase_add_test(leased, test_end);
	tcase_add_test(leased, test_reboot);
	tcase_add_test(leased, test_reboot_unconfirmed);
	tcase_add_test(leased, test_unconfirmed_killed_refused);
	tcase_add_test(leased, test_adopted_and_refused);
	tcase_add_test(leased, test_reboot_with_a_clock_from_the_past);
	tcase_add_test(leased, test_restart_with_a_clock_from_the_past);
	tcase_add_test(leased, test_reboot_while_off);
	tcase_add_test(leased, test_deconfigure_fails_for_a_while);
	tcase_add_test(leased, test_deconfigure_fails_and_the_lease_returns);
	tcase_add_test(leased, test_suspend_over_t1);
	tcase_add_test(leased, test_suspend_over_expiry);
	tcase_add_test(leased, test_lifetime_stops_in_sleep);
	tcase_add_test(leased, test_nap);
	tcase_add_test(leased, test_asleep);
	tcase_add_test(leased, test_flap_in_sleep);
	tcase_add_test(leased, test_wall_clock_steps);
	tcase_add_test(leased, test_deconfigure_fails);
	tcase_add_test(leased, test_torn_file);
	tcase_add_test(leased, test_clocks);
	tcase_add_test(leased, test_next_hop);
	tcase_add_test(leased, test_sending_by_ops);
	tcase_add_test(leased, test_commands);
	tcase_add_test(leased, test_carrier);
	tcase_add_test(leased, test_moved_cable);
	tcase_add_test(leased, test_address_taken);
	tcase_add_test(leased, test_hwaddr_changes);
	tcase_add_test(leased, test_reload);
	tcase_add_test(leased, test_renewal_of_a_server_replaced);
	suite_add_tcase(suite, leased);
	return suite;
}
