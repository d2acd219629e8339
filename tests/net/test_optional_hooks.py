# SPDX-License-Identifier: BSD-2-Clause
"""The hooks hostname, ntp and net-conf, with each of those whom they may tell."""

import re
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
    eventually(lines, lambda: log.exists()
               and log.read_text() == "".join(f"{line}\n" for line in lines))
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


# ---- net-conf ------------------------------------------------------------------

NET_CONF = "/run/net-eth0.conf"

# As ipconfig of klibc has them, in its order.
NET_CONF_NAMES = """DEVICE PROTO IPV4ADDR IPV4BROADCAST IPV4NETMASK IPV4GATEWAY IPV4DNS0 IPV4DNS1
    HOSTNAME DNSDOMAIN NISDOMAIN ROOTSERVER ROOTPATH filename UPTIME DHCPLEASETIME
    DOMAINSEARCH""".split()


def net_conf(lab):
    """What a shell makes of the file; each line is a value in quotes."""
    lines = content(NET_CONF).splitlines()
    for line in lines:
        assert re.fullmatch(r"\w+='[^']*'", line), line
    got = lab.here.run("env", "-i", "sh", "-c", f". {NET_CONF}; set").stdout
    return {name: re.search(f"^{name}='?(.*?)'?$", got, re.M)[1] for name in NET_CONF_NAMES}, [
        line.split("=")[0] for line in lines]


def test_net_conf(lab):
    """The file of an initramfs, for as long as there is a lease."""
    lab.need_ctl()
    lab.server("--option", "6=0a0000010a0000020a000003", "--option", f"12={text('guest')}",
               "--option", f"15={text('lab.example')}", "--option", f"17={text('/srv/root')}",
               "--option", f"40={text('nis.example')}", lease=3600)
    lab.bound("--request-option", "root-path,nis-domain", *lab.shipped_hook("net-conf"))
    eventually("the file", Path(NET_CONF).exists)
    got, names = net_conf(lab)
    assert names == NET_CONF_NAMES
    assert 0 < int(got.pop("UPTIME")) <= float(Path("/proc/uptime").read_text().split()[0])
    assert got == {
        "DEVICE": "eth0", "PROTO": "dhcp", "IPV4ADDR": "10.0.0.10",
        "IPV4BROADCAST": "10.0.0.255", "IPV4NETMASK": "255.255.255.0",
        "IPV4GATEWAY": "10.0.0.1", "IPV4DNS0": "10.0.0.1", "IPV4DNS1": "10.0.0.2",
        "HOSTNAME": "guest", "DNSDOMAIN": "lab.example", "NISDOMAIN": "nis.example",
        "ROOTSERVER": "0.0.0.0", "ROOTPATH": "/srv/root", "filename": "",
        "DHCPLEASETIME": "3600", "DOMAINSEARCH": ""}
    lab.ctl("release", "eth0")
    eventually("its end", lambda: not Path(NET_CONF).exists())


def test_net_conf_hostile(lab):
    """No word of a server is a shell's; the router of everything may come by option 121."""
    evil = text("a';touch /run/owned;'")
    lab.server("--option", f"17={evil}", "--option", f"40={evil}", "--option", f"12={evil}",
               "--option", f"15={evil}", "--option", "121=000a0000fe080a0a000001", router=False)
    lab.bound("--request-option", "root-path,nis-domain", *lab.shipped_hook("net-conf"))
    eventually("the file", Path(NET_CONF).exists)
    got, _ = net_conf(lab)
    assert not Path("/run/owned").exists()
    assert [got[name] for name in ("ROOTPATH", "NISDOMAIN", "HOSTNAME", "DNSDOMAIN")] == [""] * 4
    assert got["IPV4GATEWAY"] == "10.0.0.254" and got["IPV4DNS0"] == "0.0.0.0"


# ---- 90-dhclient-compat --------------------------------------------------------

def scripts(when, **bodies):
    """Scripts for dhclient, as packages put them there, and no others."""
    folder = Path(f"/etc/dhcp/dhclient-{when}-hooks.d")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, body in bodies.items():
        (folder / name.replace("_", ".")).write_text(body + "\n")


def test_dhclient_compat(lab):
    """They are sourced, in order, with dhclient's variables; exit ends one alone."""
    lab.need_ctl()
    lab.own_etc()
    scripts("enter", resolver=f"""kept=yes
        make_resolv_conf() {{ echo "make $new_domain_name" >>{lab.dir}/log; }}""")
    scripts("exit", aa="exit 3", cc_old=f"echo old >>{lab.dir}/log",
            bb=f'echo "$reason $kept $new_domain_search $new_rfc3442_classless_static_routes'
               f' $IF_METRIC" >>{lab.dir}/log')
    lab.server("--option", f"15={text('lab.example')}", "--option", "121=1009090a000001",
               "--option", "119=016103636f6d000162036f726700", lease=3600)
    client = lab.bound(*lab.shipped_hook("90-dhclient-compat"), "--metric", "7")
    log_is(lab, "make lab.example", "BOUND yes a.com. b.org. 16 9 9 10 0 0 1 7")
    lab.ctl("renew", "eth0")
    log_is(lab, "make lab.example", "RENEW yes a.com. b.org. 16 9 9 10 0 0 1 7")
    lab.ctl("release", "eth0")
    log_is(lab, "RELEASE yes   7")
    assert not client.find("hook 90-dhclient-compat")


def test_dhclient_compat_nothing_there(lab):
    lab.need_ctl()
    lab.own_etc()
    shutil.rmtree("/etc/dhcp", ignore_errors=True)
    lab.server(lease=3600)
    client = lab.bound(*lab.shipped_hook("90-dhclient-compat"), *lab.telling_hook("zz-tell"))
    lab.wait_told("BOUND")
    assert not client.find("hook 90-dhclient-compat")
