/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The filter is a fixed head, which any reply to a DHCP client gets through, and
 * a binary search over the ids behind it.
 *
 * The packet begins with the IPv4 header, since the socket is of the kind
 * SOCK_DGRAM. A load beyond its end drops it, so no length needs checking.
 */
#include "daemon/filter.h"

#include <linux/if_packet.h>

#include "base/assert.h"
#include "core/dhcp4.h"

/* Offsets: into the IPv4 header, and behind it, where X stands. */
#define IP_FRAGMENT 6
#define IP_PROTOCOL 9
#define UDP_PORT    2
#define DHCP_OP	    8
#define DHCP_XID    12
#define DHCP_COOKIE (8 + DHCP4_HEADER_SIZE - 4)

#define LOAD(size, at)	 BPF_STMT(BPF_LD | (size) | BPF_ABS, (at))
#define LOAD_X(size, at) BPF_STMT(BPF_LD | (size) | BPF_IND, (at))
#define TEST(how, k, yes, no) \
	BPF_JUMP(BPF_JMP | (how) | BPF_K, (k), (yes), (no))
#define RETURN(k) BPF_STMT(BPF_RET | BPF_K, (k))

#define ACCEPT UINT32_MAX

/* Stands for the distance to the instruction behind the head, which drops. */
#define DROP 255

static const struct sock_filter head[] = {
	/* HOST, BROADCAST, MULTICAST; neither OTHERHOST nor OUTGOING. */
	LOAD(BPF_W, (uint32_t)(SKF_AD_OFF + SKF_AD_PKTTYPE)),
	TEST(BPF_JGT, PACKET_MULTICAST, DROP, 0),
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

/* What follows the head: where its tests drop, then the search's operand. */
static const struct sock_filter neck[] = {
	RETURN(0),
	LOAD_X(BPF_W, DHCP_XID),
};

/*
 * The search halves the ids until at most LEAF are left, which it compares one
 * by one. Halving n ids of at most 256 gives at most 64 leaves, so
 *
 *	n comparisons + 2 * 64 returns + 63 branches  <=  447 instructions,
 *
 * and the lower half of the root, the longest jump, at most 128 + 64 + 31 = 223:
 * it fits the eight bits of a conditional jump, and no other kind is needed.
 */
#define LEAF	   4
#define LEAVES_MAX 64
#define SEARCH_MAX (FILTER_XIDS_MAX + 2 * LEAVES_MAX + LEAVES_MAX - 1)

_Static_assert(FILTER_XIDS_MAX <= LEAF * LEAVES_MAX, "jumps exceed 8 bits");
_Static_assert(ARRAY_SIZE(head) + ARRAY_SIZE(neck) + SEARCH_MAX <= FILTER_SIZE_MAX,
	       "the largest filter does not fit");

static size_t put_leaf(struct sock_filter *at, const uint32_t *xids, size_t count)
{
	for (size_t i = 0; i < count; i++)
		at[i] = (struct sock_filter)TEST(BPF_JEQ, xids[i],
						 (uint8_t)(count - i), 0);
	at[count] = (struct sock_filter)RETURN(0);
	at[count + 1] = (struct sock_filter)RETURN(ACCEPT);
	return count + 2;
}

/* Writes the search for count ids, at least 1; returns its length. */
static size_t put_search(struct sock_filter *at, const uint32_t *xids,
			 size_t count)
{
	size_t lower, half = count / 2;

	if (count <= LEAF)
		return put_leaf(at, xids, count);
	lower = put_search(at + 1, xids, half);
	ASSERT(lower <= UINT8_MAX && xids[half - 1] < xids[half]);
	at[0] = (struct sock_filter)TEST(BPF_JGE, xids[half], (uint8_t)lower, 0);
	return 1 + lower + put_search(at + 1 + lower, xids + half, count - half);
}

/* Copies the head, which is drop instructions long, with its jumps resolved. */
static void put_head(struct sock_filter *at, size_t drop)
{
	for (size_t i = 0; i < drop; i++) {
		uint8_t distance = (uint8_t)(drop - i - 1);

		at[i] = head[i];
		if (at[i].jt == DROP)
			at[i].jt = distance;
		if (at[i].jf == DROP)
			at[i].jf = distance;
	}
}

size_t filter_build(struct sock_filter program[FILTER_SIZE_MAX],
		    const uint32_t *xids, size_t count)
{
	size_t used = ARRAY_SIZE(head);

	if (count == 0) {
		program[0] = (struct sock_filter)RETURN(0);
		return 1;
	}
	put_head(program, used);
	for (size_t i = 0; i < ARRAY_SIZE(neck); i++)
		program[used++] = neck[i];
	if (count > FILTER_XIDS_MAX)
		program[used++] = (struct sock_filter)RETURN(ACCEPT);
	else
		used += put_search(program + used, xids, count);
	ASSERT(used <= FILTER_SIZE_MAX);
	return used;
}
