/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tables of the machine: which transitions are legal, and which states may
 * have what of a lease. The diagram of the manual is made from the first.
 */
#include "base/assert.h"
#include "core/client.h"

/* clang-format off */
#define ROW(from, to, cause) { DHCP4_STATE_##from, DHCP4_STATE_##to, cause }
/* clang-format on */

static const struct dhcp4_transition transitions[] = {
	/* A lease of BOOTP goes to INIT where others go to INIT_REBOOT. */
	ROW(STOPPED, INIT, "start without a lease of ours"),
	ROW(STOPPED, INIT_REBOOT, "start with a lease"),
	ROW(STOPPED, INFORMING, "start, address by other means"),

	ROW(INIT, SELECTING, "DISCOVER sent"),
	ROW(INIT, INIT_REBOOT, "known network"),
	ROW(INIT, STOPPED, "stop"),

	ROW(SELECTING, REQUESTING, "OFFER chosen, REQUEST sent"),
	ROW(SELECTING, BOUND, "rapid ACK, BOOTP reply; known network"),
	ROW(SELECTING, PROBING, "ACK or reply, conflict detection on"),
	ROW(SELECTING, INIT, "carrier lost, new identity, conflict"),
	ROW(SELECTING, INIT_REBOOT, "carrier lost, lease held; known network"),
	ROW(SELECTING, V6ONLY_WAIT, "OFFER chosen that prefers IPv6"),
	ROW(SELECTING, STOPPED, "stop"),

	ROW(REQUESTING, REQUESTING, "silence, another OFFER kept"),
	ROW(REQUESTING, BOUND, "ACK"),
	ROW(REQUESTING, PROBING, "ACK, conflict detection on"),
	ROW(REQUESTING, INIT, "NAK, silence, carrier, resumed, identity"),
	ROW(REQUESTING, INIT_REBOOT, "carrier lost, or resumed; known network"),
	ROW(REQUESTING, V6ONLY_WAIT, "the OFFER kept prefers IPv6"),
	ROW(REQUESTING, STOPPED, "stop"),

	ROW(INIT_REBOOT, REBOOTING, "REQUEST sent"),
	ROW(INIT_REBOOT, INIT, "lease expired, conflict, new identity"),
	ROW(INIT_REBOOT, STOPPED, "stop"),

	ROW(REBOOTING, BOUND, "ACK, known network"),
	ROW(REBOOTING, PROBING, "ACK, conflict detection on"),
	ROW(REBOOTING, SELECTING, "silence, DISCOVER sent"),
	ROW(REBOOTING, INIT, "NAK, lease expired, conflict, new identity"),
	ROW(REBOOTING, INIT_REBOOT, "carrier lost, or resumed; known network"),
	ROW(REBOOTING, V6ONLY_WAIT, "ACK that prefers IPv6"),
	ROW(REBOOTING, STOPPED, "stop"),

	ROW(PROBING, BOUND, "nobody else uses it"),
	ROW(PROBING, INIT, "lease expired, conflict, new identity"),
	ROW(PROBING, INIT_REBOOT, "carrier lost, or resumed"),
	ROW(PROBING, STOPPED, "stop"),

	ROW(BOUND, RENEWING, "T1, or asked to; REQUEST sent"),
	ROW(BOUND, REBINDING, "T2 passed, or asked to; REQUEST sent"),
	ROW(BOUND, INIT, "lease expired, conflict, new identity; NAK"),
	ROW(BOUND, INIT_REBOOT, "carrier lost, or resumed"),
	ROW(BOUND, V6ONLY_WAIT, "known network, ACK that prefers IPv6"),
	ROW(BOUND, STOPPED, "stop"),

	ROW(RENEWING, BOUND, "ACK"),
	ROW(RENEWING, REBINDING, "T2, or asked to; REQUEST sent"),
	ROW(RENEWING, INIT, "NAK, lease expired, conflict, new identity"),
	ROW(RENEWING, INIT_REBOOT, "carrier lost, or resumed"),
	ROW(RENEWING, STOPPED, "stop"),

	ROW(REBINDING, BOUND, "ACK"),
	ROW(REBINDING, INIT, "NAK, lease expired, conflict, new identity"),
	ROW(REBINDING, INIT_REBOOT, "carrier lost, or resumed"),
	ROW(REBINDING, STOPPED, "stop"),

	ROW(INFORMING, STOPPED, "stop"),

	ROW(V6ONLY_WAIT, INIT, "time is over, carrier lost, asked to"),
	ROW(V6ONLY_WAIT, STOPPED, "stop"),
};

#define MAY(tenure) (1U << DHCP4_TENURE_##tenure)

static const unsigned tenures[DHCP4_STATE_COUNT] = {
	[DHCP4_STATE_STOPPED] =
		MAY(NONE) | MAY(REMEMBERED) | MAY(GRANTED) | MAY(HELD),
	[DHCP4_STATE_INIT] = MAY(NONE) | MAY(GRANTED) | MAY(HELD),
	[DHCP4_STATE_SELECTING] = MAY(NONE) | MAY(GRANTED) | MAY(HELD),
	[DHCP4_STATE_REQUESTING] = MAY(NONE) | MAY(GRANTED) | MAY(HELD),
	[DHCP4_STATE_INIT_REBOOT] = MAY(REMEMBERED) | MAY(GRANTED) | MAY(HELD),
	[DHCP4_STATE_REBOOTING] = MAY(REMEMBERED) | MAY(GRANTED) | MAY(HELD),
	[DHCP4_STATE_PROBING] = MAY(GRANTED),
	[DHCP4_STATE_BOUND] = MAY(HELD),
	[DHCP4_STATE_RENEWING] = MAY(HELD),
	[DHCP4_STATE_REBINDING] = MAY(HELD),
	[DHCP4_STATE_INFORMING] = MAY(NONE),
	[DHCP4_STATE_V6ONLY_WAIT] = MAY(NONE),
};

const struct dhcp4_transition *dhcp4_transitions(unsigned *ret_count)
{
	*ret_count = ARRAY_SIZE(transitions);
	return transitions;
}

bool dhcp4_transition_is_legal(enum dhcp4_state from, enum dhcp4_state to)
{
	for (unsigned i = 0; i < ARRAY_SIZE(transitions); i++) {
		if (transitions[i].from == from && transitions[i].to == to)
			return true;
	}
	return false;
}

bool dhcp4_may_keep_offers(enum dhcp4_state state)
{
	return state == DHCP4_STATE_SELECTING || state == DHCP4_STATE_REQUESTING;
}

bool dhcp4_tenure_is_legal(enum dhcp4_state state, enum dhcp4_tenure tenure)
{
	return tenures[state] >> tenure & 1;
}
