/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Kinds of text that the network may say and others may be told: closed alphabets
 * and grammars, without white space, quotes or anything that a shell expands.
 * Names of domains are domain.h's matter.
 */
#ifndef CORE_TEXT_H
#define CORE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Letters, digits and "%+,-./:=@_~", at least one: paths, names, addresses. */
bool text_is_plain(const uint8_t *text, size_t size);

/*
 * A URI of RFC 3986 with the scheme https, or http where that is allowed, and a
 * host. "javascript:" and what else a program might run is none.
 */
bool text_is_uri(const uint8_t *text, size_t size, bool http);

/* The URN that says that there is no portal (RFC 8910 2). */
bool text_is_no_portal(const uint8_t *text, size_t size);

/* True if a URI can be told as text: it has none of "!$'()*;". */
bool text_is_tame(const uint8_t *text, size_t size);

/*
 * A TZ string of POSIX (RFC 4833 3): no colon in front, offsets of at most 25
 * hours (9).
 */
bool text_is_timezone(const uint8_t *text, size_t size);

/*
 * A name of the tz database: of an area that it has ("Europe/..."), or one of the
 * few without area. Whether this host knows it, too, only its files can tell.
 */
bool text_is_zone_name(const uint8_t *text, size_t size);

#endif
