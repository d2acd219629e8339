# SPDX-License-Identifier: BSD-2-Clause
"""A caller of the socket that takes nothing that is not described."""

import contextlib
import json
import os
import socket
import time
from pathlib import Path

from .idl import Description
from .system import PATIENCE_S

SOURCE = Path(__file__).resolve().parents[3] / "src/daemon"
CLIENT = "org.tenured.Client"
SERVICE = "org.varlink.service"


def descriptions():
    return {name: Description((SOURCE / f"{name}.varlink").read_text())
            for name in (CLIENT, SERVICE)}


class Failed(Exception):
    """A reply that is an error; name without its interface."""

    def __init__(self, name, parameters):
        super().__init__(f"{name} {parameters}")
        self.name, self.parameters = name, parameters


class Varlink:
    """A connection."""

    def __init__(self, path="/run/tenured/eth0.sock", user=None, groups=()):
        self.known = descriptions()
        self.socket = socket.socket(socket.AF_UNIX)
        self.rest = b""
        with as_user(user, groups):
            self.socket.connect(str(path))
        self.socket.settimeout(PATIENCE_S)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def send(self, octets):
        self.socket.sendall(octets)

    def read(self):
        """The next reply as it came, or None at the end."""
        while b"\0" not in self.rest:
            more = self.socket.recv(65536)
            if not more:
                assert not self.rest, f"cut off: {self.rest!r}"
                return None
            self.rest += more
        text, _, self.rest = self.rest.partition(b"\0")
        return json.loads(text)

    def ask(self, method, more=False, **parameters):
        """Sends a call. Methods of the service are written with a dot in front."""
        interface, name = (SERVICE, method[1:]) if method[0] == "." else (CLIENT, method)
        call = {"method": f"{interface}.{name}", "parameters": parameters}
        if more:
            call["more"] = True
        self.send(json.dumps(call).encode() + b"\0")
        return interface, name

    def take(self, interface, name):
        """The next reply's parameters, which are as described; raises Failed."""
        reply = self.read()
        assert reply is not None, "hung up on"
        assert not reply.keys() - {"parameters", "error", "continues"}, reply
        parameters = reply.get("parameters") or {}
        if "error" in reply:
            where, _, error = reply["error"].rpartition(".")
            self.known[where].check_error(error, parameters)
            raise Failed(error, parameters)
        self.known[interface].check_reply(name, parameters)
        return parameters

    def call(self, method, **parameters):
        return self.take(*self.ask(method, **parameters))

    def refused(self, method, **parameters):
        """The error of a call that has to fail."""
        try:
            answer = self.call(method, **parameters)
        except Failed as error:
            return error
        raise AssertionError(f"{method} {parameters} was answered: {answer}")

    def subscribe(self, **parameters):
        """Events, as they come; their numbers have no gaps."""
        asked = self.ask("Subscribe", more=True, **parameters)
        number = 0
        while True:
            event = self.take(*asked)["event"]
            assert event["sequence"] == number, event
            number += 1
            yield event


def wait_event(events, kind, timeout=PATIENCE_S, **members):
    """The next event of the kind that has these members; what comes before is passed."""
    deadline = time.monotonic() + timeout
    for event in events:
        if event["kind"] == kind and all(event.get(name) == value
                                         for name, value in members.items()):
            return event
        assert time.monotonic() < deadline, f"no {kind} {members}"
    raise AssertionError("no more events")


@contextlib.contextmanager
def as_user(user, groups=()):
    """What is done meanwhile is done as another user, who may come back."""
    if user is None:
        yield
        return
    before = os.getgroups()
    os.setgroups(list(groups))
    os.setegid(user)
    os.seteuid(user)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)
        os.setgroups(before)
