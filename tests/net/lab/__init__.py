# SPDX-License-Identifier: BSD-2-Clause
"""What the tests stand on: namespaces, processes, the wire and the kernel."""

from .forge import ping
from .lab import Lab, Skip, eventually, lasts, nightly, smoke
from .system import Process, cpu_ns, switches

__all__ = ["Lab", "Process", "Skip", "cpu_ns", "eventually", "lasts", "nightly", "ping", "smoke",
           "switches"]
