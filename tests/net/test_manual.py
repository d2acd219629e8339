# SPDX-License-Identifier: BSD-2-Clause
"""The examples in the manual: each is run as it stands in its page (lab/manual.py)."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

from lab import Process, Skip, eventually, lasts
from lab import manual
from lab.manual import Player, plays
from lab.system import mount

import test_external
import test_import

PAGES = ("tenured.8", "tenurectl.1", "tenured-replay.1", "tenured.conf.5", "tenured-hooks.7",
         "tenured-ipc.7")

SENTENCE = r"^\.(?:Ql|Ic) ((?:tenurectl|tenured) .*?)(?: [.,;:]+)?$"


def need(*programs):
    missing = [program for program in programs if not shutil.which(program)]
    if missing:
        raise Skip(f"examples not run: no {', '.join(missing)} here")


def ready(lab, *interfaces, options=(), **server):
    """A server, and one daemon with a lease for each interface."""
    lab.need_ctl()
    lab.server(**{"lease": 3600, **server})
    daemon = lab.tenured("-f", "-v", *options, *(interfaces or ["eth0"]))
    for interface in interfaces or ["eth0"]:
        daemon.wait_line(f"{interface}: .* is ready")
    return Player(lab)


def virtual(lab, name):
    """A link that sections by pattern are for, unlike a veth."""
    lab.client.ip("link set eth0 up")
    lab.client.ip(f"link add link eth0 name {name} type macvlan mode bridge")


def test_manual_whole(_lab):
    """Each example of each page is in a test below; and what tests run is in a page."""
    there = {(page, each.first) for page in PAGES for each in manual.examples(page)}
    for page, first in manual.CLAIMED:
        manual.find(page, first)
    unclaimed = [each for each in there if not any(
        page == each[0] and each[1].startswith(first.split("\n")[0])
        for page, first in manual.CLAIMED)]
    assert not unclaimed, f"no test runs these examples: {unclaimed}"


def test_manual_commands(lab):
    """Commands that sentences name are there, and so are their options."""
    lab.need_ctl()
    helps, named = {}, 0
    for page in PAGES:
        text = (manual.SOURCE / "man" / page).read_text().replace("\\-", "-")
        for line in re.findall(SENTENCE, text, re.M):
            flags = re.sub(r" Fl ", " -", line)
            program, *words = re.sub(r" (Ar|Cm)\b", "", flags).split()
            ask = ["help", words[0]] if program == "tenurectl" else ["--help"]
            if (program, ask[-1]) not in helps:
                done = lab.client.run(lab.dir / program, *ask, check=False)
                assert done.returncode == 0, f"{page}: {line}: {done.stdout}"
                helps[program, ask[-1]] = done.stdout
            for option in (word for word in words if word.startswith("-")):
                assert re.search(rf"(?<!\S){option}\b", helps[program, ask[-1]]), f"{page}: {line}"
            named += 1
    assert named > 10, "the commands in the pages are not found: mend this test"


def test_manual_readme(lab):
    """What README says to try in the demo's shell can be tried there."""
    lab.need_ctl()
    readme = (manual.SOURCE / "README").read_text()
    told = readme.partition("In that shell")[2].partition("\n\n\n")[0]
    commands = re.findall(r"^    (.*?)(?:   .*)?$", told, re.M)
    assert len(commands) > 8, told
    done = subprocess.run(
        [manual.SOURCE / "tests" / "demo"], check=False, stdout=subprocess.PIPE, text=True,
        input="".join(f"{command}\necho \"code $?\"\n" for command in commands),
        env={**os.environ, "TRY": "1", "SHELL": "/bin/sh"})
    assert done.returncode == 0, done.stdout
    codes = re.findall(r"^code (\d+)$", done.stdout, re.M)
    assert codes == ["0"] * (len(commands) - 1) + ["1"], done.stdout
    assert done.stdout.count("unknown key 'metirc' in [eth0]; did you mean 'metric'?") > 3


# ---- tenured(8) -----------------------------------------------------------------


@plays("tenured.8", "# tenured eth0\n", "# tenured -n --timeout")
def test_manual_start(lab, start, now):
    """Into the background, with a lease; and nothing left behind without one."""
    lab.need_ctl()
    player = Player(lab)
    (_, command, _), = now.commands()
    sooner = player.enter("#", command.replace("timeout 10", "timeout 1"))
    done = subprocess.run(sooner, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True)
    assert "no address: 2\n" in done.stdout, done.stdout
    lab.server(lease=3600)
    player.run(now)
    lab.ctl("release", "eth0")
    for pid in lab.daemons():
        os.kill(pid, 15)
    eventually("its end", lambda: not lab.daemons())
    player.run(start)


@plays("tenured.8", "# tenured -f -h workshop", "exec tenured -f --ready-fd")
def test_manual_supervised(lab, foreground, run):
    """In the foreground; ready when there are leases, with the name that was to be sent."""
    lab.need_ctl()
    lab.server()
    lab.add_link("wlan0", "srv1", "10.1.0.1/24")
    lab.server(interface="srv1", net="10.1.0")
    player = Player(lab)
    daemon = player.start(foreground)
    lab.wire.wait("DISCOVER")
    eventually("addresses", lambda: lab.kernel.address("eth0") and lab.kernel.address("wlan0"))
    assert lab.wire.find("DISCOVER")[-1].options[12] == b"workshop"
    daemon.stop()
    ready_fd = player.dir / "ready"
    Process(player.enter("#", f"{run.text.strip()} 3>{ready_fd}"))
    eventually("a line", lambda: ready_fd.exists() and "\n" in ready_fd.read_text())


@plays("tenured.8", "# tenured -f -v --no-configure")
def test_manual_look(lab, look):
    """A lease that nothing is done with, and that is given back."""
    lab.server()
    daemon = Player(lab).start(look)
    daemon.wait_line("is ready")
    assert not lab.kernel.address()
    daemon.stop()
    lab.wire.wait("RELEASE")


@plays("tenured.8", "# cat /etc/tenured/tenured.conf", "# tenured --check &&")
def test_manual_check(lab, wrong, reload):
    """A key that there is not is told with its neighbour; what is right is put into force."""
    lab.need_ctl()
    lab.own_etc()
    shutil.rmtree("/etc/tenured", ignore_errors=True)
    player = Player(lab)
    player.run(wrong, code=78)
    conf = Path("/etc/tenured/tenured.conf")
    conf.write_text("[eth0]\n")
    lab.server()
    lab.bound("--no-hooks")
    conf.write_text("[eth0]\nmetric = 77\n")
    player.run(reload)
    eventually("the metric", lambda: "metric 77" in lab.client.ip("route show").stdout)


@plays("tenured.8", "# tenured --import")
def test_manual_import(lab, example):
    """After dhclient, of whose address there is a file."""
    need("dhclient")
    lab.server(lease=3600)
    test_import.dhclient(lab)
    Player(lab).run(example)


# ---- tenurectl(1) ---------------------------------------------------------------


@plays("tenurectl.1", "$ tenurectl status\n", "# tenurectl renew", "$ tenurectl watch",
       "if lease=", "* * * * *", "# tenurectl add usb0")
def test_manual_tenurectl(lab, status, renew, watch, script, crontab, add):
    """The table, a renewal, what is watched, a script, figures, and a link for a while."""
    lab.add_link("eth1", "srv1", "192.0.2.1/24")
    lab.server(interface="srv1", net="192.0.2", lease=4294967295)
    player = ready(lab, "eth0", "eth1", dns="10.0.0.53")
    player.run(status)
    player.run(renew)
    player.watch(watch, lambda: lab.ctl("renew", "eth0"), 5)
    shown = lab.client.run("env", f"PATH={lab.dir}:{os.environ['PATH']}", "sh", "-c", script.text)
    assert shown.stdout == "10.0.0.53\n", shown.stdout

    user, command = re.match(r"(?:\* ){5}(\w+) ((?s:.*))", crontab.text).groups()
    figures = Path(re.search(r"-o (\S+)", command)[1])
    figures.parent.mkdir(parents=True)
    assert user == "root"
    subprocess.run(player.enter("#", command), check=True)
    assert figures.read_text().endswith("# EOF\n"), figures.read_text()

    lab.add_link("usb0", "srv2", "192.168.42.129/24")
    lab.server(interface="srv2", net="192.168.42", lease=3600)
    player.run(add)


@plays("tenurectl.1", "# tenurectl record eth0")
def test_manual_record(lab, record):
    ready(lab).run(record)


@plays("tenurectl.1", "$ tenurectl status --json |")
def test_manual_jq(lab, addresses):
    need("jq")
    lab.add_link("eth1", "srv1", "192.0.2.1/24")
    lab.server(interface="srv1", net="192.0.2")
    ready(lab, "eth0", "eth1").run(addresses)


@plays("tenurectl.1", "$ tenurectl interfaces\n")
def test_manual_interfaces(lab, interfaces):
    """The table of a host, whose link is a veth here and has no IPv6 address."""
    lab.client.run("sh", "-c", "echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6; "
                   "echo 0 >/proc/sys/net/ipv6/conf/lo/disable_ipv6")
    player = ready(lab)
    lab.client.ip("link add br0 type bridge")
    player.run(manual.Example(interfaces.page, interfaces.text.replace("physical", "veth")))


@lasts(12)
@plays("tenurectl.1", "$ tenurectl external eth0")
def test_manual_external(lab, external):
    """With the server's address instead of its name, which nobody here can look up."""
    need("turnserver", "nft", "jq")
    test_external.ready(lab, rules=f"{test_external.masquerade()}\n{test_external.FILTER}")
    named = external.text.replace("stun.example.net", test_external.SERVERS[0])
    Player(lab).run(manual.Example(external.page, named))


# ---- tenured-replay(1) ----------------------------------------------------------


@plays("tenured-replay.1", "# tenurectl record eth0", "# tenured-replay eth0.record | tail",
       "# tenured-replay --mask")
def test_manual_replay(lab, record, same, mask):
    """What was recorded, the same again, and a copy; its pager is cat here."""
    player = ready(lab)
    player.run(record)
    player.run(same)
    player.run(manual.Example(mask.page, mask.text.replace("$ ", "# ").replace("| less", "| cat")))


# ---- tenured.conf(5) ------------------------------------------------------------


def in_force(lab, example, links):
    """Whether each key of each section is in force on the link that it is for."""
    path = lab.dir / "tenured.conf"
    path.write_text(example.text)
    lab.server()
    lab.tenured("-f", "-v", "--config", path)
    section = None
    for number, line in enumerate(example.text.split("\n"), 1):
        line = re.sub(r"\s+#.*", "", line).strip()
        if line.startswith("["):
            section = line.strip("[]")
        elif line:
            key, value = re.split(r"\s*=\s*", line, maxsplit=1)
            interface = links[section]
            asked = ["config", *([interface] if interface else []), "--json"]
            shown = eventually(f"{interface} managed", lambda: (
                done := lab.ctl(*asked, check=False)).returncode == 0 and done.stdout)
            found = [each for each in json.loads(shown)[0]["values"]
                     if each["key"] == key and each["line"] == number]
            assert found and found[0]["value"] == value, (line, found)


@plays("tenured.conf.5", "hostname = db1")
def test_manual_conf_host(lab, host):
    lab.need_ctl()
    lab.add_link("eth1", "srv1", "10.1.0.1/24")
    in_force(lab, host, {None: None, "eth0": "eth0", "eth1": "eth1"})


@plays("tenured.conf.5", "[en*]")
def test_manual_conf_laptop(lab, laptop):
    lab.need_ctl()
    for name in ("en0", "wl0", "dock0"):
        virtual(lab, name)
    lab.client.ip("link set dock0 address 52:54:00:12:34:56")
    in_force(lab, laptop, {"en*": "en0", "wl*": "wl0", "hwaddr 52:54:00:*": "dock0"})


@plays("tenured.conf.5", "[wan0]")
def test_manual_conf_router(lab, router):
    lab.need_ctl()
    virtual(lab, "wan0")
    in_force(lab, router, {"wan0": "wan0"})


# ---- tenured-hooks(7) -----------------------------------------------------------


def hooked(lab, example, name):
    """A daemon that runs the example as a hook of this name, and one that tells after it."""
    lab.need_ctl()
    lab.server(lease=3600)
    lab.own_etc()
    shutil.rmtree("/etc/tenured", ignore_errors=True)
    hook = Path("/etc/tenured/hooks") / name
    hook.parent.mkdir(parents=True)
    hook.write_text(example.text)
    last = hook.parent / "90-last"
    last.write_text('#!/bin/sh\necho "hooks were run for $reason"\n')
    for each in (hook, last):
        each.chmod(0o755)
    return lab.bound("--hook-dir", str(hook.parent))


@plays("tenured-hooks.7", "#!/bin/sh\necho")
def test_manual_hook_log(lab, hook):
    mount("-t", "tmpfs", "tmpfs", "/var/log")
    hooked(lab, hook, "50-log")
    kept = Path("/var/log/addresses")
    line = eventually("a line", lambda: kept.exists() and kept.read_text())
    assert re.fullmatch(r"\S+ eth0 BOUND 10\.0\.0\.\d+\n", line), line


@plays("tenured-hooks.7", "#!/bin/sh\n# The router", "# env interface=eth0")
def test_manual_hook_gateway(lab, hook, by_hand):
    """The file comes with the lease, stays over a renewal, and goes with it."""
    daemon = hooked(lab, hook, "60-gateway")
    kept = Path("/run/gateway.eth0")
    daemon.wait_line("the router is 10.0.0.1")
    assert kept.read_text() == "10.0.0.1\n"
    lab.ctl("renew", "eth0")
    daemon.wait_line("hooks were run for RENEW")
    assert len(daemon.find("the router is")) == 1 and kept.exists(), daemon.output
    lab.ctl("release", "eth0")
    eventually("no file", lambda: not kept.exists())
    Player(lab).run(by_hand)
    assert kept.exists()


@plays("tenured-hooks.7", "# ln -s /dev/null", "# ln -s /usr/local/libexec")
def test_manual_hooks_linked(lab, off, on):
    """One off and one on, in the administrator's directory."""
    lab.own_etc()
    shutil.rmtree("/etc/tenured", ignore_errors=True)
    hooks = Path("/etc/tenured/hooks")
    hooks.mkdir(parents=True)
    player = Player(lab)
    player.run(off)
    player.run(on)
    assert os.readlink(hooks / "resolv") == "/dev/null"
    shipped = os.readlink(hooks / "ntp").replace("/usr/local/libexec/tenured", "src")
    assert os.access(manual.SOURCE / shipped, os.X_OK), shipped


@plays("tenured-hooks.7", "# tenured --hook-runner")
def test_manual_hook_runner(lab, runner):
    Player(lab, options=lab.drop).start(runner)
    eventually("its socket", Path("/run/tenured/hook-runner").exists)


# ---- tenured-ipc(7) -------------------------------------------------------------


@plays("tenured-ipc.7", "#!/usr/bin/env python3", '{"parameters":{"event"')
def test_manual_ipc_python(lab, program, renewal):
    """What is there is told, and what comes; and a subscriber of any kind is sent that."""
    player = ready(lab)
    path = player.dir / "addresses"
    path.write_text(program.text)
    telling = Process(player.enter("$", f"exec python3 {path}"))
    telling.wait_line(r"^eth0 10\.0\.0\.")
    lab.ctl("release", "eth0")
    lab.ctl("start", "eth0")
    eventually("it once more", lambda: len(telling.find(r"^eth0 10\.0\.0\.")) == 2)

    raw = Process(player.enter("$", f"exec python3 -u -c '{LISTEN}'"))
    raw.wait_line('"ready"')
    lab.ctl("renew", "eth0")
    _, line = raw.wait_line('"RENEWING"')
    sent, told = json.loads(line), json.loads(renewal.text)
    assert sent.keys() == told.keys()
    kept = {key: value for key, value in sent["parameters"]["event"].items()
            if value is not None and key != "sequence"}
    del told["parameters"]["event"]["sequence"]
    assert kept == told["parameters"]["event"], (kept, told)


LISTEN = r"""
import socket
daemon = socket.socket(socket.AF_UNIX)
daemon.connect("/run/tenured/eth0.sock")
daemon.sendall(b"{\"method\":\"org.tenured.Client.Subscribe\",\"more\":true}\0")
while octets := daemon.recv(65536):
    print(octets.decode().replace("\0", "\n"), end="")
"""


@plays("tenured-ipc.7", "$ printf")
def test_manual_ipc_socat(lab, call):
    need("socat")
    ready(lab).run(call)


@plays("tenured-ipc.7", "$ varlinkctl call")
def test_manual_ipc_varlinkctl(lab, call):
    need("varlinkctl")
    ready(lab).run(call)
