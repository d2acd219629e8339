# SPDX-License-Identifier: BSD-2-Clause
"""Known networks: a router's answer by ARP, on a real kernel, server or none.

The router is the server's own namespace. Another network is the same cable with
another address, and another hardware address, at its end.
"""

import re
import time

from lab import eventually, lasts

FAR_MAC = "02:00:00:00:00:42"


def bound(lab, *arguments):
    server = lab.server(lease=600)
    client = lab.bound(*arguments)
    lab.wait_router()
    return server, client


def questions(lab, since):
    return [arp for arp in lab.wire.find_arp(since=since)
            if arp.op == 1 and arp.sender not in ("0.0.0.0", arp.target)
            and arp.eth_dst != "ff:ff:ff:ff:ff:ff"]


def end_of_cable(lab, address, mac):
    """Another network begins there, while the cable is out."""
    lab.here.ip("address flush dev srv0")
    lab.here.ip(f"link set srv0 address {mac}")
    lab.here.ip(f"address add {address}/24 dev srv0")


# Covers: 4436-2-01 4436-2.1-03 4436-2.1.1-01 4436-2.1.1-04
@lasts(16)
def test_confirmed_without_a_server(lab):
    """The carrier flaps while the server is down: confirmed, and no DISCOVER."""
    server, client = bound(lab)
    events = lab.events()
    server.stop()
    lab.carrier(False)
    lost = client.wait_line("carrier lost")[0]
    lab.carrier(True)
    request = lab.wire.wait("INIT-REBOOT")
    began = client.wait_line("INIT-REBOOT -> REBOOTING")[0]
    # By the third question; the other end of a veth may lose the first answers.
    assert client.wait_line("REBOOTING -> BOUND")[0] - began < 6
    asked = questions(lab, lost)[0]
    assert asked.eth_dst == lab.stored()["router-hw"]
    assert (asked.sender, asked.target) == ("10.0.0.10", "10.0.0.1")
    assert asked.target_mac == "00:00:00:00:00:00" and asked.sender_mac == lab.mac()
    time.sleep(8)
    assert not lab.wire.find("DISCOVER", request.at)
    assert lab.kernel.address() == "10.0.0.10/24" and not events.deleted("10.0.0.10")


# Covers: 4436-2.1.1-02
@lasts(12)
def test_another_router(lab):
    """The same address at another hardware address is another network."""
    server, client = bound(lab)
    server.stop()
    lab.carrier(False)
    client.wait_line("carrier lost")
    end_of_cable(lab, "10.0.0.1", FAR_MAC)
    lab.carrier(True)
    request = lab.wire.wait("INIT-REBOOT")
    lab.wire.wait("DISCOVER", since=request.at)
    assert not client.find("a known network")


# Covers: 4436-2.1-03 4436-2.1-04 4436-2-01
@lasts(14)
def test_moved_and_back(lab):
    """In another network another lease; in the first one its own, by ARP alone."""
    server, client = bound(lab)
    home_mac = lab.stored()["router-hw"]
    server.stop()
    lab.carrier(False)
    client.wait_line("carrier lost")
    end_of_cable(lab, "10.1.0.1", FAR_MAC)
    away = lab.server(net="10.1.0", lease=600)
    lab.carrier(True)
    lab.wait_router("10.1.0.10")
    assert lab.stored(suffix=".1")["address"] == "10.0.0.10"
    away.stop()
    since = time.monotonic()
    lab.carrier(False)
    client.wait_line("carrier lost", since=since)
    end_of_cable(lab, "10.0.0.1", home_mac)
    lab.carrier(True)
    client.wait_line("a known network: router 10.0.0.1 is here, for 10.0.0.10", since=since)
    client.wait_line("10.0.0.10 is ready", since=since)
    assert lab.kernel.address() == "10.0.0.10/24"
    assert lab.kernel.route("default")["gateway"] == "10.0.0.1"
    assert lab.stored(suffix=".1")["address"] == "10.1.0.10"


# Covers: DF-if-07
@lasts(9)
def test_named_network(lab):
    """The same name confirms the lease, another one ends it before anything else."""
    lab.need_ctl()
    _, client = bound(lab)
    events = lab.events()
    lab.ctl("network", "eth0", "home")
    eventually("the name", lambda: lab.stored().get("network") == "68:6f:6d:65")
    time.sleep(1.1)
    lab.ctl("network", "eth0", "home")
    first = lab.wire.wait("INIT-REBOOT")
    client.wait_line("REBOOTING -> BOUND")
    assert not events.deleted("10.0.0.10")
    since = time.monotonic()
    lab.ctl("network", "eth0", "cafe")
    discover = lab.wire.wait("DISCOVER", since=first.at)
    assert 50 not in discover.options and events.wait_deleted("10.0.0.10")
    client.wait_line("10.0.0.10 is ready", since=since)
    eventually("its name", lambda: lab.stored().get("network") == "63:61:66:65")
    assert lab.stored(suffix=".1")["network"] == "68:6f:6d:65"
    count = len(lab.wire.find("DISCOVER"))
    since = time.monotonic()
    lab.ctl("network", "eth0", "68:6f:6d:65")
    client.wait_line("10.0.0.10 is ready", since=since)
    assert len(lab.wire.find("DISCOVER")) == count
    status = lab.ctl("status", "--json").stdout
    assert re.search(r'"network": "68:6f:6d:65"', status), status
    for wrong in ("", "x" * 65, "caf\xe9"):
        done = lab.ctl("network", "eth0", wrong, check=False)
        assert done.returncode == 64 and "64 printable" in done.stdout, done.stdout
