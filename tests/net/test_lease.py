# SPDX-License-Identifier: BSD-2-Clause
"""The life of a lease: obtained, kept, lost; over restarts and bad links."""

import json
import re
import shutil
import signal
import time
import zlib

from lab import Skip, eventually, lasts, smoke
from lab.wire import EARLY_S


# Covers: 2131-3.1-01 2131-3.1-02 2131-4.4.1-08 2131-2-03 1542-3.1.1-02
# Covers: 1542-3.2-01 DF-csum-02
@smoke
def test_dnsmasq_lease(lab):
    """Address, routes and lifetimes from a real server."""
    lab.dnsmasq(lease=120)
    lab.bound()
    [address] = lab.kernel.addresses()
    assert address["prefixlen"] == 24
    assert address["broadcast"] == "10.0.0.255"
    assert address["noprefixroute"]
    assert 110 <= address["valid_life_time"] <= 120
    assert address["preferred_life_time"] <= address["valid_life_time"]

    default = eventually("a default route", lambda: lab.kernel.route("default"))
    prefix = lab.kernel.route("10.0.0.0/24")
    metric = 1000 + lab.kernel.link_index()
    assert (default["gateway"], default["protocol"]) == ("10.0.0.1", "dhcp")
    assert (prefix["scope"], prefix["protocol"]) == ("link", "dhcp")
    assert default["prefsrc"] == prefix["prefsrc"] == address["local"]
    assert default["metric"] == prefix["metric"] == metric

    discover, request = lab.wire.wait("DISCOVER"), lab.wire.wait("SELECTING")
    [offer] = lab.wire.replies("OFFER")
    assert discover.secs == request.secs == 0 and discover.flags == request.flags == 0
    assert request.xid == offer.xid == discover.xid
    assert request.options[54] == offer.options[54]
    assert request.address(50) == offer.yiaddr == address["local"]
    eventually("valid_lft counts down",
               lambda: lab.kernel.valid_s() < address["valid_life_time"])


# Covers: 2131-4.4.5-02 2131-4.4-06
@lasts(66)
def test_dnsmasq_renewal(lab):
    """120 s leased: renewed at about 60 s, by unicast, and extended."""
    lab.dnsmasq(lease=120)
    lab.bound()
    granted = lab.wire.wait("SELECTING")
    renewal = lab.wire.wait("RENEWING", timeout=200)
    assert 57 <= renewal.at - granted.at <= 70
    assert renewal.ip_dst == "10.0.0.1"
    assert renewal.ciaddr == lab.kernel.address().split("/")[0]
    eventually("a longer lifetime", lambda: lab.kernel.valid_s() > 100)
    assert len(lab.wire.find()) == 3


# Covers: 2131-4.4.5-02 2131-4.4.5-05 2131-4.4.5-12 2131-3.7-02 2131-4.4.5-11
# Covers: 2131-4.4.5-15
@smoke
@lasts(12)
def test_server_gone(lab):
    """T1 by unicast, T2 by broadcast, then nothing left at expiry."""
    silent = "on request-renewing silence\non request-rebinding silence\n"
    # It is silent at once: a busy machine may stop it only after T1.
    server = lab.server(lease=8, t1=2, t2=4, script=silent + "on discover 2- silence\n")
    events = lab.events()
    client = lab.bound()
    server.stop()
    granted = lab.wire.wait("SELECTING").at
    renewing = lab.wire.wait("RENEWING")
    rebinding = lab.wire.wait("REBINDING")
    gone = events.wait_deleted("10.0.0.10")
    assert 1.5 <= renewing.at - granted < 4
    assert 3.5 <= rebinding.at - granted < 8
    assert 7 <= gone - granted <= 12
    assert not lab.kernel.routes()
    client.wait_line("eth0: 10.0.0.10 is gone: expired")
    discover = lab.wire.wait("DISCOVER", since=gone - 1)
    assert discover.at - granted >= 8 - EARLY_S
    assert len(lab.wire.find("REQUEST")) == 3


# Covers: 2131-4.4.5-06 2131-4.4.5-07 2131-4.4.5-13
@lasts(12)
def test_server_back_after_expiry(lab):
    """Half, seven eighths, expiry; then the same again, with all it had."""
    server = lab.server(lease=8)
    events = lab.events()
    lab.bound()
    server.stop()
    granted = lab.wire.wait("SELECTING").at
    assert 3.7 <= lab.wire.wait("RENEWING").at - granted < 6.7
    assert 6.7 <= lab.wire.wait("REBINDING").at - granted < 8
    gone = events.wait_deleted("10.0.0.10")
    lab.server(lease=60)
    events.wait_added("10.0.0.10", since=gone)
    eventually("a default route", lambda: lab.kernel.route("default"))


# Covers: DF-life-01 2131-4.4.2-01 2131-4.4-04
@smoke
def test_kill_and_restart(lab):
    """kill -9, restart: INIT-REBOOT, the same address, and no gap."""
    lab.server(lease=60)
    events = lab.events()
    client = lab.bound()
    eventually("a lease file", lab.lease_files)
    client.stop(signal.SIGKILL)
    assert lab.kernel.address() == "10.0.0.10/24"

    start = time.monotonic()
    client = lab.bound()
    lab.wire.wait("REQUEST", since=start)
    [request] = lab.wire.find("REQUEST", since=start)
    assert request.variant == "INIT-REBOOT" and request.address(50) == "10.0.0.10"
    assert request.xid != lab.wire.find("DISCOVER")[0].xid
    client.wait_line("REBOOTING -> BOUND")
    assert not lab.wire.find("DISCOVER", since=start)
    assert not events.deleted("10.0.0.10")


# Covers: 2131-3.2-02
def test_unconfirmed_lease_refused(lab):
    """The address is there since this boot, its file since an earlier: a NAK counts."""
    lab.server(lease=60, script="on request-init-reboot nak\n")
    events = lab.events()
    lab.bound().stop()
    [path] = lab.lease_files()
    rewritten = re.sub(rb"(?m)^boot-id .*$", b"boot-id " + 36 * b"0", path.read_bytes())
    rewritten = rewritten[:rewritten.rindex(b"crc ")]
    path.write_bytes(rewritten + b"crc %08x\n" % zlib.crc32(rewritten))
    client = lab.tenured("-f", "eth0")
    client.wait_line("NAK")
    events.wait_deleted("10.0.0.10")


# Covers: 2131-4.4.1-09 2131-4.4.2-03 2131-4.4.5-04
@lasts(10)
def test_late_acks(lab):
    """A lease is counted from its REQUEST, however late the ACK."""
    lab.server(lease=30, t1=4, script="on request delay 3000\n")
    events = lab.events()
    lab.bound()
    assert lab.kernel.valid_s() <= 27
    events.wait_added("10.0.0.10", since=lab.wire.wait("RENEWING").at)
    assert lab.kernel.valid_s() <= 27


# Covers: DF-time-09
@lasts(7)
def test_lifetime_outlives_daemon(lab):
    """The kernel removes the address even if nobody is there to do so."""
    lab.server(lease=5)
    events = lab.events()
    lab.bound().stop(signal.SIGKILL)
    granted = lab.wire.find("SELECTING")[0].at
    gone = events.wait_deleted("10.0.0.10")
    assert 3.5 <= gone - granted <= 10


# Covers: DF-if-01 2131-3.7-01 2131-3.7-02
@lasts(16)
def test_carrier_lost_server_dead(lab):
    """Three seconds without a cable, nobody answers: kept to its expiry."""
    server = lab.server(lease=12)
    events = lab.events()
    lab.bound()
    granted = lab.wire.find("SELECTING")[0].at
    server.stop()
    lab.carrier(False)
    time.sleep(1.8)
    lab.carrier(True)
    back = time.monotonic()
    request = lab.wire.wait("INIT-REBOOT")
    assert request.at - back <= 5
    gone = events.wait_deleted("10.0.0.10")
    assert 11 <= gone - granted <= 17
    assert not lab.kernel.routes()


# Covers: DF-if-01 2131-3.7-01
@smoke
def test_carrier_lost_and_back(lab):
    """The same network again: confirmed, never without the address."""
    lab.server(lease=60)
    events = lab.events()
    lab.bound()
    lab.carrier(False)
    lab.carrier(True)
    request = lab.wire.wait("INIT-REBOOT")
    events.wait_added("10.0.0.10", since=request.at)
    assert not events.deleted("10.0.0.10")
    eventually("all routes", lambda: lab.kernel.route("default"))


# Covers: 2131-3.7-01
def test_cable_changed_at_once(lab):
    """Down and up within a second, which the kernel tells as nothing: confirmed."""
    lab.server(lease=60)
    lab.bound()
    lab.carrier(False)
    lab.carrier(True)
    lab.wire.wait("INIT-REBOOT")
    changed = time.monotonic()
    lab.carrier(False, at_once=True)
    lab.carrier(True, at_once=True)
    lab.wire.wait("INIT-REBOOT", since=changed)


# Covers: 2131-3.2-02 2131-4.4.5-14 2131-4.4.5-15
def test_carrier_back_elsewhere(lab):
    """Another network answers: NAK, and a lease of the new one alone."""
    server = lab.server(lease=60)
    client = lab.bound()
    lab.carrier(False)
    server.stop()
    lab.here.ip("address flush dev srv0")
    lab.here.ip("address add 10.1.0.1/24 dev srv0")
    lab.server(net="10.1.0")
    moved = time.monotonic()
    lab.carrier(True)
    eventually("the new address", lambda: lab.kernel.address() == "10.1.0.10/24")
    assert lab.wire.find("INIT-REBOOT", since=moved)
    assert lab.wire.replies("NAK", since=moved)
    default = eventually("the new default route", lambda: lab.kernel.route("default"))
    assert default["gateway"] == "10.1.0.1"
    assert not lab.kernel.route("10.0.0.0/24")
    gone, _ = client.wait_line("eth0: 10.0.0.10 is gone: refused")
    assert client.wait_line("eth0: leased 10.1.0.10/24 from 10.1.0.1", since=gone)


# Covers: DF-if-10
@lasts(8)
def test_unicast_filtered(lab):
    """Neither unicast REQUEST nor unicast ACK gets through: rebound, kept."""
    lab.server(lease=12, t1=2, t2=4, script="on request-renewing silence\n"
               "on request-rebinding broadcast\n")
    events = lab.events()
    lab.bound()
    lab.wire.wait("RENEWING")
    rebinding = lab.wire.wait("REBINDING")
    eventually("a longer lifetime", lambda: lab.kernel.valid_s() > 10)
    assert lab.wire.wait("RENEWING", since=rebinding.at)
    assert not events.deleted("10.0.0.10")


# Covers: DF-srv-03
def test_renewal_says_less(lab):
    """Without options 3 and 6 there is no router and no name server any more."""
    lab.need_ctl()
    lab.server("--option", "6=0a000035", script="on request-renewing no-option 3\n"
               "on request-renewing no-option 6\n")
    events = lab.events()
    client = lab.bound()
    eventually("a default route", lambda: lab.kernel.route("default"))

    def leased():
        [daemon] = json.loads(lab.ctl("status", "--json").stdout)
        lease = daemon["interfaces"][0]["lease"]
        return lease["routes"], lease["dnsServers"]

    assert leased() == ([{"destination": "0.0.0.0/0", "gateway": "10.0.0.1"}], ["10.0.0.53"])
    client.send(signal.SIGUSR1)
    eventually("no default route", lambda: not lab.kernel.route("default"))
    assert leased() == ([], [])
    assert lab.kernel.route("10.0.0.0/24") and not events.deleted("10.0.0.10")


# Covers: DF-if-03
@lasts(8)
def test_link_set_down(lab):
    """Down, nothing is sent or tried; up again it goes on, whatever the state."""
    client = lab.tenured("-f", "-v", "eth0")
    for kind, answer in (("DISCOVER", lab.server), ("INIT-REBOOT", lambda: None)):
        lab.wire.wait("DISCOVER" if kind == "DISCOVER" else "SELECTING")
        time.sleep(1.2)  # the kernel tells of a link once a second
        lab.client.ip("link set eth0 down")
        client.wait_line("eth0: carrier lost")
        down = time.monotonic()
        time.sleep(1.2)
        assert not lab.wire.find(since=down)
        answer()
        lab.client.ip("link set eth0 up")
        lab.wire.wait(kind, since=down)
        eventually("a default route", lambda: lab.kernel.route("default"))
        client.lines.clear()
    assert lab.kernel.address() == "10.0.0.10/24" and not client.find("cannot")


# Covers: DF-if-04
@lasts(4)
def test_hardware_address_changes(lab):
    """Asked for anew with another chaddr and xid, while asking and when leased."""
    forge = lab.forge()
    lab.tenured("-f", "-v", "eth0")
    first = lab.wire.wait("DISCOVER")
    lab.client.ip("link set eth0 address 02:00:00:00:00:11")
    second = eventually("a DISCOVER", lambda: [
        m for m in lab.wire.find("DISCOVER") if m.eth_src == "02:00:00:00:00:11"])[0]
    assert second.xid != first.xid and second.options[61] != first.options[61]
    forge.reply(first, "OFFER")
    time.sleep(0.5)
    assert not lab.wire.find("REQUEST")
    lab.server()
    forge.reply(second, "OFFER")
    eventually("an address", lab.kernel.addresses)
    changed = time.monotonic()
    lab.client.ip("link set eth0 address 02:00:00:00:00:22")
    request = lab.wire.wait("SELECTING", since=changed)
    assert request.eth_src == "02:00:00:00:00:22" and request.xid not in (first.xid, second.xid)
    eventually("the new lease", lambda: lab.kernel.address() == f"{request.address(50)}/24")


# Covers: DF-if-09
@lasts(8)
def test_sending_fails(lab):
    """A queue that takes nothing: as good as lost, and tried again in time."""
    lab.server()
    lab.client.ip("link set eth0 up")
    full = "qdisc replace dev eth0 root tbf rate 1kbit burst 10 limit 1".split()
    if not shutil.which("tc") or lab.client.run("tc", *full, check=False).returncode:
        raise Skip("no tc with a token bucket here")
    client = lab.tenured("-f", "-v", "eth0")
    client.wait_line("eth0: cannot send DISCOVER: No buffer space available")
    time.sleep(1)
    assert len(client.find("cannot send")) == 1 and not lab.wire.find()
    lab.client.run("tc", "qdisc", "delete", "dev", "eth0", "root")
    eventually("an address", lab.kernel.addresses)
    assert len(client.find("cannot send")) == 1


# Covers: 2131-4.4-05 2131-3.1-09
@lasts(5)
def test_nak_in_renewing(lab):
    """Away with the address at once, and from the start again."""
    lab.server(lease=60, t1=2, script="on request-renewing nak\n")
    events = lab.events()
    lab.bound()
    renewing = lab.wire.wait("RENEWING")
    gone = events.wait_deleted("10.0.0.10")
    discover = lab.wire.wait("DISCOVER", since=renewing.at)
    assert gone - renewing.at <= 5 and discover.at - renewing.at <= 5


# Covers: DF-msg-08 2131-3.1-09
@lasts(11)
def test_nak_back_off(lab):
    """A server that refuses all: waits of 0, 1, 2, 4 s, no storm."""
    lab.server(script="on request nak\n")
    lab.tenured("-f", "eth0")
    first = lab.wire.wait("DISCOVER").at
    time.sleep(10)
    times = [m.at - first for m in lab.wire.find("DISCOVER")]
    assert 4 <= len(times) <= 6, times
    gaps = [later - earlier for earlier, later in zip(times, times[1:])]
    assert gaps[0] < 1.5 and gaps[-1] > 1.5, gaps
    assert not lab.kernel.addresses()


# Covers: 2131-4.1-05 2131-4.1-06 2131-3.1-05 1542-3.2-01 1542-3.2-02 951-3-01
# Covers: 2131-3.1-03
@lasts(15)
def test_discover_again(lab):
    """Again after 4 and 8 s, one more or less, with secs; then an answer."""
    lab.server(script="on discover 1-2 silence\n")
    lab.tenured("-f", "eth0")
    times = [lab.wire.wait("DISCOVER", count=count) for count in (1, 2, 3)]
    assert 3 - EARLY_S <= times[1].at - times[0].at < 7
    assert 7 - EARLY_S <= times[2].at - times[1].at < 12
    for message in times:
        assert abs(message.secs - (message.at - times[0].at)) < 2.5
    assert lab.wire.wait("SELECTING").secs == times[2].secs > times[1].secs > times[0].secs


# Covers: 2131-3.6-01 2132-9.14-01 2131-2-01
@smoke
def test_several_interfaces(lab):
    """One process, two networks, each its own run of the protocol."""
    lab.add_link("eth1", "srv1", "10.1.0.1/24")
    lab.server(lease=60)
    lab.server(interface="srv1", net="10.1.0", lease=6, t1=2)
    other = type(lab.wire)("srv1")
    client = lab.tenured("eth0", "eth1")
    client.ends(0)
    # Some of it may have passed by then.
    assert client.find(r"^eth0: 10\.0\.0\.10/24 from 10\.0\.0\.1, (1 min|5\d s)$")
    assert client.find(r"^eth1: 10\.1\.0\.10/24 from 10\.1\.0\.1, [1-6] s$")
    assert lab.kernel.address("eth0") == "10.0.0.10/24"
    assert lab.kernel.address("eth1") == "10.1.0.10/24"
    assert len(lab.daemons()) == 1

    here, there = lab.wire.find("DISCOVER")[0], other.find("DISCOVER")[0]
    assert here.xid != there.xid and here.options[61] != there.options[61]
    other.wait("RENEWING")
    assert not lab.wire.find("RENEWING")
    assert lab.kernel.route("default", "eth0")["metric"] != \
        lab.kernel.route("default", "eth1")["metric"]


# Covers: DF-life-02
@lasts(5)
def test_damaged_lease_file(lab):
    """Cut, flipped, foreign: put aside and told, never trusted or fatal."""
    lab.server(lease=60)
    lab.bound().stop()
    [path] = lab.lease_files()
    whole = path.read_bytes()
    flipped = bytes(octet ^ (at == len(whole) // 2) for at, octet in enumerate(whole))
    for damaged in (whole[:len(whole) // 2], flipped, b"lease { foreign }\n", b""):
        path.write_bytes(damaged)
        start = time.monotonic()
        client = lab.bound()
        assert lab.wire.find("DISCOVER", since=start)
        assert not lab.wire.find("INIT-REBOOT", since=start)
        assert path.name in client.output, client.output
        aside = [other for other in path.parent.iterdir()
                 if other != path and other.is_file() and other.read_bytes() == damaged]
        assert aside, sorted(path.parent.iterdir())
        client.stop()
        lab.client.ip("address flush dev eth0")
        for other in aside:
            other.unlink()


# Covers: DF-time-08 DF-time-09
@lasts(7)
def test_expired_lease_file(lab):
    """What has run out is not used again, whoever is silent."""
    server = lab.server(lease=3)
    lab.bound().stop()
    server.stop()
    eventually("no address", lambda: not lab.kernel.addresses())
    events = lab.events()
    lab.tenured("-n", "--timeout", "3", "eth0").ends(2)
    assert not events.added("10.0.0.10")


# Covers: DF-life-02
def test_lease_file_is_a_link(lab):
    """A symbolic link in its place is not written through."""
    lab.server(lease=60)
    client = lab.bound()
    [path] = lab.lease_files()
    client.stop()
    precious = lab.dir / "precious"
    precious.write_text("precious\n")
    path.unlink()
    path.symlink_to(precious)
    client = lab.bound()
    eventually("a lease file", lambda: path.is_file() and not path.is_symlink())
    assert precious.read_text() == "precious\n"
