# SPDX-License-Identifier: BSD-2-Clause
"""The wire as a third party sees it: capture and a parser of its own.

Nothing here shares code with the daemon or its test server, so a mistake in
their codec cannot hide itself.
"""

import ctypes
import ipaddress
import math
import select
import socket
import struct
import time

from .system import PATIENCE_S

ETH_P_ALL = 3
SO_TIMESTAMPNS = 35
SO_ATTACH_FILTER = 26
BPF_LD_W, BPF_LD_H, BPF_JEQ, BPF_RET = 0x20, 0x28, 0x15, 0x06
BROADCAST = "ff:ff:ff:ff:ff:ff"
TYPES = {1: "DISCOVER", 2: "OFFER", 3: "REQUEST", 4: "DECLINE", 5: "ACK",
         6: "NAK", 7: "RELEASE", 8: "INFORM"}
COOKIE = bytes((0x63, 0x82, 0x53, 0x63))

# Of the time between two frames, where one comes so long after the other: a client that
# reads the clock and is kept from sending is late with the first of them alone.
EARLY_S = 0.3


def mac(octets):
    return ":".join(f"{octet:02x}" for octet in octets)


def ip(octets):
    return str(ipaddress.IPv4Address(octets))


def clock_offset():
    """The wall clock's lead over the monotonic one: the best of some looks at both."""
    looks = []
    for _ in range(5):
        before, wall, after = time.monotonic(), time.time(), time.monotonic()
        looks.append((after - before, wall - (before + after) / 2))
    return min(looks)[1]


def sum16(octets):
    """The ones' complement sum of RFC 1071."""
    if len(octets) % 2:
        octets += b"\0"
    total = sum(struct.unpack(f"!{len(octets) // 2}H", octets))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return total


class Message:
    """A DHCP message and the frame that it came in."""

    def __init__(self, at, frame, sent_here):
        self.at = at
        self.sent_here = sent_here  # by the namespace that captured it
        self.eth_dst, self.eth_src = mac(frame[0:6]), mac(frame[6:12])
        packet = frame[14:]
        header = (packet[0] & 15) * 4
        packet = packet[:struct.unpack("!H", packet[2:4])[0]]
        self.packet = packet
        self.ip_checksum_ok = sum16(packet[:header]) == 0xffff
        self.tos = packet[1]
        self.ip_src, self.ip_dst = ip(packet[12:16]), ip(packet[16:20])
        udp = packet[header:]
        self.sport, self.dport, length, checksum = struct.unpack("!4H", udp[:8])
        self.payload = udp[8:length]
        self._judge_checksum(packet, udp[:length], checksum)
        self._parse(self.payload)

    def _judge_checksum(self, packet, udp, checksum):
        pseudo = packet[12:20] + struct.pack("!2H", 17, len(udp))
        # A virtual link may leave the sum to hardware: that of the pseudo header.
        self.checksum_ok = sum16(pseudo + udp) == 0xffff or checksum == sum16(pseudo)
        self.checksum_absent = checksum == 0

    def _parse(self, message):
        self.op, self.htype, self.hlen, self.hops = message[:4]
        self.xid, self.secs, self.flags = struct.unpack("!IHH", message[4:12])
        self.ciaddr, self.yiaddr, self.siaddr, self.giaddr = (
            ip(message[at:at + 4]) for at in (12, 16, 20, 24))
        self.chaddr = message[28:44]
        self.sname_and_file = message[44:236]
        self.cookie = message[236:240]
        self.options, self.order, at = {}, [], 240
        while at < len(message) and message[at] != 255:
            code = message[at]
            at += 1
            if code:
                size = message[at]
                self.order.append(code)
                self.options[code] = self.options.get(code, b"") + message[at + 1:at + 1 + size]
                at += 1 + size
        self.ended = at < len(message)
        self.after_end = message[at + 1:]
        kind = self.options.get(53, b"\0")
        self.type = TYPES.get(kind[0], str(kind[0]))

    def number(self, code):
        value = self.options.get(code)
        return None if value is None else int.from_bytes(value, "big")

    def address(self, code):
        value = self.options.get(code)
        return None if value is None else ip(value)

    @property
    def from_client(self):
        return self.dport == 67 and not self.sent_here

    @property
    def broadcast(self):
        return self.eth_dst == BROADCAST and self.ip_dst == "255.255.255.255"

    @property
    def unicast(self):
        return self.eth_dst != BROADCAST and self.ip_dst != "255.255.255.255"

    @property
    def variant(self):
        """REQUESTs by RFC 2131 Table 4; other messages by their type."""
        if self.type != "REQUEST":
            return self.type
        if self.ciaddr != "0.0.0.0":
            return "RENEWING" if self.unicast else "REBINDING"
        return "SELECTING" if 54 in self.options else "INIT-REBOOT"

    def __str__(self):
        options = " ".join(f"{code}={value.hex()}" for code, value in self.options.items()
                           if code not in (53, 55))
        return (f"{self.at:.3f} {self.eth_src} > {self.eth_dst} {self.ip_src} > {self.ip_dst}"
                f" {self.variant} xid {self.xid:08x} secs {self.secs} ciaddr {self.ciaddr}"
                f" yiaddr {self.yiaddr} {options}")


class Arp:
    """An ARP packet and the frame that it came in."""

    def __init__(self, at, frame, sent_here):
        self.at = at
        self.sent_here = sent_here
        self.eth_dst, self.eth_src = mac(frame[0:6]), mac(frame[6:12])
        self.sizes = struct.unpack("!HHBB", frame[14:20])
        self.op = struct.unpack("!H", frame[20:22])[0]
        self.sender_mac, self.sender = mac(frame[22:28]), ip(frame[28:32])
        self.target_mac, self.target = mac(frame[32:38]), ip(frame[38:42])

    @property
    def kind(self):
        """The names of RFC 5227 1.1, where it has one."""
        if self.op != 1:
            return "reply"
        if self.sender == "0.0.0.0":
            return "probe"
        return "announcement" if self.sender == self.target else "request"

    def __str__(self):
        return (f"{self.at:.3f} {self.eth_src} > {self.eth_dst} ARP {self.kind}"
                f" {self.sender} {self.sender_mac} > {self.target} {self.target_mac}")


class Wire:
    """Captures all that passes an interface of this namespace.

    The kernel keeps the frames, each with its time, until somebody asks; so
    whoever looks sees all that was there by then.
    """

    def __init__(self, interface):
        self.messages = []
        self.arps = []
        self.complaints = []  # when ICMP told a server that port 68 is unreachable
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
        self.socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        self.socket.bind((interface, ETH_P_ALL))
        self.socket.setblocking(False)

    def ignore(self, source):
        """From now on does not see what one hardware address sends: a flood."""
        high, low = struct.unpack("!IH", bytes.fromhex(source.replace(":", "")))
        program = b"".join(struct.pack("=HBBI", *line) for line in (
            (BPF_LD_W, 0, 0, 6), (BPF_JEQ, 0, 3, high),
            (BPF_LD_H, 0, 0, 10), (BPF_JEQ, 0, 1, low),
            (BPF_RET, 0, 0, 0), (BPF_RET, 0, 0, 0xffffffff)))
        kept = ctypes.create_string_buffer(program)
        self.socket.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER,
                               struct.pack("@HP", len(program) // 8, ctypes.addressof(kept)))

    def _catch_up(self):
        clock = clock_offset()
        while True:
            try:
                frame, extra, _, origin = self.socket.recvmsg(65536, 256)
            except BlockingIOError:
                return
            except OSError:
                continue  # the link went down; it is told once
            seconds, nanoseconds = struct.unpack("@ll", extra[0][2][:struct.calcsize("@ll")])
            self._take(seconds + nanoseconds / 1e9 - clock, frame,
                       origin[2] == socket.PACKET_OUTGOING)

    def _take(self, at, frame, sent_here):
        if frame[12:14] == b"\x08\x06" and len(frame) >= 42:
            self.arps.append(Arp(at, frame, sent_here))
        if frame[12:14] != b"\x08\x00" or len(frame) < 34:
            return
        body = frame[14 + (frame[14] & 15) * 4:]
        if frame[23] == 1 and body[0] == 3 and body[30:32] == struct.pack("!H", 68):
            self.complaints.append(at)
        if frame[23] == 17 and struct.unpack("!H", body[2:4])[0] in (67, 68):
            self.messages.append(Message(at, frame, sent_here))

    def forget(self, until=math.inf):
        """Forgets what was captured before an instant."""
        self._catch_up()
        self.messages = [m for m in self.messages if m.at >= until]
        self.arps = [arp for arp in self.arps if arp.at >= until]

    def find(self, kind=None, since=0.0):
        """The client's messages of a type or variant; all without one."""
        self._catch_up()
        return [m for m in self.messages
                if m.from_client and m.at >= since and kind in (None, m.type, m.variant)]

    def replies(self, kind=None, since=0.0):
        """The same of the server's messages."""
        self._catch_up()
        return [m for m in self.messages
                if not m.from_client and m.at >= since and kind in (None, m.type)]

    def find_arp(self, kind=None, since=0.0):
        """The client's ARP packets of a kind; all without one."""
        self._catch_up()
        return [arp for arp in self.arps
                if not arp.sent_here and arp.at >= since and kind in (None, arp.kind)]

    def wait(self, kind, timeout=PATIENCE_S, since=0.0, count=1):
        """The count-th such message of the client, as soon as it is there."""
        return self._wait(self.find, kind, timeout, since, count)

    def wait_arp(self, kind, timeout=PATIENCE_S, since=0.0, count=1):
        return self._wait(self.find_arp, kind, timeout, since, count)

    def _wait(self, find, kind, timeout, since, count):
        deadline = time.monotonic() + timeout
        while True:
            found = find(kind, since)
            if len(found) >= count:
                return found[count - 1]
            left = deadline - time.monotonic()
            if left <= 0:
                raise AssertionError(f"{len(found)} instead of {count} {kind} in {timeout} s")
            select.select([self.socket], [], [], left)

    def explain(self):
        self._catch_up()
        return "\n".join(str(seen) for seen in sorted(
            [*self.messages, *self.arps], key=lambda seen: seen.at))
