# SPDX-License-Identifier: BSD-2-Clause
"""The command line: each row of its table, each exit code, each last word."""

import os
import re
import signal
import time

from lab import eventually, lasts, smoke

# What is left of an hour.
RESULT = r"eth0: 10\.0\.0\.10/24 from 10\.0\.0\.1, (1 h|59 min \d+ s)"


def last_line(process):
    return process.output.splitlines()[-1]


def nothing_left(lab):
    eventually("no tenured left", lambda: not lab.daemons())
    return not lab.kernel.addresses() and not lab.kernel.routes()


# ---- given nothing, -b, -n, -q, -f: with a lease -----------------------------

def leased_in_background(lab, *arguments):
    """The parent ends with the result, the daemon stays and keeps the lease."""
    lab.server(lease=3600)
    parent = lab.tenured(*arguments, "eth0")
    parent.ends(0)
    assert re.search(RESULT + "$", last_line(parent)), parent.output
    assert lab.kernel.address() == "10.0.0.10/24"
    assert lab.kernel.route("default"), "ready means that the routes are there"
    [daemon] = lab.daemons()
    assert daemon != parent.pid
    return daemon


def test_nothing_lease(lab):
    leased_in_background(lab)


def test_b_lease(lab):
    leased_in_background(lab, "-b")


def test_n_lease(lab):
    leased_in_background(lab, "-n")


def test_q_lease(lab):
    """It ends, and says when the address that nobody renews will."""
    lab.server(lease=3600)
    process = lab.tenured("-q", "eth0")
    process.ends(0)
    assert re.search(RESULT, process.output)
    assert re.search(r"10\.0\.0\.10.*(renew|end|expire)", process.output), process.output
    assert not lab.daemons()
    assert 3590 <= lab.kernel.valid_s() <= 3600
    assert lab.kernel.route("default")


def test_f_lease(lab):
    """It stays, and does not fork."""
    lab.server(lease=3600)
    process = lab.tenured("-f", "eth0")
    process.wait_line(r"eth0: leased 10\.0\.0\.10/24 from 10\.0\.0\.1 for 1 h")
    time.sleep(0.3)
    assert process.running and lab.daemons() == [process.pid]


def test_f_q_lease(lab):
    lab.server(lease=3600)
    process = lab.tenured("-f", "-q", "eth0")
    process.ends(0)
    assert lab.kernel.address() == "10.0.0.10/24"


# ---- without one in time -----------------------------------------------------

@lasts(8)
def test_nothing_no_lease(lab):
    """The parent goes on waiting, says once what is missing, and gets it."""
    parent = lab.tenured("--timeout", "1", "eth0")
    parent.wait_line("no OFFER")
    assert parent.running
    assert len(parent.find("no OFFER")) == 1
    lab.server(lease=3600)
    parent.ends(0)
    assert re.search(RESULT + "$", last_line(parent))


@lasts(7)
def test_no_ack(lab):
    """What is missing is named after what was last waited for."""
    lab.plug_in()
    lab.server(script="on request silence\n")
    lab.tenured("eth0").wait_line("no ACK")


@lasts(7)
def test_no_carrier(lab):
    lab.carrier(False)
    lab.tenured("eth0").wait_line("no carrier")
    assert not lab.wire.find()


@lasts(6)
def test_b_no_lease(lab):
    """To the background after the timeout; there it goes on."""
    start = time.monotonic()
    parent = lab.tenured("-b", "--timeout", "1", "eth0")
    parent.ends(0)
    assert 0.8 <= time.monotonic() - start <= 20
    assert lab.daemons() and not lab.kernel.addresses()
    lab.server()
    eventually("an address", lab.kernel.addresses)


@smoke
def test_n_no_lease(lab):
    start = time.monotonic()
    process = lab.tenured("-n", "--timeout", "1", "eth0")
    process.ends(2)
    assert 0.8 <= time.monotonic() - start <= 20
    assert "no OFFER" in process.output
    assert nothing_left(lab)


def test_q_no_lease(lab):
    """-q alone goes on waiting."""
    process = lab.tenured("-q", "--timeout", "1", "eth0")
    time.sleep(2)
    assert process.running
    process.stop()


def test_q_n_no_lease(lab):
    process = lab.tenured("-q", "-n", "--timeout", "1", "eth0")
    process.ends(2)
    assert nothing_left(lab)


def test_f_no_lease(lab):
    process = lab.tenured("-f", "--timeout", "1", "eth0")
    time.sleep(2)
    assert process.running and lab.daemons() == [process.pid]


def test_f_n_no_lease(lab):
    process = lab.tenured("-f", "-n", "--timeout", "1", "eth0")
    process.ends(2)
    assert nothing_left(lab)


@lasts(7)
def test_n_removes_what_it_configured(lab):
    """With several interfaces all must be leased; else nothing stays."""
    lab.plug_in()
    lab.add_link("eth1", "srv1", "10.1.0.1/24")
    lab.server()
    events = lab.events()
    process = lab.tenured("-n", "--timeout", "6", "eth0", "eth1")
    events.wait_added("10.0.0.10")
    process.ends(2)
    assert nothing_left(lab)


@lasts(5)
def test_n_keeps_what_was_there(lab):
    """An address that was valid before the start stays to its expiry."""
    server = lab.server(lease=3600)
    lab.tenured("-q", "eth0").ends(0)
    server.stop()
    process = lab.tenured("-n", "--timeout", "2", "eth0")
    process.ends(2)
    assert lab.kernel.address() == "10.0.0.10/24"


# ---- exit codes --------------------------------------------------------------

def refused(lab, code, words, *arguments, **options):
    """It ends at once with one clear line, and has touched nothing."""
    process = lab.tenured(*arguments, **options)
    process.ends(code)
    assert len(process.output.splitlines()) == 1, process.output
    for word in words:
        assert word in process.output, process.output
    assert not lab.daemons() and not lab.wire.find() and not lab.kernel.addresses()


@smoke
def test_usage(lab):
    """64, and what would be right."""
    refused(lab, 64, ["-q", "-R"], "-q", "-R", "eth0")
    refused(lab, 64, ["-b", "-n"], "-b", "-n", "eth0")
    refused(lab, 64, ["--metric", "many"], "--metric", "many", "eth0")
    refused(lab, 64, ["--timeout"], "--timeout", "-1", "eth0")
    refused(lab, 64, ["-c"], "-c", "01:2", "eth0")
    refused(lab, 64, ["-h", "no host"], "-h", "no host", "eth0")
    refused(lab, 64, ["--metric"], "--metrik", "7", "eth0")
    refused(lab, 64, ["--help"], "-Z", "eth0")
    refused(lab, 64, ["tenurectl release"], "-r", "eth0")
    refused(lab, 64, ["strict", "fast", "optimistic", "off"], "--acd=on", "eth0")
    refused(lab, 64, ["never", "once", "always"], "--acd-defence", "yes", "eth0")
    shown = lab.client.run("ip", "link", "show", "dev", "eth0").stdout
    assert ",UP" not in shown, shown


def test_no_such_interface(lab):
    """69, with the names of those that exist."""
    lab.add_link("vpn7", "srv1", "10.1.0.1/24")
    refused(lab, 69, ["eth7", "eth0", "vpn7"], "-i", "eth7")


def test_default_interface(lab):
    """Without a name it is eth0."""
    lab.server(lease=3600)
    parent = lab.tenured()
    parent.ends(0)
    assert re.search(RESULT + "$", last_line(parent))


def test_already_running(lab):
    """75, with the pid of the first; which goes on."""
    daemon = leased_in_background(lab)
    second = lab.tenured("eth0")
    second.ends(75)
    assert re.search(rf"\b{daemon}\b", second.output), second.output
    # Two of ours would have one lease file: --force is against other programs alone.
    lab.tenured("--force", "eth0").ends(75)
    assert lab.daemons() == [daemon] and lab.kernel.address() == "10.0.0.10/24"


def test_already_running_in_another_instance(lab):
    """The lock is the interface's, whatever the instances are called."""
    lab.server()
    lab.bound("--instance", "first")
    [daemon] = lab.daemons()
    second = lab.tenured("-n", "--instance", "second", "eth0")
    second.ends(75)
    assert re.search(rf"\b{daemon}\b", second.output), second.output
    assert lab.kernel.address() == "10.0.0.10/24"


def test_one_interface_by_two_names(lab):
    """An altname is no second interface."""
    lab.client.run("ip", "link", "property", "add", "dev", "eth0", "altname", "cable0")
    refused(lab, 64, ["cable0", "eth0"], "-f", "-n", "eth0", "cable0")


def test_closed_descriptors(lab):
    """A daemon whose starter had no stdin, stdout or stderr lives on."""
    lab.server()
    lab.tenured("eth0", under=("sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh")).ends(0)
    assert lab.kernel.address() == "10.0.0.10/24"
    time.sleep(0.5)
    assert len(lab.daemons()) == 1


def test_no_dev_null(lab):
    """Without /dev/null nothing is amiss, unless it is wanted: that is said."""
    without = 'mount -t tmpfs none /dev; exec "$@"'
    bare = ("unshare", "--mount", "sh", "-ec")
    shown = lab.tenured("--version", drop=False, under=(*bare, without, "sh"))
    shown.ends(0)
    assert "tenured" in shown.output
    refused(lab, 1, ["descriptor 0", "/dev/null"], "--version", drop=False,
            under=(*bare, without + " <&-", "sh"))


def test_directory_of_somebody_else(lab):
    """A directory that was there is not given away: 77, and as it was."""
    lab.need_users()
    other = lab.dir / "other"
    other.mkdir()
    refused(lab, 77, [str(other), "chown"], "--run-dir", other, "eth0")
    assert other.stat().st_uid == 0


def test_not_permitted(lab):
    """77 for who is not root."""
    lab.need_users()
    refused(lab, 77, [], "eth0", drop=False, under=(
        "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"))


def test_missing_user(lab):
    """77, with the command that makes the user."""
    lab.need_users()
    (lab.dir / "passwd").write_text("root:x:0:0:root:/root:/bin/sh\n")
    lab.here.run("mount", "--bind", lab.dir / "passwd", "/etc/passwd")
    refused(lab, 77, ["_tenured", "useradd"], "eth0", drop=False)


def test_configuration(lab):
    """78, with file, line and the nearest key; the same by --check."""
    path = lab.dir / "wrong.conf"
    path.write_text("# an error follows\n[eth0]\nmetrik = 5\n")
    refused(lab, 78, [f"{path}:3:", "metrik", "'metric'"], "--config", path, "eth0")
    refused(lab, 78, [f"{path}:3:"], "--config", path, "--check")
    path.write_text("[eth0]\nmetric = many\n")
    refused(lab, 78, [f"{path}:2:", "many"], "--config", path, "eth0")
    refused(lab, 78, [str(lab.dir / "none.conf")], "--config", lab.dir / "none.conf", "eth0")
    path.write_text("[eth0]\nmetric = 55\n")
    lab.tenured("--config", path, "--check").ends(0)


def test_configuration_in_force(lab):
    """A section names the interface; the command line wins over it."""
    path = lab.dir / "tenured.conf"
    path.write_text("[eth0]\nmetric = 55\nhostname = of-file\n")
    lab.server()
    process = lab.tenured("--config", path, "-h", "of-line")
    process.ends(0)
    assert lab.kernel.route("default")["metric"] == 55
    assert {message.options[12] for message in lab.wire.find()} == {b"of-line"}


def test_help_and_version(lab):
    """--help fits one screen."""
    shown = lab.tenured("--help", drop=False)
    shown.ends(0)
    lines = shown.output.splitlines()
    assert len(lines) <= 50 and max(map(len, lines)) <= 80, shown.output
    version = lab.tenured("-V", drop=False)
    version.ends(0)
    assert re.match(r"tenured \d", version.output)


# ---- signals, files ----------------------------------------------------------

@smoke
def test_interrupted_parent(lab):
    """SIGINT to a waiting parent: exit 1, nothing left."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        parent = lab.tenured("eth0")
        lab.wire.wait("DISCOVER")
        parent.send(number)
        parent.ends(1)
        assert nothing_left(lab)
        lab.wire.forget()


def test_sigint_in_foreground(lab):
    """With -f SIGINT is SIGTERM: the lease stays."""
    lab.server()
    assert lab.bound().stop(signal.SIGINT) == 0
    assert lab.kernel.address() == "10.0.0.10/24"


# Covers: 2131-3.2-04
def test_sigterm(lab):
    """Address, routes and lease stay, and nothing is sent."""
    lab.server()
    client = lab.bound()
    routes, sent = lab.kernel.routes(), len(lab.wire.find())
    client.stop()
    client.ends(0)
    assert lab.kernel.address() == "10.0.0.10/24" and lab.kernel.routes() == routes
    assert lab.lease_files()
    time.sleep(0.3)
    assert len(lab.wire.find()) == sent


# Covers: 2131-4.4.6-01 2131-4.4.6-02 2131-4.4.1-T5-12
def test_release_on_exit(lab):
    """-R: SIGTERM releases."""
    server = lab.server()
    client = lab.bound("-R")
    client.stop()
    client.ends(0)
    release = lab.wire.wait("RELEASE")
    assert (release.ciaddr, release.ip_dst) == ("10.0.0.10", "10.0.0.1")
    assert release.options.get(56, b"x").isascii()
    assert nothing_left(lab) and not lab.lease_files()
    server.wait_line("^RX RELEASE ciaddr 10.0.0.10 unicast")
    time.sleep(0.3)
    assert len(lab.wire.find("RELEASE")) == 1


def test_pid_file(lab):
    path = lab.dir / "tenured.pid"
    daemon = leased_in_background(lab, "-p", path)
    assert path.read_text() == f"{daemon}\n"


def test_pid_file_that_is_a_pipe(lab):
    """From which nobody reads: it is said, and waited for is nobody."""
    path = lab.dir / "pipe"
    os.mkfifo(path)
    leased_in_background(lab, "-p", path)
    [parent] = lab.clients
    assert parent.find(f"pid file {path}: it is no regular file$")


def test_signals(lab):
    """SIGUSR1 renews, SIGUSR2 releases; the process goes on."""
    lab.server()
    client = lab.bound()
    client.send(signal.SIGUSR1)
    lab.wire.wait("RENEWING")
    client.send(signal.SIGUSR2)
    lab.wire.wait("RELEASE")
    eventually("no address", lambda: not lab.kernel.addresses())
    assert client.running
