/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every message that leaves is as Tables 4 and 5 of RFC 2131, its sections 4.1,
 * 4.3.2 and 4.4.1, and RFC 1542 3 have it. When it leaves is no matter of these.
 */
#include <string.h>

#include "sim/judge_internal.h"

/* Offsets in the message (RFC 2131 2, figure 1). */
enum {
	AT_OP = 0,
	AT_HTYPE = 1,
	AT_HLEN = 2,
	AT_HOPS = 3,
	AT_FLAGS = 10,
	AT_YIADDR = 16, /* then siaddr and giaddr */
	AT_CHADDR = 28,
	AT_SNAME = 44,
};

enum need {
	NEED_NOT, /* must not be there */
	NEED_MAY,
	NEED_MUST,
};

static const struct row {
	enum need ciaddr, requested, server_id, lists, reason;
	bool unicast, secs, flag;
} rows[DHCP4_REQUEST_COUNT] = {
	/* ciaddr, options 50, 54, those of any REQUEST, 56; unicast, secs, flag */
	[DHCP4_REQUEST_DISCOVER] = { NEED_NOT, NEED_MAY, NEED_NOT, NEED_MUST,
				     NEED_NOT, false, true, true },
	[DHCP4_REQUEST_SELECTING] = { NEED_NOT, NEED_MUST, NEED_MUST, NEED_MUST,
				      NEED_NOT, false, true, true },
	[DHCP4_REQUEST_REBOOTING] = { NEED_NOT, NEED_MUST, NEED_NOT, NEED_MUST,
				      NEED_NOT, false, true, true },
	[DHCP4_REQUEST_RENEWING] = { NEED_MUST, NEED_NOT, NEED_NOT, NEED_MUST,
				     NEED_NOT, true, true, false },
	[DHCP4_REQUEST_REBINDING] = { NEED_MUST, NEED_NOT, NEED_NOT, NEED_MUST,
				      NEED_NOT, false, true, false },
	[DHCP4_REQUEST_DECLINE] = { NEED_NOT, NEED_MUST, NEED_MUST, NEED_NOT,
				    NEED_MAY, false, false, false },
	[DHCP4_REQUEST_RELEASE] = { NEED_MUST, NEED_NOT, NEED_MUST, NEED_NOT,
				    NEED_MAY, true, false, false },
	[DHCP4_REQUEST_INFORM] = { NEED_MUST, NEED_NOT, NEED_NOT, NEED_MUST,
				   NEED_NOT, false, true, false },
};

static void complain(struct port_model *p, const struct judge_packet *m,
		     const char *what)
{
	judge_fail(p, "a %s left of which %s", judge_kind_name(m->sent.kind),
		   what);
}

static bool meets(enum need need, bool is_there)
{
	return need == NEED_MAY || is_there == (need == NEED_MUST);
}

static bool is_zero(const uint8_t *at, size_t size)
{
	while (size && !*at) {
		at++;
		size--;
	}
	return size == 0;
}

/* What a message about no lease of ours says of the hardware is what was set. */
static void check_header(struct port_model *p, const struct judge_packet *m,
			 const struct row *row)
{
	const struct dhcp4_config *config = &p->port->iface.config;
	const uint8_t *b = m->payload;
	bool flag = row->flag && judge_choice_flag(p, &m->sent);

	if (m->dscp != config->dscp)
		complain(p, m, "its DSCP is not what was set");
	if (b[AT_OP] != DHCP4_OP_REQUEST || b[AT_HOPS] != 0)
		complain(p, m, "op is not 1 or hops is not 0");
	if (b[AT_HTYPE] != config->hardware_type ||
	    b[AT_HLEN] != config->hwaddr.size ||
	    memcmp(b + AT_CHADDR, config->hwaddr.bytes, b[AT_HLEN]) != 0)
		complain(p, m, "chaddr is not the interface's");
	if (!is_zero(b + AT_CHADDR + b[AT_HLEN],
		     (size_t)DHCP4_CHADDR_SIZE - b[AT_HLEN]) ||
	    !is_zero(b + AT_SNAME, DHCP4_SNAME_SIZE + DHCP4_FILE_SIZE))
		complain(p, m, "an unused field is not zero");
	if (b[AT_FLAGS] != (flag ? 0x80 : 0) || b[AT_FLAGS + 1] != 0)
		complain(p, m, "flags are not what was set");
	if (!is_zero(b + AT_YIADDR, 12))
		complain(p, m, "yiaddr, siaddr or giaddr is not 0");
	if (!row->secs && m->sent.secs != 0)
		complain(p, m, "secs is not 0");
}

/* An INFORM may go to the server that was set (RFC 2131 4.4.3). */
static bool is_destination_right(const struct port_model *p,
				 const struct judge_packet *m,
				 const struct row *row)
{
	const struct dhcp4_config *config = &p->port->iface.config;
	bool unicast = m->destination != IPV4_BROADCAST;

	if (m->sent.kind == DHCP4_REQUEST_INFORM && unicast)
		return config->inform_server == m->destination;
	return unicast == row->unicast;
}

/* A lease's time may be spoken of where a lease is asked for (Table 5). */
static bool may_ask_for_time(const struct judge_packet *m, const struct row *row)
{
	return row->lists != NEED_NOT && m->sent.kind != DHCP4_REQUEST_INFORM;
}

static bool is_anonymous(const struct port_model *p)
{
	return p->port->iface.config.anonymous;
}

static void check_places(struct port_model *p, const struct judge_packet *m,
			 const struct row *row)
{
	const uint16_t *option = m->option;

	if (!meets(row->ciaddr, m->sent.ciaddr != 0))
		complain(p, m, "ciaddr is wrongly there or not");
	if (!meets(row->requested, option[DHCP4_OPTION_REQUESTED_ADDRESS]))
		complain(p, m, "option 50 is wrongly there or not");
	if (!meets(row->server_id, option[DHCP4_OPTION_SERVER_ID]))
		complain(p, m, "option 54 is wrongly there or not");
	if (!meets(row->reason, option[DHCP4_OPTION_MESSAGE]))
		complain(p, m, "option 56 is wrongly there");
	if (!meets(is_anonymous(p) ? NEED_NOT : row->lists,
		   option[DHCP4_OPTION_MESSAGE_SIZE]))
		complain(p, m, "option 57 is wrongly there or not");
	if (row->lists == NEED_NOT && (option[DHCP4_OPTION_PARAMETERS] ||
				       option[DHCP4_OPTION_VENDOR_CLASS] ||
				       option[DHCP4_OPTION_HOST_NAME]))
		complain(p, m, "there are options that only a REQUEST may have");
	if (option[DHCP4_OPTION_OVERLOAD] || option[DHCP4_OPTION_T1] ||
	    option[DHCP4_OPTION_T2])
		complain(p, m, "there are options that only a server sends");
	if (option[DHCP4_OPTION_LEASE_TIME] && !may_ask_for_time(m, row))
		complain(p, m, "option 51 is wrongly there");
	if (m->source != m->sent.ciaddr)
		complain(p, m,
			 "the source address is neither 0.0.0.0 nor ciaddr");
	if (!is_destination_right(p, m, row))
		complain(p, m, "the destination is not as its kind has it");
	if (m->framed && m->destination == IPV4_BROADCAST && !m->hw_broadcast)
		complain(p, m, "the frame is no broadcast");
}

/* True if an option is these octets; of none it must not be there. */
static bool is_option(const struct judge_packet *m, uint8_t code,
		      const void *octets, size_t size)
{
	uint8_t is_size;
	const uint8_t *is = judge_packet_option(m, code, &is_size);

	if (!is || size == 0)
		return !is && size == 0;
	return is_size == size && memcmp(is, octets, size) == 0;
}

/* An INFORM asks for nothing that belongs to a lease (RFC 2131 4.4.3). */
static bool is_list_right(const struct port_model *p,
			  const struct judge_packet *m)
{
	const struct dhcp4_config *config = &p->port->iface.config;
	uint8_t list[DHCP4_PARAMETERS_MAX + 1];
	bool inform = m->sent.kind == DHCP4_REQUEST_INFORM;
	bool v6only = config->v6only && !inform;
	size_t count = 0;

	for (unsigned i = 0; i < config->parameters_count; i++) {
		uint8_t code = config->parameters[i];

		/* Where an anonymous list ascends. */
		if (v6only && config->anonymous && code > DHCP4_OPTION_V6ONLY) {
			list[count++] = DHCP4_OPTION_V6ONLY;
			v6only = false;
		}
		/* Never, and by a setting of its own. */
		if (code == DHCP4_OPTION_RAPID_COMMIT ||
		    code == DHCP4_OPTION_V6ONLY)
			continue;
		if (!inform ||
		    (code != DHCP4_OPTION_LEASE_TIME &&
		     code != DHCP4_OPTION_T1 && code != DHCP4_OPTION_T2))
			list[count++] = code;
	}
	if (v6only)
		list[count++] = DHCP4_OPTION_V6ONLY;
	return is_option(m, DHCP4_OPTION_PARAMETERS, list, count);
}

/* True if an option, in one piece or in several, is these octets. */
static bool is_long_option(const struct judge_packet *m, uint8_t code,
			   const uint8_t *octets, size_t size)
{
	const uint8_t *at = m->payload + m->option[code] - 1;

	if (!m->option[code])
		return false;
	for (; size > UINT8_MAX; size -= UINT8_MAX) {
		if (at[0] != code || at[1] != UINT8_MAX ||
		    memcmp(at + 2, octets, UINT8_MAX) != 0)
			return false;
		at += 2 + UINT8_MAX;
		octets += UINT8_MAX;
	}
	return at[0] == code && at[1] == size &&
	       memcmp(at + 2, octets, size) == 0;
}

/* What was encoded beforehand is there as it was, and nothing else is. */
static void check_encoded(struct port_model *p, const struct judge_packet *m,
			  const struct row *row)
{
	static const uint8_t others[] = { 50, 53, 54, 55,  56,	57,
					  61, 80, 90, 116, 118, 145 };
	const struct dhcp4_config *config = &p->port->iface.config;

	for (uint8_t code = 1; code < DHCP4_OPTION_END; code++) {
		struct option_value v;
		bool wanted = row->lists != NEED_NOT &&
			      encoded_get(config->encoded, code, &v);

		if (memchr(others, code, sizeof(others)))
			continue;
		if (is_anonymous(p) && code != DHCP4_OPTION_HOST_NAME)
			wanted = false;
		if (code == DHCP4_OPTION_LEASE_TIME && !may_ask_for_time(m, row))
			wanted = false;
		if (wanted ? !is_long_option(m, code, v.bytes, v.size)
			   : m->option[code] != 0)
			judge_fail(p, "option %u of a %s is not what was set",
				   code, judge_kind_name(m->sent.kind));
	}
}

/* Nothing that tells who it is, in an order that tells nothing (RFC 7844 3). */
static void check_anonymous(struct port_model *p, const struct judge_packet *m)
{
	const struct dhcp4_config *config = &p->port->iface.config;
	unsigned last = 0;

	for (unsigned code = 1; code < DHCP4_OPTION_END; code++) {
		if (!m->option[code])
			continue;
		if (m->option[code] < last)
			complain(p, m, "its options are not in order");
		last = m->option[code];
	}
	if (m->option[DHCP4_OPTION_MESSAGE])
		complain(p, m, "option 56 tells who it is");
	if (m->sent.kind == DHCP4_REQUEST_DISCOVER && m->sent.requested)
		complain(p, m, "it tells an address that was had before");
	if (m->sent.kind == DHCP4_REQUEST_REBOOTING)
		complain(p, m, "it tells an address on a network not known");
	if (m->option[DHCP4_OPTION_CLIENT_ID] &&
	    !is_option(m, DHCP4_OPTION_CLIENT_ID, config->client_id.bytes,
		       config->client_id.size))
		complain(p, m, "option 61 is that of another hardware address");
}

/* Options that stay the same for the life of a configuration. */
static void check_constants(struct port_model *p, const struct judge_packet *m,
			    const struct row *row)
{
	const struct dhcp4_config *config = &p->port->iface.config;
	const struct client_id *id = &config->client_id;
	uint16_t size = config->mtu < 576 ? 576 : config->mtu;
	uint8_t octets[2];

	/* A lease is ended by the name it was obtained with (4.4.6). */
	if (row->lists == NEED_NOT)
		id = &p->lease.client_id;
	if (!is_option(m, DHCP4_OPTION_CLIENT_ID, id->bytes, id->size))
		complain(p, m, "option 61 is not the client's");
	if (is_anonymous(p))
		check_anonymous(p, m);
	check_encoded(p, m, row);
	if (row->lists == NEED_NOT)
		return;
	if (!is_list_right(p, m))
		complain(p, m, "option 55 is not the list that was set");
	if (is_anonymous(p))
		return;
	if (size > DHCP4_PACKET_MAX)
		size = DHCP4_PACKET_MAX;
	octets[0] = (uint8_t)(size >> 8);
	octets[1] = (uint8_t)size;
	if (!is_option(m, DHCP4_OPTION_MESSAGE_SIZE, octets, sizeof(octets)))
		complain(p, m, "option 57 is not the MTU");
}

/* What is said of how an address is wanted (RFC 4039, 2563, 3011). */
static void check_wishes(struct port_model *p, const struct judge_packet *m)
{
	const struct dhcp4_config *config = &p->port->iface.config;
	bool discover = m->sent.kind == DHCP4_REQUEST_DISCOVER;
	bool can = discover && judge_choice_asks_autoconf(p);
	uint8_t size = 0;

	judge_packet_option(m, DHCP4_OPTION_RAPID_COMMIT, &size);
	if (size || !m->option[DHCP4_OPTION_RAPID_COMMIT] ==
			    judge_choice_is_rapid(p, &m->sent))
		complain(p, m, "option 80 is wrongly there or not");
	if (!is_option(m, DHCP4_OPTION_AUTO_CONFIGURE, "\1", can))
		complain(p, m, "option 116 is wrongly there or not");
	if (m->option[DHCP4_OPTION_SUBNET_SELECTION] && !config->subnet)
		complain(p, m, "option 118 is there");
}

static bool was_offered(const struct port_model *p, const struct judge_sent *s)
{
	for (unsigned i = 0; i < p->offer_count; i++) {
		if (p->offers[i].address == s->requested &&
		    p->offers[i].server_id == s->server_id &&
		    !p->offers[i].v6only_s)
			return true;
	}
	return false;
}

/* An address that a DISCOVER may suggest (RFC 2131 3.1 (1), 3.2 (2), 4.4.1). */
static bool may_suggest(const struct port_model *p, ipv4_addr address)
{
	ipv4_addr wanted = p->port->iface.config.requested_address;

	return address == 0 || address == wanted ||
	       (!wanted && !p->refused && address == p->lease.address);
}

/* The addresses that are named are those of the offer or of the lease. */
static void check_addresses(struct port_model *p, const struct judge_packet *m)
{
	const struct judge_sent *s = &m->sent;
	ipv4_addr address = p->lease.address;

	switch (s->kind) {
	case DHCP4_REQUEST_DISCOVER:
		if (!may_suggest(p, s->requested))
			judge_fail(p,
				   "a DISCOVER asks for %s; the last lease was %s%s",
				   judge_ip(s->requested).text,
				   judge_ip(address).text,
				   p->refused ? ", refused" : "");
		return;
	case DHCP4_REQUEST_SELECTING:
		if (!was_offered(p, s))
			judge_fail(p,
				   "%s is requested of %s, which did not offer it",
				   judge_ip(s->requested).text,
				   judge_ip(s->server_id).text);
		return;
	case DHCP4_REQUEST_REBOOTING:
		if (s->requested != address)
			complain(p, m, "option 50 is not the lease's address");
		return;
	case DHCP4_REQUEST_RENEWING:
	case DHCP4_REQUEST_RELEASE:
		if (m->destination != p->lease.server_id)
			complain(p, m, "the destination is not the server");
		if (s->kind == DHCP4_REQUEST_RELEASE &&
		    s->server_id != p->lease.server_id)
			complain(p, m, "option 54 is not the lease's server");
		if (s->ciaddr != address)
			complain(p, m, "ciaddr is not the lease's address");
		return;
	case DHCP4_REQUEST_REBINDING:
		if (s->ciaddr != address)
			complain(p, m, "ciaddr is not the lease's address");
		return;
	case DHCP4_REQUEST_INFORM:
		if (s->ciaddr != p->port->iface.config.inform_address)
			complain(p, m, "ciaddr is not the address that was set");
		return;
	case DHCP4_REQUEST_DECLINE:
		if (s->requested != address)
			complain(p, m, "option 50 is not the lease's address");
		if (s->server_id != p->lease.server_id)
			complain(p, m, "option 54 is not the lease's server");
		return;
	case DHCP4_REQUEST_COUNT:
		return;
	}
}

/* Ids and seconds of one exchange. */
static void check_exchange(struct port_model *p, const struct judge_packet *m)
{
	const struct judge_sent *s = &m->sent, *last = &p->last;
	bool goes_on = p->phase == JUDGE_PHASE_ASKED || judge_known_is_open(p);
	bool extends = s->kind == DHCP4_REQUEST_RENEWING ||
		       s->kind == DHCP4_REQUEST_REBINDING;
	nsec seconds;

	/* Of the exchanges of a silent one there is no record. */
	if (!rows[s->kind].secs || p->silent)
		return;
	if (s->kind == DHCP4_REQUEST_SELECTING) {
		if (s->xid != last->xid)
			complain(p, m, "the xid is not the OFFER's");
		if (s->secs != last->secs)
			complain(p, m, "secs is not the DISCOVER's");
		return;
	}
	if (extends)
		goes_on = goes_on && (last->kind == DHCP4_REQUEST_RENEWING ||
				      last->kind == DHCP4_REQUEST_REBINDING);
	else
		goes_on = goes_on && s->xid == last->xid;
	if (!goes_on && s->xid == last->xid && last->at)
		complain(p, m, "the xid is that of the exchange before");
	seconds = goes_on ? (s->at - p->exchange_at) / NSEC_PER_S : 0;
	if (s->secs != (seconds > UINT16_MAX ? UINT16_MAX : seconds))
		judge_fail(p, "a %s left with secs %u, %u s after the first",
			   judge_kind_name(s->kind), s->secs, (unsigned)seconds);
}

static void sent(struct port_model *p, const struct judge_packet *m)
{
	const struct row *row;

	if (m->malformed) {
		judge_fail(p, "a message left that is none: %s", m->malformed);
		return;
	}
	row = &rows[m->sent.kind];
	check_header(p, m, row);
	check_places(p, m, row);
	/* What the kernel held back is about what was, not what is. */
	if (m->late)
		return;
	check_constants(p, m, row);
	check_wishes(p, m);
	check_addresses(p, m);
	check_exchange(p, m);
}

const struct judge_oracle judge_tables = {
	.name = "tables",
	.holds = "what leaves is a message of RFC 2131's Tables 4 and 5",
	.sent = sent,
};
