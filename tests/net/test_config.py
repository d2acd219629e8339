# SPDX-License-Identifier: BSD-2-Clause
"""The configuration files of the real daemon: read, refused, and for whom they are."""

from lab import Skip

WRONG = (  # a file, its line that is wrong, and words of the message
    ("hotsname = a\n", 1, "did you mean 'hostname'?"),
    ("[eth0]\n\nmetrik = 5\n", 3, "'metric'"),
    ("no-gateway = yes\n", 1, "'gateway'"),
    ("colour = red\n", 1, "tenured.conf(5)"),
    ("quit = yes\n", 1, "option of the command line"),
    ("timeout = 0\n", 1, "from 1 to 86400"),
    ("[eth0]\ntimeout = 5\n", 2, "before the first section"),
    ("metric = 1\nmetric = 2\n", 2, "given twice"),
    ("[eth0]\n[eth0]\n", 2, "already"),
    ("[eth0\n", 1, "']'"),
    ("hostname = \"a\n", 1, "closing quote"),
    ("metric\n", 1, "key = value"),
    ("[hwaddr 52:54:0]\n", 1, "52:54:00:*"),
    ("[kind veth]\n", 1, "named in full"),
    ("[a b]\n", 1, "pattern"),
    ("[en*]\nrequest = 10.0.0.7\n", 2, "may be several"),
    ("[eth0]\niaid = 1\n[eth1]\niaid = 1\n", 4, "not for both eth0 and eth1"),
    ("[eth0]\ninform-server = 10.0.0.1\n", 2, "inform does"),
    ("[eth0]\nauth = token\n", 2, "auth-keys"),
    ("auth-keys = /nonexistent\nauth = token\n", None, "/nonexistent"),
)


def configure(lab, text, name="tenured.conf"):
    path = lab.dir / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    return lab.dir / "tenured.conf"


def refused(lab, words, *arguments):
    """78 and one line, by a start as by --check; and nothing was done."""
    for check in ((), ("--check",)):
        process = lab.tenured(*arguments, *check)
        process.ends(78)
        assert len(process.output.splitlines()) == 1, process.output
        for word in words:
            assert word in process.output, (word, process.output)
    assert not lab.daemons() and not lab.wire.find() and not lab.kernel.addresses()


def macvlan(lab, name):
    """A link of a kind that no pattern leaves out, on the cable of eth0."""
    if lab.client.ip(f"link add link eth0 name {name} type macvlan", check=False).returncode:
        raise Skip("this kernel has no macvlan")


def metric(lab, interface):
    return lab.kernel.route("default", interface)["metric"]


def test_refused_configurations(lab):
    """Each names its file, its line and what would be right."""
    for text, line, word in WRONG:
        path = configure(lab, text)
        refused(lab, [f"{path}:{line}: " if line else "", word], "--config", path)


def test_refused_in_a_directory(lab):
    """The file of several that is wrong is the one that is named."""
    path = configure(lab, "[eth0]\nmetric = 1\n")
    configure(lab, "\n\nmetrik = 2\n", "tenured.conf.d/10-site.conf")
    configure(lab, "metric = many\n", "tenured.conf.d/20-host.conf")
    refused(lab, [f"{path}.d/10-site.conf:3: ", "'metric'"], "--config", path)
    configure(lab, "metric = 2\n", "tenured.conf.d/10-site.conf")
    refused(lab, [f"{path}.d/20-host.conf:1: ", "many"], "--config", path)


def test_check_only_checks(lab):
    """It names the files that it read, and leaves all as it is."""
    path = configure(lab, "[eth0]\nmetric = 1\n")
    configure(lab, "acd = off\n", "tenured.conf.d/site.conf")
    configure(lab, "nonsense\n", "tenured.conf.d/site.conf.bak")
    process = lab.tenured("--config", path, "--check")
    process.ends(0)
    assert process.output.splitlines() == [f"{path}: ok", f"{path}.d/site.conf: ok"]
    assert not lab.daemons() and not lab.wire.find() and not lab.kernel.addresses()


def test_later_files_win(lab):
    """In the order of names; what they say for all is for others' sections, too."""
    path = configure(lab, "hostname = first\n[eth0]\nmetric = 1\n")
    configure(lab, "hostname = third\n", "tenured.conf.d/20.conf")
    configure(lab, "hostname = second\n[eth0]\nmetric = 2\n", "tenured.conf.d/10.conf")
    lab.server()
    lab.tenured("--config", path).ends(0)
    assert metric(lab, "eth0") == 2
    assert {message.options[12] for message in lab.wire.find()} == {b"third"}


def test_sections_of_a_kind(lab):
    """By name, hardware address, pattern and kind, for links that nobody named."""
    lab.plug_in()
    for name in ("mv0", "mv1", "mv2", "other"):
        macvlan(lab, name)
    path = configure(lab, f"acd = off\n[kind macvlan]\nmetric = 4\n[mv*]\nmetric = 3\n"
                          f"[hwaddr {lab.mac('mv1')}]\nmetric = 2\n[mv0]\nmetric = 1\n")
    lab.server()
    client = lab.tenured("-f", "-v", "--config", path)
    for name in ("mv0", "mv1", "mv2", "other"):
        client.wait_line(f"{name}: .* is ready")
    assert [metric(lab, name) for name in ("mv0", "mv1", "mv2", "other")] == [1, 2, 3, 4]
    assert not lab.kernel.addresses("eth0")


def test_patterns_leave_virtual_ends_alone(lab):
    """The end of a pair is managed by its name alone."""
    lab.plug_in()
    macvlan(lab, "mv0")
    lab.server()
    client = lab.tenured("-f", "-v", "--acd=off", "*")
    client.wait_line("mv0: .* is ready")
    assert not client.find("eth0: ") and not lab.kernel.addresses("eth0")
    client.stop()
    client = lab.tenured("-f", "-v", "--acd=off", "eth0", "*")
    for name in ("eth0", "mv0"):
        client.wait_line(f"{name}: .* is ready")


def test_a_beginning_of_an_address(lab):
    """As above, and with the settings of a pattern for what is named in full."""
    lab.plug_in()
    lab.client.ip("link set eth0 address 52:54:00:00:00:01")
    path = configure(lab, "[hwaddr 52:54:00:*]\nmetric = 7\n")
    lab.server()
    lab.tenured("--config", path, "eth0").ends(0)
    assert metric(lab, "eth0") == 7
