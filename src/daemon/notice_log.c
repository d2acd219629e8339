/* SPDX-License-Identifier: BSD-2-Clause */
/* A line for each notice, at the level of what it means to an administrator. */
#include "daemon/notice_log.h"

#include "base/str.h"
#include "core/names.h"
#include "daemon/log.h"

static const char *text_of(char buffer[20], ipv4_addr address)
{
	struct str s = str_over(buffer, 20);

	str_ipv4(&s, address);
	return buffer;
}

static void log_lease(const struct iface *i, nsec now)
{
	const struct dhcp4_lease *lease = &i->client.lease;
	char address[20], server[20], left[32], renewal[32];
	struct str l = str_over(left, sizeof(left));
	struct str r = str_over(renewal, sizeof(renewal));

	if (lease->expiry_ns == NSEC_NEVER) {
		str_text(&l, "ever");
		str_text(&r, "never");
	} else {
		str_duration(&l, lease_remaining_s(lease, now));
		str_text(&r, "in ");
		str_duration(&r, nsec_until(now, lease->t1_ns) / NSEC_PER_S);
	}
	log_notice("%s: leased %s/%u from %s for %s, renewal %s", i->name,
		   text_of(address, lease->address), lease->prefix_length,
		   lease_is_bootp(lease) ? "BOOTP"
					 : text_of(server, lease->server_id),
		   left, renewal);
}

/* What a server does that makes one look twice. */
static void log_doubt(const struct iface *i, const struct dhcp4_notice *notice)
{
	char server[20], options[160];
	struct str s = str_over(options, sizeof(options));

	text_of(server, notice->server);
	changes_text(&s, notice->changes);
	if (notice->kind == DHCP4_NOTICE_SERVER_REFUSED &&
	    notice->reject != REJECT_SERVER_PIN)
		log_warning("%s: %s is refused: its reply is %s", i->name,
			    server, reject_text(notice->reject));
	else if (notice->kind == DHCP4_NOTICE_SERVER_REFUSED)
		log_warning("%s: %s is refused: other servers are known here; "
			    "'tenurectl forget %s' forgets them",
			    i->name, server, i->name);
	else if (notice->kind == DHCP4_NOTICE_SERVER_CHANGED)
		log_warning("%s: %s granted the lease, where other servers are "
			    "known",
			    i->name, server);
	else if (notice->kind == DHCP4_NOTICE_SERVER_MOVED)
		log_warning("%s: the ACK of %s came from another hardware "
			    "address than its OFFER",
			    i->name, server);
	else if (notice->kind == DHCP4_NOTICE_HELD)
		log_warning("%s: %s would change %s; not applied: 'tenurectl "
			    "accept %s' does",
			    i->name, server, options, i->name);
	else
		log_notice("%s: %s changed %s", i->name, server, options);
}

/* What a server, or a router, says or does not. */
static void log_server(const struct iface *i, const struct dhcp4_notice *notice,
		       nsec now)
{
	char address[20], server[20], left[32];
	struct str s = str_over(left, sizeof(left));

	text_of(address, notice->address);
	text_of(server, notice->server);
	str_duration(&s, nsec_until(now, i->client.send_at) / NSEC_PER_S);
	if (notice->kind == DHCP4_NOTICE_OFFER)
		log_info("%s: OFFER of %s from %s", i->name, address, server);
	else if (notice->kind == DHCP4_NOTICE_NAK)
		log_warning("%s: NAK from %s%s", i->name, server,
			    notice->irregular ? ", which did not name itself"
					      : "");
	else if (notice->kind == DHCP4_NOTICE_V6ONLY)
		log_notice("%s: %s prefers IPv6 alone; no IPv4 for %s", i->name,
			   server, left);
	else if (notice->kind == DHCP4_NOTICE_NO_ADDRESS)
		log_warning("%s: %s has no address to give%s%s", i->name,
			    server, *notice->text ? ": " : "", notice->text);
	else if (notice->kind == DHCP4_NOTICE_UNAUTHENTICATED)
		log_warning("%s: accepted without authentication: %s", i->name,
			    server);
	else if (notice->kind == DHCP4_NOTICE_FORCED)
		log_notice("%s: FORCERENEW from %s", i->name, server);
	else if (notice->kind == DHCP4_NOTICE_SILENT)
		log_warning("%s: %s offered %s and then fell silent; starting again",
			    i->name, server, address);
	else if (notice->kind == DHCP4_NOTICE_ATTACHED)
		log_notice("%s: a known network: router %s is here, for %s",
			   i->name, server, address);
	else if (notice->kind == DHCP4_NOTICE_INFORMED)
		log_notice("%s: parameters from %s", i->name, server);
	else
		log_doubt(i, notice);
}

static void log_fallback(const struct iface *i,
			 const struct dhcp4_notice *notice, const char *address)
{
	log_notice("%s: fallback address %s is %s", i->name, address,
		   notice->kind == DHCP4_NOTICE_FALLBACK_READY
			   ? "ready"
			   : "not used any more");
}

void notice_log(const struct iface *i, const struct dhcp4_notice *notice, nsec now)
{
	char buffer[20];
	const char *ip = text_of(buffer, notice->address);

	switch (notice->kind) {
	case DHCP4_NOTICE_TRANSITION:
		log_info("%s: %s -> %s", i->name, dhcp4_state_name(notice->from),
			 dhcp4_state_name(notice->to));
		break;
	case DHCP4_NOTICE_ACK:
		log_lease(i, now);
		break;
	case DHCP4_NOTICE_REJECTED:
		log_debug("%s: packet refused: %s", i->name,
			  reject_text(notice->reject));
		break;
	case DHCP4_NOTICE_READY:
		log_info("%s: %s is ready", i->name, ip);
		break;
	case DHCP4_NOTICE_UNCONFIRMED:
		log_warning("%s: no server confirmed %s; using it to its expiry",
			    i->name, ip);
		break;
	case DHCP4_NOTICE_MASK_GUESSED:
		log_warning("%s: the server sent no subnet mask; taking %s/%u",
			    i->name, ip, i->client.lease.prefix_length);
		break;
	case DHCP4_NOTICE_LOST:
		log_notice("%s: %s is gone: %s", i->name, ip,
			   dhcp4_loss_name(notice->loss));
		break;
	case DHCP4_NOTICE_WITHDRAWN:
		log_notice("%s: %s is not used until it is checked", i->name, ip);
		break;
	case DHCP4_NOTICE_CONFIGURE_FAILED:
	case DHCP4_NOTICE_FALLBACK_FAILED:
		log_warning("%s: %s is not configured yet; trying again",
			    i->name, ip);
		break;
	case DHCP4_NOTICE_LEFT:
		log_warning("%s: removed too often; left so for now", i->name);
		break;
	case DHCP4_NOTICE_CONFLICT:
	case DHCP4_NOTICE_FALLBACK_TAKEN:
		log_warning("%s: another host uses %s", i->name, ip);
		break;
	case DHCP4_NOTICE_DEFENDED:
		log_warning("%s: another host claimed %s; defended", i->name, ip);
		break;
	case DHCP4_NOTICE_FALLBACK_READY:
	case DHCP4_NOTICE_FALLBACK_ENDED:
		log_fallback(i, notice, ip);
		break;
	case DHCP4_NOTICE_OFFER:
	case DHCP4_NOTICE_NAK:
	case DHCP4_NOTICE_SILENT:
	case DHCP4_NOTICE_INFORMED:
	case DHCP4_NOTICE_V6ONLY:
	case DHCP4_NOTICE_NO_ADDRESS:
	case DHCP4_NOTICE_UNAUTHENTICATED:
	case DHCP4_NOTICE_FORCED:
	case DHCP4_NOTICE_ATTACHED:
	case DHCP4_NOTICE_SERVER_REFUSED:
	case DHCP4_NOTICE_SERVER_CHANGED:
	case DHCP4_NOTICE_SERVER_MOVED:
	case DHCP4_NOTICE_CHANGED:
	case DHCP4_NOTICE_HELD:
		log_server(i, notice, now);
		break;
	}
}
