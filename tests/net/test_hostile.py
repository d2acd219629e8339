# SPDX-License-Identifier: BSD-2-Clause
"""Floods: what a client that leases or has leased pays for others' packets."""

import re
import socket
import struct
import time
from pathlib import Path

from lab import cpu_ns, forge, lasts, nightly, switches
from lab.forge import SERVER_MAC

FOREIGN = 200_000


def heap_kib(pid):
    """The size of its heap."""
    smaps = Path(f"/proc/{pid}/smaps").read_text()
    found = re.search(r"\[heap\]\nSize:\s+(\d+)", smaps)
    return int(found[1]) if found else 0


class Flood:
    """Puts frames on the wire as fast as one process can, and counts the time."""

    def __init__(self, interface="srv0"):
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
        self.socket.bind((interface, 0))

    def send(self, frames, count):
        """count frames, each of them in turn; returns the seconds that it took."""
        start = time.monotonic()
        for n in range(count):
            try:
                self.socket.send(frames[n % len(frames)])
            except OSError:
                pass  # the queue is full: it is a flood all the same
        return time.monotonic() - start


def foreign(message):
    """Replies to others: ids, hardware addresses and ports, one of each sort."""
    frames = []
    for n in range(64):
        other = type(message).__new__(type(message))
        other.__dict__.update(message.__dict__)
        other.xid = (message.xid + 1 + n * 0x01000193) & 0xffffffff
        if n % 4 != 1:
            other.chaddr = bytes((2, 0, 0, 0, 9, n)) + bytes(10)
        frames.append(forge.reply(other, ("OFFER", "ACK", "NAK")[n % 3],
                                  op=1 if n % 8 == 7 else 2))
    return frames


def hostile(message):
    """Replies to us that nobody honest would send: all that can be wrong."""
    frames = []
    for n in range(256):
        extra = {n: bytes(n)} if n not in (0, 53, 255) else {51: bytes(n % 9)}
        frame = bytearray(forge.reply(message, ("OFFER", "ACK", "NAK")[n % 3],
                                      yiaddr=f"{n}.0.0.{n}", extra=extra))
        if n % 4 == 0:  # an option that says that it is longer than the packet
            frame[14 + 28 + 240 + n % 16] = 0xfa
        if n % 4 == 1:  # a length of UDP that lies
            struct.pack_into("!H", frame, 14 + 24, n * 17)
        if n % 16 == 2:
            frame = frame[:14 + n]
        frames.append(bytes(frame))
    return frames


@lasts(15)
def test_foreign_flood_wakes_nobody(lab):
    """200,000 packets for others cost who has a lease not one wake-up."""
    lab.wire.ignore(SERVER_MAC)
    lab.server(lease=3600)
    lab.bound()
    pid, = lab.daemons()
    frames = foreign(lab.wire.find("DISCOVER")[0])
    before, ran = lab.asleep(pid), cpu_ns(pid)
    Flood().send(frames, FOREIGN)
    time.sleep(0.2)
    assert switches(pid) == before
    assert cpu_ns(pid) == ran


@lasts(15)
def test_foreign_flood_while_acquiring(lab):
    """... and who waits for an OFFER less than a fiftieth of a processor."""
    lab.wire.ignore(SERVER_MAC)
    lab.plug_in()
    lab.tenured("-f", "-v", "eth0")
    lab.wire.wait("DISCOVER")
    pid, = lab.daemons()
    frames = foreign(lab.wire.find("DISCOVER")[0])
    ran = cpu_ns(pid)
    seconds = Flood().send(frames, FOREIGN)
    spent = (cpu_ns(pid) - ran) / 1e9
    assert spent < seconds / 50, f"{spent:.4f} s of {seconds:.2f} s"
    # It still listens.
    lab.server(lease=3600)
    lab.clients[-1].wait_line("is ready")


@lasts(15)
def test_flood_of_our_own_id(lab):
    """A DISCOVER is heard by all: what copies its id costs little, and no address."""
    lab.wire.ignore(SERVER_MAC)
    lab.plug_in()
    client = lab.tenured("-f", "-v", "eth0")
    message = lab.wire.wait("DISCOVER")
    pid, = lab.daemons()
    frames = hostile(message)
    ran = cpu_ns(pid)
    seconds = Flood().send(frames, FOREIGN)
    spent = (cpu_ns(pid) - ran) / 1e9
    assert spent < seconds / 5, f"{spent:.4f} s of {seconds:.2f} s"
    assert client.running
    lab.server(lease=3600)
    client.wait_line("is ready")


def attack(lab, pid, count):
    """So many hostile packets, with the id that is asked with at the time.

    Returns the size of the heap in KiB after them.
    """
    flood, left = Flood(), count
    while left > 0:
        some = min(left, 20_000)
        flood.send(hostile(lab.wire.find("DISCOVER")[-1]), some)
        left -= some
    return heap_kib(pid)


MALLOC_STEP_KIB = 132


def attacked(lab, few, many):
    """The heap is as large after many of them as after few; and then it leases."""
    lab.wire.ignore(SERVER_MAC)
    lab.plug_in()
    client = lab.tenured("-f", "eth0")
    lab.wire.wait("DISCOVER")
    pid, = lab.daemons()
    before = attack(lab, pid, few)
    after = attack(lab, pid, many)
    assert client.running
    lab.server(lease=3600)
    client.wait_line("leased")
    # Before a large ACK a client gets more room, for which malloc() may have to ask once;
    # an octet for each packet would be more.
    assert after - before <= MALLOC_STEP_KIB, f"the heap grew from {before} to {after} KiB"


@lasts(20)
def test_hostile_packets_leave_the_heap(lab):
    """Two hundred thousand replies that nobody honest sends cost no memory."""
    attacked(lab, 10_000, 200_000)


@nightly(120)
def test_a_million_hostile_packets_leave_the_heap(lab):
    attacked(lab, 10_000, 1_000_000)
