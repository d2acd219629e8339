# SPDX-License-Identifier: BSD-2-Clause
"""A disk that is full, read-only or gone: no lease is the worse for it."""

import subprocess
from pathlib import Path

from lab import eventually, lasts, system

STATE = Path("/var/lib/tenured")
NOT_STORED = "eth0: the lease is not stored: "
AGAIN = "the disk takes again"


def state_on(options):
    """The state directory is a file system of its own."""
    STATE.mkdir()
    system.mount("-t", "tmpfs", "-o", options, "tmpfs", str(STATE))


def fill():
    """Leaves no room, not for one octet more."""
    with open(STATE / "full", "wb", buffering=0) as file:
        try:
            while file.write(bytes(4096)):
                pass
        except OSError:
            pass


def becomes_read_only():
    """Not before what is being written is."""
    eventually("no open file", lambda: not subprocess.run(
        ["mount", "-o", "remount,bind,ro", STATE], check=False).returncode)


def renewals(lab, count):
    """Waits until the lease was renewed so many times more."""
    before = len(lab.wire.find("RENEWING"))
    eventually(f"{count} renewals", lambda: len(lab.wire.find("RENEWING")) >= before + count)


# Covers: DF-life-02
@lasts(15)
def test_full_disk(lab):
    """Told once, not once a renewal; stored as soon as there is room."""
    state_on("size=4k")
    lab.server(lease=20, t1=2, t2=10)
    fill()
    client = lab.bound()
    client.wait_line(NOT_STORED + "No space left on device")
    renewals(lab, 2)
    assert client.running and lab.kernel.address() == "10.0.0.10/24"
    assert len(client.find(NOT_STORED)) == 1, client.output
    assert not lab.lease_files()
    (STATE / "full").unlink()
    client.wait_line(AGAIN)
    [path] = lab.lease_files()
    assert "10.0.0.10" in path.read_text()
    # Nothing is left of the tries.
    eventually("its file alone", lambda: list(STATE.iterdir()) == [path])
    client.stop()
    lab.bound()
    assert lab.wire.wait("INIT-REBOOT")


# Covers: DF-life-02
@lasts(15)
def test_read_only_disk(lab):
    """The old file stays as it was; the lease is renewed, and stored in the end."""
    state_on("mode=755")
    lab.server(lease=20, t1=2, t2=10)
    client = lab.bound()
    path = eventually("a lease file", lab.lease_files)[0]
    becomes_read_only()
    before = path.read_bytes()
    client.wait_line(NOT_STORED + "Read-only file system")
    renewals(lab, 2)
    assert client.running and lab.kernel.address() == "10.0.0.10/24"
    assert len(client.find(NOT_STORED)) == 1, client.output
    assert path.read_bytes() == before
    system.mount("-o", "remount,bind,rw", str(STATE))
    client.wait_line(AGAIN)
    assert path.read_bytes() != before


def test_started_on_a_read_only_disk(lab):
    """Where no directory can be made, leases last until the next boot."""
    system.mount("-o", "remount,bind,ro", "/var/lib")
    lab.server()
    client = lab.bound()
    client.wait_line("cannot make /var/lib/tenured: Read-only file system")
    client.stop()
    lab.bound()
    assert lab.wire.wait("INIT-REBOOT")


def test_damaged_file_on_a_read_only_disk(lab):
    """It cannot be put aside; it is not used for all that."""
    state_on("mode=755")
    lab.server()
    lab.bound().stop()
    [path] = lab.lease_files()
    path.write_bytes(path.read_bytes()[:-1])
    system.mount("-o", "remount,bind,ro", str(STATE))
    client = lab.bound()
    client.wait_line(r"eth0\.lease is not used: it is torn, altered or foreign$")
    assert not lab.wire.find("INIT-REBOOT")
    assert client.running and lab.kernel.address() == "10.0.0.10/24"
