# SPDX-License-Identifier: BSD-2-Clause
"""Clients that others wrote: Debian's Go library with its generator, and varlinkctl."""

import os
import shutil
import subprocess
from pathlib import Path

from lab import Skip, lasts
from lab.varlink import CLIENT, SOURCE, Varlink

PATH = "/run/tenured/eth0.sock"
LIBRARY = Path("/usr/share/gocode")
GENERATOR = "github.com/varlink/go/cmd/varlink-go-interface-generator"
PROGRAM = Path(__file__).resolve().parents[1] / "varlink-go/main.go"


class Go:
    """Builds what needs nothing but Debian's packages."""

    def __init__(self, lab):
        if not shutil.which("go"):
            raise Skip("no go: contrib/install-deps --ci installs it")
        if not (LIBRARY / "src" / GENERATOR).exists():
            raise Skip("no golang-github-varlink-go-dev: contrib/install-deps --ci installs it")
        self.path = lab.dir / "go"
        self.environment = {**os.environ, "GO111MODULE": "off", "GOFLAGS": "",
                            "GOPATH": f"{self.path}:{LIBRARY}", "CGO_ENABLED": "0",
                            "GOCACHE": str(self.path / "cache"), "HOME": str(self.path)}
        self.path.mkdir()

    def run(self, *command):
        done = subprocess.run([str(word) for word in command], env=self.environment, text=True,
                              cwd=self.path, check=False, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        assert done.returncode == 0, f"{command}: {done.stdout}"
        return done.stdout

    def package(self, description):
        """Makes the package of types and calls.

        The library knows names of interfaces of small letters alone; those that are sent
        are the true ones.
        """
        low = CLIENT.lower()
        home = self.path / "src" / low.replace(".", "")
        home.mkdir(parents=True)
        (home / f"{low}.varlink").write_text(
            description.replace(f"\ninterface {CLIENT}\n", f"\ninterface {low}\n"))
        self.run("go", "build", "-o", "generator", GENERATOR)
        self.run("./generator", home / f"{low}.varlink")
        made = next(home.glob("*.go"))
        made.write_text(made.read_text().replace(f'"{low}', f'"{CLIENT}'))


@lasts(20)
def test_go_client(lab):
    """Types, errors and events, by a program made of the description alone."""
    lab.need_ctl()
    go = Go(lab)
    lab.server(lease=3600)
    lab.bound()
    with Varlink(PATH) as peer:
        go.package(peer.call(".GetInterfaceDescription", interface=CLIENT)["description"])
    go.run("go", "build", "-o", "client", PROGRAM)
    said = go.run("./client", PATH)
    assert said.endswith("all is well\n"), said


def test_varlinkctl(lab):
    """systemd's client, where there is one."""
    lab.need_ctl()
    if not shutil.which("varlinkctl"):
        raise Skip("no varlinkctl: systemd has it from 255 on")
    lab.server(lease=3600)
    lab.bound()

    def ctl(*arguments):
        return lab.client.run("varlinkctl", *arguments).stdout

    assert "org.tenured.Client" in ctl("list-interfaces", PATH)
    assert "method Subscribe" in ctl("introspect", PATH, CLIENT)
    ctl("validate-idl", SOURCE / f"{CLIENT}.varlink")
    assert "10.0.0.10" in ctl("call", PATH, f"{CLIENT}.GetLease", '{"interface":"eth0"}')
