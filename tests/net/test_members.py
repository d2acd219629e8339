# SPDX-License-Identifier: BSD-2-Clause
"""Interfaces come and go: those that a section fits join, and nothing of them stays."""

import os
import resource
import signal
import time
from pathlib import Path

from lab import eventually, lasts
from lab.system import status
from test_reload import Configuration
from test_rogue import known

MANY = 200


def add(lab, name, parent="eth0"):
    """A macvlan: no virtual end, as veth's are, and it reaches the server."""
    lab.client.ip(f"link set {parent} up")
    lab.client.ip(f"link add link {parent} name {name} type macvlan mode bridge")


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def resident_kib(pid):
    return int(next(line.split()[1] for line in status(pid).splitlines()
                    if line.startswith("VmRSS:")))


def test_members_by_pattern(lab):
    """It is managed as soon as it appears, and not any more when it goes."""
    lab.server(lease=600)
    conf = Configuration(lab, "[en*]\n")
    conf.client.wait_line("no interface fits the configuration yet")
    for count in (1, 2):
        add(lab, "en0")
        eventually("it joins", lambda: len(conf.client.find("en0: .*is ready")) == count)
        lab.client.ip("link del en0")
        eventually("its end", lambda: len(conf.client.find(
            "en0: not managed any more")) == count)
    assert any(path.name == "en0.lease" for path in lab.lease_files())


def test_members_no_ends(lab):
    """A pattern means no veth; that has to be named in full."""
    lab.server(lease=600)
    conf = Configuration(lab, "[eth*]\nmetric = 5\n")
    conf.client.wait_line("no interface fits the configuration yet")
    time.sleep(0.5)
    assert not lab.wire.find()
    conf.reload("[eth*]\nmetric = 5\n[eth0]\nmetric = 6\n")
    conf.client.wait_line("eth0: .*is ready")
    assert {route["metric"] for route in lab.kernel.routes()} == {6}


def test_members_by_kind(lab):
    lab.server(lease=600)
    add(lab, "some")
    conf = Configuration(lab, "[kind macvlan]\n")
    conf.client.wait_line("some: .*is ready")
    add(lab, "more")
    conf.client.wait_line("more: .*is ready")


def test_members_by_hwaddr(lab):
    lab.server(lease=600)
    conf = Configuration(lab, "[hwaddr 02:00:00:00:00:77]\n")
    conf.client.wait_line("no interface fits the configuration yet")
    add(lab, "some")
    lab.client.ip("link set some address 02:00:00:00:00:77")
    conf.client.wait_line("some: .*is ready")


def beside_udev(lab):
    """The directory in which udev tells of links, and a daemon that waits for some."""
    data = Path("/run/udev/data")
    data.mkdir(parents=True)
    (data.parent / "control").touch()
    lab.server(lease=600)
    conf = Configuration(lab, "[en*]\n[lan*]\n")
    conf.client.wait_line("no interface fits the configuration yet")
    return data, conf


def test_members_when_udev_is_done(lab):
    """Where udev runs, it may still rename what is there."""
    data, conf = beside_udev(lab)
    add(lab, "en0")
    time.sleep(0.5)
    assert not lab.wire.find()
    lab.client.ip("link set en0 name lan0")
    (data / f"n{lab.kernel.link_index('lan0')}").touch()
    conf.client.wait_line("lan0: .*is ready")
    assert not conf.client.find("en0: .*managed")


def test_members_renamed_behind_the_news(lab):
    """udev was done before the daemon read of the name that was there at first."""
    data, conf = beside_udev(lab)
    conf.client.send(signal.SIGSTOP)
    add(lab, "en0")
    lab.client.ip("link set en0 name lan0")
    (data / f"n{lab.kernel.link_index('lan0')}").touch()
    conf.client.send(signal.SIGCONT)
    conf.client.wait_line("lan0: .*is ready")
    assert not conf.client.find("en0: .*managed")


def test_members_waited_for(lab):
    """A section's interface that is not there yet keeps nobody from starting."""
    lab.add_link("eth1", "srv1", "10.0.1.1/24")
    lab.client.ip("link set eth1 name other")
    lab.server(lease=600)
    lab.server(lease=600, interface="srv1", net="10.0.1")
    conf = Configuration(lab, "[eth0]\n[eth1]\n")
    conf.client.wait_line("eth1: there is no such interface yet; waiting for it")
    conf.client.wait_line("eth0: .*is ready")
    lab.client.ip("link set other name eth1")
    conf.client.wait_line("eth1: .*is ready")
    assert lab.kernel.address("eth1") == "10.0.1.10/24"


def test_members_waited_for_later(lab):
    """As above, but by a reload, while another one asks: neither costs the other its answers."""
    conf = Configuration(lab, "[eth0]\n")
    lab.wire.wait("DISCOVER")
    conf.reload("[eth0]\n[en1]\n")
    conf.client.wait_line("en1: there is no such interface yet; waiting for it")
    add(lab, "en1")
    conf.client.wait_line("en1: the interface is back")
    lab.server(lease=600)
    conf.client.wait_line("en1: .*is ready")
    conf.client.wait_line("eth0: .*is ready")


def test_members_waited_for_know_servers(lab):
    """The servers that are known to one that is waited for are known when it comes."""
    lab.need_ctl()
    lab.server(lease=600)
    add(lab, "en1")
    conf = Configuration(lab, "[en1]\nserver-pin = strict\n")
    conf.client.wait_line("en1: .*is ready")
    # Some time after that: a network is known by its router's hardware address.
    eventually("a known server", lambda: known(lab, "en1")[0] == ["10.0.0.1"])
    lab.client.ip("link del en1")
    conf.client.wait_line("en1: the interface was removed")
    conf.reload("[other]\n")
    conf.reload("[en1]\nserver-pin = strict\n")
    conf.client.wait_line("en1: there is no such interface yet; waiting for it")
    assert known(lab, "en1")[0] == ["10.0.0.1"]


def test_members_waited_for_with_authentication(lab):
    """Who is not there has no client identifier to authenticate by."""
    keys = lab.dir / "keys"
    keys.write_text("1 000102030405060708090a0b0c0d0e0f\n")
    keys.chmod(0o600)
    lab.server(lease=600)
    conf = Configuration(lab, f"auth-keys = {keys}\nauth = delayed\nauth-required = no\n"
                              "[en1]\n")
    conf.client.wait_line("en1: there is no such interface yet; waiting for it")
    add(lab, "en1")
    conf.client.wait_line("en1: .*is ready")


def test_members_not_to_be_locked(lab):
    """It is said once, and what it is; nobody tries again and again."""
    lab.need_users()
    lab.server(lease=600)
    conf = Configuration(lab, "[en*]\n")
    conf.client.wait_line("no interface fits the configuration yet")
    namespace = os.stat(f"/proc/{lab.client.pid}/ns/net").st_ino
    lock = Path(f"/run/tenured/lock-{namespace}-77")
    lock.touch(0o600)
    lab.client.ip("link set eth0 up")
    lab.client.ip("link add link eth0 name en0 index 77 type macvlan mode bridge")
    conf.client.wait_line("en0: cannot lock the interface: .*Permission denied")
    time.sleep(0.5)
    assert len(conf.client.find("cannot lock the interface")) == 1


def test_members_not_waited_for_by_the_parent(lab):
    """Whoever starts it goes on with the leases of those that are there."""
    lab.server(lease=600)
    path = lab.dir / "conf"
    path.write_text("[eth0]\n[eth7]\n")
    path.chmod(0o644)
    done = lab.tenured("--config", str(path))
    done.ends(0)
    assert done.find("^eth0: 10.0.0.10/24 from") and not done.find("^eth7: .*/")


def test_members_not_waited_for(lab):
    """-n wants a lease soon, and a word on the command line is meant."""
    path = lab.dir / "conf"
    path.write_text("[eth0]\n[eth7]\n")
    path.chmod(0o644)
    lab.tenured("-n", "--config", str(path)).ends(69)
    lab.tenured("-f", "--config", str(path), "eth7").ends(69)


@lasts(10)
def test_members_while_renewing(lab):
    """Others join and leave, and no renewal is missed: the socket hears all."""
    lab.add_link("eth1", "srv1", "10.0.1.1/24")
    lab.server(lease=60, t1=1, t2=50)
    lab.server(lease=600, interface="srv1", net="10.0.1")
    conf = Configuration(lab, "[eth0]\n")
    conf.client.wait_line("eth0: .*is ready")
    for count in range(1, 4):
        conf.reload("[eth0]\n[eth1]\n")
        eventually("the other's lease", lambda: len(conf.client.find(
            "eth1: .*is ready")) == count)
        conf.reload("[eth0]\n")
        renewals = len(lab.wire.replies("ACK"))
        eventually("a renewal", lambda: len(lab.wire.replies("ACK")) > renewals)
    assert len(lab.wire.find("RENEWING")) <= len(lab.wire.replies("ACK"))
    assert not conf.client.find("RENEWING -> REBINDING")


def test_more_members_than_descriptors(lab):
    """The usual limit is for programs that select(): it is not one for interfaces."""
    lab.judged = False
    lab.client.ip("link set eth0 up")
    batch = lab.dir / "batch"
    batch.write_text("".join(f"link add link eth0 name m{i} type macvlan mode bridge\n"
                             for i in range(MANY)))
    lab.client.ip(f"-batch {batch}")
    resource.setrlimit(resource.RLIMIT_NOFILE, (MANY // 2, 20 * MANY))
    conf = Configuration(lab, "[kind macvlan]\nacd = off\n")
    batch.write_text("".join(f"link set m{i} up\n" for i in range(MANY)))
    lab.client.ip(f"-batch {batch}")
    eventually("all of them", lambda: len(conf.client.find(r"m\d+: .*INIT -> SELECTING")) >= MANY)


@lasts(40)
def test_members_many(lab):
    """Hundreds come and go in turn; memory and descriptors are as before."""
    lab.judged = False
    conf = Configuration(lab, "[kind macvlan]\nacd = off\n")
    conf.client.wait_line("no interface fits the configuration yet")
    lab.client.ip("link set eth0 up")
    (pid,) = lab.daemons()
    batch = lab.dir / "batch"
    seen = []
    for count in (1, 2, 3):
        batch.write_text("".join(f"link add link eth0 name m{i} type macvlan mode bridge\n"
                                 for i in range(MANY)))
        lab.client.ip(f"-batch {batch}")
        eventually("all of them", lambda: len(conf.client.find(
            "it has appeared")) == count * MANY)
        batch.write_text("".join(f"link del m{i}\n" for i in range(MANY)))
        lab.client.ip(f"-batch {batch}")
        eventually("none of them", lambda: len(conf.client.find(
            "not managed any more")) == count * MANY)
        conf.client.send(signal.SIGUSR1)  # it does what it is told
        seen.append((descriptors(pid), resident_kib(pid)))
    assert seen[2][0] == seen[0][0], seen
    # A sanitizer holds back what was freed, and finds leaks by itself.
    if b"__asan_init" not in (lab.dir / "tenured").read_bytes():
        assert seen[2][1] <= seen[1][1] + 64, seen
    assert conf.client.running
