# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash disable=SC2034 # portage reads the variables

EAPI=8

inherit acct-user

DESCRIPTION="DHCP client daemon"
ACCT_USER_ID=-1
ACCT_USER_GROUPS=( _tenured )
