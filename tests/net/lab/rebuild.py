# SPDX-License-Identifier: BSD-2-Clause
"""What `tenurectl interfaces --json` told of a namespace, made again in another."""

FAMILIES = {"ipv4": "-4", "ipv6": "-6"}

# Flags of an address that somebody asked for, as ip(8) calls them.
ADDRESS_FLAGS = {
    "no-dad": "nodad", "home-address": "home", "manage-temporary": "mngtmpaddr",
    "no-prefix-route": "noprefixroute", "multicast-autojoin": "autojoin"}

METRICS = {
    "mtu": "mtu", "window": "window", "ssthresh": "ssthresh", "cwnd": "cwnd",
    "advmss": "advmss", "reordering": "reordering", "hopLimit": "hoplimit",
    "initcwnd": "initcwnd", "initrwnd": "initrwnd", "quickAck": "quickack",
    "congestionControl": "congctl"}

BRIDGE = {
    "forwardDelay": "forward_delay", "helloTime": "hello_time", "maxAge": "max_age",
    "ageingTime": "ageing_time", "stp": "stp_state", "priority": "priority",
    "multicastSnooping": "mcast_snooping"}


def ip(space, *words):
    done = space.run("ip", *map(str, words), check=False)
    assert done.returncode == 0, f"ip {' '.join(map(str, words))}: {done.stdout}"


def is_kernels(thing):
    """Whether the kernel makes it by itself, of what else there is."""
    return str(thing.get("protocol", "")).startswith("kernel")


def protocol(thing):
    """Who made it, as ip(8) takes it."""
    return {"unspecified": "0"}.get(thing["protocol"], str(thing["protocol"]))


def options(names, values):
    """["mtu", "1400"], of those members that there are."""
    return [word for key, name in names.items() if key in values
            for word in (name, str(int(values[key]) if isinstance(values[key], bool)
                                   else values[key]))]


# ---- links ---------------------------------------------------------------------


def kind_words(link):
    data = link.get("kindData", {})
    if link["kind"] == "vlan":
        return ["id", data["id"], "protocol", data["protocol"]]
    if link["kind"] == "vrf":
        return ["table", data["table"]]
    if link["kind"] == "macvlan":
        return ["mode", data["mode"]]
    if link["kind"] != "bridge":
        return []
    # Not every kernel has it to be switched off.
    filtering = ["vlan_filtering", "1"] if data.get("vlanFiltering") else []
    return options(BRIDGE, data) + filtering


def add_link(space, link, links):
    """Makes a link, and of a pair both ends; what it stands on is there."""
    below = ["link", link["lower"]] if link.get("lower") else []
    peer = ["peer", "name", link["peer"], "address", links[link["peer"]]["hardwareAddress"]
            ] if link.get("peer") else []
    ip(space, "link", "add", *below, "name", link["name"], "address",
              link["hardwareAddress"], "type", link["kind"], *kind_words(link), *peer)


def set_link(space, link):
    def change(*words):
        ip(space, "link", "set", "dev", link["name"], *words)

    if link["kind"] != "loopback":
        change("mtu", str(link["mtu"]))
        change("txqueuelen", str(link["transmitQueueLength"]))
    change("group", str(link["group"]))
    if "alias" in link:
        change("alias", link["alias"])
    for name in link.get("alternativeNames", []):
        ip(space, "link", "property", "add", "dev", link["name"], "altname", name)
    if link.get("master"):
        change("master", link["master"])
    for flag in ("noarp", "promisc", "allmulti", "multicast"):
        if flag in ("promisc", "allmulti") and flag not in link["flags"]:
            continue  # of itself it is off
        on = "on" if (flag in link["flags"]) != (flag == "noarp") else "off"
        change("arp" if flag == "noarp" else "allmulticast" if flag == "allmulti" else flag, on)
    change("addrgenmode", link["ipv6"]["addressGeneration"].replace("-", "_"))


def rebuild_links(space, links):
    by_name = {link["name"]: link for link in links}
    made = {link["name"] for link in links if link["kind"] == "loopback"}
    while made < set(by_name):
        ready = [link for link in links if link["name"] not in made and
                 (not link.get("lower") or link["lower"] in made)]
        assert ready, f"only {made} stand on something"
        for link in ready:
            if link["name"] not in made:
                add_link(space, link, by_name)
                made |= {link["name"], link.get("peer")} - {None}
    for link in links:
        set_link(space, link)
    for link in links:
        ip(space, "link", "set", "dev", link["name"], "up" if link["up"] else "down")


# ---- addresses -------------------------------------------------------------------


def add_address(space, link, address):
    words = [f"{address['address']}/{address['prefixLength']}"]
    if "peer" in address:
        words = [address["address"], "peer", f"{address['peer']}/{address['prefixLength']}"]
    for key in ("broadcast", "label", "metric"):
        if key in address:
            words += [key, str(address[key])]
    words += ["scope", address["scope"]]
    words += [ADDRESS_FLAGS[flag] for flag in address["flags"] if flag in ADDRESS_FLAGS]
    if address["validSeconds"] is not None:
        preferred = address["preferredSeconds"]
        words += ["valid_lft", str(address["validSeconds"]),
                  "preferred_lft", "forever" if preferred is None else str(preferred)]
    if "protocol" in address:
        words += ["proto", str(address["protocol"])]
    ip(space, "address", "add", *words, "dev", link["name"])


# ---- nexthops, rules, routes ---------------------------------------------------------


def hop_words(hop):
    """Where it leads; the family of a gateway need not be the route's."""
    words = []
    if "gateway" in hop:
        words += ["via", *(["inet6"] if ":" in hop["gateway"] else []), hop["gateway"]]
    if hop.get("interface"):
        words += ["dev", hop["interface"]]
    return words + (["onlink"] if "onlink" in hop["flags"] else [])


def add_nexthop(space, hop):
    words = ["id", str(hop["id"])]
    if "group" in hop:
        words += ["group", "/".join(f"{one['id']},{one['weight']}" for one in hop["group"])]
    elif hop.get("blackhole"):
        words += ["blackhole"]
    else:
        words += [word for word in hop_words(hop) if word != "inet6"]
    family = [FAMILIES[hop["family"]]] if hop["family"] in FAMILIES else []
    ip(space, *family, "nexthop", "add", *words, "protocol", protocol(hop))


def add_rule(space, rule):
    words = ["priority", str(rule["priority"]), "protocol", protocol(rule)]
    words = (["not"] if "not" in rule["flags"] else []) + [
        "from", rule["from"], "to", rule["to"], *words]
    for key, name in (("inputInterface", "iif"), ("outputInterface", "oif"),
                      ("ipProtocol", "ipproto"), ("goto", "goto")):
        if key in rule:
            words += [name, str(rule[key])]
    if rule["tos"]:
        words += ["tos", hex(rule["tos"])]
    if "mark" in rule:
        words += ["fwmark", f"{rule['mark']}/{rule['markMask']}"]
    for key, name in (("sourcePorts", "sport"), ("destinationPorts", "dport"),
                      ("users", "uidrange")):
        if key in rule:
            words += [name, "{}-{}".format(*rule[key])]
    if rule.get("suppressPrefixLength", -1) >= 0:
        words += ["suppress_prefixlength", str(rule["suppressPrefixLength"])]
    words += (["table", str(rule["table"])] if rule["action"] == "table" else
              [] if rule["action"] == "goto" else [rule["action"]])
    ip(space, FAMILIES[rule["family"]], "rule", "add", *words)


def add_route(space, route):
    words = [route["type"], route["destination"], "table", str(route["table"]),
             "protocol", protocol(route)]
    if route["family"] == "ipv4":
        words += ["scope", route["scope"]]
        if route["tos"]:
            words += ["tos", hex(route["tos"])]
    for key, name in (("from", "from"), ("metric", "metric"), ("preferredSource", "src"),
                      ("expiresInSeconds", "expires"), ("realms", "realms"),
                      ("nexthopId", "nhid")):
        if route.get(key):
            words += [name, str(route[key])]
    if route.get("preference", "medium") != "medium":
        words += ["pref", route["preference"]]
    locked = route.get("metrics", {}).get("lock", 0)
    words += [word for key, name in METRICS.items() if key in route.get("metrics", {})
              for word in (name, *(["lock"] if key == "mtu" and locked & 1 << 2 else []),
                           str(route["metrics"][key]))]
    if "nexthopId" not in route:
        words += hop_words(route)
        for hop in route.get("nexthops", []):
            words += ["nexthop", *hop_words(hop), "weight", str(hop["weight"])]
    ip(space, FAMILIES[route["family"]], "route", "add", *words)


def rebuild(space, told):
    """All that somebody made; the kernel adds its own part again."""
    rebuild_links(space, told["interfaces"])
    for link in told["interfaces"]:
        for address in link["addresses"]:
            if not is_kernels(address) and link["kind"] != "loopback":
                add_address(space, link, address)
    for hop in sorted(told["nexthops"], key=lambda hop: "group" in hop):
        add_nexthop(space, hop)
    for rule in told["rules"]:
        if not is_kernels(rule):
            add_rule(space, rule)
    # What a gateway is reached by comes before it.
    for route in sorted(told["routes"], key=lambda route: (
            "gateway" in route or "nexthops" in route or "nexthopId" in route)):
        if not is_kernels(route):
            add_route(space, route)
