/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A client at one moment, with its configuration and its offers, as octets: all
 * that the next step depends on besides its event.
 *
 * A member of the client or of the configuration is a row of a table (snapshot.c).
 */
#ifndef CORE_SNAPSHOT_H
#define CORE_SNAPSHOT_H

#include <stdint.h>

#include "base/cursor.h"
#include "core/client.h"
#include "core/field.h"

extern const struct fields dhcp4_config_fields;	   /* but for pointers */
extern const struct fields snapshot_shared_fields; /* what those point to */
extern const struct fields dhcp4_lease_fields;
extern const struct fields dhcp4_client_fields;
extern const struct fields dhcp4_offer_fields;
extern const struct fields attach_node_fields;

/* What a configuration points to. */
struct snapshot_shared {
	struct dhcp4_encoded encoded;
	struct dhcp4_override override;
};

/*
 * The client's list of slots is empty: its offers stand here. So does what the
 * configuration points to, and points nowhere.
 */
struct dhcp4_snapshot {
	struct dhcp4_config config;
	struct snapshot_shared shared;
	struct dhcp4_client client;
	uint8_t offer_count;
	struct dhcp4_offer offers[DHCP4_OFFERS_MAX];
};

/* Octets of the longest snapshot. */
#define SNAPSHOT_SIZE_MAX (sizeof(struct dhcp4_snapshot))

void snapshot_take(const struct dhcp4_client *, const struct dhcp4_config *,
		   const struct dhcp4_offer_pool *, struct dhcp4_snapshot *ret);

/* It need not be taken for that: no room for it is wanted. */
void snapshot_write(struct writer *, const struct dhcp4_client *,
		    const struct dhcp4_config *, const struct dhcp4_offer_pool *);

/*
 * Fails the reader if the octets are not a snapshot of a client that a step could
 * have left behind; *ret is unspecified then.
 */
void snapshot_read(struct reader *, struct dhcp4_snapshot *ret);

/* The name of a member of the client that differs, or NULL; config apart. */
const char *snapshot_difference(const struct dhcp4_snapshot *,
				const struct dhcp4_snapshot *);

/*
 * The client goes on from a snapshot; its offers take slots of an empty pool. The
 * configuration points into the snapshot.
 */
void snapshot_restore(const struct dhcp4_snapshot *, struct dhcp4_client *,
		      struct dhcp4_config *, struct dhcp4_offer_pool *);

#endif
