/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The names of a lease, and who is asked about names: which options count, and
 * what of them is one. Whether they are used is decided elsewhere.
 */
#include "core/lease.h"
#include "core/option_text.h"
#include "core/text.h"

/* The bit E: labels instead of text (RFC 4702 2.1). The others are not ours. */
#define FQDN_ENCODED 0x04

/* Flags and two codes that a client ignores come first (RFC 4702 2.2). */
#define FQDN_NAME_AT 3

static bool fqdn(const struct dhcp4_options *options, char ret[DOMAIN_NAME_SIZE])
{
	struct option_value value;

	if (!dhcp4_options_get(options, DHCP4_OPTION_FQDN, &value))
		return false;
	return domain_single(value.bytes + FQDN_NAME_AT,
			     (size_t)value.size - FQDN_NAME_AT,
			     value.bytes[0] & FQDN_ENCODED ? DOMAIN_FORM_PARTIAL
							   : DOMAIN_FORM_TEXT,
			     ret);
}

static bool text(const struct dhcp4_options *options, uint8_t code,
		 char ret[DOMAIN_NAME_SIZE])
{
	struct option_value value;

	return dhcp4_options_get(options, code, &value) &&
	       domain_single(value.bytes, value.size, DOMAIN_FORM_TEXT, ret);
}

bool lease_host_name(const struct dhcp4_lease *lease, char ret[DOMAIN_NAME_SIZE])
{
	const struct dhcp4_options *options = &lease->options;

	return (fqdn(options, ret) && domain_is_host(ret)) ||
	       (text(options, DHCP4_OPTION_HOST_NAME, ret) && domain_is_host(ret));
}

bool lease_domain_name(const struct dhcp4_lease *lease,
		       char ret[DOMAIN_NAME_SIZE])
{
	return text(&lease->options, DHCP4_OPTION_DOMAIN_NAME, ret);
}

struct domain_walk lease_search(const struct dhcp4_lease *lease)
{
	enum domain_form form = DOMAIN_FORM_COMPRESSED;
	struct option_value value = { 0 };
	struct domain_walk walk;

	if (!dhcp4_options_get(&lease->options, DHCP4_OPTION_DOMAIN_SEARCH,
			       &value)) {
		dhcp4_options_get(&lease->options, DHCP4_OPTION_DOMAIN_NAME,
				  &value);
		form = DOMAIN_FORM_TEXT;
	}
	walk = domain_walk(value.bytes, value.size, form);
	walk.most = LEASE_SEARCH_MAX;
	return walk;
}

/* No server knows of a resolver on this host; an administrator may. */
static bool may_be_asked(const struct lease_terms *terms, ipv4_addr server)
{
	return ipv4_is_host(server) ||
	       (terms->local_names && server >> 24 == 127);
}

bool lease_next_name_server(const struct lease_terms *terms, unsigned *index,
			    ipv4_addr *ret, struct flaws *flaws)
{
	ipv4_addr server;

	while (dhcp4_options_get_address(terms->options, DHCP4_OPTION_DNS_SERVERS,
					 (*index)++, &server)) {
		const struct ipv4_prefix one = { server, 32 };

		if (!may_be_asked(terms, server)) {
			/* Some servers pad the list. */
			if (server != IPV4_ANY)
				flaws_note(flaws, FLAW_NAME_SERVER, one);
		} else if (server == terms->address) {
			flaws_note(flaws, FLAW_OWN_NAME_SERVER, one);
		} else {
			*ret = server;
			return true;
		}
	}
	return false;
}

bool lease_timezone(const struct dhcp4_lease *lease, struct str *s)
{
	const struct dhcp4_options *options = &lease->options;
	struct option_value value;

	return (dhcp4_options_get(options, DHCP4_OPTION_TZDB_TIMEZONE, &value) ||
		dhcp4_options_get(options, DHCP4_OPTION_POSIX_TIMEZONE, &value)) &&
	       option_print(s, value.code, value.bytes, value.size);
}

bool lease_captive_portal(const struct dhcp4_lease *lease, struct str *s)
{
	struct option_value value;

	return dhcp4_options_get(&lease->options, DHCP4_OPTION_CAPTIVE_PORTAL,
				 &value) &&
	       !text_is_no_portal(value.bytes, value.size) &&
	       option_print(s, value.code, value.bytes, value.size);
}
