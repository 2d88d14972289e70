"""What a national overview shows, from an overview onto a page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from parstudy import charts
from parstudy.display import terms
from parstudy.display.page import Page
from parstudy.display.tables import Cell, Column, build_table
from parstudy.display.terms import Names
from parstudy.display.words import defer, is_missing
from parstudy.facts import criteria
from parstudy.studies.overview import Overview

if TYPE_CHECKING:
    from parstudy.dataset.boundaries import Boundaries

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
    language = page.language
    _ = language.text
    index = terms.short(overview.index)
    sentences = []
    first = overview.ranking[overview.ranking["rank"].eq(1)]
    last = overview.ranking[overview.ranking["rank"].eq(overview.n_ranked)]
    mean = overview.nation[overview.nation["measure"].eq("mean")]
    all_units = _units(overview)
    if overview.n_ranked < all_units:
        sentences.append(
            _(
                "Only {n} of {all} provinces are ranked in {index} {year}.",
                n=language.number(overview.n_ranked, 0),
                all=language.number(all_units, 0),
                index=index,
                year=overview.year,
            )
        )
    if len(first):
        sentences.append(_("{province} leads {index} {year}.", **_words(overview, names, first)))
    if len(last):
        sentences.append(_("{province} is last.", **_words(overview, names, last)))
    if len(mean):
        row = mean.iloc[0]
        value = terms.score(language, overview.index, row["value"], terms.digits(row["decimals"]))
        sentences.append(_("The mean of the provinces is {mean}.", mean=value))
    sentences.append(
        _(
            "Known here: {scores} scores and {ranks} ranks of {n} units.",
            scores=overview.n_scores,
            ranks=overview.n_ranks,
            n=overview.n_units,
        )
    )
    if overview.ranks_computed:
        sentences.append(_computed_ranks(page))
    page.title(
        _("{index} {year}: all provinces", index=index, year=overview.year)
        if overview.n_ranked == all_units
        else _("{index} {year}: the provinces ranked", index=index, year=overview.year),
        " ".join(sentences),
    )


def _units(overview: Overview) -> int:
    """Provinces that there were in the year."""
    from parstudy.facts.provinces import registry

    return len(registry(criteria.geography_of(overview.year)))


def _computed_ranks(page: Page) -> str:
    return page.language.text(
        "No rank is published in the data: ranks are computed from the scores, and equal scores "
        "share the better place."
    )


def _words(overview: Overview, names: Names, rows: pd.DataFrame) -> dict[str, Any]:
    return {
        "province": names(rows["province_id"].iloc[0]),
        "index": terms.short(overview.index),
        "year": overview.year,
    }


def nation(page: Page, overview: Overview) -> None:
    """Published figures of the nation."""
    language = page.language
    _ = language.text
    rows = overview.nation[overview.nation["measure"].isin(list(_MEASURES))]
    if rows.empty:
        page.say(_("No figure of the nation was found for this year."))
        return
    order = {m: i for i, m in enumerate(_MEASURES)}
    rows = rows.assign(_order=rows["measure"].map(order)).sort_values("_order")

    def label(measure: str) -> Cell:
        msgid = _MEASURES[measure]
        return _(msgid)

    def value(row: Mapping[str, Any]) -> Cell:
        measure = row["measure"]
        if measure.startswith("n_"):
            return language.number(row["value"], 0)
        if measure.startswith(("change", "smallest")):
            return language.signed(row["value"], terms.digits(row["decimals"]))
        return terms.score(language, overview.index, row["value"], terms.digits(row["decimals"]))

    page.show(
        build_table(
            "nation-table",
            _("Published figures of the nation"),
            rows,
            [
                Column(_("Figure"), format=lambda r: label(r["measure"]), row_header=True),
                Column(_("Value"), format=value, align="right"),
                Column(
                    _("Sources disagree"),
                    format=lambda r: _("yes") if r["conflict"] else _("no"),
                    align="center",
                ),
                Column(_("Sources"), format=lambda r: page.cite(r["source_id"]) or None),
            ],
            language,
        )
    )


def distribution(
    page: Page, overview: Overview, names: Names, boundaries: Boundaries | None = None
) -> None:
    """All known scores on one line, and the map of what is known; of tiles without boundaries."""
    _ = page.language.text
    frame = overview.ranking.assign(
        name=[names(p) for p in overview.ranking["province_id"]],
        # the charts draw one rank; the page says whether it is computed
        rank_published=overview.ranking["rank"],
    )
    if overview.n_scores >= 2:
        page.show(
            charts.position_strip(
                frame,
                None,
                page.language,
                thresholds=terms.thresholds(overview.index, overview.year),
            )
        )
    if overview.n_ranks or overview.ranks_computed:
        _map(page, overview, frame.set_index("province_id")["rank_published"], boundaries)
    if overview.n_scores < 2 and not overview.n_ranks:
        page.say(_("Too few figures of this year are known to draw a distribution."))


def _map(
    page: Page, overview: Overview, ranks: pd.Series[Any], boundaries: Boundaries | None
) -> None:
    from parstudy.facts.provinces import registry

    _ = page.language.text
    provinces = registry(criteria.geography_of(overview.year))
    all_ranked = overview.n_ranked == len(provinces)
    words = {"index": terms.short(overview.index), "year": overview.year}
    label = (
        _("Computed rank in {index} {year}", **words)
        if overview.ranks_computed
        else _("Rank in {index} {year}", **words)
    )
    n = overview.n_ranked
    if boundaries is None:
        caption = _(
            "Each tile is a province, placed roughly where it lies; hatched: not ranked this "
            "year, or not found in any source."
        )
        page.show(
            charts.tile_map(
                ranks,
                provinces,
                page.language,
                n_ranked=n,
                label=label,
                caption=None if all_ranked else caption,
            )
        )
        page.say(
            _("With boundaries (`parstudy fetch geo`) a map of the provinces stands here."),
            note=True,
        )
        return
    page.citations.add(boundaries.source)
    caption = _("Hatched: not ranked this year, or not found in any source.")
    page.show(
        charts.province_map(
            ranks,
            provinces,
            boundaries,
            page.language,
            n_ranked=n,
            label=label,
            caption=None if all_ranked else caption,
            cite=page.cite(boundaries.source["source_id"]),
        )
    )


def ranking(page: Page, overview: Overview, names: Names) -> None:
    """The ranking with what is known; nothing is invented for the rest."""
    language = page.language
    _ = language.text
    frame = overview.ranking
    if frame.empty:
        page.say(_("No province has a figure of this year in any source."))
        return

    def change(row: Mapping[str, Any]) -> Cell:
        published, computed = row["change_rank_published"], row["change_rank_computed"]
        if not is_missing(published):
            return language.signed(published, 0)
        if not is_missing(computed):
            return _("{value} (computed)", value=language.signed(computed, 0))
        return None

    page.show(
        build_table(
            "ranking-table",
            _("Ranking computed from the scores")
            if overview.ranks_computed
            else _("Ranking as far as it is published"),
            frame,
            [
                Column(
                    _("Rank (computed)") if overview.ranks_computed else _("Rank"),
                    format=lambda r: (
                        None
                        if is_missing(r["rank_low"])
                        else language.rank_range(r["rank_low"], r["rank_high"])
                    ),
                    align="right",
                ),
                Column(_("Province"), format=lambda r: names(r["province_id"]), row_header=True),
                Column(
                    _("Score"),
                    format=lambda r: (
                        None
                        if is_missing(r["score"])
                        else terms.score(
                            language, overview.index, r["score"], terms.digits(r["decimals"])
                        )
                    ),
                    align="right",
                ),
                Column(_("Places gained"), format=change, align="right"),
                Column(
                    _("Group"),
                    format=lambda r: (
                        r["group_published"]
                        or (
                            _("{value} (computed)", value=r["group_computed"])
                            if r["group_computed"]
                            else None
                        )
                    ),
                    align="center",
                ),
                Column(
                    _("Sources disagree"),
                    format=lambda r: _("yes") if r["conflict"] else _("no"),
                    align="center",
                ),
                Column(
                    _("Sources"),
                    format=lambda r: (
                        page.cite(*dict.fromkeys([r["rank_source_id"], r["score_source_id"]]))
                        or None
                    ),
                ),
            ],
            language,
            notes=[
                _(
                    "{n} of {total} units have a figure; the others were not found in any source.",
                    n=language.number(len(frame), 0),
                    total=language.number(overview.n_units, 0),
                ),
                *([_computed_ranks(page)] if overview.ranks_computed else []),
            ],
        )
    )


def regions(page: Page, overview: Overview, names: Names) -> None:
    """Regional means as published, beside the mean of the provinces known."""
    from parstudy.facts.provinces import registry

    language = page.language
    _ = language.text
    frame = overview.regions
    if frame["mean_published"].isna().all() and overview.n_scores < 2:
        page.say(_("Too few figures of this year are known to compare regions."))
        return
    if overview.n_scores >= 2:
        scores = overview.ranking.assign(name=[names(p) for p in overview.ranking["province_id"]])
        page.show(
            charts.region_strip(
                scores,
                registry("63"),
                frame.assign(name=[names(r) for r in frame["region_id"]]),
                language,
            )
        )

    def shown(row: Mapping[str, Any], key: str) -> Cell:
        if is_missing(row[key]):
            return None
        return terms.score(language, overview.index, row[key])

    page.show(
        build_table(
            "regions-table",
            _("Means by region"),
            frame,
            [
                Column(_("Region"), format=lambda r: names(r["region_id"]), row_header=True),
                Column(
                    _("Mean as published"),
                    format=lambda r: shown(r, "mean_published"),
                    align="right",
                ),
                Column(
                    _("Mean of the provinces known"),
                    format=lambda r: shown(r, "mean_known"),
                    align="right",
                ),
                Column(
                    _("Provinces known"),
                    format=lambda r: language.rank(r["n_known"], r["n_members"]),
                    align="right",
                ),
                Column(
                    _("Sources disagree"),
                    format=lambda r: _("yes") if r["conflict"] else _("no"),
                    align="center",
                ),
                Column(_("Sources"), format=lambda r: page.cite(r["source_id"]) or None),
            ],
            language,
            notes=[
                _(
                    "The provinces known are no random part of a region: leaders and last "
                    "places are quoted more often."
                )
            ],
        )
    )


def groups(page: Page, overview: Overview) -> None:
    """How many provinces are in each group, as published and as known."""
    language = page.language
    _ = language.text
    frame = overview.groups
    if frame.empty or (frame["n_published"].isna().all() and not frame["n_known"].sum()):
        page.say(_("Neither groups nor their thresholds were found for this year."))
        return
    frame = frame.assign(name=[terms.group_name(language, g) for g in frame["group"]])
    page.show(charts.groups_bar(frame, language, n_ranked=overview.n_ranked))
    page.show(
        build_table(
            "groups-table",
            _("Groups"),
            frame,
            [
                Column(_("Group"), key="name", row_header=True),
                Column(_("From (percent)"), key="from_percent", kind="number"),
                Column(_("Below (percent)"), key="below_percent", kind="number"),
                Column(_("Provinces as published"), key="n_published", kind="integer"),
                Column(_("Provinces known here"), key="n_known", kind="integer"),
                Column(_("Sources"), format=lambda r: page.cite(r["source_id"]) or None),
            ],
            language,
        )
    )
