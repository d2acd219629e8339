/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The machine: its clocks, its process, its sleep. What the daemon's loop and
 * daemon.c do when these change is done here.
 */
#include "sim/host.h"

#include <err.h>
#include <stdlib.h>

#include "base/assert.h"
#include "sim/port.h"

/* A wall clock that leaps ahead by more counts as a resume (loop.c). */
#define LEAP_S 60

/* A shorter sleep goes unnoticed (loop.c). */
#define SLEEP_NS NSEC_PER_S

/* ---- clocks -------------------------------------------------------------- */

nsec sim_host_boottime(const struct sim_host *host)
{
	return host->network->clock.now - host->boot_at;
}

nsec sim_host_monotonic(const struct sim_host *host)
{
	nsec asleep = host->suspended
			      ? host->network->clock.now - host->suspended_at
			      : 0;

	return sim_host_boottime(host) - host->suspended_ns - asleep;
}

int64_t sim_host_wall_s(const struct sim_host *host)
{
	return SIM_EPOCH_S + host->wall_offset_s +
	       (int64_t)(host->network->clock.now / NSEC_PER_S);
}

bool sim_host_is_awake(const struct sim_host *host)
{
	return host->running && !host->suspended;
}

static void event(struct sim_host *host, enum sim_event what)
{
	for (unsigned n = 0; n < host->port_count; n++)
		sim_port_event(&host->ports[n], what);
}

/* ---- the process --------------------------------------------------------- */

static void boot(struct sim_host *host)
{
	sim_timer_cancel(&host->network->clock, &host->boot);
	host->on = true;
	host->boots++;
	host->boot_at = host->network->clock.now - SIM_BOOT_NS;
	host->suspended_ns = 0;
	for (unsigned n = 0; n < host->port_count; n++)
		sim_kernel_boot(&host->ports[n]);
}

static void draw_seed(struct sim_host *host, uint8_t seed[32])
{
	struct writer w = writer_over(seed, 32);

	while (w.used < 32)
		writer_u32(&w, prng_u32(&host->network->prng));
}

static void init_client(struct sim_host *host, unsigned port,
			const uint8_t seed[32])
{
	if (iface_init(&host->ports[port].iface, &host->shared, seed) < 0)
		err(EXIT_FAILURE, "a simulated client");
}

void sim_host_start(struct sim_host *host)
{
	uint8_t seed[32];

	if (host->running || host->suspended)
		return;
	if (!host->on)
		boot(host);
	host->running = true;
	recorder_init(&host->recorder, host->ring, sizeof(host->ring));
	host->shared = (struct iface_host){ .ops = host->ops,
					    .recorder = &host->recorder };
	for (unsigned n = 0; n < host->port_count; n++) {
		draw_seed(host, seed);
		init_client(host, n, seed);
	}
	for (unsigned n = 0; n < host->port_count; n++)
		sim_port_process_began(&host->ports[n]);
}

static void end_process(struct sim_host *host)
{
	host->running = false;
	for (unsigned n = 0; n < host->port_count; n++)
		sim_port_process_gone(&host->ports[n]);
}

void sim_host_kill(struct sim_host *host)
{
	if (!sim_host_is_awake(host))
		return;
	end_process(host);
	event(host, SIM_EVENT_KILLED);
}

/* As daemon_close(): answers that come now are still told. */
void sim_host_end(struct sim_host *host)
{
	if (!sim_host_is_awake(host))
		return;
	for (unsigned n = 0; n < host->port_count; n++) {
		sim_fallback_remove(&host->ports[n]);
		sim_kernel_answer(&host->ports[n]);
	}
	end_process(host);
	event(host, SIM_EVENT_ENDED);
}

/* ---- the machine --------------------------------------------------------- */

static void boot_due(struct sim_timer *timer)
{
	sim_host_start(SIM_OWNER(timer, struct sim_host, boot));
}

void sim_host_reboot(struct sim_host *host, nsec off)
{
	if (!host->on)
		return;
	end_process(host);
	for (unsigned n = 0; n < host->port_count; n++) {
		sim_kernel_remove(&host->ports[n], SIM_CAUSE_REBOOT);
		sim_fallback_gone(&host->ports[n]);
	}
	host->on = host->suspended = false;
	event(host, SIM_EVENT_REBOOTED);
	sim_timer_set(&host->network->clock, &host->boot,
		      nsec_add(host->network->clock.now, off));
}

void sim_host_suspend(struct sim_host *host)
{
	if (!host->on || host->suspended)
		return;
	host->suspended = true;
	host->suspended_at = host->network->clock.now;
	for (unsigned n = 0; n < host->port_count; n++)
		sim_port_slept(&host->ports[n]);
	event(host, SIM_EVENT_SUSPENDED);
}

void sim_host_resume(struct sim_host *host)
{
	nsec slept = host->network->clock.now - host->suspended_at;

	if (!host->suspended)
		return;
	host->suspended = false;
	host->suspended_ns += slept;
	event(host, SIM_EVENT_RESUMED);
	for (unsigned n = 0; n < host->port_count; n++)
		sim_port_woke(&host->ports[n], slept > SLEEP_NS);
}

/* Of a machine that was stopped from outside, no clock counted that. */
void sim_host_restore(struct sim_host *host)
{
	nsec stopped = host->network->clock.now - host->suspended_at;

	if (!host->suspended)
		return;
	host->suspended = false;
	host->boot_at += stopped;
	host->wall_offset_s -= (int64_t)(stopped / NSEC_PER_S);
	event(host, SIM_EVENT_RESUMED);
	for (unsigned n = 0; n < host->port_count; n++)
		sim_port_woke(&host->ports[n], false);
}

void sim_host_step_clock(struct sim_host *host, int64_t seconds)
{
	if (host->suspended)
		return;
	host->wall_offset_s += seconds;
	event(host, SIM_EVENT_CLOCK_STEPPED);
	if (!host->running || seconds <= LEAP_S)
		return;
	for (unsigned n = 0; n < host->port_count; n++) {
		if (host->ports[n].gone)
			continue;
		iface_resumed(&host->ports[n].iface, sim_host_boottime(host));
		sim_port_turn_ended(&host->ports[n]);
	}
}

/* ---- the beginning ------------------------------------------------------- */

static void free_clients(void *of)
{
	struct sim_host *host = of;

	for (unsigned n = 0; n < host->port_count; n++)
		iface_free(&host->ports[n].iface);
}

struct sim_host *sim_host_add(struct sim_network *network, const char *name,
			      unsigned ports)
{
	struct sim_host *host = sim_alloc(network, sizeof(*host));

	ASSERT(ports > 0 && ports <= SIM_HOST_PORTS_MAX);
	host->network = network;
	host->device = sim_device_add(network, name);
	host->boot.fire = boot_due;
	host->port_count = ports;
	host->ops = &sim_port_ops;
	for (unsigned n = 0; n < ports; n++) {
		/* Who looks at it sooner sees one that does nothing. */
		init_client(host, n, (const uint8_t[32]){ 0 });
		sim_port_init(&host->ports[n], host, n);
	}
	sim_at_end(network, free_clients, host);
	return host;
}

void sim_watch_add(struct sim_host *host, struct sim_watch *watch)
{
	struct sim_watch **end = &host->watches;

	while (*end)
		end = &(*end)->next;
	watch->next = NULL;
	*end = watch;
}
