# SPDX-License-Identifier: BSD-2-Clause
"""The hooks hostname and ntp, with each of those whom they may tell."""

import shutil
from pathlib import Path

from lab import Skip, eventually, smoke

UTS = ("unshare", "--uts")


def text(value):
    return value.encode().hex()


def install(lab, name, body):
    """Puts a program where hooks find it first."""
    own = lab.dir / "bin"
    if not own.exists():
        own.mkdir()
        lab.here.run("mount", "--bind", own, "/usr/local/sbin")
    (own / name).write_text(f"#!/bin/sh\n{body}\n")
    (own / name).chmod(0o755)


# ---- hostname ----------------------------------------------------------------

def named(lab, name, *arguments, before="localhost"):
    """A daemon whose host has a name of its own to lose, and hooks that set it."""
    lab.server("--option", f"12={text(name)}", lease=3600)
    hooks = lab.shipped_hook("hostname")
    # What comes after it says which name there is.
    lab.hook("zz-look", f"""cat /proc/sys/kernel/hostname >{lab.dir}/name.new
        mv {lab.dir}/name.new {lab.dir}/name-$reason""")
    lab.need_ctl()
    if not shutil.which("hostname"):
        raise Skip("no hostname(1) here")
    client = lab.tenured("-f", "-v", *hooks, *arguments, "eth0", under=(
        *UTS, "sh", "-c", f'hostname {before}; exec "$@"', "sh"))
    client.wait_line("eth0: .* is ready")
    return client


def name_after(lab, reason):
    path = lab.dir / f"name-{reason}"
    eventually(f"hooks for {reason}", path.exists)
    name = path.read_text().strip()
    path.unlink()
    return name


@smoke
def test_hostname_of_a_nameless_host(lab):
    """It is named for as long as there is a lease."""
    named(lab, "guest.lab.example")
    assert name_after(lab, "BOUND") == "guest"
    lab.ctl("renew", "eth0")
    assert name_after(lab, "RENEW") == "guest"
    lab.ctl("release", "eth0")
    assert name_after(lab, "RELEASE") == "localhost"
    assert not Path("/run/tenured-hostname").exists()


def test_hostname_of_a_host_with_a_name(lab):
    """That is the administrator's, unless the administrator says otherwise."""
    lab.own_etc()
    client = named(lab, "guest", before="server7")
    assert name_after(lab, "BOUND") == "server7"
    client.stop()
    Path("/etc/tenured").mkdir(exist_ok=True)
    Path("/etc/tenured/hostname-always").touch()
    named(lab, "guest", before="server7")
    assert name_after(lab, "REBOOT") == "guest"
    lab.ctl("release", "eth0")
    assert name_after(lab, "RELEASE") == "server7"


def test_hostname_changed_by_others(lab):
    """Somebody else's later word stands."""
    lab.hook("aa-other", "[ $reason != RENEW ] || hostname other")
    client = named(lab, "guest")
    assert name_after(lab, "BOUND") == "guest"
    lab.ctl("renew", "eth0")
    assert name_after(lab, "RENEW") == "other"
    client.wait_line("somebody else named this host other, which stays")
    lab.ctl("release", "eth0")
    assert name_after(lab, "RELEASE") == "other"


# ---- ntp ---------------------------------------------------------------------

def log_is(lab, *lines):
    log = lab.dir / "log"
    eventually(lines, lambda: log.exists() and log.read_text().splitlines() == list(lines))
    log.unlink()


def content(path):
    path = Path(path)
    return path.read_text() if path.exists() else None


def timed(lab):
    lab.need_ctl()
    lab.server("--option", "42=0a00000e0a00000f", lease=3600)
    return lab.bound(*lab.shipped_hook("ntp"))


def test_ntp_chrony(lab):
    lab.own_etc()
    Path("/etc/chrony").mkdir(exist_ok=True)
    Path("/etc/chrony/chrony.conf").write_text("sourcedir /run/chrony-dhcp\n")
    install(lab, "chronyc", f'echo "$@" >>{lab.dir}/log')
    timed(lab)
    log_is(lab, "reload sources")
    sources = "/run/chrony-dhcp/eth0.sources"
    assert content(sources) == "server 10.0.0.14 iburst\nserver 10.0.0.15 iburst\n"
    # The same again is no news.
    lab.ctl("renew", "eth0")
    lab.ctl("release", "eth0")
    log_is(lab, "reload sources")
    assert content(sources) is None


def test_ntp_chrony_without_the_directory(lab):
    lab.own_etc()
    Path("/etc/chrony").mkdir(exist_ok=True)
    Path("/etc/chrony/chrony.conf").write_text("pool pool.ntp.org\n")
    install(lab, "chronyc", f'echo "$@" >>{lab.dir}/log')
    client = timed(lab)
    client.wait_line('chrony.conf has no line "sourcedir /run/chrony-dhcp"')
    assert not (lab.dir / "log").exists()


def test_ntp_ntpsec(lab):
    lab.own_etc()
    Path("/etc/ntpsec").mkdir(exist_ok=True)
    Path("/etc/ntpsec/ntp.conf").write_text("driftfile /var/lib/ntpsec/drift\npool pool.ntp.org\n")
    Path("/run/systemd/system").mkdir(parents=True)
    install(lab, "systemctl", f'echo "$@" >>{lab.dir}/log')
    timed(lab)
    log_is(lab, "--no-block try-restart ntpsec.service")
    conf = "/run/ntpsec/ntp.conf.dhcp"
    assert content(conf).splitlines()[1:] == [
        "driftfile /var/lib/ntpsec/drift", "server 10.0.0.14 iburst", "server 10.0.0.15 iburst"]
    lab.ctl("release", "eth0")
    log_is(lab, "--no-block try-restart ntpsec.service")
    assert content(conf) is None


def test_ntp_timesyncd(lab):
    Path("/run/systemd/system").mkdir(parents=True)
    install(lab, "systemctl", f'[ "$1" = cat ] || echo "$@" >>{lab.dir}/log')
    timed(lab)
    log_is(lab, "--no-block try-restart systemd-timesyncd.service")
    conf = "/run/systemd/timesyncd.conf.d/50-tenured-eth0.conf"
    assert content(conf) == "[Time]\nNTP=10.0.0.14 10.0.0.15\n"
    lab.ctl("release", "eth0")
    log_is(lab, "--no-block try-restart systemd-timesyncd.service")
    assert content(conf) is None


def test_ntp_nobody(lab):
    """Nobody keeps the clock here, and nothing is written."""
    before = set(Path("/run").iterdir())
    install(lab, "systemctl", "exit 1")
    lab.need_ctl()
    lab.server("--option", "42=0a00000e", lease=3600)
    hooks = lab.shipped_hook("ntp")
    client = lab.bound(*hooks, *lab.telling_hook("zz-tell"))
    lab.wait_told("BOUND")
    assert not client.find("hook ntp")
    assert {path.name for path in set(Path("/run").iterdir()) - before} == {"tenured"}
