# SPDX-License-Identifier: BSD-2-Clause
"""Hooks: what they are told and when, and that nothing ever waits for them."""

import json
import os
import re
import signal
import socket
import time

from lab import Skip, eventually, lasts, smoke, system
from lab.wire import EARLY_S

OWN = {"PATH", "reason", "interface", "ifindex", "metric", "dns"}
# A shell adds these to any environment.
SHELL = {"PWD", "SHLVL", "_", "OLDPWD"}


def text(value):
    return value.encode().hex()


def frames(packets):
    """What a packet socket holds."""
    while True:
        try:
            yield packets.recv(65536)
        except BlockingIOError:
            return


def status(lab, what="hooks"):
    return json.loads(lab.ctl("status", "--json").stdout)[0][what]


def runner(lab):
    """The process id of the hook runner, if there is one."""
    pids = [pid for pid in system.descendants()
            if re.search(r"^Name:\ttenured-hooks\n(?s:.)*^State:\t[^Z]", system.status(pid), re.M)]
    assert len(pids) < 2, pids
    return pids[0] if pids else None


def group(pid):
    """The process group of a process; None if it ended."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
            state, _, number = stat.read().rsplit(")", 1)[1].split()[:3]
            return number if state != "Z" else None
    except OSError:
        return None


# ---- what they are told ------------------------------------------------------

@smoke
def test_hook_is_told(lab):
    """Names, values and nothing of the daemon's own environment."""
    lab.server("--dns", "10.0.0.53", "--dns", "10.0.0.54", "--route", "10.9.0.0/16,10.0.0.1",
               "--option", f"15={text('lab.example')}", "--option", f"12={text('guest')}",
               "--option", "42=0a00000e", "--option", "250=c0ffee", lease=3600)
    lab.bound(*lab.telling_hook(), "--metric", "77")
    told = lab.wait_told("BOUND")
    # Covers: DF-opt-11
    strange = {name for name in told if not name.startswith(("new_", "old_"))}
    json = {"LEASE_JSON"} if (lab.dir / "tenurectl").exists() else set()
    assert strange - SHELL == OWN | json, strange
    expected = {
        "reason": "BOUND", "interface": "eth0", "metric": "77", "dns": "yes",
        "ifindex": str(lab.kernel.link_index()),
        "new_ip_address": "10.0.0.10", "new_subnet_mask": "255.255.255.0",
        "new_subnet_cidr": "24", "new_network_number": "10.0.0.0",
        "new_broadcast_address": "10.0.0.255", "new_routers": "10.0.0.1",
        "new_domain_name_servers": "10.0.0.53 10.0.0.54", "new_domain_name": "lab.example",
        "new_host_name": "guest", "new_ntp_servers": "10.0.0.14",
        "new_dhcp_lease_time": "3600", "new_dhcp_server_identifier": "10.0.0.1",
        "new_classless_static_routes": "10.9.0.0/16 10.0.0.1",
        "new_opt_006": "0a0000350a000036", "new_opt_250": "c0ffee",
        "new_opt_015": text("lab.example"),
    }
    for name, value in expected.items():
        assert told.get(name) == value, (name, told.get(name), value)
    assert 3590 <= int(told["new_expiry"]) - time.time() <= 3601
    assert not [name for name in told if name.startswith("old_")]


def test_hook_reasons(lab):
    """Each change has its reason, and what was told before as old_... ."""
    lab.need_ctl()
    lab.server(lease=3600)
    client = lab.bound(*lab.telling_hook())
    lab.wait_told("BOUND")
    lab.ctl("renew", "eth0")
    renewed = lab.wait_told("RENEW")
    assert renewed["old_ip_address"] == renewed["new_ip_address"] == "10.0.0.10"
    lab.ctl("rebind", "eth0")
    lab.wait_told("REBIND")
    lab.ctl("stop", "eth0")
    stopped = lab.wait_told("STOP")
    assert stopped["new_ip_address"] == "10.0.0.10", "the address stays"
    lab.ctl("start", "eth0")
    lab.wait_told("REBOOT")
    lab.ctl("release", "eth0")
    released = lab.wait_told("RELEASE")
    assert released["old_ip_address"] == "10.0.0.10" and "new_ip_address" not in released
    assert client.running
    reasons = [run["reason"] for run in lab.told()]
    assert reasons == ["BOUND", "RENEW", "REBIND", "STOP", "REBOOT", "RELEASE"], reasons


def test_hook_nak(lab):
    # A lease that follows at once would be told of instead.
    lab.server(lease=3600, script="on request-renewing nak\non discover 2- delay 3000\n")
    client = lab.bound(*lab.telling_hook())
    lab.wait_told("BOUND")
    client.send(signal.SIGUSR1)
    refused = lab.wait_told("NAK")
    assert refused["old_ip_address"] == "10.0.0.10" and "new_ip_address" not in refused
    again = lab.wait_told("BOUND", 2)
    assert "old_ip_address" not in again, "what was lost is not known any more"


@lasts(10)
def test_hook_expiry(lab):
    lab.plug_in()
    lab.server(lease=5, script="on request-renewing silence\non request-rebinding silence\n"
               "on discover 2- silence\n")
    lab.bound(*lab.telling_hook())
    assert lab.wait_told("EXPIRE")["old_ip_address"] == "10.0.0.10"


def test_hook_conflict(lab):
    lab.server(lease=3600)
    lab.bound(*lab.telling_hook(), "--acd-defence=never")
    lab.wait_told("BOUND")
    time.sleep(2.2)  # its own announcements
    lab.forge().arp(2, "10.0.0.10", "10.0.0.10", sender_mac="02:00:00:00:00:99")
    assert lab.wait_told("CONFLICT")["old_ip_address"] == "10.0.0.10"


def test_hook_not_at_the_end(lab):
    """SIGTERM keeps the address, and whatever hooks set up; -R does not."""
    lab.server(lease=3600)
    hooks = lab.telling_hook()
    client = lab.bound(*hooks)
    lab.wait_told("BOUND")  # an orphan is hard to find for a moment
    client.stop(signal.SIGTERM)
    eventually("no runner left", lambda: not runner(lab))
    assert [run["reason"] for run in lab.told()] == ["BOUND"]
    # A daemon that follows knows that hooks were told.
    client = lab.bound("-R", *hooks)
    lab.wait_told("REBOOT")  # or it may be passed over for what is newer
    client.stop(signal.SIGTERM)
    lab.wait_told("RELEASE")
    eventually("no runner left", lambda: not runner(lab))
    assert [run["reason"] for run in lab.told()] == ["BOUND", "REBOOT", "RELEASE"]
    assert lab.told("REBOOT")[0]["old_ip_address"] == "10.0.0.10"


@lasts(15)
def test_hook_not_for_a_fallback(lab):
    """No server told anything, so there is nothing to tell."""
    lab.plug_in()
    client = lab.tenured("-f", "-v", "--fallback=192.0.2.7/24", *lab.telling_hook(), "eth0")
    client.wait_line("fallback address 192.0.2.7 is ready")
    client.stop(signal.SIGTERM)
    eventually("no runner left", lambda: not runner(lab))
    assert not lab.told()


EVIL = {
    12: "$(touch /run/lab/evil)", 15: "a;touch /run/lab/evil", 17: "`touch /run/lab/evil`",
    40: "() { :;}; touch /run/lab/evil", 43: "() { :;}; touch /run/lab/evil",
    60: "$(touch /run/lab/evil)", 64: "|touch /run/lab/evil", 66: "&touch /run/lab/evil&",
    67: "x\ntouch /run/lab/evil", 100: "'; touch /run/lab/evil; '",
    101: '"; touch /run/lab/evil; "', 252: "'\"\n;touch /run/lab/evil", 15 + 200: "-e evil",
}


# Covers: DF-opt-11
def test_hook_metacharacters(lab):
    """Text that a careless hook would execute reaches none: it is hex, or names."""
    options = [word for code, value in EVIL.items()
               for word in ("--option", f"{code}={text(value)}")]
    lab.server(*options, lease=3600)
    # As careless as a hook can be.
    lab.hook("20-careless", "for v in $(env | grep ^new_); do eval \"x=$v\" || :; done\n"
             "eval \"$(env | grep ^new_)\" || :")
    lab.bound(*lab.telling_hook("30-tell"))
    told = lab.wait_told("BOUND")
    assert not (lab.dir / "evil").exists()
    for code, value in EVIL.items():
        # What the option may not hold is not in the lease at all.
        assert told.get(f"new_opt_{code:03}") in (None, text(value)), code
    assert {"new_opt_043", "new_opt_017", "new_opt_252"} <= set(told)
    for name, value in told.items():
        if name.startswith("new_"):
            assert re.fullmatch(r"[A-Za-z0-9_./:,=+@% -]*", value), (name, value)
    assert not {"new_host_name", "new_domain_name", "new_root_path"} & set(told)


# Covers: DF-opt-13
def test_hook_no_local_host_name(lab):
    """A name that any host has is none to be called by; the host's own stays."""
    before = socket.gethostname()
    for name in ("localhost", "LOCALHOST.localdomain", "localhost.localdomain.", "(none)"):
        server = lab.server("--option", f"12={text(name)}", lease=3600)
        lab.telling_hook()
        for old in (lab.dir / "told").iterdir():
            old.unlink(missing_ok=True)
        client = lab.bound("-R", *lab.telling_hook())
        told = lab.wait_told("BOUND")
        assert told["new_opt_012"] == text(name) and "new_host_name" not in told, told
        client.stop()
        server.stop()
    assert socket.gethostname() == before


# ---- nothing waits for them --------------------------------------------------

# Covers: DF-life-03
@lasts(15)
def test_hook_hangs(lab):
    """It sleeps for ever: renewals come in time, and it is killed in its own."""
    lab.server(lease=20, t1=2, t2=15)
    hooks = lab.hook("10-hang", f"echo $$ >>{lab.dir}/pids; sleep 1000; exit 0")
    client = lab.tenured("-f", "-v", *hooks, "--hook-timeout", "9", "eth0")
    start = lab.wire.wait("SELECTING").at
    renewal = lab.wire.wait("RENEWING")
    assert 2 - EARLY_S <= renewal.at - start <= 8, "T1 was kept"
    client.wait_line(r"eth0: hook 10-hang was killed after 9 s")
    said = [text for _, text in client.find("BOUND -> RENEWING|was killed")]
    assert "RENEWING" in said[0], "that was while the hook slept"
    pid = (lab.dir / "pids").read_text().split()[0]
    eventually("neither hook nor child", lambda: pid not in map(group, system.descendants()))


# Covers: 4702-3.2-02
def test_server_updates_dns(lab):
    """S of option 81: hooks are told that it is the server's work, and nobody does it here."""
    other = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
    other.bind(("srv0", 3))
    other.setblocking(False)
    lab.server("--option", "81=03ffff0270630765786d61706c6500", "--option", "6=0a000001",
               lease=3600)
    hooks = lab.telling_hook()
    lab.shipped_hook("resolv")
    lab.bound("--fqdn", "ptr", "-h", "pc.example", *hooks)
    assert lab.wire.find("SELECTING")[0].options[81][0] == 4  # it would do so itself
    told = lab.wait_told("BOUND")
    assert told["new_opt_081"].startswith("03ffff"), told
    time.sleep(1)
    # UDP and TCP of IPv4 that is not DHCP.
    sent = [frame for frame in frames(other) if frame[12:14] == b"\x08\x00"
            and frame[23] in (6, 17) and frame[36:38] not in (b"\x00\x43", b"\x00\x44")]
    assert not sent, sent


def test_status_within_a_hook(lab):
    """The daemon waits for the hook's end, and answers it meanwhile."""
    lab.need_ctl()
    lab.server(lease=3600)
    told = lab.dir / "status"
    client = lab.bound(*lab.hook("10-ask", f"{lab.dir}/tenurectl status >{told}; exit 0"))
    eventually("an answer", lambda: told.exists() and "10.0.0.10" in told.read_text())
    assert "BOUND" in told.read_text()
    assert not client.find("killed")


# Covers: DF-life-03
def test_hook_fails(lab):
    """Its exit status is told, the others run, and the lease is renewed."""
    lab.server(lease=20, t1=2, t2=15)
    lab.hook("05-fail", "exit 3")
    lab.hook("06-crash", "kill -SEGV $$")
    lab.hook("07-missing", "exec /nonexistent/program")
    client = lab.bound(*lab.telling_hook())
    client.wait_line("eth0: hook 05-fail failed .3.")
    client.wait_line("eth0: hook 06-crash ended by signal 11")
    client.wait_line("eth0: hook 07-missing .*127")
    lab.wait_told("BOUND")
    lab.wire.wait("RENEWING")
    lab.wait_told("RENEW")


def busy(lab, *arguments):
    """A client whose hooks for a renewal run, until there is a file "go"."""
    lab.need_ctl()
    lab.server(lease=3600)
    lab.hook("05-slow", f"[ $reason = RENEW ] || exit 0\ntouch {lab.dir}/began\n"
             f"while ! [ -e {lab.dir}/go ]; do sleep 0.1; done")
    client = lab.bound(*arguments, *lab.telling_hook(), "--hook-timeout", "300")
    lab.wait_told("BOUND")
    lab.ctl("renew", "eth0")
    eventually("a slow hook", (lab.dir / "began").exists)
    return client


@lasts(8)
def test_hook_storm(lab):
    """While one hook runs the newest state waits, and no other."""
    busy(lab)
    for _ in range(19):
        lab.ctl("renew", "eth0")
    lab.ctl("release", "eth0")
    lab.ctl("status")  # which is answered when hooks have been told of that
    (lab.dir / "go").touch()
    lab.wait_told("RELEASE")
    reasons = [run["reason"] for run in lab.told()]
    assert reasons == ["BOUND", "RENEW", "RELEASE"], reasons


# ---- ready -------------------------------------------------------------------

def test_hook_before_ready(lab):
    """Who waits for the lease waits for its hooks, too."""
    lab.server(lease=3600)
    hooks = lab.hook("10-slow", f"sleep 1; touch {lab.dir}/ran")
    lab.tenured("-b", *hooks, "eth0").ends(0)
    assert (lab.dir / "ran").exists()


def test_hook_before_quit(lab):
    lab.server(lease=3600)
    hooks = lab.hook("10-slow", f"sleep 1; touch {lab.dir}/ran")
    lab.tenured("-q", *hooks, "eth0").ends(0)
    assert (lab.dir / "ran").exists()


@lasts(5)
def test_hook_hangs_before_ready(lab):
    """One that is killed is done, too."""
    lab.server(lease=3600)
    start = time.monotonic()
    lab.tenured("-n", *lab.hook("10-hang", "sleep 1000"), "--hook-timeout", "2", "eth0").ends(0)
    assert 2 <= time.monotonic() - start <= 20


@lasts(8)
def test_hook_hangs_beyond_the_timeout(lab):
    """There is a lease in time, so -n does not give it up for a hook."""
    lab.plug_in()
    lab.server(lease=3600)
    hooks = lab.hook("10-hang", "sleep 1000")
    client = lab.tenured("-n", "-q", "--timeout", "5", *hooks, "eth0")
    client.ends(0)
    assert "a hook is still running" in client.output
    assert lab.kernel.address() == "10.0.0.10/24"


# ---- who may be a hook, and how it runs --------------------------------------

def test_hook_surroundings(lab):
    """Empty stdin, a session of its own, no descriptor of the daemon's."""
    lab.server(lease=3600)
    client = lab.bound(*lab.hook("10-look", f"""
        exec >{lab.dir}/seen.new
        readlink /proc/$$/fd/0
        cut -d ' ' -f 5,6 /proc/$$/stat
        echo $$
        cat /proc/$$/status | grep SigBlk
        for fd in /proc/$$/fd/*; do readlink $fd; done
        mv {lab.dir}/seen.new {lab.dir}/seen"""))
    eventually("a hook that ran", (lab.dir / "seen").exists)
    stdin, session, pid, blocked, *files = (lab.dir / "seen").read_text().splitlines()
    assert stdin == "/dev/null"
    assert session.split() == [pid, pid]
    assert int(blocked.split()[1], 16) == 0
    own = str(lab.dir)
    for name in files:
        assert name.startswith((own, "/dev/null", "pipe:")), files
    assert sum(name.startswith("socket:") for name in files) == 0, files
    assert client.running


# A command under a kernel that has no close_range(2), as those before 5.9.
OLD_KERNEL = ["python3", "-c", """
import ctypes, os, struct, sys
steps = [(0x20, 0, 0, 0), (0x15, 0, 1, 436), (0x06, 0, 0, 0x50026), (0x06, 0, 0, 0x7fff0000)]
code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in steps))
program = struct.pack("@HP", len(steps), ctypes.addressof(code))
libc = ctypes.CDLL(None, use_errno=True)
if libc.prctl(22, 2, ctypes.create_string_buffer(program), 0, 0):
    sys.exit("no filters of system calls here")
os.execvp(sys.argv[1], sys.argv[1:])
"""]


@lasts(4)
def test_hook_runner_on_an_old_kernel(lab):
    """It holds nothing of the daemon's there, and so sees its end."""
    if not lab.root:
        raise Skip("a filter needs root, or no_new_privs")
    lab.server(lease=3600)
    client = lab.tenured("-f", "-v", *lab.telling_hook(), "eth0", under=OLD_KERNEL)
    client.wait_line("eth0: .* is ready")
    lab.wait_told("BOUND")
    pid = runner(lab)
    # While a hook runs there is its output, too.
    eventually("0, 1, 2, the channel, its signals",
               lambda: len(os.listdir(f"/proc/{pid}/fd")) <= 5)
    client.stop()
    eventually("no runner left", lambda: not runner(lab))


def test_hook_directory_of_others(lab):
    """What others could write to is not run, and status says so."""
    lab.server(lease=3600)
    hooks = lab.hook("10-tell", f"touch {lab.dir}/ran")
    (lab.dir / "hooks").chmod(0o777)
    client = lab.bound(*hooks)
    client.wait_line("no hooks are run: others than root could change /run/lab/hooks")
    assert not runner(lab)
    lab.need_ctl()
    assert status(lab)["state"] == "unavailable" and "/run/lab/hooks" in status(lab)["reason"]
    assert "hooks       unavailable" in lab.ctl("status", "eth0").stdout
    client.stop()
    (lab.dir / "hooks").chmod(0o755)
    (lab.dir / "hooks" / "10-tell").chmod(0o777)
    lab.hook("20-good", "exit 0")
    client = lab.bound(*hooks)
    client.wait_line("10-tell is not run: others than root could change it")
    time.sleep(0.3)
    assert not (lab.dir / "ran").exists()


def test_hook_directory_that_is_not_there(lab):
    """One that was named is meant to be there; the usual two need not."""
    lab.need_ctl()
    client = lab.tenured("-f", "--hook-dir", "/run/lab/hoks", "eth0")
    client.wait_line("no hooks are run: cannot open /run/lab/hoks: No such file or directory")
    eventually("the socket", lambda: lab.ctl("status", check=False).returncode == 0)
    assert status(lab)["state"] == "unavailable"


def test_hooks_switched_off(lab):
    lab.need_ctl()
    lab.server(lease=3600)
    hooks = lab.telling_hook()
    client = lab.bound(*hooks, "--no-hooks")
    assert status(lab) == {"state": "none", "reason": "switched off"}
    assert not runner(lab)
    client.stop()
    lab.hook("20-else", f"touch {lab.dir}/ran")
    client = lab.bound(*hooks, "--no-hook", "10-tell")
    eventually("the other one", (lab.dir / "ran").exists)
    assert status(lab) == {"state": "running", "reason": None}
    assert not lab.told()


def test_hook_runner_dies(lab):
    """It is told, and the protocol goes on."""
    lab.need_ctl()
    lab.server(lease=20, t1=2, t2=15)
    client = lab.bound(*lab.telling_hook())
    lab.wait_told("BOUND")
    os.kill(runner(lab), signal.SIGKILL)
    client.wait_line("the hook runner ended")
    assert status(lab)["state"] == "dead"
    lab.wire.wait("RENEWING")
    assert client.running


def test_hook_runner_is_told_to_end(lab):
    """As service managers do it, together with the daemon: what it says last is done."""
    lab.server(lease=3600)
    hooks = lab.telling_hook()
    for count in range(1, 10):
        client = lab.bound("-R", *hooks)
        lab.wait_told("BOUND", count)
        begin = time.monotonic()
        os.kill(runner(lab), signal.SIGTERM)
        client.stop(signal.SIGTERM)
        eventually("no runner left", lambda: not runner(lab))
        if lab.told("RELEASE"):
            return
        # So long it has for what is still to be done. A machine may sleep meanwhile.
        assert time.monotonic() - begin > 1.5, "it did not wait for the release"
    raise AssertionError("no release was told")


def test_hook_of_a_daemon_that_heard_no_answer(lab):
    """It ends before it has read that a hook ended: what it said last is done all the same."""
    client = busy(lab, "-R")
    lab.ctl("status")  # which is answered when it has heard how the first ones ended
    for number in (signal.SIGSTOP, signal.SIGTERM):
        client.send(number)
    (lab.dir / "go").touch()
    lab.wait_told("RENEW")
    time.sleep(0.5)  # the answer comes when the hook has ended
    client.send(signal.SIGCONT)
    lab.wait_told("RELEASE")
    client.ends(0)


def test_hook_runner_keeps_its_rights(lab):
    """The daemon has none, and the runner those that it was started with."""
    lab.need_users()
    lab.server(lease=3600)
    client = lab.bound(*lab.hook("10-who", f"id -u >{lab.dir}/who"))
    eventually("a hook that ran", lambda: (lab.dir / "who").exists()
               and (lab.dir / "who").read_text())
    assert (lab.dir / "who").read_text() == "0\n"
    uid = re.search(r"^Uid:\t(\d+)", system.status(client.pid), re.M)[1]
    assert uid != "0"


def test_hooks_of_a_user(lab):
    """Started with capabilities alone, hooks run as that user, without them."""
    lab.need_users()
    hooks = lab.hook("10-who", "grep -E '^(Uid|CapEff)' /proc/$$/status "
                     f">{lab.dir}/own/who.new; mv {lab.dir}/own/who.new {lab.dir}/own/who")
    for name in ("own", "run", "state"):
        (lab.dir / name).mkdir()
        os.chown(lab.dir / name, 64321, 64321)
    lab.server(lease=3600)
    lab.tenured("-f", "--run-dir", lab.dir / "run", "--state-dir", lab.dir / "state", *hooks,
                "eth0", drop=False, under=(
                    "setpriv", "--reuid=64321", "--regid=64321", "--clear-groups",
                    "--inh-caps=+net_admin,+net_raw", "--ambient-caps=+net_admin,+net_raw"))
    eventually("a hook that ran", (lab.dir / "own" / "who").exists)
    uid, capabilities = (lab.dir / "own" / "who").read_text().splitlines()
    assert uid.split()[1] == "64321" and int(capabilities.split()[1], 16) == 0


# ---- one program for one start -------------------------------------------------

def script(lab):
    path = lab.dir / "script"
    path.write_text(f'#!/bin/sh\necho "$reason ${{new_ip_address:-none}} $OURS" >>{lab.dir}/ran\n')
    path.chmod(0o755)
    return path


def ran(lab, *lines):
    path = lab.dir / "ran"
    eventually(lines, lambda: path.exists() and path.read_text().splitlines() == list(lines))


def test_script(lab):
    """It runs after the hooks, and knows what the daemon's starter knows."""
    lab.need_ctl()
    lab.server(lease=3600)
    hooks = lab.hook("zz-late", f'echo "hook ${{OURS:-nothing}}" >>{lab.dir}/ran')
    client = lab.tenured("-f", "-v", *hooks, "--script", script(lab), "eth0",
                         under=("env", "OURS=told", "reason=other"))
    client.wait_line("eth0: .* is ready")
    ran(lab, "hook nothing", "BOUND 10.0.0.10 told")
    lab.ctl("renew", "eth0")
    ran(lab, "hook nothing", "BOUND 10.0.0.10 told",
        "hook nothing", "RENEW 10.0.0.10 told")


def test_script_without_hooks(lab):
    """--no-hooks is about the others; and it is told that there is no lease."""
    client = lab.tenured("-n", "-f", "--timeout", "1", "--no-hooks", "--script", script(lab),
                         "eth0", under=("env", "OURS=told"))
    client.ends(2)
    ran(lab, "FAIL none told")


def test_script_that_is_not_there(lab):
    lab.server(lease=3600)
    client = lab.tenured("-f", "-v", "--script", "/run/lab/scrpt", "eth0")
    client.wait_line("--script /run/lab/scrpt: there is no such program")
    client.wait_line("eth0: .* is ready")


def test_client_id_none(lab):
    """Servers are told of no identifier, and the lease is the hardware address's."""
    lab.server(lease=3600)
    lab.bound("--client-id", "none")
    sent = lab.wire.find()
    assert sent and not [message for message in sent if 61 in message.options]
