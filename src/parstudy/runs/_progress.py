"""How far a batch is: a bar on a terminal, lines in a log."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TextIO

from parstudy.runs.outcomes import Outcome


class Progress:
    """A bar with the time left on a terminal; plain lines in a log."""

    def __init__(self, total: int, stream: TextIO) -> None:
        self._total = total
        self._stream = stream
        self._done = self._run = 0
        self._begun = time.monotonic()
        self._bar: Any = None
        self._say: Callable[[str], object] = lambda line: print(line, file=stream, flush=True)

    def __enter__(self) -> Progress:
        if self._total and self._stream.isatty():
            from tqdm import tqdm

            self._bar = tqdm(
                total=self._total,
                unit="report",
                file=self._stream,
                dynamic_ncols=True,
                smoothing=0.1,
                leave=True,
            )
            self._say = lambda line: self._bar.write(line, file=self._stream)
        return self

    def __exit__(self, *exception: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def say(self, line: str) -> None:
        """Print a line above the bar; the batch goes on when nobody reads it any more."""
        with contextlib.suppress(OSError, ValueError):
            self._say(line)

    def _left(self) -> str:
        """How long the rest will take if it goes on like this; what is up to date takes no time."""
        left = (time.monotonic() - self._begun) / self._run * (self._total - self._done)
        return f", {timedelta(seconds=round(left))} left" if left >= 1 else ""

    def tell(self, outcome: Outcome) -> None:
        """Show how a run ended."""
        self._done += 1
        self._run += outcome.status != "skipped"
        if self._bar is not None:
            if outcome.status == "failed":
                self.say(f"failed: {outcome.reason}")
            if outcome.status == "skipped":
                # takes no time: must not spoil the estimate of the time left
                self._bar.initial += 1
                self._bar.n += 1
                self._bar.refresh()
            else:
                self._bar.update()
            return
        line = f"[{self._done}/{self._total}] {outcome.status} {outcome.run.name}"
        if outcome.status == "made":
            line += f" ({outcome.seconds:.1f} s{self._left()})"
        self.say(f"{line}: {outcome.why}" if outcome.reason else line)
