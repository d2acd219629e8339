/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The descriptions of interfaces in varlink's own language: the files NAME.varlink
 * of this directory, with their comments, for those who ask the daemon itself. They
 * are long and seldom asked for: the Makefile packs them (descriptions.awk).
 */
#ifndef DAEMON_DESCRIPTION_H
#define DAEMON_DESCRIPTION_H

#include <stddef.h>
#include <stdint.h>

struct description {
	size_t size; /* of the text */

	/* Characters, and from 128 on pairs of codes; 0 ends them. */
	const uint8_t *codes;
};

extern const uint8_t description_pairs[128][2];

extern const struct description description_client;  /* org.tenured.Client */
extern const struct description description_service; /* org.varlink.service */

/* The text, the caller's to free; NULL if there is no memory. */
char *description_text(const struct description *);

#endif
