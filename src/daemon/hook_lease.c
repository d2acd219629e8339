/* SPDX-License-Identifier: BSD-2-Clause */
/* From options to the typed fields of hook_message.h. */
#include "daemon/hook_lease.h"

#include <string.h>
#include <strings.h>

#include "base/str.h"
#include "core/option_text.h"
#include "daemon/hook_message.h"

/* Of the search list, in octets; more is made of a few octets by compression. */
#define SEARCH_MAX 2048

/* The values of one field; as many as a message holds. */
static uint8_t field_bytes[HOOK_MESSAGE_MAX];

static struct writer field(void)
{
	return writer_over(field_bytes, sizeof(field_bytes));
}

static void put(struct writer *w, unsigned variable, enum hook_type type,
		const struct writer *values)
{
	if (!values->failed)
		hook_message_put(w, variable, type, values->start, values->used);
}

static void put_address(struct writer *w, unsigned variable, ipv4_addr address)
{
	struct writer values = field();

	writer_u32(&values, address);
	put(w, variable, HOOK_TYPE_ADDRESSES, &values);
}

static void put_number(struct writer *w, unsigned variable, uint64_t number)
{
	struct writer values = field();

	writer_u64(&values, number);
	put(w, variable, HOOK_TYPE_NUMBERS, &values);
}

/* ---- options by their format ------------------------------------------- */

static void put_addresses(struct writer *w, const struct option_value *option)
{
	struct reader r = reader_over(option->bytes, option->size);
	struct writer values = field();

	while (r.left)
		writer_u32(&values, reader_u32(&r));
	put(w, option->code, HOOK_TYPE_ADDRESSES, &values);
}

static void put_name_servers(struct writer *w, const struct dhcp4_lease *lease)
{
	const struct lease_terms terms = lease_terms(lease);
	struct writer values = field();
	unsigned index = 0;
	ipv4_addr server;

	while (lease_next_name_server(&terms, &index, &server, NULL))
		writer_u32(&values, server);
	put(w, DHCP4_OPTION_DNS_SERVERS, HOOK_TYPE_ADDRESSES, &values);
}

/* Numbers of 1, 2 or 4 octets each. */
static void put_numbers(struct writer *w, const struct option_value *option,
			unsigned each, bool is_signed)
{
	struct reader r = reader_over(option->bytes, option->size);
	struct writer values = field();

	while (r.left) {
		uint32_t number = each == 1   ? reader_u8(&r)
				  : each == 2 ? reader_u16(&r)
					      : reader_u32(&r);

		writer_u64(&values, is_signed ? (uint64_t)(int64_t)(int32_t)number
					      : number);
	}
	put(w, option->code, HOOK_TYPE_NUMBERS, &values);
}

static void put_routes(struct writer *w, const struct option_value *option)
{
	struct reader r = reader_over(option->bytes, option->size);
	struct writer values = field();
	struct dhcp4_route route;

	while (lease_next_route(&r, &route)) {
		writer_u8(&values, route.prefix_length);
		writer_u32(&values, route.destination);
		writer_u32(&values, route.gateway);
	}
	put(w, option->code, HOOK_TYPE_ROUTES, &values);
}

/*
 * What has its own grammar is handed on in words, and text if it is one word: all
 * else is in the hex.
 */
static void put_words(struct writer *w, const struct option_value *option,
		      bool single)
{
	char *text = (char *)field_bytes;
	struct str s = str_over(text, sizeof(field_bytes));
	char hex[2 * DHCP4_OPTIONS_SIZE + 1];
	struct str h = str_over(hex, sizeof(hex));

	str_hex(&h, option->bytes, option->size, '\0');
	if (option_print(&s, option->code, option->bytes, option->size) &&
	    strcmp(text, hex) != 0 && !(single && strchr(text, ' ')))
		hook_message_put(w, option->code, HOOK_TYPE_WORDS, text, s.used);
}

static void put_typed(struct writer *w, const struct option_value *option)
{
	switch (option_rule(option->code)->format) {
	case OPTION_FORMAT_IPV4:
	case OPTION_FORMAT_IPV4_LIST:
	case OPTION_FORMAT_IPV4_PAIRS:
		put_addresses(w, option);
		break;
	case OPTION_FORMAT_FLAG:
	case OPTION_FORMAT_U8:
		put_numbers(w, option, 1, false);
		break;
	case OPTION_FORMAT_U16:
	case OPTION_FORMAT_U16_LIST:
		put_numbers(w, option, 2, false);
		break;
	case OPTION_FORMAT_U32:
		put_numbers(w, option, 4, false);
		break;
	case OPTION_FORMAT_S32:
		put_numbers(w, option, 4, true);
		break;
	case OPTION_FORMAT_TEXT:
		put_words(w, option, true);
		break;
	case OPTION_FORMAT_ROUTES:
		put_routes(w, option);
		break;
	case OPTION_FORMAT_OCTETS:
		put_words(w, option, false);
		break;
	case OPTION_FORMAT_EMPTY:
	case OPTION_FORMAT_SEARCH:
		break;
	}
}

/* ---- the lease ---------------------------------------------------------- */

static void put_address_of(struct writer *w, const struct dhcp4_lease *lease)
{
	ipv4_addr mask = ipv4_mask(lease->prefix_length);
	ipv4_addr broadcast = lease_broadcast(lease);

	put_address(w, HOOK_VARIABLE_IP_ADDRESS, lease->address);
	put_address(w, HOOK_VARIABLE_SUBNET_MASK, mask);
	put_number(w, HOOK_VARIABLE_SUBNET_CIDR, lease->prefix_length);
	put_address(w, HOOK_VARIABLE_NETWORK_NUMBER, lease->address & mask);
	if (broadcast)
		put_address(w, HOOK_VARIABLE_BROADCAST_ADDRESS, broadcast);
}

/* A name that any host may have is not one to be called by. */
static bool is_nobodys_name(const char *name)
{
	static const char local[] = "localhost";
	const size_t length = sizeof(local) - 1;

	return strncasecmp(name, local, length) == 0 &&
	       (name[length] == '\0' || name[length] == '.');
}

static void put_names_of(struct writer *w, const struct dhcp4_lease *lease)
{
	struct domain_walk walk = lease_search(lease);
	struct writer list = field();
	char name[DOMAIN_NAME_SIZE];

	if (lease_host_name(lease, name) && !is_nobodys_name(name))
		hook_message_put(w, HOOK_VARIABLE_HOST_NAME, HOOK_TYPE_NAMES,
				 name, strlen(name));
	if (lease_domain_name(lease, name))
		hook_message_put(w, HOOK_VARIABLE_DOMAIN_NAME, HOOK_TYPE_NAMES,
				 name, strlen(name));
	while (domain_next(&walk, name)) {
		/* The first names of a list that is too long are what is given. */
		if (list.used + strlen(name) + 1 > SEARCH_MAX)
			break;
		if (list.used)
			writer_u8(&list, ' ');
		writer_bytes(&list, name, strlen(name));
	}
	if (list.used)
		put(w, HOOK_VARIABLE_DOMAIN_SEARCH, HOOK_TYPE_NAMES, &list);
}

/* Options that say less than what was made of them, which follows at the end. */
static bool is_computed(uint8_t code)
{
	return code == DHCP4_OPTION_SUBNET_MASK ||
	       code == DHCP4_OPTION_BROADCAST_ADDRESS ||
	       code == DHCP4_OPTION_HOST_NAME ||
	       code == DHCP4_OPTION_DOMAIN_NAME ||
	       code == DHCP4_OPTION_DOMAIN_SEARCH;
}

void hook_lease_put(struct writer *w, const struct dhcp4_lease *lease,
		    uint64_t expiry_s)
{
	struct option_value option;
	uint16_t offset = 0;

	while (dhcp4_options_next(&lease->options, &offset, &option)) {
		hook_message_put(w, option.code, HOOK_TYPE_OCTETS, option.bytes,
				 option.size);
		if (option.code == DHCP4_OPTION_DNS_SERVERS)
			put_name_servers(w, lease);
		else if (!is_computed(option.code))
			put_typed(w, &option);
	}
	if (lease->address)
		put_address_of(w, lease);
	put_names_of(w, lease);
	if (expiry_s)
		put_number(w, HOOK_VARIABLE_EXPIRY, expiry_s);
}
