"""What a province report shows: one function for each finding, from a profile onto a page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
from markupsafe import Markup

from parstudy import charts
from parstudy.dataset.rows import at
from parstudy.display import terms
from parstudy.display.page import Page
from parstudy.display.tables import Cell, Column, Table, build_table
from parstudy.display.terms import Names
from parstudy.display.words import defer, is_missing
from parstudy.facts import criteria
from parstudy.studies.profiles import Profile


def title(page: Page, profile: Profile, names: Names) -> None:
    """Title and the finding in a few sentences."""
    _ = page.language.text
    name = names(profile.province_id)
    sentences = [
        s for index in profile.headline.index for s in _sentences(page, profile, str(index), name)
    ]
    if profile.empty or not sentences:
        sentences = [
            _(
                "No source in the data has a figure of {province} for index year {year}.",
                province=name,
                year=profile.year,
            )
        ]
    page.title(
        _("{province}: PAR INDEX and SIPAS, index year {year}", province=name, year=profile.year),
        " ".join(sentences),
    )


def _sentences(page: Page, profile: Profile, index: str, name: str) -> list[str]:
    language = page.language
    row = profile.headline.loc[index].to_dict()
    words = {
        "province": name,
        "index": terms.short(index),
        "year": profile.year,
        "score": terms.score(language, index, row["score"], terms.digits(row["decimals"])),
        "rank": language.rank(row["rank"], row["n_ranked"]),
        "range": language.rank_range(row["rank_low"], row["rank_high"], row["n_ranked"]),
    }
    has_score, has_rank = not is_missing(row["score"]), not is_missing(row["rank"])
    found: list[str] = []
    if has_score and has_rank:
        found.append(language.text("{index} {year}: {score}, rank {rank}.", **words))
    elif has_score and not is_missing(row["rank_computed"]):
        computed = language.rank(row["rank_computed"], row["n_ranked"])
        found.append(
            language.text(
                "{index} {year}: {score}, rank {rank} as computed from the scores.",
                **{**words, "rank": computed},
            )
        )
    elif has_score:
        found.append(language.text("{index} {year}: {score}; no rank was found.", **words))
    elif has_rank:
        found.append(language.text("{index} {year}: rank {rank}; no score was found.", **words))
    elif not is_missing(row["rank_low"]):
        found.append(
            language.text("{index} {year}: a place within {range}; no score was found.", **words)
        )
    elif row["group_from"] == "published":
        found.append(
            language.text(
                "{index} {year}: group {group}; neither score nor rank was found.",
                **words,
                group=terms.group_name(page.language, row["group"]),
            )
        )
    if has_score and row["group"]:
        found.append(
            language.text(
                "It is in group {group}.",
                group=terms.group_name(language, row["group"]),
            )
        )
    gained = row["change_rank_computed"] if is_missing(row["change_rank"]) else row["change_rank"]
    if (
        not is_missing(gained)
        and not is_missing(row["rank_before"])
        and has_rank
        and row["rank_before"] - row["rank"] == gained
    ):
        found.append(
            language.text(
                "In rank it went {places} ({before} → {now}).",
                places=language.places(gained),
                before=language.rank(row["rank_before"]),
                now=language.rank(row["rank"]),
            )
        )
    elif not is_missing(row["change_rank"]):
        found.append(
            language.text(
                "In rank it went {places}, as published.",
                places=language.places(row["change_rank"]),
            )
        )
    return found


def headline(page: Page, profile: Profile) -> None:
    """Headline figures with the change on the year before, each with its source."""
    _ = page.language.text
    frame = profile.headline.reset_index()
    known = frame[
        frame["score"].notna()
        | frame["rank_low"].notna()
        | frame["group_from"].ne("")
        | frame["change_rank"].notna()
        | frame["change_score"].notna()
    ]
    if known.empty:
        page.say(_("Neither a score nor a rank of this year was found in any source."))
        return
    page.show(_headline_table(page, profile, known))
    page.points(_headline_notes(page, profile, known))


def _headline_table(page: Page, profile: Profile, frame: pd.DataFrame) -> Table:
    language = page.language
    _ = language.text

    def change(row: Mapping[str, Any], kind: str) -> Cell:
        published, computed = row[f"change_{kind}"], row[f"change_{kind}_computed"]
        decimals = 0 if kind == "rank" else 2
        if not is_missing(published):
            return language.signed(published, decimals)
        if not is_missing(computed):
            return _("{value} (computed)", value=language.signed(computed, decimals))
        return None

    def before(row: Mapping[str, Any], kind: str) -> Cell:
        value = row[f"{kind}_before"]
        if is_missing(value):
            return None
        shown = (
            language.rank(value, row["n_ranked"])
            if kind == "rank"
            else terms.score(language, row["index"], value)
        )
        if row[f"{kind}_before_from"] == "implied":
            return _("{value} (implied by the change)", value=shown)
        return shown

    def points(row: Mapping[str, Any]) -> Cell:
        decimals = terms.digits(row["decimals"])
        return _none(terms.score(language, row["index"], row["score"], decimals), page)

    def place(row: Mapping[str, Any]) -> Cell:
        if is_missing(row["rank_low"]) and not is_missing(row["rank_computed"]):
            computed = language.rank(row["rank_computed"], row["n_ranked"])
            return _("{value} (computed)", value=computed)
        return _none(language.rank_range(row["rank_low"], row["rank_high"], row["n_ranked"]), page)

    def sources(row: Mapping[str, Any]) -> Cell:
        own = at(profile.figures, index=row["index"], component="total")
        return page.cite(figures=own) or None

    lines: list[tuple[str, Callable[[Mapping[str, Any]], Cell]]] = [
        (_("Score"), points),
        (_("Score the year before"), lambda r: before(r, "score")),
        (_("Change of score"), lambda r: change(r, "score")),
        (_("Rank"), place),
        (_("Rank the year before"), lambda r: before(r, "rank")),
        (_("Places gained"), lambda r: change(r, "rank")),
        (_("Group"), lambda r: _group_cell(page, r)),
        (_("Sources"), sources),
    ]
    records = [{str(k): v for k, v in row.items()} for row in frame.to_dict("records")]
    columns = [
        Column(_("Figure"), row_header=True),
        *[Column(terms.short(row["index"]), align="right") for row in records],
    ]
    return Table(
        id="headline-table",
        caption=_("Headline figures, index year {year}", year=profile.year),
        columns=tuple(columns),
        rows=tuple((label, *[cell(row) for row in records]) for label, cell in lines),
        missing_text=language.missing_text,
    )


def _headline_notes(page: Page, profile: Profile, frame: pd.DataFrame) -> list[str]:
    language = page.language
    _ = language.text
    notes: list[str] = []
    for row in frame.to_dict("records"):
        words = {"index": terms.short(row["index"]), "year": profile.year}
        words["before"] = profile.year - 1
        if row["break"] and not (
            is_missing(row["change_rank"]) and is_missing(row["change_score"])
        ):
            notes.append(
                _(
                    "{index} {year} is not comparable with {before}: the criteria or the method "
                    "changed. Read the change with care.",
                    **words,
                )
            )
        if row["rank_before_from"] == "implied" or row["score_before_from"] == "implied":
            notes.append(
                _(
                    "No source in the data states the figure of {index} {before} marked as "
                    "implied; it follows from the published figure of {year} and its published "
                    "change.",
                    **words,
                )
            )
        if row["agrees"] is True:
            notes.append(
                _(
                    "{index}: the published change agrees with this year's figure minus last "
                    "year's.",
                    **words,
                )
            )
        elif row["agrees"] is False:
            notes.append(
                _(
                    "{index}: the published change does not agree with this year's figure minus "
                    "last year's: {computed} by score, {places} by rank.",
                    **words,
                    computed=language.signed(row["change_score_computed"]),
                    places=language.signed(row["change_rank_computed"], 0),
                )
            )
        if row["group_from"] == "computed":
            notes.append(
                _(
                    "{index}: the group is computed from the score and the thresholds of "
                    "{year}; no source states it.",
                    **words,
                )
            )
    return notes


def path(page: Page, profile: Profile, names: Names) -> None:
    """Ranks over the years, with the years that are not comparable marked."""
    _ = page.language.text
    history = profile.history
    told = history["rank_published"].notna() | history["rank_low"].notna()
    told |= history["rank_implied"].notna()
    series = {
        str(index): part for index, part in history[told].groupby("index", sort=True) if len(part)
    }
    if not series:
        page.say(_("No rank of any year was found in any source."))
        return
    page.show(
        charts.rank_path(
            series,
            page.language,
            _breaks(page, list(series)),
            name=names(profile.province_id),
            highlight_year=profile.year,
        )
    )
    page.show(_history_table(page, history))


def _breaks(page: Page, indices: list[str]) -> list[tuple[str, int, str]]:
    return [
        (index, int(row["year"]), str(row[f"label_{page.language.code}"]))
        for index in indices
        for row in criteria.breaks(index).to_dict("records")
    ]


def _history_table(page: Page, history: pd.DataFrame) -> Table:
    language = page.language
    _ = language.text

    def place(row: Mapping[str, Any]) -> Cell:
        if not is_missing(row["rank_low"]):
            return language.rank_range(row["rank_low"], row["rank_high"], row["n_ranked"])
        if not is_missing(row["rank_computed"]):
            computed = language.rank(row["rank_computed"], row["n_ranked"])
            return _("{value} (computed)", value=computed)
        if is_missing(row["rank_implied"]):
            return None
        implied = language.rank(row["rank_implied"], row["n_ranked"])
        return _("{value} (implied by the change)", value=implied)

    def points(row: Mapping[str, Any]) -> Cell:
        if not is_missing(row["score"]):
            return terms.score(language, row["index"], row["score"], terms.digits(row["decimals"]))
        if is_missing(row["score_implied"]):
            return None
        implied = terms.score(language, row["index"], row["score_implied"])
        return _("{value} (implied by the change)", value=implied)

    ids = ["score_source_id", "rank_source_id"]
    quoted = {
        (row["index"], row["year"]): [row[i] for i in ids] for row in history.to_dict("records")
    }

    def cited(row: Mapping[str, Any]) -> Cell:
        # a figure that is implied stands on those of the year after
        later = quoted.get((row["index"], row["year"] + 1), [])
        own = [row[i] for i in ids]
        return page.cite(*dict.fromkeys(own if any(own) else later)) or None

    columns = [
        Column(_("Index"), format=lambda r: terms.short(r["index"]), row_header=True),
        Column(_("Year"), format=lambda r: str(r["year"])),
        Column(_("Score"), format=points, align="right"),
        Column(_("Rank"), format=place, align="right"),
        Column(_("Group"), format=lambda r: _group_of(page, r), align="center"),
        Column(_("Sources"), format=cited),
    ]
    return build_table(
        "history-table", _("All index years with a figure"), history, columns, language
    )


def position(page: Page, profile: Profile, scores: pd.DataFrame, names: Names) -> None:
    """Where the province stands among all whose score is known."""
    _ = page.language.text
    shown = False
    for index in ("PAR_INDEX", "SIPAS"):
        of_year = at(scores, index=index, year=profile.year, component="total")
        of_year = of_year[of_year["score"].notna()]
        scored = set(of_year["province_id"])
        if len(scored) < 2:
            continue
        page.show(
            charts.position_strip(
                _named(of_year, names),
                profile.province_id if profile.province_id in scored else None,
                page.language,
                id=_id("position", index, "total"),
                thresholds=terms.thresholds(index, profile.year),
            )
        )
        shown = True
    if not shown:
        page.say(_("Too few scores of this year are known to show a position."))


def neighbours(page: Page, profile: Profile, names: Names) -> None:
    """Provinces next to it in rank and those of its region."""
    language = page.language
    _ = language.text
    if profile.neighbours.empty:
        page.say(_("Its rank in PAR INDEX is not known, so neighbours in rank cannot be named."))
    else:
        table = build_table(
            "neighbours-table",
            _("Neighbours in rank, PAR INDEX {year}", year=profile.year),
            profile.neighbours,
            [
                Column(_("Rank"), key="rank_published", kind="rank"),
                Column(_("Province"), format=lambda r: names(r["province_id"]), row_header=True),
                Column(_("Score"), key="score", kind="number", decimals="decimals"),
                Column(_("Sources"), format=lambda r: page.cite(r["rank_source_id"]) or None),
            ],
            language,
            notes=[_("Only provinces whose rank was found; places without a row are not known.")],
            highlight=lambda r: r["province_id"] == profile.province_id,
        )
        page.show(table)
    peers = profile.peers
    peers = peers[peers["rank_low"].notna() | peers["score"].notna()]
    if len(peers):
        wide = _peer_rows(peers)
        table = build_table(
            "region-table",
            _("Provinces of its region, index year {year}", year=profile.year),
            wide,
            [
                Column(_("Province"), format=lambda r: names(r["province_id"]), row_header=True),
                *[
                    Column(
                        _(label, index=terms.short(index)),
                        format=_peer_cell(page, index, kind),
                        align="right",
                    )
                    for index in ("PAR_INDEX", "SIPAS")
                    for kind, label in (
                        ("rank", defer("Rank in {index}")),
                        ("score", defer("Score in {index}")),
                    )
                ],
                Column(
                    _("Sources"),
                    format=lambda r: (
                        page.cite(
                            *dict.fromkeys(
                                r[f"{kind}_source_id_{index}"]
                                for index in ("PAR_INDEX", "SIPAS")
                                for kind in ("score", "rank")
                            )
                        )
                        or None
                    ),
                ),
            ],
            language,
            highlight=lambda r: r["province_id"] == profile.province_id,
        )
        page.show(table)


def _peer_rows(peers: pd.DataFrame) -> pd.DataFrame:
    columns = ["rank_low", "rank_high", "score", "decimals", "score_source_id", "rank_source_id"]
    parts = []
    for index in ("PAR_INDEX", "SIPAS"):
        part = peers[peers["index"].eq(index)].set_index("province_id")[columns]
        parts.append(part.add_suffix(f"_{index}"))
    wide = parts[0].join(parts[1], how="outer")
    order = wide["rank_low_PAR_INDEX"].astype("Float64").fillna(10**6)
    return wide.assign(_order=order).sort_values(["_order", "province_id"]).reset_index()


def _peer_cell(page: Page, index: str, kind: str) -> Any:
    def cell(row: Mapping[str, Any]) -> Cell:
        if kind == "rank":
            low, high = row[f"rank_low_{index}"], row[f"rank_high_{index}"]
            return _none(page.language.rank_range(low, high), page)
        value, decimals = row[f"score_{index}"], row[f"decimals_{index}"]
        return _none(terms.score(page.language, index, value, terms.digits(decimals)), page)

    return cell


def parts(page: Page, profile: Profile) -> None:
    """Component profile and lost points, as far as they are known."""
    language = page.language
    _ = language.text
    if profile.parts.empty:
        page.say(
            _(
                "No score of any component of {year} was found for this province, so it cannot "
                "be said where points were lost.",
                year=profile.year,
            )
        )
        return
    frame = profile.parts.assign(
        name=[terms.component_name(language, r) for r in profile.parts.to_dict("records")]
    )
    for index, part in frame.groupby("index", sort=True):
        for level in ("area", "score_source", "part"):
            cut = part[part["level"].eq(level) & part["percent"].notna()]
            if len(cut) >= 2:
                page.show(
                    charts.component_profile(
                        cut, language, id=_id("component-profile", str(index), level)
                    )
                )
        for level in ("subcriterion", "area", "score_source"):
            lost = part[part["level"].eq(level) & part["lost"].gt(0)]
            if str(index) == "PAR_INDEX" and len(lost) >= 2:
                page.show(
                    charts.lost_points(lost, language, id=_id("lost-points", str(index), level))
                )
                break
    page.show(_parts_table(page, profile, frame[~frame["level"].eq("subcriterion")]))
    lost = frame[frame["level"].eq("subcriterion") & frame["lost"].gt(0)]
    if len(lost):
        page.show(_lost_table(page, profile, lost))


def _parts_table(page: Page, profile: Profile, frame: pd.DataFrame) -> Table:
    language = page.language
    _ = language.text
    return build_table(
        "components-table",
        _("Components with a figure, index year {year}", year=profile.year),
        frame,
        [
            Column(_("Index"), format=lambda r: terms.short(r["index"])),
            Column(_("Component"), key="name", row_header=True),
            Column(_("Points"), format=lambda r: _points(page, r), align="right"),
            Column(_("Maximum"), format=lambda r: _maximum(page, r), align="right"),
            Column(_("Share of maximum"), key="percent", kind="percent", decimals=1),
            Column(_("Lost points"), format=lambda r: _lost(page, r), align="right"),
            Column(_("Rank"), key="rank_published", kind="rank", of="n_ranked"),
            Column(
                _("Mean of provinces known (n)"),
                format=lambda r: None if is_missing(r["mean_percent"]) else _mean(page, r),
                align="right",
            ),
            Column(_("Sources"), format=lambda r: page.cite(r["source_id"]) or None),
        ],
        language,
        notes=[
            _(
                "The total can be cut by area or by source of points; the two are never added "
                "together."
            )
        ],
    )


def _lost_table(page: Page, profile: Profile, lost: pd.DataFrame) -> Table:
    language = page.language
    _ = language.text
    return build_table(
        "lost-table",
        _("Sub-criteria below their maximum, index year {year}", year=profile.year),
        lost.sort_values(["lost", "component"], ascending=[False, True]),
        [
            Column(_("Sub-criterion"), key="name", row_header=True),
            Column(_("Points"), key="score", kind="number", decimals="decimals"),
            Column(_("Maximum"), key="max_score", kind="number"),
            Column(_("Lost points"), key="lost", kind="number"),
            Column(_("Mean of all provinces"), key="mean_percent", kind="percent", decimals=1),
        ],
        language,
    )


def _mean(page: Page, row: Mapping[str, Any]) -> Cell:
    if is_missing(row["mean_percent"]):
        return None
    language = page.language
    return language.text(
        "{mean} (n = {n})",
        mean=language.percent(row["mean_percent"], 1),
        n=language.number(row["n_known"], 0),
    )


def _points(page: Page, row: Mapping[str, Any]) -> Cell:
    if not terms.in_points(row["index"]) or is_missing(row["score"]):
        return None
    return page.language.number(row["score"], terms.digits(row["decimals"]))


def _maximum(page: Page, row: Mapping[str, Any]) -> Cell:
    if not terms.in_points(row["index"]) or is_missing(row["max_score"]):
        return None
    return page.language.number(row["max_score"], 2)


def _lost(page: Page, row: Mapping[str, Any]) -> Cell:
    if not terms.in_points(row["index"]) or is_missing(row["lost"]):
        return None
    return page.language.number(row["lost"], 2)


def missing(page: Page, profile: Profile) -> None:
    """What a full report would have and no source in the data gives."""
    _ = page.language.text
    rows = profile.missing.to_dict("records")
    if not rows:
        page.say(_("Nothing that the report would use is missing."))
        return
    items = []
    for row in rows:
        what = terms.level_name(page.language, row["what"], row["index"])
        if row["total"] == 1:
            items.append(_("{index}: {what}", index=terms.short(row["index"]), what=what))
        else:
            items.append(
                _(
                    "{index}: {what} ({known} of {total} known)",
                    index=terms.short(row["index"]),
                    what=what,
                    known=page.language.number(row["known"], 0),
                    total=page.language.number(row["total"], 0),
                )
            )
    page.points(items)
    page.say(
        _(
            "The figures shipped with parstudy are those that public pages quote; they are not "
            "complete, and what is missing is not missing at random. Add a release to fill the "
            "gaps."
        ),
        note=True,
    )


def findings(page: Page, profile: Profile, names: Names) -> None:
    """What the checks say of this province in this year."""
    language = page.language
    _ = language.text
    frame = profile.findings[profile.findings["severity"].ne("info")]
    if frame.empty:
        page.say(_("The checks found no contradiction in the figures of this province and year."))
        return
    page.show(findings_table(page, frame, names, _("What the checks found")))


def findings_table(
    page: Page, frame: pd.DataFrame, names: Names, caption: str, id: str = "findings"
) -> Table:
    """Findings as a table: what, where, printed, expected, sources."""
    language = page.language
    _ = language.text

    def place(row: Mapping[str, Any]) -> Cell:
        where = f"{terms.short(row['index'])} {row['year']}"
        return f"{where}, {names(row['unit_id'])}" if row["unit_id"] else where

    def printed(text: str) -> Cell:
        # source ids become numbered links
        pieces = []
        for piece in _split_ids(text):
            if piece in known:
                pieces.append(page.cite(piece))
            else:
                pieces.append(Markup.escape(terms.as_printed(language, names.in_text(piece))))
        return Markup("").join(pieces) or None

    known = {s for ids in frame["source_ids"] for s in ids.split()}
    return build_table(
        id,
        caption,
        frame,
        [
            Column(_("What"), format=lambda r: terms.finding_text(language, r["code"])),
            Column(_("Where"), format=place, row_header=True),
            Column(
                _("Component"),
                format=lambda r: terms.component_label(
                    language, r["component"], r["index"], r["year"]
                ),
            ),
            Column(_("Found"), format=lambda r: printed(r["found"])),
            Column(_("Expected"), format=lambda r: printed(r["expected"])),
            Column(_("Sources"), format=lambda r: page.cite(*r["source_ids"].split()) or None),
        ],
        language,
        notes=[_("Where sources contradict each other, the figure before ≠ is the one taken.")]
        if frame["code"].str.startswith("conflict_").any()
        else [],
    )


def _split_ids(text: str) -> list[str]:
    import re

    return re.split(r"(?<=\()([\w-]+)(?=\))", text)


def _named(frame: pd.DataFrame, names: Names) -> pd.DataFrame:
    return frame.assign(name=[names(p) for p in frame["province_id"]])


def _none(text: str, page: Page) -> Cell:
    return None if text == page.language.missing else text


def _group_cell(page: Page, row: Mapping[str, Any]) -> Cell:
    if not row["group"]:
        return None
    shown = terms.group_name(page.language, row["group"])
    if row["group_from"] == "computed":
        return page.language.text("{value} (computed)", value=shown)
    return shown


def _group_of(page: Page, row: Mapping[str, Any]) -> Cell:
    if row["group_published"]:
        return terms.group_name(page.language, row["group_published"])
    if row["group_computed"]:
        shown = terms.group_name(page.language, row["group_computed"])
        return page.language.text("{value} (computed)", value=shown)
    return None


def _id(name: str, index: str, level: str) -> str:
    return f"{name}-{index}-{level}".lower().replace("_", "-")
