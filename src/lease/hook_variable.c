/* SPDX-License-Identifier: BSD-2-Clause */
/* Names and types of the variables, by the table of options and a few rows. */
#include "lease/hook_variable.h"

#include <stddef.h>
#include <stdint.h>

#include "base/assert.h"
#include "core/dhcp4.h"
#include "core/option.h"

#define TYPE(name) (1U << HOOK_TYPE_##name)

/* Names that hooks of other clients know, where the registry's is another. */
static const struct {
	uint8_t code;
	char name[39];
} known_names[] = {
	{ 8, "cookie_servers" },
	{ 13, "boot_size" },
	{ 14, "merit_dump" },
	{ 22, "max_dgram_reassembly" },
	{ 31, "router_discovery" },
	{ 36, "ieee802_3_encapsulation" },
	{ 43, "vendor_encapsulated_options" },
	{ 45, "netbios_dd_server" },
	{ 50, "dhcp_requested_address" },
	{ DHCP4_OPTION_LEASE_TIME, "dhcp_lease_time" },
	{ 52, "dhcp_option_overload" },
	{ DHCP4_OPTION_MESSAGE_TYPE, "dhcp_message_type" },
	{ DHCP4_OPTION_SERVER_ID, "dhcp_server_identifier" },
	{ 55, "dhcp_parameter_request_list" },
	{ 56, "dhcp_message" },
	{ 57, "dhcp_max_message_size" },
	{ DHCP4_OPTION_T1, "dhcp_renewal_time" },
	{ DHCP4_OPTION_T2, "dhcp_rebinding_time" },
	{ 60, "vendor_class_identifier" },
	{ 61, "dhcp_client_identifier" },
	{ 62, "nwip_domain" },
	{ 63, "nwip_suboptions" },
	{ 67, "bootfile_name" },
	{ 68, "mobile_ip_home_agent" },
	{ 69, "smtp_server" },
	{ 70, "pop_server" },
	{ 71, "nntp_server" },
	{ 72, "www_server" },
	{ 73, "finger_server" },
	{ 74, "irc_server" },
	{ 75, "streettalk_server" },
	{ 76, "streettalk_directory_assistance_server" },
	{ 78, "slp_directory_agent" },
	{ 79, "slp_service_scope" },
	{ 98, "uap_servers" },
	{ DHCP4_OPTION_CLASSLESS_ROUTES, "classless_static_routes" },
	{ DHCP4_OPTION_CLASSLESS_ROUTES_MS, "ms_classless_static_routes" },
};

/* What follows from the message as a whole. */
static const struct {
	const char *name;
	unsigned types;
} rows[] = {
	[HOOK_VARIABLE_IP_ADDRESS - 256] = { "ip_address", TYPE(ADDRESSES) },
	[HOOK_VARIABLE_SUBNET_MASK - 256] = { "subnet_mask", TYPE(ADDRESSES) },
	[HOOK_VARIABLE_SUBNET_CIDR - 256] = { "subnet_cidr", TYPE(NUMBERS) },
	[HOOK_VARIABLE_NETWORK_NUMBER - 256] = { "network_number",
						 TYPE(ADDRESSES) },
	[HOOK_VARIABLE_BROADCAST_ADDRESS - 256] = { "broadcast_address",
						    TYPE(ADDRESSES) },
	[HOOK_VARIABLE_HOST_NAME - 256] = { "host_name", TYPE(NAMES) },
	[HOOK_VARIABLE_DOMAIN_NAME - 256] = { "domain_name", TYPE(NAMES) },
	[HOOK_VARIABLE_DOMAIN_SEARCH - 256] = { "domain_search", TYPE(NAMES) },
	[HOOK_VARIABLE_NEXT_SERVER - 256] = { "next_server", TYPE(ADDRESSES) },
	[HOOK_VARIABLE_SERVER_NAME - 256] = { "server_name", TYPE(NAMES) },
	[HOOK_VARIABLE_FILENAME - 256] = { "filename", TYPE(WORDS) },
	[HOOK_VARIABLE_EXPIRY - 256] = { "expiry", TYPE(NUMBERS) },
};
_Static_assert(ARRAY_SIZE(rows) == HOOK_VARIABLE_END - 256, "a row each");

/* By its format; one with a shape of its own may be of any type but a route. */
static const unsigned types_of_formats[] = {
	[OPTION_FORMAT_OCTETS] =
		TYPE(ADDRESSES) | TYPE(NUMBERS) | TYPE(NAMES) | TYPE(WORDS),
	[OPTION_FORMAT_IPV4] = TYPE(ADDRESSES),
	[OPTION_FORMAT_IPV4_LIST] = TYPE(ADDRESSES),
	[OPTION_FORMAT_IPV4_PAIRS] = TYPE(ADDRESSES),
	[OPTION_FORMAT_FLAG] = TYPE(NUMBERS),
	[OPTION_FORMAT_U8] = TYPE(NUMBERS),
	[OPTION_FORMAT_U16] = TYPE(NUMBERS),
	[OPTION_FORMAT_U16_LIST] = TYPE(NUMBERS),
	[OPTION_FORMAT_U32] = TYPE(NUMBERS),
	[OPTION_FORMAT_S32] = TYPE(NUMBERS),
	[OPTION_FORMAT_TEXT] = TYPE(WORDS),
	[OPTION_FORMAT_EMPTY] = 0,
	[OPTION_FORMAT_ROUTES] = TYPE(ROUTES),
	[OPTION_FORMAT_SEARCH] = 0,
};

/* Options that say less than what was made of them, which is told instead. */
static bool is_computed(unsigned code)
{
	return code == DHCP4_OPTION_SUBNET_MASK ||
	       code == DHCP4_OPTION_BROADCAST_ADDRESS ||
	       code == DHCP4_OPTION_HOST_NAME ||
	       code == DHCP4_OPTION_DOMAIN_NAME ||
	       code == DHCP4_OPTION_DOMAIN_SEARCH;
}

static unsigned types_of(unsigned variable)
{
	const struct option_rule *rule;

	if (variable >= HOOK_VARIABLE_END || variable == DHCP4_OPTION_PAD ||
	    variable == DHCP4_OPTION_END)
		return 0;
	if (variable > DHCP4_OPTION_END)
		return rows[variable - 256].types;
	rule = option_rule((uint8_t)variable);
	if (!option_name((uint8_t)variable) || is_computed(variable))
		return TYPE(OCTETS);
	return TYPE(OCTETS) | types_of_formats[rule->format];
}

bool hook_variable_takes(unsigned variable, enum hook_type type)
{
	return types_of(variable) & 1U << type;
}

const char *hook_variable_name(unsigned variable)
{
	if ((types_of(variable) & ~TYPE(OCTETS)) == 0)
		return NULL;
	if (variable > DHCP4_OPTION_END)
		return rows[variable - 256].name;
	for (size_t i = 0; i < ARRAY_SIZE(known_names); i++)
		if (known_names[i].code == variable)
			return known_names[i].name;
	return option_name((uint8_t)variable);
}
