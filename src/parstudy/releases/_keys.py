"""Tables of a TOML file, taken key by key: each value is checked, and no key is left over."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from parstudy.errors import ReleaseError
from parstudy.releases.formats.grid import column_number
from parstudy.text import nearest, suggest

_LETTERS = re.compile(r"[A-Z]{1,3}")
_ROWS = re.compile(r"([0-9]{1,7})(?:-([0-9]{1,7}))?")
_KINDS = {
    str: "text",
    int: "a whole number",
    bool: "true or false",
    float: "a number",
    dict: "a table",
    list: "a list",
}

Check = Callable[[Any], str]
"""Returns what would have been right, or nothing for a value that is."""


class Keys:
    """One TOML table; knows which of its keys have been asked for.

    Parameters
    ----------
    table : dict
        As tomllib gives it.
    file, section : str
        Where it stands, for messages: ``"PAR_INDEX/2021/release.toml"``, ``"[[files]] 2"``.
    """

    def __init__(self, table: Any, file: str, section: str) -> None:
        if not isinstance(table, dict):
            raise _wrong_type(file, type(table).__name__, "a table", f"{section} is not a table")
        self._table = table
        self._asked: list[str] = []
        self._file = file
        self._section = section

    def at(self, key: str = "") -> str:
        """Place of a key, or of the table, for messages."""
        return " ".join(p for p in (self._file, self._section, key) if p)

    def take(
        self,
        key: str,
        kind: type | tuple[type, ...],
        default: Any = ...,
        check: Check | None = None,
    ) -> Any:
        """Value of a key.

        Parameters
        ----------
        key : str
            Its name.
        kind : type or tuple of type
            What it may be.
        default : object, optional
            Stands for a key that is missing; without it the key is needed.
        check : callable, optional
            What else must be true of the value.

        Raises
        ------
        ReleaseError
            ``missing_key``, ``wrong_type``, ``wrong_value``.
        """
        self._asked.append(key)
        if key not in self._table:
            if default is not ...:
                return default
            similar = nearest(key, self._table)
            raise ReleaseError(
                "missing_key",
                f"the key {key!r} is missing",
                place=self.at(),
                found=repr(similar) if similar else "",
                expected=f"{key!r}",
            )
        value = self._table[key]
        kinds = kind if isinstance(kind, tuple) else (kind,)
        # in Python a bool is an int; in a TOML file that would be a mistake
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            raise _wrong_type(self.at(key), repr(value), " or ".join(_KINDS[k] for k in kinds))
        if expected := check(value) if check else "":
            raise self._wrong_value(key, value, expected)
        return value

    def column(self, key: str) -> int | None:
        """A column as ``"F"`` or 6; counted from 0."""
        value = self.take(key, (str, int), None, check=_is_column)
        return None if value is None else column_number(value)

    def needed_column(self, key: str) -> int:
        """A column that must be said."""
        return column_number(self.take(key, (str, int), check=_is_column))

    def columns(self, key: str) -> tuple[int, int] | None:
        """First and last column of ``"E:BO"`` or ``"5:67"``; counted from 0."""
        value = self.take(key, str, None)
        if value is None:
            return None
        ends = [int(e) if e.isdigit() else e for e in value.split(":")]
        if len(ends) == 2 and not any(_is_column(e) for e in ends):
            first, last = (column_number(e) for e in ends)
            if first <= last:
                return first, last
        raise self._wrong_value(key, value, 'columns such as "E:BO" or "5:67"')

    def row(self, key: str, *, required: bool = False) -> int | None:
        """A row; counted from 0."""
        value = self.take(key, int, ... if required else None, check=between(1, 1_048_576))
        return None if value is None else int(value) - 1

    def rows(self, key: str) -> tuple[int, int] | None:
        """First and last row of 4 or ``"4-6"``; counted from 0."""
        value = self.take(key, (int, str), None)
        if value is None:
            return None
        if match := _ROWS.fullmatch(str(value)):
            first, last = int(match[1]), int(match[2] or match[1])
            if 1 <= first <= last:
                return first - 1, last - 1
        raise self._wrong_value(key, value, 'rows such as 4 or "4-6"')

    def pages(self, key: str) -> tuple[int, int] | None:
        """First and last page of 4 or ``"4-6"``; counted from 1."""
        rows = self.rows(key)
        return None if rows is None else (rows[0] + 1, rows[1] + 1)

    def texts(self, key: str) -> tuple[str, ...]:
        """A text or a list of texts, none of them empty."""
        value = self.take(key, (str, list), [])
        values = [value] if isinstance(value, str) else value
        if all(isinstance(v, str) and v for v in values):
            return tuple(values)
        raise _wrong_type(self.at(key), repr(value), "text or a list")

    def numbers(self, key: str) -> tuple[int, ...]:
        """A number or a list of numbers, counted from 1."""
        value = self.take(key, (int, list), [])
        values = [value] if isinstance(value, int) else value
        if all(type(v) is int and v >= 1 for v in values):
            return tuple(values)
        expected = "a number or a list of numbers, counted from 1"
        raise _wrong_type(self.at(key), repr(value), expected)

    def entries(self, key: str) -> Iterator[Keys]:
        """Keys of each table of a list; each is closed when the next is asked for."""
        for number, entry in enumerate(self.take(key, list, []), 1):
            inner = Keys(entry, self._file, f"{self._section} {key} {number}")
            yield inner
            inner.close()

    def close(self) -> None:
        """Refuse a key that nobody asked for.

        Raises
        ------
        ReleaseError
            ``unknown_key``.
        """
        for key in self._table:
            if key not in self._asked:
                raise ReleaseError(
                    "unknown_key",
                    "unknown key",
                    place=self.at(key),
                    found=repr(key),
                    expected=suggest(key, self._asked),
                )

    def _wrong_value(self, key: str, value: Any, expected: str) -> ReleaseError:
        return ReleaseError(
            "wrong_value", "wrong value", place=self.at(key), found=repr(value), expected=expected
        )


def _wrong_type(place: str, found: str, expected: str, message: str = "wrong type") -> ReleaseError:
    return ReleaseError("wrong_type", message, place=place, found=found, expected=expected)


def _is_column(value: Any) -> str:
    if isinstance(value, int):
        return "" if 1 <= value <= 16384 else "a column counted from 1"
    return "" if _LETTERS.fullmatch(value) else 'a column such as "F", or 6'


def one_of(words: Iterable[str]) -> Check:
    """Check that a value is one of some words."""
    allowed = tuple(words)
    return lambda value: "" if value in allowed else " or ".join(repr(w) for w in allowed)


def known(words: Iterable[str]) -> Check:
    """Check that a value is one of many words: the nearest is named, not all of them."""
    allowed = list(words)
    return lambda value: "" if value in allowed else suggest(value, allowed)


def between(low: int, high: int) -> Check:
    """Check that a number lies between two others or is one of them."""
    return lambda value: "" if low <= value <= high else f"{low} to {high}"


def matches(pattern: str, expected: str) -> Check:
    """Check that a text is empty or of a shape."""
    return lambda value: "" if value == "" or re.fullmatch(pattern, value) else expected
