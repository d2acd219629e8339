/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lines: the time since the start, the port, and what happened there in the
 * words of the protocol.
 */
#include "sim/timeline.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/str.h"
#include "core/names.h"

#define LINE_SIZE 240

struct timeline {
	FILE *file;
	struct sim_network *network;
	nsec start;
	/* One watch serves all hosts: a list node each. */
	struct line_watch {
		struct sim_watch watch;
		struct timeline *timeline;
		struct line_watch *next;
	} * watches;
};

struct timeline *timeline_new(FILE *file, struct sim_network *network)
{
	struct timeline *t;

	if (!file)
		return NULL;
	t = calloc(1, sizeof(*t));
	ASSERT(t);
	t->file = file;
	t->network = network;
	t->start = network->clock.now;
	return t;
}

void timeline_free(struct timeline *t)
{
	while (t && t->watches) {
		struct line_watch *w = t->watches;

		t->watches = w->next;
		free(w);
	}
	free(t);
}

static void print_time(const struct timeline *t)
{
	nsec at = t->network->clock.now - t->start;

	fprintf(t->file, "%9" PRIu64 ".%06" PRIu64 "  ", at / NSEC_PER_S,
		at % NSEC_PER_S / 1000);
}

static void print_line(struct sim_watch *watch, const struct sim_port *port,
		       const char *text)
{
	const struct timeline *t =
		SIM_OWNER(watch, struct line_watch, watch)->timeline;

	print_time(t);
	fprintf(t->file, "%s.%-5s %s\n", port->host->device->name,
		port->iface.name, text);
}

/* ---- frames ------------------------------------------------------------- */

static void say_address(struct str *s, const char *what, ipv4_addr address)
{
	if (!address)
		return;
	str_text(s, what);
	str_ipv4(s, address);
}

static void say_option(struct str *s, const struct dhcp4_message *m,
		       uint8_t code, const char *what)
{
	ipv4_addr address = 0;

	dhcp4_options_get_address(&m->options, code, 0, &address);
	say_address(s, what, address);
}

static void say_message(struct str *s, const struct datagram *d)
{
	struct dhcp4_message m;
	enum reject why = dhcp4_message_parse(d->payload, d->size, &m);
	uint32_t lease_s;

	if (why != REJECT_NONE) {
		str_text(s, "no DHCP message: ");
		str_text(s, reject_text(why));
		return;
	}
	str_text(s, dhcp4_type_name(m.type));
	str_text(s, " xid ");
	str_hex(s, d->payload + 4, 4, 0);
	if (m.header.secs) {
		str_text(s, " secs ");
		str_u64(s, m.header.secs);
	}
	say_address(s, " ciaddr ", m.header.ciaddr);
	say_address(s, " yiaddr ", m.header.yiaddr);
	say_address(s, " giaddr ", m.header.giaddr);
	say_option(s, &m, DHCP4_OPTION_REQUESTED_ADDRESS, " requested ");
	say_option(s, &m, DHCP4_OPTION_SERVER_ID, " server ");
	if (dhcp4_options_get_u32(&m.options, DHCP4_OPTION_LEASE_TIME, &lease_s)) {
		str_text(s, " lease ");
		str_u64(s, lease_s);
		str_text(s, " s");
	}
}

static void say_arp(struct str *s, const struct sim_frame *frame)
{
	struct arp arp;

	if (!arp_parse(frame->bytes, frame->size, &arp)) {
		str_text(s, "malformed ARP");
		return;
	}
	str_text(s, arp.op == ARP_OP_REQUEST ? "ARP who has " : "ARP reply to ");
	str_ipv4(s, arp.target);
	say_address(s, arp.op == ARP_OP_REQUEST ? ", tell " : ": it is ",
		    arp.sender);
}

static void say_ip(struct str *s, const struct sim_frame *frame)
{
	struct datagram d;
	enum reject client = frame_parse(frame->bytes, frame->size,
					 DHCP4_CLIENT_PORT, false, &d);

	if (client != REJECT_NONE &&
	    frame_parse(frame->bytes, frame->size, DHCP4_SERVER_PORT, false,
			&d) != REJECT_NONE) {
		str_text(s, "IPv4, ");
		str_text(s, reject_text(client));
		return;
	}
	say_message(s, &d);
	say_address(s, " from ", d.source);
	say_address(s, " to ", d.destination);
}

static void on_frame(struct sim_watch *w, struct sim_port *port,
		     const struct sim_frame *frame, bool sent)
{
	char line[LINE_SIZE];
	struct str s = str_over(line, sizeof(line));

	str_text(&s, sent ? "-> " : "<- ");
	if (frame->ethertype == SIM_ETHERTYPE_ARP)
		say_arp(&s, frame);
	else
		say_ip(&s, frame);
	print_line(w, port, line);
}

static void on_send_failed(struct sim_watch *w, struct sim_port *port,
			   const struct dhcp4_effect *effect, int error)
{
	char line[LINE_SIZE];
	struct str s = str_over(line, sizeof(line));

	str_text(&s, "-x ");
	str_text(&s, dhcp4_request_name(effect->send.request));
	str_text(&s, " not sent: ");
	str_text(&s, strerror(error));
	print_line(w, port, line);
}

/* ---- the host ------------------------------------------------------------ */

static void on_kernel(struct sim_watch *w, struct sim_port *port,
		      const struct sim_kernel *before, enum sim_cause cause)
{
	static const char *const causes[] = {
		[SIM_CAUSE_DAEMON] = "",
		[SIM_CAUSE_LIFETIME] = ", its lifetime is over",
		[SIM_CAUSE_ADMIN] = ", by an admin",
		[SIM_CAUSE_REBOOT] = ", by the reboot",
		[SIM_CAUSE_REMOVED] = ", with its interface",
	};
	char line[LINE_SIZE];
	struct str s = str_over(line, sizeof(line));

	str_text(&s, "   kernel: ");
	if (before->address && before->address != port->kernel.address) {
		str_ipv4(&s, before->address);
		str_text(&s, " removed");
		str_text(&s, causes[cause]);
		str_text(&s, port->kernel.address ? ", " : "");
	}
	if (port->kernel.address) {
		str_ipv4(&s, port->kernel.address);
		str_char(&s, '/');
		str_u64(&s, port->kernel.prefix_length);
		str_text(&s, before->address == port->kernel.address ? " extended"
								     : " added");
	}
	print_line(w, port, line);
}

static void on_stored(struct sim_watch *w, struct sim_port *port)
{
	print_line(w, port,
		   port->file_size ? "   lease file written"
				   : "   lease file removed");
}

static void add_about(struct str *s, ipv4_addr address, const char *text)
{
	str_ipv4(s, address);
	str_text(s, text);
}

/* What a server does that makes one look twice. */
static void add_doubt(struct str *s, const struct dhcp4_notice *n)
{
	if (n->changes) {
		str_text(s, n->kind == DHCP4_NOTICE_HELD ? "held back: "
							 : "changed: ");
		changes_text(s, n->changes);
	} else {
		add_about(s, n->server, ": not the server that is known");
	}
}

static void on_notice(struct sim_watch *w, struct sim_port *port,
		      const struct dhcp4_notice *n)
{
	char line[LINE_SIZE];
	struct str s = str_over(line, sizeof(line));

	str_text(&s, "   ");
	switch (n->kind) {
	case DHCP4_NOTICE_TRANSITION:
		str_text(&s, dhcp4_state_name(n->from));
		str_text(&s, " -> ");
		str_text(&s, dhcp4_state_name(n->to));
		break;
	case DHCP4_NOTICE_REJECTED:
		str_text(&s, "refused: ");
		str_text(&s, reject_text(n->reject));
		break;
	case DHCP4_NOTICE_LOST:
		add_about(&s, n->address, " is gone: ");
		str_text(&s, dhcp4_loss_name(n->loss));
		break;
	case DHCP4_NOTICE_SILENT:
	case DHCP4_NOTICE_UNCONFIRMED:
		add_about(&s, n->address, ": no answer");
		break;
	case DHCP4_NOTICE_CONFLICT:
	case DHCP4_NOTICE_DEFENDED:
	case DHCP4_NOTICE_FALLBACK_TAKEN:
		add_about(&s, n->address, ": another host has it");
		break;
	case DHCP4_NOTICE_WITHDRAWN:
		add_about(&s, n->address, " is not used until it is checked");
		break;
	case DHCP4_NOTICE_FALLBACK_READY:
	case DHCP4_NOTICE_FALLBACK_ENDED:
	case DHCP4_NOTICE_READY:
		add_about(&s, n->address,
			  n->kind == DHCP4_NOTICE_FALLBACK_ENDED
				  ? " is not used any more"
				  : " is ready");
		break;
	case DHCP4_NOTICE_LEFT:
		add_about(&s, n->address,
			  " was removed too often, and is left so");
		break;
	case DHCP4_NOTICE_ATTACHED:
		add_about(&s, n->address, ": its router is here");
		break;
	case DHCP4_NOTICE_SERVER_REFUSED:
	case DHCP4_NOTICE_SERVER_CHANGED:
	case DHCP4_NOTICE_SERVER_MOVED:
	case DHCP4_NOTICE_CHANGED:
	case DHCP4_NOTICE_HELD:
		add_doubt(&s, n);
		break;
	case DHCP4_NOTICE_CONFIGURE_FAILED:
	case DHCP4_NOTICE_FALLBACK_FAILED:
		str_text(&s, "configure: ");
		str_text(&s, strerror(n->error));
		break;
	case DHCP4_NOTICE_OFFER:
	case DHCP4_NOTICE_NAK:
	case DHCP4_NOTICE_ACK:
	case DHCP4_NOTICE_MASK_GUESSED:
	case DHCP4_NOTICE_INFORMED:
	case DHCP4_NOTICE_V6ONLY:
	case DHCP4_NOTICE_NO_ADDRESS:
	case DHCP4_NOTICE_FORCED:
	case DHCP4_NOTICE_UNAUTHENTICATED:
		/* The frame before says it. */
		return;
	}
	print_line(w, port, line);
}

static void on_event(struct sim_watch *w, struct sim_port *port,
		     enum sim_event event)
{
	static const char *const texts[SIM_EVENT_COUNT] = {
		[SIM_EVENT_STARTED] = "** started",
		[SIM_EVENT_KILLED] = "** killed",
		[SIM_EVENT_ENDED] = "** ended",
		[SIM_EVENT_RELEASED] = "** release asked",
		[SIM_EVENT_REBOOTED] = "** rebooted",
		[SIM_EVENT_CARRIER_UP] = "** carrier",
		[SIM_EVENT_CARRIER_DOWN] = "** no carrier",
		[SIM_EVENT_SUSPENDED] = "** suspended",
		[SIM_EVENT_RESUMED] = "** resumed",
		[SIM_EVENT_CLOCK_STEPPED] = "** wall clock stepped",
		[SIM_EVENT_RENEW_ASKED] = "** renew asked",
		[SIM_EVENT_REBIND_ASKED] = "** rebind asked",
		[SIM_EVENT_ADDRESS_TAKEN] = "** address taken by an admin",
		[SIM_EVENT_HWADDR_CHANGED] = "** hardware address changed",
		[SIM_EVENT_REMOVED] = "** interface removed",
		[SIM_EVENT_RETURNED] = "** interface is back",
	};

	print_line(w, port, texts[event]);
}

void timeline_watch_host(struct timeline *t, struct sim_host *host)
{
	struct line_watch *w;

	if (!t)
		return;
	w = calloc(1, sizeof(*w));
	ASSERT(w);
	w->timeline = t;
	w->next = t->watches;
	t->watches = w;
	w->watch = (struct sim_watch){
		.frame = on_frame,
		.send_failed = on_send_failed,
		.kernel = on_kernel,
		.stored = on_stored,
		.notice = on_notice,
		.event = on_event,
	};
	sim_watch_add(host, &w->watch);
}

void timeline_fault(struct timeline *t, const struct fault *fault, bool begins)
{
	char name[LINE_SIZE];
	struct str s = str_over(name, sizeof(name));

	if (!t)
		return;
	fault_say(&s, fault->kind);
	print_time(t);
	fprintf(t->file, "fault %u %s: %s (host%u, port %u, server %u)\n",
		fault->index, begins ? "begins" : "ends", name, fault->host,
		fault->port, fault->server);
}

void timeline_say(struct timeline *t, const char *text)
{
	if (!t)
		return;
	print_time(t);
	fprintf(t->file, "---- %s\n", text);
}
