# SPDX-License-Identifier: BSD-2-Clause
"""What people run at the other end: each server of Debian, the same questions.

A test here is a question; ask() makes one test of it for each server.
"""

import functools
import json
import signal

from lab import Skip, eventually, lasts
from lab.servers import SERVERS, available, relay_network, share_network

CLIENT_ID = bytes.fromhex("01020304050607")
DUID = bytes.fromhex("000300010200deadbeef")
PORTAL = "https://portal.example/api"


def ask(*features, servers=tuple(SERVERS)):
    """Makes test_SERVER_NAME(lab) of NAME(lab, server), for each server."""
    def make(question):
        for name in servers:
            if not SERVERS[name].cannot.keys() & set(features):
                globals()[f"test_{name}_{question.__name__}"] = bind(question, SERVERS[name])
        return question
    return make


def bind(question, kind):
    def test(lab):
        if not available(kind):
            raise Skip(f"no {kind.program} here")
        question(lab, functools.partial(kind, lab))
    test.__doc__ = question.__doc__
    test.seconds = getattr(question, "seconds", 3)
    return test


def address(lab, interface="eth0"):
    found = lab.kernel.address(interface)
    return found.split("/")[0] if found else None


def status(lab):
    """What programs are told of eth0."""
    [daemon] = json.loads(lab.ctl("status", "--json").stdout)
    return daemon["interfaces"][0]


def lease(lab):
    return status(lab)["lease"]


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
    codes = range(224, 245)
    server(raw={code: bytes([code]) * 60 for code in codes})
    lab.bound()
    [ack] = lab.wire.replies("ACK")
    assert ack.options[52] in (b"\1", b"\2", b"\3")
    assert not all(code in ack.options for code in codes)
    shown = {option["code"]: option["raw"] for option in lease(lab)["options"]}
    assert all(shown.get(code) == (bytes([code]) * 60).hex() for code in codes), shown


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
    # It runs already, but its cable is out, so that T2 has not to wait for its start.
    lab.here.ip("link set port1 nomaster")
    server(interface="srv1", space=other, mac=kept)
    first = server(interface="br0", times=(3, 6), mac=kept)
    client = lab.bound()
    first.process.stop()
    lab.here.ip("address flush dev br0")
    lab.here.ip("link set port1 master br0")
    rebinding = lab.wire.wait("REBINDING")
    assert lab.wire.find("RENEWING") and rebinding.broadcast
    client.wait_line("renewed .* from 10.0.0.2")
    assert address(lab) == "10.0.0.30"


@ask("relayed")
def through_a_relay(lab, server):
    """A server of another network, by a relay agent; renewed without it."""
    relay_network(lab)
    server(interface="srv1", net="10.1.0", relayed="10.2.0", times=(3, 60))
    client = lab.bound(interface="eth1")
    assert address(lab, "eth1").startswith("10.2.0.")
    client.wait_line("RENEWING -> BOUND")


# Covers: 4361-6.1-03 4361-6.4-01
@ask("reserve")
def reservation_by_duid_and_iaid(lab, server):
    """A client id that is made of both is the same one to the server."""
    server(reserve=(bytes((255, 0, 0, 0, 7)) + DUID, "10.0.0.79"))
    lab.bound("--client-id", "duid", "--iaid", "7", "--duid", DUID.hex(":"))
    assert address(lab) == "10.0.0.79"


# Covers: 4361-6.1-03
@ask("duid")
def reservation_by_duid(lab, server):
    """The host has its address by whichever interface, as with DHCPv6."""
    server(duid=(DUID, "10.0.0.80"))
    lab.bound("--client-id", "duid", "--iaid", "8", "--duid", DUID.hex(":"))
    assert address(lab) == "10.0.0.80"


# Covers: 4039-3-01 4039-3-02 4039-4-01
@ask("rapid")
def rapid_commit(lab, server):
    """Two messages instead of four."""
    server(rapid=True)
    lab.bound("--rapid-commit", "on")
    assert [m.type for m in lab.wire.find()] == ["DISCOVER"]
    [ack] = lab.wire.replies()
    assert (ack.type, ack.options[80], address(lab)) == ("ACK", b"", ack.yiaddr)


# Covers: 4039-3-04
@ask()
def rapid_commit_is_not_known(lab, server):
    """Who does not know it, or does not want it, is asked as ever."""
    server()
    lab.bound("--rapid-commit", "on")
    assert [m.variant for m in lab.wire.find()] == ["DISCOVER", "SELECTING"]
    assert 80 in lab.wire.find("DISCOVER")[0].options
    assert 80 not in lab.wire.find("SELECTING")[0].options


# Covers: 4702-3.3-01
@ask("fqdn")
def full_name(lab, server):
    """Option 81 is understood and answered; what the server says is shown."""
    server(fqdn="lab.example")
    lab.bound("--fqdn", "both", "-h", "pc.lab.example")
    [ack] = lab.wire.replies("ACK")
    assert b"pc" in ack.options[81], ack.options[81]
    assert lease(lab)["hostName"] == "pc.lab.example", lease(lab)


# Covers: 8925-3.2-05 8925-3.2-06
@ask()
def ipv6_only(lab, server):
    """A network that prefers IPv6: no REQUEST, no address, for half an hour."""
    server(raw={108: (1800).to_bytes(4, "big")})
    client = lab.tenured("-f", "-v", "--ipv6-only", "eth0")
    client.wait_line("V6ONLY-WAIT")
    shown = status(lab)
    assert shown["state"] == "V6ONLY-WAIT" and 1700 < shown["ipv6OnlySeconds"] <= 1800, shown
    assert [m.type for m in lab.wire.find()] == ["DISCOVER"] and not address(lab)


# Covers: 8925-3.2-02
@ask()
def ipv6_only_not_asked_for(lab, server):
    """The same network, and a host that needs IPv4."""
    server(raw={108: (1800).to_bytes(4, "big")})
    lab.bound()
    assert address(lab)


# Covers: 8910-2-01 8910-2.1-01
@ask()
def captive_portal(lab, server):
    """The URI of option 114, as programs get it."""
    server(raw={114: PORTAL.encode()})
    lab.bound("--request-option", "captive-portal")
    assert lease(lab)["captivePortal"] == PORTAL


@ask("vendor")
def chosen_by_vendor_class(lab, server):
    """A vendor class has its own name server."""
    server(vendor=("printer", "10.0.0.53"))
    lab.bound("--vendor-class", "printer")
    assert lease(lab)["dnsServers"] == ["10.0.0.53"]


# Covers: 3004-4-01
@ask("user")
def chosen_by_user_class(lab, server):
    """A user class has its own name server."""
    server(user=("guest", "10.0.0.53"))
    lab.bound("--user-class", "guest")
    assert lease(lab)["dnsServers"] == ["10.0.0.53"]


@ask("vendor", "user")
def chosen_by_no_class(lab, server):
    """Others have not."""
    server(vendor=("printer", "10.0.0.53"), user=("guest", "10.0.0.53"))
    lab.bound("--vendor-class", "scanner", "--user-class", "host")
    assert lease(lab)["dnsServers"] == []


# Covers: 3011-2-02
@ask("subnet")
def subnet_selection(lab, server):
    """An address of another network than that of the link, by option 118."""
    server(subnet="10.3.0")
    lab.bound("--subnet", "10.3.0.0/24")
    assert address(lab).startswith("10.3.0.")


@ask()
def inform(lab, server):
    """Parameters for an address by other means."""
    server(dns="10.0.0.53")
    lab.client.ip("link set eth0 up")
    lab.client.ip("address add 10.0.0.5/24 dev eth0")
    client = lab.tenured("-f", "-v", "--inform=10.0.0.5", "eth0")
    client.wait_line("INFORM sent")
    eventually("an answer", lambda: status(lab)["informed"]["server"])
    assert status(lab)["informed"]["dnsServers"] == ["10.0.0.53"]
    assert client.running and [m.type for m in lab.wire.find()] == ["INFORM"]


@ask()
def release_is_understood(lab, server):
    """What is given back is had by the next one at once."""
    server(first=10, last=10)
    client = lab.bound()
    client.send(signal.SIGUSR2)
    lab.wire.wait("RELEASE")
    client.stop()
    lab.client.ip("link set eth0 address 02:00:00:00:00:02")
    lab.bound()
    assert address(lab) == "10.0.0.10"


@ask()
@lasts(18)
def decline_is_understood(lab, server):
    """An address that another host took is replaced by one that nobody has."""
    other = share_network(lab)
    server(interface="br0", first=10, last=11)
    client = lab.bound("-R")
    first = address(lab)
    client.stop()
    lab.wire.wait("RELEASE")
    other.ip(f"address add {first}/24 dev srv1")
    # It wants just this one; and asks for another ten seconds later.
    client = lab.tenured("-f", "-v", "-r", first, "eth0")
    client.wait_line("eth0: .* is ready")
    [decline] = lab.wire.find("DECLINE")
    assert decline.address(50) == first and address(lab) not in (None, first)
