/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A datagram socket to somebody else's name: the journal, a system log, a service
 * manager. What is sent is taken at once or lost; it never waits. Not a socket
 * that anything is received by.
 *
 * It is connected at once, which takes rights that the sandbox does not leave.
 * Who listens may start anew under the same path: it is connected again then.
 */
#ifndef DAEMON_DATAGRAM_H
#define DAEMON_DATAGRAM_H

#include <stdint.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>

struct datagram {
	int fd;
	socklen_t size; /* of the address */
	struct sockaddr_un address;
};

/*
 * A path, or behind an @ an abstract name. 0 or -errno; if only nobody listens
 * there yet, each message looks for him again.
 */
int datagram_open(struct datagram *, const char *path);

/* One datagram of the parts. 0 or -errno; -EAGAIN: the other one is slow. */
int datagram_send(struct datagram *, struct iovec *parts, uint8_t count);

void datagram_close(struct datagram *);

#endif
