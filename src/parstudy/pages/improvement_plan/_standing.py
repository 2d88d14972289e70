"""Where the province stands: summary, neighbours in rank, provinces that passed it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from parstudy import charts
from parstudy.display import terms
from parstudy.display.page import Page
from parstudy.display.tables import Cell, Column, build_table
from parstudy.display.terms import Names
from parstudy.display.words import Language, is_missing
from parstudy.pages.improvement_plan._words import (
    LEVELS,
    ROWS,
    index_and_year,
    known,
    points_range,
    total_decimals,
)
from parstudy.studies.improvement import Improvement

_PASSED_ROWS = 12


def title(page: Page, study: Improvement, names: Names) -> None:
    """Title and the finding in a few sentences."""
    _ = page.language.text
    name = names(study.province_id)
    page.title(
        _("{province}: from {index} {year} to a plan", province=name, **index_and_year(study)),
        " ".join(_summary(page.language, study, name)),
    )


def _summary(language: Language, study: Improvement, name: str) -> list[str]:
    _ = language.text
    rungs, about = study.ladder, index_and_year(study)
    if not rungs.rank_low and known(study):
        lost = float(study.gains.table["lost"].sum())
        return [
            _(
                "No source in the data has the total score or the rank of {province} in {index} "
                "{year}. {points} points were lost in the components that are known; what they "
                "are worth in places cannot be said.",
                province=name,
                points=language.number(lost),
                **about,
            )
        ]
    if not rungs.rank_low:
        return [
            _(
                "No source in the data has a score or a rank of {province} in {index} {year}, so "
                "nothing can be computed. What would be needed is said below.",
                province=name,
                **about,
            )
        ]
    place = language.rank_range(rungs.rank_low, rungs.rank_high, rungs.n)
    found = []
    if is_missing(study.values.total):
        found.append(_("{index} {year}: rank {rank}; no score was found.", rank=place, **about))
    else:
        score = language.number(study.values.total, total_decimals(study))
        found.append(_("{index} {year}: {score}, rank {rank}.", score=score, rank=place, **about))
    reach = study.reach
    if reach is not None and not is_missing(reach.needed_low) and reach.needed_high > 0:
        points = points_range(language, reach.needed_low, reach.needed_high)
        rank = language.rank(reach.target)
        if study.target_group:
            found.append(
                _(
                    "Group {group} begins {points} points higher, at rank {rank}.",
                    group=study.target_group,
                    points=points,
                    rank=rank,
                )
            )
        else:
            found.append(_("Rank {rank} was {points} points away.", rank=rank, points=points))
        sets = reach.sets[reach.sets["aim"].eq("components")]
        if len(sets):
            first = sets.iloc[0]
            found.append(
                language.ntext(
                    "{n} component can bring that: {codes}.",
                    "{n} components can bring that: {codes}.",
                    int(first["n_components"]),
                    codes=language.names(_code_name(language, c, study) for c in first["codes"]),
                )
            )
    elif study.target == 0:
        found.append(_("It held the first place: there is none to gain, only to keep."))
    if study.gains.table.empty:
        found.append(
            _("In which components points were lost was not found in any source in the data.")
        )
    return found


def _code_name(language: Language, code: str, study: Improvement) -> str:
    if not code[0].isalpha():
        return code
    return terms.component_label(language, code, study.index, study.year)


def neighbours(page: Page, study: Improvement, names: Names) -> None:
    """Ladder of neighbours in rank."""
    language = page.language
    _ = language.text
    rungs = study.ladder
    if rungs.table.empty:
        page.say(_("Its rank is not known, so its neighbours in rank cannot be named."))
        return
    page.show(charts.rank_ladder(rungs, names, language, synthetic=page.synthetic))

    def score(row: Mapping[str, Any]) -> Cell:
        if is_missing(row["score"]):
            return _(
                "between {range}", range=points_range(language, row["score_low"], row["score_high"])
            )
        return language.number(row["score"], terms.digits(row["decimals"]))

    def gap(row: Mapping[str, Any]) -> Cell:
        if row["province_id"] == study.province_id or is_missing(row["gap_low"]):
            return None if is_missing(row["gap_low"]) else language.number(0)
        if not is_missing(row["gap"]):
            return language.signed(row["gap"], terms.digits(row["decimals"]))
        low, high = (language.signed(row[k]) for k in ("gap_low", "gap_high"))
        return _("{low} to {high}", low=low, high=high)

    notes = []
    if rungs.unknown:
        notes.append(
            _(
                "Who held rank {ranks} was not found. Their scores lie between those of the next "
                "better and the next worse rank that is known; printed scores are taken as right "
                "to half a unit of their last decimal.",
                ranks=language.names(language.rank(r) for r in rungs.unknown),
            )
        )
    page.show(
        build_table(
            "ladder-table",
            _("Neighbours in rank, {index} {year}", **index_and_year(study)),
            rungs.table,
            [
                Column(_("Rank"), key="rank", kind="rank"),
                Column(
                    _("Province"),
                    format=lambda r: names(r["province_id"]) if r["province_id"] else None,
                    row_header=True,
                ),
                Column(_("Score"), format=score, align="right"),
                Column(_("Points apart"), format=gap, align="right"),
                Column(_("Sources"), format=lambda r: page.cite(r["source_id"]) or None),
            ],
            language,
            notes=notes,
            highlight=lambda r: r["province_id"] == study.province_id,
        )
    )


def passed(page: Page, study: Improvement, names: Names) -> None:
    """Who overtook the province since last year, and on what."""
    language = page.language
    _ = language.text
    found = study.overtakers
    about = {"before": study.year - 1, "year": study.year}
    if found.merged:
        page.say(
            _(
                "The 63 provinces were merged into 34 units in 2025: ranks and scores of {before} "
                "and {year} are of other units and cannot be compared.",
                **about,
            )
        )
        return
    if is_missing(found.rank) or is_missing(found.rank_before):
        page.say(
            _(
                "Its rank of {before} or of {year} is not known, so it cannot be said who passed "
                "it.",
                **about,
            )
        )
        return
    over = found.table[found.table["way"].eq("overtook")]
    under = found.table[found.table["way"].eq("overtaken")]
    page.say(
        _(
            "From rank {was} in {before} to rank {now} in {year}: {over} passed it, it passed "
            "{under}, as far as both ranks are known.",
            was=language.rank(found.rank_before),
            now=language.rank(found.rank),
            over=_units(language, len(over)),
            under=_units(language, len(under)),
            **about,
        )
    )
    if found.n_unknown:
        page.say(
            language.ntext(
                "Of {n} more province one of the two ranks was not found.",
                "Of {n} more provinces one of the two ranks was not found.",
                found.n_unknown,
            ),
            note=True,
        )
    if len(found.table):
        page.show(
            build_table(
                "passed-table",
                _("Places changed with the province since {before}", **about),
                found.table.head(ROWS).reset_index(),
                [
                    Column(
                        _("Province"), format=lambda r: names(r["province_id"]), row_header=True
                    ),
                    Column(
                        _("What happened"),
                        format=lambda r: (
                            _("passed it") if r["way"] == "overtook" else _("was passed")
                        ),
                    ),
                    Column(_("Rank {before}", **about), key="rank_before", kind="rank"),
                    Column(_("Rank {year}", **about), key="rank", kind="rank"),
                    *[
                        Column(label, key=key, kind="signed")
                        for label, key in (
                            (_("Change of score"), "change"),
                            (_("Gained on it"), "gained"),
                        )
                        if found.table[key].notna().any()
                    ],
                    Column(_("Sources"), format=lambda r: page.cite(r["source_id"]) or None),
                ],
                language,
            )
        )
    if not found.comparable:
        page.say(_("The two years have different criteria sets: components cannot be compared."))
    gained = found.by_component[found.by_component["gained"].gt(0)]
    if len(gained):
        rows = gained.head(_PASSED_ROWS).reset_index().rename(columns={"code": "component"})
        page.show(
            build_table(
                "gained-table",
                _("What those who passed it gained on"),
                rows,
                [
                    terms.component_column(language, _("Component")),
                    Column(_("Gained on it, mean"), key="gained", kind="signed"),
                    Column(_("Its own change"), key="own_change", kind="signed"),
                    Column(_("Provinces"), key="n", kind="integer"),
                ],
                language,
            )
        )
    elif len(over):
        page.say(_("On which components they gained is not known."))


def _units(language: Language, n: int) -> str:
    return language.ntext("{n} province", "{n} provinces", n) if n else language.text("no province")


def others(page: Page, study: Improvement, names: Names, provinces: pd.DataFrame) -> None:
    """What the best of the region has and this province has not."""
    language = page.language
    _ = language.text
    table = study.gains.table
    if table.empty or not table["n_region"].gt(0).any():
        return
    losing = table[table["lost"].gt(0) & table["n_region_at_max"].gt(0)]
    region = provinces.drop_duplicates("province_id").set_index("province_id")["region_id"]
    name = names(str(region.get(study.province_id, "")))
    page.say(
        language.ntext(
            "On {n} component below its maximum here, some other province of the region "
            "({region}) is at the maximum.",
            "On {n} components below their maximum here, some other province of the region "
            "({region}) is at the maximum.",
            len(losing),
            region=name,
        )
    )


def missing(page: Page, study: Improvement) -> None:
    """What would have to be found, and in which file it would stand."""
    language = page.language
    _ = language.text
    index = terms.short(study.index)
    folder = f"data/raw/{study.index}/{study.year}"
    items = []
    if not study.values.exact:
        items.append(
            _(
                "Total scores and ranks of all provinces ({known} scores known besides its own): "
                "the first annex of the decision that publishes {index} {year}. With it, ranks "
                "after a change are exact instead of ranges.",
                known=language.number(study.values.n_known, 0),
                **index_and_year(study),
            )
        )
    gains = study.gains
    if gains.level != "subcriterion" or gains.known < gains.total:
        known = language.text(LEVELS[gains.level]) if gains.level else _("none")
        items.append(
            _(
                "Points by sub-criterion (finest level known: {level}): the annex with all "
                "criteria, sub-criteria and maxima, or the province's own scoring table. With it, "
                "lost points, lead departments and the cheapest ways to a rank are computed.",
                level=known,
            )
        )
    if gains.table.empty or gains.table["claimed"].isna().all():
        items.append(
            _(
                "Self-assessed points beside the appraised ones: the province's self-assessment "
                "report. With it, missing evidence is told from missing work."
            )
        )
    if study.what_if.outlook is None:
        items.append(
            _(
                "Complete releases of the years before, within one criteria set. With them, "
                "chances of a rank are computed."
            )
        )
    if not items:
        page.say(_("Nothing that the report would use is missing."))
        return
    page.points(items)
    page.say(
        _(
            "A file with these figures goes into {folder}; parstudy add FILE looks at it and "
            "proposes how to read it. {index} is then computed again from the file.",
            folder=folder,
            index=index,
        ),
        note=True,
    )
