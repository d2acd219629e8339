# SPDX-License-Identifier: BSD-2-Clause
#
# tenured.example stands for an address that the project does not have yet.
SUMMARY = "DHCP client daemon"
DESCRIPTION = "Leases IPv4 addresses for one interface or for thousands, in a sandbox without root's rights"
HOMEPAGE = "https://tenured.example/"
SECTION = "net"
LICENSE = "BSD-2-Clause"
LIC_FILES_CHKSUM = "file://COPYING;md5=4ba164c3f946f98a675a8a54f668bca8"

SRC_URI = "https://tenured.example/releases/tenured-${PV}.tar.xz"
# SRC_URI[sha256sum] comes with the release.

inherit autotools-brokensep pkgconfig systemd useradd

DEPENDS = "libmnl"

PACKAGECONFIG ??= "ipc ${@bb.utils.filter('DISTRO_FEATURES', 'systemd', d)}"
PACKAGECONFIG[ipc] = "--with-ipc,--without-ipc,jansson"
PACKAGECONFIG[compat] = "--enable-compat --with-compatdir=${base_sbindir},--disable-compat"
PACKAGECONFIG[systemd] = "--with-systemdsystemunitdir=${systemd_system_unitdir},--with-systemdsystemunitdir=no"

EXTRA_OECONF = "--runstatedir=/run --with-sysusersdir=no --with-tmpfilesdir=no \
    --with-bashcompletiondir=no --with-zshcompletiondir=no --with-fishcompletiondir=no"

do_install() {
    oe_runmake install DESTDIR="${D}"
}

# Templates and what others pull in, too.
FILES:${PN} += "${systemd_system_unitdir}"

USERADD_PACKAGES = "${PN}"
USERADD_PARAM:${PN} = "--system --user-group --no-create-home --home-dir /nonexistent \
    --shell /sbin/nologin _tenured"

SYSTEMD_SERVICE:${PN} = "tenured.service"
SYSTEMD_AUTO_ENABLE:${PN} = "disable"
