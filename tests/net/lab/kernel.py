# SPDX-License-Identifier: BSD-2-Clause
"""Addresses and routes of a namespace, and how they change."""

import json
import re
import time

from .system import PATIENCE_S, Process

FOREVER = 0xffffffff


class Kernel:
    """What the kernel of one namespace holds, by ip(8)."""

    def __init__(self, space):
        self.space = space

    def _ip(self, *arguments):
        return json.loads(self.space.run("ip", "-j", "-d", *arguments).stdout or "[]")

    def addresses(self, interface="eth0"):
        """ip's own records of the IPv4 addresses."""
        links = self._ip("-4", "address", "show", "dev", interface)
        return [info for link in links for info in link.get("addr_info", []) if info]

    def address(self, interface="eth0"):
        """The one address, as "10.0.0.10/24"; None if there is none."""
        found = [f"{info['local']}/{info['prefixlen']}" for info in self.addresses(interface)]
        assert len(found) < 2, f"several addresses: {found}"
        return found[0] if found else None

    def has_only(self, address, interface="eth0"):
        """Whether that is the one address; there are two while one follows the other."""
        return [f"{info['local']}/{info['prefixlen']}"
                for info in self.addresses(interface)] == [address]

    def valid_s(self, interface="eth0"):
        """The lifetime that the one address has left."""
        return self.addresses(interface)[0]["valid_life_time"]

    def routes(self, interface="eth0"):
        """ip's own records of the IPv4 routes in the main table."""
        return self._ip("-4", "route", "show", "dev", interface)

    def route(self, destination, interface="eth0"):
        """The one route to a destination ("default"); None if there is none."""
        found = [route for route in self.routes(interface) if route["dst"] == destination]
        assert len(found) < 2, f"several routes: {found}"
        return found[0] if found else None

    def link_index(self, interface="eth0"):
        return self._ip("link", "show", "dev", interface)[0]["ifindex"]


def added(address):
    return rf"^(?!Deleted).*\binet {re.escape(address)}[/ ]"


def deleted(address):
    return rf"^Deleted .*\binet {re.escape(address)}[/ ]"


class Events:
    """Every change of addresses and routes from now on, with its time."""

    def __init__(self, space):
        self.space = space
        self.monitor = Process(space.enter("ip", "-o", "-4", "monitor", "address", "route"))
        self.marks = 0
        self.catch_up()

    def catch_up(self):
        """Waits until the monitor shows a change that is made now."""
        self.marks += 1
        mark = f"127.9.{self.marks >> 8}.{self.marks & 255}"
        deadline = time.monotonic() + PATIENCE_S
        while not self.monitor.find(added(mark)):
            assert time.monotonic() < deadline, "ip monitor shows nothing"
            for verb in ("add", "del"):
                self.space.run("ip", "address", verb, f"{mark}/32", "dev", "lo")
            time.sleep(0.02)

    def find(self, pattern, since=0.0):
        self.catch_up()
        return self.monitor.find(pattern, since)

    def added(self, address, since=0.0):
        """When an address was added, or its lifetimes set."""
        return [at for at, _ in self.find(added(address), since)]

    def deleted(self, address, since=0.0):
        return [at for at, _ in self.find(deleted(address), since)]

    def wait_added(self, address, timeout=PATIENCE_S, since=0.0):
        return self.monitor.wait_line(added(address), timeout, since)[0]

    def wait_deleted(self, address, timeout=PATIENCE_S, since=0.0):
        return self.monitor.wait_line(deleted(address), timeout, since)[0]
