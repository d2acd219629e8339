/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From an ACK to a lease: what is refused, the prefix length, the times.
 * Its routes are in lease_routes.c, its names in lease_names.c.
 */
#include "core/lease.h"

#include <string.h>

#include "base/assert.h"

bool client_id_equal(const struct client_id *a, const struct client_id *b)
{
	return a->size == b->size && memcmp(a->bytes, b->bytes, a->size) == 0;
}

bool network_id_equal(const struct network_id *a, const struct network_id *b)
{
	return a->size == b->size && memcmp(a->bytes, b->bytes, a->size) == 0;
}

void lease_copy(struct dhcp4_lease *to, const struct dhcp4_lease *from)
{
	memcpy(to, from, LEASE_SIZE(from->options.used));
}

/*
 * The prefix of an address whose mask is missing: that of the lease held for
 * it, else that of the on-link route of option 121 around it, else its class's.
 */
static unsigned guess_length(const struct dhcp4_message *m,
			     const struct dhcp4_lease *held)
{
	ipv4_addr address = m->header.yiaddr;
	struct dhcp4_route route;
	struct reader routes = { 0 };
	struct option_value value;

	if (held && held->address == address)
		return held->prefix_length;
	if (dhcp4_options_get(&m->options, DHCP4_OPTION_CLASSLESS_ROUTES, &value))
		routes = reader_over(value.bytes, value.size);
	while (lease_next_route(&routes, &route)) {
		if (route.gateway == 0 &&
		    route.prefix_length >= LEASE_PREFIX_MIN &&
		    ipv4_in(address, route.destination, route.prefix_length))
			return route.prefix_length;
	}
	return ipv4_class_length(address);
}

static unsigned prefix_length(const struct dhcp4_message *m,
			      const struct dhcp4_lease *held, bool *ret_guessed)
{
	ipv4_addr mask;

	*ret_guessed = !dhcp4_options_get_address(
		&m->options, DHCP4_OPTION_SUBNET_MASK, 0, &mask);
	return *ret_guessed ? guess_length(m, held) : ipv4_mask_length(mask);
}

/* Neither the subnet itself nor its broadcast; RFC 3021 has none of them. */
static bool address_fits(ipv4_addr address, unsigned length)
{
	ipv4_addr host = address & ~ipv4_mask(length);

	return length >= 31 || (host != 0 && host != ~ipv4_mask(length));
}

static bool is_mask(ipv4_addr mask)
{
	return ipv4_mask_is_contiguous(mask) &&
	       ipv4_mask_length(mask) >= LEASE_PREFIX_MIN;
}

/* What the rest of the lease's life needs, and BOOTP knows nothing of. */
static enum reject check_dhcp(const struct dhcp4_message *m)
{
	ipv4_addr server_id;
	uint32_t lease_s;

	if (!dhcp4_options_get_address(&m->options, DHCP4_OPTION_SERVER_ID, 0,
				       &server_id) ||
	    !ipv4_is_host(server_id))
		return REJECT_SERVER_ID;
	if (!dhcp4_options_get_u32(&m->options, DHCP4_OPTION_LEASE_TIME,
				   &lease_s) ||
	    lease_s == 0)
		return REJECT_LEASE_TIME;
	return REJECT_NONE;
}

enum reject lease_check(const struct dhcp4_message *m,
			const struct dhcp4_lease *held)
{
	ipv4_addr mask;
	bool guessed;

	if (dhcp4_options_get_address(&m->options, DHCP4_OPTION_SUBNET_MASK, 0,
				      &mask) &&
	    !is_mask(mask))
		return REJECT_MASK;
	if (!ipv4_is_host(m->header.yiaddr) ||
	    !address_fits(m->header.yiaddr, prefix_length(m, held, &guessed)))
		return REJECT_ADDRESS;
	return m->type == DHCP4_TYPE_BOOTP ? REJECT_NONE : check_dhcp(m);
}

/* T1 or T2 as the server tells it; 0 if it does not. */
static nsec told_time(const struct dhcp4_message *m, uint8_t code)
{
	uint32_t seconds;

	if (!dhcp4_options_get_u32(&m->options, code, &seconds))
		return 0;
	return seconds * NSEC_PER_S;
}

/*
 * T1 < T2 < the lease, whatever was told (RFC 2131 4.4.5): one value that is
 * missing is derived from the other; values out of order are not used at all.
 */
static void draw_times(const struct dhcp4_message *m, struct prng *prng,
		       struct dhcp4_lease *lease)
{
	nsec whole = lease->lease_s * NSEC_PER_S;
	nsec t1 = told_time(m, DHCP4_OPTION_T1);
	nsec t2 = told_time(m, DHCP4_OPTION_T2);

	if (lease->lease_s == DHCP4_LEASE_INFINITE) {
		lease->t1_ns = lease->t2_ns = lease->expiry_ns = NSEC_NEVER;
		return;
	}
	if (t1 && !t2 && t1 < whole)
		t2 = nsec_max(whole / 8 * 7, t1 + (whole - t1) / 2);
	else if (t2 && !t1 && t2 < whole)
		t1 = nsec_min(whole / 2, t2 / 2);
	if (!t1 || t1 >= t2 || t2 >= whole) {
		t1 = whole / 2;
		t2 = whole / 8 * 7;
	}
	/* A little randomness, and never later than told. */
	t2 -= prng_below(prng, (t2 - t1) / 50 + 1);
	t1 -= prng_below(prng, t1 / 50 + 1);
	ASSERT(t1 < t2 && t2 < whole);
	lease->t1_ns = nsec_add(lease->granted_ns, t1);
	lease->t2_ns = nsec_add(lease->granted_ns, t2);
	lease->expiry_ns = nsec_add(lease->granted_ns, whole);
}

/* Who grants it, and until when. */
static void read_grant(const struct dhcp4_message *m, nsec granted,
		       struct prng *prng, struct dhcp4_lease *ret)
{
	ret->granted_ns = granted;
	ret->server_id = IPV4_ANY;
	ret->lease_s = DHCP4_LEASE_INFINITE;
	if (m->type != DHCP4_TYPE_BOOTP) {
		dhcp4_options_get_address(&m->options, DHCP4_OPTION_SERVER_ID,
					  0, &ret->server_id);
		dhcp4_options_get_u32(&m->options, DHCP4_OPTION_LEASE_TIME,
				      &ret->lease_s);
	}
	draw_times(m, prng, ret);
}

unsigned lease_told_length(const struct dhcp4_message *m,
			   const struct dhcp4_lease *held)
{
	bool guessed;

	return prefix_length(m, held, &guessed);
}

void lease_extend(const struct dhcp4_message *m, nsec granted,
		  struct prng *prng, struct dhcp4_lease *lease)
{
	ASSERT(lease_check(m, lease) == REJECT_NONE);
	ASSERT(m->header.yiaddr == lease->address);
	read_grant(m, granted, prng, lease);
}

static void count_flaws(const struct lease_terms *terms,
			const struct route_policy *policy, struct flaws *flaws)
{
	struct dhcp4_route routes[DHCP4_ROUTES_MAX];
	unsigned index = 0;
	ipv4_addr server;

	lease_terms_routes(terms, policy, routes, flaws);
	while (lease_next_name_server(terms, &index, &server, flaws))
		continue;
}

void lease_flaws_of(const struct dhcp4_message *m,
		    const struct route_policy *policy, struct flaws *ret)
{
	const ipv4_addr address = m->header.yiaddr;
	struct lease_terms terms = { .address = address, .options = &m->options };
	ipv4_addr mask;
	bool guessed;

	*ret = (struct flaws){ 0 };
	terms.prefix_length = (uint8_t)prefix_length(m, NULL, &guessed);
	if (dhcp4_options_get_address(&m->options, DHCP4_OPTION_SUBNET_MASK, 0,
				      &mask) &&
	    !is_mask(mask)) {
		flaws_note(ret, FLAW_MASK, (struct ipv4_prefix){ mask, 32 });
		terms.prefix_length = (uint8_t)ipv4_class_length(address);
	}
	if (!ipv4_is_host(address) || !address_fits(address, terms.prefix_length))
		flaws_note(ret, FLAW_ADDRESS,
			   (struct ipv4_prefix){ address, 32 });
	count_flaws(&terms, policy, ret);
}

void lease_flaws(const struct dhcp4_lease *lease,
		 const struct route_policy *policy, struct flaws *ret)
{
	const struct lease_terms terms = lease_terms(lease);

	*ret = (struct flaws){ 0 };
	count_flaws(&terms, policy, ret);
}

void lease_from_ack(const struct dhcp4_message *m, nsec granted,
		    const struct dhcp4_lease *held, struct prng *prng,
		    struct dhcp4_lease *ret)
{
	bool guessed;
	unsigned length = prefix_length(m, held, &guessed);

	ASSERT(lease_check(m, held) == REJECT_NONE);
	ret->address = m->header.yiaddr;
	ret->prefix_length = (uint8_t)length;
	ret->mask_guessed = guessed;
	ret->siaddr = m->header.siaddr;
	read_grant(m, granted, prng, ret);
	memcpy(ret->sname, m->sname, sizeof(ret->sname));
	memcpy(ret->file, m->file, sizeof(ret->file));
	dhcp4_options_copy(&ret->options, &m->options);
}

bool lease_is_bootp(const struct dhcp4_lease *lease)
{
	return lease->server_id == IPV4_ANY;
}

uint32_t lease_remaining_s(const struct dhcp4_lease *lease, nsec now)
{
	nsec left = nsec_until(now, lease->expiry_ns);

	if (left == NSEC_NEVER)
		return DHCP4_LEASE_INFINITE;
	return (uint32_t)((left + NSEC_PER_S - 1) / NSEC_PER_S);
}

ipv4_addr lease_broadcast(const struct dhcp4_lease *lease)
{
	if (lease->prefix_length >= 31)
		return 0;
	return lease->address | ~ipv4_mask(lease->prefix_length);
}
