# SPDX-License-Identifier: BSD-2-Clause
"""kill -9 before each system call of a lease's life, and what is left then.

strace counts the calls of one life (start, lease, renewal, release), then kills
one life after another before each of them. Whatever was left, it must be whole:
the next start leases the same address again, without a gap where the kernel had
it; and what others put there is untouched.
"""

import collections
import os
import re
import signal

from lab import Skip, eventually, lasts, nightly

OTHERS_ADDRESS = "192.0.2.1/32"
OTHERS_ROUTE = "198.51.100.0/24"
LEASED = "10.0.0.10"
LEASE_S = 600
BEGIN = "epoll_create1"  # before it nothing is opened but the program
MESSAGES_MAX = 12        # of both lives and the release

FILES = {"openat", "mkdirat", "mkdir", "fchown", "fchownat", "fchmod", "fchmodat", "write",
         "pwrite64", "rename", "renameat", "renameat2", "fsync", "fdatasync", "unlink",
         "unlinkat", "ftruncate", "flock", "fcntl", "close"}


class Life:
    """A tenured under strace, from its start to the end of its lease."""

    def __init__(self, lab, *strace):
        self.lab = lab
        self.client = lab.tenured("-f", "-v", "--acd=optimistic", "eth0",
                                  under=("strace", "-qq", "-o", *map(str, strace)))

    def until(self, pattern):
        """Waits for a line or for the end; true: the line came."""
        eventually(pattern, lambda: self.client.find(pattern) or not self.client.running)
        return bool(self.client.find(pattern))

    def signal(self, number):
        """To the daemon, which may be gone by now."""
        for pid in self.lab.daemons():
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                pass

    def live(self):
        """Goes through it all; false: it was killed on the way."""
        if self.until("is ready"):
            self.signal(signal.SIGUSR1)
            if self.until("RENEWING -> BOUND"):
                self.signal(signal.SIGUSR2)
                if self.until("is gone"):
                    self.signal(signal.SIGTERM)
        return self.client.wait() == 0


def boundaries(lab):
    """Every system call of a life from BEGIN on: its name, the how manieth it is."""
    trace = lab.dir / "trace"
    assert Life(lab, trace).live(), trace.read_text()[-2000:]
    counts, found, begun = collections.Counter(), [], False
    for line in trace.read_text().splitlines():
        name = re.match(r"(\w+)\(", line)
        if not name:
            continue
        counts[name[1]] += 1
        begun = begun or name[1] == BEGIN
        if begun:
            found.append((name[1], counts[name[1]]))
    return found


def others(lab):
    """What is there that is not ours."""
    return ([a for a in lab.kernel.addresses() if a["local"] == OTHERS_ADDRESS.split("/")[0]],
            lab.kernel.route(OTHERS_ROUTE))


def judge_left(lab, what):
    """After the kill: an address that ends by itself, or none."""
    ours = [a for a in lab.kernel.addresses() if a["local"] == LEASED]
    assert all(a["valid_life_time"] <= LEASE_S for a in ours), f"{what}: {ours}"
    return bool(ours)


def kill_at(lab, events, name, number):
    """One life that is killed there, and the one after it. False: it got away."""
    what = f"before {name} {number}"
    before, sent = others(lab), len(lab.wire.find())
    survived = Life(lab, "/dev/null", "-e", f"trace={name}", "-e",
                    f"inject={name}:signal=KILL:when={number}").live()
    there = judge_left(lab, what)
    gone = len(events.deleted(LEASED))
    client = lab.bound("--acd=optimistic")
    assert lab.kernel.addresses()[-1]["local"] == LEASED, what
    if there:
        assert len(events.deleted(LEASED)) == gone, f"{what}: there was a gap"
    assert not client.find("damaged|not ours|cannot"), f"{what}: {client.output}"
    client.send(signal.SIGUSR2)
    client.wait_line("is gone")
    client.stop()
    assert others(lab) == before, what
    assert not judge_left(lab, what), what
    assert len(lab.wire.find()) - sent <= MESSAGES_MAX, what
    lab.clients.clear()
    lab.wire.forget()
    lab.wire.complaints.clear()  # nobody has the port of who was killed
    return not survived


def torture(lab, chosen):
    """Kills at each of the boundaries that are chosen of all."""
    lab.server(lease=LEASE_S)
    lab.plug_in()
    lab.client.ip(f"address add {OTHERS_ADDRESS} dev eth0")
    lab.client.ip(f"route add {OTHERS_ROUTE} dev eth0 proto static")
    try:
        lab.client.run("strace", "-qq", "-o", "/dev/null", "true")
    except Exception as error:
        raise Skip(f"no strace here: {error}") from None
    events = lab.events()
    points = chosen(boundaries(lab))
    killed = sum(kill_at(lab, events, *point) for point in points)
    print(f"killed {killed} times at {len(points)} system calls")
    assert killed > len(points) * 0.8


@lasts(40)
def test_killed_at_file_calls(lab):
    """A sample of what touches files: every fifth."""
    torture(lab, lambda points: [p for p in points if p[0] in FILES][::5])


@nightly(900)
def test_killed_at_each_call(lab):
    torture(lab, lambda points: points)
