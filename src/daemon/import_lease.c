/* SPDX-License-Identifier: BSD-2-Clause */
/* What a lease has to be, whoever kept it: the rules are those for any ACK. */
#include "daemon/import_lease.h"

#include <string.h>

#include "base/str.h"

bool import_is_name(const char *name)
{
	size_t length = strlen(name);

	return length > 0 && length < IFNAMSIZ && str_is_printable(name) &&
	       !strpbrk(name, "/: ") && strcmp(name, ".") != 0 &&
	       strcmp(name, "..") != 0;
}

enum reject import_check(const struct import_lease *import, struct prng *prng,
			 struct dhcp4_message *ret_message,
			 struct dhcp4_lease *ret)
{
	enum reject reject =
		dhcp4_message_parse(import->ack, import->size, ret_message);

	if (reject == REJECT_NONE && ret_message->type != DHCP4_TYPE_ACK)
		reject = REJECT_MESSAGE_TYPE;
	if (reject == REJECT_NONE)
		reject = lease_check(ret_message, NULL);
	if (reject != REJECT_NONE)
		return reject;
	*ret = (struct dhcp4_lease){ 0 };
	lease_from_ack(ret_message, 0, NULL, prng, ret);
	return REJECT_NONE;
}
