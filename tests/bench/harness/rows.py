# SPDX-License-Identifier: BSD-2-Clause
"""The rows of the table, and what ours is meant to reach in each."""

from dataclasses import dataclass

RING_KIB = 256  # the recorder's: record-size of tenured.conf(5)
# What is on, one part left out at a time: the end of the rows' names, how ours is
# started, and what that is.
PARTS = (("", "default-hooks", "everything on"),
         ("-sandbox", "no-sandbox", "without the sandbox"),
         ("-hooks", "default", "without hooks"),
         ("-recorder", "no-recorder", "without the recorder"),
         ("-acd", "off-hooks", "without conflict detection"))


@dataclass
class Row:
    """A row: its group and name, what it says, and at most one kind of target."""
    group: str
    name: str
    what: str
    unit: str = ""
    digits: int = 0
    most: float = None  # the target: at most so much,
    ratio: float = None  # so many times what the floor takes,
    like: str = None  # as much as that row, within a quarter and what the floor suffers,
    least: float = None  # or at least so much
    plotted: str = None  # what the plot calls it

    def target(self):
        if self.ratio is not None:
            return f"{self.ratio:g} x floor"
        if self.most is not None:
            return f"{self.most:,g}"
        if self.least is not None:
            return f"> {self.least:,g}"
        return ("as for 100" if self.group == "growth" else "as without") if self.like else ""

    def limit(self, results):
        """What ours may be at most; None: there is no target, or nothing to compare with."""
        floor = results.median(self.name, "floor")
        if self.ratio:
            return floor and floor * self.ratio
        if self.like:
            ours, before = (results.median(self.like, name) for name in ("tenured", "floor"))
            return ours and floor and before and ours * 1.25 * max(1, floor / before)
        return self.most

    def met(self, results):
        """True or False; None: not to be said."""
        ours = results.median(self.name, "tenured")
        if ours is None:
            return None if not results.values(self.name, "tenured") else False
        if self.least is not None:
            return ours >= self.least
        limit = self.limit(results)
        return None if limit is None else ours <= limit


ROWS = [
    Row("cold", "cold-off", "cold start, no conflict detection", "ms", 2, ratio=2,
        plotted="cold start,\\nno conflict detection"),
    Row("cold", "cold-hooks", "cold start, none, with hooks", "ms", 2),
    Row("cold", "cold-optimistic", "cold start, optimistic detection", "ms", 2),
    Row("cold", "cold-default", "cold start, default settings", "ms", 1, most=210,
        plotted="cold start,\\ndefault settings"),
    Row("flood-start", "flood-start-without", "cold start, before a flood", "ms", 2),
    Row("flood-start", "flood-start", "cold start, 50,000 replies/s for others", "ms", 2,
        like="flood-start-without"),
    Row("carrier", "carrier", "carrier to confirmed lease", "ms", 2, most=1,
        plotted="carrier to\\nconfirmed lease"),
    Row("arp", "arp", "carrier to known network by ARP", "ms", 2),
    Row("arp", "arp-beyond", "known network by ARP, without the trip", "ms", 2, most=0.5),
    Row("syscalls", "syscalls", "system calls to the address", "", 0, most=220),
    *[Row("costs", name + part, f"{how}: {what}", unit, 0)
      for name, what, unit in (("cpu", "CPU", "us"), ("calls", "system calls", ""))
      for part, _, how in PARTS],
    Row("memory", "processes", "bound: processes", "", 0, most=1),
    Row("memory", "private", "bound: private memory", "KiB", 0, most=300 + RING_KIB),
    Row("memory", "dirty", "bound: of it written to", "KiB", 0),
    Row("memory", "rss", "bound: resident memory", "KiB", 0, most=2048),
    Row("memory", "wakeups", "bound: wake-ups in a minute", "", 0, most=0),
    Row("memory", "processes-hooks", "with hooks: processes", "", 0),
    Row("memory", "private-hooks", "with hooks: private memory", "KiB", 0),
    Row("memory", "dirty-hooks", "with hooks: of it written to", "KiB", 0),
    Row("memory", "rss-hooks", "with hooks: resident memory", "KiB", 0),
    Row("size", "size", "stripped program", "KiB", 0, most=300),
    Row("size", "libraries", "libraries that it loads", "", 0, most=5),
    Row("flood", "flood", "CPU for 1,000,000 packets for others", "s", 3, most=0.005),
    Row("many", "many-100-time", "100 interfaces bound", "ms", 0, ratio=3,
        plotted="100 interfaces\\nbound"),
    Row("many", "many-100-cpu", "100 interfaces: CPU", "s", 2),
    Row("many", "many-100-rss", "100 interfaces: resident memory", "MiB", 1),
    Row("many", "exit-100", "100 interfaces: end by SIGTERM", "ms", 1),
    Row("many", "many-1000-time", "1,000 interfaces bound", "ms", 0, ratio=1.5,
        plotted="1,000 interfaces\\nbound"),
    Row("many", "many-1000-cpu", "1,000 interfaces: CPU", "s", 2, most=0.5),
    Row("many", "many-1000-rss", "1,000 interfaces: resident memory", "MiB", 1, most=8),
    Row("many", "renew-time", "1,000 renewals at one T1", "ms", 0, ratio=2),
    Row("many", "renew-again", "1,000 renewals: REQUESTs sent again", "", 0, most=10),
    Row("many", "renew-full", "1,000 renewals: neighbour table full", "", 0, most=0),
    Row("many", "exit-1000", "1,000 interfaces: end by SIGTERM", "ms", 1, most=100),
    *[row for count in (100, 400, 1000, 4000) for row in (
        Row("growth", f"growth-{count}-time", f"{count:,} links: bound", "ms", 0),
        Row("growth", f"growth-cpu-{count}", f"{count:,} links: CPU for each", "us", 0,
            like="growth-cpu-100" if count > 100 else None),
        Row("growth", f"growth-rss-{count}", f"{count:,} links: memory for each", "octets", 0,
            most=4096),
        Row("growth", f"growth-exit-{count}", f"{count:,} links: end by SIGTERM", "ms", 1))],
    Row("core", "core-steps", "the core alone: steps a second", "", 0, least=1e6),
    Row("core", "core-bytes", "the core alone: octets a client", "", 0),
    Row("core", "core-dora", "the core alone: DISCOVER to leased", "ns", 0),
]
