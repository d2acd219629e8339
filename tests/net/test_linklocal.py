# SPDX-License-Identifier: BSD-2-Clause
"""An address besides a lease: link-local, or one of the user's."""

import ipaddress
import re
import signal
import time

from lab import eventually, lasts, ping
from lab.wire import EARLY_S

LINK = "169.254.0.0/16"
OTHER_MAC = "02:00:00:00:00:77"
OWN = "192.0.2.7"


def linklocal(lab):
    """The one link-local address, or None."""
    found = [info for info in lab.kernel.addresses() if info["local"].startswith("169.254.")]
    assert len(found) < 2, f"doubled: {found}"
    return found[0] if found else None


def wait_linklocal(lab, client):
    found = client.wait_line(r"fallback address (169\.254\.\S+) is ready")[1]
    return re.search(r"169\.254\.\d+\.\d+", found)[0]


def default_routes(lab):
    return [route for route in lab.kernel.routes() if route["dst"] == "default"]


def probed(lab, since=0.0):
    """Who the first link-local probe is about."""
    return lab.wire.wait_arp("probe", since=since).target


# Covers: 3927-2.2-01 3927-2.4-01 3927-2.8-01 3927-2.6.2-01 3927-1.9-01 3927-2.11-01
@lasts(30)
def test_linklocal_fallback(lab):
    """Nobody answers: an address of the link's. A server appears: it gives way."""
    lab.plug_in()
    events = lab.events()
    client = lab.tenured("-f", "-v", "--fallback=link-local", "eth0")
    address = wait_linklocal(lab, client)
    sent = lab.wire.find_arp("probe")
    assert len(sent) == 3 and {arp.target for arp in sent} == {address}
    assert all(1 - EARLY_S <= later.at - earlier.at < 5 for earlier, later in zip(sent, sent[1:]))
    assert events.added(address)[0] - sent[2].at >= 2 - EARLY_S
    assert len(lab.wire.find("DISCOVER")) == 3
    first, second = (lab.wire.wait_arp("announcement", count=n) for n in (1, 2))
    assert first.sender == first.target == address
    assert 2 - EARLY_S <= second.at - first.at < 6

    found = linklocal(lab)
    assert found["prefixlen"] == 16 and found["scope"] == "link"
    assert ipaddress.ip_address("169.254.1.0") <= ipaddress.ip_address(address) \
        < ipaddress.ip_address("169.254.255.0")
    # On the link only, and nowhere else.
    assert [(route["dst"], route.get("scope"), route["protocol"], route["prefsrc"])
            for route in lab.kernel.routes()] == [(LINK, "link", "dhcp", address)]
    lab.here.ip("address add 169.254.0.9/16 dev srv0")
    assert ping(address)
    assert "nreachable" in lab.client.ip("route get 198.51.100.1", check=False).stdout

    lab.server()
    client.wait_line(r"eth0: 10\.0\.0\.10 is ready")
    eventually("no link-local address", lambda: not linklocal(lab))
    assert lab.kernel.address() == "10.0.0.10/24"
    assert not [route for route in lab.kernel.routes() if route["dst"] == LINK]


# Covers: 3927-2.2.1-01 3927-2.5-01
@lasts(25)
def test_linklocal_conflict(lab):
    """Somebody has the first one; and, later, the second one, too."""
    forge = lab.forge()
    client = lab.tenured("-f", "-v", "--fallback=link-local-always", "eth0")
    first = probed(lab)
    forge.arp(2, first, "169.254.0.9", sender_mac=OTHER_MAC)
    client.wait_line(f"another host uses {first}")
    second = wait_linklocal(lab, client)
    assert second != first and first not in [arp.sender for arp in lab.wire.find_arp()]
    lab.wire.wait_arp("announcement", count=2)
    forge.arp(2, second, "169.254.0.9", sender_mac=OTHER_MAC)
    lab.wire.wait_arp("announcement", count=3)
    assert linklocal(lab)["local"] == second
    forge.arp(2, second, "169.254.0.9", sender_mac=OTHER_MAC)
    client.wait_line(f"another host uses {second}")
    assert linklocal(lab) is None
    eventually("a third address", lambda: linklocal(lab))
    assert linklocal(lab)["local"] not in (first, second)


# Covers: 3927-1.9-03
@lasts(12)
def test_linklocal_always(lab):
    """Besides a lease there is no way out by it, and it is not chosen for that."""
    lab.need_ctl()
    lab.server()
    client = lab.bound("--fallback=link-local-always")
    address = wait_linklocal(lab, client)
    assert len(lab.kernel.addresses()) == 2
    assert [route["prefsrc"] for route in default_routes(lab)] == ["10.0.0.10"]
    way = lab.client.ip("route get 198.51.100.1").stdout
    assert "src 10.0.0.10" in way and "via 10.0.0.1" in way
    assert f"src {address}" in lab.client.ip("route get 169.254.200.200").stdout
    shown = lab.ctl("status", "eth0").stdout
    assert re.search(rf"fallback +{address}/16, used", shown), shown
    lab.ctl("release", "eth0")
    eventually("nothing left", lambda: not lab.kernel.addresses())


@lasts(15)
def test_linklocal_restart(lab):
    """A crash leaves it behind, for the next process to go on with; SIGTERM does not."""
    lab.plug_in()
    client = lab.tenured("-f", "-v", "--fallback=link-local-always", "eth0")
    address = wait_linklocal(lab, client)
    client.stop(signal.SIGKILL)
    assert linklocal(lab)["local"] == address
    events, since = lab.events(), time.monotonic()
    client = lab.tenured("-f", "-v", "--fallback=link-local-always", "eth0")
    assert wait_linklocal(lab, client) == address
    # Its probes come besides; before one that is new they would have passed by now.
    assert not lab.wire.find_arp("announcement", since), "it was looked at anew"
    assert not events.deleted(address)
    assert linklocal(lab)["local"] == address
    client.stop()
    assert not lab.kernel.addresses() and not lab.kernel.routes()
    # Remembered all the same; and what an administrator sets is not ours.
    lab.client.ip(f"address add {address}/16 dev eth0")
    client = lab.tenured("-f", "-v", "eth0")
    client.wait_line("DISCOVER sent")
    assert linklocal(lab)["local"] == address


@lasts(12)
def test_linklocal_put_back(lab):
    """A link that was down has lost its routes."""
    lab.plug_in()
    client = lab.tenured("-f", "-v", "--fallback=link-local-always", "eth0")
    address = wait_linklocal(lab, client)
    lab.client.ip("link set eth0 down")
    eventually("it is withdrawn", lambda: not linklocal(lab))
    lab.client.ip("link set eth0 up")
    eventually("the route", lambda: lab.kernel.route(LINK))
    assert linklocal(lab)["local"] == address


@lasts(30)
def test_fallback_static(lab):
    """One of the user's, with its gateway; checked before it is used."""
    lab.plug_in()
    client = lab.tenured("-f", "-v", f"--fallback={OWN}/24,192.0.2.1", "eth0")
    client.wait_line(f"fallback address {OWN} is ready")
    assert len(lab.wire.find_arp("probe")) == 3
    assert lab.kernel.address() == f"{OWN}/24"
    assert [(route["gateway"], route["prefsrc"]) for route in default_routes(lab)] \
        == [("192.0.2.1", OWN)]
    lab.server()
    client.wait_line(r"eth0: 10\.0\.0\.10 is ready")
    eventually("the lease alone", lambda: lab.kernel.has_only("10.0.0.10/24"))
    assert [route["prefsrc"] for route in default_routes(lab)] == ["10.0.0.10"]


@lasts(30)
def test_fallback_static_leased(lab):
    """The server gives just that address: the lease keeps it."""
    lab.plug_in()
    client = lab.tenured("-f", "-v", "--fallback=10.0.0.10/24,10.0.0.254", "eth0")
    client.wait_line("fallback address 10.0.0.10 is ready")
    lab.server()
    client.wait_line(r"eth0: 10\.0\.0\.10 is ready")
    eventually("the lease's route alone", lambda: [route["gateway"] for route in
                                                   default_routes(lab)] == ["10.0.0.1"])
    assert lab.kernel.address() == "10.0.0.10/24" and lab.kernel.valid_s() <= 60


# Covers: 3927-1.9-02
@lasts(32)
def test_linklocal_no_lease_in_time(lab):
    """No lease is no lease, whatever else there is."""
    lab.plug_in()
    client = lab.tenured("-n", "--timeout", "25", "--fallback=link-local", "eth0")
    client.ends(2)
    assert lab.wire.find_arp("announcement")
    assert not lab.kernel.addresses() and not lab.kernel.routes()
