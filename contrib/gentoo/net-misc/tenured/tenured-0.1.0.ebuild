# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash disable=SC2034,SC2046,SC2154 # portage reads and sets variables
#
# tenured.example stands for an address that the project does not have yet.
# files/ holds tenured.initd and tenured.confd of contrib/openrc.

EAPI=8

inherit bash-completion-r1 systemd tmpfiles

DESCRIPTION="DHCP client daemon"
HOMEPAGE="https://tenured.example/"
SRC_URI="https://tenured.example/releases/${P}.tar.xz"

LICENSE="BSD-2"
SLOT="0"
KEYWORDS="~amd64 ~arm64"
IUSE="compat +ipc test"
RESTRICT="!test? ( test )"

COMMON_DEPEND="
	net-libs/libmnl:=
	ipc? ( dev-libs/jansson:= )
"
RDEPEND="
	${COMMON_DEPEND}
	acct-group/_tenured
	acct-user/_tenured
	compat? ( !net-misc/dhcp[client(+)] !net-misc/dhcpcd )
"
DEPEND="
	${COMMON_DEPEND}
	sys-kernel/linux-headers
	test? ( dev-libs/check )
"
BDEPEND="virtual/pkgconfig"

src_configure() {
	econf \
		--localstatedir=/var \
		--runstatedir=/run \
		$(use_with ipc) \
		$(use_enable compat) \
		--with-compatdir=/usr/sbin \
		--with-systemdsystemunitdir="$(systemd_get_systemunitdir)" \
		--with-sysusersdir=no \
		--with-tmpfilesdir=/usr/lib/tmpfiles.d \
		--with-bashcompletiondir="$(get_bashcompdir)" \
		--with-zshcompletiondir=/usr/share/zsh/site-functions \
		--with-fishcompletiondir=/usr/share/fish/vendor_completions.d
}

src_test() {
	emake check-unit check-conformance
}

src_install() {
	default
	rm "${ED}/usr/share/doc/${PF}/COPYING" || die
	insinto /etc/tenured
	doins contrib/tenured.conf
	keepdir /etc/tenured/hooks
	newinitd "${FILESDIR}"/tenured.initd tenured
	newconfd "${FILESDIR}"/tenured.confd tenured
	diropts -m 0700 -o _tenured -g _tenured
	keepdir /var/lib/tenured
}

pkg_postinst() {
	tmpfiles_process tenured.conf
}
