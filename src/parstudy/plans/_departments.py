"""Departments of a province, and what became of those that were merged."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from functools import cache

from parstudy.plans._model import key
from parstudy.reference import table


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
                found.setdefault(key(text), unit)
    return found


def find(name: str) -> Department | None:
    """A department by its name or a usual abbreviation; None if it is not known."""
    return _known().get(key(name))


def nearest(name: str) -> str:
    """Name of the known department that is spelled most alike; empty if none is."""
    close = difflib.get_close_matches(key(name), _known(), n=1, cutoff=0.6)
    return _known()[close[0]].name_vi if close else ""


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


def english(name: str) -> str:
    """English name of a department; ``name`` if it is not known."""
    unit = find(name)
    return unit.name_en if unit else name


def department_name(name: str, lang: str = "vi") -> str:
    """Name of a department in a language; ``name`` itself where it is not known."""
    return english(name) if lang == "en" else name
