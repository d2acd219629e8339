/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lease files. A field is a row of one table with a writer and a reader, so that
 * what is written is what is read; options follow, one a line.
 */
#include "lease/lease_file.h"

#include <errno.h>
#include <string.h>

#include "base/assert.h"
#include "base/crc_line.h"
#include "base/str.h"

#define HEAD "tenured-lease 1"

/* 2020: a wall clock that says less was not set by anybody, or not yet. */
#define WALL_FIRST_S 1577836800

/* Longest value: the client identifier, or an option of the largest message. */
#define VALUE_SIZE (2 * DHCP4_OPTIONS_SIZE + 8)

/* What is told beside a lease. Its own instants are absolute on this boot. */
struct content {
	char boot_id[BOOT_ID_SIZE + 1];
	uint64_t granted_ns; /* CLOCK_BOOTTIME */
	uint64_t granted_wall_s;
	uint64_t saved_wall_s;
	uint64_t t1_ns, t2_ns; /* since granted */
	uint32_t former_mtu;
};

enum line_kind {
	LINE_ADDRESS,
	LINE_U8,
	LINE_U32,
	LINE_U64,
	LINE_BOOL,
	LINE_TEXT, /* a NUL-ended array, in hex: it came from the network */
	LINE_BOOT_ID,
	LINE_HWADDR,
	LINE_CLIENT_ID,
	LINE_AUTH,
	LINE_COUNTER, /* all 64 bits of it */
	LINE_NETWORK,
};

#define LINE_OF(type, of_lease, name, kind, member) \
	{ \
		name, kind, of_lease, offsetof(type, member), \
			sizeof(((type *)0)->member) \
	}
#define LINE(name, kind, member) \
	LINE_OF(struct content, false, name, kind, member)
#define LEASE(name, kind, member) \
	LINE_OF(struct dhcp4_lease, true, name, kind, member)

static const struct line {
	const char *name;
	enum line_kind kind;
	bool of_lease;	       /* its member; else one of the content */
	uint16_t offset, size; /* of the member */
} lines[] = {
	LEASE("address", LINE_ADDRESS, address),
	LEASE("prefix-length", LINE_U8, prefix_length),
	LEASE("mask-guessed", LINE_BOOL, mask_guessed),
	LEASE("server-id", LINE_ADDRESS, server_id),
	LEASE("server-hw", LINE_HWADDR, server_hw),
	LEASE("next-server", LINE_ADDRESS, siaddr),
	LEASE("lease-time", LINE_U32, lease_s),
	LINE("boot-id", LINE_BOOT_ID, boot_id),
	LINE("granted-boottime-ns", LINE_U64, granted_ns),
	LINE("granted-wall", LINE_U64, granted_wall_s),
	LINE("saved-wall", LINE_U64, saved_wall_s),
	LINE("t1-ns", LINE_U64, t1_ns),
	LINE("t2-ns", LINE_U64, t2_ns),
	LEASE("client-id", LINE_CLIENT_ID, client_id),
	LEASE("sname", LINE_TEXT, sname),
	LEASE("file", LINE_TEXT, file),
	LEASE("auth", LINE_AUTH, auth),
	LEASE("auth-key", LINE_U32, auth_key),
	LEASE("auth-seen", LINE_COUNTER, auth_seen),
	LEASE("auth-sent", LINE_COUNTER, auth_sent),
	LEASE("local-names", LINE_BOOL, local_names),
	LEASE("router", LINE_ADDRESS, router),
	LEASE("router-hw", LINE_HWADDR, router_hw),
	LEASE("network", LINE_NETWORK, network),
	LINE("former-mtu", LINE_U32, former_mtu),
};

static void write_value(struct str *s, const struct line *l, const void *at)
{
	const struct hwaddr *hw = at;
	const struct client_id *id = at;
	const struct network_id *network = at;

	switch (l->kind) {
	case LINE_ADDRESS:
		str_ipv4(s, *(const ipv4_addr *)at);
		break;
	case LINE_U8:
		str_u64(s, *(const uint8_t *)at);
		break;
	case LINE_U32:
		str_u64(s, *(const uint32_t *)at);
		break;
	case LINE_U64:
		str_u64(s, *(const uint64_t *)at);
		break;
	case LINE_BOOL:
		str_char(s, *(const bool *)at ? '1' : '0');
		break;
	case LINE_TEXT:
		str_hex(s, at, strlen(at), '\0');
		break;
	case LINE_BOOT_ID:
		str_text(s, at);
		break;
	case LINE_HWADDR:
		str_hex(s, hw->bytes, hw->size, ':');
		break;
	case LINE_CLIENT_ID:
		str_hex(s, id->bytes, id->size, ':');
		break;
	case LINE_AUTH:
		str_u64(s, *(const enum dhcp4_auth *)at);
		break;
	case LINE_COUNTER:
		str_u64(s, *(const uint64_t *)at);
		break;
	case LINE_NETWORK:
		str_hex(s, network->bytes, network->size, ':');
		break;
	}
}

/* Hex of at most size octets; an empty value is none of them. */
static bool read_hex(const char *value, void *bytes, size_t size, uint8_t *ret)
{
	int count = *value ? str_to_hex(value, bytes, size) : 0;

	if (count < 0)
		return false;
	*ret = (uint8_t)count;
	return true;
}

static bool read_value(const struct line *l, const char *value, void *at)
{
	struct hwaddr *hw = at;
	struct client_id *id = at;
	struct network_id *network = at;
	uint64_t number;
	uint8_t length;

	switch (l->kind) {
	case LINE_ADDRESS:
		return str_to_ipv4(value, at);
	case LINE_U8:
		if (!str_to_u64(value, UINT8_MAX, &number))
			return false;
		*(uint8_t *)at = (uint8_t)number;
		return true;
	case LINE_U32:
		if (!str_to_u64(value, UINT32_MAX, &number))
			return false;
		*(uint32_t *)at = (uint32_t)number;
		return true;
	case LINE_U64:
		return str_to_u64(value, INT64_MAX, at);
	case LINE_BOOL:
		if (!str_to_u64(value, 1, &number))
			return false;
		*(bool *)at = number;
		return true;
	case LINE_TEXT:
		if (!read_hex(value, at, l->size - 1, &length))
			return false;
		((char *)at)[length] = '\0';
		return true;
	case LINE_BOOT_ID:
		if (strlen(value) != BOOT_ID_SIZE)
			return false;
		memcpy(at, value, BOOT_ID_SIZE + 1);
		return true;
	case LINE_HWADDR:
		return read_hex(value, hw->bytes, sizeof(hw->bytes), &hw->size);
	case LINE_CLIENT_ID:
		return read_hex(value, id->bytes, sizeof(id->bytes), &id->size);
	case LINE_AUTH:
		if (!str_to_u64(value, DHCP4_AUTH_COUNT - 1, &number))
			return false;
		*(enum dhcp4_auth *)at = (enum dhcp4_auth)number;
		return true;
	case LINE_COUNTER:
		return str_to_u64(value, UINT64_MAX, at);
	case LINE_NETWORK:
		return read_hex(value, network->bytes, sizeof(network->bytes),
				&network->size);
	}
	UNREACHABLE();
}

/* An infinite lease has no times; its instants are NSEC_NEVER. */
static uint64_t since_granted(const struct dhcp4_lease *lease, nsec instant)
{
	return instant == NSEC_NEVER ? 0 : instant - lease->granted_ns;
}

size_t lease_file_write(const struct dhcp4_lease *lease, uint32_t former_mtu,
			const struct lease_clocks *clocks,
			char text[LEASE_FILE_SIZE_MAX])
{
	struct str s = str_over(text, LEASE_FILE_SIZE_MAX);
	/* Rounded up: on another boot the lease must not seem younger. */
	int64_t age_s =
		(int64_t)((clocks->now - lease->granted_ns + NSEC_PER_S - 1) /
			  NSEC_PER_S);
	struct option_value option;
	struct content content = {
		.granted_ns = lease->granted_ns,
		.granted_wall_s = clocks->wall_s > age_s
					  ? (uint64_t)(clocks->wall_s - age_s)
					  : 0,
		.saved_wall_s = clocks->wall_s > 0 ? (uint64_t)clocks->wall_s : 0,
		.t1_ns = since_granted(lease, lease->t1_ns),
		.t2_ns = since_granted(lease, lease->t2_ns),
		.former_mtu = former_mtu,
	};
	uint16_t offset = 0;

	memcpy(content.boot_id, clocks->boot_id, sizeof(content.boot_id));
	str_text(&s, HEAD "\n");
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		const char *base = lines[i].of_lease ? (const char *)lease
						     : (const char *)&content;

		str_text(&s, lines[i].name);
		str_char(&s, ' ');
		write_value(&s, &lines[i], base + lines[i].offset);
		str_char(&s, '\n');
	}
	while (dhcp4_options_next(&lease->options, &offset, &option)) {
		str_text(&s, "option-");
		str_u64(&s, option.code);
		str_char(&s, ' ');
		str_hex(&s, option.bytes, option.size, '\0');
		str_char(&s, '\n');
	}
	crc_line_append(&s);
	ASSERT(!s.truncated);
	return s.used;
}

/* The value becomes its octets, where it is. */
static bool read_option(struct dhcp4_options *options, const char *name,
			char *value)
{
	int size = *value ? str_to_hex(value, value, DHCP4_OPTIONS_SIZE) : 0;
	uint64_t code;

	return strncmp(name, "option-", 7) == 0 && size >= 0 &&
	       str_to_u64(name + 7, UINT8_MAX, &code) &&
	       dhcp4_options_append(options, (uint8_t)code, value, (size_t)size);
}

static bool read_lines(const char *text, size_t size, struct dhcp4_lease *lease,
		       struct content *content)
{
	char line[VALUE_SIZE + 32], *value;

	if (!crc_line_next(&text, &size, line, sizeof(line), &value) ||
	    strcmp(line, "tenured-lease") != 0 || strcmp(value, "1") != 0)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		char *base = lines[i].of_lease ? (char *)lease : (char *)content;

		if (!crc_line_next(&text, &size, line, sizeof(line), &value) ||
		    strcmp(line, lines[i].name) != 0 ||
		    !read_value(&lines[i], value, base + lines[i].offset))
			return false;
	}
	while (size) {
		if (!crc_line_next(&text, &size, line, sizeof(line), &value) ||
		    !read_option(&lease->options, line, value))
			return false;
	}
	return true;
}

/* Of DHCP; a lease of BOOTP has none, and no end. */
static bool has_a_server(const struct dhcp4_lease *lease)
{
	return lease_is_bootp(lease) ? lease->lease_s == DHCP4_LEASE_INFINITE
				     : ipv4_is_host(lease->server_id);
}

/* What no lease that was ever granted could say, CRC or not. */
static bool is_plausible(const struct dhcp4_lease *lease, const struct content *r)
{
	uint64_t lease_ns = lease->lease_s * NSEC_PER_S;

	if (!ipv4_is_host(lease->address) || !has_a_server(lease) ||
	    lease->prefix_length < LEASE_PREFIX_MIN || lease->prefix_length > 32 ||
	    lease->lease_s == 0 || r->granted_wall_s > r->saved_wall_s)
		return false;
	return lease->lease_s == DHCP4_LEASE_INFINITE ||
	       (r->t1_ns < r->t2_ns && r->t2_ns < lease_ns);
}

/* An instant that lies a duration after the grant, age ago. Not before 0. */
static nsec after_grant(nsec now, nsec age, nsec duration)
{
	if (duration >= age)
		return nsec_add(now, duration - age);
	return now > age - duration ? now - (age - duration) : 0;
}

bool boot_is_same(const char *a, const char *b)
{
	return strcmp(a, b) == 0 && strcmp(a, BOOT_ID_NONE) != 0;
}

/* Puts the instants on this boot's clock. */
static void place_in_time(const struct content *r,
			  const struct lease_clocks *clocks,
			  struct lease_file *ret)
{
	struct dhcp4_lease *lease = &ret->lease;
	bool infinite = lease->lease_s == DHCP4_LEASE_INFINITE;
	nsec age;

	ret->same_boot = boot_is_same(r->boot_id, clocks->boot_id) &&
			 r->granted_ns <= clocks->now;
	ret->time_known =
		ret->same_boot || (r->saved_wall_s >= WALL_FIRST_S &&
				   clocks->wall_s >= WALL_FIRST_S &&
				   (uint64_t)clocks->wall_s >= r->saved_wall_s);
	if (ret->same_boot)
		age = clocks->now - r->granted_ns;
	else if (ret->time_known)
		/* The second that has begun, too: its end may be near. */
		age = ((uint64_t)clocks->wall_s + 1 - r->granted_wall_s) *
		      NSEC_PER_S;
	else
		age = 0;
	lease->granted_ns = after_grant(clocks->now, age, 0);
	lease->t1_ns = lease->t2_ns = lease->expiry_ns = NSEC_NEVER;
	if (infinite || !ret->time_known)
		return;
	lease->t1_ns = after_grant(clocks->now, age, r->t1_ns);
	lease->t2_ns = after_grant(clocks->now, age, r->t2_ns);
	lease->expiry_ns =
		after_grant(clocks->now, age, lease->lease_s * NSEC_PER_S);
}

int lease_file_read(const char *text, size_t size,
		    const struct lease_clocks *clocks, struct lease_file *ret)
{
	struct content content = { 0 };

	*ret = (struct lease_file){ 0 };
	if (size > LEASE_FILE_SIZE_MAX || !crc_line_check(text, size, &size) ||
	    !read_lines(text, size, &ret->lease, &content) ||
	    !is_plausible(&ret->lease, &content))
		return -EBADMSG;
	ret->former_mtu = content.former_mtu;
	place_in_time(&content, clocks, ret);
	return 0;
}
