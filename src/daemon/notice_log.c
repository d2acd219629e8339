/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A line for each notice, at the level of what it means to an administrator. Who
 * reads NOTICE and above knows what became of a lease, and what comes next; INFO
 * has each transition and message besides. tenured(8) tells the meaning of each.
 */
#include "daemon/notice_log.h"

#include <string.h>

#include "base/assert.h"
#include "base/str.h"
#include "core/names.h"
#include "daemon/daemon.h"
#include "daemon/log.h"

/* ---- kinds --------------------------------------------------------------- */

enum kind {
	KIND_ASKING,
	KIND_CONFIRMING,
	KIND_WAITING,
	KIND_NO_CARRIER,
	KIND_UNANSWERED,
	KIND_LEASED,
	KIND_RENEWED,
	KIND_CONFIRMED,
	KIND_READY,
	KIND_LOST,
	KIND_REFUSED,
	KIND_CONFLICT,
	KIND_NOT_CONFIGURED,
	KIND_SERVER,
	KIND_CHANGED,
	KIND_INFORMED,
	KIND_FALLBACK,
	KIND_STOPPED,
	KIND_TRANSITION,
	KIND_OFFER,
	KIND_REJECTED,
	KIND_SENT,
	KIND_NOT_SENT,
	KIND_COUNT
};

/* MESSAGE_IDs are for ever; tenured(8) lists them. */
static const struct log_kind kinds[] = {
	[KIND_ASKING] = { "asking", "f3a0df344ce04119adabdd441c3d2719" },
	[KIND_CONFIRMING] = { "confirming", "a6ff6bf75daa44c3afff390c03e7e9f1" },
	[KIND_WAITING] = { "waiting", "8294d18875a0452c92c5a5801760889b" },
	[KIND_NO_CARRIER] = { "no-carrier", "6827272befe241d4bfc3bc2c71101d45" },
	[KIND_UNANSWERED] = { "unanswered", "cf75d83653034434bf486c29d884e40b" },
	[KIND_LEASED] = { "leased", "f2fd0bb9ce204c759dc5c8d0b8d46d78" },
	[KIND_RENEWED] = { "renewed", "bc1dafb09e0c40ba957c5626ce2f0109" },
	[KIND_CONFIRMED] = { "confirmed", "336465083b854640ae5081f4b26d1e09" },
	[KIND_READY] = { "ready", "8d72533fc7f246efb9072a363d8440b9" },
	[KIND_LOST] = { "lost", "502536b06baf49d188f985eb2eb7ee8f" },
	[KIND_REFUSED] = { "nak", "d7e6888174814cc8baa0ca524fd61354" },
	[KIND_CONFLICT] = { "conflict", "96a1c0e1a00643f18d38b6bf340fcf39" },
	[KIND_NOT_CONFIGURED] = { "not-configured",
				  "6642751703dd42e78d88ad76a8e5aafc" },
	[KIND_SERVER] = { "server", "d890c375ee54460d819dcddd583f8124" },
	[KIND_CHANGED] = { "changed", "7e3d201b723e4f86acf792bfd49dede8" },
	[KIND_INFORMED] = { "informed", "f2ae1a386d564645a3cb177ee75f2ec7" },
	[KIND_FALLBACK] = { "fallback", "811da7b33b2744c7b3b3096d91884db1" },
	[KIND_STOPPED] = { "stopped", "3231215487ea45299ec951fc83f96e33" },
	[KIND_TRANSITION] = { "transition", "3cb8d69ce25a4e7aa471aa740a409ef4" },
	[KIND_OFFER] = { "offer", "23ac4554e06a4ee8a0d6329b91a732ac" },
	[KIND_REJECTED] = { "rejected", "ccecec7b1b7541dcb094d1eb3406c9fe" },
	[KIND_SENT] = { "sent", "405685bd5f9c4d10ab4f7e891bb6a223" },
	[KIND_NOT_SENT] = { "not-sent", "a526ba57418c40028fd346078d1a57b9" },
};
_Static_assert(ARRAY_SIZE(kinds) == KIND_COUNT, "one each");

/* ---- words --------------------------------------------------------------- */

/* What a line may tell of. */
struct about {
	const struct iface *i;
	const struct dhcp4_notice *notice;
	nsec now;
};

static void put_address(struct str *s, const struct about *a)
{
	str_ipv4(s, a->notice->address ? a->notice->address
				       : a->i->client->lease.address);
}

static void put_prefix(struct str *s, const struct about *a)
{
	str_ipv4(s, a->i->client->lease.address);
	str_char(s, '/');
	str_u64(s, a->i->client->lease.prefix_length);
}

static void put_server(struct str *s, const struct about *a)
{
	const struct dhcp4_lease *lease = &a->i->client->lease;

	if (a->notice->server)
		str_ipv4(s, a->notice->server);
	else if (lease_is_bootp(lease))
		str_text(s, "BOOTP");
	else
		str_ipv4(s, lease->server_id);
}

static void put_left(struct str *s, const struct about *a)
{
	const struct dhcp4_lease *lease = &a->i->client->lease;

	if (lease->expiry_ns == NSEC_NEVER)
		str_text(s, "ever");
	else
		str_duration(s, lease_remaining_s(lease, a->now));
}

static void put_rest(struct str *s, nsec now, nsec until)
{
	str_duration(s, (nsec_until(now, until) + NSEC_PER_S - 1) / NSEC_PER_S);
}

static void put_renewal(struct str *s, const struct about *a)
{
	const struct dhcp4_lease *lease = &a->i->client->lease;

	if (lease->expiry_ns == NSEC_NEVER) {
		str_text(s, "never");
		return;
	}
	str_text(s, "in ");
	put_rest(s, a->now, lease->t1_ns);
}

static void put_pause(struct str *s, const struct about *a)
{
	put_rest(s, a->now, a->i->client->send_at);
}

static void put_again(struct str *s, const struct about *a)
{
	put_rest(s, a->now, a->i->client->retransmit_at);
}

static void put_anonymous(struct str *s, const struct about *a)
{
	if (a->notice->irregular)
		str_text(s, ", which did not name itself");
}

static void put_loss(struct str *s, const struct about *a)
{
	str_text(s, dhcp4_loss_name(a->notice->loss));
}

static void put_words(struct str *s, const struct about *a)
{
	if (!*a->notice->text)
		return;
	str_text(s, ": ");
	str_text(s, a->notice->text);
}

static void put_changes(struct str *s, const struct about *a)
{
	changes_text(s, a->notice->changes);
}

static void put_iface(struct str *s, const struct about *a)
{
	str_text(s, a->i->name);
}

static void put_from(struct str *s, const struct about *a)
{
	str_text(s, dhcp4_state_name(a->notice->from));
}

static void put_to(struct str *s, const struct about *a)
{
	str_text(s, dhcp4_state_name(a->notice->to));
}

static void put_reject(struct str *s, const struct about *a)
{
	str_text(s, reject_text(a->notice->reject));
}

static const struct word {
	const char *name;
	void (*put)(struct str *, const struct about *);
} words[] = {
	{ "address", put_address }, { "prefix", put_prefix },
	{ "server", put_server },   { "left", put_left },
	{ "renewal", put_renewal }, { "pause", put_pause },
	{ "again", put_again },	    { "anonymous", put_anonymous },
	{ "loss", put_loss },	    { "words", put_words },
	{ "changes", put_changes }, { "iface", put_iface },
	{ "from", put_from },	    { "to", put_to },
	{ "reject", put_reject },
};

/* Puts the word that text begins with, up to the bracket that closes it. */
static const char *put_word(struct str *s, const char *text,
			    const struct about *a)
{
	size_t length = strcspn(text, ">");

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (strncmp(words[i].name, text, length) == 0 &&
		    !words[i].name[length]) {
			words[i].put(s, a);
			return text + length + 1;
		}
	}
	UNREACHABLE();
}

static void expand(struct str *s, const char *text, const struct about *a)
{
	while (*text) {
		if (*text == '<')
			text = put_word(s, text + 1, a);
		else
			str_char(s, *text++);
	}
}

/* ---- lines --------------------------------------------------------------- */

struct line {
	enum log_level level;
	enum kind kind;
	const char *text; /* with words in brackets */
};

/* clang-format off */
#define LINE(level, kind, text) { LOG_LEVEL_##level, KIND_##kind, text }

static const struct line lines[DHCP4_NOTICE_KINDS] = {
	[DHCP4_NOTICE_TRANSITION] =
		LINE(INFO, TRANSITION, "<from> -> <to>"),
	[DHCP4_NOTICE_OFFER] =
		LINE(INFO, OFFER, "OFFER of <address> from <server>"),
	[DHCP4_NOTICE_NAK] =
		LINE(WARNING, REFUSED, "NAK from <server><anonymous>"),
	[DHCP4_NOTICE_ACK] =
		LINE(NOTICE, LEASED, "leased <prefix> from <server> for <left>, "
				     "renewal <renewal>"),
	[DHCP4_NOTICE_REJECTED] =
		LINE(DEBUG, REJECTED, "packet refused: <reject>"),
	[DHCP4_NOTICE_SILENT] =
		LINE(WARNING, UNANSWERED, "<server> offered <address> and then "
					  "fell silent; starting again"),
	[DHCP4_NOTICE_UNCONFIRMED] =
		LINE(WARNING, UNANSWERED, "no server confirmed <address>; using it "
					  "to its expiry, for <left>"),
	[DHCP4_NOTICE_MASK_GUESSED] =
		LINE(WARNING, SERVER, "the server sent no subnet mask; taking "
				      "<prefix>"),
	[DHCP4_NOTICE_LOST] =
		LINE(NOTICE, LOST, "<address> is gone: <loss>"),
	[DHCP4_NOTICE_WITHDRAWN] =
		LINE(NOTICE, LOST, "<address> is not used until it is checked"),
	[DHCP4_NOTICE_READY] =
		LINE(INFO, READY, "<address> is ready"),
	[DHCP4_NOTICE_CONFIGURE_FAILED] =
		LINE(WARNING, NOT_CONFIGURED, "<address> is not configured yet; "
					      "trying again"),
	[DHCP4_NOTICE_CONFLICT] =
		LINE(WARNING, CONFLICT, "another host uses <address>"),
	[DHCP4_NOTICE_DEFENDED] =
		LINE(WARNING, CONFLICT, "another host claimed <address>; defended"),
	[DHCP4_NOTICE_FALLBACK_READY] =
		LINE(NOTICE, FALLBACK, "fallback address <address> is ready"),
	[DHCP4_NOTICE_FALLBACK_ENDED] =
		LINE(NOTICE, FALLBACK, "fallback address <address> is not used any "
				       "more"),
	[DHCP4_NOTICE_FALLBACK_TAKEN] =
		LINE(WARNING, CONFLICT, "another host uses <address>"),
	[DHCP4_NOTICE_FALLBACK_FAILED] =
		LINE(WARNING, NOT_CONFIGURED, "<address> is not configured yet; "
					      "trying again"),
	[DHCP4_NOTICE_INFORMED] =
		LINE(NOTICE, INFORMED, "parameters from <server>"),
	[DHCP4_NOTICE_V6ONLY] =
		LINE(NOTICE, WAITING, "<server> prefers IPv6 alone; no IPv4 for "
				      "<pause>"),
	[DHCP4_NOTICE_NO_ADDRESS] =
		LINE(WARNING, SERVER, "<server> has no address to give<words>"),
	[DHCP4_NOTICE_UNAUTHENTICATED] =
		LINE(WARNING, SERVER, "accepted without authentication: <server>"),
	[DHCP4_NOTICE_FORCED] =
		LINE(NOTICE, SERVER, "FORCERENEW from <server>"),
	[DHCP4_NOTICE_ATTACHED] =
		LINE(NOTICE, CONFIRMED, "a known network: router <server> is here, "
					"for <address>"),
	[DHCP4_NOTICE_SERVER_REFUSED] =
		LINE(WARNING, SERVER, "<server> is refused: other servers are known "
				      "here; 'tenurectl forget <iface>' forgets "
				      "them"),
	[DHCP4_NOTICE_SERVER_CHANGED] =
		LINE(WARNING, SERVER, "<server> granted the lease, where other "
				      "servers are known"),
	[DHCP4_NOTICE_SERVER_MOVED] =
		LINE(WARNING, SERVER, "the ACK of <server> came from another "
				      "hardware address than its OFFER"),
	[DHCP4_NOTICE_CHANGED] =
		LINE(NOTICE, CHANGED, "<server> changed <changes>"),
	[DHCP4_NOTICE_HELD] =
		LINE(WARNING, CHANGED, "<server> would change <changes>; not "
				       "applied: 'tenurectl accept <iface>' does"),
	[DHCP4_NOTICE_LEFT] =
		LINE(WARNING, NOT_CONFIGURED, "removed too often; left so for now"),
};

/* A server whose reply lacks what is required. */
static const struct line reply_refused =
	LINE(WARNING, SERVER, "<server> is refused: its reply is <reject>");

/* A lease that there was before. */
static const struct line renewed =
	LINE(NOTICE, RENEWED, "renewed <prefix> from <server> for <left>, renewal "
			      "<renewal>");
static const struct line confirmed =
	LINE(NOTICE, CONFIRMED, "confirmed <prefix> by <server> for <left>, renewal "
				"<renewal>");

/* What a state is about, where no other line of its step told. */
static const struct line asking =
	LINE(NOTICE, ASKING, "asking for an address");
static const struct line asking_later =
	LINE(NOTICE, WAITING, "asking for an address in <pause>");
static const struct line asking_parameters =
	LINE(NOTICE, ASKING, "asking for parameters");
static const struct line confirming =
	LINE(NOTICE, CONFIRMING, "asking for <address> again");
static const struct line confirming_held =
	LINE(NOTICE, CONFIRMING, "asking for <address> again, which is good for "
				 "<left>");
static const struct line confirming_later =
	LINE(NOTICE, WAITING, "asking for <address> again in <pause>");
static const struct line no_carrier =
	LINE(NOTICE, NO_CARRIER, "no carrier; waiting for it");
static const struct line no_carrier_held =
	LINE(NOTICE, NO_CARRIER, "no carrier; <address> stays for <left>");
static const struct line rebinding =
	LINE(NOTICE, CONFIRMING, "asking any server to renew <address>, which is "
				 "good for <left>");
static const struct line rebinding_late =
	LINE(WARNING, UNANSWERED, "<server> did not renew <address>, which is good "
				  "for <left>; asking any server");
static const struct line stopped =
	LINE(NOTICE, STOPPED, "stopped");
static const struct line stopped_held =
	LINE(NOTICE, STOPPED, "stopped; <address> stays for <left>, and nobody "
			      "renews it");

/* What nobody answers. */
static const struct line no_offer =
	LINE(WARNING, UNANSWERED, "no server answers; asking again in <again>, and "
				  "so on");
static const struct line no_renewal =
	LINE(NOTICE, UNANSWERED, "<server> has not renewed <address> yet, which is "
				 "good for <left>; asking again in <again>");
/* clang-format on */

static void say(const struct line *line, const struct about *a)
{
	const struct dhcp4_client *c = a->i->client;
	const bool has_lease = c->tenure != DHCP4_TENURE_NONE;
	const struct dhcp4_notice *notice = a->notice;
	const struct log_event event = {
		.kind = &kinds[line->kind],
		.interface = a->i->name,
		.state = dhcp4_state_name(c->state),
		.reason = notice->kind == DHCP4_NOTICE_LOST
				  ? dhcp4_loss_name(notice->loss)
				  : NULL,
		.address = notice->address ? notice->address
			   : has_lease	   ? c->lease.address
					   : 0,
		.server = notice->server ? notice->server
			  : has_lease	 ? c->lease.server_id
					 : 0,
	};
	char text[256];
	struct str s = str_over(text, sizeof(text));

	if (line->level > log_level())
		return;
	expand(&s, line->text, a);
	log_event(&event, line->level, "%s", text);
}

/* ---- which one ----------------------------------------------------------- */

static bool is_held(const struct iface *i)
{
	return i->client->tenure == DHCP4_TENURE_HELD;
}

static bool is_gone(const struct iface *i)
{
	return ((const struct managed *)i)->link.gone;
}

/* It would be told of what is over before anybody reads it. */
static bool is_pause(const struct about *a)
{
	nsec at = a->i->client->send_at;

	return at != NSEC_NEVER && nsec_until(a->now, at) >= NSEC_PER_S;
}

/* What the client waits for now, or does; NULL: that needs no telling. */
static const struct line *line_of_state(const struct about *a)
{
	const struct dhcp4_client *c = a->i->client;
	bool held = is_held(a->i);

	switch (c->state) {
	case DHCP4_STATE_STOPPED:
		return held ? &stopped_held : &stopped;
	case DHCP4_STATE_INIT:
	case DHCP4_STATE_INIT_REBOOT:
		if (!c->carrier)
			return held ? &no_carrier_held : &no_carrier;
		if (!is_pause(a))
			return NULL;
		return c->state == DHCP4_STATE_INIT ? &asking_later
						    : &confirming_later;
	case DHCP4_STATE_SELECTING:
		return &asking;
	case DHCP4_STATE_REBOOTING:
		return held ? &confirming_held : &confirming;
	case DHCP4_STATE_REBINDING:
		return c->lease.t2_ns <= a->now ? &rebinding_late : &rebinding;
	case DHCP4_STATE_INFORMING:
		return &asking_parameters;
	case DHCP4_STATE_REQUESTING:
	case DHCP4_STATE_PROBING:
	case DHCP4_STATE_BOUND:
	case DHCP4_STATE_RENEWING:
	case DHCP4_STATE_V6ONLY_WAIT: /* its notice tells */
	case DHCP4_STATE_COUNT:
		break;
	}
	return NULL;
}

static const struct line *line_of_ack(const struct dhcp4_notice *notice)
{
	if (notice->from == DHCP4_STATE_RENEWING ||
	    notice->from == DHCP4_STATE_REBINDING)
		return &renewed;
	if (notice->from == DHCP4_STATE_REBOOTING ||
	    notice->from == DHCP4_STATE_BOUND)
		return &confirmed;
	return &lines[DHCP4_NOTICE_ACK];
}

void notice_log(const struct iface *i, const struct dhcp4_notice *notice, nsec now)
{
	const struct about a = { i, notice, now };
	const struct line *line;

	if (notice->kind == DHCP4_NOTICE_ACK) {
		say(line_of_ack(notice), &a);
		return;
	}
	if (notice->kind == DHCP4_NOTICE_SERVER_REFUSED &&
	    notice->reject != REJECT_SERVER_PIN) {
		say(&reply_refused, &a);
		return;
	}
	say(&lines[notice->kind], &a);
	/*
	 * States that a step went through on its way are INFO's alone, as is what
	 * becomes of an interface that is not there.
	 */
	if (notice->kind != DHCP4_NOTICE_TRANSITION ||
	    notice->to != i->client->state || is_gone(i))
		return;
	line = line_of_state(&a);
	if (line)
		say(line, &a);
}

/* ---- what is sent -------------------------------------------------------- */

/* So many unanswered DISCOVERs, after a quarter of a minute, are told. */
#define DISCOVERS_TOLD 4

static const struct line *line_of_silence(const struct dhcp4_effect *effect)
{
	enum dhcp4_request request = effect->send.request;
	unsigned number = effect->send.number;

	if (request == DHCP4_REQUEST_DISCOVER && number == DISCOVERS_TOLD)
		return &no_offer;
	if (request == DHCP4_REQUEST_RENEWING && number == 2)
		return &no_renewal;
	return NULL;
}

void notice_log_sent(const struct iface *i, const struct dhcp4_effect *effect,
		     int error)
{
	static const struct dhcp4_notice nothing;
	const struct about a = { i, &nothing, i->client->now };
	const char *name = dhcp4_request_name(effect->send.request);
	const struct log_event event = {
		.kind = &kinds[error ? KIND_NOT_SENT : KIND_SENT],
		.interface = i->name,
		.state = dhcp4_state_name(i->client->state),
	};
	const struct line *line = line_of_silence(effect);

	if (error)
		log_event(&event, LOG_LEVEL_WARNING, "cannot send %s: %s", name,
			  strerror(error));
	else if (effect->send.number > 1)
		log_event(&event, LOG_LEVEL_INFO, "%s sent, try %u", name,
			  effect->send.number);
	else
		log_event(&event, LOG_LEVEL_INFO, "%s sent", name);
	if (line && !error)
		say(line, &a);
}
