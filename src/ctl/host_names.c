/* SPDX-License-Identifier: BSD-2-Clause */
/* As ip(8) and the kernel's documentation call them; each list ends with NULL. */
#include "ctl/host_names.h"

#include <linux/lwtunnel.h>
#include <linux/rtnetlink.h>
#include <stddef.h>
#include <sys/socket.h>

const struct value_name host_families[] = {
	{ AF_INET, "ipv4" },
	{ AF_INET6, "ipv6" },
	{ AF_MPLS, "mpls" },
	{ RTNL_FAMILY_IPMR, "ipv4-multicast" },
	{ RTNL_FAMILY_IP6MR, "ipv6-multicast" },
	{ 0, NULL },
};

const struct value_name host_protocols[] = {
	{ RTPROT_UNSPEC, "unspecified" },
	{ RTPROT_REDIRECT, "redirect" },
	{ RTPROT_KERNEL, "kernel" },
	{ RTPROT_BOOT, "boot" },
	{ RTPROT_STATIC, "static" },
	{ RTPROT_GATED, "gated" },
	{ RTPROT_RA, "ra" },
	{ RTPROT_MRT, "mrt" },
	{ RTPROT_ZEBRA, "zebra" },
	{ RTPROT_BIRD, "bird" },
	{ RTPROT_DNROUTED, "dnrouted" },
	{ RTPROT_XORP, "xorp" },
	{ RTPROT_NTK, "ntk" },
	{ RTPROT_DHCP, "dhcp" },
	{ RTPROT_MROUTED, "mrouted" },
	{ RTPROT_KEEPALIVED, "keepalived" },
	{ RTPROT_BABEL, "babel" },
	{ RTPROT_OPENR, "openr" },
	{ RTPROT_BGP, "bgp" },
	{ RTPROT_ISIS, "isis" },
	{ RTPROT_OSPF, "ospf" },
	{ RTPROT_RIP, "rip" },
	{ RTPROT_EIGRP, "eigrp" },
	{ 0, NULL },
};

const struct value_name host_scopes[] = {
	{ RT_SCOPE_UNIVERSE, "global" }, { RT_SCOPE_SITE, "site" },
	{ RT_SCOPE_LINK, "link" },	 { RT_SCOPE_HOST, "host" },
	{ RT_SCOPE_NOWHERE, "nowhere" }, { 0, NULL },
};

const struct value_name host_route_types[] = {
	{ RTN_UNICAST, "unicast" },
	{ RTN_LOCAL, "local" },
	{ RTN_BROADCAST, "broadcast" },
	{ RTN_ANYCAST, "anycast" },
	{ RTN_MULTICAST, "multicast" },
	{ RTN_BLACKHOLE, "blackhole" },
	{ RTN_UNREACHABLE, "unreachable" },
	{ RTN_PROHIBIT, "prohibit" },
	{ RTN_THROW, "throw" },
	{ RTN_NAT, "nat" },
	{ RTN_XRESOLVE, "xresolve" },
	{ 0, NULL },
};

/* Those of nexthops, and behind them those of whole routes. */
const struct value_name host_route_flags[] = {
	{ RTNH_F_DEAD, "dead" },
	{ RTNH_F_PERVASIVE, "pervasive" },
	{ RTNH_F_ONLINK, "onlink" },
	{ RTNH_F_OFFLOAD, "offload" },
	{ RTNH_F_LINKDOWN, "linkdown" },
	{ RTNH_F_UNRESOLVED, "unresolved" },
	{ RTNH_F_TRAP, "trap" },
	{ RTM_F_NOTIFY, "notify" },
	{ RTM_F_CLONED, "cloned" },
	{ RTM_F_EQUALIZE, "equalize" },
	{ RTM_F_PREFIX, "prefix" },
	{ RTM_F_OFFLOAD, "rt-offload" },
	{ RTM_F_TRAP, "rt-trap" },
	{ 0x20000000, "offload-failed" }, /* RTM_F_OFFLOAD_FAILED, Linux 5.12 */
	{ 0, NULL },
};

const struct value_name host_encapsulations[] = {
	{ LWTUNNEL_ENCAP_NONE, "none" },
	{ LWTUNNEL_ENCAP_MPLS, "mpls" },
	{ LWTUNNEL_ENCAP_IP, "ip" },
	{ LWTUNNEL_ENCAP_ILA, "ila" },
	{ LWTUNNEL_ENCAP_IP6, "ip6" },
	{ LWTUNNEL_ENCAP_SEG6, "seg6" },
	{ LWTUNNEL_ENCAP_BPF, "bpf" },
	{ LWTUNNEL_ENCAP_SEG6_LOCAL, "seg6local" },
	{ LWTUNNEL_ENCAP_RPL, "rpl" },
	{ LWTUNNEL_ENCAP_IOAM6, "ioam6" },
	{ 0, NULL },
};
