"""Departments of a province, and what became of those that were merged."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from parstudy.facts import table
from parstudy.plans._values import folded, without_brackets
from parstudy.text import nearest as nearest_word
from parstudy.text import normalized, unmarked


@dataclass(frozen=True)
class Department:
    """One department.

    Attributes
    ----------
    name_vi, name_en : str
        Names.
    valid_from, valid_to : str
        First and last day as ISO dates; empty where there is none or it is not known.
    successor : str
        Vietnamese name of the department that took over; empty if there is none.
    source : str
        Where the merger is stated.
    """

    name_vi: str
    name_en: str
    valid_from: str
    valid_to: str
    successor: str
    source: str


@cache
def _known() -> dict[str, Department]:
    found: dict[str, Department] = {}
    for row in table("departments").to_dict("records"):
        names = ("name_vi", "name_en", "valid_from", "valid_to", "successor", "source")
        unit = Department(**{name: str(row[name]) for name in names})
        for text in (unit.name_vi, unit.name_en, *str(row["also"]).split("|")):
            if text:
                found.setdefault(folded(text), unit)
    return found


_OF_PROVINCE = re.compile(r"(?<=\S)\s+(?:của\s+)?(?:tỉnh|thành phố|tp)\b.*$", re.I | re.S)
# a name has no more parts, those in its brackets included
_MOST_PARTS = 12
_LONGEST = 20_000  # characters of a cell that names departments
# several in one cell; "và" parts them where the name of another begins after it
_PARTED = re.compile(
    r"[;,+/\n]|(?<!\s)\s+và\s+(?=(?:các|sở|ban|văn phòng|ubnd|công an|thanh tra)\s)", re.I
)


_TONES = "\u0300\u0301\u0303\u0309\u0323"


def _spelled_apart(text: str) -> str:
    """A name without its blanks and the word "và", the tone of a word at its end."""
    words = folded(text.replace("&", " và ")).split()
    apart = [normalized("NFD", w) for w in words if w not in ("và", "va")]
    return "".join(
        "".join(c for c in w if c not in _TONES) + "".join(c for c in w if c in _TONES)
        for w in apart
    )


@cache
def _known_apart() -> dict[str, Department]:
    found: dict[str, set[Department]] = {}
    for text, unit in _known().items():
        for spelled in (_spelled_apart(text), _spelled_apart(unmarked(folded(text)))):
            found.setdefault(spelled, set()).add(unit)
    return {text: next(iter(units)) for text, units in found.items() if len(units) == 1}


def find(name: str) -> Department | None:
    """A department by its name or a usual abbreviation; None if it is not known.

    "&" is "và", tones may stand elsewhere (hoá, hóa) and all marks be missing; what is in
    brackets and whose department it is (Sở Nội vụ tỉnh Lạng Sơn) does not count.
    """
    bare = without_brackets(name)
    for text in (name, bare, _without_province(bare)):
        if unit := _known().get(folded(text)) or _known_apart().get(_spelled_apart(text)):
            return unit
    return None


def _without_province(text: str) -> str:
    """A name without whose department it is; that stands behind the last comma, if anywhere."""
    last = max(text.rfind(mark) for mark in ";,+/\n") + 1
    return text[:last] + _OF_PROVINCE.sub("", text[last:])


def named_in(text: str) -> list[tuple[str, Department | None]]:
    """Departments that a cell names, as they are written; None beside those not known."""
    if len(text) > _LONGEST:
        return [(f"{text[:60]}…", None)]
    if unit := find(text):
        return [(text.strip(), unit)]
    cuts = [0, *(n for found in _PARTED.finditer(text) for n in found.span()), len(text)]
    spans = [(a, b) for a, b in zip(cuts[::2], cuts[1::2], strict=True) if folded(text[a:b])]
    named: list[tuple[str, Department | None]] = []
    at = 0
    while at < len(spans):
        # a name may hold commas itself: Sở Văn hóa, Thể thao và Du lịch
        for end in range(min(len(spans), at + _MOST_PARTS), at, -1):
            part = text[spans[at][0] : spans[end - 1][1]].strip()
            unit = find(part)
            if unit or end == at + 1:
                named.append((part, unit))
                at = end
                break
    return named


def nearest(name: str) -> str:
    """Name of the known department that is spelled most alike; empty if none is."""
    close = nearest_word(folded(name), _known())
    return _known()[close].name_vi if close else ""


def in_force(name: str, day: str) -> str:
    """Name of the department that answers for ``name`` on a day; ``name`` if it is not known.

    Parameters
    ----------
    name : str
        Name or abbreviation.
    day : str
        ISO date.
    """
    unit = find(name)
    seen: set[str] = set()
    while unit and unit.valid_to and unit.valid_to < day and unit.successor not in seen:
        seen.add(unit.successor)
        unit = find(unit.successor)
        if unit is None:
            return name
        name = unit.name_vi
    return name


def department_name(name: str, lang: str = "vi") -> str:
    """Name of a department in a language; ``name`` itself where it is not known."""
    unit = None if lang == "vi" else find(name)
    return unit.name_en if unit else name
