# SPDX-License-Identifier: BSD-2-Clause
"""Others at our addresses and routes: what comes back, how often, and what is theirs."""

import time

from lab import eventually, lasts, smoke


def destinations(lab):
    return sorted(route["dst"] for route in lab.kernel.routes())


OURS = ["10.0.0.0/24", "default"]


def settled(lab):
    eventually("address and routes", lambda: lab.kernel.address() == "10.0.0.10/24"
               and destinations(lab) == OURS)


def take_address(lab):
    lab.client.ip("address del 10.0.0.10/24 dev eth0")


# Covers: DF-if-08
@smoke
def test_address_removed(lab):
    """By an administrator: it is back, with its routes, and nobody was asked."""
    lab.server()
    client = lab.bound()
    settled(lab)
    take_address(lab)
    client.wait_line("eth0: somebody removed 10.0.0.10")
    settled(lab)
    assert 50 < lab.kernel.valid_s() <= 60
    assert len(lab.wire.find()) == 2


def test_route_removed(lab):
    lab.server()
    client = lab.bound()
    settled(lab)
    for which in ("default", "10.0.0.0/24"):
        lab.client.ip(f"route del {which} dev eth0")
        settled(lab)
    client.wait_line("eth0: somebody removed the route to 0.0.0.0/0")
    client.wait_line("eth0: somebody removed the route to 10.0.0.0/24")
    assert not client.find("somebody removed 10.0.0.10")


# Covers: DF-if-08
@lasts(5)
def test_removed_four_times(lab):
    """Three times it comes back; then it is told, and left to the next answer."""
    lab.need_ctl()
    lab.server()
    client = lab.bound()
    for _ in range(3):
        settled(lab)
        take_address(lab)
    settled(lab)
    take_address(lab)
    client.wait_line("eth0: removed too often")
    time.sleep(1)
    assert not lab.kernel.address() and len(client.find("somebody removed")) == 4
    shown = lab.ctl("status", "eth0").stdout
    assert "BOUND" in shown and "10.0.0.10 is removed" in shown
    lab.ctl("renew", "eth0")
    settled(lab)
    eventually("no trouble", lambda: "is removed" not in lab.ctl("status", "eth0").stdout)
    assert len(client.find("removed too often")) == 1


def test_removal_as_release(lab):
    """Who removes the address does not want it: the server hears of it."""
    lab.need_ctl()
    lab.server()
    client = lab.bound("--address-removed=release")
    settled(lab)
    lab.client.ip("route del default dev eth0")
    settled(lab)
    assert not lab.wire.find("RELEASE")
    take_address(lab)
    release = lab.wire.wait("RELEASE")
    assert release.ciaddr == "10.0.0.10"
    eventually("STOPPED", lambda: "STOPPED" in lab.ctl("status", "eth0").stdout)
    time.sleep(0.3)
    assert not lab.kernel.address() and not lab.kernel.routes() and not lab.lease_files()
    lab.ctl("start", "eth0")
    settled(lab)
    assert client.running
