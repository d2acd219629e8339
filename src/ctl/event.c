/* SPDX-License-Identifier: BSD-2-Clause */
/* The daemon has words of its own for each; a packet's are ours. */
#include "ctl/event.h"

#include "base/assert.h"
#include "ctl/member.h"
#include "ctl/show.h"

const json_t *event_of(const json_t *reply)
{
	const json_t *event =
		json_object_get(json_object_get(reply, "parameters"), "event");

	return json_is_object(event) && member_text_or_null(event, "kind")
		       ? event
		       : NULL;
}

/* "2nd", "11th" */
static void put_ordinal(struct str *s, uint64_t number)
{
	static const char *const endings[] = { "th", "st", "nd", "rd" };
	uint64_t digit = number % 100 / 10 == 1 ? 0 : number % 10;

	str_u64(s, number);
	str_text(s, endings[digit < ARRAY_SIZE(endings) ? digit : 0]);
}

/* What is leased by an interface as it is. */
static void put_state(struct str *s, const json_t *event)
{
	const json_t *lease = json_object_get(event, "lease");

	if (!json_is_object(lease) || (!member_is(event, "kind", "present") &&
				       !member_is(event, "kind", "added") &&
				       !member_is(event, "kind", "changed")))
		return;
	str_text(s, ", ");
	show_address(s, lease);
	str_text(s, " from ");
	show_server(s, lease);
}

void event_words(struct str *s, const json_t *event)
{
	uint64_t attempt = member_number(event, "attempt");

	if (member_is(event, "kind", "sent")) {
		show_clean(s, member_text(event, "packet"));
		if (attempt < 2)
			return;
		str_text(s, ", ");
		put_ordinal(s, attempt);
		str_text(s, " try");
	} else if (member_is(event, "kind", "dropped")) {
		str_u64(s, member_number(event, "lost"));
		str_text(s, " events were not read in time and are lost");
	} else {
		show_clean(s, member_text_or_null(event, "text")
				      ? member_text(event, "text")
				      : member_text(event, "kind"));
		put_state(s, event);
	}
}

enum paint event_paint(const json_t *event)
{
	static const struct {
		const char *kind;
		enum paint paint;
	} kinds[] = {
		{ "leased", PAINT_GOOD },     { "renewed", PAINT_GOOD },
		{ "configured", PAINT_GOOD }, { "unconfigured", PAINT_WAITING },
		{ "expired", PAINT_BAD },     { "lost", PAINT_BAD },
		{ "nak", PAINT_BAD },	      { "conflict", PAINT_BAD },
		{ "trouble", PAINT_BAD },     { "dropped", PAINT_BAD },
		{ "stopped", PAINT_WAITING },
	};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (member_is(event, "kind", kinds[i].kind))
			return kinds[i].paint;
	}
	return PAINT_NONE;
}
