/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Events to JSON. The number differs from subscriber to subscriber and so comes
 * first: all that follows is the same for all.
 */
#include "daemon/event.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/str.h"
#include "daemon/json_text.h"
#include "daemon/report.h"
#include "lease/report_leaf.h"

/*
 * Names, and texts for people, in which are filled in: %a address, %s server, %r
 * reason, %p packet, %t state, %f from, %d how long the lease lasts, %n lost.
 */
static const struct {
	const char *name, *text;
} kinds[] = {
	[EVENT_PRESENT] = { "present", "%t" },
	[EVENT_READY] = { "ready", "that is the present state" },
	[EVENT_TRANSITION] = { "transition", "%f -> %t" },
	[EVENT_SENT] = { "sent", "%p sent" },
	[EVENT_OFFERED] = { "offered", "OFFER of %a from %s" },
	[EVENT_LEASED] = { "leased", "leased %a from %s%d" },
	[EVENT_RENEWED] = { "renewed", "renewed %a from %s%d" },
	[EVENT_CONFIGURED] = { "configured", "%a can be used" },
	[EVENT_UNCONFIGURED] = { "unconfigured", "%a is not used: %r" },
	[EVENT_EXPIRED] = { "expired", "%a is gone: expired" },
	[EVENT_RELEASED] = { "released", "%a is gone: released" },
	[EVENT_LOST] = { "lost", "%a is gone: %r" },
	[EVENT_STOPPED] = { "stopped", "stopped" },
	[EVENT_NAK] = { "nak", "NAK from %s" },
	[EVENT_CONFLICT] = { "conflict", "another host uses %a" },
	[EVENT_FALLBACK] = { "fallback", "fallback address %a: %r" },
	[EVENT_LINK] = { "link", "link: %r" },
	[EVENT_NOTE] = { "note", "%r" },
	[EVENT_TROUBLE] = { "trouble", "%r" },
	[EVENT_ADDED] = { "added", "managed from now on" },
	[EVENT_REMOVED] = { "removed", "not managed any more" },
	[EVENT_CHANGED] = { "changed", "has other settings now" },
	[EVENT_DROPPED] = { "dropped", "%n events were not taken in time" },
};
_Static_assert(ARRAY_SIZE(kinds) == EVENT_KIND_COUNT, "a name for each");

/* ---- text for people ----------------------------------------------------- */

static void put_address(struct str *s, ipv4_addr address)
{
	if (address)
		str_ipv4(s, address);
	else
		str_text(s, "a server without a name");
}

static void put_duration(struct str *s, const struct managed *managed, nsec now)
{
	const struct dhcp4_lease *lease =
		managed ? &managed->iface.client->lease : NULL;

	if (!lease)
		return;
	if (lease->expiry_ns == NSEC_NEVER) {
		str_text(s, " for ever");
		return;
	}
	str_text(s, " for ");
	str_duration(s, lease_remaining_s(lease, now));
}

static void put_part(struct str *s, char what, const struct event_facts *facts,
		     nsec now)
{
	switch (what) {
	case 'a':
		put_address(s, facts->address);
		break;
	case 's':
		put_address(s, facts->server);
		break;
	case 'd':
		put_duration(s, facts->lease_of, now);
		break;
	case 'n':
		str_u64(s, facts->lost);
		break;
	case 'r':
		str_text(s, facts->reason);
		break;
	case 'p':
		str_text(s, facts->packet);
		break;
	case 't':
		str_text(s, facts->state);
		break;
	case 'f':
		str_text(s, facts->from);
		break;
	default:
		UNREACHABLE();
	}
}

static json_t *text_of(const struct event_facts *facts, nsec now)
{
	const char *at = facts->text ? facts->text : kinds[facts->kind].text;
	char text[240];
	struct str s = str_over(text, sizeof(text));

	for (; *at; at++) {
		if (*at == '%')
			put_part(&s, *++at, facts, now);
		else
			str_char(&s, *at);
	}
	if (facts->attempt > 1) {
		str_text(&s, ", try ");
		str_u64(&s, facts->attempt);
	}
	return json_string(text);
}

/* ---- octets -------------------------------------------------------------- */

static void put_text(json_t **object, const char *key, const char *value)
{
	if (value)
		report_put(object, key, json_string(value));
}

static void put_ipv4(json_t **object, const char *key, ipv4_addr value)
{
	if (value)
		report_put(object, key, report_ipv4(value));
}

static json_t *to_json(const struct event_facts *facts, bool raw, nsec now)
{
	json_t *object = json_object();

	put_text(&object, "kind", kinds[facts->kind].name);
	if (facts->interface)
		report_put(&object, "interface", report_name(facts->interface));
	put_text(&object, "state", facts->state);
	put_text(&object, "from", facts->from);
	put_text(&object, "reason", facts->reason);
	put_text(&object, "packet", facts->packet);
	if (facts->attempt)
		report_put(&object, "attempt", json_integer(facts->attempt));
	put_ipv4(&object, "server", facts->server);
	put_ipv4(&object, "address", facts->address);
	if (facts->lease_of)
		report_put(&object, "lease",
			   report_lease_of(facts->lease_of, now, raw));
	if (facts->lost)
		report_put(&object, "lost",
			   json_integer((json_int_t)facts->lost));
	report_put(&object, "text", text_of(facts, now));
	return object;
}

/* Around the octets, and in front of the number. */
static const char beginning[] = "{\"parameters\":{\"event\":{\"sequence\":";
static const char ending[] = "},\"continues\":true}"; /* and its NUL */

struct event *event_encode(const struct event_facts *facts, bool raw, nsec now)
{
	json_auto_t *object = to_json(facts, raw, now);
	struct event *event = NULL;
	struct buffer text = { 0 };

	if (json_text(object, &text) == 0 &&
	    json_text_add(&text, ending, sizeof(ending)) == 0)
		event = malloc(sizeof(*event) + buffer_used(&text));
	if (event) {
		event->references = 1;
		event->size = buffer_used(&text);
		memcpy(event->octets, text.bytes, event->size);
		event->octets[0] = ','; /* the members follow the number */
	}
	free(text.bytes);
	return event;
}

struct event *event_reference(struct event *event)
{
	event->references++;
	return event;
}

void event_release(struct event *event)
{
	if (event && --event->references == 0)
		free(event);
}

int event_write(const struct event *event, uint64_t sequence,
		json_dump_callback_t write, void *data)
{
	char text[sizeof(beginning) + sizeof("18446744073709551615")];
	struct str s = str_over(text, sizeof(text));

	str_text(&s, beginning);
	str_u64(&s, sequence);
	if (write(text, strlen(text), data) < 0)
		return -1;
	return write(event->octets, event->size, data);
}
