"""Words that reach any terminal and any log, whatever their code page and whether they are open."""

from __future__ import annotations

import codecs
import contextlib
import io
import os
import re
import sys
import unicodedata
from collections.abc import Callable
from typing import Any, TextIO

from parstudy.text import unmarked

_SIGNS = {
    "–": "-", "—": "-", "−": "-", "…": "...", "→": "->", "×": "x", "·": "-", "≥": ">=", "≤": "<=",
    "“": '"', "”": '"', "‘": "'", "’": "'", "•": "*", "\u00a0": " ",
}  # fmt: skip
# control characters but for tab and line end, and those that turn the direction of reading
_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def prepare() -> None:
    """Make standard output and error take every text; call once, before anything is printed.

    Letters that the code page lacks lose their marks (Windows-1258 keeps them, put together in its
    own way); other signs become those of a typewriter, or a question mark. A stream that is closed
    swallows what is said.
    """
    for name in ("stdout", "stderr"):
        stream: TextIO | None = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115
        elif isinstance(stream, io.TextIOWrapper) and not _takes_all(stream.encoding):
            errors = f"parstudy.{stream.encoding}"
            codecs.register_error(errors, _speller(stream.encoding))
            stream.reconfigure(errors=errors)


def plain(text: str) -> str:
    r"""The text with its control characters written out: names and cells must not steer a terminal.

    >>> plain("a\x1b[2Jb")
    'a\\x1b[2Jb'
    """
    return _STEERING.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)


class Changed:
    """A stream whose texts are changed before they are written; all else is as beneath.

    Parameters
    ----------
    stream : TextIO
        Where the text goes.
    change : callable
        From a text to what is written of it, such as `plain`.
    """

    def __init__(self, stream: TextIO, change: Callable[[str], str]) -> None:
        self._stream, self._change = stream, change

    def write(self, text: str) -> int:
        """Write a text."""
        return self._stream.write(self._change(text))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def give_up() -> None:
    """Say no more on standard output, also not when the program ends: nobody can read it."""
    with contextlib.suppress(OSError, ValueError):  # a stream that is no file
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _takes_all(encoding: str) -> bool:
    return codecs.lookup(encoding).name.startswith("utf")


def _speller(encoding: str) -> Callable[[UnicodeError], tuple[str, int]]:
    """Writes what an encoding lacks with what it has; for `codecs.register_error`."""

    def spell(error: UnicodeError) -> tuple[str, int]:
        if not isinstance(error, UnicodeEncodeError):
            raise error
        return "".join(map(one, error.object[error.start : error.end])), error.end

    def one(char: str) -> str:
        for spelled in (_tone_apart(char), unmarked(char), _SIGNS.get(char, "?")):
            try:
                spelled.encode(encoding)
            except UnicodeError:
                continue
            return spelled
        return "?"

    return spell


def _tone_apart(char: str) -> str:
    """A Vietnamese letter with the mark of its tone behind it, as Windows-1258 has it."""
    apart = unicodedata.normalize("NFD", char)
    tones = "".join(c for c in apart if c in "\u0300\u0301\u0303\u0309\u0323")
    base = "".join(c for c in apart if c not in tones)
    return unicodedata.normalize("NFC", base) + tones
