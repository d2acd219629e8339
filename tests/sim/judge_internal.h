/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the oracles share: the facts about each port, and what a message says.
 *
 * The facts are the judge's own account of what a client must know: made of what
 * its port sent and heard and of what befell its host, by the RFC's rules and
 * section 2.2's of the design, written down here a second time. What the client
 * itself believes is never asked; only what the daemon says is compared.
 */
#ifndef SIM_JUDGE_INTERNAL_H
#define SIM_JUDGE_INTERNAL_H

#include "core/message.h"
#include "sim/judge.h"

/* ---- messages: judge_message.c ---------------------------------------- */

/* What is kept of a message that a port sent. */
struct judge_sent {
	nsec at;
	enum dhcp4_request kind;
	uint32_t xid;
	uint16_t secs;
	ipv4_addr ciaddr, requested, server_id; /* 0: none */
	bool flag;				/* broadcast, please */
};

/* A message on its way out, as its octets show it; valid during one call. */
struct judge_packet {
	struct judge_sent sent;
	const char *malformed; /* what is wrong with it, or NULL */
	bool framed;	       /* it left; what the socket refused did not */
	bool hw_broadcast;     /* framed: to everybody on the link */
	bool late; /* a frame of a message that was decided on before */
	ipv4_addr source, destination;
	uint8_t dscp;
	uint8_t type; /* option 53 */
	const uint8_t *payload;
	size_t size;
	uint16_t option[256]; /* offset of each code, 0: none; at its length */
};

/*
 * Reads an IPv4 packet; false if neither of its ports is DHCP's and it is thus
 * nobody's matter here. What is wrong with it is in malformed.
 */
bool judge_packet_read(const uint8_t *ip, size_t size, struct judge_packet *ret);

/* Those of the headers of IP and UDP, whatever else is wrong with them. */
bool judge_checksums_are_right(const uint8_t *ip, size_t size);

/* An option's octets; NULL without it. */
const uint8_t *judge_packet_option(const struct judge_packet *, uint8_t code,
				   uint8_t *ret_size);

/* What a reply is to the client that hears it. */
enum judge_verdict {
	JUDGE_VERDICT_INERT, /* it must change nothing */
	JUDGE_VERDICT_OFFER,
	JUDGE_VERDICT_ACK,
	JUDGE_VERDICT_NAK,
	JUDGE_VERDICT_V6ONLY,	/* an ACK that ends what it grants (RFC 8925) */
	JUDGE_VERDICT_TOLD,	/* nothing follows but words (RFC 2563) */
	JUDGE_VERDICT_UNPROVEN, /* an ACK that leads back to INIT */
	JUDGE_VERDICT_FORCE,	/* a FORCERENEW that is to be obeyed */
};

struct judge_reply {
	enum judge_verdict verdict;
	uint8_t type; /* as it seems; for the figures */

	/* Filled in if it counts. */
	bool named; /* it has an option 54: */
	ipv4_addr server_id;
	struct dhcp4_message message;

	struct auth_option auth;
	bool proven; /* it is authenticated */
	bool nonces; /* its server has them */
	enum pin_verdict pin;
};

/* ---- leases: judge_lease.c -------------------------------------------- */

struct judge_lease {
	bool valid; /* has begun, not ended, and the process knows it */
	bool ours;  /* granted to this process, or found in use: no mere wish */
	bool used;  /* may stand in the kernel */
	bool proven; /* its last ACK was authenticated */
	bool vague;  /* it came over a reboot: its times are whole seconds */
	bool exempt; /* ... with a wall clock that was moved: nobody knows them */
	ipv4_addr address, server_id;
	uint8_t prefix_length;
	struct client_id client_id;
	const struct sim_dhcpd *granter; /* a watched server, or NULL */

	/* T1 and T2 as they were told; NSEC_NEVER for ever. */
	nsec granted, t1, t2, expiry;
	uint32_t lease_s;
	ipv4_addr router; /* of option 3, if there are no other routes; or 0 */
	unsigned route_count;
	struct dhcp4_route routes[DHCP4_ROUTES_MAX];
	uint64_t terms; /* of the options that renew-changes looks at */
};

struct port_model;

/* True if what an OFFER or ACK says of an address is as it has to be. */
bool judge_lease_is_legal(const struct port_model *,
			  const struct dhcp4_message *);

/* Fills in all that an ACK says. */
void judge_lease_read(const struct port_model *, const struct dhcp4_message *,
		      nsec granted, struct judge_lease *ret);

/* The same of one that renews it: what changes may be held back. */
void judge_lease_renew(const struct port_model *, const struct dhcp4_message *,
		       nsec granted, struct judge_lease *ret);

/* T1 and T2 are drawn up to a fiftieth earlier: the earliest instants of them. */
nsec judge_lease_t1_early(const struct judge_lease *);
nsec judge_lease_t2_early(const struct judge_lease *);

/* How much earlier its times may be than they were told. */
nsec judge_lease_early(const struct judge_lease *);

/* ---- edited replies: judge_override.c ----------------------------------- */

/* Edits an OFFER or ACK as the port was told to. False: it is to be refused. */
bool judge_override_admits(const struct port_model *, struct dhcp4_message *);

/* ---- ports: judge_model.c has messages, judge_life.c all else ---------- */

/* What a port is at, as far as the wire and its host show. */
enum judge_phase {
	JUDGE_PHASE_OFF,   /* no process; or it was told to release */
	JUDGE_PHASE_IDLE,  /* waits to begin: for a link, or a pause */
	JUDGE_PHASE_ASKED, /* its last message waits for an answer */
	JUDGE_PHASE_BOUND,
};

/* From the first to the last instant; from NSEC_NEVER: not at all. */
struct judge_span {
	nsec from, to;
};

struct judge_offer {
	nsec at;
	ipv4_addr address, server_id;
	uint32_t v6only_s; /* not to be requested; 0: it may be */
	nsec window;	   /* others are waited for so long; 0: not */
	bool proven, nonces;
};

/* What a port knows of others that have its address: judge_guard.c. */
#define JUDGE_DECLINED_MAX 4
struct judge_guard {
	ipv4_addr address; /* that matters now; 0: none */
	bool used;	   /* it was in use since it was first probed */
	unsigned probes, announced;
	nsec sent_at;	   /* the last of either */
	nsec probed_at;	   /* the first probe of an address */
	nsec announced_at; /* the last announcement, of the two */
	nsec passes_at;	  /* then it is checked; NSEC_NEVER: not all sent yet */
	nsec defended_at; /* 0: never */
	ipv4_addr taken; /* found to be somebody's; a server was asked for it */

	/* What has to leave: until then, or at this instant; or NSEC_NEVER. */
	nsec due_by, decline_at, defend_at;
	nsec lost_at; /* the last address */

	nsec conflict_at;
	unsigned conflicts; /* in a row */
	struct {
		ipv4_addr address;
		nsec until;
	} declined[JUDGE_DECLINED_MAX];
};

/* A lease on the disk, with the router that it is known by. */
#define JUDGE_NETWORKS_MAX 16
struct judge_network {
	struct judge_lease lease;
	ipv4_addr router; /* 0: there is none */
	uint8_t hw[SIM_HWADDR_SIZE];
	unsigned boots; /* when it was written */
	int64_t offset_s, wall_s;
};

/* Which routers were asked, and what is known by their answers: judge_known.c. */
struct judge_known {
	struct judge_network networks[JUDGE_NETWORKS_MAX];
	unsigned network_next;

	/* Where are we? Of the last test; at: the first of it. */
	struct judge_question {
		ipv4_addr address, router;
		nsec at;
		unsigned count;
		bool denied; /* a NAK came, of whom nobody knows */
	} questions[ATTACH_NODES_MAX];
	unsigned question_count;
	nsec test_at; /* 0: never */
	/* Denied before it was asked about: whether it will be is not seen. */
	ipv4_addr denied;

	/* Who is the router of the lease that was granted then? */
	nsec learn_of, learn_at;
	ipv4_addr learn_router;
	unsigned learn_count;
	uint8_t heard[SIM_HWADDR_SIZE];
	ipv4_addr heard_of;

	const struct judge_network *recalled; /* as its file was written */
	bool attached; /* the lease is confirmed, but not in use yet */
	nsec attached_at;
	ipv4_addr attached_address;
	nsec open_until; /* BOUND, and an answer to REBOOTING counts */
};

/* What is known of the address besides a lease: judge_fallback.c. */
struct judge_fallback {
	bool active;  /* there is need of one */
	bool adopted; /* a process before left it, and it is probed in use */
	bool taken;   /* found to be somebody's */
	bool stuck;   /* no process knows that it is in the kernel */
	ipv4_addr address; /* that was probed last, or is used; 0: none */
	unsigned probes, announced;
	nsec first_at, sent_at; /* probes of it */
	nsec announced_at;
	nsec passes_at;	  /* then it is checked; NSEC_NEVER: not all sent yet */
	nsec defended_at; /* 0: never */
	nsec due_by, defend_at; /* what has to leave, until then or then */
	nsec refused_at;	/* by the kernel; 0: it was not */
	nsec conflict_at;
	unsigned conflicts; /* in a row */
};

#define JUDGE_OFFERS_MAX   8
#define JUDGE_GRANTERS_MAX 4

/* Which watched server sent an ACK to this port. */
struct judge_granter {
	uint32_t xid;
	ipv4_addr server_id;
	const struct sim_dhcpd *dhcpd;
};

struct port_model {
	struct judge *judge;
	struct sim_port *port;
	struct sim_timer timer; /* to look at what has to be by then */

	/* The host: what it was told to be, and what the daemon says. */
	bool running, suspended, carrier, released;
	bool silent; /* configured for what is not judged, but for tables */
	enum dhcp4_state state;
	enum sim_event event; /* the last one, at event_at */
	nsec event_at, resumed_at, suspended_at;
	int64_t wall_offset_s;

	/* The exchange. */
	enum judge_phase phase;
	struct judge_sent last; /* what was sent, or tried to be */
	unsigned tries;	  /* of this kind, with this id or as one renewal */
	nsec first_at;	  /* the first with this id and of this kind */
	nsec exchange_at; /* when secs was 0 */
	nsec begun_at;	  /* the last new exchange; NSEC_NEVER: none yet */
	bool routed;	  /* routed_xid is what the kernel got to route */
	uint32_t routed_xid;
	unsigned offer_count;
	struct judge_offer offers[JUDGE_OFFERS_MAX]; /* to the last DISCOVER */
	unsigned naks;				     /* in a row */
	nsec nak_until;

	/* When it may be repeated, when a new one may begin and with what. */
	struct judge_span again, begin;
	enum dhcp4_request begin_kind; /* DISCOVER, REBOOTING; COUNT: either */
	nsec send_by;		       /* something has to leave until then */
	bool at_once; /* it is no timer that was set long ago */
	const char *send_why;

	struct judge_lease lease; /* the newest; its facts stay when it ends */
	bool refused;		  /* a NAK was the last word on an address */
	bool usable;  /* a remembered one may be used when nobody answers */
	nsec gone_by; /* the kernel must not have its address after that */

	struct judge_guard guard;
	struct judge_known known;
	struct judge_fallback fallback;

	struct judge_granter granters[JUDGE_GRANTERS_MAX];
	unsigned granter_next;

	/* The lease file. */
	bool file_known; /* it is there, and says what filed does */
	bool file_late;	 /* the newest lease could not be written */
	bool file_must_go;
	struct judge_lease filed;
	size_t filed_size;
	int64_t filed_offset_s, filed_wall_s;
	unsigned filed_boots;

	/* The kernel, as last told. */
	struct sim_kernel kernel;
	nsec kernel_at;
	bool unready;	 /* it refused, and has not done it since */
	nsec refused_at; /* the last time it did */
	bool stuck;	 /* what it has, the client cannot take from it */
	nsec naps;	 /* slept unnoticed since kernel_at */
	nsec taken_at[1 + DHCP4_RESTORES_MAX]; /* by an admin; oldest first */

	/* A reply that must change nothing was heard in this turn of the clock. */
	bool inert;
	uint64_t inert_turn;
	nsec inert_at;

	/* Option 90: counters of the key, of ours, and the nonce: judge_auth.c. */
	uint64_t auth_seen, auth_sent, nonce_seen;
	bool nonce_known;
	uint8_t nonce[AUTH_NONCE_SIZE];

	nsec look_at; /* by then all that changed is settled */
	bool converged;

	/* What judge_choice.c and those who ask it keep. */
	bool flag;     /* that brought the last answer on this link */
	unsigned soon; /* extensions that follow one that was asked for */
	ipv4_addr silent_server;
	nsec silent_until;
	nsec v6only_at; /* when it was last told to do without IPv4 */
	bool unheard;	/* it could not send, or heard too late */
	bool forbidden; /* to make up an address of its own (RFC 2563) */
};

nsec judge_now(const struct port_model *);

/* There is a process, and it is not asleep. */
bool port_model_is_awake(const struct port_model *);

/* The last event came at this instant, and is this one. */
bool port_model_just(const struct port_model *, enum sim_event);

/* When the lease ends, only the client knows: at any time, or soon. */
bool port_model_end_is_open(const struct port_model *);

/* Takes in that time has passed; before each of the functions below. */
void port_model_catch_up(struct port_model *);

/* ---- judge_model.c */

void port_model_sent(struct port_model *, const struct judge_packet *);

/* False if the frame is no UDP to port 68: nothing follows from it. */
bool port_model_classify(const struct port_model *, const struct sim_frame *,
			 struct judge_reply *ret);
void port_model_received(struct port_model *, const struct judge_reply *);

/* The exchange is over; the next one begins at an instant, or is not due. */
void port_model_idle(struct port_model *, nsec begin, enum dhcp4_request kind,
		     const char *why);

/* The lease ends, now or when this was due; or only its use does. */
void port_model_end_lease(struct port_model *, nsec gone_by);
void port_model_take_away(struct port_model *, nsec gone_by);

/* ---- judge_life.c */

void port_model_init(struct port_model *, struct judge *, struct sim_port *);
void port_model_event(struct port_model *, enum sim_event);
void port_model_kernel(struct port_model *);
void port_model_stored(struct port_model *);
void port_model_notice(struct port_model *, const struct dhcp4_notice *);

/* False if the lease file was torn since it was written. */
bool port_model_file_is_whole(const struct port_model *, size_t size);

/* All that changes now is to be looked at when it is settled. */
void port_model_settle(struct port_model *);
bool port_model_is_settled(const struct port_model *);
void port_model_set_timer(struct port_model *);

/* ---- judge_guard.c */

/* A process begins: it knows nothing of others. */
void judge_guard_start(struct port_model *);

/* After all that changes other facts: which address, and whether it is used. */
void judge_guard_settle(struct port_model *);

/* The link was lost, or slept: all is checked again. */
void judge_guard_recheck(struct port_model *);

/* Its sender is an interface of the port's host. */
bool judge_guard_is_own(const struct port_model *, const struct arp *);

/* An ARP packet that the client sent, or tried to; one that came. */
void judge_guard_sent(struct port_model *, const struct arp *);
void judge_guard_heard(struct port_model *, const struct arp *);

/* An ACK of an address that is somebody's. */
void judge_guard_lose(struct port_model *);

/* Whether the address of a lease may be used; it is from now on. */
bool judge_guard_allows(const struct port_model *, ipv4_addr);
void judge_guard_use(struct port_model *);

bool judge_guard_in_use(const struct port_model *);
bool judge_guard_has_passed(const struct port_model *);
bool judge_guard_is_declined(const struct port_model *, ipv4_addr);

/* When the pause after the last address that was refused is over. */
nsec judge_guard_pause_end(const struct port_model *);

/* When it has to be looked at; what did not leave by then is missed once. */
nsec judge_guard_next(const struct port_model *);
void judge_guard_give_up(struct port_model *);

/* When the next probe is due, after the last one. */
struct judge_span judge_guard_gap(const struct port_model *);

/* ---- judge_known.c */

/* The file has a lease, or NULL: it is gone. */
void judge_known_stored(struct port_model *, const struct dhcp4_lease *filed);

/* A question to a router that the client sent; what came by ARP. */
void judge_known_sent(struct port_model *, const struct arp *);
void judge_known_heard(struct port_model *, const struct arp *);

/* No answer of a router counts any more. */
void judge_known_reset(struct port_model *);
void judge_known_settle(struct port_model *);

/* BOUND by a router's answer, and that of DHCP still counts. */
bool judge_known_is_open(const struct port_model *);

/* The address must not, or need not, be announced yet. */
bool judge_known_must_be_quiet(const struct port_model *);
bool judge_known_may_be_quiet(const struct port_model *);

/* A NAK of whom nobody knows: it may be for another network's lease. */
bool judge_known_keeps_file(struct port_model *, const struct judge_reply *);
bool judge_known_may_forget(const struct port_model *);

/* ---- judge_fallback.c */

/* True for an address that no server gives: its ARP is not the guard's matter. */
bool judge_fallback_concerns(const struct port_model *, ipv4_addr);

/* As those of the guard. */
void judge_fallback_start(struct port_model *);
void judge_fallback_settle(struct port_model *);
void judge_fallback_recheck(struct port_model *);

/* It is another host for others: what it gave itself is not to tell otherwise. */
void judge_fallback_rename(struct port_model *);
void judge_fallback_sent(struct port_model *, const struct arp *);
void judge_fallback_heard(struct port_model *, const struct arp *);
void judge_fallback_noticed(struct port_model *, const struct dhcp4_notice *);
nsec judge_fallback_next(const struct port_model *);
void judge_fallback_give_up(struct port_model *);

/* ---- judge_choice.c */

/* False if the administrator does not want a server. */
bool judge_choice_hears(const struct port_model *, ipv4_addr server,
			enum pin_verdict);
enum pin_verdict judge_choice_pin(const struct port_model *,
				  const struct sim_frame *, ipv4_addr server);

/* False if a reply does not repeat the subnet that was asked for (RFC 3011). */
bool judge_choice_is_of_subnet(const struct port_model *,
			       const struct dhcp4_message *);

/* Whether the message has to have the flag, and option 80. */
bool judge_choice_flag(const struct port_model *, const struct judge_sent *);
bool judge_choice_is_rapid(const struct port_model *, const struct judge_sent *);

/* What was sent last was answered: its flag is the right one. */
void judge_choice_answered(struct port_model *);

/* It may give itself a link-local address, and has to ask whether it should. */
bool judge_choice_asks_autoconf(const struct port_model *);

/* An ACK to a DISCOVER that may be taken; an OFFER of no address. */
bool judge_choice_forbids(const struct dhcp4_message *);
bool judge_choice_takes_rapid(const struct port_model *,
			      const struct dhcp4_message *);
bool judge_choice_is_no_address(const struct port_model *,
				const struct dhcp4_message *);

/* A server fell silent; how long others are waited for. */
void judge_choice_silent(struct port_model *, ipv4_addr server);
bool judge_choice_is_silent(const struct port_model *, ipv4_addr server);
nsec judge_choice_window(const struct port_model *, const struct judge_reply *);

/* How long a message asks it to do without IPv4; 0: not, or it need not. */
uint32_t judge_choice_v6only_s(const struct port_model *,
			       const struct dhcp4_message *);

/* An OFFER that asks for it and may be followed now, or NULL. */
const struct judge_offer *judge_choice_v6only_offer(const struct port_model *);

/* True if a lease may be given back for that. */
bool judge_choice_gives_back(const struct port_model *);

/* An ACK said so; the client says that it follows an OFFER of that server. */
void judge_choice_acked_v6only(struct port_model *, const struct judge_reply *);
void judge_choice_told_v6only(struct port_model *, ipv4_addr server);

/* ---- judge_auth.c */

/* Whether a reply that is addressed to us is believed; fills in what it proves. */
bool judge_auth_admits(const struct port_model *, const struct datagram *,
		       struct judge_reply *);

/* One that is not believed; and a FORCERENEW that is. */
bool judge_auth_turns_back(const struct port_model *, const struct judge_reply *);
bool judge_auth_is_forced(const struct port_model *, const struct datagram *,
			  struct judge_reply *);

/* What it leaves behind. */
void judge_auth_received(struct port_model *, const struct judge_reply *);

/* ---- the judge: judge.c ----------------------------------------------- */

struct judge_server {
	struct judge *judge;
	struct sim_dhcpd *dhcpd;
	bool honest;
	struct judge_server *next;
};

struct judge_host {
	struct sim_watch watch;
	struct judge *judge;
	struct sim_host *host;
	struct judge_host *next;
	struct port_model ports[SIM_HOST_PORTS_MAX];
};

/*
 * One thing that has to be true. Functions may be NULL. kernel is asked after the
 * facts took it in, all others before.
 */
struct judge_oracle {
	const char *name;
	const char *holds; /* one line */
	void (*sent)(struct port_model *, const struct judge_packet *);
	void (*arp)(struct port_model *, const struct arp *);
	void (*kernel)(struct port_model *, const struct sim_kernel *before,
		       enum sim_cause);
	void (*fallback)(struct port_model *); /* the kernel has it, or not */
	void (*stored)(struct port_model *);
	void (*notice)(struct port_model *, const struct dhcp4_notice *);
	void (*look)(struct port_model *); /* a timer of the judge's */
	void (*end)(struct port_model *);  /* of the run */
};

extern const struct judge_oracle judge_tables, judge_timing, judge_tenure,
	judge_expiry, judge_unique, judge_inert, judge_agree, judge_alive,
	judge_legal, judge_converge, judge_fresh, judge_file, judge_conflict,
	judge_replay, judge_fallback, judge_known, judge_auth;

struct judge {
	struct sim_network *network;
	struct judge_host *hosts;
	struct judge_server *servers;
	struct judge_counters counters;
	bool calm;
	nsec calm_at, calm_limit;

	const struct judge_oracle *asking; /* whom judge_fail() speaks for */
	bool failed;
	const char *oracle;
	nsec failed_at;
	char text[JUDGE_TEXT_SIZE];
};

/* The oracle that is being asked has found something: one sentence. */
void judge_fail(struct port_model *, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* For these sentences: an address, an instant in seconds. */
struct judge_word {
	char text[24];
};
struct judge_word judge_ip(ipv4_addr);
struct judge_word judge_s(nsec);

const char *judge_kind_name(enum dhcp4_request);

#endif
