"""What a province report shows: one function for each finding, from a profile onto a page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pandas as pd
from markupsafe import Markup

from parstudy import charts
from parstudy.dataset.rows import at
from parstudy.display import terms
from parstudy.display.page import Page
from parstudy.display.tables import Cell, Column, Table
from parstudy.display.terms import Names
from parstudy.display.ways import Group, province_way
from parstudy.display.words import Language, is_missing
from parstudy.facts import criteria
from parstudy.facts.provinces import registry
from parstudy.pages._findings import findings_table
from parstudy.pages._first_look import glance, lines
from parstudy.pages._words import (
    breaks,
    change_cell,
    computed,
    implied,
    mark_note,
    rank_cell,
    score_or_implied,
)
from parstudy.records import records
from parstudy.studies.first_look import FirstLook
from parstudy.studies.profiles import Profile, changes_agree

_LOSSES = ("subcriterion", "area", "score_source")
"""Levels at which lost points are drawn, finest first."""
_KINDS = ("score", "rank")
_INDICES = ("PAR_INDEX", "SIPAS")
"""Indices in which a province is set beside others."""
_SHOWN = ("rank_low", "rank_high", "rank_implied", "score", "score_implied", "decimals")
"""What is known of a province in one index, and shown beside its neighbours'."""


def title(page: Page, profile: Profile, first: FirstLook, names: Names) -> None:
    """Title, and what a reader asks first: in words, and the places in a small picture."""
    _ = page.language.text
    told = lines(page, first, names)
    picture = glance(page, first, names)
    about = {"province": names(profile.province_id), "year": profile.year}
    both = profile.year >= criteria.index("SIPAS").first_year
    page.title(
        _("{province}: PAR INDEX and SIPAS, index year {year}", **about)
        if both
        else _("{province}: PAR INDEX, index year {year}", **about),
        Markup(" ").join(text for _label, text in told[:2]),
        ways=_around(page, profile, names),
        first=told,
        picture=picture,
    )


def _around(page: Page, profile: Profile, names: Names) -> list[Group]:
    """Ways to the neighbours in rank and to the provinces of the region."""
    _ = page.language.text
    found: dict[str, list[str]] = {
        _("Next in rank"): list(profile.neighbours["province_id"]),
        _("Same region"): page.language.sorted(profile.peers["province_id"].unique(), names),
    }
    return [
        (label, [province_way(names(p), p, profile.year) for p in ids if p != profile.province_id])
        for label, ids in found.items()
        if len(ids) > 1
    ]


# --- headline ------------------------------------------------------------------------------------


def headline(page: Page, profile: Profile) -> None:
    """Headline figures with the change on the year before, each with its source."""
    frame = profile.headline.reset_index()
    known = frame[
        frame["score"].notna()
        | frame["rank_low"].notna()
        | frame["group_from"].ne("")
        | frame["change_rank"].notna()
        | frame["change_score"].notna()
        | frame["score_implied"].notna()
        | frame["rank_implied"].notna()
    ]
    if known.empty:
        page.state("Neither a score nor a rank of this year was found in any source.")
        return
    page.show(_headline_table(page, profile, known))
    page.points(note for row in records(known) for note in _notes(page, profile, row))


def _headline_table(page: Page, profile: Profile, frame: pd.DataFrame) -> Table:
    """One column an index, one line a figure."""
    language = page.language
    _ = language.text

    def digits(index: str) -> int:
        """Decimals with which the score of the year before is published."""
        own = at(profile.history, index_id=index, year=profile.year - 1)["decimals"].dropna()
        return terms.digits(own.iloc[0], index) if len(own) else terms.MOST

    def before(row: Mapping[str, Any], kind: str) -> Cell:
        """Figure of the year before, as published or implied."""
        value = row[f"{kind}_before"]
        if is_missing(value):
            return None
        shown = (
            language.rank(value, row["n_ranked"])
            if kind == "rank"
            else terms.with_unit(
                language,
                row["index_id"],
                terms.score(language, row["index_id"], value, digits(row["index_id"])),
            )
        )
        return implied(language, shown) if row[f"{kind}_before_from"] == "implied" else shown

    def group(row: Mapping[str, Any]) -> Cell:
        """Group, as published or computed; an index without groups has none to find."""
        if not row["group"]:
            grouped = criteria.has_groups(row["index_id"])
            return None if grouped else language.text("not grouped")
        shown = terms.group_range(language, row["index_id"], profile.year, row["group"])
        return computed(language, shown) if row["group_from"] == "computed" else shown

    def contradicted(row: Mapping[str, Any]) -> Cell:
        """Whether a finding touches a figure of the index."""
        return page.columns.contradiction(row["index_id"] in profile.contested)

    source_ids = _source_ids(profile)

    def sources(row: Mapping[str, Any]) -> Cell:
        """Sources of all figures of the whole index; what is implied stands on another year."""
        own = at(profile.figures, index_id=row["index_id"], component="total")
        return page.cite(figures=own) or _cited(page, source_ids, row["index_id"], profile.year)

    lines: list[tuple[str, Callable[[Mapping[str, Any]], Cell]]] = [
        (_("Score"), lambda r: score_or_implied(language, r, unit=True)),
        (_("Score the year before"), lambda r: before(r, "score")),
        (_("Change of score"), lambda r: change_cell(language, r, "score")),
        (_("Rank"), lambda r: rank_cell(language, r)),
        (_("Rank the year before"), lambda r: before(r, "rank")),
        (_("Places gained"), lambda r: change_cell(language, r, "rank")),
        (_("Group"), group),
        (_("Contradicted"), contradicted),
        (_("Sources"), sources),
    ]
    shown = records(frame)
    columns = [
        Column(_("Figure"), row_header=True),
        *[Column(terms.short(row["index_id"]), align="right") for row in shown],
    ]
    return Table(
        id="headline-table",
        caption=_("Headline figures, index year {year}", year=profile.year),
        columns=tuple(columns),
        rows=tuple((label, *[cell(row) for row in shown]) for label, cell in lines),
        missing_text=language.missing_text,
    )


def _break_notes(page: Page, row: Mapping[Any, Any], words: Mapping[str, Any]) -> Iterator[str]:
    """How far the year can be compared with the year before: a weak break is said to be weak."""
    changes = [row[f"change_{what}{way}"] for what in _KINDS for way in ("", "_computed")]
    if not row["break"] or all(is_missing(change) for change in changes):
        return
    if row["break"] == criteria.REVISION:
        yield page.language.text(
            "The criteria set of {index} was revised in {year}; no maximum is known to have "
            "changed. The change can be read with that in mind.",
            **words,
        )
    else:
        yield page.language.text(
            "{index} {year} is not comparable with {before}: the criteria or the method "
            "changed. Read the change with care.",
            **words,
        )


def _notes(page: Page, profile: Profile, row: Mapping[Any, Any]) -> Iterator[str]:
    """How far the change of one index can be read, and what no source states."""
    language = page.language
    _ = language.text
    words = {
        "index": terms.short(row["index_id"]),
        "year": profile.year,
        "before": profile.year - 1,
    }
    yield from _break_notes(page, row, words)
    yield from (
        _(
            "No source found prints the figure of {index} {year}: it follows from the figure of "
            "{origin} and a published change.",
            index=words["index"],
            year=year,
            origin=origin,
        )
        for year, origin in _implied_of(profile, row)
    )
    if row["agrees"] is True:
        yield _(
            "{index}: the published change agrees with this year's figure minus last year's.",
            **words,
        )
    elif row["agrees"] is False:
        yield from (
            _(
                "{index}: the published change of the {what} is {published}, but this year's "
                "figure minus last year's is {computed}.",
                index=words["index"],
                what=_("rank") if what == "rank" else _("score"),
                published=language.signed(row[f"change_{what}"], decimals),
                computed=language.signed(row[f"change_{what}_computed"], decimals),
            )
            for what, decimals in (("score", terms.MOST), ("rank", 0))
            if not changes_agree(row).get(what, True)
        )
    if row["group_from"] == "computed":
        yield _(
            "{index}: the group is computed from the score and the thresholds of "
            "{year}; no source found states it.",
            **words,
        )


def _implied_of(profile: Profile, row: Mapping[Any, Any]) -> list[tuple[int, int]]:
    """Years of figures that are implied only, each with the year whose figure implies it."""
    found = [
        (profile.year - 1, row[f"{kind}_before_year"])
        for kind in _KINDS
        if row[f"{kind}_before_from"] == "implied"
    ]
    if is_missing(row["score"]) and not is_missing(row["score_implied"]):
        found.append((profile.year, row["score_implied_from"]))
    no_rank = is_missing(row["rank_low"]) and is_missing(row["rank_computed"])
    if no_rank and not is_missing(row["rank_implied"]):
        found.append((profile.year, row["rank_implied_from"]))
    return list(dict.fromkeys((year, int(origin)) for year, origin in found))


# --- rank over the years -------------------------------------------------------------------------


def path(page: Page, profile: Profile, names: Names) -> None:
    """Ranks over the years, with the years that are not comparable marked."""
    history = profile.history
    told = history[["rank_published", "rank_low", "rank_implied"]].notna().any(axis=1)
    series = {str(index): part for index, part in history[told].groupby("index_id", sort=True)}
    if not series:
        page.state("No rank of any year was found in any source.")
        return
    page.show(
        charts.rank_path(
            series,
            page.language,
            breaks(page.language, series),
            name=names(profile.province_id),
            highlight_year=profile.year,
        )
    )
    _history_table(page, profile)


def _history_table(page: Page, profile: Profile) -> None:
    """Score, rank and group of all years with a figure."""
    language = page.language
    columns, _ = page.columns, language.text
    history = profile.history
    releases = profile.contradictions.releases
    pairs = zip(history["index_id"], history["year"], strict=True)
    history = history.assign(contested=[pair in releases for pair in pairs])
    figures = ["score", "score_implied", "rank_low", "rank_computed", "rank_implied"]
    groups = history["group_published"].ne("") | history["group_computed"].ne("")
    source_ids = _source_ids(profile)
    # a change by itself is no figure of the year
    shown = history[history[figures].notna().any(axis=1) | groups]

    def group(row: Mapping[str, Any]) -> Cell:
        """Group as published, else computed, with what it meant in the year."""
        own = row["group_published"] or row["group_computed"]
        if not own:
            return None
        told = terms.group_range(language, row["index_id"], row["year"], own)
        return told if row["group_published"] else computed(language, told, short=True)

    figures_of = {
        "score": lambda r: score_or_implied(language, r, short=True),
        "rank": lambda r: rank_cell(language, r, short=True),
        "group": group,
    }
    page.table(
        "history-table",
        _("All index years with a figure"),
        shown,
        [
            columns.index(),
            columns.year(),
            Column(_("Score"), format=figures_of["score"], align="right"),
            Column(_("Rank"), format=figures_of["rank"], align="right"),
            Column(_("Group"), format=group, align="center"),
            *([columns.contested()] if shown["contested"].any() else []),
            columns.links(lambda r: _cited(page, source_ids, r["index_id"], r["year"])),
        ],
        notes=[
            *columns.coarse(shown.loc[shown["score"].notna(), "decimals"]),
            *mark_note(page, (cell(r) for r in records(shown) for cell in figures_of.values())),
        ],
    )


def _source_ids(profile: Profile) -> dict[tuple[str, int], list[str]]:
    """Sources of score and rank by index and year."""
    columns = [f"{kind}_source_id" for kind in _KINDS]
    rows = records(profile.history[["index_id", "year", *columns]])
    return {(r["index_id"], r["year"]): [r[column] for column in columns] for r in rows}


def _cited(page: Page, sources: Mapping[tuple[str, int], list[str]], index: str, year: int) -> Cell:
    """Sources of a year; a figure that is implied stands on those of the year after or before."""
    for when in (year, year + 1, year - 1):
        ids = sources.get((index, when), [])
        if any(ids):
            return page.cite(*ids)
    return None


# --- among the others ----------------------------------------------------------------------------


def position(page: Page, profile: Profile, scores: pd.DataFrame, names: Names) -> None:
    """Where the province stands among all whose score is known.

    Parameters
    ----------
    page, profile : Page, Profile
        Where to, and of whom.
    scores : DataFrame
        Table of the dataset.
    names : Names
        Of provinces.
    """
    totals = at(scores, year=profile.year, component="total")
    totals = totals[totals["score"].notna()]
    strips = []
    for index in _INDICES:
        known = totals[totals["index_id"].eq(index)]
        scored = set(known["province_id"])
        if len(scored) > 1:
            strips.append(
                charts.position_strip(
                    known.assign(name=[names(p) for p in known["province_id"]]),
                    profile.province_id if profile.province_id in scored else None,
                    page.language,
                    id=_id("position", index, "total"),
                    thresholds=terms.thresholds(index, profile.year),
                )
            )
    page.show(*strips)
    if not strips:
        page.state("Too few scores of this year are known to show a position.")


def neighbours(page: Page, profile: Profile, names: Names) -> None:
    """Provinces next to it in rank and those of its region."""
    columns, _ = page.columns, page.language.text
    if profile.neighbours.empty and _ranked_by_implication(profile):
        page.state(
            "No source found prints its rank in PAR INDEX: what is implied for some provinces only "
            "names no neighbours in rank."
        )
    elif profile.neighbours.empty:
        page.state("Its rank in PAR INDEX is not known, so neighbours in rank cannot be named.")
    else:
        page.table(
            "neighbours-table",
            _("Neighbours in rank, PAR INDEX {year}", year=profile.year),
            profile.neighbours,
            [
                columns.rank("rank_published"),
                columns.province(_Marked(names, profile, ("PAR_INDEX",))),
                columns.score("PAR_INDEX"),
                columns.sources("rank_source_id"),
            ],
            notes=[
                _("Only provinces whose rank was found; places without a row are not known."),
                *columns.coarse(profile.neighbours["decimals"]),
                *_mark_note(page, profile.neighbours, profile),
            ],
            highlight=lambda r: r["province_id"] == profile.province_id,
        )
    peers = profile.peers
    told = ["rank_low", "score", "rank_implied", "score_implied"]
    peers = peers[peers[told].notna().any(axis=1)]
    if len(peers):
        _region_table(page, profile, _peers_in_rows(peers), names)


def _ranked_by_implication(profile: Profile) -> bool:
    """Whether its rank in PAR INDEX is known from another year alone."""
    own = profile.headline
    return "PAR_INDEX" in own.index and not is_missing(own.loc["PAR_INDEX", "rank_implied"])


class _Marked(Names):
    """Names with an asterisk where figures of the year are contradicted."""

    def __init__(self, names: Names, profile: Profile, indices: tuple[str, ...]) -> None:
        self._given = names
        self._units = {unit for index, unit in profile.contested_units if index in indices}

    def __call__(self, unit_id: str) -> str:
        """Name of a unit."""
        return self._given(unit_id) + "*" * (unit_id in self._units)


def _mark_note(page: Page, rows: pd.DataFrame, profile: Profile) -> list[str]:
    """What the asterisk means, where a row has one."""
    if not {unit for _, unit in profile.contested_units} & set(rows["province_id"]):
        return []
    return [page.language.text("*: other figures contradict it.")]


def _peers_in_rows(peers: pd.DataFrame) -> pd.DataFrame:
    """One row a province, its figures of each index side by side, best of PAR INDEX first."""
    columns = [*_SHOWN, "score_source_id", "rank_source_id"]
    first, second = (
        peers[peers["index_id"].eq(index)].set_index("province_id")[columns].add_suffix(f"_{index}")
        for index in _INDICES
    )
    wide = first.join(second, how="outer")
    order = wide["rank_low_PAR_INDEX"].fillna(wide["rank_implied_PAR_INDEX"])
    order = order.astype("Float64").fillna(10**6)
    return wide.assign(_order=order).sort_values(["_order", "province_id"]).reset_index()


def _region_table(page: Page, profile: Profile, rows: pd.DataFrame, names: Names) -> None:
    """Rank and score in each index of the provinces of the region."""
    language = page.language
    columns, _ = page.columns, language.text
    figures = []
    for index in _INDICES:
        about = {"index": terms.short(index)}
        figures += [
            Column(_("Rank in {index}", **about), format=_of(index, rank_cell, language),
                   align="right"),
            Column(_("Score in {index}", **about), format=_of(index, score_or_implied, language),
                   align="right"),
        ]  # fmt: skip
    sources = [f"{kind}_source_id_{index}" for index in _INDICES for kind in ("score", "rank")]
    units = registry(criteria.geography_of(profile.year)).set_index("province_id")["region_id"]
    region = units.get(profile.province_id, "")
    members = units.index[units.eq(region)] if region else ()
    silent = [names(unit) for unit in members if unit not in set(rows["province_id"])]
    without = _("No figure found: {names}.", names=language.names(silent))
    page.table(
        "region-table",
        _("Provinces of {region}, index year {year}", region=names(region), year=profile.year)
        if region
        else _("Provinces of its region, index year {year}", year=profile.year),
        rows,
        [columns.province(_Marked(names, profile, _INDICES)), *figures, columns.sources(*sources)],
        notes=[
            *([without] if silent else []),
            *columns.coarse(d for i in _INDICES for d in rows[f"decimals_{i}"]),
            *_mark_note(page, rows, profile),
            *mark_note(page, (c.format(r) for c in figures if c.format for r in records(rows))),
        ],
        highlight=lambda r: r["province_id"] == profile.province_id,
    )


def _of(
    index: str, cell: Callable[..., Cell], language: Language
) -> Callable[[Mapping[str, Any]], Cell]:
    """A cell of the figures of one index, which stand in the same row as those of the other."""
    given = {"index_id": index, "n_ranked": None}  # how many are ranked is said above
    return lambda row: cell(
        language, given | {key: row[f"{key}_{index}"] for key in _SHOWN}, short=True
    )


# --- components ----------------------------------------------------------------------------------


def parts(page: Page, profile: Profile) -> None:
    """Component profile and lost points, as far as they are known."""
    if profile.parts.empty:
        page.state(
            "No score of any component of {year} was found for this province, so it cannot "
            "be said where points were lost.",
            year=profile.year,
        )
        return
    language = page.language
    frame = profile.parts.assign(
        name=[terms.component_name(language, r) for r in records(profile.parts)]
    )
    for index, part in frame.groupby("index_id", sort=True):
        _parts_charts(page, str(index), part)
    fine = frame["level"].eq("subcriterion")
    _parts_table(page, profile, frame[~fine])
    lost = frame[fine & frame["lost"].gt(0)]
    if len(lost):
        _lost_table(page, profile, lost)


def _parts_charts(page: Page, index: str, rows: pd.DataFrame) -> None:
    """Profiles of one index at each level, and its lost points on the finest whole cut."""
    for level in ("area", "score_source", "part"):
        cut = rows[rows["level"].eq(level) & rows["percent"].notna()]
        if len(cut) >= 2:
            id, n_parts = _id("component-profile", index, level), int(cut["n_parts"].iloc[0])
            page.show(charts.component_profile(cut, page.language, n_parts=n_parts, id=id))
    if index != "PAR_INDEX":
        return
    cuts = [rows[rows["level"].eq(v) & rows["lost"].notna()] for v in _LOSSES]
    cuts = [cut for cut in cuts if (cut["lost"] > 0).sum() >= 2]
    # what one part lost says little where most of the total is not known
    cuts.sort(key=lambda cut: len(cut) < cut["n_parts"].iloc[0])
    for cut in cuts[:1]:
        id = _id("lost-points", index, str(cut["level"].iloc[0]))
        n_parts = int(cut["n_parts"].iloc[0])
        page.show(charts.lost_points(cut, page.language, n_parts=n_parts, id=id))


def _parts_table(page: Page, profile: Profile, frame: pd.DataFrame) -> None:
    """Components above the sub-criteria with points, rank and the mean of the others."""
    language = page.language
    columns, _ = page.columns, language.text
    # an index in percent has no points of its own
    in_points = frame["index_id"].map(terms.in_points).astype(bool)
    points = ["score", "max_score", "lost"]

    def mean(row: Mapping[str, Any]) -> Cell:
        """Mean share of the maximum over the provinces known, and how many these are."""
        if is_missing(row["mean_percent"]):
            return None
        value, n = language.percent(row["mean_percent"], 1), language.number(row["n_known"], 0)
        return _("{mean} (n = {n})", mean=value, n=n)

    page.table(
        "components-table",
        _("Components with a figure, index year {year}", year=profile.year),
        frame.assign(**{key: frame[key].where(in_points) for key in points}),
        [
            columns.index(header=False),
            columns.component(),
            columns.points(_("Points")),
            columns.number(_("Maximum"), "max_score"),
            columns.percent(_("Share of maximum"), "percent"),
            columns.number(_("Lost points"), "lost"),
            columns.rank("rank_published", of="n_ranked"),
            Column(_("Mean of provinces known (n)"), format=mean, align="right"),
            columns.sources(),
        ],
        notes=[
            _(
                "The total can be cut by area or by way of scoring; the two are never added "
                "together."
            ),
            *columns.coarse(frame.loc[in_points & frame["score"].notna(), "decimals"]),
        ],
        looked_up=True,
    )


def _lost_table(page: Page, profile: Profile, lost: pd.DataFrame) -> None:
    """Sub-criteria below their maximum, the largest loss first."""
    columns, _ = page.columns, page.language.text
    page.table(
        "lost-table",
        _("Sub-criteria below their maximum, index year {year}", year=profile.year),
        lost.sort_values(["lost", "component"], ascending=[False, True]),
        [
            columns.component(_("Sub-criterion")),
            columns.points(_("Points")),
            columns.number(_("Maximum"), "max_score"),
            columns.number(_("Lost points"), "lost"),
            columns.percent(_("Mean of all provinces"), "mean_percent"),
        ],
        looked_up=True,
    )


# --- what is missing, what contradicts -----------------------------------------------------------


def missing(page: Page, profile: Profile) -> None:
    """What a full report would have and no source in the data gives."""
    language = page.language
    _ = language.text
    rows = records(profile.missing)
    if not rows:
        page.state("Nothing that the report would use is missing.")
        return
    items = []
    for row in rows:
        words = {
            "index": terms.short(row["index_id"]),
            "what": terms.level_name(language, row["what"], row["index_id"]),
            "known": language.number(row["known"], 0),
            "total": language.number(row["total"], 0),
        }
        if row["total"] == 1:
            items.append(_("{index}: {what}", **words))
        elif row["known"]:
            items.append(_("{index}: {what} ({known} of {total} known)", **words))
        else:
            items.append(_("{index}: {what} (none of {total} known)", **words))
    page.points(items)
    page.remark(
        "What is missing is not missing at random: public pages quote some figures and leave "
        "others out. A release in full fills the gaps."
    )


def findings(page: Page, profile: Profile, names: Names) -> None:
    """What the checks say against figures of this province: of the year, then of other years."""
    _ = page.language.text
    found = profile.contradictions.findings
    own = found["year"].eq(profile.year)
    if profile.empty:
        page.state("No figure of this year was found, so there is nothing to check.")
    elif not own.any():
        page.state("The checks found no contradiction in the figures of this province and year.")
    if len(found):
        table = found.loc[own.sort_values(ascending=False, kind="stable").index]
        caption = _("What the checks found") if own.any() else _("Contradictions in other years")
        page.show(findings_table(page, table, names, caption))


def _id(name: str, index: str, level: str) -> str:
    return f"{name}-{index}-{level}".lower().replace("_", "-")
