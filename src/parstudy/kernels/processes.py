"""What a process is told when it starts: with whom it ends, how much memory it may take."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def end_with_parent(parent: int) -> None:
    """Let the system kill this process when its parent ends, where it can.

    Parameters
    ----------
    parent : int
        Process id of the parent, which may have ended before.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)


def limit_memory(limit: int) -> None:
    """Let this process have so many bytes of memory of its own; 0 for no limit."""
    if limit:
        import resource

        # of data, not of addresses: libraries reserve far more of these than they use
        kind = resource.RLIMIT_DATA if sys.platform == "linux" else resource.RLIMIT_AS
        hard = resource.getrlimit(kind)[1]
        if hard != resource.RLIM_INFINITY:
            limit = min(limit, hard)
        resource.setrlimit(kind, (limit, hard))
