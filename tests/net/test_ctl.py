# SPDX-License-Identifier: BSD-2-Clause
"""tenurectl as people and scripts see it: terminals, events, leases, figures."""

import contextlib
import fcntl
import json
import os
import pty
import re
import shutil
import signal
import socket
import struct
import subprocess
import termios
import threading
import time
from pathlib import Path

from lab import Lab, Process, Skip, lasts
from lab.lab import NOBODY

ERASE = "\r\033[K"
SO_SNDBUFFORCE = 32


def bound(lab: Lab, **options):
    lab.need_ctl()
    return lab.server(**options), lab.bound()


def terminal(lab, *words, env=(), columns=80):
    """What tenurectl shows on a terminal, and its exit code."""
    ours, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("4H", 24, columns, 0, 0))
    command = ["env", "TERM=xterm", "NO_COLOR=", *env, lab.dir / "tenurectl", *words]
    running = subprocess.Popen(lab.client.enter(*command), stdin=its, stdout=its, stderr=its)
    os.close(its)
    shown = b""
    try:
        while got := os.read(ours, 4096):
            shown += got
    except OSError:
        pass  # the last one that had it open is gone
    os.close(ours)
    return shown.decode().replace("\r\n", "\n"), running.wait()


def watching(lab, *words):
    """A watch that has told what is there."""
    watch = Process(lab.client.enter(lab.dir / "tenurectl", "watch", *words))
    watch.wait_line("eth0")
    return watch


# ---- terminals ------------------------------------------------------------------


def test_ctl_colour(lab):
    """Colour on a terminal, unless somebody does not want it; nowhere else."""
    bound(lab)
    shown, code = terminal(lab, "status")
    assert code == 0 and "\033[32mBOUND\033[m" in shown, shown
    assert "\033[32mBOUND\033[m" in lab.ctl("status", "--color=always").stdout
    plain = [terminal(lab, "status", env=["NO_COLOR=1"])[0],
             terminal(lab, "status", env=["TERM=dumb"])[0],
             terminal(lab, "status", "--color", "never")[0], lab.ctl("status").stdout]
    for shown in plain:
        assert "BOUND" in shown and "\033" not in shown, shown
    # The columns are as wide in colour: it adds nothing that is seen.
    bare = re.sub(r"\033\[\d*m", "", lab.ctl("status", "--color=always").stdout)
    assert bare.splitlines()[0] == plain[3].splitlines()[0], bare


@lasts(10)
def test_ctl_progress(lab):
    """While it waits one line is rewritten, and gone in the end."""
    server, _ = bound(lab)
    lab.ctl("release", "eth0")
    server.stop()
    shown, code = terminal(lab, "start", "eth0", "--wait", "8")
    drawn, said = shown.rsplit(ERASE, 1)
    # What is drawn before anything was sent is another word.
    lines = [line for line in re.findall(r"\r([^\r]*)\033\[K", drawn)
             if not line.startswith("eth0: waiting, ")]
    assert code == 75 and said.count("\n") == 1 and "no OFFER" in said, said
    assert "\n" not in drawn and len(lines) >= 4, drawn
    assert re.fullmatch(r"eth0: DISCOVER, \d s", lines[0]), lines
    assert any(re.fullmatch(r"eth0: DISCOVER, 2nd try, \d s", line) for line in lines), lines
    assert lines[-1].endswith((", 6 s", ", 7 s", ", 8 s")), lines


@lasts(5)
def test_ctl_progress_fits(lab):
    """The line is never longer than the terminal is wide."""
    server, _ = bound(lab)
    lab.ctl("release", "eth0")
    server.stop()
    shown, _ = terminal(lab, "start", "eth0", "--wait", "2", columns=16)
    lines = re.findall(r"\r([^\r]*)\033\[K", shown)
    assert "eth0: DISCOVER," in lines and max(map(len, lines)) == 15, lines


def test_ctl_progress_is_for_terminals(lab):
    """In a script nothing but the outcome; with -v each event, on standard error."""
    bound(lab)
    assert lab.ctl("renew", "eth0").stdout.startswith("eth0: renewed, 10.0.0.10/24")
    done = subprocess.run(lab.client.enter(lab.dir / "tenurectl", "-v", "renew", "eth0"),
                          check=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert done.stdout.count("\n") == 1 and done.stdout.startswith("eth0: renewed, "), done.stdout
    # What ends the wait may be told after its outcome, and is then told by that alone.
    assert re.fullmatch(r"eth0: REQUEST \(renewing\)\n(eth0: renewed .*\n)?", done.stderr), done


# ---- watch -----------------------------------------------------------------------


def test_ctl_watch(lab):
    """Events as they come, a line each, with the time and the interface."""
    bound(lab)
    watch = watching(lab)
    lab.ctl("release", "eth0")
    lab.ctl("start", "eth0")
    watch.wait_line("10.0.0.10 can be used")
    lines = [text for _, text in watch.lines]
    assert all(re.match(r"\d\d:\d\d:\d\d\.\d{3} eth0: \S", line) for line in lines), lines
    told = [line.split(": ", 1)[1] for line in lines]
    assert told[0] == "BOUND, 10.0.0.10/24 from 10.0.0.1", told
    expected = ["BOUND -> STOPPED", "RELEASE", "DISCOVER", "SELECTING -> REQUESTING",
                "10.0.0.10 can be used"]
    assert [line for line in told if line in expected] == expected, told


def test_ctl_watch_json(lab):
    """An object a line, in sequence; the daemon's end ends it, and is said."""
    _, client = bound(lab)
    watch = watching(lab, "--json", "eth0")
    lab.ctl("renew", "eth0")
    watch.wait_line('"renewed"')
    client.stop()
    watch.ends(1)
    *lines, last = [text for _, text in watch.lines]
    events = [json.loads(line) for line in lines]
    assert [event["sequence"] for event in events] == list(range(len(events))), events
    assert [event["kind"] for event in events[:3]] == ["present", "ready", "transition"], events
    assert all(event["socket"] == "/run/tenured/eth0.sock" for event in events), events
    assert last.startswith("tenurectl: /run/tenured/eth0.sock: the daemon hung up"), last


def test_ctl_watch_all(lab):
    """All daemons at once, those of instances with their names."""
    bound(lab)
    lab.add_link("eth1", "srv1", "10.0.1.1/24")
    lab.server(interface="srv1", net="10.0.1")
    lab.bound("--instance", "blue", interface="eth1")
    watch = watching(lab)
    watch.wait_line(r" blue/eth1: BOUND, 10\.0\.1\.10/24 from 10\.0\.1\.1$")
    lab.ctl("renew", "eth1")
    lab.ctl("renew", "eth0")
    watch.wait_line(" blue/eth1: renewed 10.0.1.10 ")
    watch.wait_line(" eth0: renewed 10.0.0.10 ")


def test_ctl_watch_follows(lab):
    """With --follow a daemon that ends is said, and the next one is seen."""
    lab.need_ctl()
    lab.server()
    watch = Process(lab.client.enter(lab.dir / "tenurectl", "watch", "--follow"))
    client = lab.bound()
    # It may find the daemon before the lease, or after it.
    usable = "eth0: 10.0.0.10 can be used|eth0: BOUND, 10.0.0.10/24"
    watch.wait_line(usable)
    client.stop()
    watch.wait_line("the daemon hung up")
    begin = time.monotonic()
    lab.bound()
    watch.wait_line(usable, since=begin)
    assert watch.running


def test_ctl_watch_of_nothing(lab):
    """What is not there is not waited for without a word."""
    lab.need_ctl()
    done = lab.ctl("watch", check=False)
    assert done.returncode == 69 and "--follow" in done.stdout, done
    bound(lab)
    done = lab.ctl("watch", "eth7", check=False)
    assert done.returncode == 69 and "no daemon manages it" in done.stdout, done


def test_ctl_watch_ends_with_its_reader(lab):
    """Who reads goes away: so does it, though nothing happens."""
    bound(lab)
    watch = subprocess.Popen(lab.client.enter(lab.dir / "tenurectl", "watch"),
                             stdout=subprocess.PIPE)
    assert b"BOUND" in watch.stdout.readline()
    watch.stdout.close()
    assert watch.wait(60) in (0, -signal.SIGPIPE)


# ---- lease -----------------------------------------------------------------------


def variables(text):
    """What a shell has after it has read these lines."""
    done = subprocess.run(["env", "-i", "sh", "-c", f"set -a\n{text}\nexec env -0"],
                          check=True, stdout=subprocess.PIPE, text=True)
    return dict(pair.split("=", 1) for pair in done.stdout.split("\0")
                if pair.startswith(("new_", "interface=")))


def test_ctl_lease_variables(lab):
    """Scripts get the same variables as hooks."""
    lab.need_ctl()
    lab.server("--option", "6=0a0000010a000002", "--option", "15=" + b"lab.example".hex(),
               "--option", "121=180a01020a000001", "--option", "230=27242860",
               "--option", "114=" + b"https://a.example/x?y='z'".hex(), lease=3600)
    lab.bound(*lab.telling_hook())
    hook = lab.wait_told("BOUND")
    got = variables(lab.ctl("lease", "eth0", "--env").stdout)
    told = {name: value for name, value in hook.items()
            if name.startswith("new_") or name == "interface"}
    assert abs(int(got.pop("new_expiry")) - int(told.pop("new_expiry"))) <= 3
    assert got == told


def test_ctl_lease_of_a_user(lab):
    """Who may not command gets what has a meaning, not bare octets."""
    lab.need_users()
    lab.need_ctl()
    lab.server("--option", "6=0a0000010a000002", "--option", "230=272428")
    lab.bound()
    got = variables(lab.ctl("lease", "eth0", "--env", user=NOBODY).stdout)
    assert got["new_domain_name_servers"] == "10.0.0.1 10.0.0.2", got
    assert got["new_ip_address"] == "10.0.0.10" and "new_opt_230" not in got, got


def test_ctl_lease_of_a_file(lab):
    """Without a daemon its file tells the same, and that is said."""
    _, client = bound(lab, lease=3600)
    alive = {form: lab.ctl("lease", "eth0", *form).stdout for form in ((), ("--env",))}
    lease = json.loads(lab.ctl("lease", "eth0", "--json").stdout)["lease"]
    client.stop()
    shown = lab.ctl("lease", "eth0").stdout
    assert "from        /var/lib/tenured/eth0.lease; no daemon manages" in shown, shown
    assert "valid       yes, but nobody renews it" in shown, shown
    assert [line for line in alive[()].splitlines() if "address" in line or "server" in line] == [
        line for line in shown.splitlines() if "address" in line or "server" in line]
    told = json.loads(lab.ctl("lease", "eth0", "--json").stdout)
    assert told["file"] == "/var/lib/tenured/eth0.lease", told
    assert sorted(told["lease"]) == sorted(lease), told
    assert told["lease"]["options"] == lease["options"], told
    before, after = (variables(text) for text in (alive[("--env",)],
                                                  lab.ctl("lease", "eth0", "--env").stdout))
    assert abs(int(before.pop("new_expiry")) - int(after.pop("new_expiry"))) <= 3
    assert before == after
    if lab.root:
        done = lab.ctl("lease", "eth0", user=NOBODY, check=False)
        assert done.returncode == 77 and "for root" in done.stdout, done


@lasts(8)
def test_ctl_lease_that_is_over(lab):
    """An expired lease is told as such, and gives no variables."""
    _, client = bound(lab, lease=4)
    client.stop()
    time.sleep(4.2)
    done = lab.ctl("lease", "eth0", check=False)
    assert done.returncode == 1 and "no, it ended " in done.stdout, done
    done = lab.ctl("lease", "eth0", "--env", check=False)
    assert done.returncode == 1 and "new_" not in done.stdout, done
    assert "its lease is over" in done.stdout, done


def test_ctl_lease_of_a_bad_file(lab):
    """What is damaged is not believed; what is not there is said."""
    _, client = bound(lab)
    client.stop()
    path = Path("/var/lib/tenured/eth0.lease")
    for name in "eth*", "eth[0]", "../tenured/eth0":
        done = lab.ctl("lease", name, check=False)
        assert done.returncode in (64, 69) and "10.0.0" not in done.stdout, (name, done)
    text = path.read_text()
    path.write_text(text.replace("10.0.0.10", "10.0.0.11"))
    done = lab.ctl("lease", "eth0", check=False)
    assert done.returncode == 1 and "altered" in done.stdout, done
    path.unlink()
    done = lab.ctl("lease", "eth0", check=False)
    assert done.returncode == 69 and "'tenured IFACE'" in done.stdout, done


# ---- figures and settings -----------------------------------------------------------


def test_ctl_stats(lab):
    """Readable counters, of the process and of interfaces."""
    lab.plug_in()
    bound(lab)
    lab.ctl("renew", "eth0")
    process, heading, row = lab.ctl("stats").stdout.splitlines()
    assert re.match(r"tenured \d+: runs for .*, logs info$", process), process
    counted = dict(zip(heading.split(), row.split()))
    assert (counted["SENT"], counted["RECEIVED"], counted["RENEWALS"]) == ("3", "3", "1"), row
    assert "NAKS" not in counted, heading
    assert re.search(r"sent +DISCOVER 1, REQUEST 1, ", lab.ctl("stats", "eth0").stdout)
    assert json.loads(lab.ctl("stats", "--json").stdout)[0]["interfaces"][0]["interface"] == "eth0"


SAMPLE = re.compile(r'([a-z_]+)(\{([a-z]+="([^"\\]|\\.)*",?)+\})? -?[0-9.]+')


def test_ctl_metrics(lab):
    """OpenMetrics, each family once and whole, every line by the grammar."""
    bound(lab)
    lines = lab.ctl("metrics").stdout.splitlines()
    assert lines.pop() == "# EOF"
    families, kinds = [], {}
    for line in lines:
        if line.startswith("# TYPE "):
            _, _, name, kinds[name] = line.split()
            families.append(name)
        elif line.startswith("# HELP "):
            assert line.split()[2] == families[-1], line
        else:
            name = SAMPLE.fullmatch(line)[1]
            ending = "_total" if kinds[families[-1]] == "counter" else ""
            assert name == families[-1] + ending, line
    assert len(set(families)) == len(families), families
    assert 'tenured_interface_state{daemon="eth0",interface="eth0",state="BOUND"} 1' in lines
    expiry = [line for line in lines if line.startswith("tenured_lease_expiry_timestamp_seconds{")]
    assert abs(float(expiry[0].split()[1]) - time.time() - 60) < 10, expiry


def test_ctl_metrics_parse(lab):
    """Another program understands them, in both formats."""
    python = "/usr/bin/python3"
    try:
        subprocess.run([python, "-c", "import prometheus_client"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        raise Skip("no python3-prometheus-client here") from None
    bound(lab)
    lab.ctl("metrics", "-o", lab.dir / "tenured.prom")
    for parser in "parser", "openmetrics.parser":
        done = subprocess.run(
            [python, "-c", f"import sys, prometheus_client.{parser} as parser\n"
             "for family in parser.text_string_to_metric_families(sys.stdin.read()):\n"
             "    for sample in family.samples: print(sample.name, sample.labels, sample.value)"],
            stdin=open(lab.dir / "tenured.prom", encoding="utf-8"), stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, check=False)
        assert done.returncode == 0, done.stdout
        sample = "tenured_leases_total {'daemon': 'eth0', 'interface': 'eth0'} 1"
        assert sample in done.stdout, done.stdout


def test_ctl_metrics_of_several(lab):
    """No sample stands twice, though each daemon has one of the same kind."""
    bound(lab)
    lab.add_link("eth1", "srv1", "10.0.1.1/24")
    lab.server(interface="srv1", net="10.0.1")
    lab.bound(interface="eth1")
    samples = [line.rsplit(" ", 1)[0] for line in lab.ctl("metrics").stdout.splitlines()
               if not line.startswith("#")]
    assert sorted(samples) == sorted(set(samples))
    assert 'tenured_wakeups_total{daemon="eth1"}' in samples, samples
    for command in "status", "stats", "config":
        told = json.loads(lab.ctl(command, "--json").stdout)
        assert [each["socket"][-9:] for each in told] == ["eth0.sock", "eth1.sock"], told


def test_ctl_metrics_file(lab):
    """The file is replaced as a whole, and by nothing old when no daemon answers."""
    _, client = bound(lab)
    path = lab.dir / "out" / "tenured.prom"
    path.parent.mkdir()
    lab.ctl("metrics", "--output", path)
    first = path.stat()
    assert first.st_mode & 0o777 == 0o644 and path.read_text().endswith("# EOF\n")
    lab.ctl("metrics", "--output", path)
    assert path.stat().st_ino != first.st_ino and len(list(path.parent.iterdir())) == 1
    client.stop()
    assert lab.ctl("metrics", "--output", path, check=False).returncode == 69
    assert "tenured_daemons 0\n" in path.read_text() and "eth0" not in path.read_text()
    done = lab.ctl("metrics", "--output", "/nowhere/x.prom", check=False)
    assert done.returncode == 73 and "/nowhere/x.prom" in done.stdout, done
    device = path.parent / "device"
    os.mkfifo(device)
    done = lab.ctl("metrics", "--output", device, check=False)
    assert done.returncode == 73 and "no ordinary file" in done.stdout, done
    assert device.is_fifo(), "it was replaced"


def test_ctl_log_level(lab):
    """A daemon logs more from now on; levels that are none are named."""
    _, client = bound(lab)
    assert re.fullmatch(r"tenured \d+: logs debug\n", lab.ctl("log-level", "debug").stdout)
    assert ", logs debug" in lab.ctl("stats").stdout
    done = lab.ctl("log-level", "loud", check=False)
    assert done.returncode == 64 and "error, warning, notice, info or debug" in done.stdout, done
    assert client.running


def test_ctl_add_and_remove(lab):
    """An interface for a while, for who has its key; what is wrong is named."""
    bound(lab)
    lab.add_link("eth1", "srv1", "10.0.1.1/24")
    lab.server(interface="srv1", net="10.0.1")
    added = "eth1: added, 10.0.1.10/24 for 1 min from 10.0.1.1\n"
    for _ in range(2):
        done = lab.ctl("add", "eth1", "--key", "mine", "--set", "metric=77")
        assert done.stdout == added, done.stdout
    shown = lab.client.ip("route show dev eth1").stdout
    assert shown.count("metric 77") == 2, shown
    for words, code, expected in (
            (("add", "eth1", "--key", "another"), 1, "eth1: "),
            (("add", "eth1"), 64, "--key"),
            (("add", "eth1", "--key", "mine", "--set", "metric"), 64, "KEY=VALUE"),
            (("add", "eth1", "--key", "mine", "--set", "metrc=1"), 1, "metrc: "),
            (("add", "eth7", "--key", "mine"), 1, "eth7"),
            (("remove", "eth1", "--key", "another"), 1, "eth1: "),
            (("remove", "eth0", "--key", "mine"), 1, "configuration")):
        done = lab.ctl(*words, check=False)
        assert done.returncode == code and expected in done.stdout, done
    lab.ctl("remove", "eth1", "--key", "mine", "--release")
    assert "eth1" not in lab.ctl("status").stdout


def test_ctl_add_chooses(lab):
    """Of several daemons that for several interfaces takes it, or none by guess."""
    bound(lab)
    lab.add_link("eth1", "srv1", "10.0.1.1/24")
    lab.add_link("eth2", "srv2", "10.0.2.1/24")
    lab.server(interface="srv1", net="10.0.1")
    lab.server(interface="srv2", net="10.0.2")
    other = lab.bound("--instance", "blue", interface="eth1")
    done = lab.ctl("add", "eth2", "--key", "k", "--set", "metric=1", "--set", "metric=2",
                   check=False)
    assert done.returncode == 64 and "metric=2" in done.stdout, done
    done = lab.ctl("add", "eth2", "--key", "k", check=False)
    assert done.returncode == 64 and "--instance" in done.stdout, done
    assert "10.0.2.10" in lab.ctl("add", "eth2", "--key", "k", "--instance", "blue").stdout
    assert other.running


def test_ctl_reload(lab):
    """What changed is told; what is wrong has its file and line."""
    lab.need_ctl()
    path = lab.dir / "tenured.conf"
    path.write_text("[eth0]\nmetric = 7\n")
    lab.server()
    lab.bound("--config", str(path))
    assert re.fullmatch(r"tenured \d+: nothing changed\n", lab.ctl("reload").stdout)
    path.write_text("[eth0]\nmetric = 8\n")
    assert re.fullmatch(r"tenured \d+: changed eth0\n", lab.ctl("reload").stdout)
    path.write_text("[eth0]\n\nmetrik = 9\n")
    done = lab.ctl("reload", check=False)
    assert done.returncode == 1 and f"{path}:3: " in done.stdout and "metric" in done.stdout, done


def test_ctl_config(lab):
    """What is in force, and where each value comes from."""
    lab.need_ctl()
    path = lab.dir / "tenured.conf"
    path.write_text("hostname = mine\n\n[eth0]\nmetric = 7\n")
    lab.server()
    lab.bound("--config", str(path), "--no-dns")
    for words in ("config",), ("config", "eth0"):
        rows = [line.split(None, 3) for line in lab.ctl(*words).stdout.splitlines()]
        assert rows[0] == ["SECTION", "KEY", "VALUE", "FROM"], rows
        told = {(section, key): (value, source) for section, key, value, source in rows[1:]}
        assert told["-", "hostname"] == ("mine", f"{path}:1"), told
        assert told["[eth0]", "metric"] == ("7", f"{path}:4"), told
        assert told["-", "dns"] == ("no", "command line"), told
        assert told["-", "acd"] == ("fast", "default"), told
    values = json.loads(lab.ctl("config", "eth0", "--json").stdout)[0]["values"]
    assert {"section": "eth0", "key": "metric", "value": "7", "source": "file",
            "file": str(path), "line": 4} in values, values
    done = lab.ctl("config", "eth9", check=False)
    assert done.returncode == 69 and "managed are: eth0" in done.stdout, done


def test_ctl_reload_that_kept(lab):
    """A key that could not be changed is not passed over in silence."""
    lab.need_ctl()
    Liar("/run/tenured/tenured.sock", b'{"parameters":{"pid":7,"kept":["auth-keys"]}}\0')
    assert lab.ctl("reload").stdout == "tenured 7: as before, see the log: auth-keys\n"


@lasts(4)
def test_ctl_wait_online(lab):
    """It ends when there is an address, even if the daemon starts later."""
    lab.need_ctl()
    done = lab.ctl("wait-online", "--timeout", "1", check=False)
    assert done.returncode == 75 and "is tenured running?" in done.stdout, done
    both = Process(lab.client.enter(lab.dir / "tenurectl", "wait-online", "-i", "eth0",
                                    "-i", "eth7"))
    either = Process(lab.client.enter(lab.dir / "tenurectl", "wait-online", "--any", "-i", "eth0",
                                      "-i", "eth7"))
    every = Process(lab.client.enter(lab.dir / "tenurectl", "wait-online"))
    lab.server()
    lab.bound()
    either.ends(0)
    every.ends(0)
    assert both.running
    done = lab.ctl("wait-online", "-i", "eth0", "-i", "eth7", "--timeout", "1", check=False)
    assert done.returncode == 75 and done.stdout.startswith("tenurectl: eth7: no address"), done


# ---- who is not to be trusted ---------------------------------------------------------


class Liar:
    """A socket that answers every call with the same octets."""

    def __init__(self, path, answer):
        self.answer = answer
        self.listener = socket.socket(socket.AF_UNIX)
        Path(path).parent.mkdir(exist_ok=True)
        Path(path).unlink(missing_ok=True)
        self.listener.bind(str(path))
        self.listener.listen(16)
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                peer, _ = self.listener.accept()
                peer.recv(65536)
                peer.sendall(self.answer)
                peer.close()
            except OSError:
                return

    def close(self):
        # A listener that somebody waits at stays open until it is shut down.
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


EVIL = "\033]0;owned\007\033[2J\u009b31m\u202e"
DEEP = b'{"parameters":' * 5000 + b"0" + b"}" * 5000 + b"\0"


def lies():
    """Answers that no daemon gives."""
    yield from (b"", b"\0", b"hello\0", b"[]\0", b'"x"\0', b"{}\0", b"{", b"null\0", DEEP,
                b'{"a":1,"a":2}\0', b"\xff\xfe\0", b'{"parameters":5}\0', b'{"error":5}\0',
                b'{"error":"x","parameters":[]}\0', b"A" * 200000)
    for value in (None, 5, -1, 2 ** 62, True, EVIL, [], {}, [EVIL], {EVIL: EVIL}, [[[[]]]],
                  {"code": 6, "value": EVIL, "raw": "zz"}):
        names = ("name", "state", "tenure", "present", "carrier", "lease", "lastError", "address",
                 "server", "options", "routes", "dnsServers", "seconds", "expiresInSeconds",
                 "stateSeconds", "sent", "rival", "flaws", "overlaps", "event", "kind", "text",
                 "interface", "values", "key", "source", "file", "line", "interfaces", "answers",
                 "sandbox", "hooks", "version", "recording", "events", "lost", "attempt",
                 "packet", "message", "changed", "pid", "socket")
        inner = dict.fromkeys(names, value)
        told = dict(inner, interfaces=[inner, dict(inner, name="eth0", tenure="held", lease=inner)],
                    lease=dict(inner, address="10.0.0.5", prefixLength=24, options=[value, inner]),
                    values=[inner], answers=[inner], event=dict(inner, kind="present", lease=inner))
        yield json.dumps({"parameters": told}).encode() + b"\0"
        yield json.dumps({"parameters": inner}).encode() + b"\0"
        for error in "Refused", "ConfigurationInvalid", "SettingInvalid":
            yield json.dumps({"error": f"org.tenured.Client.{error}",
                              "parameters": inner}).encode() + b"\0"


QUESTIONS = ("status", "status eth0", "status --json", "lease eth0", "lease eth0 --env", "watch",
             "watch --json eth0", "renew eth0 -v", "network eth0 x", "audit eth0 --wait 0", "stats",
             "stats eth0", "metrics", "config", "reload", "log-level info",
             "add eth0 --key me", "remove eth0 --key me", "wait-online --timeout 1",
             "record eth0 -o /run/lab/record")


@lasts(40)
def test_ctl_believes_nothing(lab):
    """Whatever answers: it ends by itself, and a terminal is told nothing but text."""
    lab.need_ctl()
    for number, lie in enumerate(lies()):
        liar = Liar("/run/tenured/eth0.sock", lie)
        # All of them for each lie takes long; in turns each meets many.
        for question in QUESTIONS[number % 4::4]:
            (lab.dir / "record").unlink(missing_ok=True)
            done = subprocess.run([lab.dir / "tenurectl", *question.split()], check=False,
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, timeout=60)
            where = f"{question}, told {lie[:300]!r}: {done.returncode} {done.stdout[:2000]!r}"
            assert done.returncode >= 0, where
            assert re.fullmatch(rb"[\n -~]*", done.stdout), where
        liar.close()


def test_ctl_shows_escapes_as_question_marks(lab):
    """What would move a cursor is shown, as what cannot."""
    lab.need_ctl()
    Liar("/run/tenured/eth0.sock", json.dumps({"parameters": {"event": {
        "sequence": 0, "kind": "nak", "interface": "eth0", "text": "x\033[2Jy"}}}).encode() + b"\0")
    shown, _ = terminal(lab, "watch")
    assert "x?[2Jy" in shown and "\033[2J" not in shown, shown


def test_ctl_dropped_events_are_shown(lab):
    lab.need_ctl()
    Liar("/run/tenured/eth0.sock", json.dumps({"parameters": {"event": {
        "sequence": 7, "kind": "dropped", "lost": 12}}}).encode() + b"\0")
    done = lab.ctl("watch", check=False)
    assert "12 events were not read in time and are lost" in done.stdout, done.stdout


@lasts(7)
def test_ctl_waits_not_for_ever(lab):
    """A daemon that takes calls and is silent, or drips: an end comes all the same."""
    lab.need_ctl()
    path = Path("/run/tenured/eth0.sock")
    path.parent.mkdir()
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen(4)

    def drip():
        peer, _ = listener.accept()
        try:
            while True:
                peer.sendall(b"{")
                time.sleep(0.2)
        except OSError:
            pass

    threading.Thread(target=drip, daemon=True).start()
    begin = time.monotonic()
    done = lab.ctl("status", check=False)
    assert done.returncode == 75 and "does not answer" in done.stdout, done
    assert time.monotonic() - begin < 30


class Flood(Liar):
    """One that sends the same octets to everybody, again and again."""

    def _serve(self):
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._send, args=(peer,), daemon=True).start()

    def _send(self, peer):
        try:
            # There is always more to be read; as an ordinary user, most of the time.
            with contextlib.suppress(PermissionError):
                peer.setsockopt(socket.SOL_SOCKET, SO_SNDBUFFORCE, 16 * 1024 * 1024)
            while True:
                peer.sendall(self.answer)
        except OSError:
            peer.close()


def test_ctl_watch_takes_so_much(lab):
    """An event without end is none, and takes no memory."""
    lab.need_ctl()
    Flood("/run/tenured/eth0.sock", b"A" * 65536)
    watch = subprocess.Popen([lab.dir / "tenurectl", "watch"], stderr=subprocess.PIPE, text=True)
    said = watch.stderr.read()
    _, status, usage = os.wait4(watch.pid, 0)
    assert os.waitstatus_to_exitcode(status) == 1 and "is not tenured" in said, said
    assert usage.ru_maxrss < 64 * 1024, f"{usage.ru_maxrss} KiB"


def test_ctl_watch_hears_all(lab):
    """Who talks without end keeps nobody else from being heard, nor a wait from its end."""
    lab.need_ctl()
    told = json.dumps({"parameters": {"event": {
        "sequence": 0, "kind": "nak", "interface": "eth0", "text": "much"}}}).encode() + b"\0"
    Flood("/run/tenured/eth0.sock", told * 1000)
    Liar("/run/tenured/eth1.sock", told.replace(b"much", b"little"))
    done = lab.client.run("timeout", "20", lab.dir / "tenurectl", "wait-online",
                          "--timeout", "1", check=False)
    assert done.returncode == 75, done
    # Its end is that of who reads it.
    done = lab.client.run("timeout", "20", "sh", "-c",
                          f"{lab.dir}/tenurectl watch | grep -m1 ': little$'", check=False)
    assert done.returncode == 0, done


def test_ctl_watch_ends_in_the_middle(lab):
    """Half an event, and nothing more: it waits, and is ended as ever."""
    lab.need_ctl()
    half = b'{"parameters":{"event":{"kind":"nak","text":"half'
    asked = threading.Event()
    liar = Flood("/run/tenured/eth0.sock", b"")

    def send(peer):
        peer.sendall(half)
        asked.set()
        peer.recv(65536)
        peer.recv(1)

    liar._send = send
    with subprocess.Popen([lab.dir / "tenurectl", "watch", "--follow"]) as watch:
        assert asked.wait(10)
        watch.send_signal(signal.SIGINT)
        assert watch.wait(10) == -signal.SIGINT


# ---- help -------------------------------------------------------------------------


def test_ctl_help(lab):
    """Each command that --help names explains itself, with all its options."""
    lab.need_ctl()
    shown = lab.ctl("--help").stdout
    names = re.findall(r"^  ([a-z][a-z-]*)(?: [A-Z[]|  )", shown, re.M)
    assert len(names) > 20 and "renew" in names and "help" in names, names
    for name in names:
        assert lab.ctl("help", name).stdout == lab.ctl(name, "--help").stdout
        assert f"tenurectl [OPTION]... {name}" in lab.ctl("help", name).stdout
    assert "0 to 86400 (30)" in lab.ctl("help", "renew").stdout
    assert "0 to 60 (3)" in lab.ctl("help", "audit").stdout
    assert max(map(len, shown.splitlines())) <= 80


def test_ctl_manual(lab):
    """tenurectl(1) has each command and each option, and no others."""
    lab.need_ctl()
    if not shutil.which("mandoc"):
        raise Skip("no mandoc here")
    page = (Path(__file__).resolve().parents[2] / "man/tenurectl.1").read_text(encoding="utf-8")
    shown = lab.ctl("--help").stdout
    names = set(re.findall(r"^  ([a-z][a-z-]*)(?: [A-Z[]|  )", shown, re.M))
    assert names == set(re.findall(r"^\.It Cm ([a-z-]+)", page, re.M))
    options = set()
    for name in names:
        options |= set(re.findall(r"^  .{4}--([a-z-]+)", lab.ctl("help", name).stdout, re.M))
    assert options == set(re.findall(r"^\.It (?:Fl \w , )?Fl -?-?([a-z-]{2,})", page, re.M)) | set(
        re.findall(r"^\.It Fl \w , -([a-z-]+)", page, re.M)), options
