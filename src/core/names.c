/* SPDX-License-Identifier: BSD-2-Clause */
/* The names of enums, one table each, in the order of the enum. */
#include "core/names.h"

#include <stddef.h>

#include "base/assert.h"

static const char *const state_names[] = {
	[DHCP4_STATE_STOPPED] = "STOPPED",
	[DHCP4_STATE_INIT] = "INIT",
	[DHCP4_STATE_SELECTING] = "SELECTING",
	[DHCP4_STATE_REQUESTING] = "REQUESTING",
	[DHCP4_STATE_INIT_REBOOT] = "INIT-REBOOT",
	[DHCP4_STATE_REBOOTING] = "REBOOTING",
	[DHCP4_STATE_PROBING] = "PROBING",
	[DHCP4_STATE_BOUND] = "BOUND",
	[DHCP4_STATE_RENEWING] = "RENEWING",
	[DHCP4_STATE_REBINDING] = "REBINDING",
	[DHCP4_STATE_INFORMING] = "INFORMING",
	[DHCP4_STATE_V6ONLY_WAIT] = "V6ONLY-WAIT",
};
_Static_assert(ARRAY_SIZE(state_names) == DHCP4_STATE_COUNT, "a name each");

static const char *const event_names[] = {
	[DHCP4_EVENT_START] = "START",
	[DHCP4_EVENT_STOP] = "STOP",
	[DHCP4_EVENT_CARRIER] = "CARRIER",
	[DHCP4_EVENT_RESUME] = "RESUME",
	[DHCP4_EVENT_TICK] = "TICK",
	[DHCP4_EVENT_FRAME] = "FRAME",
	[DHCP4_EVENT_ARP] = "ARP",
	[DHCP4_EVENT_SEND_FAILED] = "SEND_FAILED",
	[DHCP4_EVENT_CONFIGURED] = "CONFIGURED",
	[DHCP4_EVENT_CONFIGURE_FAILED] = "CONFIGURE_FAILED",
	[DHCP4_EVENT_ADDRESS_LOST] = "ADDRESS_LOST",
	[DHCP4_EVENT_RENEW] = "RENEW",
	[DHCP4_EVENT_REBIND] = "REBIND",
	[DHCP4_EVENT_RECONFIGURE] = "RECONFIGURE",
	[DHCP4_EVENT_LEASE_LOADED] = "LEASE_LOADED",
	[DHCP4_EVENT_FALLBACK] = "FALLBACK",
};
_Static_assert(ARRAY_SIZE(event_names) == DHCP4_EVENT_COUNT, "a name each");

static const char *const effect_names[] = {
	[DHCP4_EFFECT_SEND_BROADCAST] = "SEND_BROADCAST",
	[DHCP4_EFFECT_SEND_UNICAST] = "SEND_UNICAST",
	[DHCP4_EFFECT_SEND_ARP] = "SEND_ARP",
	[DHCP4_EFFECT_DECONFIGURE] = "DECONFIGURE",
	[DHCP4_EFFECT_CONFIGURE] = "CONFIGURE",
	[DHCP4_EFFECT_EXTEND] = "EXTEND",
	[DHCP4_EFFECT_FALLBACK_REMOVE] = "FALLBACK_REMOVE",
	[DHCP4_EFFECT_FALLBACK_ADD] = "FALLBACK_ADD",
	[DHCP4_EFFECT_SAVE_LEASE] = "SAVE_LEASE",
	[DHCP4_EFFECT_FORGET_LEASE] = "FORGET_LEASE",
	[DHCP4_EFFECT_RECALL] = "RECALL",
	[DHCP4_EFFECT_NOTIFY] = "NOTIFY",
};

static const char *const tenure_names[] = {
	[DHCP4_TENURE_NONE] = "none",
	[DHCP4_TENURE_REMEMBERED] = "remembered",
	[DHCP4_TENURE_GRANTED] = "granted",
	[DHCP4_TENURE_HELD] = "held",
};

static const char *const acd_mode_names[] = {
	[ACD_MODE_OFF] = "off",
	[ACD_MODE_STRICT] = "strict",
	[ACD_MODE_FAST] = "fast",
	[ACD_MODE_OPTIMISTIC] = "optimistic",
};

static const char *const loss_names[] = {
	[DHCP4_LOSS_NONE] = "none",
	[DHCP4_LOSS_EXPIRED] = "expired",
	[DHCP4_LOSS_NAK] = "refused",
	[DHCP4_LOSS_CONFLICT] = "conflict",
	[DHCP4_LOSS_RELEASED] = "released",
	[DHCP4_LOSS_REPLACED] = "replaced",
	[DHCP4_LOSS_MOVED] = "moved",
	[DHCP4_LOSS_WITHDRAWN] = "withdrawn",
	[DHCP4_LOSS_REMOVED] = "interface removed",
	[DHCP4_LOSS_V6ONLY] = "the network prefers IPv6 alone",
};

static const char *const request_names[] = {
	[DHCP4_REQUEST_DISCOVER] = "DISCOVER",
	[DHCP4_REQUEST_SELECTING] = "REQUEST",
	[DHCP4_REQUEST_REBOOTING] = "REQUEST (rebooting)",
	[DHCP4_REQUEST_RENEWING] = "REQUEST (renewing)",
	[DHCP4_REQUEST_REBINDING] = "REQUEST (rebinding)",
	[DHCP4_REQUEST_DECLINE] = "DECLINE",
	[DHCP4_REQUEST_RELEASE] = "RELEASE",
	[DHCP4_REQUEST_INFORM] = "INFORM",
};
_Static_assert(ARRAY_SIZE(request_names) == DHCP4_REQUEST_COUNT, "a name each");

static const char *const type_names[] = {
	[DHCP4_TYPE_BOOTP] = "BOOTP",
	[DHCP4_TYPE_DISCOVER] = "DISCOVER",
	[DHCP4_TYPE_OFFER] = "OFFER",
	[DHCP4_TYPE_REQUEST] = "REQUEST",
	[DHCP4_TYPE_DECLINE] = "DECLINE",
	[DHCP4_TYPE_ACK] = "ACK",
	[DHCP4_TYPE_NAK] = "NAK",
	[DHCP4_TYPE_RELEASE] = "RELEASE",
	[DHCP4_TYPE_INFORM] = "INFORM",
	[DHCP4_TYPE_FORCERENEW] = "FORCERENEW",
};

static const char *const auth_names[] = {
	[DHCP4_AUTH_NONE] = "none",
	[DHCP4_AUTH_TOKEN] = "token",
	[DHCP4_AUTH_DELAYED] = "delayed",
};
_Static_assert(ARRAY_SIZE(auth_names) == DHCP4_AUTH_COUNT, "a name each");

static const struct {
	const char *name, *text;
} reject_names[] = {
	[REJECT_NONE] = { "none", "not refused" },
	[REJECT_IP_HEADER] = { "ip-header", "bad IPv4 header" },
	[REJECT_IP_CHECKSUM] = { "ip-checksum", "wrong IPv4 checksum" },
	[REJECT_IP_SOURCE] = { "ip-source", "impossible IPv4 source" },
	[REJECT_FRAGMENT] = { "fragment", "an IPv4 fragment" },
	[REJECT_NOT_UDP] = { "not-udp", "not UDP" },
	[REJECT_UDP_PORT] = { "udp-port", "another UDP port" },
	[REJECT_UDP_LENGTH] = { "udp-length", "bad UDP length" },
	[REJECT_UDP_CHECKSUM] = { "udp-checksum", "wrong UDP checksum" },
	[REJECT_MESSAGE_SHORT] = { "message-short", "message cut short" },
	[REJECT_MESSAGE_LONG] = { "message-long", "message too long" },
	[REJECT_COOKIE] = { "cookie", "no DHCP magic cookie" },
	[REJECT_MESSAGE_TYPE] = { "message-type", "no valid message type" },
	[REJECT_NOT_REPLY] = { "not-reply", "not a BOOTREPLY" },
	[REJECT_XID] = { "xid", "another transaction id" },
	[REJECT_CHADDR] = { "chaddr", "another hardware address" },
	[REJECT_CLIENT_ID] = { "client-id", "another client identifier" },
	[REJECT_SERVER_DENIED] = { "server-denied", "a server not wanted" },
	[REJECT_SUBNET] = { "subnet", "not for the subnet asked for" },
	[REJECT_UNEXPECTED] = { "unexpected", "not expected in this state" },
	[REJECT_BOOTP] = { "bootp", "a BOOTP reply that is not to be used" },
	[REJECT_SERVER_ID] = { "server-id", "no usable server identifier" },
	[REJECT_OTHER_SERVER] = { "other-server", "from another server" },
	[REJECT_ADDRESS] = { "address", "no usable address" },
	[REJECT_OTHER_ADDRESS] = { "other-address", "not the address requested" },
	[REJECT_DECLINED] = { "declined", "another host uses the address" },
	[REJECT_MASK] = { "mask", "no usable subnet mask" },
	[REJECT_LEASE_TIME] = { "lease-time", "no usable lease time" },
	[REJECT_FORCE_RENEW] = { "force-renew", "a FORCERENEW, which is off" },
	[REJECT_NOT_UNICAST] = { "not-unicast", "a FORCERENEW not to us alone" },
	[REJECT_AUTH_MISSING] = { "auth-missing", "not authenticated" },
	[REJECT_AUTH_INVALID] = { "auth-invalid", "authentication is wrong" },
	[REJECT_AUTH_REPLAY] = { "auth-replay", "replayed: an old counter" },
	[REJECT_NONCE] = { "nonce", "an ACK without its server's nonce" },
	[REJECT_SERVER_PIN] = { "server-pin", "a server not known here" },
	[REJECT_REQUIRED] = { "required", "without an option that is required" },
	[REJECT_OVERRIDE] = { "override", "too long with what is added to it" },
};
_Static_assert(ARRAY_SIZE(reject_names) == REJECT_COUNT, "a name each");

#define LOOK_UP(table, number) \
	((size_t)(number) < ARRAY_SIZE(table) ? (table)[number] : "?")

const char *dhcp4_state_name(enum dhcp4_state state)
{
	return LOOK_UP(state_names, state);
}

const char *dhcp4_event_name(enum dhcp4_event_kind kind)
{
	return LOOK_UP(event_names, kind);
}

const char *dhcp4_effect_name(enum dhcp4_effect_kind kind)
{
	return LOOK_UP(effect_names, kind);
}

const char *dhcp4_tenure_name(enum dhcp4_tenure tenure)
{
	return LOOK_UP(tenure_names, tenure);
}

const char *acd_mode_name(enum acd_mode mode)
{
	return LOOK_UP(acd_mode_names, mode);
}

const char *dhcp4_loss_name(enum dhcp4_loss loss)
{
	return LOOK_UP(loss_names, loss);
}

const char *dhcp4_request_name(enum dhcp4_request request)
{
	return LOOK_UP(request_names, request);
}

const char *dhcp4_type_name(uint8_t type)
{
	return LOOK_UP(type_names, type);
}

const char *dhcp4_auth_name(enum dhcp4_auth auth)
{
	return LOOK_UP(auth_names, auth);
}

const char *reject_name(enum reject reject)
{
	return reject < REJECT_COUNT ? reject_names[reject].name : "?";
}

const char *reject_text(enum reject reject)
{
	return reject < REJECT_COUNT ? reject_names[reject].text : "?";
}
