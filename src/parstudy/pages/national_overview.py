"""What the national overview shows: one index in one year, all provinces."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd
from markupsafe import Markup

from parstudy import charts
from parstudy.display import terms
from parstudy.display.page import Page
from parstudy.display.tables import Cell, Column
from parstudy.display.terms import Names
from parstudy.display.words import defer, is_missing
from parstudy.facts import criteria
from parstudy.facts.provinces import registry
from parstudy.pages._findings import findings_table
from parstudy.pages._words import change_cell, computed, mark_note
from parstudy.records import records
from parstudy.studies.overview import Overview

if TYPE_CHECKING:
    from parstudy.dataset.boundaries import Boundaries

_ALL = 100  # percent
_MEASURES = {
    "mean": defer("Mean"),
    "median": defer("Median"),
    "max": defer("Highest score"),
    "min": defer("Lowest score"),
    "range": defer("Highest minus lowest"),
    "change_score": defer("Change of the mean"),
    "change_score_max": defer("Largest rise"),
    "change_score_min": defer("Largest fall"),
    "smallest_rise": defer("Smallest rise"),
    "smallest_fall": defer("Smallest fall"),
    "n_rose": defer("Provinces whose score rose"),
    "n_fell": defer("Provinces whose score fell"),
    "n_rank_up": defer("Provinces that moved up in rank"),
    "n_rank_same": defer("Provinces that kept their rank"),
    "n_rank_down": defer("Provinces that moved down in rank"),
    "n_above_mean": defer("Provinces above the mean"),
    "n_above_80": defer("Provinces above 80"),
    "n_above_90": defer("Provinces above 90"),
    "n_below_60": defer("Provinces below 60"),
    "n_below_70": defer("Provinces below 70"),
}


def title(page: Page, overview: Overview, names: Names) -> None:
    """Title, and who leads and who closes as far as it is known."""
    _ = page.language.text
    release = {"index": terms.short(overview.index), "year": overview.year}
    page.title(
        _("{index} {year}: all provinces", **release)
        if overview.n_ranked == len(_units(overview))
        else _("{index} {year}: the provinces ranked", **release),
        Markup(" ").join(_summary(page, overview, names, release)),
    )


def _summary(
    page: Page, overview: Overview, names: Names, release: Mapping[str, Any]
) -> Iterator[str]:
    """How many are ranked, who leads, who is last, the mean, and what is known."""
    language = page.language
    _ = language.text
    ranks, all_units = overview.ranking["rank"], len(_units(overview))
    first = overview.ranking.loc[ranks.eq(1), "province_id"]
    last = overview.ranking.loc[ranks.eq(overview.n_ranked), "province_id"]
    mean = overview.nation[overview.nation["measure"].eq("mean")]
    if overview.n_ranked < all_units:
        yield _(
            "Only {n} of {all} provinces are ranked in {index} {year}.",
            n=language.number(overview.n_ranked, 0),
            all=language.number(all_units, 0),
            **release,
        )
    if len(first):
        yield _("{province} leads {index} {year}.", province=names(first.iloc[0]), **release)
    if len(last):
        yield _("{province} is last.", province=names(last.iloc[0]))
    if len(mean):
        value = terms.score_cell(language, overview.index, mean.iloc[0].to_dict(), "value")
        told = terms.with_unit(language, overview.index, str(value))
        yield _("The national mean is {mean}.", mean=told)
    known = {"scores": overview.n_scores, "ranks": overview.n_ranks, "n": overview.n_units}
    if len(set(known.values())) == 1:
        yield _("The scores and ranks of all {n} provinces are known here.", **known)
    else:
        yield _(
            "Of {n} provinces, the score of {scores} and the rank of {ranks} are known here.",
            **known,
        )
    contested = int(overview.ranking["contested"].sum())
    if contested:
        link = Markup('<a href="#findings">{}</a>').format(_("marked"))
        yield language.ntext(
            "Figures of {n} province contradict others and are {link}.",
            "Figures of {n} provinces contradict others and are {link}.",
            contested,
            link=link,
        )
    yield from _computed_ranks(page, overview)


def _units(overview: Overview) -> pd.DataFrame:
    """Provinces that there were in the year."""
    return registry(criteria.geography_of(overview.year))


def _computed_ranks(page: Page, overview: Overview) -> Iterator[str]:
    """That ranks are computed, where they are."""
    if not overview.ranks_computed:
        return
    yield page.language.text(
        "No rank is published in the data: ranks are computed from the scores, and equal "
        "scores share the better place."
    )


def nation(page: Page, overview: Overview) -> None:
    """Published figures of the nation."""
    language = page.language
    columns, _ = page.columns, language.text
    order = {measure: place for place, measure in enumerate(_MEASURES)}
    rows = overview.nation[overview.nation["measure"].isin(list(order))]
    if rows.empty:
        page.state("No figure of the nation was found for this year.")
        return

    def value(row: Mapping[str, Any]) -> Cell:
        """A count, a change or a score."""
        measure = row["measure"]
        if measure.startswith("n_"):
            return language.number(row["value"], 0)
        index, decimals = overview.index, terms.digits(row["decimals"], overview.index)
        if measure.startswith(("change", "smallest")):
            return terms.difference(language, index, language.signed(row["value"], decimals))
        if measure == "range":
            return terms.difference(language, index, language.number(row["value"], decimals))
        return terms.with_unit(
            language, index, terms.score(language, index, row["value"], decimals)
        )

    page.table(
        "nation-table",
        _("Published figures of the nation"),
        rows.sort_values("measure", key=lambda measures: measures.map(order)),
        [
            columns.word(_("Figure"), "measure", _MEASURES, header=True),
            Column(_("Value"), format=value, align="right"),
            columns.contested(),
            columns.sources(),
        ],
    )


def distribution(
    page: Page, overview: Overview, names: Names, boundaries: Boundaries | None = None
) -> None:
    """All known scores on one line, and the map of what is known; of tiles without boundaries."""
    frame = overview.ranking.assign(
        name=[_marked(names, row) for row in records(overview.ranking)],
        # the charts draw one rank; the page says whether it is computed
        rank_published=overview.ranking["rank"],
    )
    if overview.n_scores >= 2:
        thresholds = terms.thresholds(overview.index, overview.year)
        page.show(charts.position_strip(frame, None, page.language, thresholds=thresholds))
        if frame["contested"].any():
            page.remark("* Figures that others contradict; see the end of the page.")
    if overview.n_ranks or overview.ranks_computed:
        ranks = frame.assign(value=frame["rank_published"])
        _map(page, overview, ranks[["province_id", "value", "certainty"]], boundaries)
    if overview.n_scores < 2 and not overview.n_ranks:
        page.state("Too few figures of this year are known to draw a distribution.")


def _map(
    page: Page, overview: Overview, ranks: pd.DataFrame, boundaries: Boundaries | None
) -> None:
    """The map of ranks, or tiles where no boundaries have been fetched."""
    _ = page.language.text
    provinces = _units(overview)
    release = {"index": terms.short(overview.index), "year": overview.year}
    label = (
        _("Computed rank in {index} {year}", **release)
        if overview.ranks_computed
        else _("Rank in {index} {year}", **release)
    )
    tiles = _(
        "Each tile is a province, placed roughly where it lies; hatched: not ranked this "
        "year, or not found in any source."
    )
    hatched = _("Hatched: not ranked this year, or not found in any source.")
    caption = tiles if boundaries is None else hatched
    drawn: dict[str, Any] = {"n_ranked": overview.n_ranked, "label": label}
    drawn["marked"] = overview.contradictions.units
    drawn["caption"] = None if overview.n_ranked == len(provinces) else caption
    if boundaries is None:
        page.show(charts.tile_map(ranks, provinces, page.language, **drawn))
        page.for_operators(
            "With boundaries (`parstudy fetch geo`) a map of the provinces stands in place of the "
            "tiles."
        )
        return
    page.citations.add(boundaries.source)
    cite = page.cite(boundaries.source["source_id"])
    page.show(charts.province_map(ranks, provinces, boundaries, page.language, cite=cite, **drawn))


def ranking(page: Page, overview: Overview, names: Names) -> None:
    """The ranking with what is known; nothing is invented for the rest."""
    language = page.language
    columns, _ = page.columns, language.text
    frame = overview.ranking
    if frame.empty:
        page.state("No province has a figure of this year in any source.")
        return

    def group(row: Mapping[str, Any]) -> Cell:
        """Group as published, else computed."""
        own = row["group_computed"]
        return row["group_published"] or (computed(language, own, short=True) if own else None)

    def gained(row: Mapping[str, Any]) -> Cell:
        """Change of rank as published, else computed."""
        return change_cell(language, row, "rank", "_published", short=True)

    known = overview.groups[overview.groups["from_percent"].notna()]
    ranges = [
        terms.group_range(language, overview.index, overview.year, str(letter))
        for letter in known["group"]
    ]
    page.table(
        "ranking-table",
        _("Ranking computed from the scores")
        if overview.ranks_computed
        else _("Ranking as far as it is published"),
        frame,
        [
            columns.rank_range(_("Rank (computed)") if overview.ranks_computed else ""),
            columns.province(names),
            columns.score(overview.index),
            Column(_("Places gained"), format=gained, align="right"),
            *(
                [Column(_("Group"), format=group, align="center")]
                if frame["group_published"].ne("").any() or frame["group_computed"].ne("").any()
                else []
            ),
            columns.contested(),
            columns.sources("rank_source_id", "score_source_id"),
        ],
        notes=[
            *mark_note(page, (cell(r) for r in records(frame) for cell in (group, gained))),
            *_unranked(page, overview, names),
            *columns.coarse(frame.loc[frame["score"].notna(), "decimals"]),
            *(
                [_("Groups of {year}: {groups}.", year=overview.year, groups="; ".join(ranges))]
                if ranges
                else []
            ),
            *_computed_ranks(page, overview),
        ],
    )


def _unranked(page: Page, overview: Overview, names: Names) -> Iterator[str]:
    """Who is not in the ranking: known from another year alone, or not found at all."""
    language = page.language
    _ = language.text
    told = len(overview.ranking)
    if told >= overview.n_units:
        return
    yield _(
        "A published figure was found of {n} of {total} provinces.",
        n=language.number(told, 0),
        total=language.number(overview.n_units, 0),
    )
    yield from _implied(page, overview, names)
    units = _units(overview)["province_id"]
    if overview.n_units == len(units):  # of a pilot it is not known who else was in it
        found = {*overview.ranking["province_id"], *overview.implied["province_id"]}
        silent = language.sorted([unit for unit in units if unit not in found], names)
        if silent:
            yield _("No figure found: {names}.", names=language.names(map(names, silent)))


def _implied(page: Page, overview: Overview, names: Names) -> Iterator[str]:
    """Ranks and scores that nobody prints, by the year whose figure implies them."""
    language = page.language
    told: dict[int, dict[str, list[str]]] = {}
    for row in records(overview.implied):
        unit, index = names(row["province_id"]), row["index_id"]
        if not is_missing(row["rank_implied"]):
            rank = language.text("rank {rank}", rank=language.rank(row["rank_implied"]))
            told.setdefault(int(row["rank_implied_from"]), {}).setdefault(unit, []).append(rank)
        if not is_missing(row["score_implied"]):
            score = terms.score(language, index, row["score_implied"])
            told.setdefault(int(row["score_implied_from"]), {}).setdefault(unit, []).append(
                terms.with_unit(language, index, score)
            )
    for origin in sorted(told, reverse=True):
        yield language.text(
            "Printed by no source found, but implied by the figure of {origin} and a published "
            "change: {provinces}.",
            origin=origin,
            provinces=language.names(
                f"{unit} ({', '.join(figures)})" for unit, figures in told[origin].items()
            ),
        )


def regions(page: Page, overview: Overview, names: Names) -> None:
    """Regional means as published, beside the mean of the provinces known."""
    columns, _ = page.columns, page.language.text
    frame = overview.regions
    if frame["mean_published"].isna().all() and overview.n_scores < 2:
        page.state("Too few figures of this year are known to compare regions.")
        return
    if overview.n_scores >= 2:
        scores = overview.ranking.assign(name=[names(p) for p in overview.ranking["province_id"]])
        means = frame.assign(name=[names(r) for r in frame["region_id"]])
        page.show(charts.region_strip(scores, registry("63"), means, page.language))
    if frame[["mean_published", "mean_known"]].isna().all(axis=None):
        page.state("No mean of a region is published, and too few provinces are known for one.")
        return
    page.table(
        "regions-table",
        _("Means by region, points") if terms.in_points(overview.index) else _("Means by region"),
        frame,
        [
            Column(_("Region"), format=lambda r: names(r["region_id"]), row_header=True),
            columns.score(overview.index, _("Mean as published"), "mean_published", 2),
            columns.score(overview.index, _("Mean of the provinces known"), "mean_known", 2),
            columns.count_of(_("Provinces known"), "n_known", "n_members"),
            columns.contested(),
            columns.sources(),
        ],
        notes=[]
        if frame["n_known"].ge(frame["n_members"]).all()
        else [
            _(
                "The provinces known are no random part of a region: leaders and last "
                "places are quoted more often."
            ),
            _(
                "Their mean is given where at least {n} of them, and {share} of the region, are "
                "known.",
                n=page.language.number(overview.fewest, 0),
                share=page.language.percent(100 * overview.coverage, 0),
            ),
        ],
    )


def _marked(names: Names, row: Mapping[Any, Any]) -> str:
    """Name of a province, with a mark where its figures are contradicted."""
    return names(row["province_id"]) + ("*" if row["contested"] else "")


def findings(page: Page, overview: Overview, names: Names) -> None:
    """What the checks say against figures of the release."""
    frame = overview.contradictions.findings
    if frame.empty:
        page.state("The checks found no contradiction in the figures of this index and year.")
        return
    page.show(findings_table(page, frame, names, page.language.text("What the checks found")))


def groups(page: Page, overview: Overview) -> None:
    """How many provinces are in each group, as published and as known."""
    columns, _ = page.columns, page.language.text
    frame = overview.groups
    if not criteria.has_groups(overview.index):
        page.state("{index} has no groups.", index=terms.short(overview.index))
        return
    if frame.empty or (frame["n_published"].isna().all() and not frame["n_known"].sum()):
        page.state("Neither groups nor their thresholds were found for this year.")
        return
    frame = frame.assign(name=[terms.group_name(page.language, g) for g in frame["group"]])

    def below(row: Mapping[str, Any]) -> Cell:
        """Where a group ends; the best one has no end that a score is below."""
        end = row["below_percent"]
        return None if is_missing(end) or end >= _ALL else page.language.number(end)

    page.show(charts.groups_bar(frame, page.language, n_ranked=overview.n_ranked))
    page.table(
        "groups-table",
        _("Groups"),
        frame,
        [
            columns.text(_("Group"), "name", header=True),
            columns.number(_("From (percent)"), "from_percent"),
            Column(_("Below (percent)"), format=below, align="right"),
            columns.count(_("Provinces as published"), "n_published"),
            columns.count(_("Provinces known here"), "n_known"),
            columns.sources(),
        ],
    )
