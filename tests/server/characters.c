/* SPDX-License-Identifier: BSD-2-Clause */
/* One function a misbehaviour, and their table. */
#include "server/characters.h"

#include <string.h>

#include "base/assert.h"
#include "server/rich.h"

/* An option that is left out, in tables of values. */
#define ABSENT 0xfffffff0U

/* ---- other answers ---------------------------------------------------- */

static void stay_honest(struct server_exchange *exchange, uint32_t number)
{
	(void)exchange;
	(void)number;
}

static void keep_silent(struct server_exchange *exchange, uint32_t number)
{
	(void)number;
	exchange->reply.type = 0;
}

/* The address in the reply so far, else the one that the client asks for. */
static ipv4_addr address_at_hand(const struct server_exchange *exchange)
{
	ipv4_addr yiaddr = exchange->reply.header.yiaddr;

	return yiaddr ? yiaddr : exchange->request.address;
}

static void offer(struct server_exchange *exchange, uint32_t number)
{
	(void)number;
	server_grant(exchange, DHCP4_TYPE_OFFER, address_at_hand(exchange));
}

static void ack(struct server_exchange *exchange, uint32_t number)
{
	(void)number;
	server_grant(exchange, DHCP4_TYPE_ACK, address_at_hand(exchange));
}

static void nak(struct server_exchange *exchange, uint32_t number)
{
	(void)number;
	server_refuse(exchange);
}

static void nak_anonymously(struct server_exchange *exchange, uint32_t number)
{
	(void)number;
	server_refuse(exchange);
	server_remove_option(&exchange->reply, DHCP4_OPTION_SERVER_ID);
}

static void refuse_now(void *context, struct server_exchange *exchange)
{
	(void)context;
	server_refuse(exchange);
}

static void ack_then_nak(struct server_exchange *exchange, uint32_t number)
{
	(void)number;
	exchange->reply.second = refuse_now;
}

static void halve_lease(void *context, struct server_exchange *exchange)
{
	(void)context;
	server_set_number(&exchange->reply, DHCP4_OPTION_LEASE_TIME,
			  exchange->server->config->lease_s / 2);
}

static void ack_twice(struct server_exchange *exchange, uint32_t number)
{
	(void)number;
	exchange->reply.second = halve_lease;
}

static void say_twice(struct server_exchange *exchange, uint32_t number)
{
	(void)number;
	exchange->reply.copies = 2;
}

/* ---- who says it ------------------------------------------------------ */

/* The server that the message names; 0 if none. */
static ipv4_addr named_server(const struct server_exchange *exchange)
{
	ipv4_addr id = 0;

	dhcp4_options_get_u32(&exchange->request.message.options,
			      DHCP4_OPTION_SERVER_ID, &id);
	return id;
}

static void set_id(struct server_exchange *exchange, ipv4_addr id)
{
	server_set_number(&exchange->reply, DHCP4_OPTION_SERVER_ID, id);
}

/* ACK or NAK, in the name of this server or of the other. */
static void answer_for_another(struct server_exchange *exchange, uint32_t number)
{
	if (server_is_named(exchange))
		return;
	if (number & 1)
		server_refuse(exchange);
	else
		server_decide(exchange);
	if (number & 2)
		set_id(exchange, named_server(exchange));
}

/* ACK or NAK by a server that nobody asked. */
static void answer_by_another(struct server_exchange *exchange, uint32_t number)
{
	if (number & 1)
		server_refuse(exchange);
	set_id(exchange, server_id(exchange->server) + 1);
}

/* Another id each time; but what chose an offer gets the ACK of that one. */
static void change_id(struct server_exchange *exchange, uint32_t number)
{
	ipv4_addr first = server_id(exchange->server), id = first + number % 8;

	if (exchange->request.kind == DHCP4_REQUEST_SELECTING) {
		id = named_server(exchange);
		if (id - first >= 8)
			return;
		server_decide(exchange);
	}
	set_id(exchange, id);
}

/* RFC 2563 2.3: there is none, and who asks is told what to do then. */
static void offer_no_address(struct server_exchange *exchange, uint32_t number)
{
	static const uint8_t values[] = { 0, 1 };
	static const char text[] = "none left";
	struct server_reply *reply = &exchange->reply;
	struct option_value asked;

	if (!dhcp4_options_get(&exchange->request.message.options,
			       DHCP4_OPTION_AUTO_CONFIGURE, &asked)) {
		reply->type = 0;
		return;
	}
	server_grant(exchange, DHCP4_TYPE_OFFER, IPV4_ANY);
	server_set_option(reply, DHCP4_OPTION_AUTO_CONFIGURE,
			  &values[number % 2], 1);
	server_set_option(reply, DHCP4_OPTION_MESSAGE, (const uint8_t *)text,
			  sizeof(text) - 1);
}

/* ---- what is granted -------------------------------------------------- */

static void grant_other_address(struct server_exchange *exchange, uint32_t number)
{
	exchange->reply.header.yiaddr += 1 + number % 4;
}

static void grant_illegal_address(struct server_exchange *exchange,
				  uint32_t number)
{
	const struct server_subnet *subnet = exchange->subnet;
	ipv4_addr mask = ipv4_mask(subnet->prefix_length);
	const ipv4_addr illegal[] = {
		subnet->router & mask,	/* the network */
		subnet->router | ~mask, /* its broadcast */
		0x00000000,
		0x7f000001, /* 127.0.0.1 */
		0xe0000005, /* 224.0.0.5 */
		0xf0000001, /* 240.0.0.1 */
		0x00010203, /* 0.1.2.3 */
		0xffffffff,
	};

	exchange->reply.header.yiaddr = illegal[number % ARRAY_SIZE(illegal)];
}

/* Sets an option of four octets, or leaves it out. */
static void set_or_remove(struct server_reply *reply, uint8_t code, uint32_t value)
{
	if (value == ABSENT)
		server_remove_option(reply, code);
	else
		server_set_number(reply, code, value);
}

static void grant_illegal_mask(struct server_exchange *exchange, uint32_t number)
{
	static const uint32_t masks[] = {
		0xff00ff00, 0x00ffffff, 0x00000000, 0x80000000,
		0xfe000000, 0xffffffff, /* legal, but nobody else is near */
		ABSENT,			/* legal, too */
	};

	set_or_remove(&exchange->reply, DHCP4_OPTION_SUBNET_MASK,
		      masks[number % ARRAY_SIZE(masks)]);
}

static void grant_illegal_lease(struct server_exchange *exchange, uint32_t number)
{
	static const struct {
		uint32_t lease_s, t1_s, t2_s;
	} leases[] = {
		{ ABSENT, ABSENT, ABSENT },
		{ 0, ABSENT, ABSENT },
		{ 1, ABSENT, ABSENT },
		{ 1, 1, 1 },
		{ 120, 60, 60 },
		{ 120, 100, 50 },
		{ 120, 60, 120 },
		{ 120, 60, 0xfffffffe },
		{ 120, 0, 0 },
		{ 120, DHCP4_LEASE_INFINITE, DHCP4_LEASE_INFINITE },
		{ 0xfffffffe, 0xfffffffc, 0xfffffffd },
		{ DHCP4_LEASE_INFINITE, ABSENT, ABSENT },
		{ DHCP4_LEASE_INFINITE, 60, 105 },
	};
	unsigned i = number % ARRAY_SIZE(leases);
	struct server_reply *reply = &exchange->reply;

	set_or_remove(reply, DHCP4_OPTION_LEASE_TIME, leases[i].lease_s);
	set_or_remove(reply, DHCP4_OPTION_T1, leases[i].t1_s);
	set_or_remove(reply, DHCP4_OPTION_T2, leases[i].t2_s);
}

static void put_route(struct writer *w, ipv4_addr destination, uint8_t length,
		      ipv4_addr gateway)
{
	writer_u8(w, length);
	for (unsigned bits = 0; bits < length; bits += 8)
		writer_u8(w, (uint8_t)(destination >> (24 - bits)));
	writer_u32(w, gateway);
}

/* To no place, to the client, by the client or by no host, and twice. */
static void put_illegal_routes(struct writer *w, ipv4_addr own, ipv4_addr router)
{
	put_route(w, 0x00000000, 8, router);
	put_route(w, 0x7f000000, 8, router);
	put_route(w, 0xe0000000, 4, router);
	put_route(w, 0xf0000000, 4, router);
	put_route(w, own, 32, router);
	put_route(w, 0x14000000, 8, own);
	put_route(w, 0x15000000, 8, 0xe0000001);
	put_route(w, 0x16000000, 8, router);
	put_route(w, 0x16000000, 8, router + 1);
}

/* The default route is among them; more routes than anybody takes; or resolvers. */
static void grant_illegal_routes(struct server_exchange *exchange, uint32_t number)
{
	struct server_reply *reply = &exchange->reply;
	const ipv4_addr own = reply->header.yiaddr;
	const ipv4_addr router = exchange->subnet->router;
	struct writer *w = &reply->scratch;
	const uint8_t *octets = reply->octets + w->used;
	const uint8_t codes[] = { DHCP4_OPTION_CLASSLESS_ROUTES,
				  DHCP4_OPTION_CLASSLESS_ROUTES,
				  DHCP4_OPTION_DNS_SERVERS };
	unsigned variant = number % ARRAY_SIZE(codes);

	if (variant < 2)
		put_route(w, 0, 0, router);
	if (variant == 0)
		put_illegal_routes(w, own, router);
	for (unsigned i = 0; variant == 1 && i < 70; i++)
		put_route(w, (20 + i) << 24, 8, router);
	if (variant == 2) {
		writer_u32(w, 0x7f000001);
		writer_u32(w, own);
		writer_u32(w, 0xe0000001);
		writer_u32(w, router);
	}
	ASSERT(!w->failed);
	server_set_option(reply, codes[variant], octets,
			  (size_t)(reply->octets + w->used - octets));
}

/* ---- octets that are no message --------------------------------------- */

/* The reply up to its End, to be spoilt, with room for so many octets more. */
static struct writer begin_raw(struct server_exchange *exchange, size_t room)
{
	struct server_reply *reply = &exchange->reply;
	size_t used = reply->scratch.used;
	struct writer w;

	ASSERT(used + DHCP4_MESSAGE_MAX <= sizeof(reply->octets));
	w = writer_over(reply->octets + used, DHCP4_MESSAGE_MAX - room);
	server_write_reply(exchange, &w);
	w.size += room;
	return w;
}

static void end_raw(struct server_exchange *exchange, const struct writer *w)
{
	ASSERT(!w->failed);
	exchange->reply.raw = w->start;
	exchange->reply.raw_size = w->used;
}

/* What stands in place of End, and all over sname and file. */
static const struct garbage {
	uint8_t fill, size;
	uint8_t tail[8];
} garbage[] = {
	{ 0, 0, { 0 } },			 /* no End */
	{ 0, 1, { 6 } },			 /* no length */
	{ 0, 3, { 6, 200, 10 } },		 /* cut */
	{ 0, 3, { 54, 0, 255 } },		 /* too short, ... */
	{ 0, 6, { 1, 3, 255, 255, 255, 255 } },	 /* ... or too long, ... */
	{ 0, 4, { 51, 1, 9, 255 } },		 /* ... as repetitions */
	{ 0, 4, { 53, 1, 6, 255 } },		 /* a second type */
	{ 0, 5, { 3, 2, 10, 0, 255 } },		 /* half a router */
	{ 0, 7, { 255, 51, 4, 0, 0, 0, 1 } },	 /* more behind End */
	{ 0, 4, { 52, 1, 3, 255 } },		 /* overloaded: pads alone, */
	{ 5, 4, { 52, 1, 3, 255 } },		 /* whole options, */
	{ 52, 4, { 52, 1, 3, 255 } },		 /* one inside of another, */
	{ 240, 4, { 52, 1, 3, 255 } },		 /* cut ones */
	{ 51, 4, { 52, 1, 4, 255 } },		 /* too much of it */
	{ 51, 5, { 52, 2, 3, 3, 255 } },	 /* and too long */
	{ 0, 7, { 121, 4, 33, 10, 0, 0, 255 } }, /* a route of 33 bits */
};

static void add_garbage(struct server_exchange *exchange, uint32_t number)
{
	const struct garbage *bad = &garbage[number % ARRAY_SIZE(garbage)];
	const size_t size = DHCP4_SNAME_SIZE + DHCP4_FILE_SIZE;
	struct writer w = begin_raw(exchange, bad->size);

	/* The cookie's four octets are behind them. */
	memset(w.start + DHCP4_HEADER_SIZE - 4 - size, bad->fill, size);
	writer_bytes(&w, bad->tail, bad->size);
	end_raw(exchange, &w);
}

static bool has_option(const struct server_reply *reply, uint8_t code)
{
	for (unsigned i = 0; i < reply->option_count; i++) {
		if (reply->options[i].code == code)
			return true;
	}
	return code == DHCP4_OPTION_MESSAGE_TYPE;
}

/* Each option that there is, of one octet unless it is there already. */
static void add_all_options(struct server_exchange *exchange, uint32_t number)
{
	struct writer w = begin_raw(exchange, 3 * DHCP4_OPTION_END);

	for (uint8_t code = 1; code < DHCP4_OPTION_END; code++) {
		if (!has_option(&exchange->reply, code))
			option_write_u8(&w, code, (uint8_t)number);
	}
	dhcp4_message_end(&w, 0);
	end_raw(exchange, &w);
}

/* Options of later RFCs, some of them malformed. */
static void add_rich_options(struct server_exchange *exchange, uint32_t number)
{
	struct writer w = begin_raw(exchange, RICH_SIZE_MAX);

	rich_write(&w, number);
	dhcp4_message_end(&w, 0);
	end_raw(exchange, &w);
}

/* The message ends too early: anywhere. */
static void cut_short(struct server_exchange *exchange, uint32_t number)
{
	struct writer w = begin_raw(exchange, 1);

	dhcp4_message_end(&w, 0);
	w.used = number % w.used;
	end_raw(exchange, &w);
}

/* As one of RFC 951, to whom a DISCOVER is a request (RFC 1534 2); for ever. */
static void answer_by_bootp(struct server_exchange *exchange, uint32_t number)
{
	static const uint8_t unknown[] = {
		DHCP4_OPTION_LEASE_TIME, DHCP4_OPTION_SERVER_ID,
		DHCP4_OPTION_T1,	 DHCP4_OPTION_T2,
		DHCP4_OPTION_CLIENT_ID,
	};
	/* Option 53, which always comes first. */
	const size_t first_size = 3;
	struct server_reply *reply = &exchange->reply;
	struct server_lease *lease =
		server_lease_at(exchange->server, reply->header.yiaddr);
	struct writer w;

	(void)number;
	for (size_t i = 0; i < ARRAY_SIZE(unknown); i++)
		server_remove_option(reply, unknown[i]);
	w = begin_raw(exchange, 1);
	w.used -= first_size;
	memmove(w.start + DHCP4_HEADER_SIZE,
		w.start + DHCP4_HEADER_SIZE + first_size,
		w.used - DHCP4_HEADER_SIZE);
	dhcp4_message_end(&w, 0);
	end_raw(exchange, &w);
	if (lease) {
		lease->state = SERVER_LEASE_BOUND;
		lease->expiry = NSEC_NEVER;
	}
}

/* ---- for somebody else ------------------------------------------------ */

static void say_request(struct server_exchange *exchange, uint32_t number)
{
	(void)number;
	exchange->reply.header.op = DHCP4_OP_REQUEST;
}

static void spoil_xid(struct server_exchange *exchange, uint32_t number)
{
	(void)number;
	exchange->reply.header.xid++;
}

/* The frame still reaches the client: it goes where the request came from. */
static void spoil_chaddr(struct server_exchange *exchange, uint32_t number)
{
	(void)number;
	exchange->reply.header.chaddr[5] ^= 1;
}

static void spoil_client_id(struct server_exchange *exchange, uint32_t number)
{
	struct client_id *id = &exchange->reply.client_id;

	(void)number;
	*id = exchange->request.client;
	id->bytes[id->size - 1] ^= 1;
	server_set_option(&exchange->reply, DHCP4_OPTION_CLIENT_ID, id->bytes,
			  id->size);
}

static void spoil_checksum(struct server_exchange *exchange, uint32_t number)
{
	(void)number;
	exchange->reply.corrupt = true;
}

static void broadcast(struct server_exchange *exchange, uint32_t number)
{
	(void)number;
	exchange->reply.broadcast = true;
}

/* ---- the table -------------------------------------------------------- */

#define KIND(name) (1U << DHCP4_REQUEST_##name)
#define ANY	   ((1U << DHCP4_REQUEST_COUNT) - 1)
#define REQUESTS \
	(KIND(SELECTING) | KIND(REBOOTING) | KIND(RENEWING) | KIND(REBINDING))
#define GRANTED (KIND(DISCOVER) | REQUESTS)

/* What there must be in order to be changed. */
enum need {
	NEED_NOTHING,
	NEED_REPLY,
	NEED_GRANT, /* OFFER or ACK of an address */
	NEED_ACK,
};

static const struct character {
	const char *name;
	void (*apply)(struct server_exchange *, uint32_t number);
	unsigned kinds; /* of a mood that names none */
	enum need need;
} characters[SERVER_CHARACTER_COUNT] = {
#define ROW(id) [SERVER_CHARACTER_##id]
	ROW(HONEST) = { "honest", stay_honest, ANY, NEED_NOTHING },
	ROW(SILENCE) = { "silence", keep_silent, ANY, NEED_NOTHING },
	ROW(EXHAUSTED) = { "exhausted", keep_silent, KIND(DISCOVER),
			   NEED_NOTHING },
	ROW(OFFER) = { "offer", offer, REQUESTS, NEED_NOTHING },
	ROW(ACK) = { "ack", ack, KIND(DISCOVER), NEED_NOTHING },
	ROW(NAK) = { "nak", nak, REQUESTS, NEED_NOTHING },
	ROW(NAK_ALL) = { "nak-all", nak, ANY, NEED_NOTHING },
	ROW(NAK_ANONYMOUS) = { "nak-anonymous", nak_anonymously, REQUESTS,
			       NEED_NOTHING },
	ROW(ACK_THEN_NAK) = { "ack-then-nak", ack_then_nak, REQUESTS, NEED_ACK },
	ROW(ACK_TWICE) = { "ack-twice", ack_twice, REQUESTS, NEED_ACK },
	ROW(TWICE) = { "twice", say_twice, ANY, NEED_REPLY },
	ROW(OTHER_SERVER) = { "other-server", answer_for_another,
			      KIND(SELECTING), NEED_NOTHING },
	ROW(WRONG_ID) = { "wrong-id", answer_by_another, REQUESTS, NEED_REPLY },
	ROW(CHANGING_ID) = { "changing-id", change_id, GRANTED, NEED_NOTHING },
	ROW(OTHER_ADDRESS) = { "other-address", grant_other_address, REQUESTS,
			       NEED_GRANT },
	ROW(ILLEGAL_ADDRESS) = { "illegal-address", grant_illegal_address,
				 GRANTED, NEED_GRANT },
	ROW(ILLEGAL_MASK) = { "illegal-mask", grant_illegal_mask, GRANTED,
			      NEED_GRANT },
	ROW(ILLEGAL_LEASE) = { "illegal-lease", grant_illegal_lease, GRANTED,
			       NEED_GRANT },
	ROW(ILLEGAL_OPTIONS) = { "illegal-options", add_garbage, ANY, NEED_REPLY },
	ROW(ALL_OPTIONS) = { "all-options", add_all_options, ANY, NEED_REPLY },
	ROW(CUT) = { "cut", cut_short, ANY, NEED_REPLY },
	ROW(WRONG_OP) = { "wrong-op", say_request, ANY, NEED_REPLY },
	ROW(WRONG_XID) = { "wrong-xid", spoil_xid, ANY, NEED_REPLY },
	ROW(WRONG_CHADDR) = { "wrong-chaddr", spoil_chaddr, ANY, NEED_REPLY },
	ROW(WRONG_CLIENT_ID) = { "wrong-client-id", spoil_client_id, ANY,
				 NEED_REPLY },
	ROW(CORRUPT) = { "corrupt", spoil_checksum, ANY, NEED_REPLY },
	ROW(BROADCAST) = { "broadcast", broadcast, ANY, NEED_REPLY },
	ROW(BOOTP) = { "bootp", answer_by_bootp, KIND(DISCOVER), NEED_GRANT },
	ROW(NO_ADDRESS) = { "no-address", offer_no_address, KIND(DISCOVER),
			    NEED_NOTHING },
	ROW(ILLEGAL_ROUTES) = { "illegal-routes", grant_illegal_routes, GRANTED,
				NEED_GRANT },
	ROW(RICH_OPTIONS) = { "rich-options", add_rich_options, ANY, NEED_REPLY },
#undef ROW
};

const char *server_character_name(enum server_character character)
{
	return characters[character].name;
}

bool server_character_find(const char *name, enum server_character *ret)
{
	for (unsigned i = 0; i < SERVER_CHARACTER_COUNT; i++) {
		if (strcmp(characters[i].name, name) == 0) {
			*ret = (enum server_character)i;
			return true;
		}
	}
	return false;
}

static bool is_there(enum need need, const struct server_reply *reply)
{
	switch (need) {
	case NEED_NOTHING:
		return true;
	case NEED_REPLY:
		return reply->type != 0;
	case NEED_GRANT:
		return reply->type != 0 && reply->header.yiaddr;
	case NEED_ACK:
		return reply->type == DHCP4_TYPE_ACK;
	}
	UNREACHABLE();
}

bool server_character_apply(enum server_character character, uint32_t number,
			    struct server_exchange *exchange)
{
	if (!is_there(characters[character].need, &exchange->reply))
		return false;
	characters[character].apply(exchange, number);
	return true;
}

void server_mood_apply(void *context, struct server_exchange *exchange)
{
	struct server_mood *mood = context;
	unsigned kinds =
		mood->kinds ? mood->kinds : characters[mood->character].kinds;

	if (kinds & 1U << exchange->request.kind &&
	    server_character_apply(mood->character, mood->number, exchange))
		mood->number++;
}
