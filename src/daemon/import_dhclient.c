/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lease files of dhclient are statements of words up to a semicolon, in blocks:
 *
 *	default-duid "\000\001...";
 *	lease {
 *	  interface "eth0";
 *	  fixed-address 10.0.0.5;
 *	  option subnet-mask 255.255.255.0;
 *	  expire 6 2026/11/21 17:19:51;
 *	}
 *
 * What is not known is passed over, as its own blocks are.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/assert.h"
#include "base/cursor.h"
#include "base/str.h"
#include "core/message.h"
#include "daemon/import_lease.h"

/* Of a statement, and of a value; a longer one is passed over. */
#define STATEMENT_SIZE 2048
#define VALUE_MAX      255

/* Blocks within blocks. */
#define DEPTH_MAX 16

#define SECONDS_MAX (INT64_C(1) << 40)

enum value_kind {
	VALUE_ADDRESSES,
	VALUE_U8S,
	VALUE_U16,
	VALUE_U32,
	VALUE_OCTETS, /* text in quotes, or hex with colons */
};

static const struct {
	const char *name;
	enum value_kind kind;
	uint8_t code;
} options[] = {
	{ "subnet-mask", VALUE_ADDRESSES, DHCP4_OPTION_SUBNET_MASK },
	{ "routers", VALUE_ADDRESSES, DHCP4_OPTION_ROUTER },
	{ "domain-name-servers", VALUE_ADDRESSES, DHCP4_OPTION_DNS_SERVERS },
	{ "host-name", VALUE_OCTETS, DHCP4_OPTION_HOST_NAME },
	{ "domain-name", VALUE_OCTETS, DHCP4_OPTION_DOMAIN_NAME },
	{ "interface-mtu", VALUE_U16, DHCP4_OPTION_INTERFACE_MTU },
	{ "broadcast-address", VALUE_ADDRESSES, DHCP4_OPTION_BROADCAST_ADDRESS },
	{ "static-routes", VALUE_ADDRESSES, DHCP4_OPTION_STATIC_ROUTES },
	{ "dhcp-lease-time", VALUE_U32, DHCP4_OPTION_LEASE_TIME },
	{ "dhcp-server-identifier", VALUE_ADDRESSES, DHCP4_OPTION_SERVER_ID },
	{ "dhcp-renewal-time", VALUE_U32, DHCP4_OPTION_T1 },
	{ "dhcp-rebinding-time", VALUE_U32, DHCP4_OPTION_T2 },
	{ "dhcp-client-identifier", VALUE_OCTETS, DHCP4_OPTION_CLIENT_ID },
	{ "rfc3442-classless-static-routes", VALUE_U8S,
	  DHCP4_OPTION_CLASSLESS_ROUTES },
};

/* ---- statements ---------------------------------------------------------------- */

struct source {
	const char *at;
	size_t left;
	char text[STATEMENT_SIZE]; /* of the statement, without its end */
};

static void skip_comment(struct source *s)
{
	const char *end = memchr(s->at, '\n', s->left);
	size_t length = end ? (size_t)(end - s->at) : s->left;

	s->at += length;
	s->left -= length;
}

/*
 * The next statement, white space as single spaces. What ended it: a semicolon or a
 * brace; NUL at the end of all. One that is too long is empty.
 */
static char next(struct source *s)
{
	struct str text = str_over(s->text, sizeof(s->text));
	bool quoted = false;
	char c = '\0', before = ' ';

	while (s->left) {
		if (!quoted && *s->at == '#') {
			skip_comment(s);
			continue;
		}
		c = *s->at++;
		s->left--;
		if (!quoted && strchr(";{}", c) && c)
			break;
		if (!quoted && (strchr("\t\r\n ", c) || !c))
			c = ' ';
		if (quoted || c != ' ' || before != ' ')
			str_char(&text, c ? c : ' ');
		if (c == '"' && (!quoted || before != '\\'))
			quoted = !quoted;
		/* The second of two backslashes escapes nothing. */
		before = c == '\\' && before == '\\' ? ' ' : c;
		c = '\0';
	}
	if (text.truncated)
		s->text[0] = '\0';
	else if (text.used && s->text[text.used - 1] == ' ')
		s->text[text.used - 1] = '\0';
	return c;
}

/* Up to the end of a block that has begun. False: it has none. */
static bool skip_block(struct source *s)
{
	unsigned depth = 1;
	char end;

	while (depth > 0 && depth < DEPTH_MAX && (end = next(s))) {
		if (end == '{')
			depth++;
		else if (end == '}')
			depth--;
	}
	return depth == 0;
}

/* What follows the first word of the statement, or NULL if that is another one. */
static const char *after(const char *statement, const char *word)
{
	size_t length = strlen(word);

	if (strncmp(statement, word, length) != 0 || statement[length] != ' ')
		return NULL;
	return statement + length + 1;
}

/* ---- values ---------------------------------------------------------------------- */

/* "text", of which \ooo is an octet, and \c a character. */
static bool read_quoted(const char *text, struct writer *w)
{
	while (*++text != '"') {
		unsigned octet = 0, digits = 0;

		if (!*text)
			return false;
		if (*text != '\\') {
			writer_u8(w, (uint8_t)*text);
			continue;
		}
		while (digits < 3 && text[1] >= '0' && text[1] <= '7') {
			octet = octet * 8 + (unsigned)(*++text - '0');
			digits++;
		}
		if (!digits && !*++text)
			return false;
		writer_u8(w, digits ? (uint8_t)octet : (uint8_t)*text);
	}
	return !text[1];
}

/* "1:2:ab": a leading zero may be missing. */
static bool read_colons(const char *text, struct writer *w)
{
	for (;;) {
		char digits[3] = "0";
		size_t length = strcspn(text, ":");
		uint8_t octet;

		if (length < 1 || length > 2)
			return false;
		memcpy(digits + (length == 1), text, length);
		if (str_to_hex(digits, &octet, 1) != 1)
			return false;
		writer_u8(w, octet);
		if (!text[length])
			return true;
		text += length + 1;
	}
}

static bool read_octets(const char *text, struct writer *w)
{
	return *text == '"' ? read_quoted(text, w) : read_colons(text, w);
}

static bool read_part(enum value_kind kind, const char *part, struct writer *w)
{
	uint64_t number;
	ipv4_addr address;

	switch (kind) {
	case VALUE_ADDRESSES:
		if (!str_to_ipv4(part, &address))
			return false;
		writer_u32(w, address);
		return true;
	case VALUE_U8S:
		if (!str_to_u64(part, UINT8_MAX, &number))
			return false;
		writer_u8(w, (uint8_t)number);
		return true;
	case VALUE_U16:
		if (!str_to_u64(part, UINT16_MAX, &number))
			return false;
		writer_u16(w, (uint16_t)number);
		return true;
	case VALUE_U32:
		if (!str_to_u64(part, UINT32_MAX, &number))
			return false;
		writer_u32(w, (uint32_t)number);
		return true;
	case VALUE_OCTETS:
		return read_octets(part, w);
	}
	UNREACHABLE();
}

/* One value, or several with commas, or spaces, between them. */
static bool read_value(enum value_kind kind, char *text, struct writer *w)
{
	char *rest = NULL;

	if (kind == VALUE_OCTETS)
		return read_octets(text, w) && !w->failed;
	for (char *part = strtok_r(text, ", ", &rest); part;
	     part = strtok_r(NULL, ", ", &rest)) {
		if (!read_part(kind, part, w))
			return false;
	}
	return w->used && !w->failed;
}

/* "6 2026/11/21 17:19:51" (UTC), "epoch 1795281591", or "never". */
static bool read_time(const char *text, int64_t *ret)
{
	unsigned year, month, day, hour, minute, second;
	const char *epoch = after(text, "epoch");
	uint64_t number;
	int end = 0;
	struct tm tm;

	if (strcmp(text, "never") == 0) {
		*ret = SECONDS_MAX;
		return true;
	}
	if (epoch) {
		if (!str_to_u64(epoch, SECONDS_MAX - 1, &number))
			return false;
		*ret = (int64_t)number;
		return true;
	}
	if (sscanf(text, "%*1u %4u/%2u/%2u %2u:%2u:%2u%n", &year, &month, &day,
		   &hour, &minute, &second, &end) != 6 ||
	    text[end] || year < 1970 || month < 1 || month > 12)
		return false;
	tm = (struct tm){ .tm_year = (int)year - 1900,
			  .tm_mon = (int)month - 1,
			  .tm_mday = (int)day,
			  .tm_hour = (int)hour,
			  .tm_min = (int)minute,
			  .tm_sec = (int)second };
	*ret = timegm(&tm);
	return *ret >= 0;
}

/* ---- leases ------------------------------------------------------------------------ */

struct block {
	char ifname[IFNAMSIZ];
	struct dhcp4_header header;
	uint32_t lease_s;
	int64_t expiry_s;
	bool bootp;
	struct writer options;
	uint8_t bytes[DHCP4_MESSAGE_MAX - DHCP4_HEADER_SIZE - 4];
};

static void read_option(struct block *b, char *text)
{
	uint8_t bytes[VALUE_MAX];
	struct writer value = writer_over(bytes, sizeof(bytes));
	size_t length = strcspn(text, " "), i = 0;

	while (i < ARRAY_SIZE(options) &&
	       (strlen(options[i].name) != length ||
		strncmp(options[i].name, text, length) != 0))
		i++;
	if (i == ARRAY_SIZE(options) || !text[length] ||
	    !read_value(options[i].kind, text + length + 1, &value) ||
	    b->options.used + 2 + value.used > b->options.size)
		return;
	writer_u8(&b->options, options[i].code);
	writer_u8(&b->options, (uint8_t)value.used);
	writer_bytes(&b->options, bytes, value.used);
	if (options[i].code == DHCP4_OPTION_LEASE_TIME) {
		struct reader r = reader_over(bytes, value.used);

		b->lease_s = reader_u32(&r);
	}
}

static void read_name(struct block *b, const char *text)
{
	char name[IFNAMSIZ];
	struct writer w = writer_over(name, sizeof(name) - 1);

	if (*text != '"' || !read_quoted(text, &w) || w.failed)
		return;
	name[w.used] = '\0';
	if (strlen(name) == w.used && import_is_name(name))
		memcpy(b->ifname, name, w.used + 1);
}

static void read_statement(struct block *b, char *text)
{
	const char *value;

	if ((value = after(text, "interface")))
		read_name(b, value);
	else if ((value = after(text, "fixed-address")))
		(void)str_to_ipv4(value, &b->header.yiaddr);
	else if ((value = after(text, "expire")))
		(void)read_time(value, &b->expiry_s);
	else if (strcmp(text, "bootp") == 0)
		b->bootp = true;
	else if (after(text, "option"))
		read_option(b, text + strlen("option "));
}

/* A block to its end. False if it has none. */
static bool read_block(struct source *s, struct block *b)
{
	char end;

	memset(b, 0, sizeof(*b));
	b->header.op = DHCP4_OP_REPLY;
	b->header.htype = ARP_HTYPE_ETHERNET;
	b->header.hlen = 6;
	b->expiry_s = -1;
	b->options = writer_over(b->bytes, sizeof(b->bytes));
	while ((end = next(s)) && end != '}') {
		if (end == '{' && !skip_block(s))
			return false;
		if (end == ';')
			read_statement(b, s->text);
	}
	return end == '}';
}

/* A lease that can be asked for: false if it says too little. */
static bool make_ack(const struct block *b, struct import_lease *ret)
{
	struct writer w = writer_over(ret->ack, sizeof(ret->ack));

	if (!b->ifname[0] || b->bootp || !b->header.yiaddr || !b->lease_s ||
	    b->expiry_s < 0)
		return false;
	memcpy(ret->ifname, b->ifname, sizeof(ret->ifname));
	ret->granted_s = b->lease_s == DHCP4_LEASE_INFINITE
				 ? 0
				 : b->expiry_s - b->lease_s;
	dhcp4_message_begin(&w, &b->header, DHCP4_TYPE_ACK);
	writer_bytes(&w, b->bytes, b->options.used);
	dhcp4_message_end(&w, 0);
	ASSERT(!w.failed);
	ret->size = w.used;
	return ret->granted_s >= 0;
}

static void read_duid(const char *text, struct duid *ret)
{
	struct duid duid;
	struct writer w = writer_over(duid.bytes, sizeof(duid.bytes));

	if (!read_octets(text, &w) || w.failed || w.used < DUID_SIZE_MIN)
		return;
	duid.size = (uint8_t)w.used;
	*ret = duid;
}

unsigned import_dhclient(const char *text, size_t size, import_visitor *visit,
			 void *context)
{
	struct source s = { .at = text, .left = size };
	struct import_lease lease = { .size = 0 };
	unsigned unread = 0;
	struct block block;
	const char *value;
	char end;

	while ((end = next(&s))) {
		if (end == ';' && (value = after(s.text, "default-duid")))
			read_duid(value, &lease.duid);
		if (end != '{')
			continue;
		if (strcmp(s.text, "lease") != 0) {
			skip_block(&s);
		} else if (read_block(&s, &block) && make_ack(&block, &lease)) {
			visit(context, &lease);
		} else {
			unread++;
		}
	}
	return unread;
}
