"""Where the province stands: summary, neighbours in rank, provinces that passed it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from parstudy import charts
from parstudy.display import terms
from parstudy.display.page import Page
from parstudy.display.tables import Cell, Column
from parstudy.display.terms import Names
from parstudy.display.words import is_missing
from parstudy.pages._words import provinces_counted
from parstudy.pages.improvement_plan import _words
from parstudy.studies.improvement import Improvement

_PASSED_ROWS = 12


def title(page: Page, improvement: Improvement, names: Names) -> None:
    """Title and the finding in a few sentences."""
    _ = page.language.text
    about = {"province": names(improvement.province_id), **_words.index_and_year(improvement)}
    found = (
        [_standing_words(page, improvement), *_target_words(page, improvement)]
        if improvement.ladder.rank_low
        else [_no_place_words(page, improvement, about)]
    )
    if improvement.ladder.rank_low and improvement.gains.table.empty:
        found.append(_("No source in the data says in which components points were lost."))
    page.title(_("{province}: from {index} {year} to a plan", **about), " ".join(found))


def _no_place_words(page: Page, improvement: Improvement, about: Mapping[str, Any]) -> str:
    """What can be said where neither score nor rank is known."""
    language = page.language
    if _words.known(improvement):
        return language.text(
            "No source in the data has the total score or the rank of {province} in {index} "
            "{year}. {points} points were lost in the components that are known; what they "
            "are worth in places cannot be said.",
            points=language.number(improvement.gains.table["lost"].sum()),
            **about,
        )
    if not is_missing(improvement.rank_implied):
        return language.text(
            "No source found prints a score or a rank of {province} in {index} {year}. The figure "
            "of another year and a published change imply rank {rank}; points cannot be counted "
            "from that. What would be needed is said below.",
            rank=language.rank(improvement.rank_implied, improvement.ladder.n),
            **about,
        )
    return language.text(
        "No source in the data has a score or a rank of {province} in {index} {year}, so "
        "nothing can be computed. What would be needed is said below.",
        **about,
    )


def _standing_words(page: Page, improvement: Improvement) -> str:
    """Score and rank."""
    language = page.language
    rungs, about = improvement.ladder, _words.index_and_year(improvement)
    rank = language.rank_range(rungs.rank_low, rungs.rank_high, rungs.n)
    if is_missing(improvement.values.total):
        return language.text("{index} {year}: rank {rank}; no score was found.", rank=rank, **about)
    number = language.number(improvement.values.total, _words.total_decimals(improvement))
    score = terms.with_unit(language, improvement.index, number)
    return language.text("{index} {year}: {score}, rank {rank}.", score=score, rank=rank, **about)


def _target_words(page: Page, improvement: Improvement) -> Iterator[str]:
    """How far the rank to be reached is away, and with how few components."""
    language = page.language
    _ = language.text
    reach = improvement.reach
    if reach is None and improvement.target == 0:
        yield _("It held the first place: there is none to gain, only to keep.")
    if reach is None or is_missing(reach.needed_low) or not reach.needed_high > 0:
        return
    words = {
        "points": _words.points_range(language, reach.needed_low, reach.needed_high),
        "rank": language.rank(reach.target),
        "group": improvement.target_group,
        "places": language.number(improvement.ladder.rank_low - reach.target, 0),
    }
    yield (
        _("Group {group} begins {points} points higher, at rank {rank}.", **words)
        if improvement.target_group
        else _("Rank {rank}, {places} places better, was {points} points away.", **words)
    )
    sets = reach.sets[reach.sets["aim"].eq("components")]
    if len(sets):
        first = sets.iloc[0]
        yield language.ntext(
            "{n} component can bring that: {codes}.",
            "{n} components can bring that: {codes}.",
            int(first["n_components"]),
            codes=language.names(_words.label(language, improvement, c) for c in first["codes"]),
        )


# --- the ladder ----------------------------------------------------------------------------------


def neighbours(page: Page, improvement: Improvement, names: Names) -> None:
    """Ladder of neighbours in rank."""
    language = page.language
    columns, _ = page.columns, language.text
    rungs = improvement.ladder
    if rungs.table.empty:
        page.state("Its rank is not known, so its neighbours in rank cannot be named.")
        return
    page.show(charts.rank_ladder(rungs, names, language, synthetic=page.synthetic))

    def score(row: Mapping[str, Any]) -> Cell:
        """Score, or the bounds that others prove."""
        if is_missing(row["score"]):
            bounds = _words.points_range(language, row["score_low"], row["score_high"])
            return _("within {range}", range=bounds)
        return language.number(row["score"], terms.digits(row["decimals"], improvement.index))

    def gap(row: Mapping[str, Any]) -> Cell:
        """Points apart, or bounds of them."""
        if is_missing(row["gap_low"]):
            return None
        if row["province_id"] == improvement.province_id:
            return language.number(0)
        if is_missing(row["gap"]):
            return language.interval(row["gap_low"], row["gap_high"])
        return language.signed(row["gap"], terms.digits(row["decimals"], improvement.index))

    page.table(
        "ladder-table",
        _("Neighbours in rank, {index} {year}", **_words.index_and_year(improvement)),
        rungs.table,
        [
            columns.rank(),
            columns.province(names),
            Column(_("Score"), format=score, align="right"),
            Column(_("Points apart"), format=gap, align="right"),
            columns.sources(),
        ],
        notes=_unknown_note(page, rungs.unknown),
        highlight=lambda r: r["province_id"] == improvement.province_id,
    )


def _unknown_note(page: Page, unknown: tuple[int, ...]) -> Iterator[str]:
    """What is meant by the score of a place whose holder is not known."""
    language = page.language
    if not unknown:
        return
    yield language.text(
        "Who held rank {ranks} was not found. Their scores lie between those of the next "
        "better and the next worse rank that is known; printed scores are taken as right "
        "to half a unit of their last decimal.",
        ranks=language.names(language.rank(rank) for rank in unknown),
    )


# --- who passed it -------------------------------------------------------------------------------


def passed(page: Page, improvement: Improvement, names: Names) -> None:
    """Who overtook the province since last year, and on what."""
    language = page.language
    found = improvement.overtakers
    years = {"before": improvement.year - 1, "year": improvement.year}
    if found.merged:
        page.state(
            "The 63 provinces were merged into 34 units in 2025: ranks and scores of {before} "
            "and {year} are of other units and cannot be compared.",
            **years,
        )
        return
    if is_missing(found.rank) or is_missing(found.rank_before):
        page.state(
            "Its rank of {before} or of {year} is not known, so it cannot be said who passed it.",
            **years,
        )
        return
    n_over = int(found.table["way"].eq("overtook").sum())
    page.state(
        "From rank {was} in {before} to rank {now} in {year}: {over} passed it, it passed "
        "{under}, as far as both ranks are known.",
        was=language.rank(found.rank_before),
        now=language.rank(found.rank),
        over=provinces_counted(language, n_over),
        under=provinces_counted(language, len(found.table) - n_over),
        **years,
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
        _passed_table(page, found.table, names, years)
    if not found.comparable:
        page.state("The two years have different criteria sets: components cannot be compared.")
    gained = found.by_component[found.by_component["gained"].gt(0)]
    if len(gained):
        _gained_table(page, gained)
    elif n_over:
        page.state("On which components they gained is not known.")


def _passed_table(page: Page, table: pd.DataFrame, names: Names, years: Mapping[str, int]) -> None:
    """Provinces that changed places with this one; changes of score where any is known."""
    columns, _ = page.columns, page.language.text
    changes = [
        columns.change(_("Change of score"), "change"),
        columns.change(_("Gained on it"), "gained"),
    ]
    page.table(
        "passed-table",
        _("Places changed with the province since {before}", **years),
        table.head(_words.ROWS).reset_index(),
        [
            columns.province(names),
            Column(
                _("What happened"),
                format=lambda r: _("passed it") if r["way"] == "overtook" else _("was passed"),
            ),
            columns.rank("rank_before", _("Rank {before}", **years)),
            columns.rank("rank", _("Rank {year}", **years)),
            *[column for column in changes if table[column.key].notna().any()],
            columns.sources(),
        ],
    )


def _gained_table(page: Page, gained: pd.DataFrame) -> None:
    """Components on which those who passed it gained."""
    columns, _ = page.columns, page.language.text
    page.table(
        "gained-table",
        _("What those who passed it gained on"),
        gained.head(_PASSED_ROWS).reset_index().rename(columns={"code": "component"}),
        [
            columns.component_names(),
            columns.change(_("Gained on it, mean"), "gained"),
            columns.change(_("Its own change"), "own_change"),
            columns.count(_("Number of provinces"), "n"),
        ],
    )


def others(page: Page, improvement: Improvement, names: Names, provinces: pd.DataFrame) -> None:
    """What the best of the region has and this province has not.

    Parameters
    ----------
    page, improvement : Page, Improvement
        Where to, and of whom.
    names : Names
        Of the regions.
    provinces : DataFrame
        Table of the dataset: ``province_id, region_id``.
    """
    table = improvement.gains.table
    if table.empty or not table["n_region"].gt(0).any():
        return
    losing = table[table["lost"].gt(0) & table["n_region_at_max"].gt(0)]
    regions = provinces.drop_duplicates("province_id").set_index("province_id")["region_id"]
    page.nstate(
        "On {n} component below its maximum here, some other province of the region "
        "({region}) is at the maximum.",
        "On {n} components below their maximum here, some other province of the region "
        "({region}) is at the maximum.",
        len(losing),
        region=names(str(regions.get(improvement.province_id, ""))),
    )


# --- what is missing -----------------------------------------------------------------------------


def missing(page: Page, improvement: Improvement) -> None:
    """What would have to be found, and in which file it would stand."""
    items = list(_wanted(page, improvement))
    if not items:
        page.state("Nothing that the report would use is missing.")
        return
    page.points(items)
    page.for_operators(
        "A file with these figures goes into {folder}; `parstudy add FILE` looks at it and "
        "proposes how to read it. The figures of {index} are then taken from it.",
        folder=f"data/raw/{improvement.index}/{improvement.year}",
        index=terms.short(improvement.index),
    )


def _wanted(page: Page, improvement: Improvement) -> Iterator[str]:
    """Figures that are not known, each with the file that has it and what it would bring."""
    language = page.language
    _ = language.text
    gains = improvement.gains
    if not improvement.values.exact:
        yield _(
            "Total scores and ranks of all provinces ({known} scores known besides its own): "
            "the first annex of the decision that publishes {index} {year}. With it, ranks "
            "after a change are exact instead of ranges.",
            known=language.number(improvement.values.n_known, 0),
            **_words.index_and_year(improvement),
        )
    if gains.level != "subcriterion" or gains.known < gains.total:
        yield _(
            "Points by sub-criterion (finest level known: {level}): the annex with all "
            "criteria, sub-criteria and maxima, or the province's own scoring table. With it, "
            "lost points, lead departments and the cheapest ways to a rank are computed.",
            level=_(_words.LEVELS[gains.level]) if gains.level else _("none"),
        )
    if gains.table.empty or gains.table["claimed"].isna().all():
        yield _(
            "Self-assessed points beside the appraised ones: the province's self-assessment "
            "report. With it, points not granted are told from points not claimed."
        )
    if improvement.what_if.outlook is None:
        yield _(
            "Complete releases of the years before, within one criteria set. With them, "
            "chances of a rank are computed."
        )
