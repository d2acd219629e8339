/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A lease: an address, how long it may be used, and what came with it.
 */
#ifndef CORE_LEASE_H
#define CORE_LEASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ipv4.h"
#include "base/nsec.h"
#include "base/prng.h"
#include "base/str.h"
#include "core/auth.h"
#include "core/domain.h"
#include "core/flaw.h"
#include "core/frame.h"
#include "core/message.h"
#include "core/option.h"
#include "core/policy.h"
#include "core/reject.h"

struct client_id {
	uint8_t size; /* 0: none is sent */
	uint8_t bytes[DHCP4_CLIENT_ID_MAX];
};

bool client_id_equal(const struct client_id *, const struct client_id *);

/* The name of a network, which somebody outside gives it, such as an SSID. */
#define NETWORK_ID_MAX 64
struct network_id {
	uint8_t size; /* 0: nobody told */
	uint8_t bytes[NETWORK_ID_MAX];
};

bool network_id_equal(const struct network_id *, const struct network_id *);

struct dhcp4_lease {
	ipv4_addr address;
	uint8_t prefix_length;	 /* 0 to 32; of option 1, or guessed */
	bool mask_guessed;	 /* the server sent no subnet mask */
	ipv4_addr server_id;	 /* option 54; 0: it came by BOOTP */
	ipv4_addr siaddr;	 /* the next server of a boot, or 0 */
	struct hwaddr server_hw; /* where the last ACK came from */

	/*
	 * Instants. granted_ns is when the first REQUEST with the xid of the ACK
	 * was sent (RFC 2131 4.4.1, 4.4.5), 0 for before the boot; NSEC_NEVER for
	 * an infinite lease's other three.
	 */
	nsec granted_ns, t1_ns, t2_ns, expiry_ns;
	uint32_t lease_s; /* as granted; DHCP4_LEASE_INFINITE */

	struct client_id client_id; /* the one it was obtained with */
	char sname[DHCP4_SNAME_SIZE + 1];
	char file[DHCP4_FILE_SIZE + 1];

	/* How the last ACK was authenticated; its key and counter, and ours. */
	enum dhcp4_auth auth;
	uint32_t auth_key;
	uint64_t auth_seen, auth_sent;

	/* Name servers of this host are the administrator's, not the server's. */
	bool local_names;

	/* Which network it is of (RFC 4436): its first router, and its name. */
	ipv4_addr router;	 /* 0: none */
	struct hwaddr router_hw; /* size 0: not known */
	struct network_id network;

	/*
	 * Last, since so much room is hardly ever used: of a lease that is somebody
	 * else's only the octets that are used are there for sure. lease_copy().
	 */
	struct dhcp4_options options;
};

/* Octets of a lease with so many of options. */
#define LEASE_SIZE(used) \
	(offsetof(struct dhcp4_lease, options) + \
	 offsetof(struct dhcp4_options, bytes) + (used))

/* Copies no more than there is. */
void lease_copy(struct dhcp4_lease *to, const struct dhcp4_lease *from);

/* No subnet is larger: a mask of less than these bits leads others astray. */
#define LEASE_PREFIX_MIN 8

/* What routes and name servers depend on. The options belong to somebody else. */
struct lease_terms {
	ipv4_addr address; /* IPV4_ANY: none */
	uint8_t prefix_length;
	const struct dhcp4_options *options;
	bool local_names; /* as in the lease */
};

static inline struct lease_terms lease_terms(const struct dhcp4_lease *lease)
{
	return (struct lease_terms){ lease->address, lease->prefix_length,
				     &lease->options, lease->local_names };
}

/*
 * Checks what an OFFER or ACK says of an address: a server identifier that may
 * be a host, a yiaddr that may be one in its subnet, a mask that is one of /8 to /32, a
 * lease time. A BOOTP reply needs neither the first nor the last. held is as in
 * lease_from_ack(). Returns REJECT_NONE, SERVER_ID, ADDRESS, MASK or LEASE_TIME.
 */
enum reject lease_check(const struct dhcp4_message *,
			const struct dhcp4_lease *held);

/*
 * Fills in a lease from an ACK that lease_check() accepts; or from a BOOTP reply,
 * whose address is for ever whatever it says (RFC 1534 3). held is the lease in
 * use until now, or NULL: a missing mask is taken from it if the address is the
 * same, else from the on-link route of option 121 around it, else from its class.
 * T1 and T2 are drawn up to 2 % earlier than told (RFC 2131 4.4.5). server_hw and
 * client_id are the caller's to set. ret may be the same as held.
 */
void lease_from_ack(const struct dhcp4_message *, nsec granted,
		    const struct dhcp4_lease *held, struct prng *,
		    struct dhcp4_lease *ret);

/* The prefix length that such a lease would have. */
unsigned lease_told_length(const struct dhcp4_message *,
			   const struct dhcp4_lease *held);

/*
 * Of an ACK about a lease that it has, as above, only what says until when and
 * by whom. The rest stays as it was.
 */
void lease_extend(const struct dhcp4_message *, nsec granted, struct prng *,
		  struct dhcp4_lease *);

/* True if it came by BOOTP: no server takes a message about it. */
bool lease_is_bootp(const struct dhcp4_lease *);

/* Whole seconds until expiry, rounded up; DHCP4_LEASE_INFINITE for ever. */
uint32_t lease_remaining_s(const struct dhcp4_lease *, nsec now);

/* What a route needs to be installed. */
struct dhcp4_route {
	ipv4_addr destination;
	uint8_t prefix_length;
	ipv4_addr gateway;  /* 0: directly reachable on the interface */
	uint8_t preference; /* 0: used first; each more is a worse metric */
};

/* More than these are left out, the last ones first. */
#define DHCP4_ROUTES_MAX 64

/*
 * The routes of a lease, in the order in which they can be installed: those
 * without a gateway first. The prefix route of the address itself is not among
 * them. Option 121, else 249, else 33 and 3 (RFC 3442), whose routers after the
 * first one have worse preferences; a gateway outside of the subnet gets a route
 * to itself first. What breaks a rule (flaw.h) is as if it had not been sent.
 * Returns their number.
 */
unsigned lease_routes(const struct dhcp4_lease *, const struct route_policy *,
		      struct dhcp4_route routes[DHCP4_ROUTES_MAX]);

/*
 * The same of what may be no lease yet; what was left out is counted in flaws,
 * which may be NULL.
 */
unsigned lease_terms_routes(const struct lease_terms *,
			    const struct route_policy *,
			    struct dhcp4_route routes[DHCP4_ROUTES_MAX],
			    struct flaws *);

/*
 * The name servers of option 6, of which *index is the next one to look at, from
 * 0 on: those that can be another host than this one, and loopback addresses where
 * local names are wanted. False at the end.
 */
bool lease_next_name_server(const struct lease_terms *, unsigned *index,
			    ipv4_addr *ret, struct flaws *);

/*
 * All that breaks a rule: in what is used of a lease, and in an OFFER or ACK
 * whether it makes a lease or not.
 */
void lease_flaws(const struct dhcp4_lease *, const struct route_policy *,
		 struct flaws *ret);
void lease_flaws_of(const struct dhcp4_message *, const struct route_policy *,
		    struct flaws *ret);

/*
 * Takes the next route of an option 121, host bits cleared. False at the end, or
 * where the rest is malformed: cut, or a prefix length over 32.
 */
bool lease_next_route(struct reader *, struct dhcp4_route *ret);

/*
 * The broadcast address of the subnet; 0 for /31 and /32, which have none. An
 * option 28 that says otherwise is not followed: the kernel and all other hosts
 * compute it from the prefix (RFC 1122 3.3.6).
 */
ipv4_addr lease_broadcast(const struct dhcp4_lease *);

/*
 * The name that the server gives to this host: of option 81 (RFC 4702 3.1), else
 * of option 12; with its domain or without. False if there is none that can be
 * one of a host; *ret is unspecified then, here and below.
 */
bool lease_host_name(const struct dhcp4_lease *, char ret[DOMAIN_NAME_SIZE]);

/* The domain of option 15, if it is one name: some servers put a list there. */
bool lease_domain_name(const struct dhcp4_lease *, char ret[DOMAIN_NAME_SIZE]);

/* A resolver looks for a name in each of them: a server could make it busy. */
#define LEASE_SEARCH_MAX 16

/*
 * The domains to search, for domain_next(): the first of option 119, else of
 * option 15, be it one or a list. Nothing is implied by a name but itself (RFC
 * 1536 6).
 */
struct domain_walk lease_search(const struct dhcp4_lease *);

/*
 * Appends the time zone: the name of option 101, else what option 100 says of it
 * (RFC 4833 5); option 2 takes no part. False, and nothing appended, without one.
 */
bool lease_timezone(const struct dhcp4_lease *, struct str *);

/*
 * Appends the URI of the captive portal's API (RFC 8910). False, and nothing
 * appended, if the server names none or says that there is none.
 */
bool lease_captive_portal(const struct dhcp4_lease *, struct str *);

#endif
