/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What tenurectl makes of all that the kernel has: any octets as messages of
 * rtnetlink, one behind the other.
 *
 * Each becomes one kind of JSON at most, which can be written, and is not much
 * larger than what it was made of; each link is found by its index, and each
 * address that belongs to one is told once.
 */
#include <jansson.h>
#include <libmnl/libmnl.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/host.h"
#include "fuzz/fuzz.h"
#include "host/netlink.h"

/* Octets of JSON for one that the kernel said, besides what each object has. */
#define GROWTH	   32
#define TEXT_LEAST 2048

typedef json_t *to_json(const struct host_links *, const struct nlmsghdr *);

static to_json *const readers[] = {
	host_link_json, host_address_json, host_route_json,
	host_rule_json, host_nexthop_json,
};

static void check_json(json_t *object, size_t size)
{
	char *text = json_dumps(object, JSON_ENSURE_ASCII | JSON_COMPACT);

	CHECK(text && strlen(text) <= TEXT_LEAST + GROWTH * size);
	CHECK(fuzz_is_only(text, strlen(text),
			   " !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~\x7f"));
	free(text);
	json_decref(object);
}

static void read_message(const struct host_links *links,
			 const struct nlmsghdr *message)
{
	unsigned kinds = 0;

	for (size_t i = 0; i < ARRAY_SIZE(readers); i++) {
		json_t *object = readers[i](links, message);

		kinds += object != NULL;
		if (object)
			check_json(object, message->nlmsg_len);
	}
	CHECK(kinds <= 1);
	if (host_route_classify(message) != HOST_ROUTE_NONE)
		CHECK(message->nlmsg_type == RTM_NEWROUTE);
	if (host_route_uses(message, 2))
		CHECK(message->nlmsg_type == RTM_NEWROUTE);
}

static void check_links(const struct host_links *links)
{
	for (size_t i = 0; i < links->count; i++) {
		const struct host_link *link = &links->list[i];
		const struct host_link *found = host_link_at(links, link->index);

		CHECK(found && found->index == link->index);
		CHECK(host_link_find(links, link->name));
		for (size_t a = 0; a < link->address_count; a++) {
			const struct ifaddrmsg *header = mnl_nlmsg_get_payload(
				links->addresses[link->first_address + a]);

			CHECK(header->ifa_index == link->index);
		}
	}
}

static void run(const uint8_t *data, size_t size)
{
	char *octets = malloc(size ? size : 1);
	struct host_dump dumps[3] = { { 0 } };
	struct host_links links;

	CHECK(octets);
	memcpy(octets, data, size);
	size = netlink_sound_size(octets, size);
	for (size_t at = 0; at < size;) {
		const struct nlmsghdr *m = (const void *)(octets + at);

		host_dump_add(&dumps[m->nlmsg_type == RTM_NEWLINK   ? 0
				     : m->nlmsg_type == RTM_NEWADDR ? 1
								    : 2],
			      m);
		at += NLMSG_ALIGN(m->nlmsg_len);
	}
	free(octets);
	host_links_open(&links, &dumps[0], &dumps[1]);
	check_links(&links);
	for (size_t i = 0; i < ARRAY_SIZE(dumps); i++) {
		const struct nlmsghdr *m = NULL;

		while ((m = host_dump_next(&dumps[i], m)))
			read_message(&links, m);
	}
	host_links_close(&links);
	for (size_t i = 0; i < ARRAY_SIZE(dumps); i++)
		host_dump_free(&dumps[i]);
}

const struct fuzz_target fuzz_host = { "host", 4096, run };
