# SPDX-License-Identifier: BSD-2-Clause
"""The configuration is read again: what differs is done, and nothing else."""

import os
import signal
import time
from pathlib import Path

from lab import eventually, lasts


class Configuration:
    """A file of the test's, and a daemon that runs by it."""

    def __init__(self, lab, text, *arguments):
        self.lab = lab
        self.path = lab.dir / "conf" / "tenured.conf"
        self.path.parent.mkdir()
        self.write(text)
        self.client = lab.tenured("-f", "-v", "--config", str(self.path), *arguments)

    def write(self, text):
        new = self.path.with_suffix(".new")
        new.write_text(text)
        new.chmod(0o644)
        new.rename(self.path)

    def reload(self, text, says="the configuration was read again"):
        self.write(text)
        before = len(self.client.find(says))
        self.client.send(signal.SIGHUP)
        eventually(says, lambda: len(self.client.find(says)) > before)


def times(lab):
    """What the lease file says, but for when it was written."""
    return {path: path.read_text() for path in lab.lease_files()}


def messages(lab):
    return len(lab.wire.find())


def metrics(lab):
    return {route.get("metric") for route in lab.kernel.routes()}


def test_reload_without_sections(lab):
    """What stands before all sections is that of an interface which has none."""
    lab.server(lease=600)
    conf = Configuration(lab, "metric = 70\n", "eth0")
    conf.client.wait_line("eth0: .* is ready")
    conf.reload("metric = 77\n")
    assert conf.client.find("eth0: changed: metric$")
    eventually("routes with the new metric", lambda: metrics(lab) == {77})
    conf.reload("metric = 77\n")
    assert len(conf.client.find("eth0: changed: ")) == 1


def test_reload_metric(lab):
    """Another metric moves routes; lease, file and server know nothing of it."""
    lab.server(lease=600)
    conf = Configuration(lab, "[eth0]\n")
    conf.client.wait_line("eth0: .* is ready")
    lab.wait_router()
    sent, file, events = messages(lab), times(lab), lab.events()
    conf.reload("[eth0]\nmetric = 77\n")
    assert conf.client.find("eth0: changed: metric$")
    eventually("routes with the new metric", lambda: metrics(lab) == {77})
    assert lab.kernel.address() == "10.0.0.10/24"
    time.sleep(0.5)
    assert messages(lab) == sent and times(lab) == file
    assert not events.deleted("10.0.0.10")
    # And back: what is the same again changes nothing.
    conf.reload("[eth0]\nmetric = 77\n")
    assert len(conf.client.find("changed:")) == 1


def test_reload_refused(lab):
    """What is wrong is said with its file and line, and all stays as it was."""
    lab.server(lease=600)
    conf = Configuration(lab, "[eth0]\nmetric = 50\n")
    conf.client.wait_line("eth0: .* is ready")
    routes = lab.kernel.routes()
    conf.reload("[eth0]\nmetrik = 60\n", says=f"{conf.path}:2: unknown key 'metrik'")
    assert not conf.client.find("read again$") and lab.kernel.routes() == routes
    conf.path.unlink()
    conf.client.send(signal.SIGHUP)
    conf.client.wait_line("cannot be read as configuration: No such file")
    assert conf.client.running and lab.kernel.address()
    conf.reload("[eth0]\nmetric = 60\n")
    assert conf.client.find("eth0: changed: metric$")


def test_reload_add_and_remove(lab):
    """A section more, a section less; the lease of who goes stays."""
    lab.add_link("eth1", "srv1", "10.0.1.1/24")
    lab.server(lease=600)
    lab.server(lease=600, interface="srv1", net="10.0.1")
    conf = Configuration(lab, "[eth0]\n")
    conf.client.wait_line("eth0: .* is ready")
    conf.reload("[eth0]\n[eth1]\n")
    conf.client.wait_line("eth1: managed from now on")
    conf.client.wait_line("eth1: .* is ready")
    assert lab.kernel.address("eth1") == "10.0.1.10/24"
    sent = messages(lab)
    conf.reload("[eth1]\n")
    assert conf.client.find("eth0: not managed any more")
    assert lab.kernel.address() == "10.0.0.10/24" and messages(lab) == sent
    assert any(path.name == "eth0.lease" for path in lab.lease_files())
    # It comes again, and has its lease as after a start.
    conf.reload("[eth0]\n[eth1]\n")
    lab.wire.wait("INIT-REBOOT")
    assert conf.client.running


def test_reload_hostname(lab):
    """What is sent is another one from the next message on."""
    lab.server(lease=600)
    conf = Configuration(lab, "hostname = first\n[eth0]\n")
    conf.client.wait_line("eth0: .* is ready")
    sent = messages(lab)
    conf.reload("hostname = second\n[eth0]\n")
    time.sleep(0.3)
    assert messages(lab) == sent
    conf.client.send(signal.SIGUSR1)
    lab.wire.wait("RENEWING")
    names = [m.options.get(12) for m in lab.wire.find()]
    assert names[0] == b"first" and names[-1] == b"second"


def test_reload_identity(lab):
    """Another client asks for its own lease; the former one is used meanwhile."""
    lab.judged = False  # one identity for all messages
    lab.server(lease=600)
    conf = Configuration(lab, "[eth0]\n")
    conf.client.wait_line("eth0: .* is ready")
    conf.reload("[eth0]\nclient-id = 01:02:03:04:05\n")
    asked = lab.wire.wait("DISCOVER", count=2)
    assert asked.options[61] == bytes([1, 2, 3, 4, 5])
    eventually("its own lease", lambda: lab.kernel.has_only("10.0.0.11/24"))


def test_reload_kept_keys(lab):
    """What cannot change while it runs is said, and holds as before."""
    lab.server(lease=600)
    conf = Configuration(lab, "record-size = 64\n[eth0]\n")
    conf.client.wait_line("eth0: .* is ready")
    conf.reload("record-size = 128\n[eth0]\n", says="record-size changed; that takes effect "
                                                    "with the next start")
    assert conf.client.running


def test_reload_no_configure(lab):
    """Who is not to configure any more takes away what it has configured."""
    lab.server(lease=600)
    conf = Configuration(lab, "[eth0]\n")
    conf.client.wait_line("eth0: .* is ready")
    conf.reload("[eth0]\nconfigure = no\n")
    eventually("no address", lambda: not lab.kernel.addresses())
    conf.reload("[eth0]\nconfigure = yes\n")
    eventually("an address", lab.kernel.addresses)


@lasts(18)
def test_reload_fallback(lab):
    """It is begun without a lease, and ended, as the file says."""
    conf = Configuration(lab, "[eth0]\n")
    lab.wire.wait("DISCOVER")
    conf.reload("[eth0]\nfallback = 10.9.9.9/24\n")
    eventually("the fallback", lambda: lab.kernel.address() == "10.9.9.9/24")
    conf.reload("[eth0]\n")
    eventually("none", lambda: not lab.kernel.addresses())


def test_reload_keys_of_authentication(lab):
    """Root's file of keys cannot be read later on: the keys stay."""
    lab.need_users()
    keys = lab.dir / "keys"
    keys.write_text("token secret\n")
    keys.chmod(0o600)
    lab.server(lease=600)
    text = f"auth-keys = {keys}\n[eth0]\nauth = token\nauth-required = no\n"
    conf = Configuration(lab, text)
    lab.wire.wait("DISCOVER")
    conf.reload(text + "metric = 5\n")
    assert conf.client.find("its keys stay the ones read at the start")
    assert conf.client.find("eth0: changed: metric$")


def test_reload_forbidden(lab):
    """What only root may read is not read by the daemon's user, and that is said."""
    lab.need_users()
    lab.server(lease=600)
    conf = Configuration(lab, "[eth0]\n")
    conf.client.wait_line("eth0: .* is ready")
    conf.path.chmod(0o600)
    conf.client.send(signal.SIGHUP)
    conf.client.wait_line("cannot be read as configuration: Permission denied; "
                          "a daemon that runs reads it as its user, not as root")
    assert conf.client.running and lab.kernel.address()


def test_reload_in_the_background(lab):
    """A path that is relative is where it was when the daemon started."""
    lab.server(lease=600)
    directory = lab.dir / "conf"
    directory.mkdir()
    (directory / "my.conf").write_text("[eth0]\nmetric = 10\n")
    lab.tenured("--config", "my.conf", under=("env", "-C", str(directory))).ends(0)
    (directory / "my.conf").write_text("[eth0]\nmetric = 20\n")
    os.kill(lab.daemons()[0], signal.SIGHUP)
    eventually("the new metric", lambda: metrics(lab) == {20})


def test_reload_named_table(lab):
    """Names of tables are looked up again, where the sandbox leaves little to read."""
    lab.own_etc()
    tables = Path("/etc/iproute2/rt_tables")
    tables.parent.mkdir(exist_ok=True)
    tables.write_text("77 workshop\n")
    lab.server(lease=600)
    conf = Configuration(lab, "table = workshop\n[eth0]\n")
    conf.client.wait_line("eth0: .* is ready")
    conf.reload("table = workshop\n[eth0]\nmetric = 5\n")
    assert conf.client.find("eth0: changed: metric$")


def test_reload_by_links(lab):
    """The file, and those beside it, may lie elsewhere."""
    lab.server(lease=600)
    elsewhere = Path("/var/lib/elsewhere")
    elsewhere.mkdir()
    for name, text in (("a", "[eth0]\n"), ("b", "metric = 5\n")):
        (elsewhere / name).write_text(text)
        (elsewhere / name).chmod(0o644)
    directory = lab.dir / "conf"
    (directory / "tenured.conf.d").mkdir(parents=True)
    (directory / "tenured.conf").symlink_to(elsewhere / "a")
    (directory / "tenured.conf.d" / "b.conf").symlink_to(elsewhere / "b")
    client = lab.tenured("-f", "-v", "--config", str(directory / "tenured.conf"))
    client.wait_line("eth0: .* is ready")
    (elsewhere / "b").write_text("metric = 6\n")
    client.send(signal.SIGHUP)
    client.wait_line("eth0: changed: metric$")


def test_reload_by_a_relative_link_in_the_background(lab):
    """Where the link leads is found from elsewhere, too."""
    lab.server(lease=600)
    elsewhere = Path("/var/lib/elsewhere")
    elsewhere.mkdir()
    (elsewhere / "a").write_text("[eth0]\nmetric = 10\n")
    (elsewhere / "a").chmod(0o644)
    directory = lab.dir / "conf"
    directory.mkdir()
    (directory / "my.conf").symlink_to(elsewhere / "a")
    lab.tenured("--config", "my.conf", under=("env", "-C", str(directory))).ends(0)
    (elsewhere / "a").write_text("[eth0]\nmetric = 20\n")
    os.kill(lab.daemons()[0], signal.SIGHUP)
    eventually("the new metric", lambda: metrics(lab) == {20})
