/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What this network namespace has: links, addresses, routes, rules and nexthops, as
 * the kernel tells anyone by rtnetlink. They are kept as its own messages, which
 * take a few dozen octets a route, and become JSON one at a time.
 */
#ifndef CTL_HOST_H
#define CTL_HOST_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct nlmsghdr;

/* ---- messages ---------------------------------------------------------------- */

/* Messages of one kind, one behind the other. All zeros: none. */
struct host_dump {
	char *bytes;
	size_t used, size;
};

/* Whether a message is kept. */
typedef bool host_keep(void *context, const struct nlmsghdr *);

/*
 * Asks the kernel for all it has of a kind: RTM_GETLINK, RTM_GETADDR, RTM_GETROUTE,
 * RTM_GETRULE or RTM_GETNEXTHOP. What was disturbed is begun anew; before that,
 * begin is called, as before the first try. Kinds that the kernel does not know
 * are empty. 0 or -errno; -EINTR: it changed all the time.
 */
int host_dump_take(struct host_dump *ret, uint16_t kind, host_keep *keep,
		   void (*begin)(void *context), void *context);
void host_dump_free(struct host_dump *);

/* Adds size octets, which are one message. */
void host_dump_add(struct host_dump *, const struct nlmsghdr *);

/* The first message; the one behind another. NULL: there are no more. */
const struct nlmsghdr *host_dump_next(const struct host_dump *,
				      const struct nlmsghdr *);

/* ---- links --------------------------------------------------------------------- */

struct host_link {
	uint32_t index;
	const char *name; /* of the kernel: any octets but white space and '/' */
	const struct nlmsghdr *message;
	size_t first_address, address_count;
};

/* Ascending by index, with their addresses. */
struct host_links {
	struct host_link *list;
	size_t count;
	const struct nlmsghdr **addresses; /* by link */
};

/*
 * What is in dumps of links and of addresses, which have to stay. What is no sound
 * message of one is not there, nor are addresses of no link.
 */
void host_links_open(struct host_links *ret, const struct host_dump *links,
		     const struct host_dump *addresses);
void host_links_close(struct host_links *);

/* NULL: there is none. */
const struct host_link *host_link_at(const struct host_links *, uint32_t index);

/* By name or by an alternative one. */
const struct host_link *host_link_find(const struct host_links *,
				       const char *name);

/* NULL: there is none. */
const char *host_link_name(const struct host_links *, uint32_t index);

/* ---- JSON ------------------------------------------------------------------------ */

/* As tenurectl(1) has them. NULL: the message is none of that kind. */
json_t *host_link_json(const struct host_links *, const struct nlmsghdr *);
json_t *host_address_json(const struct host_links *, const struct nlmsghdr *);
json_t *host_route_json(const struct host_links *, const struct nlmsghdr *);
json_t *host_rule_json(const struct host_links *, const struct nlmsghdr *);
json_t *host_nexthop_json(const struct host_links *, const struct nlmsghdr *);

/* ---- routes ---------------------------------------------------------------------- */

enum host_route_class {
	HOST_ROUTE_DEFAULT,
	HOST_ROUTE_CONNECTED, /* a subnet of the link itself */
	HOST_ROUTE_LOCAL,     /* this host's own addresses, and groups */
	HOST_ROUTE_OTHER,
	HOST_ROUTE_NONE, /* no route, or a cached one */
};

enum host_route_class host_route_classify(const struct nlmsghdr *);

/* Whether it leads through the link, by whichever of its nexthops. */
bool host_route_uses(const struct nlmsghdr *, uint32_t index);

/*
 * The route that the kernel would use to the world, by family: what it says of an
 * address that stands for anywhere; where it says nothing, that of the least metric
 * in the main table. NULL: there is none. routes: those of class default at least.
 */
json_t *host_default_json(const struct host_links *,
			  const struct host_dump *routes, uint8_t family);

#endif
