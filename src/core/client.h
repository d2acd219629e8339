/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The DHCP client of one interface: events in, effects out.
 *
 * This is the core's whole interface. It makes no system call, reads no clock
 * and keeps nothing outside of struct dhcp4_client, which holds no pointer and
 * may be copied. The same code runs in the daemon, in the simulator and in the
 * replayer.
 *
 * States are those of RFC 2131 4.4, figure 5. Ours besides:
 *   STOPPED    told to do nothing; a lease may live on to its expiry
 *   PROBING    granted, not yet usable: conflict detection is not done
 *              (RFC 2131 4.4.1, RFC 5227 2.1)
 *   INFORMING  the address came by other means; only parameters are asked for
 *              (RFC 2131 4.4.3)
 *   V6ONLY_WAIT  the network does without IPv4, and so does this interface for
 *              a while (RFC 8925 3.2)
 * INIT and INIT_REBOOT last while a link, a pause or a turn is waited for.
 */
#ifndef CORE_CLIENT_H
#define CORE_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ipv4.h"
#include "base/nsec.h"
#include "base/prng.h"
#include "core/acd.h"
#include "core/auth.h"
#include "core/attach.h"
#include "core/backoff.h"
#include "core/changes.h"
#include "core/dhcp4.h"
#include "core/fallback.h"
#include "core/encoded.h"
#include "core/frame.h"
#include "core/lease.h"
#include "core/offer.h"
#include "core/override.h"
#include "core/parameters.h"
#include "core/pins.h"
#include "core/reject.h"
#include "core/request.h"

enum dhcp4_state {
	DHCP4_STATE_STOPPED,
	DHCP4_STATE_INIT,
	DHCP4_STATE_SELECTING,
	DHCP4_STATE_REQUESTING,
	DHCP4_STATE_INIT_REBOOT,
	DHCP4_STATE_REBOOTING,
	DHCP4_STATE_PROBING,
	DHCP4_STATE_BOUND,
	DHCP4_STATE_RENEWING,
	DHCP4_STATE_REBINDING,
	DHCP4_STATE_INFORMING,
	DHCP4_STATE_V6ONLY_WAIT,
	DHCP4_STATE_COUNT
};

/* What the client may do with the lease it has; orthogonal to the state. */
enum dhcp4_tenure {
	DHCP4_TENURE_NONE,
	DHCP4_TENURE_REMEMBERED, /* asked for only, not configured */
	DHCP4_TENURE_GRANTED,	 /* to be checked before it is used */
	DHCP4_TENURE_HELD,	 /* configured, used */
};

/* Why a lease ended. */
enum dhcp4_loss {
	DHCP4_LOSS_NONE,
	DHCP4_LOSS_EXPIRED,
	DHCP4_LOSS_NAK,
	DHCP4_LOSS_CONFLICT,
	DHCP4_LOSS_RELEASED,
	DHCP4_LOSS_REPLACED,  /* by a lease of another address */
	DHCP4_LOSS_MOVED,     /* the link leads to another network now */
	DHCP4_LOSS_WITHDRAWN, /* not lost: out of use until it is checked */
	DHCP4_LOSS_REMOVED,   /* the interface was */
	DHCP4_LOSS_V6ONLY,    /* given back: the network prefers IPv6 alone */
};

/* Whether servers are asked to broadcast their replies (RFC 2131 4.1). */
enum dhcp4_broadcast {
	DHCP4_BROADCAST_AUTO, /* as brought an answer on this link */
	DHCP4_BROADCAST_YES,
	DHCP4_BROADCAST_NO,
	DHCP4_BROADCAST_COUNT
};

/* Servers by their identifier: one, or all of a prefix. */
#define DHCP4_SERVER_RULES_MAX 8
struct dhcp4_server_list {
	uint8_t count;
	struct ipv4_prefix rules[DHCP4_SERVER_RULES_MAX];
};

/* What it means that somebody removes a lease's address from the kernel. */
enum dhcp4_removal {
	DHCP4_REMOVAL_RESTORE, /* nothing: it is put back */
	DHCP4_REMOVAL_RELEASE, /* that it is not wanted: as STOP with release */
	DHCP4_REMOVAL_COUNT
};

/* What somebody decided beforehand. The caller keeps it; it is not copied. */
struct dhcp4_config {
	uint8_t hardware_type; /* ARP hardware type, chaddr's */
	struct hwaddr hwaddr;  /* the interface's own */
	uint16_t mtu;	       /* of the interface, octets */
	struct client_id client_id;
	/* Somebody else's, as is the next one; NULL: nothing. */
	const struct dhcp4_encoded *encoded;   /* sent by all that ask */
	const struct dhcp4_override *override; /* of replies */
	uint8_t parameters[DHCP4_PARAMETERS_MAX];
	uint8_t parameters_count;
	ipv4_addr requested_address; /* 0: any */
	ipv4_addr inform_address;    /* not 0: only parameters, by INFORM */
	ipv4_addr inform_server;     /* is asked first; 0: all servers are */
	enum dhcp4_broadcast broadcast;
	bool bootp;		      /* take a BOOTP reply if nobody offers */
	bool ignore_classless_routes; /* options 121 and 249, as if not sent */
	nsec offer_window_ns;	      /* 0: the first good offer is taken */
	enum acd_mode acd;
	enum acd_defence acd_defence;
	bool rapid_commit;   /* RFC 4039 */
	bool v6only;	     /* do without IPv4 where it is preferred */
	bool auto_configure; /* ask whether link-local is allowed */
	ipv4_addr subnet;    /* not 0: an address of it (RFC 3011) */
	struct dhcp4_server_list allow_servers; /* of none: all */
	struct dhcp4_server_list deny_servers;	/* wins over allow_servers */
	struct fallback_config fallback;

	/*
	 * Authentication (admit.c). Keys and token are not here: what was recorded
	 * shall hold none. auth_base makes counters of instants, so that they rise
	 * from process to process: nanoseconds since 1970 when `now` was 0.
	 */
	enum dhcp4_auth auth;
	bool auth_required; /* replies without it are refused */
	uint8_t auth_token_size;
	uint64_t auth_base;
	bool force_renew;    /* RFC 3203, of those who can prove who they are */
	bool known_networks; /* RFC 4436, where ARP is Ethernet's */
	struct network_id network; /* where the link leads to, if known */
	uint8_t dscp;		   /* of what is sent (RFC 2474), 0 to 63 */

	/*
	 * Nothing is sent that could tell who the client is or what it runs, nor
	 * an address that it had by another hardware address (RFC 7844).
	 */
	bool anonymous;

	enum server_pin server_pin;
	enum renew_changes renew_changes;
	enum dhcp4_removal address_removed;
};

/* The mode in force: where ARP is not Ethernet's there is no detection. */
enum acd_mode dhcp4_acd_mode(const struct dhcp4_config *);
enum fallback_mode dhcp4_fallback_mode(const struct dhcp4_config *);

/* True if the router of a lease will be asked for its hardware address. */
bool dhcp4_learns_routers(const struct dhcp4_config *);

/*
 * The test node of a lease (RFC 4436 2.1). False if it has none, or must not be
 * used without DHCP: expired, by another client identifier or of another name.
 */
bool dhcp4_node_of(const struct dhcp4_lease *, const struct dhcp4_config *,
		   uint8_t index, nsec now, struct attach_node *ret);

/* ---- events ---------------------------------------------------------- */

enum dhcp4_event_kind {
	DHCP4_EVENT_START,
	DHCP4_EVENT_STOP,
	DHCP4_EVENT_CARRIER,
	DHCP4_EVENT_RESUME,
	DHCP4_EVENT_TICK,
	DHCP4_EVENT_FRAME,
	DHCP4_EVENT_ARP,
	DHCP4_EVENT_SEND_FAILED,
	DHCP4_EVENT_CONFIGURED,
	DHCP4_EVENT_CONFIGURE_FAILED,
	DHCP4_EVENT_ADDRESS_LOST,
	DHCP4_EVENT_RENEW,
	DHCP4_EVENT_REBIND,
	DHCP4_EVENT_RECONFIGURE,
	DHCP4_EVENT_LEASE_LOADED,
	DHCP4_EVENT_FALLBACK,
	DHCP4_EVENT_COUNT
};

enum dhcp4_address_lost {
	DHCP4_ADDRESS_LOST_REMOVED,  /* by somebody, from the kernel */
	DHCP4_ADDRESS_LOST_CONFLICT, /* another host uses it */
	DHCP4_ADDRESS_LOST_PARTLY,  /* as REMOVED: a route, or the fallback's */
	DHCP4_ADDRESS_LOST_FLUSHED, /* by the kernel, with the link's state */
};

/* What became of FALLBACK_ADD; or what was there before the start. */
enum dhcp4_fallback_report {
	DHCP4_FALLBACK_FOUND, /* an address of an earlier run, after START */
	DHCP4_FALLBACK_CONFIGURED,
	DHCP4_FALLBACK_REFUSED,
};

struct dhcp4_event {
	enum dhcp4_event_kind kind;
	nsec now; /* never earlier than the event before */

	/*
	 * The first transmission of an exchange may not leave before: the shell
	 * paces many interfaces. effects.slot_taken tells whether it was used.
	 */
	nsec earliest_send;

	/* START, CARRIER and RESUME: networks besides that of the lease. */
	struct attach_known known;

	union {
		struct {
			bool release;
			bool gone; /* the interface is not there any more */
		} stop;
		struct {
			bool up;
			bool moved; /* to another network, as far as one knows */
		} carrier;
		struct {
			const uint8_t *bytes; /* an IPv4 packet */
			size_t size;
			bool checksum_partial; /* see frame_parse() */
			struct hwaddr source;
			enum auth_verdict auth; /* of auth_verify() */
			enum pin_verdict pin;	/* of pins_judge() */
		} frame;
		struct {
			const uint8_t *bytes; /* an ARP packet */
			size_t size;
			bool own; /* the sender is an interface of this host */
		} arp;
		struct {
			int error; /* errno */
		} failed;	   /* SEND_FAILED, CONFIGURE_FAILED */
		enum dhcp4_address_lost address_lost;
		struct {
			bool identity; /* hardware address or client id changed */
		} reconfigure;
		struct {
			bool accept; /* what is held, too */
		} renew;
		struct {
			const struct dhcp4_lease *lease;
			bool in_kernel; /* address there since this boot: held */
			bool usable;	/* unconfirmed, if nobody answers */
			bool attached;	/* of the network where we are */
		} lease_loaded;
		struct {
			enum dhcp4_fallback_report what;
			ipv4_addr address; /* FOUND */
			int error;	   /* REFUSED: errno */
		} fallback;
	};
};

/* ---- effects --------------------------------------------------------- */

enum dhcp4_effect_kind {
	DHCP4_EFFECT_SEND_BROADCAST,
	DHCP4_EFFECT_SEND_UNICAST,
	DHCP4_EFFECT_SEND_ARP,
	DHCP4_EFFECT_DECONFIGURE,
	DHCP4_EFFECT_CONFIGURE,
	DHCP4_EFFECT_EXTEND,
	DHCP4_EFFECT_FALLBACK_REMOVE,
	DHCP4_EFFECT_FALLBACK_ADD,
	DHCP4_EFFECT_SAVE_LEASE,
	DHCP4_EFFECT_FORGET_LEASE,
	DHCP4_EFFECT_RECALL, /* LEASE_LOADED, of that network, is asked for */
	DHCP4_EFFECT_NOTIFY,
};

enum dhcp4_notice_kind {
	DHCP4_NOTICE_TRANSITION, /* from, to */
	DHCP4_NOTICE_OFFER,	 /* server, address */
	DHCP4_NOTICE_NAK,	 /* server; irregular if it names none */
	DHCP4_NOTICE_ACK,      /* server, address: a lease, asked for in from */
	DHCP4_NOTICE_REJECTED, /* reject */
	DHCP4_NOTICE_SILENT,   /* server, address: a minute without an answer */
	DHCP4_NOTICE_UNCONFIRMED,  /* address: used until its expiry */
	DHCP4_NOTICE_MASK_GUESSED, /* address */
	DHCP4_NOTICE_LOST,	   /* address, loss */
	DHCP4_NOTICE_WITHDRAWN,	   /* address: out of use until it is checked */
	DHCP4_NOTICE_READY,	   /* address: kernel has it and its routes */
	DHCP4_NOTICE_CONFIGURE_FAILED, /* address, error */
	DHCP4_NOTICE_CONFLICT,	       /* address: somebody else uses it */
	DHCP4_NOTICE_DEFENDED,	       /* address: somebody claimed it */
	DHCP4_NOTICE_FALLBACK_READY,   /* address: kernel has it */
	DHCP4_NOTICE_FALLBACK_ENDED,   /* address */
	DHCP4_NOTICE_FALLBACK_TAKEN,   /* address: somebody else has it */
	DHCP4_NOTICE_FALLBACK_FAILED,  /* address, error */
	DHCP4_NOTICE_INFORMED,	       /* server */
	DHCP4_NOTICE_V6ONLY,	 /* server: no IPv4 until client.send_at */
	DHCP4_NOTICE_NO_ADDRESS, /* server, text: RFC 2563, nothing to offer */
	DHCP4_NOTICE_UNAUTHENTICATED, /* server: accepted all the same */
	DHCP4_NOTICE_FORCED,	      /* server: it sent a FORCERENEW */
	DHCP4_NOTICE_ATTACHED, /* address: its router, the server, is here */
	DHCP4_NOTICE_SERVER_REFUSED, /* server, reject: by the settings */
	DHCP4_NOTICE_SERVER_CHANGED, /* server: another one; by the shell */
	DHCP4_NOTICE_SERVER_MOVED,   /* server: its ACK came from elsewhere */
	DHCP4_NOTICE_CHANGED,	     /* server, changes: by an extension */
	DHCP4_NOTICE_HELD,	     /* server, changes: not applied */
	DHCP4_NOTICE_LEFT, /* address: removed too often to be put back now */
};

#define DHCP4_NOTICE_KINDS (DHCP4_NOTICE_LEFT + 1)

/* A server's words, as they may be shown. */
#define DHCP4_NOTICE_TEXT_MAX 63

struct dhcp4_notice {
	enum dhcp4_notice_kind kind;
	enum dhcp4_state from, to;
	enum reject reject;
	enum dhcp4_loss loss;
	ipv4_addr address, server;
	bool irregular;
	int error;
	char text[DHCP4_NOTICE_TEXT_MAX + 1]; /* printable ASCII, or empty */
	uint8_t changes;		      /* bits of changes.h */
};

struct dhcp4_effect {
	enum dhcp4_effect_kind kind;
	union {
		struct {
			enum dhcp4_request request;
			unsigned number; /* 1 for the first transmission */
			const uint8_t *packet; /* IPv4 packet, in the effects */
			size_t size;
			ipv4_addr source, destination;
			struct hwaddr hw; /* UNICAST; size 0: not known */
			bool by_socket;	  /* UNICAST: let the kernel route it */
		} send;
		struct {
			const uint8_t *packet; /* ARP_SIZE octets */
			struct hwaddr to;      /* size 0: everybody */
		} arp;
		uint8_t recall; /* the network's index, of event.known */
		struct {
			ipv4_addr address;
			uint8_t prefix_length;
			enum dhcp4_loss why;
		} deconfigure;
		/* CONFIGURE, EXTEND, SAVE_LEASE: the client's, until its next step */
		const struct dhcp4_lease *lease;
		struct {
			ipv4_addr address;
			uint8_t prefix_length; /* ADD, as is the next one */
			ipv4_addr gateway;     /* of a default route, or 0 */
		} fallback;
		struct dhcp4_notice notice;
	};
};

/*
 * The most that one step does (unit/test_client_bounds.c). What is sent puts off
 * what would be sent next, but for a state that follows: the REQUEST of REBOOTING
 * is repeated in BOUND, and T2 has come.
 */
#define DHCP4_SENDS_MAX 2

/*
 * A claim is answered for the lease and for the fallback; of both an announcement
 * is due; another address is requested, and probed at once: 5. And known routers
 * are asked.
 */
#define DHCP4_ARPS_MAX (5 + ATTACH_NODES_MAX)

/* One of each kind between these and the notices; CONFIGURE or EXTEND. */
#define DHCP4_CHANGES_MAX 7

/*
 * Seven: a lease ends, an ACK brings another, with all that is odd about it, and
 * three transitions. The others are to spare.
 */
#define DHCP4_NOTICES_MAX 12

#define DHCP4_EFFECTS_MAX \
	(DHCP4_SENDS_MAX + DHCP4_ARPS_MAX + DHCP4_CHANGES_MAX + \
	 DHCP4_NOTICES_MAX)

/* Filled by a step, in the order of enum dhcp4_effect_kind. */
struct dhcp4_effects {
	unsigned count;
	struct dhcp4_effect list[DHCP4_EFFECTS_MAX];
	bool slot_taken; /* a first transmission used event.earliest_send */
	unsigned packets;
	uint8_t packet[DHCP4_SENDS_MAX][DHCP4_PACKET_MAX];
	uint8_t arp[DHCP4_ARPS_MAX][ARP_SIZE];
};

/* ---- the client ------------------------------------------------------ */

struct dhcp4_counters {
	uint32_t sent[DHCP4_REQUEST_COUNT];
	uint32_t received[DHCP4_TYPE_FORCERENEW + 1]; /* by type, used ones alone */
	uint32_t rejected[REJECT_COUNT];
	uint32_t send_failed;
	uint32_t configure_failed;
	uint32_t irregular_naks;
};

/* An address that is not taken until then. */
#define DHCP4_DECLINED_MAX 4
struct dhcp4_declined {
	ipv4_addr address;
	nsec until;
};

/* How long the offers of a server that fell silent are passed over. */
#define DHCP4_SILENT_S 300

/* So often in a minute is put back what somebody removes. */
#define DHCP4_RESTORES_MAX 3

/*
 * Readable by all, written by client.c and state.c alone. There are thousands of
 * them: small members stand together, or holes would be a part of each.
 */
struct dhcp4_client {
	enum dhcp4_state state;
	bool carrier;
	nsec now;      /* of the last step */
	nsec since_ns; /* when the state was entered */
	struct prng prng;

	/* Instants of the state; NSEC_NEVER where it has none. */
	nsec send_at; /* first transmission, in INIT, INIT_REBOOT, BOUND */
	nsec retransmit_at;
	nsec choose_at;	 /* SELECTING: the offer window closes */
	nsec give_up_at; /* REQUESTING, REBOOTING */

	/* The exchange under way. */
	uint32_t xid;
	unsigned tries;	  /* transmissions so far in this state */
	nsec xid_sent_ns; /* first transmission with this xid */
	nsec exchange_ns; /* first transmission of the exchange: secs is 0 */
	struct dhcp4_offer chosen;
	struct dhcp4_offer_list offers;
	uint16_t secs; /* of the last DISCOVER */

	ipv4_addr hint;	 /* the last address held; asked for again */
	unsigned naks;	 /* in a row */
	nsec restart_at; /* a returning carrier starts no exchange before */

	enum dhcp4_tenure tenure;

	/* Conflict detection; conflict is what was found before a lease was. */
	ipv4_addr conflict;
	struct acd acd;
	struct dhcp4_declined declined[DHCP4_DECLINED_MAX];

	bool usable; /* REMEMBERED: may be used when nobody answers */

	/* HELD: whether the kernel has all of it, and the next attempt if not. */
	bool configured;
	unsigned configure_failures; /* in a row */
	nsec configure_at;

	struct fallback fallback;

	struct dhcp4_counters counters;

	/* The flag that the last answer on this link came for, for `auto`. */
	bool broadcast;
	uint8_t soon; /* RENEWING, REBINDING: REQUESTs that follow soon */

	bool stranger_told; /* since a transaction began: one was refused */
	bool accepting; /* RENEWING, REBINDING: what changes is applied at once */
	uint8_t held;	/* what the last extension would have changed */

	/* A server of this link forbade link-local addresses (RFC 2563 2.1). */
	bool autoconf_forbidden;

	bool nonce_known; /* the nonce below is */
	bool forcible; /* a FORCERENEW that came now could be authenticated */

	/* Offers of this server are passed over until then, if there are others. */
	ipv4_addr silent_server;
	nsec silent_until;

	/*
	 * Counters of option 90: of the last reply that was accepted by each key
	 * (0: none was), and of the last message that was sent.
	 */
	uint32_t auth_key[AUTH_KEYS_MAX];
	uint64_t auth_seen[AUTH_KEYS_MAX];
	uint64_t auth_sent;

	/* What a FORCERENEW has to know (RFC 6704), and the last one's counter. */
	uint8_t nonce[AUTH_NONCE_SIZE];
	uint64_t nonce_seen;

	struct attach attach; /* which network is this? */

	/*
	 * From when on what is removed may be put back, ascending; and when that
	 * is done which was removed before its turn.
	 */
	nsec restore_free[DHCP4_RESTORES_MAX];
	nsec restore_at;

	struct dhcp4_lease lease; /* last, as its options are of it */
};

/*
 * Octets of a client whose lease has so many of options. Who keeps one need not
 * keep more: nothing else is touched, as long as before each step there is room for
 * dhcp4_options_after() it.
 */
#define DHCP4_CLIENT_SIZE(used) \
	(offsetof(struct dhcp4_client, lease) + LEASE_SIZE(used))

/* The most octets of options that the client's lease has after this event. */
size_t dhcp4_options_after(const struct dhcp4_client *,
			   const struct dhcp4_config *,
			   const struct dhcp4_event *);

/* A level, to be asked for after each step. */
struct dhcp4_want {
	nsec deadline;	 /* send a TICK then; NSEC_NEVER: nothing to wait for */
	bool listen;	 /* receive replies with this xid */
	bool listen_any; /* and unicast ones with any */
	uint32_t xid;
	ipv4_addr watch;	  /* receive ARP about this address, if not 0 */
	ipv4_addr watch_fallback; /* and about this one */
	ipv4_addr routers[ATTACH_NODES_MAX]; /* and about these; 0: none */
};

/*
 * A client in STOPPED, without carrier; seed is 32 random octets. Of the client
 * DHCP4_CLIENT_SIZE(0) octets are enough.
 */
void dhcp4_init(struct dhcp4_client *, const uint8_t seed[32]);

/*
 * Takes one event, and fills in what is to be done about it. Packets and leases
 * that effects point to are valid until the next step of any client with the
 * same effects.
 */
void dhcp4_step(struct dhcp4_client *, const struct dhcp4_config *,
		struct dhcp4_offer_pool *, const struct dhcp4_event *,
		struct dhcp4_effects *);

struct dhcp4_want dhcp4_want(const struct dhcp4_client *);

/*
 * What is wrong with a client that no step leaves behind; NULL: nothing is. Each
 * step asserts it.
 */
const char *dhcp4_flaw(const struct dhcp4_client *);

/* One row of the table of legal transitions; the diagram is made from it. */
struct dhcp4_transition {
	enum dhcp4_state from, to;
	const char *cause;
};

const struct dhcp4_transition *dhcp4_transitions(unsigned *ret_count);

bool dhcp4_transition_is_legal(enum dhcp4_state from, enum dhcp4_state to);

/* True if a client in this state may have offers that it did not choose. */
bool dhcp4_may_keep_offers(enum dhcp4_state);

/* True if a client in this state may have this tenure. */
bool dhcp4_tenure_is_legal(enum dhcp4_state, enum dhcp4_tenure);

#endif
