/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Known servers as text: a line for each network, with its name, its router and
 * that one's hardware address, and behind it one for each of its servers.
 */
#include "daemon/server_file.h"

#include <errno.h>
#include <string.h>

#include "base/assert.h"
#include "base/crc_line.h"
#include "base/str.h"

#define LINE_SIZE 320

_Static_assert(LINE_SIZE > sizeof("network ") + 3 * NETWORK_ID_MAX +
				   sizeof("255.255.255.255 ") +
				   3 * HWADDR_SIZE_MAX,
	       "the longest line fits");
_Static_assert(PINS_NETWORKS_MAX *(1 + PINS_SERVERS_MAX) * 100 + LINE_SIZE * 4 <
		       SERVER_FILE_SIZE_MAX,
	       "the longest file fits");

/* Nothing is a hyphen. */
static void write_hex(struct str *s, const void *bytes, size_t size)
{
	str_char(s, ' ');
	if (size)
		str_hex(s, bytes, size, ':');
	else
		str_char(s, '-');
}

static void write_network(struct str *s, const struct pin_network *network)
{
	const struct pin_place *place = &network->place;

	str_text(s, "network");
	write_hex(s, place->name.bytes, place->name.size);
	str_char(s, ' ');
	str_ipv4(s, place->router);
	write_hex(s, place->router_hw.bytes, place->router_hw.size);
	str_char(s, '\n');
	for (unsigned i = 0; i < network->count; i++) {
		str_text(s, "server ");
		str_ipv4(s, network->servers[i].id);
		write_hex(s, network->servers[i].hw.bytes,
			  network->servers[i].hw.size);
		str_char(s, '\n');
	}
}

size_t server_file_write(const struct pins *pins, char text[SERVER_FILE_SIZE_MAX])
{
	struct str s = str_over(text, SERVER_FILE_SIZE_MAX);

	str_text(&s, "tenured-servers 1\n");
	for (unsigned i = 0; i < pins->count; i++)
		write_network(&s, &pins->networks[i]);
	crc_line_append(&s);
	ASSERT(!s.truncated);
	return s.used;
}

/* ---- reading -------------------------------------------------------------- */

/* The next of the words of a value, which is cut at the spaces. */
static const char *next_word(char **value)
{
	char *word = *value, *space = strchr(word, ' ');

	*value = space ? space + 1 : word + strlen(word);
	if (space)
		*space = '\0';
	return word;
}

static bool read_hex(const char *word, uint8_t *bytes, size_t size, uint8_t *ret)
{
	int count = strcmp(word, "-") ? str_to_hex(word, bytes, size) : 0;

	*ret = (uint8_t)count;
	return count >= 0;
}

static bool read_hwaddr(const char *word, struct hwaddr *ret)
{
	return read_hex(word, ret->bytes, sizeof(ret->bytes), &ret->size);
}

static bool read_network(struct pins *pins, char *value)
{
	struct pin_place *place;

	if (pins->count == PINS_NETWORKS_MAX ||
	    (pins->count && !pins->networks[pins->count - 1].count))
		return false;
	place = &pins->networks[pins->count++].place;
	return read_hex(next_word(&value), place->name.bytes,
			sizeof(place->name.bytes), &place->name.size) &&
	       str_to_ipv4(next_word(&value), &place->router) &&
	       read_hwaddr(next_word(&value), &place->router_hw) && !*value;
}

static bool read_server(struct pins *pins, char *value)
{
	struct pin_network *network;
	struct pin_server *server;

	if (!pins->count)
		return false;
	network = &pins->networks[pins->count - 1U];
	if (network->count == PINS_SERVERS_MAX)
		return false;
	server = &network->servers[network->count++];
	return str_to_ipv4(next_word(&value), &server->id) &&
	       read_hwaddr(next_word(&value), &server->hw) && !*value;
}

static bool read_lines(const char *text, size_t size, struct pins *pins)
{
	char line[LINE_SIZE], *value;

	if (!crc_line_next(&text, &size, line, sizeof(line), &value) ||
	    strcmp(line, "tenured-servers") != 0 || strcmp(value, "1") != 0)
		return false;
	while (size) {
		bool good =
			crc_line_next(&text, &size, line, sizeof(line), &value);

		if (good && !strcmp(line, "network"))
			good = read_network(pins, value);
		else
			good = good && !strcmp(line, "server") &&
			       read_server(pins, value);
		if (!good)
			return false;
	}
	return !pins->count || pins->networks[pins->count - 1].count;
}

int server_file_read(const char *text, size_t size, struct pins *ret)
{
	struct pins pins = { 0 };

	if (size > SERVER_FILE_SIZE_MAX || !crc_line_check(text, size, &size) ||
	    !read_lines(text, size, &pins))
		return -EBADMSG;
	*ret = pins;
	return 0;
}
