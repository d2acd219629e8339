/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Text: built into a bounded buffer, and read back into numbers and addresses.
 *
 * A builder never overflows; what does not fit is cut and `truncated` tells.
 * The buffer ends with a NUL at all times. Readers take the whole text or
 * refuse it; there is no partial match and no sign, space or locale.
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ipv4.h"

struct str {
	char *text;
	size_t used, size;
	bool truncated;
};

/* Builds into size octets at buffer (at least 1), which the caller owns. */
struct str str_over(char *buffer, size_t size);

void str_char(struct str *, char);
void str_text(struct str *, const char *);
void str_u64(struct str *, uint64_t);
void str_ipv4(struct str *, ipv4_addr);

/* The 16 octets of an IPv6 address as RFC 5952 4 has them written. */
void str_ipv6(struct str *, const uint8_t bytes[16]);

/* size octets in lower-case hex, with separator between them if not NUL. */
void str_hex(struct str *, const void *data, size_t size, char separator);

/* A duration in words of at most two units: "1 h", "2 d 3 h", "90 s" as "1 min 30 s". */
void str_duration(struct str *, uint64_t seconds);

/* A decimal number of at most max. */
bool str_to_u64(const char *text, uint64_t max, uint64_t *ret);

/* Dotted quad, four numbers of 0 to 255 without leading zeros. */
bool str_to_ipv4(const char *text, ipv4_addr *ret);

/*
 * Pairs of hex digits, optionally with colons between all of them. Returns the
 * number of octets put into data, or -1 if the text is something else or longer
 * than size octets. data may be where the text is.
 */
int str_to_hex(const char *text, void *data, size_t size);

/* Of ASCII, whatever the locale. */
bool str_is_digit(char);
bool str_is_letter(char);

/* Nothing but printable ASCII, as nothing at all is. */
bool str_is_printable(const char *text);

/*
 * A host or domain name of RFC 1123 2.1: labels of 1 to 63 letters, digits and
 * inner hyphens, 253 octets in all, an optional dot at the end.
 */
bool str_is_hostname(const char *text);

/* The same for DNS: small letters are as good as capital ones. */
bool str_is_same_hostname(const char *a, const char *b);

#endif
