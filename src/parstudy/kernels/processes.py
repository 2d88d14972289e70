"""What a process is told when it starts: with whom it ends, how much it may take."""

from __future__ import annotations

import ctypes
import errno
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1
_FEWEST_FILES, _ENOUGH_FILES = 32, 1024
"""Open files without which no kernel starts, and with which many do."""


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


def allow_open_files() -> None:
    """Let this process and those that it starts have as many open files as they may have.

    Raises
    ------
    OSError
        ``EMFILE``: they may not even have as many as one kernel takes.
    """
    if os.name != "posix":
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = _ENOUGH_FILES if hard == resource.RLIM_INFINITY else min(hard, _ENOUGH_FILES)
    if 0 <= soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    if most < _FEWEST_FILES:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
