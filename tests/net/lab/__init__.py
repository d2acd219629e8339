# SPDX-License-Identifier: BSD-2-Clause
"""What the tests stand on: namespaces, processes, the wire and the kernel."""

from .lab import Lab, Skip, eventually, lasts, smoke

__all__ = ["Lab", "Skip", "eventually", "lasts", "smoke"]
