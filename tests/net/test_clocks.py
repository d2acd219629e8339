# SPDX-License-Identifier: BSD-2-Clause
"""Leases of other times: files as clocks, boots and machines would have left them."""

import re
import subprocess
import zlib

from lab import Skip, eventually, lasts

DAY = 86400


def granted(lab, server_stays=False):
    """Leases for a minute, ends without a word, and leaves the file of that."""
    server = lab.server(lease=60)
    lab.bound().stop()
    if not server_stays:
        server.stop()
    return lab.lease_files()[0]


def another_boot(lab, path, **lines):
    """The kernel has nothing any more, and the file is of another boot."""
    lab.client.ip("address flush dev eth0")
    rewrite(path, boot_id="0" * 36, **lines)


def rewrite(path, **lines):
    """Changes lines of a lease file; a value may be made of the old one."""
    text = path.read_text()
    for name, value in lines.items():
        name = name.replace("_", "-")
        old = re.search(rf"(?m)^{name} (.*)$", text)[1]
        new = value(int(old)) if callable(value) else value
        text = text.replace(f"\n{name} {old}\n", f"\n{name} {new}\n")
    text = text[:text.rindex("crc ")]
    path.write_text(f"{text}crc {zlib.crc32(text.encode()):08x}\n")


def asked_in_vain(lab):
    """It is asked for; and as nobody answers, not used."""
    since = lab.wire.find("SELECTING")[-1].at
    events = lab.events()
    client = lab.tenured("-n", "-v", "--timeout", "9", "eth0")
    asked = lab.wire.wait("INIT-REBOOT", since=since)
    assert asked.options[50] == bytes([10, 0, 0, 10])
    client.ends(2)
    assert not events.added("10.0.0.10")


# Covers: DF-time-08
@lasts(14)
def test_file_of_the_future(lab):
    """The wall clock of this boot is behind the file's."""
    path = granted(lab)
    another_boot(lab, path, saved_wall=lambda s: s + DAY, granted_wall=lambda s: s + DAY)
    asked_in_vain(lab)


# Covers: DF-time-08
@lasts(14)
def test_file_of_1970(lab):
    """Saved before anybody had set the clock: half a century is no age."""
    path = granted(lab)
    another_boot(lab, path, saved_wall="30", granted_wall="20")
    asked_in_vain(lab)


# Covers: DF-time-08
def test_file_of_1970_confirmed(lab):
    """The server knows how old it is."""
    path = granted(lab, server_stays=True)
    another_boot(lab, path, saved_wall="30", granted_wall="20")
    lab.bound()
    assert lab.wire.wait("INIT-REBOOT")
    assert lab.kernel.address() == "10.0.0.10/24" and lab.kernel.valid_s() > 50


def later(seconds):
    """What runs a program so much later by CLOCK_BOOTTIME, by a time namespace."""
    command = ["unshare", "-T", "--boottime", str(seconds)]
    if subprocess.run([*command, "true"], check=False, stderr=subprocess.DEVNULL).returncode:
        raise Skip("no time namespace may be made here")
    return command


# Covers: DF-time-07
@lasts(6)
def test_started_after_a_sleep_over_expiry(lab):
    """The kernel, which counts no sleep, has the address still: it goes at once."""
    granted(lab)
    assert lab.kernel.valid_s() > 50
    command = later(61)
    client = lab.tenured("-f", "-v", "eth0", under=command)
    eventually("no address", lambda: not lab.kernel.addresses())
    asked = lab.wire.wait("DISCOVER", since=lab.wire.find("SELECTING")[-1].at)
    assert asked.options[50] == bytes([10, 0, 0, 10])
    assert client.running


# Covers: DF-time-07
@lasts(10)
def test_started_after_a_sleep(lab):
    """What is left of the lease is what BOOTTIME says."""
    granted(lab)
    command = later(lab.kernel.valid_s() - 8)
    client = lab.tenured("-f", "-v", "eth0", under=command)
    assert lab.wire.wait("INIT-REBOOT")
    assert lab.kernel.address() == "10.0.0.10/24"
    client.wait_line("10.0.0.10 is gone: expired")
    assert not lab.kernel.addresses()
