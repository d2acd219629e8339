# SPDX-License-Identifier: BSD-2-Clause
"""Frames that no server of ours would send, octet by octet.

As wire.py it shares no code with the daemon: it writes what that one reads.
"""

import ipaddress
import select
import socket
import struct
import time

from .system import PATIENCE_S
from .wire import BROADCAST, COOKIE, ETH_P_ALL, mac, sum16

ETH_P_IP, ETH_P_ARP, ETH_P_VLAN = 0x0800, 0x0806, 0x8100
SERVER_MAC = "02:00:00:00:00:fe"
TYPES = {"OFFER": 2, "ACK": 5, "NAK": 6}


def octets(text):
    return bytes.fromhex(text.replace(":", ""))


def address(text):
    return ipaddress.IPv4Address(text).packed


def ethernet(destination, kind, payload, source=SERVER_MAC, vlan=None):
    """A frame; vlan is the tag's 16 bits: priority, DEI, id."""
    tag = b"" if vlan is None else struct.pack("!2H", ETH_P_VLAN, vlan)
    return octets(destination) + octets(source) + tag + struct.pack("!H", kind) + payload


def udp(payload, dport, source="10.0.0.1", destination="255.255.255.255"):
    """An IPv4 packet from port 67."""
    ends = address(source) + address(destination)
    length = len(payload) + 8
    checked = ends + struct.pack("!6H", 17, length, 67, dport, length, 0) + payload
    datagram = struct.pack("!4H", 67, dport, length, ~sum16(checked) & 0xffff or 0xffff) + payload
    start = struct.pack("!BBHHHBB", 0x45, 0, length + 20, 0, 0, 64, 17)
    return start + struct.pack("!H", ~sum16(start + ends) & 0xffff) + ends + datagram


def options(kind, extra):
    """Those of an OFFER or ACK of an hour; of BOOTP (kind None) mask and router."""
    fields = {1: address("255.255.255.0"), 3: address("10.0.0.1")}
    if kind:
        fields |= {53: bytes([TYPES[kind]]), 54: address("10.0.0.1"),
                   51: struct.pack("!I", 3600)}
    fields |= extra
    return b"".join(bytes((code, len(value))) + value for code, value in fields.items())


def reply(to, kind, yiaddr="10.0.0.10", op=2, dport=68, extra=None, **frame):
    """A reply to a captured message, broadcast unless frame says otherwise."""
    message = struct.pack("!4BIHH", op, to.htype, to.hlen, 0, to.xid, 0, to.flags)
    message += bytes(4) + address(yiaddr) + bytes(8) + to.chaddr + bytes(192) + COOKIE
    message += options(kind, extra or {}) + b"\xff"
    return ethernet(frame.pop("destination", BROADCAST), ETH_P_IP,
                    udp(message.ljust(300, b"\0"), dport), **frame)


def arp(op, sender, target, sender_mac=SERVER_MAC, destination=BROADCAST):
    """An ARP packet; op 1 asks, 2 tells."""
    packet = struct.pack("!HHBBH", 1, ETH_P_IP, 6, 4, op)
    packet += octets(sender_mac) + address(sender) + bytes(6) + address(target)
    return ethernet(destination, ETH_P_ARP, packet, source=sender_mac)


class Forge:
    """Puts frames on the wire of an interface, and sees those that come in."""

    def __init__(self, interface):
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
        self.socket.bind((interface, ETH_P_ALL))
        self.mac = self.socket.getsockname()[4]

    def send(self, frame):
        self.socket.send(frame)

    def reply(self, *arguments, **changes):
        self.send(reply(*arguments, **changes))

    def arp(self, *arguments, **changes):
        self.send(arp(*arguments, **changes))

    def who_has(self, target, timeout=PATIENCE_S, sender="10.0.0.1"):
        """Asks by ARP; the answer's sender, or None if there is none in time."""
        self.arp(1, sender, target, sender_mac=mac(self.mac))
        deadline = time.monotonic() + timeout
        while select.select([self.socket], [], [], max(0, deadline - time.monotonic()))[0]:
            frame = self.socket.recv(2048)
            if frame[:6] == self.mac and frame[12:14] == struct.pack("!H", ETH_P_ARP) \
                    and frame[20:22] == b"\0\2" and frame[28:32] == address(target):
                return mac(frame[22:28])
        return None


def ping(target, timeout=PATIENCE_S):
    """True if an ICMP echo is answered."""
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP) as icmp:
        echo = struct.pack("!BBHHH", 8, 0, 0, 7, 1)
        icmp.settimeout(timeout)
        icmp.sendto(echo[:2] + struct.pack("!H", ~sum16(echo) & 0xffff) + echo[4:], (target, 0))
        try:
            while True:
                packet, source = icmp.recvfrom(2048)
                if source[0] == target and packet[20] == 0:
                    return True
        except TimeoutError:
            return False
