"""The first screen of a province report: how it stands, better or worse, why, what next."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from markupsafe import Markup

from parstudy import charts
from parstudy.dataset.rows import at
from parstudy.display import terms
from parstudy.display.chart import Chart
from parstudy.display.page import Page
from parstudy.display.terms import Names
from parstudy.display.ways import province_way, way
from parstudy.display.words import is_missing
from parstudy.errors import ParstudyError
from parstudy.facts import criteria
from parstudy.pages._words import breaks
from parstudy.records import records
from parstudy.studies.first_look import INDICES, FirstLook
from parstudy.studies.profiles import changes_agree
from parstudy.text import slug

Row = Mapping[str, Any]
_PRINTED = re.compile(r"(?<![\w.(])\d+(?:\.\d+)?(?= \()")
"""A figure in what a check found: its source stands behind it in brackets."""
Line = tuple[str, Markup]
"""A question in a word or two, and its answer."""


def lines(page: Page, first: FirstLook, names: Names) -> list[Line]:
    """The questions that a reader asks first, each with its answer."""
    _ = page.language.text
    rows = [
        {"index_id": index, **{str(key): value for key, value in row.items()}}
        for index, row in first.standings.iterrows()
    ]
    answers = [
        (_("Score and rank"), [*_absent(page, first, names), *_places(page, first, rows)]),
        (_("Change"), [s for row in rows for s in _change(page, row, first)]),
        (_("Lost points"), _loss(page, first)),
        (_("How sure"), [_sure(page, row, first) for row in rows]),
        (_("Next"), _next(page, first)),
    ]
    return [(label, Markup(" ").join(said)) for label, said in answers if said]


def glance(page: Page, first: FirstLook, names: Names) -> Chart | None:
    """The places of the province over the years among those of all, in a small picture."""
    own = first.profile.history
    told = own[["rank_published", "rank_low", "rank_implied"]].notna().any(axis=1)
    index = next((i for i in INDICES if own.loc[told, "index_id"].eq(i).any()), None)
    if index is None:
        return None
    others = first.places[first.places["index_id"].eq(index)]
    broken = [year for _index, year, _label in breaks(page.language, [index])]
    try:
        return charts.rank_glance(
            own[told & own["index_id"].eq(index)],
            others[others["province_id"].ne(first.profile.province_id)],
            page.language,
            index=index,
            broken=broken,
            name=names(first.profile.province_id),
            highlight_year=first.asked,
        )
    except ParstudyError:  # a range that says nothing is no place
        return None


# --- how it stands -------------------------------------------------------------------------------


def _absent(page: Page, first: FirstLook, names: Names) -> list[str]:
    """That the year asked for has no figure, and what is known instead."""
    language = page.language
    _ = language.text
    own = first.profile
    words = {"province": names(own.province_id), "year": first.asked}
    if first.empty:
        return [
            _("No source in the data has a figure of {province} for index year {year}.", **words),
            _("None has one of another year either."),
            *_surroundings(page, first),
        ]
    if own.year == first.asked:
        return []
    newest = province_way(str(own.year), own.province_id, own.year)
    return [
        _("No source in the data has a figure of {province} for index year {year}.", **words),
        _("The latest year with one is {year}:", year=newest),
    ]


def _surroundings(page: Page, first: FirstLook) -> Iterator[str]:
    """What is known of the nation and of the region, where nothing is known of the province."""
    language = page.language
    yield from (
        language.text(
            "National mean of {index} {year}: {mean}.",
            index=terms.short(str(index)),
            year=first.asked,
            mean=terms.with_unit(language, str(index), _mean(page, {"index_id": index, **row})),
        )
        for index, row in first.nation.iterrows()
        if row["mean_from"] == "published"
    )
    peers = first.region[first.region["index_id"].eq("PAR_INDEX")]
    ranked = peers["rank_published"].dropna()
    if len(ranked):
        yield language.text(
            "Places in PAR INDEX known in its region: {n}, from {low} to {high}.",
            n=language.number(len(ranked), 0),
            low=language.rank(ranked.min()),
            high=language.rank(ranked.max()),
        )


def _places(page: Page, first: FirstLook, rows: list[dict[str, Any]]) -> Iterator[str]:
    """Score, place, national mean and group of each index."""
    language = page.language
    for row in rows:
        index, year = row["index_id"], first.profile.year
        yield from _standing(page, row, index, year)
        yield from against_mean(page, row)
        if not is_missing(row["score"]) and row["group"]:
            group = terms.group_range(language, index, year, row["group"])
            if row["group_from"] == "published":
                yield language.text("It is in group {group}.", group=group)
            else:
                yield language.text(
                    "By its score that is group {group}; no source found says so.",
                    group=group,
                )
    if first.profile.year == first.asked:
        yield from _others(page, first)


def _others(page: Page, first: FirstLook) -> Iterator[str]:
    """What is known of an index that has no figure of the year: that of its latest year."""
    language = page.language
    history = first.profile.history
    for index in INDICES:
        rows = history[history["index_id"].eq(index)]
        rows = rows[rows["score"].notna() | _bounded(rows)]
        # before its first year there is nothing of an index to be found
        if first.asked < criteria.index(index).first_year or rows.empty:
            continue
        if index in first.standings.index:
            continue
        row = records(rows.sort_values("year"))[-1]
        figures = [] if is_missing(row["score"]) else [terms.score_with_unit(language, row)]
        if not is_missing(row["rank_low"]):
            rank = language.rank_range(row["rank_low"], row["rank_high"], row["n_ranked"])
            figures.append(
                language.text("a place within {range}", range=rank)
                if is_missing(row["rank_published"])
                else language.text("rank {rank}", rank=rank)
            )
        yield language.text(
            "No figure of {index} {year} was found; the latest is of {latest}: {figures}.",
            index=terms.short(index),
            year=first.asked,
            latest=int(row["year"]),
            figures=", ".join(str(figure) for figure in figures),
        )


def _bounded(rows: Any) -> Any:
    """Rows of which the rank is known, or a range that says something."""
    everything = rows["rank_low"].le(1) & rows["rank_high"].ge(rows["n_ranked"])
    return rows["rank_published"].notna() | (rows["rank_low"].notna() & ~everything.fillna(False))


def _standing(page: Page, row: Row, index: str, year: int) -> list[str]:
    """Score and place, or what else is known of where the province stands."""
    language = page.language
    _ = language.text
    n = row["n_ranked"]
    words = {"index": terms.short(index), "year": year}
    has_score, has_rank = not is_missing(row["score"]), not is_missing(row["rank"])
    if has_score:
        words["score"] = terms.score_with_unit(language, row)
    if has_rank:
        words["rank"] = language.rank(row["rank"], n)
    if has_score and has_rank:
        return [_("{index} {year}: {score}, rank {rank}.", **words)]
    if has_score and not is_missing(row["rank_computed"]):
        rank = language.rank(row["rank_computed"], n)
        return [
            _(
                "{index} {year}: {score}, rank {rank} as computed from the scores.",
                **words,
                rank=rank,
            )
        ]
    if has_score:
        return [_("{index} {year}: {score}; no rank was found.", **words)]
    if has_rank:
        return [_("{index} {year}: rank {rank}; no score was found.", **words)]
    if not is_missing(row["rank_low"]):
        range_ = language.rank_range(row["rank_low"], row["rank_high"], n)
        return [
            _("{index} {year}: a place within {range}; no score was found.", **words, range=range_)
        ]
    if row["group_from"] == "published":
        group = terms.group_name(language, row["group"])
        return [
            _(
                "{index} {year}: group {group}; neither score nor rank was found.",
                **words,
                group=group,
            )
        ]
    return _implied(page, row, index, year)


def _implied(page: Page, row: Row, index: str, year: int) -> list[str]:
    """What follows from the figure of another year and a change, where nothing is printed."""
    language = page.language
    told: dict[int, list[str]] = {}
    if not is_missing(row["score_implied"]):
        score = terms.score(language, index, row["score_implied"])
        told.setdefault(int(row["score_implied_from"]), []).append(
            terms.with_unit(language, index, score)
        )
    if not is_missing(row["rank_implied"]):
        rank = language.rank(row["rank_implied"], row["n_ranked"])
        told.setdefault(int(row["rank_implied_from"]), []).append(
            language.text("rank {rank}", rank=rank)
        )
    return [
        language.text(
            "{index} {year}: {figures}, implied by the figure of {origin} and its published "
            "change; no source found prints it.",
            index=terms.short(index),
            year=year,
            figures=", ".join(figures),
            origin=origin,
        )
        for origin, figures in told.items()
    ]


def _mean(page: Page, row: Row) -> str:
    decimals = terms.digits(row["mean_decimals"], row["index_id"])
    return terms.score(page.language, row["index_id"], row["mean"], decimals)


def against_mean(page: Page, row: Row) -> list[str]:
    """The score beside the national mean; no side of it within what rounding can do."""
    if is_missing(row["score"]) or not row["mean_from"]:
        return []
    language = page.language
    index = row["index_id"]
    decimals = min(terms.digits(row[key], index) for key in ("decimals", "mean_decimals"))
    apart = float(row["score"]) - float(row["mean"])
    mean = terms.with_unit(language, index, _mean(page, row))
    words = {"mean": mean, "apart": _points(page, row, abs(apart), decimals)}
    published = row["mean_from"] == "published"
    if abs(apart) < 10.0**-decimals:
        if published:
            return [language.text("That is the national mean ({mean}) but for rounding.", **words)]
        return []
    if not published:
        if apart > 0:
            return [language.text("{apart} above the mean of the known ({mean}).", **words)]
        return [language.text("{apart} below the mean of the known ({mean}).", **words)]
    if apart > 0:
        return [language.text("{apart} above the national mean ({mean}).", **words)]
    return [language.text("{apart} below the national mean ({mean}).", **words)]


def _points(page: Page, row: Row, value: float, decimals: int) -> str:
    """A difference of scores with its unit."""
    number = page.language.number(value, decimals)
    return terms.difference(page.language, row["index_id"], number)


# --- better or worse -----------------------------------------------------------------------------


def _change(page: Page, row: Row, first: FirstLook) -> Iterator[str]:
    """How the place and the score changed on the year before, or why that cannot be said."""
    language, year = page.language, first.profile.year
    _ = language.text
    words = {"index": terms.short(row["index_id"]), "year": year, "before": year - 1}
    words["moved"] = moved = _moved(page, row)
    if year <= criteria.index(row["index_id"]).first_year:
        yield _("{index}: {year} is its first year, so there is no change.", **words)
    elif is_missing(row["score"]) and is_missing(row["rank_low"]):
        yield _(
            "{index}: no published figure of {year} was found to compare with {before}.", **words
        )
    elif row["break"] and row["break"] != criteria.REVISION:
        words["why"] = _why(page, row["index_id"], year)
        if moved:
            yield _(
                "{index}: {moved}, but {year} cannot be compared with {before}: {why}.", **words
            )
        else:
            yield _("{index}: {year} cannot be compared with {before}: {why}.", **words)
    elif not moved:
        yield _("{index}: no figure of {before} to compare with was found.", **words)
        yield from _earlier(page, row, first)
    else:
        if row["break"]:
            yield _("{index}: {moved}; the criteria set was revised.", **words)
        else:
            yield _("{index}: {moved}.", **words)
        yield from _within_sampling(page, row)


def _earlier(page: Page, row: Row, first: FirstLook) -> Iterator[str]:
    """The latest rank before the year before, among as many: a rank needs no common scale."""
    history = first.profile.history
    told = history["index_id"].eq(row["index_id"]) & history["year"].lt(first.profile.year)
    told &= history["rank_published"].notna() & history["n_ranked"].eq(row["n_ranked"])
    if is_missing(row["rank"]) or not told.any():
        return
    last = records(history[told].sort_values("year"))[-1]
    language = page.language
    yield language.text(
        "Before that its rank is known of {year}: {rank}.",
        year=int(last["year"]),
        rank=language.rank(last["rank_published"], last["n_ranked"]),
    )


def _within_sampling(page: Page, row: Row) -> Iterator[str]:
    """That a change may come from who was asked, so that nobody takes it for better or worse."""
    change = _change_of_score(row)
    if is_missing(change) or not abs(change) < row["margin"]:
        return
    _ = page.language.text
    margin = _points(page, row, row["margin"], 1)
    if row["index_id"] == "SIPAS":
        yield _(
            "That is within sampling error (about ±{margin}): neither better nor worse can be "
            "said.",
            margin=margin,
        )
    else:
        yield _(
            "That is within the sampling error of SIPAS in it alone (about ±{margin}): neither "
            "better nor worse can be said.",
            margin=margin,
        )


def _change_of_score(row: Row) -> Any:
    """Change as published, else as computed; as computed where the two do not agree."""
    published, own = row["change_score"], row["change_score_computed"]
    return published if changes_agree(row).get("score", is_missing(own)) else own


def _moved(page: Page, row: Row) -> str:
    """How place and score changed, in one phrase; empty if neither is known."""
    language = page.language
    published = row["change_rank"]
    gained = row["change_rank_computed"] if is_missing(published) else published
    change = _change_of_score(row)
    place, score = _place_moved(page, row, gained), _score_moved(page, row, change)
    if not (place and score):
        return place or score
    if gained * change < 0:
        return language.text("{place} but {score}", place=place, score=score)
    return language.text("{place} and {score}", place=place, score=score)


def _place_moved(page: Page, row: Row, gained: Any) -> str:
    """Change of place, from where to where if that is known."""
    language = page.language
    rank, before = row["rank"], row["rank_before"]
    if not any(is_missing(v) for v in (gained, before, rank)):
        words = {"before": language.rank(before), "now": language.rank(rank)}
        own = language.places(before - rank)
        if before - rank != gained:
            return language.text(
                "{places} ({before} → {now}; as published {gained})",
                places=own,
                gained=language.places(gained),
                **words,
            )
        if not gained:
            return language.text("still rank {now}", **words)
        return language.text("{places} ({before} → {now})", places=own, **words)
    if is_missing(row["change_rank"]):
        return ""
    return language.text("{places} as published", places=language.places(gained))


def _score_moved(page: Page, row: Row, change: Any) -> str:
    language = page.language
    if is_missing(change):
        return ""
    said = _by_how_much(page, row, change)
    if changes_agree(row).get("score", True):
        return said
    published = _by_how_much(page, row, row["change_score"])
    return language.text("{change} (as published {published})", change=said, published=published)


def _by_how_much(page: Page, row: Row, change: Any) -> str:
    """A change of score in words."""
    language = page.language
    apart = _points(page, row, abs(float(change)), 2)
    if round(float(change), 2) == 0:
        return language.text("the same score")
    if change > 0:
        return language.text("up {apart}", apart=apart)
    return language.text("down {apart}", apart=apart)


def _why(page: Page, index: str, year: int) -> str:
    """What is new in a year that cannot be compared with the one before."""
    breaks = criteria.breaks(index)
    row = breaks[breaks["year"].eq(year)].iloc[0]
    return criteria.without_year(page.language.name(row, "label"), year)


# --- why -----------------------------------------------------------------------------------------


def _loss(page: Page, first: FirstLook) -> list[str]:
    """The largest known loss of points, the weakest area, or what it would take to know them."""
    language = page.language
    said = [*_of_cut(page, first), *_of_areas(page, first)]
    if len(first.fine) and float(first.fine["lost"].iloc[0]) > 0:
        fine = _loss_words(page, first.fine.iloc[0])
        said.append(
            language.text(
                "Of the sub-criteria, most is lost on {name}: {lost} of {max} points.", **fine
            )
        )
    if said:
        return said
    unknown = language.text("Where points were lost is not known.")
    return [_whole_loss(page, first, areas=False) or unknown, _what_is_needed(page, first)]


def _of_cut(page: Page, first: FirstLook) -> Iterator[str]:
    """The largest loss at the cut that is known best."""
    if first.losses.empty:
        return
    _ = page.language.text
    top = first.losses.iloc[0]
    words = _loss_words(page, top)
    known, total = len(first.losses), int(top["n_parts"])
    areas = top["level"] != "score_source" or len(first.areas) > 0
    if float(top["lost"]) <= 0:
        yield _("No points were lost on the parts that are known.")
    elif known == total and top["level"] != "score_source":
        yield _("Most is lost on {name}: {lost} of {max} points.", **words)
    elif known == total and areas:
        yield _("Of the ways of scoring, most is lost on {name}: {lost} of {max} points.", **words)
    elif known == total:
        yield _(
            "Of the ways of scoring, most is lost on {name}: {lost} of {max} points; in which "
            "areas is not known.",
            **words,
        )
    else:
        yield from filter(None, [_whole_loss(page, first, areas=areas)])
        yield from (_in_part(page, cut) for cut in (first.losses, first.also) if len(cut))


def _in_part(page: Page, losses: Any) -> str:
    """The largest loss of a cut of which not all parts are known."""
    language = page.language
    top = losses.iloc[0]
    words = _loss_words(page, top) | {
        "level": terms.level_name(language, str(top["level"]), "PAR_INDEX"),
        "known": language.number(len(losses), 0),
        "total": language.number(top["n_parts"], 0),
    }
    if top["level"] == "area":
        return language.text(
            "Of {total} areas, the points of {known} are known; of these, most is lost on {name}: "
            "{lost} of {max} points.",
            **words,
        )
    if len(losses) == 1:
        return language.text(
            "Of {total} ({level}), one is known: {name}, where {lost} of {max} points are lost.",
            **words,
        )
    return language.text(
        "{known} of {total} are known ({level}); of these, most is lost on {name}: {lost} of {max} "
        "points.",
        **words,
    )


def _of_areas(page: Page, first: FirstLook) -> Iterator[str]:
    """The area with the worst rank, where the losses told are not of as many areas."""
    told = len(first.losses) if first.losses["level"].eq("area").any() else 0
    if len(first.areas) <= told or not _weak(first):
        return
    language = page.language
    worst = first.areas.iloc[0]
    if first.losses.empty:
        yield from filter(None, [_whole_loss(page, first, areas=True)])
    words = {
        "name": terms.component_name(language, worst.to_dict()),
        "rank": language.rank(worst["rank_published"], worst["n_ranked"]),
        "known": language.number(len(first.areas), 0),
        "total": language.number(worst["n_parts"], 0),
    }
    if len(first.areas) == 1:
        yield language.text(
            "Of {total} areas, the rank of one is known: {name}, rank {rank}.", **words
        )
    elif len(first.areas) == worst["n_parts"]:
        yield language.text("Of {total} areas, the rank is worst in {name}: {rank}.", **words)
    else:
        yield language.text(
            "Of {total} areas, the rank of {known} is known; it is worst in {name}: rank {rank}.",
            **words,
        )


def _weak(first: FirstLook) -> bool:
    """Whether an area is known to rank worse than the whole: a better one explains no loss."""
    if first.areas.empty or "PAR_INDEX" not in first.standings.index:
        return False
    row = first.standings.to_dict("index")["PAR_INDEX"]
    whole = next((row[k] for k in ("rank", "rank_implied") if not is_missing(row[k])), None)
    worst = first.areas.iloc[0]
    return bool(worst["rank_published"] > (worst["n_ranked"] / 2 if whole is None else whole))


def _loss_words(page: Page, row: Any) -> dict[str, Any]:
    language = page.language
    maximum = float(row["max_score"])
    decimals = next((d for d in range(2) if round(maximum, d) == maximum), 2)
    return {
        "name": terms.component_name(language, row),
        "lost": language.number(row["lost"], terms.digits(row["decimals"])),
        "max": language.number(maximum, decimals),
    }


def _whole_loss(page: Page, first: FirstLook, *, areas: bool) -> str:
    """What was lost in all, empty where not known; whether something is known of the areas."""
    if "PAR_INDEX" not in first.standings.index:
        return ""
    row = first.standings.to_dict("index")["PAR_INDEX"]
    if is_missing(row["score"]) or is_missing(row["max_score"]):
        return ""
    language = page.language
    lost = float(row["max_score"]) - float(row["score"])
    words = {
        "lost": language.number(lost, terms.digits(row["decimals"])),
        "max": language.number(row["max_score"], 0),
    }
    if areas:
        return language.text("In all, {lost} of {max} points of PAR INDEX are lost.", **words)
    return language.text(
        "In all, {lost} of {max} points of PAR INDEX are lost; in which areas is not known.",
        **words,
    )


def _what_is_needed(page: Page, first: FirstLook) -> str:
    """Which paper would say where points were lost."""
    return page.language.text(
        "To know it takes the scores by area of {year}, as in the annex of the ministry's decision "
        "or in the province's own scoring sheet.",
        year=first.profile.year,
    )


# --- how sure, and what next ---------------------------------------------------------------------


def _sure(page: Page, row: Row, first: FirstLook) -> str:
    """On how many sources the figures of an index stand, and whether these agree."""
    language = page.language
    words = {"index": terms.short(row["index_id"])}
    if row["contested"]:
        link = Markup('<a href="#findings">{}</a>').format(language.text("see below"))
        told = _different(page, row["index_id"], first)
        if told:
            return language.text(
                "{index}: sources print different figures ({figures}), {link}.",
                **words,
                figures=told,
                link=link,
            )
        return language.text(
            "{index}: published figures contradict each other, {link}.", **words, link=link
        )
    n = int(row["n_sources"])
    if n == 0:
        return language.text("{index}: implied, no source found prints it.", **words)
    if row["certainty"] == "derived":
        return language.text("{index}: worked out from other published figures.", **words)
    if row["certainty"] == "doubtful":
        return language.text("{index}: the source itself leaves room for doubt.", **words)
    if n == 1:
        return language.text("{index}: one source, nothing to hold it against.", **words)
    return language.text(
        "{index}: {n} sources, no contradiction.", **words, n=language.number(n, 0)
    )


def _different(page: Page, index: str, first: FirstLook) -> str:
    """Scores and ranks of the year that sources print differently; empty where they do not."""
    language, own = page.language, first.profile
    found = own.contradictions.findings
    rows = at(found, index_id=index, year=own.year, unit_id=own.province_id)
    told = []
    for row in records(rows[rows["code"].isin(["conflict_score", "conflict_rank"])]):
        if row["component"] not in ("", "total"):
            continue
        for figure in dict.fromkeys(_PRINTED.findall(str(row["found"]))):
            if row["code"] == "conflict_rank":
                told.append(language.text("rank {rank}", rank=figure))
            else:
                score = terms.as_printed(language, figure)
                unit = "" if terms.in_points(index) else "%"
                told.append(terms.with_unit(language, index, f"{score}{unit}"))
    return language.names(told) if told else ""


def _next(page: Page, first: FirstLook) -> list[str]:
    """The next step with its link, and the plan where there is one."""
    _ = page.language.text
    own = first.profile
    said = []
    if own.year == first.asked and first.standings["contested"].any():
        link = _section(_("Contradictions in the sources"))
        said.append(_("Before the figures are used, look at {link}.", link=link))
    if (first.losses.empty and not _weak(first)) or own.year != first.asked:
        said.append(_("See what to bring: {link}.", link=_section(_("What is missing"))))
    else:
        said.append(_("Look at {link}.", link=_section(_("Where the points are lost"))))
    plan = way(
        _("the plan of improvement"),
        f"improvement_plan/{own.province_id}-{own.year}",
        f"improvement_plan/{own.province_id}-*",
    )
    onward = Markup('<span class="ps-onward">{}</span>').format(_("Then read {plan}.", plan=plan))
    return [*said, onward]


def _section(heading: str) -> Markup:
    """Link to a section of the page by its heading."""
    return Markup('<a href="#{}">{}</a>').format(slug(heading), heading)
