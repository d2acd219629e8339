/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the linker finds in the program goes before what libraries have, so that
 * malloc() and the like of all of them come here. The real ones are the next in
 * the order of libraries: the C library's, or a sanitizer's.
 */
#include "torture/alloc.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define LIVE_MAX 65536

static struct {
	void *(*malloc)(size_t);
	void *(*calloc)(size_t, size_t);
	void *(*realloc)(void *, size_t);
	void (*free)(void *);
} real;

struct live {
	void *at;
	size_t size;
	unsigned number;
	const void *caller;
};

static struct {
	bool watching;
	unsigned paused;
	unsigned fails; /* the number of the allocation that does, or 0 */
	enum alloc_mode mode;
	struct alloc_counts own, *counts;
	const void *victim;
	struct live live[LIVE_MAX];
	size_t live_count;
} state = { .counts = &state.own };

#ifdef __SANITIZE_ADDRESS__

/* It allocates by these before the linker could be asked for anything. */
void *__interceptor_malloc(size_t);
void *__interceptor_calloc(size_t, size_t);
void *__interceptor_realloc(void *, size_t);
void __interceptor_free(void *);

static void find_real(void)
{
	real.malloc = __interceptor_malloc;
	real.calloc = __interceptor_calloc;
	real.realloc = __interceptor_realloc;
	real.free = __interceptor_free;
}

#else

static void *next(const char *name)
{
	void *function = dlsym(RTLD_NEXT, name);

	if (!function)
		abort();
	return function;
}

/* Functions and objects are of one kind to dlsym(), not to C. */
static void find_real(void)
{
	void *const functions[] = { next("malloc"), next("calloc"),
				    next("realloc"), next("free") };

	memcpy(&real.malloc, &functions[0], sizeof(functions[0]));
	memcpy(&real.calloc, &functions[1], sizeof(functions[1]));
	memcpy(&real.realloc, &functions[2], sizeof(functions[2]));
	memcpy(&real.free, &functions[3], sizeof(functions[3]));
}

#endif

static void need_real(void)
{
	if (!real.free)
		find_real();
}

/* For a debugger to stop at: an allocation is about to fail. */
__attribute__((noinline)) static void torture_fails(void)
{
	errno = ENOMEM;
	__asm__ volatile("" ::: "memory");
}

static bool is_watched(void)
{
	return state.watching && !state.paused;
}

static bool must_fail(const void *caller)
{
	unsigned number;

	if (!is_watched() || state.counts->healed)
		return false;
	number = ++state.counts->asked;
	if (!state.fails || number < state.fails ||
	    (number > state.fails && state.mode == ALLOC_MODE_ONCE))
		return false;
	if (!state.counts->failed++)
		state.victim = caller;
	torture_fails();
	return true;
}

/* ---- what lives --------------------------------------------------------- */

static void *note(void *at, size_t size, const void *caller)
{
	if (at && is_watched() && state.live_count < LIVE_MAX)
		state.live[state.live_count++] =
			(struct live){ at, size, state.counts->asked, caller };
	return at;
}

/* The newest first: that is what is freed most. */
static struct live *find(const void *at)
{
	for (size_t i = state.live_count; at && i-- > 0;) {
		if (state.live[i].at == at)
			return &state.live[i];
	}
	return NULL;
}

static void forget(struct live *live)
{
	size_t behind = (size_t)(&state.live[state.live_count] - live) - 1;

	memmove(live, live + 1, behind * sizeof(*live));
	state.live_count--;
}

/* ---- in the place of the library's -------------------------------------- */

void *malloc(size_t size)
{
	const void *caller = __builtin_return_address(0);

	need_real();
	if (must_fail(caller))
		return NULL;
	return note(real.malloc(size), size, caller);
}

void *calloc(size_t count, size_t size)
{
	const void *caller = __builtin_return_address(0);

	need_real();
	if (must_fail(caller))
		return NULL;
	return note(real.calloc(count, size), count * size, caller);
}

void *realloc(void *old, size_t size)
{
	const void *caller = __builtin_return_address(0);
	struct live *live = find(old);
	void *at;

	need_real();
	if (must_fail(caller))
		return NULL;
	at = real.realloc(old, size);
	if (!at || !live)
		return old ? at : note(at, size, caller);
	live->at = at;
	live->size = size;
	return at;
}

void free(void *at)
{
	struct live *live = find(at);

	need_real();
	if (live)
		forget(live);
	real.free(at);
}

/* ---- what a run says of it ---------------------------------------------- */

void alloc_watch(unsigned number, enum alloc_mode mode)
{
	state.fails = number;
	state.mode = mode;
	state.watching = true;
}

void alloc_pause(void)
{
	state.paused++;
}

void alloc_resume(void)
{
	state.paused--;
}

void alloc_heal(void)
{
	state.counts->healed = true;
}

void alloc_count_in(struct alloc_counts *counts)
{
	state.counts = counts;
}

struct alloc_counts alloc_counts(void)
{
	return *state.counts;
}

struct alloc_leak alloc_leak(void)
{
	const struct live *first = state.live;

	return (struct alloc_leak){ .count = (unsigned)state.live_count,
				    .number = first->number,
				    .size = first->size,
				    .caller = first->caller };
}

const void *alloc_victim(void)
{
	return state.victim;
}
