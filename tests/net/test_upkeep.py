# SPDX-License-Identifier: BSD-2-Clause
"""Others at our addresses and routes: what comes back, how often, and what is theirs."""

import os
import re
import signal
import subprocess
import time

from lab import cpu_ns, eventually, lasts, smoke, switches, system
from lab.netlink import ADDRESSES_AND_ROUTES, LINKS, REQUESTS, NetlinkSocket


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


def limit_descriptors(client, most):
    """Of this process, by the user that it is: root need not be allowed to."""
    user, group = (int(re.search(rf"^{key}:\s+(\d+)", system.status(client.pid), re.M)[1])
                   for key in ("Uid", "Gid"))
    subprocess.run(["prlimit", "--pid", str(client.pid), f"--nofile={most}:"], check=True,
                   user=user, group=group)


@lasts(8)
def test_address_removed_without_descriptors(lab):
    """What cannot be looked at yet is looked at when it can be."""
    lab.server()
    client = lab.bound()
    settled(lab)
    eventually("a lease file", lab.lease_files)
    # What is open in passing is closed when it sleeps.
    lab.asleep(client.pid)
    taken = {int(fd) for fd in os.listdir(f"/proc/{client.pid}/fd")}
    limit_descriptors(client, min(set(range(len(taken) + 1)) - taken))
    take_address(lab)
    client.wait_line("addresses not listed: Too many open files")
    limit_descriptors(client, 64)
    client.wait_line("eth0: somebody removed 10.0.0.10")
    settled(lab)


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
    eventually("nothing", lambda: not lab.kernel.address() and not lab.kernel.routes()
               and not lab.lease_files())
    time.sleep(0.3)
    assert not lab.kernel.address()
    lab.ctl("start", "eth0")
    settled(lab)
    assert client.running


@lasts(8)
def test_removed_with_its_interface(lab):
    """The address went, but nobody took it: neither a release nor a removal."""
    lab.server()
    client = lab.bound("--address-removed=release")
    at = time.monotonic()
    for n in range(4):
        eventually("a lease file", lab.lease_files)
        if n % 2:
            lab.client.ip(f"link set eth0 netns {os.getpid()}")
            lab.here.ip(f"link set eth0 netns {lab.client.pid}")
        else:
            lab.client.ip("link del eth0")
            lab.add_link()
            lab.server()
        client.wait_line("eth0: 10.0.0.1[0-9] is ready", since=at)
        at = time.monotonic()
    assert len(client.find("the interface was removed")) == 4
    assert not client.find("somebody removed") and not client.find("RELEASE")


# Covers: DF-if-08
def test_removed_while_down(lab):
    """What went while the link was down is there when it is up; or was meant."""
    lab.need_ctl()
    lab.server()
    for what in ("restore", "release"):
        client = lab.bound(f"--address-removed={what}")
        settled(lab)
        lab.client.ip("link set eth0 down")
        eventually("it is told", lambda: "no carrier" in lab.ctl("status").stdout)
        take_address(lab)
        lab.client.ip("link set eth0 up")
        if what == "restore":
            settled(lab)
            client.stop()
        else:
            eventually("STOPPED", lambda: "STOPPED" in lab.ctl("status", "eth0").stdout)
            assert not lab.kernel.routes()


# ---- what others have ----------------------------------------------------------

def others(lab):
    """All that is not ours, of every table, with the order within a destination."""
    routes = [route for route in lab.kernel._ip("-4", "route", "show", "table", "all")
              if route.get("protocol") != "dhcp" and "10.0.0.10" not in str(route)]
    return routes, [info for info in lab.kernel.addresses() if info["local"] != "10.0.0.10"]


# Covers: DF-route-10
@lasts(10)
def test_others_are_left_alone(lab):
    """Whatever happens to the lease, an administrator's routes and addresses stay."""
    lab.need_ctl()
    lab.server(lease=60)
    lab.plug_in()
    for line in ("address add 10.0.0.200/24 dev eth0 noprefixroute",
                 "address add 10.0.0.201/24 dev eth0 noprefixroute",
                 "address add 10.9.0.1/16 dev eth0",
                 "route add default via 10.9.0.2 dev eth0 metric 5",
                 "route add 10.0.0.0/24 dev eth0 metric 7 proto static",
                 "route add 172.16.0.0/12 via 10.9.0.3 proto bird",
                 "route add 172.20.0.0/16 via 10.9.0.3 proto dhcp metric 9",
                 "route add blackhole 192.168.0.0/16",
                 "route add default via 10.9.0.2 table 77"):
        lab.client.ip(line)
    before = others(lab)
    dhcp = [route for route in lab.kernel.routes() if route["dst"] == "172.20.0.0/16"]
    client = lab.bound("-R")
    ours = lambda: [info for info in lab.kernel.addresses() if info["local"] == "10.0.0.10"]
    at = time.monotonic()

    def is_back():
        return ours() and len([route for route in lab.kernel.routes()
                               if route.get("prefsrc") == "10.0.0.10"]) == 2

    eventually("the lease", is_back)
    assert others(lab) == before
    lab.client.ip("address del 10.0.0.10/24 dev eth0")
    eventually("it is back", is_back)
    assert others(lab) == before
    lab.ctl("renew", "eth0")
    assert others(lab) == before
    lab.ctl("release", "eth0")
    eventually("nothing of ours", lambda: not ours())
    assert others(lab) == before
    lab.ctl("start", "eth0")
    eventually("the lease", is_back)
    lab.client.ip("address del 10.0.0.201/24 dev eth0")
    lab.client.ip("route del 172.16.0.0/12")
    time.sleep(0.3)
    client.stop()
    left = others(lab)
    assert not ours() and "10.0.0.201" not in str(left) and "172.16.0.0" not in str(left)
    lab.client.ip("address add 10.0.0.201/24 dev eth0 noprefixroute")
    lab.client.ip("route add 172.16.0.0/12 via 10.9.0.3 proto bird")
    assert sorted(map(str, others(lab)[0])) == sorted(map(str, before[0]))
    assert dhcp == [route for route in lab.kernel.routes() if route["dst"] == "172.20.0.0/16"]
    assert not client.find("somebody removed (?!10.0.0.10$)", since=at)


# Covers: DF-route-10
def test_route_replaced(lab):
    """Another's route in the place of ours is told, and not fought."""
    lab.need_ctl()
    lab.server()
    client = lab.bound("--metric=77")
    settled(lab)
    theirs = "default via 10.0.0.99 dev eth0 proto static metric 77"
    lab.client.ip(f"route replace {theirs}")
    client.wait_line("eth0: the route to 0.0.0.0/0 was replaced")
    time.sleep(0.3)
    assert lab.kernel.route("default")["gateway"] == "10.0.0.99"
    assert "0.0.0.0/0 is replaced" in lab.ctl("status", "eth0").stdout
    # The next answer puts ours behind it, where it waits for its turn.
    lab.ctl("renew", "eth0")

    def gateways():
        return [route["gateway"] for route in lab.kernel.routes() if route["dst"] == "default"]

    eventually("both", lambda: gateways() == ["10.0.0.99", "10.0.0.1"])
    assert "is replaced" not in lab.ctl("status", "eth0").stdout
    lab.client.ip(f"route del {theirs}")
    eventually("ours alone", lambda: gateways() == ["10.0.0.1"])
    time.sleep(0.3)
    assert gateways() == ["10.0.0.1"]
    assert not client.find("somebody removed") and len(client.find("was replaced")) == 1
    client.stop()


# ---- quiet and crowds ----------------------------------------------------------

def batch(lab, lines):
    """Many ip(8) commands by one process."""
    path = lab.dir / "batch"
    path.write_text("".join(f"{line}\n" for line in lines))
    lab.client.run("ip", "-batch", path)


def add_many(lab):
    """A link of others, for what they have."""
    lab.add_link("many0", "many1", "10.8.0.1/24")
    lab.client.ip("link set many0 up")


def crowd(verb, routes=9000, addresses=3000):
    """What a host with many containers and a routing daemon has."""
    for n in range(routes):
        yield f"route {verb} 44.{n // 256}.{n % 256}.0/24 dev many0 proto bird metric 32"
    for n in range(addresses):
        yield f"address {verb} 172.16.{n // 256}.{n % 256}/32 dev many0"


@lasts(15)
def test_others_wake_nobody(lab):
    """A routing daemon at work, and addresses that come, on our link, too."""
    lab.server(lease=3600)
    lab.bound()
    settled(lab)
    pid, = lab.daemons()
    add_many(lab)
    before = lab.asleep(pid)
    batch(lab, crowd("add", 500, 500))
    batch(lab, (f"route replace 44.0.{n}.0/24 dev many0 proto bird metric 32 mtu 1400"
                for n in range(200)))
    batch(lab, (f"address add 10.7.0.{n}/32 dev eth0" for n in range(100)))
    batch(lab, (f"address change 10.7.0.{n}/32 dev eth0 valid_lft 600 preferred_lft 600"
                for n in range(100)))
    batch(lab, crowd("del", 500, 500))
    time.sleep(0.3)
    assert switches(pid) == before
    take_address(lab)
    settled_beside(lab)


def settled_beside(lab):
    eventually("the address", lambda: any(info["local"] == "10.0.0.10"
                                          for info in lab.kernel.addresses()))


def lose_news(lab, pid, deed):
    """A deed that is no news: so much else happens while the process does not read."""
    news = NetlinkSocket(pid, ADDRESSES_AND_ROUTES)
    news.set_buffer(1)
    before = news.lost()
    os.kill(pid, signal.SIGSTOP)
    lines = [f"route {verb} 44.9.{n}.0/24 dev eth0 proto dhcp"
             for n in range(50) for verb in ("add", "del")]
    batch(lab, lines)
    assert news.lost() > before
    deed()
    os.kill(pid, signal.SIGCONT)


# Covers: DF-if-08
def test_news_are_lost(lab):
    """What was removed without a word is found out all the same."""
    lab.server()
    client = lab.bound()
    settled(lab)
    pid, = lab.daemons()
    lose_news(lab, pid, lambda: take_address(lab))
    client.wait_line("news of addresses and routes were lost")
    settled(lab)
    lose_news(lab, pid, lambda: lab.client.ip("route del default dev eth0"))
    settled(lab)
    # Without a loss nothing was removed.
    lose_news(lab, pid, lambda: lab.client.ip("address add 10.0.0.9/32 dev eth0"))
    time.sleep(0.3)
    assert len(client.find("somebody removed")) == 2


@lasts(12)
def test_crowded_host(lab):
    """3,000 addresses and 9,000 routes of others: as fast as ever, and as cheap."""
    add_many(lab)
    batch(lab, crowd("add"))
    lab.server(lease=3600)
    lab.plug_in()
    start = time.monotonic()
    client = lab.bound()
    assert time.monotonic() - start < 20
    pid, = lab.daemons()
    spent = cpu_ns(pid)
    assert spent < 1e9, f"{spent / 1e6:.0f} ms to a lease"
    for which in ("address del 10.0.0.10/24 dev eth0", "route del default dev eth0"):
        lab.client.ip(which)
        settled(lab)
    lose_news(lab, pid, lambda: take_address(lab))
    settled(lab)
    assert client.find("news of addresses and routes were lost")
    spent = cpu_ns(pid) - spent
    assert spent < 1e9, f"{spent / 1e6:.0f} ms to put back what was removed"


# ---- what the kernel refuses -----------------------------------------------------

@lasts(5)
def test_refused_by_the_kernel(lab):
    """A gateway that cannot be one: told, shown and tried; the lease is used."""
    lab.need_ctl()
    lab.server("--option", "3=0a0000ff", router=False,
               script="on request-renewing option 3=0a000001\n")
    client = lab.tenured("-f", "-v", "eth0")
    for _ in range(2):
        client.wait_line(r"eth0: route 0.0.0.0/0 via 10.0.0.255 .*: Invalid argument")
        client.wait_line("eth0: 10.0.0.10 is not configured yet; trying again")
        client.lines.clear()
    assert lab.kernel.address() == "10.0.0.10/24" and destinations(lab) == ["10.0.0.0/24"]
    shown = lab.ctl("status", "eth0").stdout
    assert "the kernel refused 10.0.0.10 or its routes: Invalid argument" in shown, shown
    assert "BOUND" in shown and "not configured yet" in shown
    client.send(signal.SIGUSR1)
    client.wait_line("eth0: 10.0.0.10 is ready")
    settled(lab)
    assert "the kernel refused" not in lab.ctl("status", "eth0").stdout


@lasts(8)
def test_answers_are_lost(lab):
    """The kernel's answers find no room: it is asked again, and the lease stays."""
    routes = [word for n in range(30) for word in ("--route", f"44.{n}.0.0/16,10.0.0.1")]
    lab.server(*routes, router=False)
    client = lab.bound()
    events = lab.events()
    pid, = lab.daemons()
    answers = NetlinkSocket(pid, REQUESTS)
    answers.set_buffer(1)
    start = time.monotonic()
    # Each route that is there already is an answer of its own.
    client.send(signal.SIGUSR1)
    client.wait_line("eth0: answer of the kernel: No buffer space available")
    client.wait_line("eth0: 10.0.0.10 is not configured yet", since=start)
    assert answers.lost() and len(lab.kernel.routes()) == 31
    answers.set_buffer(1 << 20)
    client.wait_line("eth0: 10.0.0.10 is ready", since=start)
    assert lab.kernel.address() == "10.0.0.10/24" and not events.deleted("10.0.0.10")


# ---- storms --------------------------------------------------------------------

FLAPS = 1000


def storm(lab, space, interface):
    """A thousand times down and up, as fast as can be.

    Returns how often the kernel may have told of the carrier meanwhile: once a
    second, which on a busy machine is more than twice.
    """
    path = lab.dir / "storm"
    path.write_text(f"link set {interface} down\nlink set {interface} up\n" * FLAPS)
    start = time.monotonic()
    space.run("ip", "-batch", path)
    return 2 + int(time.monotonic() - start)


def live_through(lab, space, interface):
    """Of a storm come two hooks, a few packets, and the lease stays."""
    lab.server(lease=600)
    client = lab.bound(*lab.telling_hook())
    lab.wait_told("BOUND")
    time.sleep(1.5)
    events = lab.events()
    hooks, start, spent = len(lab.told()), time.monotonic(), cpu_ns(client.pid)
    told = storm(lab, space, interface)
    client.wait_line("eth0: (leased|confirmed|renewed) 10.0.0.10", since=start)
    time.sleep(2)
    settled(lab)
    assert len(lab.wire.find(since=start)) <= 3 * told
    assert len(lab.told()) - hooks <= told, lab.told()[hooks:]
    assert not events.deleted("10.0.0.10") and not client.find("is gone", since=start)
    spent = cpu_ns(client.pid) - spent
    assert spent < 1e9, f"{spent / 1e6:.0f} ms"


# Covers: DF-if-02
@lasts(8)
def test_storm_of_flaps(lab):
    """A thousand flaps of the cable."""
    live_through(lab, lab.here, "srv0")


# Covers: DF-if-02
@lasts(8)
def test_storm_of_the_interface(lab):
    """Set down and up as often: its routes come back."""
    live_through(lab, lab.client, "eth0")


@lasts(8)
def test_storm_that_overflows(lab):
    """The same of the interface itself, more than fits; its routes come back."""
    lab.server(lease=600)
    client = lab.bound()
    pid, = lab.daemons()
    links = NetlinkSocket(pid, LINKS)
    links.set_buffer(1)
    time.sleep(1.5)
    start = time.monotonic()
    told = storm(lab, lab.client, "eth0")
    assert links.lost()
    client.wait_line("eth0: (leased|confirmed|renewed) 10.0.0.10", since=start)
    settled(lab)
    assert not client.find("is gone", since=start) and len(lab.wire.find(since=start)) <= 3 * told
    # It is heard again, too.
    links.set_buffer(1 << 20)
    start = time.monotonic()
    lab.carrier(False)
    client.wait_line("eth0: carrier lost", since=start)
