/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages to the hook runner, written, and its answers: what the daemon does. */
#include "lease/hook_message.h"

#include <string.h>

void hook_message_begin(struct writer *w, const struct hook_header *header)
{
	char interface[IFNAMSIZ] = "";

	memcpy(interface, header->interface, strlen(header->interface));
	writer_u32(w, header->number);
	writer_u32(w, header->ifindex);
	writer_u32(w, header->metric);
	writer_u8(w, (uint8_t)header->reason);
	writer_u8(w, header->dns);
	writer_bytes(w, interface, sizeof(interface));
}

bool hook_message_put(struct writer *w, unsigned variable, enum hook_type type,
		      const void *bytes, size_t size)
{
	if (!hook_field_is_valid(variable, type, bytes, size) ||
	    w->size - w->used < HOOK_FIELD_SIZE + size)
		return false;
	writer_u16(w, (uint16_t)variable);
	writer_u8(w, (uint8_t)type);
	writer_u16(w, (uint16_t)size);
	writer_bytes(w, bytes, size);
	return true;
}

bool hook_answer_read(struct reader *r, struct hook_answer *ret)
{
	ret->number = reader_u32(r);
	ret->ifindex = reader_u32(r);
	ret->failed = reader_u32(r);
	return !r->failed && r->left == 0;
}
