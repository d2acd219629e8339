# SPDX-License-Identifier: BSD-2-Clause
"""What people run at the other end: each server of Debian, the same questions.

A test here is a question; ask() makes one test of it for each server.
"""

import functools

from lab import Skip, eventually, lasts
from lab.servers import SERVERS, available, relay_network, share_network

CLIENT_ID = bytes.fromhex("01020304050607")


def ask(*features, servers=tuple(SERVERS)):
    """Makes test_SERVER_NAME(lab) of NAME(lab, server), for each server."""
    def make(question):
        for name in servers:
            globals()[f"test_{name}_{question.__name__}"] = bind(question, SERVERS[name], features)
        return question
    return make


def bind(question, kind, features):
    def test(lab):
        if not available(kind):
            raise Skip(f"no {kind.program} here")
        for feature in features:
            if feature in kind.cannot:
                raise Skip(kind.cannot[feature])
        question(lab, functools.partial(kind, lab))
    test.__doc__ = question.__doc__
    test.seconds = getattr(question, "seconds", 3)
    return test


def address(lab, interface="eth0"):
    found = lab.kernel.address(interface)
    return found.split("/")[0] if found else None


def routes(lab):
    return {(route["dst"], route.get("gateway")) for route in lab.kernel.routes()}


@ask("routes")
def classless_routes_beside_a_router(lab, server):
    """RFC 3442: where both are sent, option 3 does not count."""
    server(routes=[("10.9.0.0/16", "10.0.0.2"), ("0.0.0.0/0", "10.0.0.3")])
    lab.bound()
    eventually("routes", lambda: ("default", "10.0.0.3") in routes(lab))
    assert ("10.9.0.0/16", "10.0.0.2") in routes(lab)
    assert ("default", "10.0.0.1") not in routes(lab)


@ask()
def large_option_area(lab, server):
    """Options of over 255 octets in all are read to their end."""
    server(raw={code: bytes([code]) * 60 for code in range(224, 228)})
    lab.bound()
    [ack] = lab.wire.replies("ACK")
    assert all(ack.options[code] == bytes([code]) * 60 for code in range(224, 228))
    assert address(lab) == ack.yiaddr
    eventually("a default route", lambda: ("default", "10.0.0.1") in routes(lab))


# Covers: 3396-5-01
@ask(servers=("kea", "dhcpd"))
def long_option(lab, server):
    """An option of over 255 octets comes in pieces, and is one."""
    value = bytes(range(1, 251)) + bytes(range(50, 150))
    server(raw={224: value})
    lab.bound()
    assert value.hex() in lab.ctl("status", "--json", "eth0").stdout


# Covers: 2131-4.1-10 2132-9.3-01
@ask(servers=("dnsmasq", "dhcpd"))
def overload(lab, server):
    """What has no room among the options comes in sname and file."""
    server(raw={code: bytes([code]) * 200 for code in range(224, 230)})
    lab.bound()
    [ack] = lab.wire.replies("ACK")
    assert ack.options[52] in (b"\1", b"\2", b"\3")
    shown = lab.ctl("status", "--json", "eth0").stdout
    assert all((bytes([code]) * 200).hex() in shown for code in range(224, 230)), shown


@ask("reserve")
def reservation_by_client_id(lab, server):
    """The address that is kept for a client id is the one that it gets."""
    server(reserve=(CLIENT_ID, "10.0.0.77"))
    lab.bound("-c", CLIENT_ID.hex(":"))
    assert address(lab) == "10.0.0.77"


@ask("mac")
def reservation_by_hardware_address(lab, server):
    """Also without a client id that the server knows."""
    server(mac=(lab.mac(), "10.0.0.78"))
    lab.bound()
    assert address(lab) == "10.0.0.78"


@ask()
def foreign_address_is_refused(lab, server):
    """A lease of another network is asked for, refused by a NAK, and replaced."""
    first = lab.server(net="10.8.8", lease=3600)
    client = lab.bound()
    assert address(lab) == "10.8.8.10"
    client.stop()
    first.stop()
    lab.client.ip("address flush dev eth0")
    server()
    lab.bound()
    assert lab.wire.find("INIT-REBOOT") and lab.wire.replies("NAK")
    assert address(lab).startswith("10.0.0.")


@ask("search")
def domain_search(lab, server):
    """Option 119 is read, whether its names are compressed or not."""
    names = ["a.lab.example", "b.lab.example", "c.other.example"]
    server(search=names)
    lab.bound()
    shown = lab.ctl("status", "--json", "eth0").stdout
    assert all(name in shown for name in names), shown


@ask()
def two_servers(lab, server):
    """Both offer; the REQUEST names one, whose lease it is."""
    other = share_network(lab)
    server(interface="br0")
    server(interface="srv1", space=other, first=60, last=90)
    lab.bound()
    eventually("two offers", lambda: len({m.options[54] for m in lab.wire.replies("OFFER")}) == 2)
    [request] = lab.wire.find("SELECTING")
    [offer] = [m for m in lab.wire.replies("OFFER") if m.options[54] == request.options[54]]
    assert address(lab) == offer.yiaddr == request.address(50)


# Covers: 2131-4.4.5-05 2131-4.3.2-09
@ask("mac")
@lasts(12)
def server_changes_at_rebinding(lab, server):
    """The lease's server is gone at T1; at T2 another one takes over."""
    other, kept = share_network(lab), (lab.mac(), "10.0.0.30")
    first = server(interface="br0", times=(3, 6), mac=kept)
    client = lab.bound()
    first.process.stop()
    lab.here.ip("address flush dev br0")
    server(interface="srv1", space=other, mac=kept)
    rebinding = lab.wire.wait("REBINDING")
    assert lab.wire.find("RENEWING") and rebinding.broadcast
    client.wait_line("leased .* from 10.0.0.2")
    assert address(lab) == "10.0.0.30"


@ask("relayed")
def through_a_relay(lab, server):
    """A server of another network, by a relay agent; renewed without it."""
    relay_network(lab)
    server(interface="srv1", net="10.1.0", relayed="10.2.0", times=(3, 60))
    client = lab.bound(interface="eth1")
    assert address(lab, "eth1").startswith("10.2.0.")
    client.wait_line("RENEWING -> BOUND")
