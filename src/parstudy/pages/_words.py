"""Words that several pages share: cut tables, parts in sentences, figures that nobody printed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from parstudy.display import terms
from parstudy.display.page import Page
from parstudy.display.tables import Cell
from parstudy.display.words import Language, defer, is_missing
from parstudy.facts import criteria
from parstudy.records import records

if TYPE_CHECKING:
    from parstudy.plans import Plan
    from parstudy.studies.safe_places import Survey

_MARK = "†"
STRONGEST = 15
"""Rows of a table that is sorted by strength."""


def cut_note(page: Page, n: int) -> Iterator[str]:
    """Note below a table of which only the `STRONGEST` of ``n`` rows are shown."""
    if n <= STRONGEST:
        return
    yield page.language.text(
        "The {shown} largest of {n}.",
        shown=page.language.number(STRONGEST, 0),
        n=page.language.number(n, 0),
    )


# --- components ----------------------------------------------------------------------------------


def named(frame: pd.DataFrame, names: Mapping[str, str], key: str = "part") -> pd.DataFrame:
    """Rows with the ``name`` of what is in the column ``key``, and a plain index."""
    return frame.assign(name=[names.get(code, code) for code in frame[key]])


def without_code(name: object, code: object) -> str:
    """Name of a component without its code: charts put the code before the name themselves."""
    return str(name).removeprefix(f"{code} ")


def short_names(names: Mapping[str, str]) -> dict[str, str]:
    """Names of components as charts want them, by code."""
    return {code: without_code(name, code) for code, name in names.items()}


def for_chart(frame: pd.DataFrame, key: str) -> pd.DataFrame:
    """Rows whose ``name`` is as charts want it; the code is in the column ``key``."""
    pairs = zip(frame["name"], frame[key], strict=True)
    return frame.assign(name=[without_code(name, code) for name, code in pairs])


def in_text(names: Mapping[str, str], parts: Iterable[str]) -> list[str]:
    """What parts are called in a sentence: a code by itself says nothing to a reader."""
    return [str(names.get(part, part)) for part in parts]


def provinces_counted(language: Language, n: int) -> str:
    """A count of provinces in words; of none it is said that there is none."""
    return language.ntext("{n} province", "{n} provinces", n, none=defer("no province"))


# --- figures that nobody printed -----------------------------------------------------------------


def computed(language: Language, text: str, *, short: bool = False) -> str:
    """A figure that follows from other figures of the year, in words or with a mark."""
    return f"{text}{_MARK}" if short else language.text("{value} (computed)", value=text)


def implied(language: Language, text: str, *, short: bool = False) -> str:
    """A figure that follows from that of another year and a change, as `computed`."""
    if short:
        return f"{text}{_MARK}"
    return language.text("{value} (implied by the change)", value=text)


def mark_note(page: Page, cells: Iterable[Cell]) -> list[str]:
    """What the mark means, where a cell of a table has it."""
    if not any(_MARK in str(cell) for cell in cells):
        return []
    return [
        page.language.text(
            "†: printed by no source found; it follows from other published figures."
        )
    ]


def score_or_implied(
    language: Language, row: Mapping[str, Any], *, unit: bool = False, short: bool = False
) -> Cell:
    """Score of a row of ``scores``: as published, else implied, else not known."""
    index = row["index_id"]

    def told(number: str) -> str:
        """With the unit of points, where no column says it."""
        return terms.with_unit(language, index, number) if unit else number

    if is_missing(row["score"]) and not is_missing(row["score_implied"]):
        shown = told(terms.score(language, index, row["score_implied"]))
        return implied(language, shown, short=short)
    published = terms.score_cell(language, index, row)
    return published and told(published)


def rank_cell(language: Language, row: Mapping[str, Any], *, short: bool = False) -> Cell:
    """Place of a row of ``scores``: as bounded, else computed, else implied, else not known."""
    n = row["n_ranked"]
    if not is_missing(row["rank_low"]):
        return language.rank_range(row["rank_low"], row["rank_high"], n)
    if not is_missing(row.get("rank_computed")):
        return computed(language, language.rank(row["rank_computed"], n), short=short)
    if not is_missing(row.get("rank_implied")):
        return implied(language, language.rank(row["rank_implied"], n), short=short)
    return None


def change_cell(
    language: Language, row: Mapping[str, Any], kind: str, suffix: str = "", *, short: bool = False
) -> Cell:
    """Change of ``rank`` or ``score``: as published, else computed, else not known."""
    published, own = row[f"change_{kind}{suffix}"], row[f"change_{kind}_computed"]
    change = own if is_missing(published) else published
    if is_missing(change):
        return None
    shown = language.signed(change, 0 if kind == "rank" else terms.MOST)
    if kind == "score":
        shown = terms.difference(language, row["index_id"], shown)
    return computed(language, shown, short=short) if is_missing(published) else shown


# --- years that cannot be compared ---------------------------------------------------------------


def breaks(language: Language, indices: Iterable[str]) -> list[tuple[str, int, str]]:
    """Index, year and reason of each year that is not comparable with the year before."""
    return [
        (index, int(row["year"]), language.name(row, "label"))
        for index in indices
        for row in records(criteria.breaks(index))
    ]


# --- plans ---------------------------------------------------------------------------------------


def plan_name(plan: Plan) -> str:
    """The document that a plan is, else its title."""
    return plan.document or plan.title


def assumed_sample(page: Page, asked: Survey, year: int) -> None:
    """Say what is assumed of the sample of SIPAS in a year, and how good the count is."""
    language = page.language
    page.state(
        "Assumption, not a published figure: the {n} people asked in the country in {year} are "
        "spread evenly, {size} in each province, and the design doubles the variance of a simple "
        "random sample. Standard errors are then about {error} percentage points.",
        n=language.number(asked.asked, 0),
        year=year,
        size=language.number(asked.size, 0),
        error=language.number(asked.errors.median(), 1),
    )
    if asked.count == "sample_planned":
        page.state("For {year} only the number of forms planned is known.", year=year)
    elif asked.count == "sample_issued":
        page.state("For {year} only the number of forms handed out is known.", year=year)
    if not asked.certain:
        page.state("The source is not sure of the number of people asked in {year}.", year=year)
