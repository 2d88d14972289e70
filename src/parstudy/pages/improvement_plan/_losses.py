"""Where points are lost: by component, by department, claimed and not granted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from parstudy import charts
from parstudy.display import terms
from parstudy.display.page import Page
from parstudy.display.tables import Cell, Column
from parstudy.display.words import is_missing
from parstudy.pages.improvement_plan._words import (
    LEVELS,
    ROWS,
    cause,
    index_and_year,
    lead_department,
    total_decimals,
)
from parstudy.records import records
from parstudy.studies.improvement import Improvement


def worth(page: Page, improvement: Improvement) -> None:
    """What one, two and three points more would have meant."""
    language = page.language
    columns, _ = page.columns, language.text
    values = improvement.values
    if values.table.empty:
        page.state("Neither its score nor its rank is known, so points cannot be put into places.")
        return
    page.table(
        "points-table",
        _("What more points would have meant, {index} {year}", **index_and_year(improvement)),
        values.table.reset_index(),
        [
            Column(
                _("Points more"),
                format=lambda r: language.signed(r["points"], 0),
                align="right",
                row_header=True,
            ),
            columns.number(_("Total score"), "total", total_decimals(improvement)),
            columns.rank_range(n=values.n),
            columns.gained("places_low", "places_high"),
        ],
        notes=[_("All other provinces as they were; a tie shares the better place.")],
    )
    n = language.number(values.n, 0)
    if values.exact:
        page.state("Exact: the scores of all {n} provinces are known.", n=n)
        return
    page.state(
        "Of the {n} provinces, the scores of {known} others are known. A range is what the "
        "published scores and ranks prove: no place outside of it is possible, and within it "
        "they do not decide. {sources}",
        n=n,
        known=language.number(values.n_known, 0),
        sources=page.cite(*values.sources),
    )


# --- by component --------------------------------------------------------------------------------


def lost(page: Page, improvement: Improvement) -> None:
    """Lost points: every component below its maximum, what it is worth, who has it already."""
    language = page.language
    gains = improvement.gains
    losing = gains.table[gains.table["lost"].gt(0)]
    if gains.table.empty:
        page.state(
            "No source in the data gives the points of {index} {year} by component for this "
            "province, so it cannot be said where points were lost.",
            **index_and_year(improvement),
        )
        return
    if losing.empty:
        page.state("Every component that is known is at its maximum: what is left is to hold it.")
        return
    page.state(
        "Known: {known} of {total} {level}; {n} are below their maximum and lost {points} "
        "points together.",
        known=language.number(gains.known, 0),
        total=language.number(gains.total, 0),
        level=language.text(LEVELS[gains.level]),
        n=language.number(len(losing), 0),
        points=language.number(losing["lost"].sum()),
    )
    shown = losing.head(ROWS).reset_index().rename(columns={"code": "component"})
    _losses_table(page, shown, losing.iloc[ROWS:])
    if losing["n_known"].le(1).all():
        page.state(
            "The points of no other province are known by component: what others reach "
            "cannot be compared."
        )
    else:
        _maximum_table(page, shown)
    page.state(
        "Points as published: {sources}", sources=page.cite(*sorted(set(losing["source_id"])))
    )


def _losses_table(page: Page, shown: pd.DataFrame, rest: pd.DataFrame) -> None:
    """Components below their maximum, with what the ``rest`` lost together."""
    language = page.language
    columns, _ = page.columns, language.text
    notes = [
        _(
            "Places: if this component alone rose to its maximum. A cause stands only where the "
            "figures speak; the department must find the others."
        )
    ]
    if len(rest):
        notes.append(
            language.ntext(
                "{n} more component lost {points} points.",
                "{n} more components lost {points} points together.",
                len(rest),
                points=language.number(rest["lost"].sum()),
            )
        )
    page.table(
        "gains-table",
        _("Below their maximum, the largest loss first"),
        shown,
        [
            columns.component_names(),
            lead_department(page),
            columns.number(_("Lost points"), "lost"),
            Column(
                _("Points of maximum"),
                format=lambda r: f"{language.number(r['score'])}/{language.number(r['max_score'])}",
                align="right",
            ),
            _places_gained(page),
            Column(_("Cause"), format=lambda r: cause(language, r)),
        ],
        notes=notes,
    )


def _maximum_table(page: Page, shown: pd.DataFrame) -> None:
    """Who has the maximum of each component already."""
    columns, _ = page.columns, page.language.text
    page.table(
        "maximum-table",
        _("Who has the maximum"),
        shown,
        [
            columns.component_names(),
            columns.number(_("Best score"), "best"),
            columns.count_of(_("All provinces"), "n_at_max", "n_known"),
            columns.count_of(_("Similar ones"), "n_similar_at_max", "n_similar"),
            columns.count_of(_("Its region"), "n_region_at_max", "n_region"),
        ],
        notes=[
            _(
                "Provinces at the maximum, of those known. Similar ones are the ten nearest in "
                "total score; the best score is the highest of any province."
            )
        ],
    )


def _places_gained(page: Page) -> Column:
    """Column of the places gained: one number where the figures decide, else a range."""
    language = page.language

    def places(row: Mapping[str, Any]) -> Cell:
        """Fewest and most places."""
        low, high = row["places_low"], row["places_high"]
        if is_missing(low) or is_missing(high):
            return None
        least = language.signed(low, 0)
        return least if low == high else f"{least}–{language.number(high, 0)}"

    return Column(language.text("Places"), format=places, align="right")


def easy(page: Page, improvement: Improvement) -> None:
    """Components that most similar provinces have at maximum."""
    language = page.language
    table = improvement.gains.table
    losing = table[table["lost"].gt(0)]
    found = losing[losing["easy"].fillna(False).astype(bool)]
    if len(losing) and losing["n_similar"].eq(0).all():
        page.state("The points of no similar province are known by component.")
        return
    if found.empty:
        page.state(
            "No component below its maximum is at its maximum in half of the similar provinces."
        )
        return
    page.nstate(
        "At least half of the ten provinces nearest in total score have the maximum on {n} "
        "component where points were lost here, {points} points in all: what most of "
        "them have should be looked at first.",
        "At least half of the ten provinces nearest in total score have the maximum on {n} "
        "components where points were lost here, {points} points in all: what most of "
        "them have should be looked at first.",
        len(found),
        points=language.number(found["lost"].sum()),
    )
    page.points(
        language.text(
            "{name}: {points} points; {n} of {all} similar provinces and {region} of {of} in the "
            "region are at the maximum.",
            name=terms.component_name(language, row),
            points=language.number(row["lost"]),
            n=language.number(row["n_similar_at_max"], 0),
            all=language.number(row["n_similar"], 0),
            region=language.number(row["n_region_at_max"], 0),
            of=language.number(row["n_region"], 0),
        )
        for row in records(found.rename_axis("component").reset_index())
    )


# --- by department, claims -----------------------------------------------------------------------


def departments(page: Page, improvement: Improvement) -> None:
    """Lost points by lead department."""
    columns, _ = page.columns, page.language.text
    gains = improvement.gains
    if gains.departments.empty:
        return
    if list(gains.departments.index) == [""]:
        page.state("The criteria set as it is known does not name the lead departments.")
        return
    page.show(charts.department_bars(gains, page.language, synthetic=page.synthetic))
    page.table(
        "departments-table",
        _("Lost points by lead department"),
        gains.departments.reset_index(),
        [
            lead_department(page, header=True),
            columns.count(_("Number of components"), "n_components"),
            columns.number(_("Lost points"), "lost"),
            columns.share(_("Share"), "share"),
            _places_gained(page),
        ],
        notes=[_("Places: if the department raised all its components to their maximum.")],
    )


def claims(page: Page, improvement: Improvement) -> None:
    """Points that the province claimed for itself and was not granted."""
    columns, _ = page.columns, page.language.text
    table = improvement.gains.table
    known = table[table["claimed"].notna()]
    if known.empty:
        page.state(
            "No self-assessment of this year is in the data, so it cannot be said which lost "
            "points were claimed and not granted, and which were not claimed."
        )
        return
    refused = known[known["not_granted"].gt(0)].reset_index().rename(columns={"code": "component"})
    if refused.empty:
        page.state("Every point that was claimed was granted.")
        return
    page.nstate(
        "{points} points were claimed and not granted, on {n} component. The figures do not say "
        "whether the work or its evidence was missing.",
        "{points} points were claimed and not granted, on {n} components. The figures do not say "
        "whether the work or its evidence was missing.",
        len(refused),
        points=page.language.number(refused["not_granted"].sum()),
    )
    page.table(
        "claims-table",
        _("Claimed and not granted"),
        refused.sort_values(["not_granted", "component"], ascending=[False, True]),
        [
            columns.component_names(),
            lead_department(page),
            columns.number(_("Claimed"), "claimed"),
            columns.number(_("Granted"), "score"),
            columns.number(_("Not granted"), "not_granted"),
            columns.number(_("Maximum"), "max_score"),
        ],
    )
