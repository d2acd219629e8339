# SPDX-License-Identifier: BSD-2-Clause
"""What becomes of a link: its MTU, its name, its end and its return."""

import fcntl
import os
import re
import select
import signal
import struct
import time
from pathlib import Path

from lab import Skip, eventually, lasts
from lab.forge import reply
from lab.netlink import LINKS, NetlinkSocket
from lab.system import PATIENCE_S, libc, opened
from lab.wire import Message

CLONE_NEWNET = 0x40000000
TUNSETIFF = 0x400454ca
IFF_TUN = 0x0001
IFF_NO_PI = 0x1000


def mtu(lab, interface="eth0"):
    shown = lab.client.run("ip", "-o", "link", "show", "dev", interface).stdout
    return int(re.search(r" mtu (\d+) ", shown)[1])


def ipv6(lab, interface="eth0"):
    return "inet6" in lab.client.run("ip", "-o", "address", "show", "dev", interface).stdout


def set_ipv6(lab, on, interface="eth0"):
    path = f"/proc/sys/net/ipv6/conf/{interface}/disable_ipv6"
    if not os.path.exists("/proc/sys/net/ipv6"):
        raise Skip("this kernel has no IPv6")
    lab.client.run("sh", "-c", f"echo {0 if on else 1} > {path}")


def renew(lab, client):
    """One renewal, answered, and what the answer changes is changed."""
    lab.need_ctl()
    count = len(client.find("RENEWING -> BOUND"))
    client.send(signal.SIGUSR1)
    eventually("an ACK", lambda: len(client.find("RENEWING -> BOUND")) > count)
    lab.ctl("status")


def mtus(*values):
    """A script: each renewal's ACK has the next MTU, None for none."""
    return "".join(f"on request-renewing {at} no-option 26\n" if value is None else
                   f"on request-renewing {at} option 26={value:04x}\n"
                   for at, value in enumerate(values, 1))


# ---- MTU --------------------------------------------------------------------

def test_mtu_only_by_choice(lab):
    """Neither asked for nor set, unless told so."""
    lab.server("--option", "26=0578")
    lab.bound()
    time.sleep(0.3)
    assert mtu(lab) == 1500
    assert all(26 not in m.options[55] for m in lab.wire.find())


# Covers: DF-mtu-03
@lasts(5)
def test_mtu(lab):
    """Set once, kept by renewals and without carrier, and the former one returns."""
    lab.server("--option", "26=0578", script=mtus(1400, 1450, None, 1400))
    client = lab.bound("--mtu")
    assert all(26 in m.options[55] for m in lab.wire.find())
    eventually("the MTU", lambda: mtu(lab) == 1400)
    renew(lab, client)
    assert mtu(lab) == 1400 and len(client.find("the MTU is")) == 1
    renew(lab, client)
    assert mtu(lab) == 1450
    renew(lab, client)
    assert mtu(lab) == 1500, "an ACK without it ends it"
    renew(lab, client)
    assert mtu(lab) == 1400
    client.send(signal.SIGUSR2)
    lab.wire.wait("RELEASE")
    eventually("the former MTU", lambda: mtu(lab) == 1500)


# Covers: DF-mtu-03
@lasts(10)
def test_mtu_ends_with_the_lease(lab):
    server = lab.server("--option", "26=0578", lease=5)
    client = lab.bound("--mtu")
    eventually("the MTU", lambda: mtu(lab) == 1400)
    server.stop()
    client.wait_line("is gone: expired")
    eventually("the former MTU", lambda: mtu(lab) == 1500)


# Covers: DF-mtu-03
@lasts(4)
def test_mtu_outlives_the_daemon(lab):
    """Who ends keeps the lease and its MTU; the next one knows the former one."""
    lab.server("--option", "26=0578")
    client = lab.bound("--mtu")
    eventually("the MTU", lambda: mtu(lab) == 1400)
    eventually("a lease file", lab.lease_files)
    client.stop(signal.SIGKILL)
    assert mtu(lab) == 1400
    client = lab.bound("--mtu", "-R")
    lab.wire.wait("INIT-REBOOT")
    assert mtu(lab) == 1400 and not client.find("the MTU is")
    client.stop()
    assert mtu(lab) == 1500


def test_mtu_of_an_administrator(lab):
    """Who set another one since has it to the end."""
    lab.server("--option", "26=0578")
    client = lab.bound("--mtu", "-R")
    eventually("the MTU", lambda: mtu(lab) == 1400)
    lab.client.ip("link set eth0 mtu 1450")
    renew(lab, client)
    client.stop()
    assert mtu(lab) == 1450


def test_mtu_of_a_failed_start(lab):
    """-n leaves nothing: an address without its REQUEST's ACK has no MTU either."""
    lab.server("--option", "26=0578", script="on request silence\n")
    lab.tenured("--mtu", "-n", "--timeout", "2", "eth0").ends(2)
    assert mtu(lab) == 1500


# Covers: DF-mtu-01
@lasts(5)
def test_mtu_floor(lab):
    set_ipv6(lab, False)
    lab.server("--option", "26=0000", script=mtus(67, 68, 575, 576))
    client = lab.bound("--mtu")
    for _ in range(3):
        renew(lab, client)
        assert mtu(lab) == 1500
    renew(lab, client)
    assert mtu(lab) == 576


# Covers: DF-mtu-01
def test_mtu_lower_floor(lab):
    set_ipv6(lab, False)
    lab.server("--option", "26=0000", script=mtus(399, 400, 67))
    client = lab.bound("--mtu", "--mtu-min=400")
    renew(lab, client)
    assert mtu(lab) == 1500
    renew(lab, client)
    assert mtu(lab) == 400
    renew(lab, client)
    assert mtu(lab) == 1500


# Covers: DF-mtu-02
def test_mtu_that_would_end_ipv6(lab):
    set_ipv6(lab, True)
    lab.plug_in()
    eventually("an IPv6 address", lambda: ipv6(lab))
    lab.server("--option", "26=03e8", script=mtus(1279, 1280))
    client = lab.bound("--mtu")
    client.wait_line("eth0: an MTU of 1000 would end IPv6")
    renew(lab, client)
    assert mtu(lab) == 1500 and ipv6(lab)
    renew(lab, client)
    assert mtu(lab) == 1280 and ipv6(lab)


# Covers: DF-mtu-03
def test_mtu_refused(lab):
    """A device that cannot: bound all the same, and it is said once."""
    lab.plug_in()
    if lab.client.ip("link add link eth0 name mv0 type macvlan", check=False).returncode:
        raise Skip("this kernel has no macvlan")
    lab.server("--option", "26=2328")
    client = lab.bound("--mtu", interface="mv0")
    client.wait_line("mv0: the kernel refuses an MTU of 9000")
    assert lab.kernel.address("mv0") == "10.0.0.10/24" and mtu(lab, "mv0") == 1500
    renew(lab, client)
    assert len(client.find("refuses an MTU")) == 1
    client.send(signal.SIGUSR2)
    lab.wire.wait("RELEASE")
    time.sleep(0.2)
    assert mtu(lab, "mv0") == 1500


@lasts(14)
def test_mtu_change_is_no_flap(lab):
    """A device that resets itself for its MTU loses its carrier: no loop."""
    lab.server("--option", "26=0578")
    client = lab.bound("--mtu")
    client.wait_line("the MTU is 1400")
    start = time.monotonic()
    lab.carrier(False, at_once=True)
    time.sleep(1.5)
    lab.carrier(True, at_once=True)
    time.sleep(2)
    assert not lab.wire.find(since=start) and mtu(lab) == 1400
    assert not client.find("carrier lost", since=start)
    # Some seconds later it is the cable, and the MTU stays as it is.
    time.sleep(max(0, start + 5.5 - time.monotonic()))
    start = time.monotonic()
    lab.carrier(False)
    client.wait_line("carrier lost", since=start)
    assert mtu(lab) == 1400
    lab.carrier(True)
    lab.wire.wait("INIT-REBOOT", since=start)
    assert mtu(lab) == 1400 and len(client.find("the MTU is")) == 1


@lasts(12)
def test_carrier_that_stays_away_after_an_mtu_change(lab):
    """Excused for five seconds, and not for ever."""
    lab.server("--option", "26=0578")
    client = lab.bound("--mtu")
    at, _ = client.wait_line("the MTU is 1400")
    lab.carrier(False, at_once=True)
    lost, _ = client.wait_line("eth0: carrier lost")
    assert 4 <= lost - at <= 10
    start = time.monotonic()
    lab.carrier(True)
    lab.wire.wait("INIT-REBOOT", since=start)


# ---- names ------------------------------------------------------------------

# Covers: DF-if-05
@lasts(4)
def test_renamed(lab):
    """Served on: logs, status and lease file have the new name, the wire the old id."""
    lab.need_ctl()
    lab.server(lease=60, t1=4)
    client = lab.bound()
    eventually("a lease file", lambda: [p.name for p in lab.lease_files()] == ["eth0.lease"])
    lab.client.ip("link set eth0 name lan0")
    client.wait_line("eth0: the interface is called lan0 now")
    start = time.monotonic()
    eventually("the lease file", lambda: [p.name for p in lab.lease_files()] == ["lan0.lease"])
    lab.wire.wait("RENEWING", since=start)
    client.wait_line("lan0: (confirmed|renewed) 10.0.0.10/24", since=start)
    assert "lan0" in lab.ctl("status").stdout and "BOUND" in lab.ctl("status", "lan0").stdout
    assert lab.ctl("status", "eth0", check=False).returncode != 0
    assert lab.kernel.address("lan0") == "10.0.0.10/24"
    lab.ctl("renew", "lan0")
    lab.ctl("release", "lan0")
    lab.wire.wait("RELEASE")
    eventually("no lease file", lambda: not lab.lease_files())


# Covers: DF-if-05
@lasts(4)
def test_names_exchanged(lab):
    """Each lease file follows its interface."""
    lab.add_link("eth1", "srv1", "10.1.0.1/24")
    lab.server()
    lab.server(interface="srv1", net="10.1.0")
    client = lab.tenured("-f", "-v", "eth0", "eth1")
    for name in ("eth0", "eth1"):
        client.wait_line(f"{name}: .* is ready")
    eventually("lease files", lambda: len(lab.lease_files()) == 2)
    for before, after in (("eth0", "other"), ("eth1", "eth0"), ("other", "eth1")):
        lab.client.ip(f"link set {before} name {after}")

    def contents():
        return {path.name: re.search(r"^address (\S+)", path.read_text(), re.M)[1]
                for path in lab.lease_files()}

    eventually("their files", lambda: contents() == {
        "eth1.lease": "10.0.0.10", "eth0.lease": "10.1.0.10"})


# Covers: DF-if-05
@lasts(4)
def test_names_exchanged_unheard(lab):
    """So do all its files, where the names are told after the fact: one has two for a while."""
    lab.add_link("eth1", "srv1", "10.1.0.1/24")
    lab.server()
    lab.server(interface="srv1", net="10.1.0")
    client = lab.tenured("-f", "-v", "--server-pin=learn", "eth0", "eth1")
    for name in ("eth0", "eth1"):
        client.wait_line(f"{name}: .* is ready")

    def servers():
        return {path.name: re.search(r"10\.[01]\.0\.1\b", path.read_text())[0]
                for path in Path("/var/lib/tenured").rglob("*.servers")}

    eventually("their files", lambda: servers() == {
        "eth0.servers": "10.0.0.1", "eth1.servers": "10.1.0.1"})
    pid, = lab.daemons()
    links = NetlinkSocket(pid, LINKS)
    os.kill(pid, signal.SIGSTOP)
    links.set_buffer(1)
    while not links.lost():
        for mtu in (1500, 1600):
            lab.client.ip(f"link set lo mtu {mtu}")
    for before, after in (("eth0", "other"), ("eth1", "eth0"), ("other", "eth1")):
        lab.client.ip(f"link set {before} name {after}")
    links.set_buffer(1 << 20)
    os.kill(pid, signal.SIGCONT)
    for before, after in (("eth0", "eth1"), ("eth1", "eth0")):
        client.wait_line(f"{before}: the interface is called {after} now")
    assert servers() == {"eth1.servers": "10.0.0.1", "eth0.servers": "10.1.0.1"}


# ---- the end and the return -----------------------------------------------------

def cut_off(lab, interface="eth0", peer="srv0"):
    """The interface is removed, its other end with it."""
    lab.here.ip(f"link del {peer}")


def sockets(pid):
    """What a process has open, by kind."""
    return sorted(re.sub(r"\d+", "N", what) for what in opened(pid) if "lock-" not in what)


STATES = {
    "SELECTING": "on discover silence\n",
    "REQUESTING": "on request silence\n",
    "BOUND": "",
    "RENEWING": "on request-renewing silence\n",
    "REBINDING": "on request-renewing silence\non request-rebinding silence\n",
}


# Covers: DF-if-06
@lasts(25)
def test_removed_in_each_state(lab):
    """Nothing is left over, nobody else is troubled, and the next one is served."""
    lab.need_ctl()
    lab.add_link("eth1", "srv1", "10.1.0.1/24")
    lab.server(interface="srv1", net="10.1.0", lease=3600)
    other = None
    client = lab.tenured("-f", "-v", "eth0", "eth1")
    client.wait_line("eth1: .* is ready")
    for state, script in STATES.items():
        server = lab.server(lease=120, t1=1, t2=3, script=script)
        if state == "BOUND":
            server.stop()
            server = lab.server()
        client.wait_line(f"eth0: .*-> {state}$", since=other or 0.0)
        start = time.monotonic()
        cut_off(lab)
        client.wait_line("eth0: the interface was removed", since=start)
        assert "STOPPED" in lab.ctl("status", "eth0").stdout
        assert "BOUND" in lab.ctl("status", "eth1").stdout
        assert lab.ctl("renew", "eth0", check=False).returncode != 0
        server.stop()
        other = time.monotonic()
        lab.add_link()
        client.wait_line("eth0: the interface is back", since=other)
    assert lab.kernel.address("eth1") == "10.1.0.10/24"
    server = lab.server()
    client.wait_line("eth0: .* is ready", since=other)
    assert lab.kernel.address() == "10.0.0.10/24"
    lab.ctl("renew", "eth0")
    lab.ctl("renew", "eth1")


# Covers: DF-if-06
@lasts(8)
def test_return_under_its_name(lab):
    """Another index, another hardware address; the lease of before is asked for."""
    lab.need_ctl()
    lab.server()
    client = lab.bound()
    eventually("a lease file", lab.lease_files)
    lab.asleep(client.pid)
    before = sockets(client.pid)
    index = lab.kernel.link_index()
    cut_off(lab)
    at, _ = client.wait_line("eth0: 10.0.0.10 is gone: interface removed")
    assert lab.lease_files()
    lab.add_link()
    lab.wire.__init__("srv0")
    lab.server()
    client.wait_line("eth0: 10.0.0.1\\d is ready", since=at)
    assert lab.kernel.link_index() != index and lab.kernel.address().startswith("10.0.0.1")
    lab.ctl("renew", "eth0")
    eventually("as few sockets as before", lambda: sockets(client.pid) == before)


def test_return_of_a_lease_that_was_being_moved(lab):
    """What a return to a known network left half done is put right within the sandbox."""
    lab.server()
    client = lab.bound()
    eventually("a lease file", lab.lease_files)
    cut_off(lab)
    client.wait_line("eth0: the interface was removed")
    stored = lab.lease_files()[0]
    os.rename(stored, f"{stored}.moved")
    lab.add_link()
    client.wait_line("eth0: the interface is back")
    eventually("the lease is where it was", stored.exists)


# Covers: DF-if-06
def test_other_interface_of_that_name(lab):
    """What is renamed to the name that is waited for is served, too."""
    lab.add_link("spare", "srv1", "10.1.0.1/24")
    lab.server()
    lab.server(interface="srv1", net="10.1.0")
    client = lab.bound()
    cut_off(lab)
    client.wait_line("eth0: the interface was removed")
    lab.client.ip("link set spare name eth0")
    client.wait_line("eth0: 10.1.0.10 is ready")


# Covers: DF-if-06
@lasts(4)
def test_removed_before_a_lease(lab):
    """Who waits for a lease only so long (-n), or for it alone (-q), gets a truthful end."""
    for how in ("-n", "-q"):
        client = lab.tenured(how, "-f", "-v", "eth0")
        client.wait_line("eth0: DISCOVER sent")
        cut_off(lab)
        client.ends(69)
        assert "eth0: the interface was removed before it had a lease" in client.output
        lab.add_link()


def test_removed_while_stopped(lab):
    lab.need_ctl()
    lab.server()
    client = lab.bound()
    lab.ctl("stop", "eth0")
    cut_off(lab)
    client.wait_line("eth0: 10.0.0.10 is gone: interface removed")
    client.stop()


# ---- ports and namespaces ------------------------------------------------------

def join(lab, kind):
    """eth0 becomes a port; a bond takes only what is down."""
    if lab.client.ip(f"link add m0 type {kind}", check=False).returncode:
        raise Skip(f"this kernel has no links of type {kind}")
    lab.client.ip("link set m0 up")
    if kind == "bond":
        lab.client.ip("link set eth0 down")
    lab.client.ip("link set eth0 master m0")


# Covers: DF-if-06
@lasts(5)
def test_port(lab):
    """Of a bridge: stopped, with the reason; when it leaves, it begins again."""
    lab.need_ctl()
    lab.server()
    client = lab.bound()
    eventually("a lease file", lab.lease_files)
    lab.client.ip("address add 10.0.0.200/24 dev eth0")
    join(lab, "bridge")
    client.wait_line("eth0: it is a port of m0, which takes all")
    eventually("the other address alone", lambda: lab.kernel.has_only("10.0.0.200/24"))
    shown = lab.ctl("status", "eth0").stdout
    assert "STOPPED" in shown and re.search(r"port of +m0", shown), shown
    assert lab.lease_files() and not lab.wire.find("RELEASE")
    at = time.monotonic()
    lab.client.ip("link set eth0 down")
    lab.client.ip("link set eth0 up")
    time.sleep(1.2)
    assert not lab.wire.find(since=at)
    lab.client.ip("link set eth0 nomaster")
    lab.wire.wait("INIT-REBOOT", since=at)
    client.wait_line("eth0: 10.0.0.10 is ready", since=at)
    assert len(lab.kernel.addresses()) == 2
    assert "port of" not in lab.ctl("status", "eth0").stdout


@lasts(5)
def test_port_of_a_bond(lab):
    lab.server()
    client = lab.bound()
    join(lab, "bond")
    client.wait_line("eth0: it is a port of m0")
    eventually("no address", lambda: not lab.kernel.addresses())
    at = time.monotonic()
    lab.client.ip("link set eth0 nomaster")
    lab.client.ip("link set eth0 up")
    client.wait_line("eth0: 10.0.0.10 is ready", since=at)


def test_port_at_the_start(lab):
    """It is waited for."""
    lab.server()
    lab.plug_in()
    join(lab, "bridge")
    client = lab.tenured("-f", "-v", "eth0")
    client.wait_line("eth0: it is a port of m0")
    time.sleep(0.5)
    assert not lab.wire.find()
    lab.client.ip("link set eth0 nomaster")
    client.wait_line("eth0: 10.0.0.10 is ready")


# Covers: DF-if-06
@lasts(4)
def test_moved_to_another_namespace(lab):
    """As removed; and back, as returned: the lease of before is asked for."""
    lab.server()
    client = lab.bound()
    eventually("a lease file", lab.lease_files)
    lab.client.ip(f"link set eth0 netns {os.getpid()}")
    client.wait_line("eth0: the interface was removed")
    at = time.monotonic()
    lab.here.ip(f"link set eth0 netns {lab.client.pid}")
    client.wait_line("eth0: the interface is back", since=at)
    lab.wire.wait("INIT-REBOOT", since=at)
    client.wait_line("eth0: 10.0.0.10 is ready", since=at)


# ---- links without a hardware address ---------------------------------------------

def open_tun(lab, name):
    """A tun device of the client's namespace; what is sent into it can be read."""
    mine = os.open("/proc/self/ns/net", os.O_RDONLY)
    theirs = os.open(f"/proc/{lab.client.pid}/ns/net", os.O_RDONLY)
    assert libc.setns(theirs, CLONE_NEWNET) == 0
    try:
        tun = os.open("/dev/net/tun", os.O_RDWR)
        fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TUN | IFF_NO_PI))
    except OSError as error:
        raise Skip(f"no tun devices here: {error}") from None
    finally:
        assert libc.setns(mine, CLONE_NEWNET) == 0
    return tun


def hear(tun, kind, timeout=PATIENCE_S):
    """The next DHCP message of a type out of a tun device."""
    deadline = time.monotonic() + timeout
    while select.select([tun], [], [], max(0, deadline - time.monotonic()))[0]:
        packet = os.read(tun, 4096)
        if packet[0] == 0x45 and packet[9] == 17 and packet[22:24] == b"\0\x43":
            message = Message(time.monotonic(), bytes(14) + packet, False)
            assert message.type == kind, message
            return message
    raise AssertionError(f"no {kind}")


def test_link_without_hardware_address(lab):
    """A tun device: no address of hardware, no ARP, and a lease all the same."""
    tun = open_tun(lab, "tun7")
    client = lab.tenured("-f", "-v", "tun7")
    for kind, answer in (("DISCOVER", "OFFER"), ("REQUEST", "ACK")):
        message = hear(tun, kind)
        assert message.hlen == 0 and not any(message.chaddr) and message.ip_src == "0.0.0.0"
        os.write(tun, reply(message, answer)[14:])
    client.wait_line("tun7: .* is ready")
    assert lab.kernel.address("tun7") == "10.0.0.10/24"
    client.send(signal.SIGUSR1)
    renewal = hear(tun, "REQUEST")
    assert renewal.ip_dst == "10.0.0.1" and renewal.ciaddr == "10.0.0.10"


# ---- INFORM --------------------------------------------------------------------

def set_address(lab, address="10.0.0.7/24"):
    lab.plug_in()
    lab.client.ip(f"address add {address} dev eth0")
    return lab.kernel.addresses(), lab.kernel.routes()


# Covers: 2131-4.4.3-01 2131-4.4.3-02
@lasts(4)
def test_inform(lab):
    """Parameters for an address by other means: nothing is set, nothing is kept."""
    lab.need_ctl()
    before = set_address(lab)
    lab.server("--option", "6=0a000035")
    client = lab.tenured("-f", "-v", "--inform=10.0.0.7", "eth0")
    client.wait_line("eth0: parameters from 10.0.0.1")
    inform = lab.wire.find()
    assert [m.type for m in inform] == ["INFORM"] and inform[0].ip_src == "10.0.0.7"
    assert inform[0].ciaddr == "10.0.0.7" and inform[0].broadcast
    assert not {51, 58, 59} & set(inform[0].options[55])
    shown = lab.ctl("status", "eth0").stdout
    assert "INFORMING" in shown and "10.0.0.7, by 10.0.0.1" in shown and "10.0.0.53" in shown
    assert (lab.kernel.addresses(), lab.kernel.routes()) == before
    client.send(signal.SIGUSR1)
    lab.wire.wait("INFORM", count=2)
    client.stop()
    assert (lab.kernel.addresses(), lab.kernel.routes()) == before and not lab.lease_files()


@lasts(4)
def test_inform_of_own_address(lab):
    """--inform=auto: the one that is there; with -q, until it is answered."""
    lab.server()
    client = lab.tenured("-q", "--inform=auto", "eth0")
    client.ends(78)
    assert "has no address to inform a server of" in client.output
    before = set_address(lab)
    client = lab.tenured("-q", "--inform=auto", "eth0")
    client.ends(0)
    assert "eth0: parameters from 10.0.0.1" in client.output
    assert (lab.kernel.addresses(), lab.kernel.routes()) == before


# Covers: 2131-4.4.3-03
@lasts(4)
def test_inform_server(lab):
    """The one that is named is asked by itself, by the kernel's own way."""
    set_address(lab)
    lab.server()
    client = lab.tenured("-f", "-v", "--inform=10.0.0.7", "--inform-server=10.0.0.1", "eth0")
    client.wait_line("eth0: parameters from 10.0.0.1")
    inform = lab.wire.find()[0]
    assert inform.ip_dst == "10.0.0.1" and inform.ip_src == "10.0.0.7" and inform.tos == 0xc0


@lasts(3)
def test_inform_in_time(lab):
    """-n: nobody answers, and that is told."""
    set_address(lab)
    lab.tenured("-n", "--timeout", "2", "--inform=10.0.0.7", "eth0").ends(2)


# ---- priority -----------------------------------------------------------------

@lasts(4)
def test_dscp(lab):
    """CS6 on whatever is sent (by the socket: test_inform_server); another one on demand."""
    lab.server(lease=60, t1=2, t2=50)
    client = lab.bound()
    lab.wire.wait("RENEWING")
    assert {m.tos for m in lab.wire.find()} == {0xc0}
    client.stop()
    lab.wire.forget()
    client = lab.bound("--dscp=0", "-R")
    client.stop()
    assert {m.tos for m in lab.wire.find()} == {0}
