/* SPDX-License-Identifier: BSD-2-Clause */
/* Whose network a process sees. */
#ifndef HOST_NETNS_H
#define HOST_NETNS_H

enum netns {
	NETNS_OURS,
	NETNS_OTHER,
	NETNS_UNKNOWN, /* it has ended, or we may not look at it */
};

/*
 * The network namespace of a process. proc: where procfs is mounted; pid: a
 * directory in it. Where procfs does not tell of networks, all are ours.
 */
enum netns netns_of(const char *proc, const char *pid);

#endif
