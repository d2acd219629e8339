# SPDX-License-Identifier: BSD-2-Clause
"""Long runs: links that flap, servers that come and go, hooks, and time.

SOAK_SECONDS says how long (1800). The seed of what happens is printed, and
SOAK_SEED gives it.
"""

import os
import random
import re
import time
from pathlib import Path

from lab import eventually, nightly

SECONDS = int(os.environ.get("SOAK_SECONDS", "1800"))
LINKS = 4
LEASE_S = 60


def memory_kib(pid):
    """What a process has written to and holds alone: heap, data and stack."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return sum(int(n) for n in re.findall(r"^Private_Dirty:\s+(\d+)", rollup, re.M))


def descriptors(pid):
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


class Soak:
    """A client with some links, and all that may happen to it."""

    def __init__(self, lab, seed):
        self.lab, self.random = lab, random.Random(seed)
        self.names = [f"eth{n}" for n in range(LINKS)]
        for n in range(1, LINKS):
            lab.add_link(f"eth{n}", f"srv{n}", f"10.0.{n}.1/24")
        self.servers = [self.serve(n) for n in range(LINKS)]
        self.events = lab.events()
        # The recorder's ring is filled by and by, which looks like growth.
        self.client = lab.tenured("-f", "-v", "--record-size=0", *lab.telling_hook(),
                                  *self.names)
        for name in self.names:
            self.client.wait_line(f"{name}: .* is ready")
        self.pid, = [pid for pid in lab.daemons()
                     if "CapEff:\t0000000000003000" in Path(f"/proc/{pid}/status").read_text()]
        self.leased = {name: self.address(name) for name in self.names}
        self.done = dict.fromkeys(("flap", "storm", "restart", "renew", "reload"), 0)

    def serve(self, n):
        return self.lab.server(interface=f"srv{n}", net=f"10.0.{n}", lease=LEASE_S)

    def address(self, name):
        return self.lab.kernel.address(name)

    # ---- what happens ---------------------------------------------------

    def flap(self, n):
        """The cable is out for some seconds, or for less than is told of."""
        self.lab.here.ip(f"link set srv{n} down")
        time.sleep(self.random.choice((0, 0.3, 2)))
        self.lab.here.ip(f"link set srv{n} up")

    def storm(self, n):
        for _ in range(50):
            self.lab.here.ip(f"link set srv{n} down")
            self.lab.here.ip(f"link set srv{n} up")

    def restart(self, n):
        """The server is away, for less than a lease lasts after T1."""
        self.servers[n].stop()
        time.sleep(self.random.choice((0, 1, 8)))
        self.servers[n] = self.serve(n)

    def renew(self, n):
        self.lab.ctl("renew", f"eth{n}", check=False)

    def reload(self, _):
        self.lab.ctl("status")
        self.lab.ctl("--json", "status")

    def anything(self):
        name = self.random.choice(list(self.done))
        getattr(self, name)(self.random.randrange(LINKS))
        self.done[name] += 1

    # ---- what must hold -------------------------------------------------

    def judge(self):
        """The addresses are those that were leased, and never went."""
        assert self.client.running, self.client.output[-2000:]
        for name in self.names:
            assert self.address(name) == self.leased[name], f"{name}: {self.address(name)}"

    def judge_all(self):
        for address in self.leased.values():
            gone = self.events.deleted(address.split("/")[0])
            assert not gone, f"{address} went {len(gone)} times"
        for line in ("expired", "is gone"):
            assert not self.client.find(line), self.client.find(line)[:5]

    def trim(self):
        """What was looked at is forgotten, or this process would be the one to grow."""
        self.lab.wire.forget()
        told = sorted((self.lab.dir / "told").iterdir())
        for path in told[:-10]:
            path.unlink()


@nightly(SECONDS)
def test_soak(lab):
    """No lease is lost, and what the daemon holds is what it held."""
    seed = int(os.environ.get("SOAK_SEED", "0")) or random.randrange(1 << 31)
    soak = Soak(lab, seed)
    print(f"SOAK_SEED={seed}")
    start = time.monotonic()
    sizes = []
    while time.monotonic() < start + SECONDS:
        soak.anything()
        time.sleep(soak.random.choice((0.1, 1, 3)))
        soak.judge()
        soak.trim()
        sizes.append((memory_kib(soak.pid), descriptors(soak.pid)))
    eventually("all is bound", lambda: lab.ctl("status").stdout.count("BOUND") == LINKS)
    soak.judge_all()
    settled, last = sizes[len(sizes) // 4], sizes[-1]
    print(f"{SECONDS} s: {soak.done}; KiB and descriptors: first {sizes[0]}, after a "
          f"quarter {settled}, last {last}")
    assert last[0] <= settled[0] + 64, "memory grows"
    assert last[1] <= settled[1] + 4, "descriptors grow"
