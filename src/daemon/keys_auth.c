/* SPDX-License-Identifier: BSD-2-Clause */
/* The rule for the value of one key, auth; keys.c has the others. */
#include <string.h>

#include "core/names.h"
#include "daemon/keys.h"

const char *key_apply_auth(const char *value, void *field)
{
	enum dhcp4_auth found = DHCP4_AUTH_NONE;

	while (strcmp(value, dhcp4_auth_name(found)) != 0)
		if (++found == DHCP4_AUTH_COUNT)
			return "must be none, token or delayed";
	*(enum dhcp4_auth *)field = found;
	return NULL;
}
