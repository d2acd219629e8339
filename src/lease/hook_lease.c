/* SPDX-License-Identifier: BSD-2-Clause */
/* From the leaves of options to the typed fields of hook_message.h. */
#include "lease/hook_lease.h"

#include <string.h>
#include <strings.h>

#include "base/str.h"
#include "core/option_text.h"
#include "lease/hook_message.h"

/* Of the search list, in octets; more is made of a few octets by compression. */
#define SEARCH_MAX 2048

/* What follows the options, all of it: three names, a list of names, numbers. */
#define REST_MAX (SEARCH_MAX + 2 * DOMAIN_NAME_SIZE + 512)

_Static_assert(DHCP4_OPTIONS_SIZE / 3 * HOOK_FIELD_SIZE + DHCP4_OPTIONS_SIZE +
			       REST_MAX <
		       HOOK_MESSAGE_MAX,
	       "each option's octets, and what is made of them, have room");

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

/* ---- options ------------------------------------------------------------ */

/* What an option's leaves are: all of one type, or words. */
struct leaves {
	enum hook_type type;
	unsigned depth;
	bool any, words; /* words: of several types, or lists within others */
	bool opaque;	 /* nothing but octets */
	struct writer values;
};

/* Which type a leaf alone has. */
static enum hook_type type_of(enum leaf_kind kind)
{
	switch (kind) {
	case LEAF_IPV4:
		return HOOK_TYPE_ADDRESSES;
	case LEAF_PREFIX:
		return HOOK_TYPE_ROUTES;
	case LEAF_NUMBER:
	case LEAF_FLAG:
		return HOOK_TYPE_NUMBERS;
	case LEAF_NAME:
		return HOOK_TYPE_NAMES;
	case LEAF_LIST:
	case LEAF_RECORD:
	case LEAF_ITEM:
	case LEAF_END:
	case LEAF_IPV6:
	case LEAF_PREFIX6:
	case LEAF_WORD:
	case LEAF_TEXT:
	case LEAF_URI:
	case LEAF_HEX:
	case LEAF_STRANGE:
		break;
	}
	return HOOK_TYPE_WORDS;
}

static void add_name(struct writer *w, const char *name)
{
	if (w->used)
		writer_u8(w, ' ');
	writer_bytes(w, name, strlen(name));
}

/* A value that is of the same type as those before. */
static void add_value(struct leaves *l, const struct leaf *leaf)
{
	struct writer *w = &l->values;

	if (leaf->kind == LEAF_PREFIX) {
		writer_u8(w, (uint8_t)leaf->number);
		writer_u32(w, leaf->address);
	} else if (leaf->kind == LEAF_IPV4) {
		writer_u32(w, leaf->address);
	} else if (l->type == HOOK_TYPE_NUMBERS) {
		writer_u64(w, (uint64_t)leaf->number);
	} else if (l->type == HOOK_TYPE_NAMES) {
		add_name(w, leaf->text);
	}
}

static void add_leaf(void *context, const struct leaf *leaf)
{
	struct leaves *l = context;
	enum hook_type type = type_of(leaf->kind);

	if (leaf->kind == LEAF_END) {
		l->depth--;
		return;
	}
	if (leaf->kind <= LEAF_ITEM) {
		/* Records of a list are told one after another, no deeper ones. */
		l->words |= leaf->kind == LEAF_ITEM || l->depth > 1 ||
			    (leaf->kind == LEAF_LIST && l->depth > 0);
		l->depth++;
		return;
	}
	/* The gateway of a route is a part of it. */
	if (l->any && l->type == HOOK_TYPE_ROUTES && type == HOOK_TYPE_ADDRESSES)
		type = HOOK_TYPE_ROUTES;
	l->opaque = !l->any && l->depth == 0 && leaf->kind == LEAF_HEX;
	l->words |= type == HOOK_TYPE_WORDS || (l->any && l->type != type);
	l->type = type;
	l->any = true;
	add_value(l, leaf);
}

/* What has a grammar of its own. */
static void put_words(struct writer *w, const struct option_value *option)
{
	char *text = (char *)field_bytes;
	struct str s = str_over(text, sizeof(field_bytes));

	if (option_print(&s, option->code, option->bytes, option->size))
		hook_message_put(w, option->code, HOOK_TYPE_WORDS, text, s.used);
}

static void put_typed(struct writer *w, const struct option_value *option)
{
	struct leaves l = { .values = field() };

	if (!hook_variable_name(option->code))
		return;
	option_decode(option->code, option->bytes, option->size, add_leaf, &l);
	if (!l.any || l.opaque)
		return;
	if (l.words)
		put_words(w, option);
	else
		put(w, option->code, l.type, &l.values);
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

/*
 * Each option as octets; by its type, which can be much longer, as far as there
 * is room besides.
 */
static void put_options(struct writer *w, const struct dhcp4_lease *lease)
{
	const struct dhcp4_options *options = &lease->options;
	struct option_value option;
	size_t reserved = REST_MAX;
	uint16_t offset = 0;

	while (dhcp4_options_next(options, &offset, &option))
		reserved += HOOK_FIELD_SIZE + option.size;
	offset = 0;
	while (dhcp4_options_next(options, &offset, &option)) {
		hook_message_put(w, option.code, HOOK_TYPE_OCTETS, option.bytes,
				 option.size);
		reserved -= HOOK_FIELD_SIZE + option.size;
		w->size -= reserved;
		if (option.code == DHCP4_OPTION_DNS_SERVERS)
			put_name_servers(w, lease);
		else
			put_typed(w, &option);
		w->size += reserved;
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
		add_name(&list, name);
	}
	if (list.used)
		put(w, HOOK_VARIABLE_DOMAIN_SEARCH, HOOK_TYPE_NAMES, &list);
}

/* Of the header; what is not plain is in no variable. */
static void put_boot_of(struct writer *w, const struct dhcp4_lease *lease)
{
	if (lease->siaddr)
		put_address(w, HOOK_VARIABLE_NEXT_SERVER, lease->siaddr);
	hook_message_put(w, HOOK_VARIABLE_SERVER_NAME, HOOK_TYPE_NAMES,
			 lease->sname, strlen(lease->sname));
	if (!strchr(lease->file, ' '))
		hook_message_put(w, HOOK_VARIABLE_FILENAME, HOOK_TYPE_WORDS,
				 lease->file, strlen(lease->file));
}

void hook_lease_put(struct writer *w, const struct dhcp4_lease *lease,
		    uint64_t expiry_s)
{
	put_options(w, lease);
	if (lease->address)
		put_address_of(w, lease);
	put_names_of(w, lease);
	put_boot_of(w, lease);
	if (expiry_s)
		put_number(w, HOOK_VARIABLE_EXPIRY, expiry_s);
}
