"""The languages of reports: their names, how dates are written, what stands in for what.

A text that is data stands in a column for each language (``name_vi``, ``name_en``); where a
language has no column, or an empty cell, its fallback's is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from parstudy.facts import rows

SOURCE = "en"
"""Language in which texts stand in the code: it has no translations."""


@dataclass(frozen=True)
class Written:
    """One language.

    Attributes
    ----------
    code : str
        ISO 639-1.
    name : str
        What it calls itself.
    day, month : str
        How a date and a month are written (patterns of Unicode CLDR).
    fallback : str
        Code of the language whose texts are taken where it has none.
    complete : bool
        Whether every text has a translation, which the tests then hold; else the fallback's text
        stands where there is none.
    only : mapping of str to str
        "In this language only", by the language in which it is said.
    """

    code: str
    name: str
    day: str
    month: str
    fallback: str
    complete: bool
    only: Mapping[str, str]


@cache
def languages() -> dict[str, Written]:
    """All languages by code, the first one first in every list of them."""
    known = [row["code"] for row in rows("languages")]
    return {
        row["code"]: Written(
            **{key: row[key] for key in ("code", "name", "day", "month", "fallback")},
            complete=row["complete"] == "yes",
            only={code: row[f"only_{code}"] for code in known if row.get(f"only_{code}")},
        )
        for row in rows("languages")
    }


def name(code: str) -> str:
    """What a language calls itself; the code of one that is not known."""
    known = languages()
    return known[code].name if code in known else code


@cache
def order(code: str) -> tuple[str, ...]:
    """A language, its fallback, then all others: the order in which a text is looked for."""
    known = languages()
    first = (code, known[code].fallback) if code in known else (code,)
    return tuple(dict.fromkeys((*first, *known)))


def texts(row: Mapping[str, Any], column: str) -> dict[str, str]:
    """What a row says in each language: ``name`` of ``name_vi`` and ``name_en``."""
    found = {code: str(row.get(f"{column}_{code}") or "") for code in languages()}
    return {code: text for code, text in found.items() if text}


def best(found: Mapping[str, str] | Callable[[str], str], code: str) -> str:
    """The text in a language, else the one that stands in for it; empty where there is none.

    Parameters
    ----------
    found : mapping or callable
        Text by language code, empty or absent where there is none.
    code : str
        Language that is wanted.
    """
    get = found if callable(found) else lambda own: found.get(own, "")
    return next((text for own in order(code) if (text := get(own))), "")
