/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which news of others' routes concern ours. A route is no news if none of ours
 * lies in it: so a routing daemon may do what it likes elsewhere.
 */
#ifndef DAEMON_SHADOW_FILTER_H
#define DAEMON_SHADOW_FILTER_H

struct daemon;

/*
 * To a socket of rtnetlink that hears of routes and has no filter, for what the
 * interfaces guard now. Should that fail, there are more news, and no other ones.
 */
void shadow_filter_attach(const struct daemon *, int fd);

#endif
