# SPDX-License-Identifier: BSD-2-Clause
"""Frames of other networks and hosts, and servers of other kinds than ours."""

import json
import signal
import time

from lab import Skip, eventually, lasts, ping
from lab.kernel import FOREVER
from lab.wire import Wire

OTHER_MAC = "02:00:00:00:00:77"


def no_request(lab, seconds=0.6):
    """Nothing that was sent so far made the client go on."""
    time.sleep(seconds)
    assert not lab.wire.find("REQUEST"), lab.wire.explain()


def served(lab, forge, discover=None, **changes):
    """An OFFER and an ACK, after which there is the address."""
    forge.reply(discover or lab.wire.wait("DISCOVER"), "OFFER", **changes)
    forge.reply(lab.wire.wait("SELECTING"), "ACK", **changes)
    eventually("an address", lambda: lab.kernel.address() == "10.0.0.10/24")


# ---- frames that are not ours ------------------------------------------------

# Covers: DF-frame-07
def test_tagged_frame(lab):
    """A VLAN's frame is no reply on the interface below it."""
    forge = lab.forge()
    lab.tenured("-f", "-v", "eth0")
    discover = lab.wire.wait("DISCOVER")
    for tag in (1, 10, 4094, 0xa00a):
        forge.reply(discover, "OFFER", vlan=tag)
    no_request(lab)
    served(lab, forge, discover)


# Covers: DF-frame-07
def test_vlan_interface(lab):
    """Of one process on both, the VLAN's interface alone sees the VLAN's frame."""
    forge = lab.forge()
    if lab.client.ip("link add link eth0 name eth0.10 type vlan id 10", check=False).returncode:
        raise Skip("this kernel has no VLANs")
    lab.here.ip("link add link srv0 name srv0.10 type vlan id 10")
    lab.here.ip("link set srv0.10 up")
    vlan = Wire("srv0.10")
    client = lab.tenured("-f", "-v", "-v", "eth0", "eth0.10")
    tagged = vlan.wait("DISCOVER")
    plain = eventually("a DISCOVER on eth0", lambda: [
        m for m in lab.wire.find("DISCOVER") if m.xid != tagged.xid])[0]
    forge.reply(plain, "OFFER", vlan=10)
    client.wait_line(r"eth0\.10: packet refused: another transaction id")
    forge.reply(tagged, "OFFER", vlan=10)
    vlan.wait("SELECTING")
    assert not client.find("eth0: (OFFER|packet refused)")
    assert {m.xid for m in lab.wire.find("SELECTING")} <= {tagged.xid}


# Covers: DF-frame-08
def test_priority_tag(lab):
    """A tag of VLAN 0 has a priority alone."""
    lab.tenured("-f", "-v", "eth0")
    served(lab, lab.forge(), vlan=0xe000)


# Covers: DF-frame-09
def test_frames_of_other_hosts(lab):
    """Promiscuous: another's OFFER, and the client's own frames sent back."""
    forge = lab.forge()
    lab.client.ip("link set eth0 promisc on")
    lab.tenured("-f", "-v", "eth0")
    discover = lab.wire.wait("DISCOVER")
    forge.reply(discover, "OFFER", destination=OTHER_MAC)
    for source in (lab.mac(), OTHER_MAC):
        forge.reply(discover, "OFFER", op=1, dport=67, source=source)
        forge.reply(discover, "OFFER", op=1, source=source)
    no_request(lab)
    served(lab, forge, discover, destination=lab.mac())


# Covers: 951-7.5-01 951-7.5-02
def test_other_ops_and_ports(lab):
    """Perfect but for op, or but for the port."""
    forge = lab.forge()
    lab.tenured("-f", "-v", "eth0")
    discover = lab.wire.wait("DISCOVER")
    for op in (0, 1, 3, 255):
        forge.reply(discover, "OFFER", op=op)
    for port in (67, 69, 6868, 68 << 8):
        forge.reply(discover, "OFFER", dport=port)
    no_request(lab)
    served(lab, forge, discover)


# ---- other servers -------------------------------------------------------------

def by_bootp(lab, forge):
    """Starts tenured --bootp and answers two DISCOVERs."""
    start = time.monotonic()
    client = lab.tenured("-f", "-v", "--bootp", "eth0")
    for count in (1, 2):
        forge.reply(lab.wire.wait("DISCOVER", count=count, since=start), None)
    client.wait_line("eth0: leased 10.0.0.10/24 from BOOTP for ever, renewal never")
    client.wait_line("-> BOUND")
    return client


# Covers: 1534-3-01 1534-3-02
@lasts(13)
def test_bootp(lab):
    """No REQUEST; for ever; over a restart; and nobody to give it back to."""
    forge, events = lab.forge(), lab.events()
    client = by_bootp(lab, forge)
    assert eventually("a default route", lambda: lab.kernel.route("default"))
    assert lab.kernel.address() == "10.0.0.10/24" and lab.kernel.valid_s() == FOREVER
    client.send(signal.SIGUSR1)
    eventually("a lease file", lab.lease_files)
    client.stop()
    client = by_bootp(lab, forge)
    assert lab.kernel.valid_s() == FOREVER and not events.deleted("10.0.0.10")
    client.send(signal.SIGUSR2)
    eventually("no address", lambda: not lab.kernel.addresses())
    assert {m.type for m in lab.wire.find()} == {"DISCOVER"}


# Covers: 1534-3-01
@lasts(7)
def test_bootp_is_off(lab):
    """By default the reply is ignored, and counted."""
    lab.need_ctl()
    forge = lab.forge()
    lab.tenured("-f", "-v", "eth0")
    for count in (1, 2):
        forge.reply(lab.wire.wait("DISCOVER", count=count), None)

    def rejected():
        return json.loads(lab.ctl("status", "--json").stdout)[0]["interfaces"][0]["rejected"]

    eventually("both are counted", lambda: rejected() == {"bootp": 2})
    assert not lab.kernel.addresses()


# Covers: 1534-3-03
def test_dhcp_before_bootp(lab):
    """An OFFER after the BOOTP reply is the one that counts."""
    forge = lab.forge()
    client = lab.tenured("-f", "-v", "--bootp", "eth0")
    discover = lab.wire.wait("DISCOVER")
    forge.reply(discover, None, "10.0.0.99")
    no_request(lab)
    served(lab, forge, discover)
    client.wait_line("eth0: leased 10.0.0.10/24 from 10.0.0.1 for 1 h")


# Covers: DF-srv-02
def test_server_for_the_broadcast_flag(lab):
    """One that answers nobody without it is served by --broadcast."""
    forge = lab.forge()
    lab.tenured("-f", "-v", "--broadcast", "eth0")
    for kind, answer in (("DISCOVER", "OFFER"), ("SELECTING", "ACK")):
        message = lab.wire.wait(kind)
        if message.flags & 0x8000:
            forge.reply(message, answer)
    eventually("an address", lambda: lab.kernel.address() == "10.0.0.10/24")


# ---- the address while nobody answers ------------------------------------------

# Covers: 951-5-01 1542-3.3-01
@lasts(12)
def test_address_answers(lab):
    """While the client asks from its address, that answers ARP and pings."""
    lab.server(lease=30, t1=2, t2=5, script="on request-renewing silence\n"
               "on request-rebinding silence\n")
    forge = lab.forge()
    lab.bound()
    for kind in ("RENEWING", "REBINDING"):
        message = lab.wire.wait(kind)
        assert message.ciaddr == "10.0.0.10"
        assert forge.who_has("10.0.0.10") == lab.mac()
        assert ping("10.0.0.10")
