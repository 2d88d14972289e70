"""Run the command in a process of its own, and say what it took."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from parstudy import cli


@dataclass(frozen=True)
class Taken:
    """What a command said, and what it took of the machine."""

    code: int
    text: str
    seconds: float
    megabytes: float

    @property
    def problems(self) -> list[str]:
        """What no command may do, whatever it is given."""
        lines = [line for line in self.text.splitlines() if line.strip()]
        found = []
        if "Traceback" in self.text or self.code not in (0, 1, 2):
            found.append(f"exit code {self.code}: {' | '.join(lines[-3:])[:300]}")
        if self.seconds > 20:
            found.append(f"{self.seconds:.0f} seconds")
        if self.megabytes > 1_000:
            found.append(f"{self.megabytes:.0f} MB")
        if any(ord(c) < 32 and c not in "\n\t" for c in self.text):
            found.append("control characters")
        if len(self.text) > 20_000:
            found.append(f"{len(self.text)} characters are printed")
        return found


def run(arguments: Sequence[str], before: Callable[[], None] = lambda: None) -> Taken:
    """The command in a fork of this process; seconds are of computing, memory is what is added.

    ``before`` is called in the fork first of all.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    reading, writing = os.pipe()
    held = int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6
    start = time.monotonic()
    child = os.fork()
    if child == 0:
        code = 99
        with contextlib.suppress(BaseException):
            os.dup2(writing, 1)
            os.dup2(writing, 2)
            sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
            sys.stderr = os.fdopen(2, "w", encoding="utf-8", closefd=False)
            try:
                before()
                code = cli.main(list(arguments))
            except SystemExit as end:
                code = int(end.code or 0)
            except BaseException:
                traceback.print_exc()
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8", errors="replace") as out:
        text = out.read()
    _, status, used = os.wait4(child, 0)
    seconds = used.ru_utime + used.ru_stime
    # one that only waits is slow as well
    waited = time.monotonic() - start
    return Taken(
        os.waitstatus_to_exitcode(status),
        text,
        max(seconds, waited if waited > 300 else 0.0),
        used.ru_maxrss / 1000 - held,
    )


CHANGES = ("replace", "rename", "unlink", "rmdir", "mkdir")


def killed_at(step: int) -> Callable[[], None]:
    """Make this process die at its n-th change of a file or folder."""

    def prepare() -> None:
        left = [step]
        for name in CHANGES:
            real = getattr(os, name)

            def change(*arguments: object, real: Callable[..., object] = real, **more: object):
                left[0] -= 1
                if left[0] < 0:
                    os.kill(os.getpid(), signal.SIGKILL)
                return real(*arguments, **more)

            setattr(os, name, change)

    return prepare
