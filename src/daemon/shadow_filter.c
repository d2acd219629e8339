/* SPDX-License-Identifier: BSD-2-Clause */
/* A program for the kernel, of as many parts as there are routes of ours. */
#include "daemon/shadow_filter.h"

#include <linux/filter.h>
#include <linux/rtnetlink.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/assert.h"
#include "daemon/shadow.h"
#include "host/room.h"

/* Behind the header of a message lies a struct rtmsg, then attributes. */
#define AT(member)    (NLMSG_HDRLEN + offsetof(struct rtmsg, member))
#define AT_ATTRIBUTES (NLMSG_HDRLEN + sizeof(struct rtmsg))
#define AT_FIND	      ((uint32_t)(SKF_AD_OFF + SKF_AD_NLATTR))
#define OP(code, k)   ((struct sock_filter)BPF_STMT((code), (k)))
#define JUMP(how, k, jt, jf) \
	((struct sock_filter)BPF_JUMP(BPF_JMP | (how) | BPF_K, (k), (jt), (jf)))
#define PASS OP(BPF_RET | BPF_K, UINT32_MAX)
#define DROP OP(BPF_RET | BPF_K, 0)

/* Words of the program's memory. */
enum {
	LENGTH,
	DESTINATION
};

/* With more routes of ours, all unicast routes are news. */
#define FILTERED_MAX	 256
#define INSTRUCTIONS_MAX (32 + 7 * FILTERED_MAX)

struct program {
	unsigned short count;
	struct sock_filter code[INSTRUCTIONS_MAX];
};

_Static_assert(sizeof(struct program) <= ROOM_SIZE,
	       "the longest takes no more than the room for messages");

static void put(struct program *p, struct sock_filter instruction)
{
	ASSERT(p->count < INSTRUCTIONS_MAX);
	p->code[p->count++] = instruction;
}

/* News of others' unicast routes; leaves their length in its word, and in A. */
static void filter_kind(struct program *p)
{
	put(p, OP(BPF_LD | BPF_B | BPF_ABS, AT(rtm_protocol)));
	put(p, JUMP(BPF_JEQ, RTPROT_DHCP, 0, 1));
	put(p, DROP);
	put(p, OP(BPF_LD | BPF_B | BPF_ABS, AT(rtm_type)));
	put(p, JUMP(BPF_JEQ, RTN_UNICAST, 1, 0));
	put(p, DROP);
	put(p, OP(BPF_LD | BPF_B | BPF_ABS, AT(rtm_dst_len)));
	put(p, OP(BPF_ST, LENGTH));
}

/* The destination to its word; the bits that are no part of it are X's number. */
static void filter_destination(struct program *p)
{
	put(p, OP(BPF_LD | BPF_IMM, AT_ATTRIBUTES));
	put(p, OP(BPF_LDX | BPF_IMM, RTA_DST));
	put(p, OP(BPF_LD | BPF_W | BPF_ABS, AT_FIND));
	put(p, OP(BPF_MISC | BPF_TAX, 0));
	put(p, OP(BPF_LD | BPF_W | BPF_IND, sizeof(struct nlattr)));
	put(p, OP(BPF_ST, DESTINATION));
	put(p, OP(BPF_LDX | BPF_MEM, LENGTH));
	put(p, OP(BPF_LD | BPF_IMM, 32));
	put(p, OP(BPF_ALU | BPF_SUB | BPF_X, 0));
	put(p, OP(BPF_MISC | BPF_TAX, 0));
}

/* Passes what one of our routes lies in, or would. */
static void filter_around(struct program *p, struct ipv4_prefix prefix)
{
	put(p, OP(BPF_LD | BPF_MEM, LENGTH));
	put(p, JUMP(BPF_JGT, prefix.length, 5, 0));
	put(p, OP(BPF_LD | BPF_MEM, DESTINATION));
	put(p, OP(BPF_ALU | BPF_XOR | BPF_K, prefix.address));
	put(p, OP(BPF_ALU | BPF_RSH | BPF_X, 0));
	put(p, JUMP(BPF_JEQ, 0, 0, 1));
	put(p, PASS);
}

static unsigned count_guarded(const struct daemon *d)
{
	unsigned count = 0;

	for (size_t i = 0; i < d->managed_count; i++)
		count += d->managed[i]->shadow ? d->managed[i]->shadow->count : 0;
	return count;
}

static void filter_guarded(struct program *p, const struct daemon *d)
{
	filter_destination(p);
	for (size_t i = 0; i < d->managed_count; i++) {
		const struct shadow_view *view = d->managed[i]->shadow;

		for (unsigned j = 0; view && j < view->count; j++)
			filter_around(p, view->shadows[j].prefix);
	}
}

void shadow_filter_attach(const struct daemon *d, int fd)
{
	struct program *p = room_take();
	struct sock_fprog program = { .filter = p->code };

	p->count = 0;
	filter_kind(p);
	/* A default route: nothing can be shifted by all of its bits. */
	put(p, JUMP(BPF_JEQ, 0, 0, 1));
	put(p, PASS);
	if (count_guarded(d) > FILTERED_MAX)
		put(p, PASS);
	else
		filter_guarded(p, d);
	put(p, DROP);
	program.len = p->count;
	(void)setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program,
			 sizeof(program));
	room_give();
}
