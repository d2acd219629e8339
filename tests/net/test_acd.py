# SPDX-License-Identifier: BSD-2-Clause
"""Address conflict detection as a third party sees it: who else has the address.

The other host is the server's own namespace, whose kernel has the address and
answers for it as Linux does, or frames that say so.
"""

import time

from lab import eventually, lasts, switches
from lab.wire import EARLY_S, Wire

OTHER_MAC = "02:00:00:00:00:77"
LEASED = "10.0.0.10"


def squat(lab, address=LEASED):
    """Another host has the address from now on."""
    lab.here.ip(f"address add {address}/24 dev srv0")


def claim(forge, address=LEASED):
    forge.arp(2, address, "10.0.0.1", sender_mac=OTHER_MAC)


def probes(lab, since=0.0):
    return lab.wire.find_arp("probe", since)


def announcements(lab, since=0.0):
    return lab.wire.find_arp("announcement", since)


def gaps(arps):
    return [later.at - earlier.at for earlier, later in zip(arps, arps[1:])]


def check_decline(lab, since=0.0):
    """It is as RFC 2131 wants it, and told of the address and the server."""
    decline = lab.wire.wait("DECLINE", since=since)
    assert decline.address(50) == LEASED and decline.address(54) == "10.0.0.1"
    assert decline.options[61] == lab.wire.find()[0].options[61]
    reason = decline.options[56].decode("ascii")
    assert reason.isprintable() and reason.strip() == reason
    assert decline.broadcast and (decline.secs, decline.flags) == (0, 0)
    return decline


def check_pause(lab, decline):
    """Ten seconds, and then another address, since that one is not free."""
    discover = lab.wire.wait("DISCOVER", since=decline.at)
    assert 10 - EARLY_S <= discover.at - decline.at < 20 and 50 not in discover.options
    eventually("another address", lambda: lab.kernel.address() not in (None, f"{LEASED}/24"))


# ---- the way to an address ---------------------------------------------------

# Covers: 2131-2.2-01 5227-2.1-01 5227-2.1.1-02 5227-2.1.1-08 5227-2.3-01 5227-2.3-02
# Covers: 2131-4.4.1-10 2131-4.4.1-11
@lasts(11)
def test_strict(lab):
    """Three probes, a pause, the address, and two announcements."""
    lab.plug_in()
    lab.server()
    events = lab.events()
    lab.tenured("-f", "-v", "--acd=strict", "eth0")
    added = events.wait_added(LEASED)
    second = lab.wire.wait_arp("announcement", count=2)
    granted = lab.wire.replies("ACK")[0].at
    sent = probes(lab)
    assert [arp.target for arp in sent] == 3 * [LEASED]
    # How exact all that is, the simulator shows; here it is how it is on a busy machine.
    assert 0 <= sent[0].at - granted < 3
    assert all(1 - EARLY_S <= gap < 5 for gap in gaps(sent)), gaps(sent)
    assert 2 - EARLY_S <= added - sent[2].at < 6
    first = announcements(lab)[0]
    assert first.sender == first.target == LEASED and first.at - sent[2].at > 2 - EARLY_S
    assert 2 - EARLY_S <= second.at - first.at < 6
    assert len(lab.wire.find("DISCOVER")) == 1 and not lab.wire.find("DECLINE")


# Covers: 2131-2.2-01 5227-2.1-01 5227-2.1-03
@lasts(4)
def test_fast(lab):
    """By default it adds next to nothing, and is complete all the same."""
    lab.server(script="on request-selecting delay 1000\n")
    events = lab.events()
    lab.bound()
    lab.wire.wait_arp("announcement", count=2)
    request = lab.wire.find("SELECTING")[0]
    sent, added = probes(lab), events.added(LEASED)[0]
    assert [arp.target for arp in sent] == 3 * [LEASED]
    # With the REQUEST, whose ACK comes later; all of it within 200 ms, if nothing stalls.
    assert sent[0].at - request.at < min(1, lab.wire.replies("ACK")[0].at - request.at)
    assert sent[2].at < added < request.at + 5
    assert min(gaps(sent)) < 0.5 and sent[2].at - sent[0].at >= 0.1, gaps(sent)
    assert announcements(lab)[0].at > sent[2].at
    time.sleep(1)
    assert len(lab.wire.find_arp("probe")) == 3 and len(announcements(lab)) == 2


@lasts(9)
def test_optimistic(lab):
    """Used at once; not announced before it was probed."""
    lab.server()
    events = lab.events()
    lab.bound("--acd=optimistic")
    added = events.added(LEASED)[0]
    first = lab.wire.wait_arp("announcement")
    sent = probes(lab)
    # An address that is probed before it is used comes after the last one.
    assert len(sent) == 3 and sent[2].at > added
    assert 2 - EARLY_S <= first.at - sent[2].at < 6


def test_off(lab):
    """No probe, no announcement, and no ear for what others say."""
    lab.server()
    forge = lab.forge()
    client = lab.bound("--acd=off")
    for _ in range(3):
        claim(forge)
    time.sleep(0.5)
    assert not probes(lab) and not announcements(lab)
    assert lab.kernel.address() == f"{LEASED}/24" and "another host" not in client.output


@lasts(3)
def test_quit(lab):
    """Who quits is no optimist: probed first, announced once, and gone."""
    lab.server()
    events = lab.events()
    lab.tenured("-q", "--acd=optimistic", "eth0").ends(0)
    assert len(probes(lab)) == 3 and len(announcements(lab)) == 1
    assert probes(lab)[2].at < events.added(LEASED)[0]


# ---- somebody has it ---------------------------------------------------------

# Covers: 2131-3.1-07 2131-3.1-08 2131-4.4-03 2131-4.4.4-02 2131-4.4.1-T5-02
# Covers: 2131-4.4.1-T5-03 2131-4.4.1-T5-05 2131-4.4.1-T5-09 2131-4.4.1-T5-10
# Covers: 2131-4.4.1-T5-12 2131-2-01 5227-2.1.1-03
@lasts(13)
def test_conflict(lab):
    """The server is told, and asked for another one, not too soon."""
    lab.server()
    squat(lab)
    events = lab.events()
    client = lab.tenured("-f", "-v", "--broadcast", "eth0")
    decline = check_decline(lab)
    check_pause(lab, decline)
    assert client.find(f"another host uses {LEASED}")
    assert not events.added(LEASED)
    assert LEASED not in [arp.sender for arp in lab.wire.find_arp()]


# Covers: 2131-3.1-07 5227-2.1.1-03 5227-2.1.1-04
@lasts(9)
def test_conflict_late(lab):
    """Any word of another host counts, to the last moment: here its own probe."""
    lab.server()
    forge, events = lab.forge(), lab.events()
    lab.tenured("-f", "-v", "--acd=strict", "eth0")
    last = lab.wire.wait_arp("probe", count=3)
    time.sleep(max(0.0, last.at + 0.5 - time.monotonic()))
    forge.arp(1, "0.0.0.0", LEASED, sender_mac=OTHER_MAC)
    check_decline(lab)
    assert not events.added(LEASED)


# Covers: 2131-3.1-07
@lasts(4)
def test_conflict_of_an_optimist(lab):
    """What was used too early is taken away again."""
    lab.server()
    squat(lab)
    events = lab.events()
    lab.tenured("-f", "-v", "--acd=optimistic", "eth0")
    decline = check_decline(lab)
    added = events.wait_added(LEASED)
    assert added <= events.wait_deleted(LEASED) < decline.at + 5
    assert not announcements(lab) and not lab.kernel.addresses()
    eventually("no lease file", lambda: not lab.lease_files())


# Covers: 2131-3.2-01
@lasts(14)
def test_conflict_after_reboot(lab):
    """The lease of the last boot is somebody else's now."""
    lab.server(lease=3600)
    lab.bound().stop()
    lab.client.ip("address flush dev eth0")
    squat(lab)
    events, start = lab.events(), time.monotonic()
    lab.tenured("-f", "-v", "eth0")
    lab.wire.wait("INIT-REBOOT", since=start)
    check_pause(lab, check_decline(lab, since=start))
    assert not events.added(LEASED)


# ---- who is not another host -------------------------------------------------

def bridge(lab):
    """eth0 and eth1 of the client, on one switch with the server."""
    lab.add_link("eth1", "port1", "10.9.9.1/24")
    lab.add_link("eth2", "port2", "10.9.8.1/24")
    for command in ("link add switch type bridge", "address flush dev port1",
                    "link set port1 master switch", "link set port2 master switch",
                    "link set switch up", "address add 10.2.0.1/24 dev switch"):
        lab.here.ip(command)
    lab.client.ip("link set eth1 up")
    lab.client.ip("link set eth2 up")


# Covers: 5227-2.1.1-05
@lasts(4)
def test_own_other_interface(lab):
    """Linux answers for its addresses on all interfaces: not another host."""
    bridge(lab)
    lab.server(interface="switch", net="10.2.0", lease=3600)
    lab.bound(interface="eth1").stop()
    # From here on eth2 answers for the address of eth1.
    own, other = Wire("port1"), Wire("port2")
    client = lab.bound(interface="eth1")
    reply = other.wait_arp("reply")
    assert (reply.sender, reply.sender_mac) == ("10.2.0.10", lab.mac("eth2"))
    own.wait_arp("announcement", count=2)
    assert lab.kernel.address("eth1") == "10.2.0.10/24"
    assert not client.find("another host|DECLINE")


# Covers: 5227-2.1.1-05
def test_reflected_probes(lab):
    """A switch that sends everything back, as wireless ones do."""
    lab.server()
    forge = lab.forge()
    client = lab.tenured("-f", "-v", "eth0")
    for count in (1, 2, 3):
        arp = lab.wire.wait_arp("probe", count=count)
        forge.arp(1, arp.sender, arp.target, sender_mac=arp.sender_mac)
    client.wait_line("is ready")
    for count in (1, 2):
        arp = lab.wire.wait_arp("announcement", count=count)
        forge.arp(1, arp.sender, arp.target, sender_mac=arp.sender_mac)
    time.sleep(0.3)
    assert not client.find("another host") and lab.kernel.address() == f"{LEASED}/24"


# Covers: 5227-2.5-01 5227-2.6-01
@lasts(4)
def test_harmless_probes(lab):
    """Who looks for devices, twice or often, takes nobody's address."""
    lab.server()
    forge = lab.forge()
    client = lab.bound("--acd-defence=never")
    since = time.monotonic()
    for _ in range(4):
        assert forge.who_has(LEASED, sender="0.0.0.0") == lab.mac()
        assert forge.who_has(LEASED) == lab.mac()
        time.sleep(0.2)
    replies = lab.wire.find_arp("reply", since)
    assert len(replies) >= 8 and all(arp.eth_dst != "ff:ff:ff:ff:ff:ff" for arp in replies)
    assert lab.kernel.address() == f"{LEASED}/24" and not client.find("another host")


# ---- in use ------------------------------------------------------------------

# Covers: 5227-2.4-01 5227-2.4-02 5227-2.4-03 2131-4.4-03
@lasts(6)
def test_defence(lab):
    """Defended once; at the second claim within ten seconds it is given up."""
    lab.server()
    forge, events = lab.forge(), lab.events()
    client = lab.bound()
    lab.wire.wait_arp("announcement", count=2)
    start = time.monotonic()
    forge.arp(1, LEASED, "10.0.0.1", sender_mac=OTHER_MAC)
    defence = lab.wire.wait_arp("announcement", since=start)
    assert defence.target == LEASED
    time.sleep(0.5)
    assert len(announcements(lab, start)) == 1 and not lab.wire.find("DECLINE")
    claim(forge)
    decline = check_decline(lab)
    assert events.wait_deleted(LEASED) < decline.at + 5
    client.wait_line("BOUND -> INIT")
    assert len(announcements(lab, start)) == 1


# Covers: 5227-2.4-01
def test_no_defence(lab):
    """--acd-defence=never: at the first claim."""
    lab.server()
    forge = lab.forge()
    lab.bound("--acd-defence=never")
    claim(forge)
    check_decline(lab)
    eventually("no address", lambda: not lab.kernel.addresses())


# Covers: 5227-2.4-04
@lasts(6)
def test_defence_for_ever(lab):
    """--acd-defence=always: one announcement in ten seconds, however many claim."""
    lab.server()
    forge = lab.forge()
    client = lab.bound("--acd-defence=always")
    lab.wire.wait_arp("announcement", count=2)
    start = time.monotonic()
    while time.monotonic() < start + 3:
        claim(forge)
        time.sleep(0.02)
    client.wait_line("claimed")
    lab.wire.wait_arp("announcement", since=start)
    assert len(announcements(lab, start)) == 1 and len(client.find("claimed")) == 1
    assert lab.kernel.address() == f"{LEASED}/24" and not lab.wire.find("DECLINE")


# Covers: 5227-2.1-02
@lasts(6)
def test_carrier_back(lab):
    """Kept, confirmed, and probed again."""
    lab.server(lease=3600)
    events = lab.events()
    lab.bound()
    lab.wire.wait_arp("announcement", count=2)
    lab.carrier(False)
    time.sleep(0.5)
    back = time.monotonic() + 1.2
    lab.carrier(True)
    lab.wire.wait_arp("probe", since=back - 0.2, count=3)
    lab.wire.wait("INIT-REBOOT", since=back - 0.2)
    assert not events.deleted(LEASED)


# Covers: 5227-2.1-02
@lasts(20)
def test_carrier_back_strict(lab):
    """Not used before it is probed again."""
    lab.server(lease=3600)
    events = lab.events()
    client = lab.tenured("-f", "-v", "--acd=strict", "eth0")
    client.wait_line("is ready")
    # A busy machine may tell of it later than the daemon does.
    events.wait_added(LEASED)
    lost = time.monotonic()
    lab.carrier(False)
    events.wait_deleted(LEASED, since=lost)
    lab.carrier(True)
    added = events.wait_added(LEASED, since=lost)
    # A link that comes up may do so twice: then it was probed anew.
    probes = lab.wire.find_arp("probe", since=lost)
    assert len(probes) >= 3 and 2 - EARLY_S <= added - probes[-1].at < 8
    assert lab.lease_files()


# ---- quiet -------------------------------------------------------------------

@lasts(10)
def test_noise_of_others(lab):
    """Whatever ARP there is about others, it wakes nobody."""
    lab.server(lease=3600)
    forge = lab.forge()
    client = lab.bound()
    pid, = lab.daemons()
    before = lab.asleep(pid)
    for n in range(200):
        other = f"10.0.0.{60 + n % 100}"
        forge.arp(1, other, LEASED, sender_mac=OTHER_MAC)
        forge.arp(1, other, "10.0.0.1", sender_mac=OTHER_MAC)
        forge.arp(2, other, "10.0.0.1", sender_mac=OTHER_MAC)
        forge.arp(1, "0.0.0.0", other, sender_mac=OTHER_MAC)
        forge.arp(1, other, other, sender_mac=OTHER_MAC)
    time.sleep(0.5)
    assert switches(pid) == before
    # The ear is open all the same.
    claim(forge)
    client.wait_line(f"another host claimed {LEASED}")
