/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An allocator that fails when told to, in front of the C library's own: what is
 * defined here is what this program's libraries call, too. It counts what is
 * allocated while it watches, and knows which of it was never freed.
 */
#ifndef TORTURE_ALLOC_H
#define TORTURE_ALLOC_H

#include <stdbool.h>
#include <stddef.h>

enum alloc_mode {
	ALLOC_MODE_ONCE, /* that allocation alone fails */
	ALLOC_MODE_ON,	 /* and all after it, until alloc_heal() */
};

/* Watches from now on; the allocation of this number fails, 0: none does. */
void alloc_watch(unsigned number, enum alloc_mode);

/*
 * In between, what a scenario does for itself: neither counted nor failing, nor a
 * leak. May be nested.
 */
void alloc_pause(void);
void alloc_resume(void);

/* There is memory again: nothing fails, or is counted, but a leak is one still. */
void alloc_heal(void);

struct alloc_counts {
	unsigned asked;	 /* allocations, those that failed among them */
	unsigned failed; /* of these */
	bool healed;	 /* none fails any more */
};
struct alloc_counts alloc_counts(void);

/* Counts there from now on, where other processes see it, too. */
void alloc_count_in(struct alloc_counts *);

/* What was allocated and is not freed. */
struct alloc_leak {
	unsigned count;
	unsigned number;    /* of the first one */
	size_t size;	    /* its octets */
	const void *caller; /* who asked for it */
};
struct alloc_leak alloc_leak(void);

/* Who asked for the first one that failed. */
const void *alloc_victim(void);

#endif
