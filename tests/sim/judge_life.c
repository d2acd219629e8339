/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What befalls a port besides messages: its process, its link, its clocks, its
 * kernel, its lease file, and time.
 */
#include <string.h>

#include "sim/judge_internal.h"

/* A carrier that flaps begins an exchange no more often. */
#define RESTART_SPACING NSEC_PER_S

/* A longer sleep, and a longer leap of the wall clock, is a resume. */
#define SLEEP_NS NSEC_PER_S
#define LEAP_S	 60

/* Changes are looked at so much later, when all that follows has happened. */
#define SETTLE_NS NSEC_PER_MS

/* How much later a message that has to leave is missed. */
#define MISSED_NS NSEC_PER_MS

/* ---- the process --------------------------------------------------------- */

static bool has_own_id(const struct port_model *p)
{
	return client_id_equal(&p->lease.client_id,
			       &p->port->iface.config.client_id);
}

static bool is_anonymous(const struct port_model *p)
{
	return p->port->iface.config.anonymous;
}

/* What may be asked for again by INIT-REBOOT (RFC 7844 3.3: never anonymously). */
static bool is_confirmable(const struct port_model *p)
{
	return has_own_id(p) && !is_anonymous(p);
}

/* A lease of another hardware address, of which nothing is to be told (7844 3.2). */
static void drop_foreign(struct port_model *p)
{
	if (is_anonymous(p) && p->lease.valid && !has_own_id(p))
		port_model_end_lease(p, judge_now(p));
}

bool port_model_file_is_whole(const struct port_model *p, size_t size)
{
	const struct sim_port *port = p->port;
	const struct lease_clocks clocks = {
		.now = sim_host_boottime(port->host),
		.wall_s = sim_host_wall_s(port->host),
	};
	struct lease_file file;

	return p->file_known && size &&
	       lease_file_read(port->file, size, &clocks, &file) == 0 &&
	       file.lease.address == p->filed.address;
}

/*
 * The file's lease becomes the client's: used if the kernel has its address since
 * this boot, else only asked for. Over a reboot its age is the wall clock's; if
 * that was moved meanwhile, nobody can know.
 */
static void load_lease(struct port_model *p)
{
	const struct sim_host *host = p->port->host;
	struct judge_lease *lease = &p->lease;
	bool same_boot = p->filed_boots == host->boots;
	nsec now = judge_now(p);

	p->lease.valid = false;
	p->gone_by = NSEC_NEVER;
	p->stuck = p->kernel.address != 0;
	if (!port_model_file_is_whole(p, p->port->file_size))
		return;
	*lease = p->filed;
	lease->vague = lease->vague || !same_boot;
	lease->exempt = !same_boot &&
			(p->filed_offset_s != host->wall_offset_s ||
			 (lease->expiry > now &&
			  lease->expiry <= now + judge_lease_early(lease)));
	lease->valid = lease->exempt || lease->expiry > now;
	p->usable = same_boot || sim_host_wall_s(host) >= p->filed_wall_s;
	lease->used = lease->valid && p->usable &&
		      p->kernel.address == lease->address;
	lease->ours = lease->used;
	p->stuck = p->kernel.address != lease->address || !p->usable;
	if (lease->used && !lease->exempt)
		p->gone_by = lease->expiry;
}

/* INIT-REBOOT is the way to the address of the lease and to no other. */
static enum dhcp4_request first_kind(struct port_model *p)
{
	ipv4_addr wanted = p->port->iface.config.requested_address;

	if (p->lease.valid && is_confirmable(p) &&
	    (!wanted || wanted == p->lease.address))
		return p->lease.exempt ? DHCP4_REQUEST_COUNT
				       : DHCP4_REQUEST_REBOOTING;
	if (!p->lease.ours)
		p->lease.valid = false;
	return DHCP4_REQUEST_DISCOVER;
}

static void started(struct port_model *p)
{
	const struct dhcp4_config *config = &p->port->iface.config;
	enum dhcp4_request kind;

	if (p->running)
		return;
	p->running = true;
	p->released = p->suspended = p->unready = p->converged = false;
	p->silent = config->inform_address || config->bootp ||
		    config->ignore_classless_routes;
	p->state = DHCP4_STATE_STOPPED;
	p->wall_offset_s = p->port->host->wall_offset_s;
	p->carrier = sim_interface_has_carrier(p->port->interface);
	p->refused = false;
	p->offer_count = p->naks = 0;
	p->auth_sent = 0;
	p->nonce_known = false;
	p->nak_until = 0;
	p->begun_at = NSEC_NEVER;
	p->flag = false;
	p->soon = 0;
	p->forbidden = false;
	p->silent_until = p->v6only_at = 0;
	judge_guard_start(p);
	judge_known_reset(p);
	p->known.test_at = 0;
	p->known.heard_of = IPV4_ANY;
	p->known.recalled = NULL;
	load_lease(p);
	judge_fallback_start(p);
	drop_foreign(p);
	kind = first_kind(p);
	port_model_idle(p, p->carrier ? judge_now(p) : NSEC_NEVER, kind,
			"it was started");
}

static void ended(struct port_model *p)
{
	p->running = p->suspended = p->released = false;
	p->converged = p->file_must_go = false;
	port_model_idle(p, NSEC_NEVER, DHCP4_REQUEST_COUNT, NULL);
	p->phase = JUDGE_PHASE_OFF;
	p->gone_by = p->look_at = NSEC_NEVER;
}

/* Of the interface: nothing is left but the file. */
static void removed(struct port_model *p)
{
	bool running = p->running;

	ended(p);
	p->lease.valid = p->stuck = false;
	p->carrier = false;
	p->running = running;
}

/* Its successor is served as if the process had begun with it. */
static void returned(struct port_model *p)
{
	p->running = false;
	started(p);
	judge_guard_recheck(p);
}

static void released(struct port_model *p)
{
	bool sends = p->lease.valid && p->lease.ours && p->carrier;

	judge_known_reset(p);
	if (p->lease.valid)
		port_model_end_lease(p, judge_now(p));
	port_model_idle(p, NSEC_NEVER, DHCP4_REQUEST_COUNT, NULL);
	p->phase = JUDGE_PHASE_OFF;
	p->released = true;
	p->file_must_go = p->port->file_size != 0;
	if (sends) {
		p->send_by = judge_now(p);
		p->at_once = true;
		p->send_why = "a release was asked for";
	}
}

/* ---- the link and the clocks --------------------------------------------- */

/* What asks for the lease that there is; DHCP4_REQUEST_COUNT: nobody knows. */
static enum dhcp4_request confirmed_by(const struct port_model *p)
{
	if (!p->lease.valid || !is_confirmable(p))
		return DHCP4_REQUEST_DISCOVER;
	return p->lease.exempt ? DHCP4_REQUEST_COUNT : DHCP4_REQUEST_REBOOTING;
}

static void carrier_down(struct port_model *p)
{
	enum dhcp4_request kind = p->begin_kind;

	p->carrier = p->forbidden = false;
	judge_known_reset(p);
	judge_guard_recheck(p);
	if (p->phase == JUDGE_PHASE_OFF)
		return;
	if (p->phase != JUDGE_PHASE_IDLE)
		kind = confirmed_by(p);
	port_model_idle(p, NSEC_NEVER, kind, NULL);
}

static void carrier_up(struct port_model *p)
{
	nsec at = nsec_max(judge_now(p), p->nak_until);

	p->carrier = true;
	p->forbidden = false;
	if (p->phase != JUDGE_PHASE_IDLE)
		return;
	if (p->begun_at != NSEC_NEVER)
		at = nsec_max(at, p->begun_at + RESTART_SPACING);
	port_model_idle(p, at, p->begin_kind, "the carrier was there");
}

static bool is_extending(const struct port_model *p)
{
	return p->phase == JUDGE_PHASE_BOUND ||
	       (p->phase == JUDGE_PHASE_ASKED &&
		(p->last.kind == DHCP4_REQUEST_RENEWING ||
		 p->last.kind == DHCP4_REQUEST_REBINDING));
}

/* What waits begins: but not at once after a DECLINE, or after it has begun. */
static void hurried(struct port_model *p)
{
	nsec at = nsec_max(judge_now(p), judge_guard_pause_end(p));

	if (p->begun_at != NSEC_NEVER)
		at = nsec_max(at, p->begun_at + RESTART_SPACING);
	if (p->begin.from == NSEC_NEVER || at >= p->begin.from)
		return;
	p->nak_until = nsec_min(p->nak_until, at);
	port_model_idle(p, at, p->begin_kind, "it was asked to");
}

/*
 * A lease that was settled, or asked for before the sleep, is confirmed anew; so
 * is one that an offer was to replace.
 */
static void confirm(struct port_model *p)
{
	judge_known_reset(p);
	if (is_extending(p))
		port_model_idle(p, judge_now(p),
				is_anonymous(p) ? DHCP4_REQUEST_DISCOVER
						: DHCP4_REQUEST_REBOOTING,
				"the host resumed");
	else if (p->phase == JUDGE_PHASE_ASKED &&
		 (p->last.kind == DHCP4_REQUEST_REBOOTING ||
		  p->last.kind == DHCP4_REQUEST_SELECTING))
		port_model_idle(p, judge_now(p), confirmed_by(p),
				"the host resumed");
	else if (p->state == DHCP4_STATE_V6ONLY_WAIT)
		hurried(p);
}

static void stretch(struct judge_span *span, nsec now)
{
	if (span->from != NSEC_NEVER)
		span->to = nsec_max(span->to, now);
}

static void resumed(struct port_model *p)
{
	nsec now = judge_now(p), slept = now - p->suspended_at;

	p->suspended = false;
	p->resumed_at = now;
	if (slept <= SLEEP_NS)
		p->naps += slept;
	if (!p->running)
		return;
	/* What was due in its sleep is due now. */
	stretch(&p->again, now);
	stretch(&p->begin, now);
	p->send_by = nsec_max(p->send_by, now);
	if (p->guard.due_by != NSEC_NEVER)
		p->guard.due_by = nsec_max(p->guard.due_by, now);
	p->fallback.due_by = p->fallback.due_by == NSEC_NEVER
				     ? NSEC_NEVER
				     : nsec_max(p->fallback.due_by, now);
	if (slept > SLEEP_NS) {
		judge_guard_recheck(p);
		judge_fallback_recheck(p);
	}
	port_model_catch_up(p);
	if (slept > SLEEP_NS)
		confirm(p);
}

static void clock_stepped(struct port_model *p)
{
	int64_t offset_s = p->port->host->wall_offset_s;

	if (p->running && offset_s - p->wall_offset_s > LEAP_S) {
		judge_guard_recheck(p);
		judge_fallback_recheck(p);
		confirm(p);
	}
	p->wall_offset_s = offset_s;
}

static void hwaddr_changed(struct port_model *p)
{
	if (!p->running)
		return;
	drop_foreign(p);
	if (is_anonymous(p))
		judge_fallback_rename(p);
	if (p->phase == JUDGE_PHASE_OFF)
		return;
	if (!p->lease.ours)
		p->lease.valid = false;
	if (p->phase == JUDGE_PHASE_IDLE && p->state == DHCP4_STATE_INIT)
		p->begin_kind = DHCP4_REQUEST_DISCOVER;
	else
		port_model_idle(p, p->carrier ? judge_now(p) : NSEC_NEVER,
				DHCP4_REQUEST_DISCOVER,
				"the hardware address changed");
}

static void extension_asked(struct port_model *p)
{
	if (p->phase == JUDGE_PHASE_IDLE && p->carrier)
		hurried(p);
	/* What is not checked yet has to wait. */
	if (!is_extending(p) || !p->lease.used)
		return;
	p->send_by = judge_now(p);
	p->at_once = true;
	p->send_why = "an extension was asked for";
}

void port_model_event(struct port_model *p, enum sim_event event)
{
	p->event = event;
	p->event_at = judge_now(p);
	p->inert = false;
	port_model_settle(p);
	switch (event) {
	case SIM_EVENT_STARTED:
		started(p);
		judge_guard_recheck(p);
		break;
	case SIM_EVENT_KILLED:
	case SIM_EVENT_ENDED:
	case SIM_EVENT_REBOOTED:
		ended(p);
		break;
	case SIM_EVENT_RELEASED:
		released(p);
		break;
	case SIM_EVENT_CARRIER_UP:
		carrier_up(p);
		break;
	case SIM_EVENT_CARRIER_DOWN:
		carrier_down(p);
		break;
	case SIM_EVENT_SUSPENDED:
		p->suspended = true;
		p->suspended_at = judge_now(p);
		break;
	case SIM_EVENT_RESUMED:
		resumed(p);
		break;
	case SIM_EVENT_CLOCK_STEPPED:
		clock_stepped(p);
		break;
	case SIM_EVENT_RENEW_ASKED:
	case SIM_EVENT_REBIND_ASKED:
		extension_asked(p);
		break;
	case SIM_EVENT_HWADDR_CHANGED:
		hwaddr_changed(p);
		break;
	case SIM_EVENT_REMOVED:
		removed(p);
		break;
	case SIM_EVENT_RETURNED:
		returned(p);
		break;
	case SIM_EVENT_ADDRESS_TAKEN:
		memmove(p->taken_at, p->taken_at + 1,
			sizeof(p->taken_at) - sizeof(p->taken_at[0]));
		p->taken_at[DHCP4_RESTORES_MAX] = judge_now(p);
		break;
	case SIM_EVENT_COUNT:
		break;
	}
}

/* ---- the kernel, the file, the daemon's words ----------------------------- */

void port_model_kernel(struct port_model *p)
{
	const struct sim_kernel *kernel = &p->port->kernel;

	if (p->kernel.address)
		p->judge->counters.leased_ns += judge_now(p) - p->kernel_at;
	if (kernel->address != p->kernel.address) {
		p->stuck = false;
		/* When a lease of unknown end is over, the client says. */
		if (p->kernel.address == p->lease.address &&
		    port_model_end_is_open(p))
			p->lease.valid = false;
	}
	p->kernel = *kernel;
	p->kernel_at = judge_now(p);
	p->naps = 0;
	port_model_settle(p);
}

/* What the file says of the network's router. */
static void note_network(struct port_model *p)
{
	const struct sim_port *port = p->port;
	const struct lease_clocks clocks = {
		.now = sim_host_boottime(port->host),
		.wall_s = sim_host_wall_s(port->host),
	};
	struct lease_file file;

	if (!p->file_known)
		judge_known_stored(p, NULL);
	else if (lease_file_read(port->file, port->file_size, &clocks, &file) == 0)
		judge_known_stored(p, &file.lease);
}

void port_model_stored(struct port_model *p)
{
	const struct sim_host *host = p->port->host;

	p->file_known = p->port->file_size != 0;
	note_network(p);
	if (p->file_known) {
		p->filed = p->lease;
		p->filed_size = p->port->file_size;
		p->file_late = false;
		p->filed_boots = host->boots;
		p->filed_offset_s = host->wall_offset_s;
		p->filed_wall_s = sim_host_wall_s(host);
	}
	if (p->file_known && p->known.recalled) {
		p->filed_boots = p->known.recalled->boots;
		p->filed_offset_s = p->known.recalled->offset_s;
		p->filed_wall_s = p->known.recalled->wall_s;
		p->known.recalled = NULL;
	}
	p->file_must_go = false;
	port_model_settle(p);
}

void port_model_notice(struct port_model *p, const struct dhcp4_notice *notice)
{
	if (notice->kind == DHCP4_NOTICE_REJECTED)
		return;
	if (notice->kind == DHCP4_NOTICE_TRANSITION)
		p->state = notice->to;
	if (notice->kind == DHCP4_NOTICE_SILENT && !p->silent)
		judge_choice_silent(p, notice->server);
	if (notice->kind == DHCP4_NOTICE_V6ONLY)
		judge_choice_told_v6only(p, notice->server);
	if (notice->kind == DHCP4_NOTICE_CONFIGURE_FAILED ||
	    notice->kind == DHCP4_NOTICE_LEFT) {
		p->unready = true;
		p->refused_at = judge_now(p);
	} else if (notice->kind == DHCP4_NOTICE_READY) {
		p->unready = false;
	}
	port_model_settle(p);
}

/* ---- time ---------------------------------------------------------------- */

/* A lease without which a client begins anew at once. */
static void expired(struct port_model *p)
{
	nsec expiry = p->lease.expiry;
	bool begins = !dhcp4_tenure_is_legal(p->state, DHCP4_TENURE_NONE);

	port_model_end_lease(p, nsec_max(expiry, p->resumed_at));
	port_model_settle(p);
	if (!begins || p->phase == JUDGE_PHASE_OFF)
		return;
	port_model_idle(p, p->carrier ? expiry : NSEC_NEVER,
			DHCP4_REQUEST_DISCOVER, "the lease expired");
	if (p->carrier)
		p->begin.to = p->send_by = p->gone_by;
}

static bool is_over(const struct port_model *p)
{
	return p->lease.valid && !p->suspended && !p->lease.exempt &&
	       judge_now(p) >= p->lease.expiry;
}

void port_model_catch_up(struct port_model *p)
{
	if (p->port->host->running && !p->running)
		started(p);
	if (is_over(p) && p->running)
		expired(p);
	else if (is_over(p))
		p->lease.valid = false;
	judge_guard_settle(p);
	judge_fallback_settle(p);
}

void port_model_settle(struct port_model *p)
{
	p->look_at = judge_now(p) + SETTLE_NS + p->port->troubles.netlink_ns;
}

bool port_model_is_settled(const struct port_model *p)
{
	return p->look_at <= judge_now(p) && !p->port->configuring &&
	       !p->port->removing;
}

void port_model_set_timer(struct port_model *p)
{
	nsec at = NSEC_NEVER;

	if (port_model_is_awake(p) && !p->silent) {
		at = nsec_min(p->look_at, nsec_add(p->send_by, MISSED_NS));
		at = nsec_min(at, judge_guard_next(p));
		at = nsec_min(at, judge_fallback_next(p));
		if (p->gone_by != NSEC_NEVER)
			at = nsec_min(at, p->gone_by + SETTLE_NS);
	}
	if (at != (p->timer.place ? p->timer.at : NSEC_NEVER))
		sim_timer_set(&p->judge->network->clock, &p->timer, at);
}

void port_model_init(struct port_model *p, struct judge *judge,
		     struct sim_port *port)
{
	p->judge = judge;
	p->port = port;
	p->event = SIM_EVENT_COUNT;
	p->kernel = port->kernel;
	p->begun_at = NSEC_NEVER;
	ended(p);
}
