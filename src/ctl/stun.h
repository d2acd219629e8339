/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * STUN messages of RFC 8489, as far as a client needs them that asks by UDP over IPv4
 * where its packets seem to come from, with the attributes by which RFC 5780 finds out
 * what a NAT does. Memory in, memory out: no socket, no clock, no randomness.
 *
 * It is no client of TURN or ICE: it proves nothing of itself and asks for no proof.
 */
#ifndef CTL_STUN_H
#define CTL_STUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ipv4.h"

#define STUN_PORT    3478
#define STUN_ID_SIZE 12

/* A larger message never comes over a path of the least MTU (RFC 8489 6.1). */
#define STUN_MESSAGE_MAX 548

#define STUN_REQUEST_MAX 36

/* How often a request is sent in all, and what the last one waits for (6.2.1). */
#define STUN_RTO_MS  500
#define STUN_SENDS   7
#define STUN_LAST_MS (16 * STUN_RTO_MS)

/* Unknown attributes that an answer tells, or that are in it; more are not kept. */
#define STUN_UNKNOWN_MAX 8

/* A transport address; port 0: none was told. */
struct stun_endpoint {
	ipv4_addr address;
	uint16_t port;
};

/* What a server is asked to change of where it answers from (RFC 5780 7.2). */
enum stun_change {
	STUN_CHANGE_NONE = 0,
	STUN_CHANGE_PORT = 2,
	STUN_CHANGE_ADDRESS = 4,
};

enum stun_kind {
	STUN_NONE, /* nothing that we may take for a STUN message to us */
	STUN_REQUEST,
	STUN_SUCCESS,
	STUN_ERROR,
	/* An answer that may not be used (6.3.3): it is no success. */
	STUN_UNUSABLE,
};

struct stun_message {
	enum stun_kind kind;
	uint8_t id[STUN_ID_SIZE];
	struct stun_endpoint mapped; /* XOR-MAPPED-ADDRESS, else MAPPED-ADDRESS */
	struct stun_endpoint other;  /* OTHER-ADDRESS */
	struct stun_endpoint origin; /* RESPONSE-ORIGIN */
	unsigned error;		     /* 300 to 699; 0: none was told */
	/* Of STUN_ERROR: what the server does not know; else what we do not. */
	uint16_t unknown[STUN_UNKNOWN_MAX];
	unsigned unknown_count;
};

bool stun_same(struct stun_endpoint, struct stun_endpoint);

/*
 * Puts a Binding request into STUN_REQUEST_MAX octets; its size. change is a sum of
 * what is to be changed. A FINGERPRINT ends it.
 */
size_t stun_write(uint8_t *data, const uint8_t id[STUN_ID_SIZE], unsigned change);

/*
 * Reads size octets of anything. STUN_NONE for what is cut, does not add up, is no
 * Binding, has no magic cookie, or has a FINGERPRINT that is wrong.
 */
void stun_read(const void *data, size_t size, struct stun_message *ret);

/*
 * How long after the first request the next one is due, if sent (1 on) were sent
 * already; behind the last one, when to give up. Milliseconds.
 */
unsigned stun_due_ms(unsigned sent);

#endif
