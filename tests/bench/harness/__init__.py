# SPDX-License-Identifier: BSD-2-Clause
"""What the bench is made of; tests/bench/README explains it."""
