# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash disable=SC2034 # portage reads the variables

EAPI=8

inherit acct-group

ACCT_GROUP_ID=-1
