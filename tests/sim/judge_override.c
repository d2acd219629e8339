/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an administrator makes of a reply, a second time: option by option, where
 * the core goes edit by edit. Lists of names and of routes are not joined to here,
 * and no plan does.
 */
#include <string.h>

#include "base/assert.h"
#include "sim/judge_internal.h"

struct edited {
	bool there;
	size_t size;
	uint8_t bytes[DHCP4_OPTIONS_SIZE];
};

static bool find_edit(const struct dhcp4_override *edits, uint8_t code,
		      enum override_kind kind, struct option_value *ret)
{
	struct override_edit edit;
	uint16_t offset = 0;

	while (override_next(edits, &offset, &edit)) {
		*ret = edit.value;
		if (edit.kind == kind && edit.value.code == code)
			return true;
	}
	return false;
}

static void join(struct edited *option, const uint8_t *bytes, size_t size,
		 bool before)
{
	ASSERT(option->size + size <= sizeof(option->bytes));
	if (before)
		memmove(option->bytes + size, option->bytes, option->size);
	memcpy(option->bytes + (before ? 0 : option->size), bytes, size);
	option->size += size;
	option->there = true;
}

static void replace(struct edited *option, const struct option_value *by)
{
	option->size = 0;
	join(option, by->bytes, by->size, false);
}

/* Of times it is the shorter one, if there is one at all. */
static void supersede(struct edited *option, const struct option_value *by)
{
	bool time = by->code == DHCP4_OPTION_LEASE_TIME;

	if (!time ||
	    (option->there && memcmp(option->bytes, by->bytes, by->size) > 0))
		replace(option, by);
}

/* What becomes of an option; false if it is missing, and may not be. */
static bool edit_option(const struct dhcp4_override *edits, uint8_t code,
			struct edited *option)
{
	struct option_value by;

	if (find_edit(edits, code, OVERRIDE_REQUIRE, &by) && !option->there)
		return false;
	if (find_edit(edits, code, OVERRIDE_IGNORE, &by))
		option->there = false;
	if (!option->there)
		option->size = 0;
	if (find_edit(edits, code, OVERRIDE_DEFAULT, &by) && !option->there)
		replace(option, &by);
	if (find_edit(edits, code, OVERRIDE_SUPERSEDE, &by))
		supersede(option, &by);
	if (find_edit(edits, code, OVERRIDE_PREPEND, &by))
		join(option, by.bytes, by.size, true);
	if (find_edit(edits, code, OVERRIDE_APPEND, &by))
		join(option, by.bytes, by.size, false);
	return true;
}

bool judge_override_admits(const struct port_model *p, struct dhcp4_message *m)
{
	static struct dhcp4_options anew;
	static struct edited option;
	const struct dhcp4_override *edits = p->port->iface.config.override;
	bool offer = m->type == DHCP4_TYPE_OFFER && m->header.yiaddr;

	if (!edits || (!offer && m->type != DHCP4_TYPE_ACK))
		return true;
	anew.used = 0;
	for (unsigned code = 1; code < DHCP4_OPTION_END; code++) {
		struct option_value sent = { 0 };

		option.there =
			dhcp4_options_get(&m->options, (uint8_t)code, &sent);
		option.size = sent.size;
		if (option.there)
			memcpy(option.bytes, sent.bytes, sent.size);
		if (!edit_option(edits, (uint8_t)code, &option))
			return false;
		if (option.there)
			ASSERT(dhcp4_options_append(&anew, (uint8_t)code,
						    option.bytes, option.size));
	}
	m->options = anew;
	return true;
}
