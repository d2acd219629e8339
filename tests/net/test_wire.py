# SPDX-License-Identifier: BSD-2-Clause
"""What is said on the wire, and which answers count."""

import shutil
import signal
import socket
import time

from lab import Skip, eventually, lasts


def hexed(address):
    return bytes.fromhex(address.replace(":", ""))


# Covers: 2132-9.14-02 2131-4.4.1-02
def test_identity(lab):
    """By default hardware type and address, and the host's own name."""
    lab.server()
    lab.bound()
    for message in lab.wire.find():
        assert message.options[61] == b"\1" + hexed(lab.mac())
        assert message.options[12] == socket.gethostname().encode()
    assert 50 not in lab.wire.find("DISCOVER")[0].options


def test_identity_of_clones(lab):
    """Machines of one image are two clients; one that boots twice over is one."""
    lab.server()
    ids, macs = [], ["02:00:00:00:00:0a", "02:00:00:00:00:0b", "02:00:00:00:00:0b"]
    for mac in macs:  # each time with nothing stored, as in an initrd
        lab.client.ip(f"link set eth0 address {mac}")
        lab.wire.forget()
        client = lab.bound()
        ids.append(lab.wire.find("DISCOVER")[0].options[61])
        client.stop()
        lab.client.ip("address flush dev eth0")
        assert lab.lease_files()
        for path in lab.lease_files():
            path.unlink()
    assert ids == [b"\1" + hexed(mac) for mac in macs]


# Covers: 2132-9.14-02
def test_client_id(lab):
    """-c takes text, and hex with colons."""
    lab.server()
    client = lab.bound("-c", "laptop", "-h", "here.example")
    for message in lab.wire.find():
        assert message.options[61] == b"\0laptop"
        assert message.options[12] == b"here.example"
    client.stop()
    for path in lab.lease_files():
        path.unlink()
    start = time.monotonic()
    lab.client.ip("address flush dev eth0")
    lab.bound("--client-id", "ff:00:01:02:03")
    assert lab.wire.find("DISCOVER", since=start)[0].options[61] == bytes((255, 0, 1, 2, 3))
    # One capture holds two identities here, on purpose.
    lab.wire.forget(start)


# Covers: 2131-4.2-02 2132-9.13-01
def test_vendor_class(lab):
    """--vendor-class sends what it was given; by default there is none."""
    lab.server()
    client = lab.bound("--vendor-class", "udhcp 1.36:x")
    client.send(signal.SIGUSR1)
    lab.wire.wait("RENEWING")
    assert [m.options.get(60) for m in lab.wire.find()] == 3 * [b"udhcp 1.36:x"]
    client.stop()
    start = time.monotonic()
    lab.bound()
    assert [60 in m.options for m in lab.wire.find(since=start)] == [False]


# Covers: 2131-4.4.1-02 2131-3.1-02
def test_requested_address(lab):
    """-r suggests an address; the server has the last word."""
    lab.server(script="on discover 2- yiaddr 10.0.0.20\n")
    client = lab.bound("-r", "10.0.0.33")
    assert lab.wire.find("DISCOVER")[0].address(50) == "10.0.0.33"
    assert lab.kernel.address() == "10.0.0.33/24"
    client.stop()
    for path in lab.lease_files():
        path.unlink()
    lab.client.ip("address flush dev eth0")
    lab.bound("-r", "10.0.0.34")
    assert lab.wire.find("SELECTING")[-1].address(50) == "10.0.0.20"
    assert lab.kernel.address() == "10.0.0.20/24"


# Covers: 2131-4.4.1-06 DF-msg-03 DF-msg-04 6842-3-02 DF-msg-05 2131-4.4.1-07
# Covers: DF-msg-13 DF-msg-15 DF-msg-16 DF-addr-01 DF-addr-02 DF-addr-03 DF-time-01
# Covers: 1122-4.1.3.4-01
@lasts(7)
def test_offers_that_do_not_count(lab):
    """Many servers, each wrong in one way; then a right one."""
    wrong = ["wrong-xid", "wrong-chaddr", "wrong-client-id", "corrupt", "nak", "ack",
             "type 1", "type 3", "type 8", "lease 0", "no-option 51", "no-server-id",
             "server-id 0.0.0.0", "server-id 127.0.0.1", "server-id 224.0.0.1",
             "server-id 255.255.255.255", "yiaddr 0.0.0.0", "yiaddr 127.0.0.1",
             "yiaddr 224.0.0.1", "yiaddr 255.255.255.255", "yiaddr 10.0.0.0",
             "yiaddr 10.0.0.255", "option 1=ff00ff00"]
    for action in wrong:
        lab.server(script=f"on discover 1 {action}\non any 2- silence\n")
    lab.server(script="on discover 1 silence\n")
    lab.plug_in()
    lab.tenured("-f", "-v", "-v", "eth0")
    eventually("an address", lab.kernel.addresses)
    assert len(lab.wire.find("DISCOVER")) == 2
    again = lab.wire.find("DISCOVER")[1].at
    assert len([reply for reply in lab.wire.replies() if reply.at < again]) == len(wrong)
    assert len(lab.wire.find("REQUEST")) == 1


# Covers: DF-msg-06 DF-msg-09 DF-msg-10 DF-msg-13 2131-4.4-02
@lasts(7)
def test_acks_that_do_not_count(lab):
    """In REQUESTING: another server's NAK, another address, no lease time."""
    wrong = ["nak", "yiaddr 0.0.0.0", "yiaddr 10.0.0.44", "no-option 51", "offer", "wrong-xid"]
    lab.server(script="on request 1 silence\n")
    for action in wrong:
        lab.server("--id", "10.0.0.7", script="on discover silence\non request 1 ack\n"
                   f"on request 1 {action}\non request 2- silence\n")
    lab.plug_in()
    lab.tenured("-f", "-v", "-v", "eth0")
    eventually("an address", lab.kernel.addresses)
    assert lab.kernel.address() == "10.0.0.10/24"
    assert len(lab.wire.replies()) == len(wrong) + 2
    assert len(lab.wire.find("DISCOVER")) == 1 and len(lab.wire.find("REQUEST")) == 2


# Covers: DF-msg-07
def test_nak_without_server_id(lab):
    """It is obeyed, since some servers leave the option out."""
    lab.server(script="on request 1 nak\non request 1 no-server-id\n")
    lab.bound()
    assert len(lab.wire.find("DISCOVER")) == 2


# Covers: 2131-4.4.5-03 6842-3-02 DF-msg-04
@lasts(8)
def test_renewal_acks_that_do_not_count(lab):
    """Neither renews: the REQUEST is repeated at T2, and that ACK counts."""
    lab.server(lease=20, t1=2, t2=6,
               script="on request-renewing wrong-xid\n")
    lab.server(script="on discover silence\non request silence\n"
               "on request-renewing ack\non request-renewing wrong-client-id\n")
    events = lab.events()
    lab.bound()
    lab.wire.wait("RENEWING")
    rebinding = lab.wire.wait("REBINDING")
    events.wait_added("10.0.0.10", since=rebinding.at)
    assert len(events.added("10.0.0.10")) == 2, "the lease's, and this one's"
    assert len(lab.wire.find("REQUEST")) == 3 and rebinding.broadcast


# Covers: 2131-4.4-01 DF-msg-18 DF-msg-19
@lasts(4)
def test_late_replies(lab):
    """Repeated and late OFFERs, ACKs and NAKs change nothing in BOUND."""
    lab.server(script="on any duplicate 3\n")
    lab.server("--id", "10.0.0.7", script="on any silence\non discover offer\n"
               "on discover delay 1500\non request nak\non request delay 1000\n")
    events = lab.events()
    lab.bound()
    eventually("all of them", lambda: len(lab.wire.replies()) == 3 + 3 + 2)
    time.sleep(0.5)
    assert len(lab.wire.find()) == 2
    assert len(events.added("10.0.0.10")) == 1 and not events.deleted("10.0.0.10")


# Covers: DF-frame-10
def test_broadcast_replies(lab):
    """Whatever was asked for, broadcast replies are taken."""
    lab.server(script="on any broadcast\n")
    lab.bound()
    assert all(m.broadcast for m in lab.wire.replies())


# Covers: 2131-2-04 2131-4.1-02 DF-msg-17
@lasts(5)
def test_server_id_is_not_its_address(lab):
    """Unicast goes to option 54, by the hardware address of the last ACK."""
    lab.server("--id", "10.0.0.7", lease=60, t1=2)
    lab.bound()
    renewal = lab.wire.wait("RENEWING")
    assert lab.wire.find("SELECTING")[0].address(54) == renewal.ip_dst == "10.0.0.7"
    assert renewal.eth_dst == lab.wire.replies("ACK")[0].eth_src


# Covers: DF-msg-14 DF-opt-03 DF-opt-18
def test_odd_options(lab):
    """No client id echoed, an unknown option, an invalid one of no weight."""
    lab.server("--option", "240=0011ff", "--option", "230=", "--option", "42=0a0001",
               script="on any no-option 61\n")
    lab.bound()


NASTY = (b"a\0b", b"x\ny", b"\x1b[2J\x07", b"%s %n %x", b"\xff\xfe\xc3", b"$(reboot)", b"`id`",
         b"() { :;}; id", b"\'\";|&<>", b"../../etc/x")
TEXTS = (12, 14, 15, 17, 18, 40, 43, 47, 56, 60, 64, 66, 67, 77, 100, 101, 114, 119, 252)


# Covers: DF-opt-10 DF-opt-16
@lasts(9)
def test_hostile_text(lab):
    """Logs, lease file and status show none of it, and all of it is harmless."""
    texts = [word for at, code in enumerate(TEXTS)
             for word in ("--option", f"{code}={NASTY[at % len(NASTY)].hex()}")]
    # This could be a path, and is shown as it is: no format for anybody.
    server = lab.server(*texts, "--option", f"210={b'%s%n%x'.hex()}")
    client = lab.bound("-v")
    shown = [path.read_bytes() for path in eventually("a lease file", lab.lease_files)]
    if (lab.dir / "tenurectl").exists():
        for arguments in ([], ["eth0"], ["--json"]):
            shown.append(lab.ctl("status", *arguments).stdout.encode())
        assert b"path-prefix %s%n%x\n" in shown[2], shown[2]
    server.stop()
    lab.server("--option", "56=" + b"".join(NASTY).hex(), script="on request-renewing nak\n")
    client.send(signal.SIGUSR1)
    client.wait_line("eth0: NAK from 10.0.0.1")
    shown.append(client.output.encode())
    for text in shown:
        assert all(octet in b"\n" or 32 <= octet < 127 for octet in text), text
        assert not [nasty for nasty in NASTY if nasty in text], text


# Covers: DF-opt-15
def test_paths_are_not_opened(lab):
    """What a server calls a file or a path is no name of a file here."""
    if not shutil.which("strace"):
        raise Skip("no strace here")
    paths = {14: "/secret/core", 15: "../../secret/x", 17: "/secret/root", 18: "/secret/more",
             67: "secret-boot", 12: "../secret-host", 119: "secret-search"}
    lab.server(*[word for code, path in paths.items()
                 for word in ("--option", f"{code}={path.encode().hex()}")])
    trace = lab.dir / "trace"
    process = lab.tenured("-f", "-q", "eth0", under=(
        "env", "ASAN_OPTIONS=detect_leaks=0", "strace", "-f", "-e", "trace=%file",
        "-o", trace))
    process.ends(0)
    calls = trace.read_text()
    assert "eth0.lease" in calls and "secret" not in calls, calls


# Covers: 4361-6.1-01 4361-6.1-03 4361-6.1-04 4361-6.1-08 4361-6.4-01
def test_duid(lab):
    """--client-id duid: made once, kept over a restart, and shown."""
    lab.server()
    client = lab.bound("--client-id", "duid", "--iaid", "7", "--duid", "llt")
    path = lab.lease_files()[0].parent / "duid"
    duid = path.read_text()
    assert duid.startswith("00:01:00:01:") and duid.endswith(lab.mac() + "\n")
    expected = bytes((255, 0, 0, 0, 7)) + hexed(duid.strip())
    shown = lab.ctl("status", "eth0").stdout
    assert duid.strip() in shown and "iaid        7" in shown
    client.stop()
    lab.client.ip("address flush dev eth0")
    lab.bound("--client-id", "duid", "--iaid", "7")
    assert path.read_text() == duid
    assert lab.wire.wait("INIT-REBOOT")
    for message in lab.wire.find():
        assert message.options[61] == expected


# Covers: 4361-6.1-05 4361-6.1-06
def test_duid_of_another_program(lab):
    """--duid-file reads what a client of DHCPv6 has; what is none is refused."""
    lab.server()
    path = lab.dir / "other"
    path.write_text("00:03:00:01:02:00:00:00:12:34\n")
    lab.bound("--client-id", "duid", "--iaid", "0", "--duid-file", str(path))
    expected = bytes.fromhex("ff0000000000030001020000001234")
    assert lab.wire.find("DISCOVER")[0].options[61] == expected
    path.write_text("nonsense\n")
    client = lab.tenured("-f", "--client-id", "duid", "--duid-file", str(path), "eth0")
    client.wait_line("cannot be read as a DUID")
    assert client.wait() == 78


# Covers: 4702-3.1-01 4702-3.3-01 4702-2.1-04 3004-4-01
def test_full_name_and_classes(lab):
    """Option 81 instead of 12, and a class behind its length."""
    lab.server()
    lab.bound("--fqdn", "both", "-h", "pc.example", "--user-class", "a", "--user-class", "bcd",
              "--request-option", "captive-portal", "--lease-time", "600",
              "--option", "tftp-server-name=x")
    for message in lab.wire.find():
        assert message.options[81] == b"\5\0\0\2pc\7example\0"
        assert 12 not in message.options
        assert message.options[77] == b"\1a\3bcd"
        assert message.options[66] == b"x"
        assert message.options[51] == bytes((0, 0, 2, 88))
        assert 114 in message.options[55]


# Covers: 7844-3-01 7844-3-02 7844-3.1-01 7844-3.5-01 7844-3.7-01
def test_anonymous(lab):
    """Only what must be, in ascending order."""
    lab.server()
    client = lab.bound("--anonymous", "--vendor-class", "me", "--client-id", "duid")
    client.send(signal.SIGUSR2)
    lab.wire.wait("RELEASE")
    sent = [(m.variant, m.order) for m in lab.wire.find()]
    assert sent == [("DISCOVER", [53, 55, 61]), ("SELECTING", [50, 53, 54, 55, 61]),
                    ("RELEASE", [53, 54, 61])]
    assert all(m.options[61] == b"\1" + hexed(lab.mac()) for m in lab.wire.find())
