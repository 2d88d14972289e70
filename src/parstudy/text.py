"""Text that programs write and compare: words alike, file names, Roman numbers, TOML."""

from __future__ import annotations

import itertools
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

_ROMAN = {"X": 10, "IX": 9, "V": 5, "IV": 4, "I": 1}
_MOST_TOML = 2_000_000  # characters
_DEEPEST = 100
_LONG, _MARKS = 500, 30
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_SHORT_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}

_MOST_DIGITS = 15


def inert(text: str) -> str:
    """Give text that no spreadsheet runs: one ' before what it would take for a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def as_written(text: str) -> str:
    """Give text as it was before `inert`."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


def nearest(word: str, known: Iterable[str], *, at_least: float = 0.6) -> str:
    """Find the known word that was perhaps meant.

    Parameters
    ----------
    word : str
        As it was written.
    known : iterable of str
        Words that would have been right.
    at_least : float
        Share of the letters that must agree, 0 to 1.

    Returns
    -------
    str
        The word most like it, the first of equals; empty if none is like enough.

    Examples
    --------
    >>> nearest("orientaton", ["decimal", "orientation"])
    'orientation'
    >>> nearest("sheet", ["decimal", "orientation"])
    ''
    """
    from rapidfuzz import fuzz, process

    best = process.extractOne(
        word, list(known), scorer=fuzz.ratio, score_cutoff=100 * at_least, processor=None
    )
    return str(best[0]) if best else ""


def defer(msgid: str) -> str:
    """Mark a message for translation later (``language.text(variable)``); returns it unchanged."""
    return msgid


def suggest(word: str, known: Iterable[str]) -> str:
    """What would have been right in place of a wrong word: the nearest, or all that there are."""
    words = list(known)
    close = nearest(word, words)
    return repr(close) if close else ", ".join(words)


def unmarked(text: str) -> str:
    """The text without the marks of its letters.

    >>> unmarked("Đắk Lắk")
    'Dak Lak'
    """
    apart = normalized("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(c for c in apart if not unicodedata.combining(c))


def normalized(form: Literal["NFC", "NFD", "NFKC", "NFKD"], text: str) -> str:
    """A text in a form of Unicode; marks beyond the 30th of one letter are left out.

    No language has so many, and to bring them into order takes the square of their number.
    """
    if len(text) > _LONG:
        pieces = itertools.groupby(text, key=lambda char: unicodedata.combining(char) > 0)
        text = "".join("".join(itertools.islice(g, _MARKS) if m else g) for m, g in pieces)
    return unicodedata.normalize(form, text)


def slug(text: str) -> str:
    """Letters, digits and dashes, for the name of a file or a section.

    >>> slug("Điểm số, 2021")
    'diem-so-2021'
    """
    return re.sub(r"[^a-z0-9]+", "-", unmarked(text.casefold())).strip("-")


def whole(text: str) -> int | None:
    """A number written in digits; nothing for another text, and for more digits than numbers have.

    >>> whole("21"), whole("²"), whole("9" * 5_000)
    (21, None, None)
    """
    fits = text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS
    return int(text) if fits else None


def roman(number: int) -> str:
    """A Roman number, of 1 to 39.

    >>> roman(14)
    'XIV'
    """
    written = ""
    for sign, value in _ROMAN.items():
        many, number = divmod(number, value)
        written += sign * many
    return written


class NotToml(ValueError):
    """A text that is not valid TOML, or that no program should be asked to read."""


def from_toml(text: str) -> dict[str, Any]:
    """Read TOML, also what a stranger wrote: too long, nested without end, with huge numbers.

    Parameters
    ----------
    text : str
        The text.

    Raises
    ------
    NotToml
        With what is wrong in words.

    Examples
    --------
    >>> from_toml("a = 1")
    {'a': 1}
    """
    if len(text) > _MOST_TOML:
        raise NotToml(f"{len(text):,} characters; at most {_MOST_TOML:,} are read")
    # dotted keys are nested tables too, and take the square of their length
    for piece in re.split(r"[={},\[\]\n]", text):
        if piece.count(".") > _DEEPEST and all(map(str.strip, piece.split("."))):
            raise NotToml("tables or lists are nested too deeply")
    try:
        found = tomllib.loads(text)
        _refuse_huge(found)
    except RecursionError:
        raise NotToml("tables or lists are nested too deeply") from None
    except tomllib.TOMLDecodeError as error:
        raise NotToml(str(error)[:200]) from None
    except ValueError as error:
        raise NotToml("a number or a date that no calendar and no computer has") from error
    return found


def _refuse_huge(value: Any) -> None:
    """TOML knows whole numbers of 64 bits; one of thousands of digits cannot even be printed."""
    if isinstance(value, Mapping):
        for one in value.values():
            _refuse_huge(one)
    elif isinstance(value, list):
        for one in value:
            _refuse_huge(one)
    elif isinstance(value, int) and abs(value) >= 1 << 63:
        raise NotToml("a whole number of more than 64 bits")


def to_toml(document: Mapping[str, Any], *, comment: str = "") -> str:
    r"""Write a document as TOML.

    Parameters
    ----------
    document : mapping
        Tables by name: a mapping is one table, a sequence of mappings is one ``[[table]]`` each.
        Their values are text, numbers, truth values, lists of these, or lists of mappings, which
        become inline tables on a line each.
    comment : str, optional
        First lines of the file.

    Returns
    -------
    str
        Keys in the order given, a blank line between tables.

    Examples
    --------
    >>> print(to_toml({"release": {"year": 2021}, "files": [{"path": "a.csv"}]}), end="")
    [release]
    year = 2021
    <BLANKLINE>
    [[files]]
    path = "a.csv"
    """
    blocks = ["".join(f"# {line}".rstrip() + "\n" for line in comment.splitlines())]
    for name, found in document.items():
        if isinstance(found, Mapping):
            blocks.append(f"[{name}]\n{_pairs(found)}")
        else:
            blocks += [f"[[{name}]]\n{_pairs(table)}" for table in found]
    return "\n".join(b for b in blocks if b)


def _pairs(table: Mapping[str, Any]) -> str:
    return "".join(f"{key} = {_value(value, inline=False)}\n" for key, value in table.items())


def _value(value: Any, *, inline: bool = True) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{k} = {_value(v)}" for k, v in value.items()) + " }"
    if isinstance(value, Sequence) and not isinstance(value, str):
        if not inline and value and isinstance(value[0], Mapping):
            return "[\n" + "".join(f"  {_value(v)},\n" for v in value) + "]"
        return "[" + ", ".join(map(_value, value)) + "]"
    return '"' + "".join(map(_escaped, str(value))) + '"'


def _escaped(char: str) -> str:
    if char in _SHORT_ESCAPES:
        return _SHORT_ESCAPES[char]
    return char if char >= " " and char != "\x7f" else f"\\u{ord(char):04x}"
