# SPDX-License-Identifier: BSD-2-Clause
"""--oneshot, and what it leased in an initramfs becomes the real root's."""

import collections
import json
import os
import re
import shutil
import signal
import subprocess
from pathlib import Path

from lab import Skip, eventually, lasts, nightly, smoke
from lab.servers import SERVERS

EARLY = "/run/tenured/initramfs"
LATE = "/var/lib/tenured"
DUID = ("-c", "duid", "--duid", "llt")  # one that is another each time it is made


def oneshot(lab, *arguments, code=0, stdout=subprocess.PIPE):
    """Runs it. What is on its stdout; what it says beside that is kept."""
    hooks = [] if "--hook-dir" in arguments else ["--no-hooks"]
    done = subprocess.run(
        lab.client.enter(lab.dir / "tenured", *lab.drop, *hooks, "--oneshot", *arguments),
        check=False, stdin=subprocess.DEVNULL, stdout=stdout, stderr=subprocess.PIPE, text=True,
        timeout=120)
    print(done.stderr)
    assert done.returncode == code, f"exit code {done.returncode}: {done.stderr}"
    assert not lab.daemons()
    return done.stdout


# ---- alone -------------------------------------------------------------------

@smoke
def test_oneshot(lab):
    """On stdout is the lease, as tenurectl tells of it, and nothing else."""
    lab.server("--option", "6=0a0000010a000002", lease=3600)
    said = oneshot(lab, "-v", "eth0")
    assert lab.kernel.address() == "10.0.0.10/24"
    if not (lab.dir / "tenurectl").exists():
        assert "interface='eth0'\n" in said and "\nnew_ip_address='10.0.0.10'\n" in said, said
        return
    assert said.count("\n") == 1
    told = json.loads(said)
    later = json.loads(lab.ctl("lease", "eth0", "--json").stdout)
    assert list(told) == ["lease"]
    counted = ("renewInSeconds", "rebindInSeconds", "expiresInSeconds")
    for name in counted:
        assert 0 <= told["lease"].pop(name) - later["lease"].pop(name) <= 60, name
    assert told["lease"] == later["lease"]
    assert told["lease"]["address"] == "10.0.0.10"


def test_oneshot_in_vain(lab):
    """2, and not a word for the program that waits for a lease."""
    assert oneshot(lab, "--timeout", "1", "eth0", code=2) == ""
    assert lab.kernel.address() is None


def test_oneshot_of_what_there_is_not(lab):
    assert oneshot(lab, "eth7", code=69) == ""
    # Whose would it be?
    assert oneshot(lab, "eth0", "eth1", code=64) == ""
    assert oneshot(lab, "eth*", code=64) == ""
    assert oneshot(lab, "-b", "eth0", code=64) == ""


def test_oneshot_that_nobody_hears(lab):
    """The address stays, but who asked for it does not know."""
    lab.server(lease=3600)
    with open("/dev/full", "w") as full:
        oneshot(lab, "eth0", code=1, stdout=full)
    assert lab.kernel.address() == "10.0.0.10/24"


# ---- from one root to the other ------------------------------------------------

def places(lab):
    """Where both keep leases: in a folder, if it can be seen that others have others."""
    inode = os.stat(f"/proc/{lab.client.pid}/ns/net").st_ino
    try:
        first = os.stat("/proc/1/ns/net").st_ino
    except OSError:
        first = inode
    folder = "" if first == inode else f"netns-{inode}"
    return Path(EARLY, folder), Path(LATE, folder)


def real_root(lab, *arguments):
    client = lab.bound("--state-dir", LATE, *arguments)
    # An address that was there is ready before a server has said anything.
    client.wait_line("eth0: (confirmed|leased) ")
    return client


def held(events, address):
    """It was never taken away."""
    assert not events.deleted(address), events.monitor.output


@smoke
def test_handover(lab):
    """The same address by INIT-REBOOT, in use all the time."""
    early, late = places(lab)
    lab.plug_in()
    server = lab.server(lease=3600)
    events = lab.events()
    oneshot(lab, "--state-dir", EARLY, "eth0")
    assert (early / "eth0.lease").exists() and not late.exists()
    client = real_root(lab)
    client.wait_line("eth0: its lease comes from the initramfs")
    assert client.find("eth0: 10.0.0.10 is ready")
    assert len(server.find("RX DISCOVER")) == 1, server.output
    assert len(server.find("RX REQUEST init-reboot")) == 1, server.output
    held(events, "10.0.0.10")
    # It is there no more, and the daemon's own.
    assert not list(early.iterdir())
    client.stop()
    again = real_root(lab)
    assert not again.find("comes from the initramfs")
    assert len(server.find("RX DISCOVER")) == 1, server.output
    held(events, "10.0.0.10")


def test_handover_without_a_server(lab):
    """The lease counts on: it was got in this boot, and whoever starts next may read it."""
    _, late = places(lab)
    server = lab.server(lease=3600)
    events = lab.events()
    oneshot(lab, "--state-dir", EARLY, "eth0")
    server.stop()
    client = lab.tenured("-f", "-v", "--state-dir", LATE, "eth0")
    client.wait_line("eth0: no server confirmed")
    stored = (late / "eth0.lease").stat()
    assert stored.st_mode & 0o777 == 0o600
    if lab.root:
        assert stored.st_uid == 64321
    assert lab.kernel.address() == "10.0.0.10/24"
    held(events, "10.0.0.10")


def test_handover_of_what_is_older(lab):
    """A lease that the real root got later in this boot is not replaced."""
    early, late = places(lab)
    server = lab.server(lease=3600)
    oneshot(lab, "--state-dir", EARLY, "eth0")
    before = (early / "eth0.lease").read_bytes()
    real_root(lab).stop()
    newer = (late / "eth0.lease").read_bytes()
    (early / "eth0.lease").write_bytes(before)
    assert newer != before
    server.stop()
    client = lab.tenured("-f", "-v", "--state-dir", LATE, "eth0")
    client.wait_line("eth0: REBOOTING|-> REBOOTING|REQUEST sent")
    assert not client.find("comes from the initramfs")
    assert (late / "eth0.lease").read_bytes() == newer


def test_handover_of_another_boot(lab):
    """What is of no boot that anybody knows, or is damaged, is left alone."""
    early, late = places(lab)
    lab.plug_in()
    server = lab.server(lease=3600)
    oneshot(lab, "--state-dir", EARLY, "eth0")
    lease = early / "eth0.lease"
    torn = lease.read_bytes()[:-20]
    lease.write_bytes(torn)
    lab.client.ip("address flush dev eth0")
    client = real_root(lab)
    assert client.find(r"eth0.lease is not used: it is torn")
    assert not client.find("comes from the initramfs")
    assert len(server.find("RX DISCOVER")) == 2, server.output


@lasts(6)
def test_handover_of_the_identity(lab):
    """By a DUID that only the initramfs made: a server has one lease of one client."""
    early, late = places(lab)
    kind = SERVERS["dnsmasq"]
    if not shutil.which(kind.program):
        raise Skip("no dnsmasq here")
    server = kind(lab, lease=600)
    leases = server.dir / "leases"
    events = lab.events()
    # It holds the time, and so is another one than whatever would be made later.
    oneshot(lab, "--state-dir", EARLY, "-c", "duid", "--duid", "llt", "eth0")
    before = (early / "duid").read_text()
    address = lab.kernel.address().split("/")[0]
    client_id = eventually("a lease", lambda: leases.read_text().split()[4:5])[0]
    assert before.strip() in client_id
    client = real_root(lab, "-c", "duid")
    assert client.find(f"eth0: {re.escape(address)} is ready")
    assert (late / "duid").read_text() == before and not list(early.iterdir())
    [line] = eventually("what it writes anew", lambda: leases.read_text().splitlines())
    assert line.split()[2] == address and line.split()[4] == client_id
    held(events, address)


def test_handover_of_another_identity(lab):
    """A host that has a DUID keeps it, and says why servers may know two."""
    early, late = places(lab)
    lab.judged = False  # its identity does change
    lab.server(lease=3600)
    real_root(lab, "-c", "duid").stop()
    own = (late / "duid").read_text()
    oneshot(lab, "--state-dir", EARLY, "-c", "duid", "--duid", "llt", "eth0")
    client = lab.tenured("-f", "--state-dir", LATE, "-c", "duid", "eth0")
    client.wait_line("the initramfs has another DUID, so that servers may know this host as two")
    eventually("its end", lambda: not (early / "duid").exists())
    assert (late / "duid").read_text() == own


def test_handover_to_an_instance(lab):
    """By whatever name the daemon goes: an initramfs' knows none."""
    early, _ = places(lab)
    lab.plug_in()
    server = lab.server(lease=3600)
    events = lab.events()
    oneshot(lab, "--state-dir", EARLY, "eth0")
    client = real_root(lab, "--instance", "wan")
    assert client.find("eth0: its lease comes from the initramfs")
    assert len(server.find("RX DISCOVER")) == 1, server.output
    assert Path(LATE, "wan", "eth0.lease").exists() and not list(early.iterdir())
    held(events, "10.0.0.10")


def test_handover_each_to_its_own(lab):
    """Two daemons of two interfaces: each takes what is its, and leaves the other's."""
    early, late = places(lab)
    lab.add_link("eth1", "srv1", "10.0.1.1/24")
    lab.plug_in()
    lab.plug_in("eth1", "srv1")
    servers = lab.server(lease=3600), lab.server(interface="srv1", net="10.0.1", lease=3600)
    for interface in ("eth0", "eth1"):
        oneshot(lab, "--state-dir", EARLY, interface)
    first = lab.tenured("-f", "-v", "--state-dir", LATE, "eth0")
    first.wait_line("eth0: (confirmed|leased) ")
    assert not first.find("eth1")
    assert [path.name for path in early.iterdir()] == ["eth1.lease"]
    second = lab.tenured("-f", "-v", "--state-dir", LATE, "eth1")
    second.wait_line("eth1: its lease comes from the initramfs")
    second.wait_line("eth1: (confirmed|leased) ")
    assert {path.name for path in late.iterdir()} >= {"eth0.lease", "eth1.lease"}
    for server in servers:
        assert len(server.find("RX DISCOVER")) == 1, server.output


def test_handover_to_who_comes_later(lab):
    """An interface that has its name when privileges are gone: its lease is still there."""
    early, late = places(lab)
    lab.plug_in()
    server = lab.server(lease=3600)
    events = lab.events()
    oneshot(lab, "--state-dir", EARLY, "eth0")
    conf = lab.dir / "conf"
    conf.write_text("[eth0]\n")
    lab.client.ip("link set eth0 name other")
    client = lab.tenured("-f", "-v", "--state-dir", LATE, "--config", conf)
    client.wait_line("eth0: there is no such interface yet; waiting for it")
    lab.client.ip("link set other name eth0")
    client.wait_line("eth0: its lease comes from the initramfs")
    client.wait_line("eth0: (confirmed|leased) ")
    assert len(server.find("RX DISCOVER")) == 1, server.output
    assert (late / "eth0.lease").exists() and not list(early.iterdir())
    held(events, "10.0.0.10")


# ---- kill -9 in between ----------------------------------------------------------

class Left:
    """What an initramfs has left, to be there again and again."""

    def __init__(self, lab):
        self.early, self.late = places(lab)
        oneshot(lab, "--state-dir", EARLY, *DUID, "eth0")
        self.address = lab.kernel.address().split("/")[0]
        self.files = {path.name: (path.read_bytes(), path.stat())
                      for path in self.early.iterdir()}
        assert set(self.files) == {"duid", "eth0.lease"}

    def restore(self):
        for directory in (self.early, self.late):
            for path in directory.iterdir() if directory.exists() else ():
                path.unlink()
        for name, (octets, status) in self.files.items():
            path = self.early / name
            path.write_bytes(octets)
            path.chmod(status.st_mode & 0o777)
            os.chown(path, status.st_uid, status.st_gid)


def start_traced(lab, *strace):
    """The real root's daemon, until its lease is confirmed, and its end. True: its own."""
    client = lab.tenured("-f", "-v", "--state-dir", LATE, *DUID, "eth0",
                         under=("strace", "-qq", "-o", *map(str, strace)))
    eventually("a lease or an end", lambda: client.find("eth0: confirmed .*")
               or not client.running)
    for pid in lab.daemons():
        os.kill(pid, signal.SIGTERM)
    return client.wait() == 0


def calls_in(trace):
    """The system calls from the first file on: names, and the how manieth each is."""
    counts, found = collections.Counter(), []
    for line in trace.read_text().splitlines():
        name = re.match(r"(\w+)\(", line)
        if name:
            counts[name[1]] += 1
            if counts["epoll_create1"]:  # before it nothing is opened but the program
                found.append((name[1], counts[name[1]]))
    return found


def killed_in_between(lab, chosen):
    """The real root's daemon is killed before each of these calls, and started again."""
    if not shutil.which("strace"):
        raise Skip("no strace here")
    lab.plug_in()
    server = lab.server(lease=3600)
    left = Left(lab)
    events = lab.events()
    left.restore()
    trace = lab.dir / "trace"
    assert start_traced(lab, trace), trace.read_text()[-2000:]
    points = chosen(calls_in(trace))
    killed = 0
    for name, number in points:
        left.restore()
        killed += not start_traced(lab, "/dev/null", "-e", f"trace={name}", "-e",
                                   f"inject={name}:signal=KILL:when={number}")
        what = f"before {name} {number}"
        assert lab.kernel.address() == f"{left.address}/24", what
        client = real_root(lab, *DUID)
        assert lab.kernel.address() == f"{left.address}/24", what
        assert not client.find("torn|cannot|another DUID"), f"{what}: {client.output}"
        client.stop()
        assert (left.late / "duid").read_bytes() == left.files["duid"][0], what
        assert (left.late / "eth0.lease").exists(), what
        assert not list(left.early.iterdir()), what
        held(events, left.address)
        lab.clients.clear()
        lab.wire.forget()
        lab.wire.complaints.clear()  # nobody has the port of who was killed
    print(f"killed {killed} times at {len(points)} system calls")
    # Never asked for anew: each start knew the lease and who it was.
    assert len(server.find("RX DISCOVER")) == 1, server.output
    assert killed > len(points) * 0.8


def killed_early(lab, chosen):
    """The initramfs' own is killed before each of these calls; the real root goes on."""
    if not shutil.which("strace"):
        raise Skip("no strace here")
    early, late = places(lab)
    lab.server(lease=3600)
    events = lab.events()
    trace = lab.dir / "trace"

    def run(*strace):
        client = lab.tenured("--oneshot", "--state-dir", EARLY, "eth0",
                             under=("strace", "-qq", "-o", *map(str, strace)))
        return client.wait() == 0

    assert run(trace), trace.read_text()[-2000:]
    points = chosen(calls_in(trace))
    killed = 0
    for name, number in points:
        for directory in (early, late):
            for path in directory.iterdir() if directory.exists() else ():
                path.unlink()
        lab.client.ip("address flush dev eth0")
        gone = len(events.deleted("10.0.0.10"))
        what = f"before {name} {number}"
        killed += not run("/dev/null", "-e", f"trace={name}", "-e",
                          f"inject={name}:signal=KILL:when={number}")
        there = lab.kernel.address()
        client = real_root(lab)
        assert lab.kernel.address() == "10.0.0.10/24", what
        assert not client.find("torn|cannot"), f"{what}: {client.output}"
        client.stop()
        assert not there or len(events.deleted("10.0.0.10")) == gone, f"{what}: a gap"
        assert not (early / "eth0.lease").exists(), what
        lab.clients.clear()
        lab.wire.forget()
        lab.wire.complaints.clear()
    print(f"killed {killed} times at {len(points)} system calls")
    assert killed > len(points) * 0.8


FILES = {"openat", "open", "write", "rename", "renameat", "renameat2", "unlink", "unlinkat",
         "fsync", "fchown", "mkdir", "close"}


def sample(step):
    """Of what is done with files each so manieth."""
    return lambda points: [point for point in points if point[0] in FILES][::step]


@lasts(40)
def test_handover_killed(lab):
    killed_in_between(lab, sample(4))


@lasts(40)
def test_handover_killed_early(lab):
    killed_early(lab, sample(4))


@nightly(600)
def test_handover_killed_at_each_call(lab):
    killed_in_between(lab, lambda points: points)


@nightly(600)
def test_handover_killed_early_at_each_call(lab):
    killed_early(lab, lambda points: points)
