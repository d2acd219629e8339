/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is due is a list of acts, run in their order until one fails. Which disk
 * fails whom nobody knows: each interface tries for itself, and the first to fail
 * and the last to recover speak for all.
 */
#include "daemon/storing.h"

#include <string.h>

#include "base/assert.h"
#include "base/sum.h"
#include "daemon/daemon.h"
#include "daemon/log.h"
#include "daemon/store.h"

/* A renewal that changes only times reaches the disk no more often. */
#define SYNC_SPACING_NS (600 * NSEC_PER_S)

/* The first time between two tries; it doubles so often, to 1,024 s. */
#define RETRY_NS	  NSEC_PER_S
#define RETRY_DOUBLED_MAX 10

/* What a lease says besides its times, in a number. */
static uint64_t sum_of(const struct dhcp4_lease *lease)
{
	uint64_t sum = sum_fnv(SUM_FNV_START ^ lease->address,
			       lease->options.bytes, lease->options.used);

	sum = sum_fnv(sum, lease->network.bytes, lease->network.size);
	return sum_fnv(sum, lease->router_hw.bytes, lease->router_hw.size);
}

static int forget(struct managed *m, nsec now)
{
	(void)now;
	storing_replaced(m);
	return store_forget(m->daemon->store, m->iface.name);
}

static int save(struct managed *m, nsec now)
{
	const struct dhcp4_lease *lease = &m->iface.client->lease;
	struct storing *s = &m->storing;
	struct store_networks networks =
		store_networks(m->daemon->store, m->iface.name, now);
	uint64_t sum = sum_of(lease), before = s->stored_sum;
	int r = 0;

	/* A late try: it went meanwhile, or another one is on its way. */
	if (m->iface.client->tenure != DHCP4_TENURE_HELD)
		return 0;
	storing_replaced(m);
	if (m->iface.config.known_networks)
		r = networks_make_room(&networks.slots, lease, now);
	if (r == 0)
		r = store_save(m->daemon->store, m->iface.name, lease,
			       m->mtu.former, now);
	if (r < 0)
		return r;
	if (sum != before || now >= nsec_add(s->synced_ns, SYNC_SPACING_NS))
		s->sync_due = true;
	s->stored_sum = sum;
	return 0;
}

static int save_fallback(struct managed *m, nsec now)
{
	(void)now;
	return store_save_fallback(m->daemon->store, m->iface.name,
				   &m->fallback.stored);
}

static int save_servers(struct managed *m, nsec now)
{
	int r = store_save_servers(m->daemon->store, m->iface.name,
				   m->iface.pins);

	(void)now;
	if (r < 0)
		return r;
	m->iface.pins->changed = false;
	/* The files go to the disk together. */
	if (m->iface.client->tenure == DHCP4_TENURE_HELD)
		m->storing.sync_due = true;
	return 0;
}

static int sync_file(struct managed *m, nsec now)
{
	m->storing.synced_ns = now;
	return store_sync(m->daemon->store, m->iface.name);
}

static const struct act {
	size_t due; /* where in the struct storing its flag is */
	int (*run)(struct managed *, nsec now);
	const char *failed;
} acts[] = {
	{ offsetof(struct storing, forget_due), forget,
	  "the lease file cannot be removed" },
	{ offsetof(struct storing, save_due), save, "the lease is not stored" },
	{ offsetof(struct storing, fallback_due), save_fallback,
	  "the fallback address is not stored" },
	{ offsetof(struct storing, servers_due), save_servers,
	  "the servers that are known are not stored" },
	{ offsetof(struct storing, sync_due), sync_file,
	  "the lease is stored, but not on the disk" },
};

static bool *due_of(struct managed *m, const struct act *act)
{
	return (bool *)((char *)&m->storing + act->due);
}

static void note_failure(struct managed *m, const char *what, int r, nsec now)
{
	struct storing *s = &m->storing;

	if (s->failures == 0 && m->daemon->unstored++ == 0)
		log_about(m->iface.name, LOG_LEVEL_WARNING,
			  "%s: %s; it goes on without, and tries again", what,
			  strerror(-r));
	else
		log_about(m->iface.name, LOG_LEVEL_DEBUG, "%s: %s", what,
			  strerror(-r));
	loop_timer_set(m->daemon->loop, &s->retry,
		       nsec_add(now, RETRY_NS << s->failures));
	if (s->failures < RETRY_DOUBLED_MAX)
		s->failures++;
}

static void note_success(struct managed *m)
{
	struct storing *s = &m->storing;

	if (s->failures == 0)
		return;
	s->failures = 0;
	loop_timer_set(m->daemon->loop, &s->retry, NSEC_NEVER);
	if (--m->daemon->unstored == 0)
		log_about(m->iface.name, LOG_LEVEL_NOTICE,
			  "the disk takes again what is stored there");
	else
		log_about(m->iface.name, LOG_LEVEL_INFO, "stored again");
}

/* Runs the first so many acts, those that are due. True if none failed. */
static bool run(struct managed *m, size_t count, nsec now)
{
	for (size_t i = 0; i < count; i++) {
		bool *due = due_of(m, &acts[i]);
		int r;

		if (!*due)
			continue;
		r = acts[i].run(m, now);
		if (r < 0) {
			note_failure(m, acts[i].failed, r, now);
			return false;
		}
		*due = false;
	}
	return true;
}

/* The last one waits until all is quiet, or has waited too long already. */
static void run_now(struct managed *m, nsec now)
{
	bool late = m->storing.failures > 0;

	if (run(m, ARRAY_SIZE(acts) - !late, now))
		note_success(m);
}

static void retry_reached(struct loop_timer *timer, nsec now)
{
	run_now(LOOP_OWNER(timer, struct managed, storing.retry), now);
}

void storing_init(struct managed *m)
{
	m->storing.retry.fire = retry_reached;
}

void storing_save(struct iface *i, nsec now)
{
	struct managed *m = managed_of(i);

	(void)now;
	m->storing.save_due = true;
	m->storing.forget_due = false;
	if (i->pins && i->pins->changed)
		m->storing.servers_due = true;
	daemon_mark_due(m);
}

void storing_forget(struct iface *i)
{
	struct managed *m = managed_of(i);

	m->storing.save_due = m->storing.sync_due = false;
	m->storing.forget_due = true;
	run_now(m, loop_clock());
}

void storing_fallback(struct managed *m, nsec now)
{
	m->storing.fallback_due = true;
	run_now(m, now);
}

void storing_servers(struct managed *m, nsec now)
{
	m->storing.servers_due = true;
	run_now(m, now);
}

bool storing_is_stored(const struct managed *m)
{
	return sum_of(&m->iface.client->lease) == m->storing.stored_sum;
}

void storing_replaced(struct managed *m)
{
	m->storing.stored_sum = 0;
}

bool storing_has_work(const struct managed *m)
{
	return m->storing.save_due && m->storing.failures == 0;
}

void storing_work(struct managed *m, nsec now)
{
	if (storing_has_work(m))
		run_now(m, now);
}

bool storing_settle(struct managed *m, nsec now)
{
	if (!m->storing.sync_due || m->storing.failures)
		return false;
	run(m, ARRAY_SIZE(acts), now);
	return true;
}

void storing_close(struct managed *m, nsec now)
{
	struct storing *s = &m->storing;

	run(m, ARRAY_SIZE(acts), now);
	loop_timer_set(m->daemon->loop, &s->retry, NSEC_NEVER);
	if (s->failures)
		m->daemon->unstored--;
	s->failures = 0;
	for (size_t i = 0; i < ARRAY_SIZE(acts); i++)
		*due_of(m, &acts[i]) = false;
}
