# SPDX-License-Identifier: BSD-2-Clause
"""What holds of every message of a client, whatever the test is about.

Each test's capture is judged by these rules when the test ends, so each row
named here is tested on every path that any test takes.
"""

from .wire import BROADCAST

NOWHERE = "0.0.0.0"

# Table 4 and 5 of RFC 2131: option 50, option 54, ciaddr; True: must be there.
# Covers: 2131-4.3.2-02 2131-4.3.2-03 2131-4.3.2-04 2131-4.3.2-05 2131-4.3.2-06
# Covers: 2131-4.3.2-08 2131-4.3.2-09 2131-3.5-03 2131-4.4.1-T5-03
# Covers: 2131-4.4.1-T5-05 2131-4.4.1-T5-08 2131-4.4.1-T5-09
TABLE = {
    "DISCOVER": (None, False, False),
    "SELECTING": (True, True, False),
    "INIT-REBOOT": (True, False, False),
    "RENEWING": (False, False, True),
    "REBINDING": (False, False, True),
    "DECLINE": (True, True, False),
    "RELEASE": (False, True, True),
    "INFORM": (False, False, True),
}

# Covers: 2131-3.1-04 2131-4.3.2-07 2131-4.3.2-10 2131-4.4.1-05 2131-4.4.4-01
UNICAST = ("RENEWING", "RELEASE")

# Covers: 2131-4.4.1-T5-10
FEW_OPTIONS = {"DECLINE": {50, 53, 54, 56, 61}, "RELEASE": {53, 54, 56, 61}}

# All that an anonymous client says (RFC 7844), its options in ascending order.
ANONYMOUS = {12, 50, 53, 54, 55, 61}


def judge_frame(m):
    # Covers: 951-3-02
    assert (m.sport, m.dport) == (68, 67), "ports"
    # Covers: 1122-4.1.3.4-02
    assert m.ip_checksum_ok and m.checksum_ok and not m.checksum_absent, "checksum"
    # Covers: DF-srv-01
    assert 300 <= len(m.payload) <= 548, "size"
    # Covers: 2131-4.1-03 1122-3.2.1.3-01
    own = m.ciaddr if m.variant in ("RENEWING", "REBINDING", "RELEASE", "INFORM") else NOWHERE
    assert m.ip_src == own, "IP source"
    # Covers: 2131-4.4.3-03
    assert m.unicast if m.variant in UNICAST else m.broadcast or m.type == "INFORM", "destination"


def judge_header(m):
    # Covers: 2131-3-01
    assert m.op == 1 and m.cookie == bytes((99, 130, 83, 99)), "op or cookie"
    # Covers: 2131-4.4.1-03
    assert (m.htype, m.hlen) == (1, 6), "hardware type"
    assert m.chaddr == bytes.fromhex(m.eth_src.replace(":", "")) + bytes(10), "chaddr"
    # Covers: 1542-2.2-01
    assert m.flags in (0, 0x8000), "flags"
    # Covers: 2131-4.4.1-T5-01 1542-3.4-01
    assert (m.hops, m.yiaddr, m.siaddr, m.giaddr) == (0, NOWHERE, NOWHERE, NOWHERE), "fields"
    # Covers: 2131-4.4.1-T5-04 951-7.1-01
    assert not any(m.sname_and_file), "sname, file"
    # Covers: 2131-4.4.1-T5-02
    if m.type in ("DECLINE", "RELEASE"):
        assert (m.secs, m.flags) == (0, 0), "secs, flags"


def judge_options(m):
    # Covers: 2131-4.1-01
    assert m.ended and not any(m.after_end), "End and padding"
    # Covers: 2131-4.4.1-T5-13
    assert m.type in ("DISCOVER", "REQUEST", "DECLINE", "RELEASE", "INFORM"), "type"
    # Covers: 3396-4-04
    assert len(set(m.order)) == len(m.order), "an option is repeated"
    requested, server, ciaddr = TABLE[m.variant]
    assert requested is None or (50 in m.options) == requested, "option 50"
    assert (54 in m.options) == server, "option 54"
    assert (m.ciaddr != NOWHERE) == ciaddr, "ciaddr"
    # Covers: 2131-4.4.1-T5-07
    assert m.type in ("DISCOVER", "REQUEST") or 51 not in m.options, "option 51"
    # Covers: 2131-4.4.1-T5-11
    assert m.type in ("DECLINE", "RELEASE") or 56 not in m.options, "option 56"
    # Covers: 2132-2-01
    assert not any(m.options.get(code, b"x").endswith(b"\0") for code in (12, 56, 60)), "NUL"
    if m.type in FEW_OPTIONS:
        assert set(m.order) <= FEW_OPTIONS[m.type], "options"
    else:
        judge_wishes(m)


def judge_wishes(m):
    # Covers: 2131-3.5-02 2132-9.10-01
    if 57 in m.options:
        assert len(m.options[57]) == 2 and 576 <= m.number(57) <= 1500, "option 57"
    else:
        assert set(m.order) <= ANONYMOUS and m.order == sorted(m.order), "no option 57"
    # Covers: 2132-9.8-01
    wishes = m.options[55]
    assert wishes and len(set(wishes)) == len(wishes) and not {0, 255} & set(wishes), "option 55"
    # Covers: 3442-client-04 3442-client-05 3442-client-06
    if 121 in wishes:
        behind = [wishes.index(code) for code in (3, 33) if code in wishes]
        assert wishes.index(121) < min(behind), "order of option 55"


def judge_arp(arp):
    """Probes and announcements; the kernel sends the other kinds."""
    # Covers: 5227-1.1-01 5227-1.1-02 2131-4.4.1-10 5227-2.3-01
    assert arp.sizes == (1, 0x0800, 6, 4) and arp.sender_mac == arp.eth_src, "sender"
    assert arp.eth_dst == BROADCAST and arp.target_mac == "00:00:00:00:00:00", "target"
    assert arp.target != NOWHERE, "nobody is asked for"


def judge_identity(messages):
    """What stays the same in all messages of one interface."""
    # Covers: 2131-2-01 2131-3.1-12
    assert len({m.options.get(61) for m in messages}) <= 1, "option 61 changed"
    # Covers: 2131-3.5-01
    assert len({m.options[55] for m in messages if m.type in ("DISCOVER", "REQUEST")}) <= 1, \
        "option 55 changed"


def judge_exchange(messages):
    """A REQUEST goes on where its DISCOVER was answered."""
    discovers = {}
    for m in messages:
        if m.type == "DISCOVER":
            discovers[m.xid] = m
        elif m.variant == "SELECTING":
            # Covers: 2131-3.1-03 2131-4.4.1-08
            assert m.xid in discovers and m.secs == discovers[m.xid].secs, f"xid, secs\n{m}"


def judge(wire, late):
    """Raise AssertionError for the first message that breaks a rule.

    late(at): nobody had to be there for what came then.
    """
    by_client = {}
    for message in wire.find():
        by_client.setdefault(message.eth_src, []).append(message)
        try:
            for rule in (judge_frame, judge_header, judge_options):
                rule(message)
        except AssertionError as error:
            raise AssertionError(f"a message breaks the rules: {error}\n{message}") from None
    for kind in ("probe", "announcement"):
        for arp in wire.find_arp(kind):
            judge_arp(arp)
    for messages in by_client.values():
        judge_identity(messages)
        judge_exchange(messages)
    # Covers: DF-srv-04
    assert all(map(late, wire.complaints)), "ICMP: port 68 is unreachable"
