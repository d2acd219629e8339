# SPDX-License-Identifier: BSD-2-Clause
################################################################################
#
# tenured
#
################################################################################

# tenured.example stands for an address that the project does not have yet.
TENURED_VERSION = 0.1.0
TENURED_SOURCE = tenured-$(TENURED_VERSION).tar.xz
TENURED_SITE = https://tenured.example/releases
TENURED_LICENSE = BSD-2-Clause
TENURED_LICENSE_FILES = COPYING
TENURED_DEPENDENCIES = host-pkgconf libmnl
TENURED_CONF_OPTS = \
	--runstatedir=/run \
	--with-sysusersdir=no \
	--with-tmpfilesdir=no \
	--with-bashcompletiondir=no \
	--with-zshcompletiondir=no \
	--with-fishcompletiondir=no

ifeq ($(BR2_PACKAGE_TENURED_IPC),y)
TENURED_DEPENDENCIES += jansson
TENURED_CONF_OPTS += --with-ipc
else
TENURED_CONF_OPTS += --without-ipc
endif

ifeq ($(BR2_PACKAGE_TENURED_COMPAT),y)
TENURED_CONF_OPTS += --enable-compat --with-compatdir=/sbin
endif

ifeq ($(BR2_INIT_SYSTEMD),y)
TENURED_CONF_OPTS += --with-systemdsystemunitdir=/usr/lib/systemd/system
else
TENURED_CONF_OPTS += --with-systemdsystemunitdir=no
endif

define TENURED_USERS
	_tenured -1 _tenured -1 * - - - DHCP client
endef

define TENURED_INSTALL_INIT_SYSV
	$(INSTALL) -D -m 0755 $(TENURED_PKGDIR)/S41tenured \
		$(TARGET_DIR)/etc/init.d/S41tenured
endef

$(eval $(autotools-package))
