/* SPDX-License-Identifier: BSD-2-Clause */
/* Names of options, by code. */
#include "compat/names.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lease/hook_variable.h"

static const char *const udhcpc[256] = {
	[1] = "subnet",		 [2] = "timezone",
	[3] = "router",		 [4] = "timesrv",
	[5] = "namesrv",	 [6] = "dns",
	[7] = "logsrv",		 [8] = "cookiesrv",
	[9] = "lprsrv",		 [12] = "hostname",
	[13] = "bootsize",	 [15] = "domain",
	[16] = "swapsrv",	 [17] = "rootpath",
	[23] = "ipttl",		 [26] = "mtu",
	[28] = "broadcast",	 [33] = "routes",
	[40] = "nisdomain",	 [41] = "nissrv",
	[42] = "ntpsrv",	 [44] = "wins",
	[50] = "requestip",	 [51] = "lease",
	[53] = "dhcptype",	 [54] = "serverid",
	[56] = "message",	 [60] = "vendor",
	[61] = "clientid",	 [66] = "tftp",
	[67] = "bootfile",	 [77] = "userclass",
	[100] = "tzstr",	 [101] = "tzdbstr",
	[119] = "search",	 [120] = "sipsrv",
	[121] = "staticroutes",	 [132] = "vlanid",
	[133] = "vlanpriority",	 [209] = "pxeconffile",
	[210] = "pxepathprefix", [211] = "reboottime",
	[212] = "ip6rd",	 [249] = "msstaticroutes",
	[252] = "wpad",
};

/* What hooks are told as a variable that is not an option's own. */
static const char *const isc[256] = {
	[1] = "subnet_mask",	 [12] = "host_name",
	[15] = "domain_name",	 [28] = "broadcast_address",
	[119] = "domain_search", [121] = "rfc3442_classless_static_routes",
};

const char *names_of_udhcpc(uint8_t code)
{
	return udhcpc[code];
}

const char *names_of_isc(uint8_t code)
{
	return isc[code] ? isc[code] : hook_variable_name(code);
}

/* A hyphen is an underscore. */
static bool is_called(const char *name, const char *text, size_t length)
{
	if (!name || strlen(name) != length)
		return false;
	for (size_t i = 0; i < length; i++)
		if (name[i] != text[i] && !(name[i] == '_' && text[i] == '-') &&
		    !(name[i] == '-' && text[i] == '_'))
			return false;
	return true;
}

static uint8_t number(const char *text, size_t length)
{
	char *end;
	unsigned long code = strtoul(text, &end, 0);

	return end == text + length && code < 255 ? (uint8_t)code : 0;
}

static uint8_t find(const char *(*name)(uint8_t), const char *text, size_t length)
{
	for (unsigned code = 1; code < 255; code++)
		if (is_called(name((uint8_t)code), text, length))
			return (uint8_t)code;
	return number(text, length);
}

uint8_t names_code_udhcpc(const char *text, size_t length)
{
	return find(names_of_udhcpc, text, length);
}

uint8_t names_code_isc(const char *text, size_t length)
{
	/* dhcpcd's name of it. */
	if (is_called("classless_static_routes", text, length))
		return 121;
	return find(names_of_isc, text, length);
}
