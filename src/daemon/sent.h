/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an administrator wants servers to be told: who the client is, its name,
 * classes and options, and what it asks for; and what he makes of their answers.
 * rules_sent.c and rules_override.c read it; here it becomes a configuration of
 * the core.
 *
 * Hundreds of octets, and mostly the same for all interfaces: so they share it.
 */
#ifndef DAEMON_SENT_H
#define DAEMON_SENT_H

#include <stdbool.h>
#include <stdint.h>

#include "core/client.h"
#include "core/encode.h"
#include "core/identity.h"

struct iface_settings;

/* What option 61 is made of. */
enum sent_identity {
	SENT_IDENTITY_HWADDR, /* where there is none of use: as DUID */
	SENT_IDENTITY_DUID,
	SENT_IDENTITY_GIVEN, /* of no octets: none is sent */
};

struct sent_settings {
	unsigned references;

	enum sent_identity identity;
	struct client_id client_id; /* GIVEN */

	/* Empty: none. By default the host's own, which is not given. */
	char hostname[DHCP4_HOSTNAME_MAX + 1];
	bool hostname_given;
	enum fqdn_mode fqdn;

	/* All else that is sent; and all of it together, by sent_share(). */
	struct dhcp4_encoded options, encoded;

	/* What is done to the options of replies. */
	struct dhcp4_override override;

	/* What is asked for besides the default, and what of it is not. */
	uint8_t wanted[DHCP4_PARAMETERS_MAX], wanted_count;
	uint8_t unwanted[DHCP4_PARAMETERS_MAX], unwanted_count;
};

/* The same for one more owner; may be NULL, as everywhere here. */
struct sent_settings *sent_ref(struct sent_settings *);
void sent_unref(struct sent_settings *);

/*
 * The settings to be changed by this owner alone: a copy, if there are others,
 * which replaces his, or the first. NULL if there is no memory.
 */
struct sent_settings *sent_edit(struct sent_settings **);

/* False if all of it together is too long to be sent. */
bool sent_fits(const struct iface_settings *);

/*
 * Fills in what a client sends and asks for, by the settings and its hardware
 * address. secret is random, and the same for the life of the process: what an
 * anonymous client has instead of a name is made of it. The configuration points
 * into sent: whoever keeps it keeps a reference. own, too, is the caller's to keep:
 * what nobody else sends is put there, which needs sent_has_own(). NULL: it is not
 * sent.
 */
void sent_configure(const struct iface_settings *,
		    const uint8_t secret[SIPHASH_KEY_SIZE],
		    struct dhcp4_encoded *own, struct dhcp4_config *);

/* True if there is something that this client alone sends. */
bool sent_has_own(const struct iface_settings *);

/* The part of it that points to what all clients of these settings share. */
void sent_share(const struct iface_settings *, struct dhcp4_config *);

/* Octets of the longest message that asks for something, but for option 90. */
size_t sent_message_size(const struct dhcp4_config *);

/* True if option 61 is to hold a DUID. */
bool sent_wants_duid(const struct iface_settings *, const struct hwaddr *);

/*
 * Fills in option 61 of the interface of that name; a DUID of size 0 is none, and
 * not used.
 */
void sent_identify(const struct iface_settings *, const char *name,
		   const struct duid *, struct dhcp4_config *);

#endif
