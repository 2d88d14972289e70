"""How much of the machine one file may take: one budget, one vocabulary, the same for all formats.

Readers say what they are about to make (``spend``) before they make it, so that a small file that
unfolds into a billion cells is refused while there is still room. Whoever opens a file says how
much it may take (``of``); what is read beneath counts on the same budget.
"""

from __future__ import annotations

import contextlib
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Final

from parstudy import apart
from parstudy.errors import ReleaseError

_KEYS: Final = {
    "cells": "the file holds more cells than a table of provinces",
    "bytes": "the file is larger than any release, or unpacks to more",
    "characters": "the file holds more text than a table of provinces",
    "elements": "the file is made of more parts than a table of provinces",
    "pages": "the file has more pages than a release",
    "tables": "the file holds more tables than a release",
    "pixels": "the pages are larger than can be looked at",
    "drawings": "a page draws the same things again and again",
}
_SECONDS_A_PAGE: Final = 2.0
_ADVICE: Final = (
    "Save what belongs to the table as a file of its own; or allow more: --max-{key} {more} on the "
    "command, or {key} = {more} under [limits] in release.toml"
)


@dataclass(frozen=True)
class Limits:
    """What reading one file may take; the keys of ``[limits]`` and of ``--max-…``.

    Attributes
    ----------
    cells : int
        Cells of all its tables, with merged and repeated ones and those between.
    bytes : int
        Of the file, unpacked.
    characters : int
        Of a text: CSV, HTML, XML.
    elements : int
        Elements of XML or HTML.
    pages : int
        Pages of a PDF.
    tables : int
        Tables with more than one row and column.
    pixels : int
        Of pages that are drawn to be looked at.
    drawings : int
        Things that one page of a PDF draws, those within others counted each time.
    seconds : int
        Of computing, and a little more for each page that holds a table.
    memory : int
        Megabytes, where the system can hold a process to it.
    """

    cells: int = 500_000
    bytes: int = 200_000_000
    characters: int = 40_000_000
    elements: int = 4_000_000
    pages: int = 500
    tables: int = 1_000
    pixels: int = 600_000_000
    drawings: int = 1_000_000
    seconds: int = 15
    memory: int = 900

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Names of all limits."""
        return tuple(one.name for one in fields(cls))

    def raised(self) -> dict[str, int]:
        """Those that are not what they are for every file."""
        own, usual = asdict(self), asdict(USUAL)
        return {key: most for key, most in own.items() if most != usual[key]}

    def but(self, said: Mapping[str, int | None]) -> Limits:
        """The same with those that somebody has said."""
        return replace(self, **{k: v for k, v in said.items() if v is not None})


USUAL: Final = Limits()
"""What any file may take."""


class Budget:
    """What is left for one file.

    Parameters
    ----------
    file : str
        Its name, for messages.
    limits : Limits
        What it may take.
    """

    def __init__(self, file: str, limits: Limits) -> None:
        self.file, self.limits = file, limits
        self._spent: Counter[str] = Counter()
        self._until = time.process_time() + limits.seconds

    def spend(self, key: str, amount: int, place: str) -> None:
        """Take an amount of something, or refuse; the clock is looked at as well."""
        place = place if self.file in place else f"{self.file} {place}".strip()
        self._spent[key] += amount
        if self._spent[key] > getattr(self.limits, key):
            raise too_much(key, self._spent[key], self.limits, place)
        if time.process_time() > self._until:
            raise too_slow(self.limits, place)

    def earn(self) -> None:
        """Time for one more page: this one held a table."""
        self._until += _SECONDS_A_PAGE
        apart.allow(_SECONDS_A_PAGE)


_NOW: ContextVar[Budget | None] = ContextVar("budget", default=None)


@contextlib.contextmanager
def of(file: str, limits: Limits | None = None) -> Iterator[None]:
    """Open the budget of a file; one that is open already goes on.

    Parameters
    ----------
    file : str
        Its name, for messages.
    limits : Limits, optional
        What reading it may take.
    """
    if _NOW.get() is not None:
        yield
        return
    token = _NOW.set(Budget(file, limits or USUAL))
    try:
        yield
    finally:
        _NOW.reset(token)


def spend(key: str, amount: int, place: str = "") -> None:
    """Take an amount of something (a key of `Limits`) from the budget that is open.

    Raises
    ------
    ReleaseError
        ``too_many_…`` for what is counted, ``too_slow`` if the time is over.
    """
    if (now := _NOW.get()) is not None:
        now.spend(key, amount, place)


def look_at_the_clock(place: str = "") -> None:
    """Refuse to go on if the time is over.

    Raises
    ------
    ReleaseError
        ``too_slow``.
    """
    spend("cells", 0, place)


def earn() -> None:
    """Give time for one more page."""
    if (now := _NOW.get()) is not None:
        now.earn()


def limits() -> Limits:
    """What may be taken now."""
    now = _NOW.get()
    return USUAL if now is None else now.limits


def too_much(key: str, found: int, allowed: Limits, place: str) -> ReleaseError:
    """The refusal of what goes beyond a limit."""
    most = getattr(allowed, key)
    return ReleaseError(
        f"too_many_{key}",
        _KEYS[key],
        place=place,
        found=f"{found:,} {key} or more",
        expected=f"at most {most:,}",
        advice=_ADVICE.format(key=key, more=max(2 * most, _round(found))),
    )


def too_slow(allowed: Limits, place: str) -> ReleaseError:
    """The refusal of a file that takes too long."""
    return ReleaseError(
        "too_slow",
        "the file takes longer than any release",
        place=place,
        found=f"more than {allowed.seconds} seconds of computing",
        expected=f"at most {allowed.seconds}",
        advice=_ADVICE.format(key="seconds", more=10 * allowed.seconds),
    )


def too_much_memory(allowed: Limits, place: str) -> ReleaseError:
    """The refusal of a file that takes too much memory."""
    return ReleaseError(
        "too_much_memory",
        "the file takes more memory than any release",
        place=place,
        found=f"more than {allowed.memory:,} MB",
        expected=f"at most {allowed.memory:,} MB",
        advice=_ADVICE.format(key="memory", more=4 * allowed.memory),
    )


def _round(number: int) -> int:
    """A number a little above, with two digits that are not 0."""
    scale: int = 10 ** max(0, len(str(number)) - 2)
    return (number // scale + 1) * scale


def kept(function: Any, *arguments: Any, file: str, limits: Limits) -> Any:
    """Call a function in a process of its own that is held to the limits, where that is possible.

    Parameters
    ----------
    function : callable
        What reads the file.
    *arguments
        For it.
    file : str
        Name of the file, for messages.
    limits : Limits
        What reading it may take.

    Raises
    ------
    ReleaseError
        ``too_slow``, ``too_much_memory``, ``damaged_file`` where a library underneath breaks down.
    """
    try:
        return apart.run(function, *arguments, seconds=limits.seconds + 3, memory=limits.memory)
    except apart.OutOfTime:
        raise too_slow(limits, file) from None
    except MemoryError:
        raise too_much_memory(limits, file) from None
    except apart.BrokeDown as error:
        raise ReleaseError(
            "damaged_file",
            "a library that reads such files breaks down on it",
            place=file,
            found=str(error),
            expected="a whole file",
            advice="Open it in an office program, and save it anew",
        ) from None
