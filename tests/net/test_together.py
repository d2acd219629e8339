# SPDX-License-Identifier: BSD-2-Clause
"""Where two features meet: hooks, starts that end, links that go, addresses kept."""

import os
import re
import signal
import time
from pathlib import Path

from lab import eventually, lasts
from lab.netlink import LINKS, NetlinkSocket
from lab.system import opened

STORE = Path("/var/lib/tenured")
RESOLV = Path("/run/tenured-resolv")


def mtu(lab, interface):
    shown = lab.client.run("ip", "-o", "link", "show", "dev", interface).stdout
    return int(re.search(r" mtu (\d+) ", shown)[1])


# ---- starts ------------------------------------------------------------------

@lasts(10)
def test_start_confirmed_by_the_router(lab):
    """No server, but the router of the lease that the kernel still has: that is a start."""
    server = lab.server(lease=600)
    client = lab.bound()
    lab.wait_router()
    client.stop()
    server.stop()
    client = lab.tenured("-n", "--timeout", "20", "eth0")
    client.ends(0)
    assert "eth0: 10.0.0.10/24 from 10.0.0.1" in client.output


@lasts(8)
def test_start_confirmed_after_the_kernel(lab):
    """The same, with an answer that comes when the address is in use already."""
    answers = Path("/proc/sys/net/ipv4/conf/srv0/arp_ignore")
    server = lab.server(lease=600)
    client = lab.bound()
    lab.wait_router()
    client.stop()
    server.stop()
    answers.write_text("8\n")
    client = lab.tenured("-n", "-v", "--timeout", "600", "eth0")
    client.wait_line("eth0: 10.0.0.10 is ready")
    answers.write_text("0\n")
    # Whatever it has asked by then, it asks again.
    lab.carrier(False)
    lab.carrier(True)
    client.ends(0)


@lasts(14)
def test_start_that_is_strict(lab):
    """The address of before is in the kernel: withdrawn until it is checked, then a lease."""
    lab.server(lease=600)
    lab.bound("--acd=off").stop()
    assert lab.kernel.address() == "10.0.0.10/24"
    events = lab.events()
    client = lab.tenured("-n", "--acd=strict", *lab.telling_hook(), "eth0")
    assert events.wait_deleted("10.0.0.10") and not lab.kernel.addresses()
    client.ends(0)
    assert lab.kernel.address() == "10.0.0.10/24"
    assert [run["reason"] for run in lab.told()] == ["REBOOT"]


@lasts(5)
def test_start_without_ipv4(lab):
    """The network prefers IPv6: no lease, and the reason is told."""
    lab.server("--option", "108=0000012c")
    client = lab.tenured("-n", "--timeout", "6", "--ipv6-only", "eth0")
    client.ends(2)
    assert "eth0: still waiting: the network prefers IPv6 alone" in client.output


@lasts(10)
def test_start_that_fails_undoes_the_mtu(lab):
    """-n: one interface is leased, the other is not; nothing stays of the first."""
    lab.add_link("eth1", "srv1", "10.1.0.1/24")
    lab.server("--option", "26=0578")
    client = lab.tenured("-n", "--timeout", "8", "--mtu", "eth0", "eth1")
    eventually("the MTU", lambda: mtu(lab, "eth0") == 1400)
    client.ends(2)
    assert mtu(lab, "eth0") == 1500 and not lab.kernel.addresses()


@lasts(10)
def test_start_that_fails_is_told(lab):
    """Hooks that were told of a lease or of parameters are told that there are none."""
    lab.add_link("eth1", "srv1", "10.1.0.1/24")
    lab.server()
    client = lab.tenured("-n", "--timeout", "8", "--no-configure", *lab.telling_hook(),
                         "eth0", "eth1")
    lab.wait_told("BOUND")
    client.ends(2)
    assert lab.wait_told("STOP")["old_ip_address"] == "10.0.0.10"


@lasts(3)
def test_start_with_parameters_alone(lab):
    """Hooks are told of what an INFORM brought, before -q ends, and of its end."""
    lab.plug_in()
    lab.client.ip("address add 10.0.0.7/24 dev eth0")
    lab.server("--dns", "10.0.0.53")
    hooks = lab.telling_hook()
    lab.tenured("-q", "--inform=10.0.0.7", *hooks, "eth0").ends(0)
    told = lab.told("INFORM")[0]
    assert told["new_domain_name_servers"] == "10.0.0.53" and "new_ip_address" not in told
    client = lab.tenured("-f", "-v", "--inform=10.0.0.7", *hooks, "eth0")
    lab.wait_told("INFORM", 2)
    client.send(signal.SIGUSR2)
    stopped = lab.wait_told("STOP")
    assert stopped["old_domain_name_servers"] == "10.0.0.53"
    assert not [name for name in stopped if name.startswith("new_")]
    assert lab.kernel.address() == "10.0.0.7/24"


# ---- links -------------------------------------------------------------------

@lasts(8)
def test_returns_cost_nothing(lab):
    """An interface that comes and goes leaves no descriptors behind."""
    client = lab.tenured("-f", "-v", "eth0")
    client.wait_line("eth0: asking for an address")
    most = None
    for _ in range(4):
        since = time.monotonic()
        lab.client.ip("link delete eth0")
        client.wait_line("eth0: the interface was removed", since=since)
        lab.add_link()
        client.wait_line("eth0: asking for an address", since=since)
        most = most or len(opened(client.pid))
        # One or the other is open for a moment.
        eventually("no more descriptors", lambda: len(opened(client.pid)) <= most)


def back_again(lab, client):
    """The interface goes and returns; when it went."""
    lab.client.ip("link delete eth0")
    at, _ = client.wait_line("eth0: the interface was removed")
    lab.add_link()
    lab.wire.__init__("srv0")
    client.wait_line("eth0: the interface is back", since=at)
    return at


@lasts(16)
def test_returns_from_anywhere(lab):
    """Whatever was listened for when the interface went, nothing of it is left."""
    everything = ["--fallback=link-local-always", "--ipv6-only", "--force-renew"]
    lab.server(lease=600)
    client = lab.bound(*everything)
    client.wait_line("fallback address .* is ready")
    at = back_again(lab, client)
    lab.server("--option", "108=0000012c")
    at, _ = client.wait_line("prefers IPv6 alone", since=at)
    at = back_again(lab, client)
    server = lab.server(lease=600)
    client.wait_line("-> PROBING", since=at)
    at = back_again(lab, client)
    client.wait_line("DISCOVER sent", since=at)
    client.stop()
    server.stop()


def test_returns_behind_the_news(lab):
    """One that came back and went before the daemon read of it is not taken for the next."""
    client = lab.tenured("-f", "-v", "eth0")
    client.wait_line("eth0: DISCOVER sent")
    client.send(signal.SIGSTOP)
    for _ in range(3):
        lab.client.ip("link delete eth0")
        lab.add_link()
    since = time.monotonic()
    client.send(signal.SIGCONT)
    client.wait_line("eth0: DISCOVER sent", since=since)
    assert len(client.find("the interface was removed")) == 1
    assert len(client.find("the interface is back")) == 1
    assert not client.find("cannot set it up")


def test_returns_among_lost_news(lab):
    """A list of all links shows the new one before it tells that the old one is not there."""
    client = lab.tenured("-f", "-v", "eth0")
    client.wait_line("eth0: DISCOVER sent")
    links = NetlinkSocket(client.pid, LINKS)
    links.set_buffer(1)
    client.send(signal.SIGSTOP)
    for _ in range(3):
        lab.client.ip("link delete eth0")
        lab.add_link()
    assert links.lost()
    client.send(signal.SIGCONT)
    client.wait_line("eth0: the interface is back")
    assert len(client.find("the interface was removed")) == 1
    assert not client.find("it has appeared")


@lasts(6)
def test_index_given_away(lab):
    """An interface returns by the index that another one had, which is still gone."""
    lab.add_link("eth1", "srv1", "10.1.0.1/24")
    client = lab.tenured("-f", "-v", "eth0", "eth1")
    client.wait_line("eth1: DISCOVER sent")
    first, second = map(lab.kernel.link_index, ("eth0", "eth1"))
    for back, peer, index in ("eth0", "srv0", second), ("eth1", "srv1", first):
        since = time.monotonic()
        for interface in "eth0", "eth1":
            lab.client.ip(f"link delete {interface}", check=False)
        client.wait_line(f"{back}: the interface was removed")
        lab.client.ip(f"link add {back} index {index} type veth peer name {peer} "
                      f"netns {os.getpid()}")
        lab.here.ip(f"address add 10.2.0.1/24 dev {peer}")
        lab.here.ip(f"link set {peer} up")
        server = lab.server(interface=peer, net="10.2.0")
        assert lab.kernel.link_index(back) == index
        client.wait_line(f"{back}: the interface is back", since=since)
        client.wait_line(rf"{back}: 10\.2\.0\.\d+ is ready", since=since)
        server.stop()


@lasts(4)
def test_named_as_hooks_want_it(lab):
    """A name that hooks cannot be told; then one that they can."""
    lab.client.ip("link set eth0 name a+b")
    lab.server()
    client = lab.tenured("-f", "-v", *lab.telling_hook(), "a+b")
    client.wait_line(r"a\+b: no hooks are run for an interface of this name")
    client.wait_line(r"a\+b: .* is ready")
    lab.client.ip("link set a+b name eth0")
    client.wait_line("the interface is called eth0 now")
    assert lab.wait_told("REBOOT")["interface"] == "eth0"
    client.send(signal.SIGUSR1)
    assert lab.wait_told("RENEW")["new_ip_address"] == "10.0.0.10"


@lasts(9)
def test_renamed_with_all_it_has(lab):
    """Files of the lease and of the fallback, and the resolver, follow the name."""
    resolv = lab.own_etc()
    lab.server("--dns", "10.0.0.53", lease=600)
    options = ["--fallback=link-local-always", *lab.shipped_hook("resolv")]
    client = lab.bound(*options)
    client.wait_line("fallback address .* is ready")
    lab.client.ip("link set eth0 name lan0")
    client.wait_line("the interface is called lan0 now")
    eventually("hooks are told", lambda: list(RESOLV.rglob("*.lan0"))
               and not list(RESOLV.rglob("*.eth0")))
    client.stop(signal.SIGKILL)
    before = [info["local"] for info in lab.kernel.addresses("lan0")]
    assert len(before) == 2
    events, since = lab.events(), time.monotonic()
    client = lab.bound(*options, interface="lan0")
    client.wait_line("fallback address .* is ready")
    # Its probes come besides; before one that is new they would have passed by now.
    assert not [arp for arp in lab.wire.find_arp("announcement", since)
                if arp.target.startswith("169.254.")], "it was looked at anew"
    assert not any(map(events.deleted, before)) and len(lab.kernel.addresses("lan0")) == 2
    assert "nameserver 10.0.0.53" in resolv.read_text()
    assert {path.name.split(".")[0] for path in STORE.iterdir()} == {"lan0"}
    client.send(signal.SIGUSR2)
    eventually("no lease's servers", lambda: "10.0.0.53" not in resolv.read_text())


@lasts(5)
def test_removed_while_a_hook_runs(lab):
    """What the hook set up by then is undone by the next one."""
    told = lab.telling_hook()
    lab.hook("20-slow", "sleep 1")
    lab.server()
    client = lab.tenured("-f", "-v", *told, "eth0")
    lab.wait_told("BOUND")
    lab.client.ip("link delete eth0")
    client.wait_line("eth0: the interface was removed")
    stopped = lab.wait_told("STOP")
    assert stopped["old_ip_address"] == "10.0.0.10" and "new_ip_address" not in stopped
    client.stop()


def test_lock_that_is_another_file(lab):
    """The directory is the daemon's user's: root gives away no file that is linked there."""
    lab.need_users()
    client = lab.tenured("-f", "-v", "eth0")
    client.wait_line("DISCOVER sent")
    client.stop()
    precious = lab.dir / "precious"
    precious.write_text("root's\n")
    lock, = Path("/run/tenured").glob(f"lock-*-{lab.kernel.link_index()}")
    lock.unlink()
    os.link(precious, lock)
    client = lab.tenured("-f", "-v", "eth0")
    client.ends(77)
    assert precious.stat().st_uid == 0 and "cannot lock the interface" in client.output


# ---- commands in unusual states ------------------------------------------------

@lasts(6)
def test_networks_named_in_vain(lab):
    """A network may be named whatever the interface is at."""
    lab.need_ctl()
    lab.server(lease=600)
    client = lab.bound()
    lab.ctl("network", "eth0", "home")
    lab.ctl("stop", "eth0")
    for name in ("cafe", "home", "home"):
        lab.ctl("network", "eth0", name)
    lab.client.ip("link delete eth0")
    client.wait_line("eth0: the interface was removed")
    for name in ("cafe", "home"):
        lab.ctl("network", "eth0", name)
    assert "removed" in lab.ctl("renew", "eth0", check=False).stdout
    for number in (signal.SIGUSR1, signal.SIGUSR2):
        client.send(number)
    time.sleep(0.3)
    lab.ctl("status", "eth0")
    client.stop()


@lasts(4)
def test_signals_without_ipv4(lab):
    """SIGUSR1 asks again where the network does without IPv4; SIGUSR2 stops."""
    lab.need_ctl()
    lab.server("--option", "108=0000012c")
    client = lab.tenured("-f", "-v", "--ipv6-only", "eth0")
    client.wait_line("prefers IPv6 alone")
    assert "V6ONLY-WAIT" in lab.ctl("status", "eth0").stdout
    since = time.monotonic()
    client.send(signal.SIGUSR1)
    client.wait_line("DISCOVER sent", since=since)
    client.wait_line("prefers IPv6 alone", since=since)
    client.send(signal.SIGUSR2)
    client.wait_line("V6ONLY-WAIT -> STOPPED")
    client.stop()


@lasts(30)
def test_fallback_not_wanted_any_more(lab):
    """A crash left it behind; who comes next and has none takes it away."""
    lab.plug_in()
    client = lab.tenured("-f", "-v", "--fallback=192.0.2.7/24,192.0.2.1", "eth0")
    client.wait_line("fallback address 192.0.2.7 is ready")
    client.stop(signal.SIGKILL)
    assert lab.kernel.address() == "192.0.2.7/24"
    client = lab.tenured("-f", "-v", "eth0")
    eventually("nothing left", lambda: not lab.kernel.addresses() and not lab.kernel.routes())
    client.stop()
