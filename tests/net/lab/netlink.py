# SPDX-License-Identifier: BSD-2-Clause
"""The rtnetlink sockets of another process, to make their buffers small."""

import ctypes
import os
import re
import socket

from .lab import Skip
from .system import libc

PIDFD_GETFD = 438  # everywhere

# The groups that a socket of tenured listens to, as bits of RTMGRP_.
REQUESTS = 0
LINKS = 0x1
ADDRESSES_AND_ROUTES = 0x50


class NetlinkSocket:
    """The socket of a process with these groups; the same one, not another."""

    def __init__(self, pid, groups):
        self.pid = pid
        self.inode = None
        for inode, row in self._rows().items():
            if row[0] == groups:
                self.inode = inode
        assert self.inode, f"process {pid} has no such socket"
        self.socket = socket.socket(fileno=self._copy())

    def _rows(self):
        """(groups, drops) of each socket that is the process's, by inode."""
        own = {}
        for fd in os.listdir(f"/proc/{self.pid}/fd"):
            try:
                name = os.readlink(f"/proc/{self.pid}/fd/{fd}")
            except OSError:
                continue  # it was closed meanwhile
            found = re.match(r"socket:\[(\d+)\]", name)
            if found:
                own[found[1]] = int(fd)
        self.own = own
        with open(f"/proc/{self.pid}/net/netlink", encoding="ascii") as table:
            rows = [line.split() for line in list(table)[1:]]
        return {row[9]: (int(row[3], 16), int(row[8])) for row in rows
                if row[9] in own and row[1] == "0"}

    def _copy(self):
        process = os.pidfd_open(self.pid)
        copy = libc.syscall(PIDFD_GETFD, process, self.own[self.inode], 0)
        os.close(process)
        if copy < 0:
            raise Skip("no descriptor of another process can be had here: "
                       f"{os.strerror(ctypes.get_errno())}")
        return copy

    def set_buffer(self, size):
        """At least the kernel's minimum, of about three messages."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, size)

    def lost(self):
        """How many messages found the buffer full."""
        return self._rows()[self.inode][1]
