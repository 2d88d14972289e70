"""Where points are lost: by component, by department, claimed and not granted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from parstudy import charts
from parstudy.display import terms
from parstudy.display.page import Page
from parstudy.display.tables import Cell, Column, Table, build_table
from parstudy.display.words import Language, is_missing
from parstudy.pages.improvement_plan._words import (
    LEVELS,
    ROWS,
    cause,
    index_and_year,
    total_decimals,
)
from parstudy.studies.improvement import Improvement


def worth(page: Page, study: Improvement) -> None:
    """What one, two and three points more would have meant."""
    language = page.language
    _ = language.text
    values = study.values
    if values.table.empty:
        page.say(_("Neither its score nor its rank is known, so points cannot be put into places."))
        return

    def places(row: Mapping[str, Any]) -> Cell:
        low, high = row["places_low"], row["places_high"]
        if low == high:
            return language.number(low, 0)
        return f"{language.number(low, 0)}–{language.number(high, 0)}"

    rows = values.table.reset_index()
    page.show(
        build_table(
            "points-table",
            _("What more points would have meant, {index} {year}", **index_and_year(study)),
            rows,
            [
                Column(
                    _("Points more"),
                    format=lambda r: language.signed(r["points"], 0),
                    align="right",
                    row_header=True,
                ),
                Column(
                    _("Total score"), key="total", kind="number", decimals=total_decimals(study)
                ),
                Column(
                    _("Rank"),
                    format=lambda r: language.rank_range(r["rank_low"], r["rank_high"], values.n),
                    align="right",
                ),
                Column(_("Places gained"), format=places, align="right"),
            ],
            language,
            notes=[_("All other provinces as they were; a tie shares the better place.")],
        )
    )
    if values.exact:
        page.say(
            _("Exact: the scores of all {n} provinces are known.", n=language.number(values.n, 0))
        )
        return
    page.say(
        _(
            "Of the {n} provinces, the scores of {known} others are known. A range is what the "
            "published scores and ranks prove: no place outside of it is possible, and within it "
            "they do not decide. {sources}",
            n=language.number(values.n, 0),
            known=language.number(values.n_known, 0),
            sources=page.cite(*values.sources),
        )
    )


def lost(page: Page, study: Improvement) -> None:
    """Lost points: every component below its maximum, what it is worth, who has it already."""
    language = page.language
    _ = language.text
    gains = study.gains
    losing = gains.table[gains.table["lost"].gt(0)]
    if gains.table.empty:
        page.say(
            _(
                "No source in the data gives the points of {index} {year} by component for this "
                "province, so it cannot be said where points were lost.",
                **index_and_year(study),
            )
        )
        return
    if losing.empty:
        page.say(_("Every component that is known is at its maximum: what is left is to hold it."))
        return
    level = language.text(LEVELS[gains.level])
    page.say(
        _(
            "Known: {known} of {total} {level}; {n} are below their maximum and lost {points} "
            "points together.",
            known=language.number(gains.known, 0),
            total=language.number(gains.total, 0),
            level=level,
            n=language.number(len(losing), 0),
            points=language.number(losing["lost"].sum()),
        )
    )
    shown = losing.head(ROWS).reset_index().rename(columns={"code": "component"})
    rest = losing.iloc[ROWS:]
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
    page.show(
        build_table(
            "gains-table",
            _("Below their maximum, the largest loss first"),
            shown,
            [
                terms.component_column(language, _("Component")),
                Column(
                    _("Lead department"),
                    format=lambda r: r["lead_department"] or None,
                ),
                Column(_("Lost points"), key="lost", kind="number"),
                Column(
                    _("Points of maximum"),
                    format=lambda r: (
                        f"{language.number(r['score'])}/{language.number(r['max_score'])}"
                    ),
                    align="right",
                ),
                Column(_("Places"), format=lambda r: _worth(language, r), align="right"),
                Column(_("Cause"), format=lambda r: cause(language, r)),
            ],
            language,
            notes=notes,
        )
    )
    if losing["n_known"].le(1).all():
        page.say(
            _(
                "The points of no other province are known by component: what others reach "
                "cannot be compared."
            )
        )
    else:
        page.show(_who_has_the_maximum(shown, language))
    page.say(
        _("Points as published: {sources}", sources=page.cite(*sorted(set(losing["source_id"]))))
    )


def _who_has_the_maximum(shown: pd.DataFrame, language: Language) -> Table:
    _ = language.text
    return build_table(
        "maximum-table",
        _("Who has the maximum"),
        shown,
        [
            terms.component_column(language, _("Component")),
            Column(_("Best score"), key="best", kind="number"),
            Column(
                _("All provinces"),
                format=lambda r: _of(language, r["n_at_max"], r["n_known"]),
                align="right",
            ),
            Column(
                _("Similar ones"),
                format=lambda r: _of(language, r["n_similar_at_max"], r["n_similar"]),
                align="right",
            ),
            Column(
                _("Its region"),
                format=lambda r: _of(language, r["n_region_at_max"], r["n_region"]),
                align="right",
            ),
        ],
        language,
        notes=[
            _(
                "Provinces at the maximum, of those known. Similar ones are the ten nearest in "
                "total score; the best score is the highest of any province."
            )
        ],
    )


def _worth(language: Language, row: Mapping[str, Any]) -> Cell:
    low, high = row["places_low"], row["places_high"]
    if is_missing(low) or is_missing(high):
        return None
    if low == high:
        return language.signed(low, 0)
    return f"{language.signed(low, 0)}–{language.number(high, 0)}"


def _of(language: Language, count: Any, n: Any) -> Cell:
    return None if not n else language.rank(count, n)


def easy(page: Page, study: Improvement) -> None:
    """Components that most similar provinces have at maximum."""
    language = page.language
    _ = language.text
    table = study.gains.table
    losing = table[table["lost"].gt(0)]
    found = losing[losing["easy"].fillna(False).astype(bool)]
    if len(losing) and losing["n_similar"].eq(0).all():
        page.say(_("The points of no similar province are known by component."))
        return
    if found.empty:
        page.say(
            _("No component below its maximum is at its maximum in half of the similar provinces.")
        )
        return
    total = float(found["lost"].sum())
    page.say(
        language.ntext(
            "At least half of the ten provinces nearest in total score have the maximum on {n} "
            "component where points were lost here, {points} points in all: what is easy for "
            "others should be looked at first.",
            "At least half of the ten provinces nearest in total score have the maximum on {n} "
            "components where points were lost here, {points} points in all: what is easy for "
            "others should be looked at first.",
            len(found),
            points=language.number(total),
        )
    )
    items = [
        _(
            "{name}: {points} points; {n} of {all} similar provinces and {region} of {of} in the "
            "region are at the maximum.",
            name=terms.component_name(language, {"component": code, **row}),
            points=language.number(row["lost"]),
            n=language.number(row["n_similar_at_max"], 0),
            all=language.number(row["n_similar"], 0),
            region=language.number(row["n_region_at_max"], 0),
            of=language.number(row["n_region"], 0),
        )
        for code, row in zip(found.index, found.to_dict("records"), strict=True)
    ]
    page.points(items)


def departments(page: Page, study: Improvement) -> None:
    """Lost points by lead department."""
    language = page.language
    _ = language.text
    table = study.gains.departments
    if table.empty:
        return
    if list(table.index) == [""]:
        page.say(_("The criteria set as it is known does not name the lead departments."))
        return
    page.show(charts.department_bars(study.gains, language, synthetic=page.synthetic))
    page.show(
        build_table(
            "departments-table",
            _("Lost points by lead department"),
            table.reset_index(),
            [
                Column(
                    _("Lead department"),
                    format=lambda r: r["lead_department"] or None,
                    row_header=True,
                ),
                Column(_("Components"), key="n_components", kind="integer"),
                Column(_("Lost points"), key="lost", kind="number"),
                Column(
                    _("Share"),
                    format=lambda r: language.percent(100 * r["share"], 1),
                    align="right",
                ),
                Column(_("Places"), format=lambda r: _worth(language, r), align="right"),
            ],
            language,
            notes=[_("Places: if the department raised all its components to their maximum.")],
        )
    )


def claims(page: Page, study: Improvement) -> None:
    """Points that the province claimed for itself and was not granted."""
    language = page.language
    _ = language.text
    table = study.gains.table
    known = table[table["claimed"].notna()]
    if known.empty:
        page.say(
            _(
                "No self-assessment of this year is in the data, so it cannot be said which lost "
                "points are work not done and which are evidence not accepted."
            )
        )
        return
    gap = known[known["not_granted"].gt(0)].reset_index().rename(columns={"code": "component"})
    if gap.empty:
        page.say(_("Every point that was claimed was granted."))
        return
    gap = gap.sort_values(["not_granted", "component"], ascending=[False, True])
    page.say(
        language.ntext(
            "{points} points were claimed and not granted, on {n} component: there evidence is "
            "missing rather than work.",
            "{points} points were claimed and not granted, on {n} components: there evidence is "
            "missing rather than work.",
            len(gap),
            points=language.number(gap["not_granted"].sum()),
        )
    )
    page.show(
        build_table(
            "claims-table",
            _("Claimed and not granted"),
            gap,
            [
                terms.component_column(language, _("Component")),
                Column(_("Lead department"), format=lambda r: r["lead_department"] or None),
                Column(_("Claimed"), key="claimed", kind="number"),
                Column(_("Granted"), key="score", kind="number"),
                Column(_("Not granted"), key="not_granted", kind="number"),
                Column(_("Maximum"), key="max_score", kind="number"),
            ],
            language,
        )
    )
