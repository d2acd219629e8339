/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The names of the core's enums, as logs, the socket and tests show them.
 * Constant strings; "?" for a number that is no member.
 */
#ifndef CORE_NAMES_H
#define CORE_NAMES_H

#include <stdint.h>

#include "core/client.h"

const char *dhcp4_state_name(enum dhcp4_state);	       /* "INIT-REBOOT" */
const char *dhcp4_event_name(enum dhcp4_event_kind);   /* "LEASE_LOADED" */
const char *dhcp4_effect_name(enum dhcp4_effect_kind); /* "SEND_BROADCAST" */
const char *dhcp4_tenure_name(enum dhcp4_tenure);      /* "held" */
const char *acd_mode_name(enum acd_mode);	       /* "fast" */
const char *dhcp4_loss_name(enum dhcp4_loss);	       /* "expired" */
const char *dhcp4_request_name(enum dhcp4_request);    /* "REQUEST" */
const char *dhcp4_type_name(uint8_t type);	       /* "OFFER" */
const char *dhcp4_auth_name(enum dhcp4_auth);	       /* "delayed" */
const char *reject_name(enum reject);		       /* "udp-checksum" */
const char *reject_text(enum reject); /* "wrong UDP checksum" */

#endif
