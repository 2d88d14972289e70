"""Work in a process of its own, held to some memory and time, where the system can do that."""

from __future__ import annotations

import contextlib
import os
import pickle
import select
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

_MEGABYTE = 1_000_000
# times its seconds of computing: one that waits for ever is ended too
_PATIENCE = 60
_IS_CHILD = False


class OutOfTime(Exception):
    """The work took more computing than it may."""


class BrokeDown(Exception):
    """The process ended in the middle of its work."""


def possible() -> bool:
    """Whether work can be done apart: on Linux, where no other thread is at work here."""
    return sys.platform == "linux" and threading.active_count() == 1 and not _IS_CHILD


def run(function: Callable[..., Any], *arguments: Any, seconds: int, memory: int) -> Any:
    """Call a function in a process of its own; where that is not possible, here.

    Parameters
    ----------
    function : callable
        What it returns or raises comes back here.
    *arguments
        For it.
    seconds : int
        Of computing, that it may take; `allow` gives more.
    memory : int
        Megabytes that it may take beyond what is taken here.

    Raises
    ------
    OutOfTime, MemoryError, BrokeDown
        If it took too much, or the process ended.
    """
    if not possible():
        return function(*arguments)
    reading, writing = os.pipe()
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _work(writing, function, arguments, seconds, memory)
    os.close(writing)
    try:
        told = _heard(reading, _PATIENCE * seconds)
    except BaseException:
        os.kill(child, signal.SIGKILL)
        raise
    finally:
        os.close(reading)
        _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        if number == signal.SIGXCPU:
            raise OutOfTime
        if number in (signal.SIGABRT, signal.SIGKILL):
            # Rust and C++ end so where they are given no memory
            raise MemoryError
        raise BrokeDown(signal.Signals(number).name)
    if not told:
        raise BrokeDown(f"exit code {os.WEXITSTATUS(status)}")
    well, result = pickle.loads(told)
    if not well:
        raise result
    return result


def _heard(pipe: int, seconds: float) -> bytes:
    """What a process tells until it ends."""
    until = time.monotonic() + seconds
    parts: list[bytes] = []
    while select.select([pipe], [], [], max(0.0, until - time.monotonic()))[0]:
        if not (part := os.read(pipe, 1 << 20)):
            return b"".join(parts)
        parts.append(part)
    raise OutOfTime


def allow(seconds: float) -> None:
    """Give the process that works apart more time; elsewhere nothing happens."""
    if _IS_CHILD:
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
        if soft != resource.RLIM_INFINITY:
            resource.setrlimit(resource.RLIMIT_CPU, (soft + int(seconds), hard))


def _work(
    writing: int, function: Callable[..., Any], arguments: Any, seconds: int, memory: int
) -> None:
    """All that the new process does; it never comes back."""
    global _IS_CHILD
    code = 1
    try:
        _IS_CHILD = True
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        _hold(seconds, memory)
        # what libraries print of a broken file is for who writes them
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        try:
            told = pickle.dumps((True, function(*arguments)))
        except MemoryError:
            told = pickle.dumps((False, MemoryError()))
        except Exception as error:
            told = pickle.dumps((False, error))
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(told)
        code = 0
    finally:
        os._exit(code)


def _hold(seconds: int, memory: int) -> None:
    import resource

    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    most = pages * resource.getpagesize() + memory * _MEGABYTE
    for limit, value in (
        (resource.RLIMIT_AS, most),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(limit)
        with contextlib.suppress(ValueError, OSError):
            fits = value if hard == resource.RLIM_INFINITY else min(value, hard)
            resource.setrlimit(limit, (fits, hard))
