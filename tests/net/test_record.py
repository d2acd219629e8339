# SPDX-License-Identifier: BSD-2-Clause
"""The flight recorder: what a real run recorded, the core does again."""

import os
import re
import socket
import stat
import struct
import time
import zlib
from collections import Counter
from pathlib import Path

from lab import eventually, lasts, smoke
from lab.lab import NOBODY

# What a masked copy must not tell.
HOST = "workbench-seven"
DOMAIN = b"laboratory.example"
SEARCH = b"\x0alaboratory\x07example\x00"
SECRETS = (HOST.encode(), b"workbench", b"seven", DOMAIN, b"laboratory", b"example",
           bytes((10, 0, 0, 1)), bytes((10, 0, 0, 10)), bytes((192, 0, 2, 53)))
TOLD = (f"on any option 15={DOMAIN.hex()}\n"
        f"on any option 119={SEARCH.hex()}\n"
        "on any option 6=0a000001c0000235\n"
        "on any option 43=736576656e\n")


def saved(lab, name="eth0"):
    """The recording of an interface as tenurectl saves it."""
    path = lab.dir / f"{name}-{time.monotonic()}.record"
    lab.ctl("record", name, "-o", path)
    return path


def octets(shown, effect):
    """The packets that tenured-replay shows under lines like this."""
    return [(line, bytes.fromhex(after.split()[1]))
            for line, after in zip(shown.splitlines(), shown.splitlines()[1:])
            if re.search(effect, line) and after.split()[0] == "octets"]


def check_arps(lab, sent):
    """The same of ARP packets; the kernel asks for hosts itself, by requests like ours."""
    seen = Counter((arp.sender, arp.target) for arp in lab.wire.find_arp() if arp.op == 1)
    missing = Counter(sent) - seen
    assert not missing, f"not on the wire: {missing}"
    others = [pair for pair in seen - Counter(sent) if pair[0] in ("0.0.0.0", pair[1])]
    assert not others, f"not in the replay: {others}"


def check_packets(lab, shown):
    """What the replay sends is octet for octet what was on the wire."""
    sent, seen = octets(shown, r"^\s+SEND_[BU]"), lab.wire.find()
    assert len(sent) == len(seen), f"{len(sent)} in the replay, {len(seen)} on the wire"
    for (line, packet), message in zip(sent, seen):
        assert packet[28:] == message.payload, f"{line}\n{message}"
        if "by the socket" not in line:  # the kernel makes those headers
            assert packet == message.packet, f"{line}\n{message}"
    check_arps(lab, [(socket.inet_ntoa(packet[14:18]), socket.inet_ntoa(packet[24:28]))
                     for _, packet in octets(shown, r"^\s+SEND_ARP")])
    got = [packet[28:] for _, packet in octets(shown, r"^\d+\.\d+ FRAME")]
    replies = iter(reply.payload for reply in lab.wire.replies())
    assert got and all(packet in replies for packet in got), "replies of nobody"


def transitions(shown):
    return re.findall(r"^\s+(\S+ -> \S+)$", shown, re.M)


def without_times(record):
    """Counted from boot, they begin with zeros: behind an octet of 10 as 10.0.0.1 goes on."""
    now = time.clock_gettime_ns(time.CLOCK_BOOTTIME) >> 32  # in some four seconds
    for high in range(max(now - 60, 0), now + 1):
        record = record.replace(high.to_bytes(4, "big"), b"time")
    return record


def check_secrets(lab, path):
    masked = without_times(path.read_bytes())
    macs = [bytes.fromhex(mac.replace(":", "")) for mac in
            (lab.mac(), lab.wire.replies()[0].eth_src)]
    for secret in (*SECRETS, *macs):
        assert secret not in masked, f"{secret} is told"


def check_recording(lab, path):
    """Replays, and a masked copy goes the same way; gives what was shown."""
    shown = lab.replay("--packets", path)
    assert re.search(r"^identical: \d+ events$", shown, re.M), shown
    assert shown.startswith("eth0 by tenured "), shown
    check_packets(lab, shown)
    masked = Path(f"{path}.masked")
    lab.replay("--mask", path)
    assert masked.stat().st_size == path.stat().st_size
    same = lab.replay(masked)
    assert transitions(same) == transitions(shown) != []
    check_secrets(lab, masked)
    return shown


@smoke
@lasts(20)
def test_record_and_replay(lab):
    """Lease, renewals, a cable pulled, a NAK and a release: all of it again."""
    lab.need_ctl()
    # T1 comes soon once: later it would be a message that a cable which is out keeps.
    late = "".join(f"on request-{kind} option 58=0000001e\n"
                   for kind in ("renewing", "rebinding", "init-reboot"))
    lab.server(lease=60, t1=3, t2=40, script=TOLD + late + "on request-renewing 4 nak\n")
    lab.bound("-h", HOST)
    lab.wire.wait("RENEWING")
    lab.ctl("renew", "eth0")
    lab.ctl("rebind", "eth0")
    lab.carrier(False)
    time.sleep(1.2)
    start = time.monotonic()
    lab.carrier(True)
    lab.wire.wait("INIT-REBOOT", since=start)
    eventually("BOUND", lambda: "BOUND" in lab.ctl("status").stdout)
    # One of them may be the client's own.
    eventually("a NAK", lambda: lab.ctl("renew", "eth0", check=False)
               and lab.wire.replies("NAK"))
    eventually("a lease", lambda: lab.kernel.address() and "BOUND" in lab.ctl("status").stdout)
    lab.ctl("release", "eth0")
    lab.wire.wait("RELEASE")

    shown = check_recording(lab, saved(lab))
    seen = set(transitions(shown))
    for each in ("STOPPED -> INIT", "SELECTING -> REQUESTING", "REQUESTING -> PROBING",
                 "PROBING -> BOUND", "BOUND -> RENEWING", "RENEWING -> BOUND", "BOUND -> REBINDING",
                 "BOUND -> INIT-REBOOT", "REBOOTING -> BOUND", "RENEWING -> INIT",
                 "BOUND -> STOPPED"):
        assert each in seen, f"{each} is not in {seen}"


@lasts(6)
def test_record_of_dnsmasq(lab):
    """The same with a server that is not ours, and with a lease of an earlier run."""
    lab.need_ctl()
    lab.dnsmasq()
    client = lab.bound("-h", HOST)
    eventually("a lease file", lab.lease_files)
    client.stop()
    lab.wire.forget(until=time.monotonic())
    lab.bound("-h", HOST)
    # Nothing is sent any more when it is saved.
    for command in ("renew", "rebind", "release", "start", "stop"):
        lab.ctl(command, "eth0")
    shown = check_recording(lab, saved(lab))
    assert "LEASE_LOADED 10.0.0." in shown and "in kernel" in shown


@lasts(6)
def test_record_of_a_new_identity(lab):
    """A hardware address that changes takes its snapshot with it."""
    lab.need_ctl()
    lab.server(script=TOLD)
    lab.bound("-h", HOST)
    old = lab.mac()
    lab.client.ip("link set eth0 address 02:00:00:12:34:56")
    start = time.monotonic()
    assert lab.mac() != old
    lab.wire.wait("REQUEST", since=start - 1)
    eventually("BOUND", lambda: "BOUND" in lab.ctl("status").stdout)
    shown = lab.replay(saved(lab))
    assert "RECONFIGURE identity" in shown, shown
    lab.clients[0].stop()
    lab.wire.forget(until=time.monotonic() + 1)


@lasts(6)
def test_record_small(lab):
    """A ring that began anew many times can be replayed all the same."""
    lab.need_ctl()
    lab.server()
    lab.bound("--record-size", "16")
    for _ in range(40):
        lab.ctl("renew", "eth0")
    path = saved(lab)
    assert path.stat().st_size <= 16 * 1024 + 8192
    shown = lab.replay(path)
    assert 16 <= int(re.search(r"identical: (\d+)", shown)[1]) < 200
    assert "held" in re.search(r"begins: .*", shown)[0], shown


def test_record_nothing(lab):
    lab.need_ctl()
    lab.server()
    lab.bound("--record-size", "0")
    done = lab.ctl("record", "eth0", "-o", lab.dir / "none", check=False)
    assert done.returncode == 1 and "record-size" in done.stdout, done.stdout
    assert not (lab.dir / "none").exists()


def test_record_file(lab):
    """Root's alone, by the interface's name, and never over another one."""
    lab.need_ctl()
    lab.server()
    lab.bound()
    os.chdir(lab.dir)
    os.umask(0)
    said = lab.ctl("record", "eth0").stdout
    assert re.search(r"^eth0: \d+ events of the last .* saved in eth0.record$", said), said
    path = lab.dir / "eth0.record"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    before = path.read_bytes()
    done = lab.ctl("record", "eth0", check=False)
    assert done.returncode == 73 and "exists already" in done.stdout, done.stdout
    assert path.read_bytes() == before
    lab.replay("--mask", path)
    assert "exists already" in lab.replay("--mask", path, code=73)
    assert not [name for name in os.listdir(lab.dir) if name.startswith("eth0.record.")
                and name != "eth0.record.masked"]
    # Under the longest name there can be, and by no link.
    lab.ctl("record", "eth0", "-o", "x" * 255)
    assert stat.S_IMODE((lab.dir / ("x" * 255)).stat().st_mode) == 0o600
    (lab.dir / "dangling").symlink_to(lab.dir / "elsewhere")
    assert lab.ctl("record", "eth0", "-o", "dangling", check=False).returncode == 73
    assert not (lab.dir / "elsewhere").exists()
    assert lab.ctl("record", "eth7", check=False).returncode == 69
    assert lab.ctl("record", check=False).returncode == 64
    assert lab.ctl("status", "-o", "x", check=False).returncode == 64


def test_mask_of_an_address_that_stays(lab):
    """1.0.0.1 in a network 1.0.0.0/8 cannot be another one: it is said."""
    lab.need_ctl()
    lab.server(script="on any option 121=08010a000001\non any option 6=01000001\n")
    lab.bound()
    path = saved(lab)
    said = lab.replay("--mask", path)
    assert "an address in it stays" in said and "masked: " in said, said
    lab.replay(f"{path}.masked")


def test_record_permission(lab):
    lab.need_users()
    lab.need_ctl()
    lab.server()
    lab.bound()
    done = lab.ctl("record", "eth0", "-o", "/tmp/record-of-nobody", user=NOBODY, check=False)
    assert done.returncode == 77, done.stdout
    assert not os.path.exists("/tmp/record-of-nobody")


def with_sum(content):
    """The end of a recording is the CRC-32 of what is before it."""
    return content[:-4] + struct.pack("!I", zlib.crc32(content[:-4]))


@lasts(12)
def test_damaged_recording(lab):
    """One octet changed anywhere, or cut anywhere: refused, and it is said why."""
    lab.need_ctl()
    lab.server()
    lab.bound()
    whole = saved(lab).read_bytes()
    assert with_sum(whole) == whole
    path = lab.dir / "damaged"
    positions = [*range(40), *range(40, len(whole), len(whole) // 100), len(whole) - 1]
    for at in positions:
        path.write_bytes(whole[:at] + bytes((whole[at] ^ 1 << at % 8,)) + whole[at + 1:])
        said = lab.replay(path, code=65)
        assert re.search("not a recording|of another format|damaged", said), (at, said)
        path.write_bytes(whole[:at])
        said = lab.replay(path, code=65)
        assert re.search("not a recording|damaged", said), (at, said)
    # Who makes the sum anew, too, gets a clear answer, never a crash.
    codes = set()
    for at in positions[8:-4]:
        path.write_bytes(with_sum(whole[:at] + bytes((whole[at] ^ 0xff,)) + whole[at + 1:]))
        done = lab.here.run(lab.dir / "tenured-replay", path, check=False)
        codes.add(done.returncode)
        assert done.returncode in (0, 1, 65), (at, done.stdout)
        assert done.returncode != 1 or "DIVERGES" in done.stdout, (at, done.stdout)
    assert {1, 65} <= codes


@lasts(6)
def test_recording_of_another_version(lab):
    """A core that does otherwise need not be a fault, if it is another one."""
    lab.need_ctl()
    lab.server()
    lab.bound("-h", HOST)
    whole = saved(lab).read_bytes()
    other = whole.replace(HOST.encode(), b"workbench-eight")
    path = lab.dir / "other"
    path.write_bytes(with_sum(other))
    said = lab.replay(path, code=1)
    assert "DIVERGES" in said and "recorded by" not in said, said
    path.write_bytes(with_sum(other[:15] + b"9" + other[16:]))
    for call in ((path,), ("--mask", path)):
        said = lab.replay(*call, code=1)
        assert "recorded by tenured 9" in said and "may do otherwise" in said, said
