/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A filter is a fixed head, which all that is of use gets through, and a binary
 * search over the numbers behind it.
 *
 * The packet begins with the header of IPv4 or ARP, since the socket is of the
 * kind SOCK_DGRAM. A load beyond its end drops it, so no length needs checking.
 */
#include "daemon/filter.h"

#include <linux/if_packet.h>
#include <stdbool.h>

#include "base/assert.h"
#include "core/dhcp4.h"
#include "core/frame.h"

/* Offsets: into the IPv4 header, and behind it, where X stands. */
#define IP_FRAGMENT 6
#define IP_PROTOCOL 9
#define UDP_PORT    2
#define DHCP_OP	    8
#define DHCP_XID    12
#define DHCP_COOKIE (8 + DHCP4_HEADER_SIZE - 4)

/* Into the ARP header. */
#define ARP_TYPES   0
#define ARP_LENGTHS 4
#define ARP_SENDER  14
#define ARP_TARGET  24

#define LOAD(size, at)	 BPF_STMT(BPF_LD | (size) | BPF_ABS, (at))
#define LOAD_X(size, at) BPF_STMT(BPF_LD | (size) | BPF_IND, (at))
#define TEST(how, k, yes, no) \
	BPF_JUMP(BPF_JMP | (how) | BPF_K, (k), (yes), (no))
#define RETURN(k) BPF_STMT(BPF_RET | BPF_K, (k))

#define ACCEPT UINT32_MAX

/* Stands for the distance to the instruction behind the head, which drops. */
#define DROP 255

/* HOST, BROADCAST, MULTICAST; neither OTHERHOST nor OUTGOING. */
#define LOAD_PACKET_TYPE LOAD(BPF_W, (uint32_t)(SKF_AD_OFF + SKF_AD_PKTTYPE))
#define TEST_PACKET_TYPE TEST(BPF_JGT, PACKET_MULTICAST, DROP, 0)

/* The last test of a head, when it passes, jumps over the drop behind it. */
static const struct sock_filter reply_head[] = {
	LOAD_PACKET_TYPE,
	TEST_PACKET_TYPE,
	/* Version 4 and a header of 5 to 15 words. */
	LOAD(BPF_B, 0),
	TEST(BPF_JGE, 0x45, 0, DROP),
	TEST(BPF_JGT, 0x4f, DROP, 0),
	/* Neither more fragments nor an offset. */
	LOAD(BPF_H, IP_FRAGMENT),
	TEST(BPF_JSET, 0x3fff, DROP, 0),
	LOAD(BPF_B, IP_PROTOCOL),
	TEST(BPF_JEQ, 17, 0, DROP),
	BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0),
	LOAD_X(BPF_H, UDP_PORT),
	TEST(BPF_JEQ, DHCP4_CLIENT_PORT, 0, DROP),
	LOAD_X(BPF_B, DHCP_OP),
	TEST(BPF_JEQ, DHCP4_OP_REPLY, 0, DROP),
	LOAD_X(BPF_W, DHCP_COOKIE),
	TEST(BPF_JEQ, DHCP4_MAGIC_COOKIE, 1, DROP),
};

static const struct sock_filter arp_head[] = {
	LOAD_PACKET_TYPE,
	TEST_PACKET_TYPE,
	LOAD(BPF_W, ARP_TYPES),
	TEST(BPF_JEQ, ARP_HTYPE_ETHERNET << 16 | 0x0800, 0, DROP),
	LOAD(BPF_H, ARP_LENGTHS),
	TEST(BPF_JEQ, ARP_HWADDR_SIZE << 8 | 4, 0, DROP),
	/* The sender's address, or of one without an address the target's. */
	LOAD(BPF_W, ARP_SENDER),
	TEST(BPF_JEQ, IPV4_ANY, 0, 1),
	LOAD(BPF_W, ARP_TARGET),
	TEST(BPF_JEQ, IPV4_ANY, DROP, 1),
};

#define HEAD_MAX ARRAY_SIZE(reply_head)

/*
 * The search halves the numbers until at most LEAF are left, which it compares one
 * by one. Halving n of at most 256 gives at most 64 leaves, so
 *
 *	n comparisons + 2 * 64 returns + 63 branches  <=  447 instructions,
 *
 * and the lower half of the root, the longest jump, at most 128 + 64 + 31 = 223:
 * it fits the eight bits of a conditional jump, and no other kind is needed.
 */
#define LEAF	   4
#define LEAVES_MAX 64
#define SEARCH_MAX (FILTER_KEYS_MAX + 2 * LEAVES_MAX + LEAVES_MAX - 1)

_Static_assert(FILTER_KEYS_MAX <= LEAF * LEAVES_MAX, "jumps exceed 8 bits");
_Static_assert(ARRAY_SIZE(arp_head) <= HEAD_MAX &&
		       HEAD_MAX + 5 + SEARCH_MAX <= FILTER_SIZE_MAX,
	       "the largest filter does not fit");

static size_t put_leaf(struct sock_filter *at, const uint32_t *keys, size_t count)
{
	for (size_t i = 0; i < count; i++)
		at[i] = (struct sock_filter)TEST(BPF_JEQ, keys[i],
						 (uint8_t)(count - i), 0);
	at[count] = (struct sock_filter)RETURN(0);
	at[count + 1] = (struct sock_filter)RETURN(ACCEPT);
	return count + 2;
}

/* Writes the search for count numbers, at least 1; returns its length. */
static size_t put_search(struct sock_filter *at, const uint32_t *keys,
			 size_t count)
{
	size_t lower, half = count / 2;

	if (count <= LEAF)
		return put_leaf(at, keys, count);
	lower = put_search(at + 1, keys, half);
	ASSERT(lower <= UINT8_MAX && keys[half - 1] < keys[half]);
	at[0] = (struct sock_filter)TEST(BPF_JGE, keys[half], (uint8_t)lower, 0);
	return 1 + lower + put_search(at + 1 + lower, keys + half, count - half);
}

/* Copies a head with its jumps resolved, and the drop; returns their length. */
static size_t put_head(struct sock_filter *at, const struct sock_filter *head,
		       size_t size)
{
	for (size_t i = 0; i < size; i++) {
		uint8_t distance = (uint8_t)(size - i - 1);

		at[i] = head[i];
		if (at[i].jt == DROP)
			at[i].jt = distance;
		if (at[i].jf == DROP)
			at[i].jf = distance;
	}
	at[size] = (struct sock_filter)RETURN(0);
	return size + 1;
}

/* The numbers without their last bits and repeats; false if they do not fit. */
static bool distinguish(const uint32_t *keys, size_t count, unsigned bits,
			uint32_t ret[FILTER_KEYS_MAX], size_t *ret_count)
{
	size_t used = 0;

	for (size_t i = 0; i < count; i++) {
		uint32_t key = keys[i] >> bits;

		if (used && ret[used - 1] == key)
			continue;
		if (used == FILTER_KEYS_MAX)
			return false;
		ret[used++] = key;
	}
	*ret_count = used;
	return true;
}

static size_t drop_all(struct sock_filter *program)
{
	program[0] = (struct sock_filter)RETURN(0);
	return 1;
}

/* What is a reply has come so far; it passes by its transaction id. */
static size_t put_xids(struct sock_filter *program, size_t used,
		       const uint32_t *xids, size_t count)
{
	uint32_t keys[FILTER_KEYS_MAX];

	if (count == FILTER_ALL || !distinguish(xids, count, 0, keys, &count)) {
		program[used++] = (struct sock_filter)RETURN(ACCEPT);
		return used;
	}
	program[used++] = (struct sock_filter)LOAD_X(BPF_W, DHCP_XID);
	return used + put_search(program + used, keys, count);
}

size_t filter_replies(struct sock_filter program[FILTER_SIZE_MAX],
		      const uint32_t *xids, size_t count)
{
	if (count == 0)
		return drop_all(program);
	return put_xids(program,
			put_head(program, reply_head, ARRAY_SIZE(reply_head)),
			xids, count);
}

size_t filter_replies_any(struct sock_filter program[FILTER_SIZE_MAX],
			  const uint32_t *xids, size_t count)
{
	static const struct sock_filter to_us[] = {
		LOAD_PACKET_TYPE,
		TEST(BPF_JEQ, PACKET_HOST, 0, 1),
		RETURN(ACCEPT),
	};
	size_t used = put_head(program, reply_head, ARRAY_SIZE(reply_head));

	for (size_t i = 0; i < ARRAY_SIZE(to_us); i++)
		program[used++] = to_us[i];
	if (count)
		return put_xids(program, used, xids, count);
	program[used++] = (struct sock_filter)RETURN(0);
	return used;
}

unsigned filter_replies_ignores(const uint32_t *xids, size_t count)
{
	uint32_t keys[FILTER_KEYS_MAX];

	return distinguish(xids, count, 0, keys, &count) ? 0 : 32;
}

unsigned filter_arp_ignores(const uint32_t *addresses, size_t count)
{
	uint32_t keys[FILTER_KEYS_MAX];
	unsigned bits = 0;
	size_t used;

	while (!distinguish(addresses, count, bits, keys, &used))
		bits++;
	return bits;
}

size_t filter_arp(struct sock_filter program[FILTER_SIZE_MAX],
		  const uint32_t *addresses, size_t count)
{
	uint32_t keys[FILTER_KEYS_MAX];
	unsigned bits;
	size_t used;

	if (count == 0)
		return drop_all(program);
	used = put_head(program, arp_head, ARRAY_SIZE(arp_head));
	if (count == FILTER_ALL) {
		program[used++] = (struct sock_filter)RETURN(ACCEPT);
		return used;
	}
	bits = filter_arp_ignores(addresses, count);
	distinguish(addresses, count, bits, keys, &count);
	program[used++] =
		(struct sock_filter)BPF_STMT(BPF_ALU | BPF_RSH | BPF_K, bits);
	return used + put_search(program + used, keys, count);
}
