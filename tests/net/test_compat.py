# SPDX-License-Identifier: BSD-2-Clause
"""What udhcpc's, dhclient's and dhcpcd's programs have in common."""

import subprocess

from compat import begin, environment, program
from lab import eventually


def refuses(lab, name, client):
    """As a hook it says what it is for; no second client is there."""
    client.wait_line(f"{name} \\(of tenured\\): .*starts a client.* is no hook")
    client.wait_line(f"hook {name} failed \\(64\\)")
    assert lab.daemons() == [client.pid], lab.daemons()
    assert client.running and lab.kernel.address() == "10.0.0.10/24"


def test_compat_as_script(lab):
    """--script names a program that starts clients: it starts none."""
    for name in ("udhcpc", "dhclient", "dhcpcd"):
        server = lab.server(lease=3600)
        file = program(lab, name)
        ready = lab.dir / "ready"
        under = ["env", f"TENURED={environment(lab)['TENURED']}",
                 "sh", "-c", f'exec "$@" 9>{ready}', "sh"]
        client = lab.tenured("-f", "-v", "-R", "--script", file, "--ready-fd", "9", "eth0",
                             under=under)
        refuses(lab, name, client)
        # Before it has heard that the script ended its start would be called off.
        eventually("the end of its start", ready.read_text)
        client.process.terminate()
        client.ends(0)
        server.wait_line("RX RELEASE")
        server.process.terminate()
        server.wait()


def test_compat_as_hook(lab):
    """The same of a link in a directory of hooks."""
    lab.server(lease=3600)
    hooks = lab.hook("dhclient", "")
    (lab.dir / "hooks/dhclient").write_bytes(program(lab, "dhclient").read_bytes())
    refuses(lab, "dhclient", lab.tenured("-f", "-v", *hooks, "eth0"))


def test_compat_from_hook(lab):
    """A hook may well call one with words of its own."""
    for words in (["eth9"], ["--help"]):
        done = begin(lab, "dhclient", *words, reason="BOUND", interface="eth0",
                     TENURED_COMPAT_SHOW="1")
        done.ends(0)
        assert "is no hook" not in done.output, done.output
    for variable in ("reason", "interface"):
        done = begin(lab, "udhcpc", TENURED_COMPAT_SHOW="1", **{variable: "eth0"})
        done.ends(0)
        assert done.output == "tenured -i eth0", done.output


def test_compat_with_rights_of_a_file(lab):
    """Setuid or setgid it does nothing: a script would run with its owner's rights."""
    lab.need_users()
    for mode in (0o4755, 0o2755):
        file = program(lab, "udhcpc")
        file.chmod(mode)
        command = lab.client.enter(
            "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--",
            "env", "TENURED_COMPAT_PROGRAM=udhcpc", "TENURED_COMPAT_SCRIPT=/usr/bin/id",
            "reason=BOUND", file)
        done = subprocess.run(command, text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)
        assert done.returncode == 77 and "setuid" in done.stdout, done
        assert len(done.stdout.splitlines()) == 1, done.stdout
