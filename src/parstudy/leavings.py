"""Names for what is there only while a program works, by which the next one finds what is left."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterable
from functools import cache
from pathlib import Path

_MARK = re.compile(r"\.(?P<host>[0-9a-f]{6})-(?P<pid>\d+)(?=[.-]|$)")
_LONG = 60
_FOREIGN = 3600.0
"""Seconds after which what another machine has left, on a shared folder, belongs to nobody."""


def mark() -> str:
    """A piece of a name that says which process works here: ``.3fa9c1-4711``."""
    return f".{_host()}-{os.getpid()}"


@cache
def _host() -> str:
    import hashlib
    import platform

    return hashlib.sha256(platform.node().encode()).hexdigest()[:6]


def temporary() -> Path:
    """Where private folders are made: the temporary directory, or one whose name is short.

    Sockets lie in them, whose paths may not be long; kernels would be reached by TCP instead, where
    other users of the machine can listen.
    """
    usual, short = Path(tempfile.gettempdir()), Path("/tmp")
    return short if len(str(usual)) > _LONG and os.access(short, os.W_OK) else usual


def is_left(path: Path) -> bool:
    """Whether the process that a name is marked with has ended; no for a name without a mark."""
    found = _MARK.search(path.name)
    if found is None:
        return False
    if found["host"] == _host():
        return not _alive(int(found["pid"]))
    try:
        return time.time() - path.stat().st_mtime > _FOREIGN
    except OSError:
        return False


def _alive(pid: int) -> bool:
    import psutil  # type: ignore[import-untyped]

    # one that has ended and that nobody has asked for is a zombie
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


def sweep(paths: Iterable[Path]) -> int:
    """Remove files and folders whose process has ended; gives how many.

    Parameters
    ----------
    paths : iterable of Path
        What may have been left; what lies there without a mark stays.
    """
    removed = 0
    for path in paths:
        if not is_left(path):
            continue
        with contextlib.suppress(OSError):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
            removed += 1
    return removed
