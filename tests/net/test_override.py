# SPDX-License-Identifier: BSD-2-Clause
"""What an administrator makes of what servers say, seen by everybody in one way."""

import json
import signal

from lab import Skip, eventually
from lab.servers import Dnsmasq, available

LISTED = {"supersede": "domain-search=example.org, lab.example.org",
          "prepend": "domain-name-servers=127.0.0.1",
          "append": "domain-name-servers=10.0.0.98"}


def serve(lab, **features):
    if not available(Dnsmasq):
        raise Skip("no dnsmasq here")
    return Dnsmasq(lab, **features)


def configured(lab, **keys):
    """The options that make the daemon read a file with these keys."""
    path = lab.dir / "override.conf"
    path.write_text("".join(f"{key} = {value}\n" for key, value in keys.items()))
    return "--config", str(path)


def status(lab):
    [daemon] = json.loads(lab.ctl("status", "--json").stdout)
    return daemon["interfaces"][0]


def raw(lab):
    """The options of the lease, as tenurectl shows them: code to hex."""
    return {option["code"]: option["raw"] for option in status(lab)["lease"]["options"]}


def names(*domains):
    return b"".join(bytes([len(label)]) + label.encode()
                    for domain in domains for label in [*domain.split("."), ""]).hex()


def test_override_resolver(lab):
    """resolv.conf, a hook's variables, the lease file and status tell the same."""
    resolv = lab.own_etc()
    serve(lab, dns="10.0.0.53", search=["a.example.net"])
    lab.bound(*configured(lab, **LISTED), *lab.shipped_hook("resolv"))
    eventually("resolv.conf", lambda: resolv.read_text().splitlines()[1:] == [
        "search example.org lab.example.org",
        "nameserver 127.0.0.1", "nameserver 10.0.0.53", "nameserver 10.0.0.98"])
    dns, search = "7f0000010a0000350a000062", names("example.org", "lab.example.org")
    options = raw(lab)
    assert (options[6], options[119]) == (dns, search), options
    [path] = lab.lease_files()
    lines = [line.replace(":", "") for line in path.read_text().splitlines()]
    assert any(dns in line for line in lines) and any(search in line for line in lines), lines


def test_override_hooks(lab):
    """Hooks are told what is used, and not what is ignored."""
    hooks = lab.telling_hook()
    serve(lab, dns="10.0.0.53", raw={15: b"example.net"})
    lab.bound(*hooks, "--ignore", "domain-name", "--default", "domain-name-servers=10.0.0.9",
              "--default", "ntp-servers=10.0.0.4", "--default", "tftp-server-name=boot")
    told = lab.wait_told("BOUND")
    assert told["new_ntp_servers"] == "10.0.0.4", told
    assert told["new_tftp_server_name"] == "boot", told
    assert told["new_domain_name_servers"] == "10.0.0.53", told
    assert "new_domain_name" not in told, told


def test_override_kernel(lab):
    """A superseded mask and router are the kernel's; a route is put beside another."""
    serve(lab, routes=[("10.9.0.0/16", "10.0.0.2"), ("0.0.0.0/0", "10.0.0.3")])
    lab.bound("--supersede", "subnet-mask=255.255.0.0",
              "--append", "classless-routes=10.8.0.0/16 via 10.0.0.4")
    assert lab.kernel.address().endswith("/16")

    def routes():
        return {(route["dst"], route.get("gateway")) for route in lab.kernel.routes()}
    eventually("routes", lambda: {("10.9.0.0/16", "10.0.0.2"), ("10.8.0.0/16", "10.0.0.4"),
                                  ("default", "10.0.0.3")} <= routes())


def test_override_ignore(lab):
    """What is ignored is not asked for; without classless routes the router counts."""
    serve(lab, raw={121: bytes((0, 10, 0, 0, 3))})
    lab.bound("--ignore", "classless-routes", "--supersede", "routers=10.0.0.7")
    eventually("the router", lambda: any(
        route["dst"] == "default" and route.get("gateway") == "10.0.0.7"
        for route in lab.kernel.routes()))
    [discover] = lab.wire.find("DISCOVER")[:1]
    assert 121 not in discover.options[55]


def test_override_lease_time(lab):
    """A lease is made shorter, and never longer."""
    serve(lab, lease=3600)
    lab.bound("--supersede", "lease-time=600")
    assert raw(lab)[51] == f"{600:08x}"
    assert lab.kernel.valid_s() <= 600 and status(lab)["lease"]["expiresInSeconds"] <= 600


def test_override_lease_time_longer(lab):
    """What would make it longer has no effect."""
    serve(lab, lease=600)
    lab.bound("--supersede", "lease-time=3600")
    assert raw(lab)[51] == f"{600:08x}"


def test_override_require(lab):
    """A server that does not send it is not used, and the reason is named."""
    lab.server("--option", "42=0a000005", lease=3600)
    client = lab.tenured("-f", "--require", "ntp-servers,domain-name", "eth0")
    lab.need_ctl()
    client.wait_line("10.0.0.1 is refused: its reply is without an option that is required")
    assert status(lab)["rejected"]["required"] > 0
    assert "required" in status(lab)["lastError"]
    assert lab.kernel.address() is None
    [discover] = lab.wire.find("DISCOVER")[:1]
    assert {42, 15} <= set(discover.options[55])
    client.stop()
    lab.bound("--require", "ntp-servers")


def test_override_reloaded(lab):
    """A change takes effect with the next ACK, and touches no lease before."""
    serve(lab, dns="10.0.0.53")
    client = lab.bound(*configured(lab, prepend="domain-name-servers=10.0.0.99"))
    assert raw(lab)[6] == "0a0000630a000035"
    configured(lab, append="domain-name-servers=10.0.0.98", require="3")
    client.send(signal.SIGHUP)
    client.wait_line("eth0: changed: override")
    assert raw(lab)[6] == "0a0000630a000035"
    lab.ctl("renew", "eth0")
    eventually("the new edits", lambda: raw(lab)[6] == "0a0000350a000062")


def test_override_refused(lab):
    """What cannot be is refused before anything is done, with what would be right."""
    for key, value, error in (
            ("supersede", "domain-name-servers=ns.example.org", "takes IPv4 addresses"),
            ("prepend", "domain-name=example.org", "use supersede"),
            ("default", "lease-time=60", "can only be superseded"),
            ("ignore", "server-id", "matter of each message")):
        result = lab.tenured("--check", *configured(lab, **{key: value}))
        result.ends(78)
        assert error in result.output and "override.conf:1:" in result.output, result.output
