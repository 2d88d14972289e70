"""What an improvement plan shows: one function for each finding, from a study onto a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd

from parstudy.display import _common as common
from parstudy.display import _plan_charts as charts
from parstudy.display._common import Names
from parstudy.display.page import Page
from parstudy.display.tables import Cell, Column, Table, build_table
from parstudy.display.words import Language, defer, is_missing
from parstudy.scenarios import Improvement

if TYPE_CHECKING:
    from parstudy.plans import Plan

__all__ = [
    "Names",
    "claims",
    "departments",
    "easy",
    "known",
    "lost",
    "missing",
    "neighbours",
    "others",
    "outlook",
    "passed",
    "planned",
    "ranked",
    "title",
    "way",
    "worth",
]

_ROWS = 20
_PASSED_ROWS = 12
_AIMS = {
    "points": defer("fewest points"),
    "components": defer("fewest components"),
    "departments": defer("fewest departments"),
}
_NO_OUTLOOK = {
    "total_not_known": defer("Its score of {year} was not found, so no outlook can be computed."),
    "incomplete_year": defer(
        "An outlook needs the scores of all {n} provinces in {year}; {known} are known."
    ),
    "too_few_years": defer(
        "An outlook needs at least three pairs of neighbouring years with one criteria set up to "
        "{year}, with the scores of all provinces."
    ),
}
_LEVELS = {
    "subcriterion": defer("sub-criteria"),
    "criterion": defer("criteria"),
    "area": defer("areas"),
    "score_source": defer("sources of points"),
    "part": defer("parts"),
}


# --- title ---------------------------------------------------------------------------------------


def title(page: Page, study: Improvement, names: Names) -> None:
    """Title and the finding in a few sentences."""
    _ = page.language.text
    name = names(study.province_id)
    page.title(
        _("{province}: from {index} {year} to a plan", province=name, **_about(study)),
        " ".join(_summary(page.language, study, name)),
    )


def _about(study: Improvement) -> dict[str, Any]:
    return {"index": common.short(study.index), "year": study.year}


def _summary(language: Language, study: Improvement, name: str) -> list[str]:
    _ = language.text
    rungs, about = study.ladder, _about(study)
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
        score = language.number(study.values.total, _decimals(study))
        found.append(_("{index} {year}: {score}, rank {rank}.", score=score, rank=place, **about))
    reach = study.reach
    if reach is not None and not is_missing(reach.needed_low) and reach.needed_high > 0:
        points = _range(language, reach.needed_low, reach.needed_high)
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
    return common.component_label(language, code, study.index, study.year)


def _decimals(study: Improvement) -> int:
    rows = study.ladder.table
    own = rows[rows["province_id"].eq(study.province_id)]
    return common.digits(own["decimals"].iloc[0]) if len(own) else 2


def _range(language: Language, low: float, high: float) -> str:
    if is_missing(low) or abs(high - low) < 0.005:
        return language.number(high)
    return f"{language.number(low)}–{language.number(high)}"


# --- where it stands -----------------------------------------------------------------------------


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
            return _("between {range}", range=_range(language, row["score_low"], row["score_high"]))
        return language.number(row["score"], common.digits(row["decimals"]))

    def gap(row: Mapping[str, Any]) -> Cell:
        if row["province_id"] == study.province_id or is_missing(row["gap_low"]):
            return None if is_missing(row["gap_low"]) else language.number(0)
        if not is_missing(row["gap"]):
            return language.signed(row["gap"], common.digits(row["decimals"]))
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
            _("Neighbours in rank, {index} {year}", **_about(study)),
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
            _("What more points would have meant, {index} {year}", **_about(study)),
            rows,
            [
                Column(
                    _("Points more"),
                    format=lambda r: language.signed(r["points"], 0),
                    align="right",
                    row_header=True,
                ),
                Column(_("Total score"), key="total", kind="number", decimals=_decimals(study)),
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


# --- lost points ---------------------------------------------------------------------------------


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
                **_about(study),
            )
        )
        return
    if losing.empty:
        page.say(_("Every component that is known is at its maximum: what is left is to hold it."))
        return
    level = language.text(_LEVELS[gains.level])
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
    shown = losing.head(_ROWS).reset_index().rename(columns={"code": "component"})
    rest = losing.iloc[_ROWS:]
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
                common.component_column(language, _("Component")),
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
            common.component_column(language, _("Component")),
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


def cause(language: Language, row: Mapping[str, Any]) -> Cell:
    """What the figures alone say of why points were lost; the rest is for the department."""
    _ = language.text
    if not is_missing(row["not_granted"]) and row["not_granted"] > 0:
        return _("claimed, not granted: evidence missing")
    if row["scoring"] == "survey":
        return _("opinion of those asked")
    if not is_missing(row["claimed"]) and row["claimed"] <= row["score"]:
        return _("not claimed: work to be done")
    if row["easy"] is True or row["easy"] == True:  # noqa: E712 (a nullable boolean)
        return _("most similar provinces have it")
    return None


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
            name=common.component_name(language, {"component": code, **row}),
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
                common.component_column(language, _("Component")),
                Column(_("Lead department"), format=lambda r: r["lead_department"] or None),
                Column(_("Claimed"), key="claimed", kind="number"),
                Column(_("Granted"), key="score", kind="number"),
                Column(_("Not granted"), key="not_granted", kind="number"),
                Column(_("Maximum"), key="max_score", kind="number"),
            ],
            language,
        )
    )


# --- the way -------------------------------------------------------------------------------------


def way(page: Page, study: Improvement) -> None:
    """Cheapest sets of components to the target rank."""
    language = page.language
    _ = language.text
    reach = study.reach
    if reach is None:
        page.say(
            _("It held the first place: there is none to gain, only to keep.")
            if study.ladder.rank_low
            else _("Its place is not known, so the points to another cannot be counted.")
        )
        return
    rank = language.rank(reach.target, reach.n)
    if reach.reason == "not_ranked":
        page.say(_("Its place is not known, so the points to another cannot be counted."))
        return
    if reach.reason == "held":
        page.say(_("Rank {rank} is held already.", rank=rank))
        return
    points = _range(language, reach.needed_low, reach.needed_high)
    page.say(_("To rank {rank} it takes {points} points more.", rank=rank, points=points))
    if reach.reason == "no_components":
        page.say(
            _("Which components could bring them cannot be said: no points by component are known.")
        )
        return
    if reach.reason == "rank_not_certain":
        page.say(
            _(
                "The figures do not fix the score of that rank, so the cheapest sets cannot be "
                "told apart."
            )
        )
        return
    if reach.reason == "out_of_reach":
        page.say(
            _(
                "Out of reach with what is known: even with every known component at the best "
                "score of any province the total would be {most}, rank {best}.",
                most=language.number(reach.most),
                best=language.rank(reach.best_rank or None, reach.n),
            )
        )
        return
    page.show(charts.way_to_rank(reach, study.gains.table, language, synthetic=page.synthetic))
    sets = reach.sets[reach.sets["place"].le(3)]
    aims = sets.groupby("codes", sort=False)["aim"].agg(tuple)
    sets = sets.drop_duplicates("codes").assign(aims=lambda s: s["codes"].map(aims))
    page.show(
        build_table(
            "sets-table",
            _("Cheapest sets of components to rank {rank}", rank=rank),
            sets,
            [
                Column(
                    _("What is fewest"),
                    format=lambda r: "; ".join(language.text(_AIMS[a]) for a in r["aims"]),
                ),
                Column(
                    _("Components"),
                    format=lambda r: ", ".join(r["codes"]),
                    row_header=True,
                ),
                Column(_("Number"), key="n_components", kind="integer"),
                Column(_("Points"), key="points", kind="number"),
                Column(
                    _("Lead departments"),
                    format=lambda r: ", ".join(r["departments"]) or None,
                ),
                Column(_("Total score"), key="total", kind="number"),
                Column(_("Rank"), key="rank", kind="rank"),
            ],
            language,
            notes=[
                _(
                    "All sets were compared. Each component is raised to the best score of any "
                    "province in the year, which is the maximum where some province has it. The "
                    "other provinces are taken as they were; a tie shares the better place."
                )
            ],
        )
    )


def outlook(page: Page, study: Improvement) -> None:
    """Distribution of the rank when the others move as well."""
    language = page.language
    _ = language.text
    found = study.what_if
    if found.outlook is None:
        page.say(
            _(
                _NO_OUTLOOK[found.reason],
                year=study.year,
                n=language.number(found.n, 0),
                known=language.number(
                    study.values.n_known + (not is_missing(study.values.total)), 0
                ),
            )
        )
        return
    look = found.outlook
    planned = bool(study.chosen)
    page.say(
        _(
            "The others do not stand still. Here every province changes as provinces did between "
            "the years {pairs}: for each year ahead one pair of years is drawn, and for each "
            "province the change of one province in it, all components at once. Of a lead over "
            "the mean, {kept} was kept from one year to the next.",
            pairs=language.names(f"{a}–{b}" for a, b in look.pairs),
            kept=language.percent(100 * look.persistence, 0),
        )
    )
    page.show(
        charts.rank_outlook(
            look,
            found.rank_low,
            found.n,
            language,
            planned=planned,
            synthetic=page.synthetic,
        )
    )
    rows = [
        {
            "what": _("among the first {n}", n=language.number(place, 0)),
            "with": row["with_plan"],
            "without": row["without_plan"],
        }
        for place, row in zip(look.chances.index, look.chances.to_dict("records"), strict=True)
    ]
    for group, row in zip(look.groups.index, look.groups.to_dict("records"), strict=True):
        label = _("group {group}", group=group) if group else _("below the groups stated")
        if max(row.values()) > 0:
            rows.append({"what": label, "with": row["with_plan"], "without": row["without_plan"]})
    columns = [
        Column(_("Chance to be"), key="what", row_header=True),
        Column(
            _("without a plan"), format=lambda r: _chance(language, r["without"]), align="right"
        ),
    ]
    if planned:
        columns.append(
            Column(_("with the plan"), format=lambda r: _chance(language, r["with"]), align="right")
        )
    notes = [
        _(
            "{draws} draws. Chances hold as far as the coming year is like the past ones; over "
            "simulated futures they were right to within five points.",
            draws=language.number(look.draws, 0),
        )
    ]
    if planned:
        codes = ", ".join(study.chosen)
        notes.insert(
            0,
            _(
                "The plan: {codes} raised as in the first set with the fewest components, the "
                "other components of the province moving as in past years.",
                codes=codes,
            ),
        )
    if len(look.groups):
        notes.append(_("Groups by the thresholds of {year}.", year=study.year))
    page.show(
        build_table(
            "chances-table",
            _("Chances in {year}", year=study.year + look.horizon),
            pd.DataFrame(rows),
            columns,
            language,
            notes=notes,
        )
    )


def _chance(language: Language, share: float) -> str:
    if 0 < share < 0.005:
        return language.text("below {share}", share=language.percent(0.5, 1))
    if 0.995 < share < 1:
        return language.text("above {share}", share=language.percent(99.5, 1))
    return language.percent(100 * share, 0)


# --- others --------------------------------------------------------------------------------------


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
                found.table.head(_ROWS).reset_index(),
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
                    common.component_column(language, _("Component")),
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


def ranked(study: Improvement) -> bool:
    """Whether anything is known of the place of the province."""
    return study.ladder.rank_low > 0


def known(study: Improvement) -> bool:
    """Whether points of any component are known."""
    return not study.gains.table.empty


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


# --- its plan ----------------------------------------------------------------------------------


def planned(page: Page, study: Improvement, found: Sequence[Plan]) -> None:
    """What plans of the province made from this index year say, as far as files are there.

    Parameters
    ----------
    page, study : Page, Improvement
        Where to, and of whom.
    found : sequence of Plan
        Those that answer the year.
    """
    language = page.language
    _ = language.text
    if not found:
        page.say(
            _(
                "No plan of this province made from {index} {year} is in the folder of plans.",
                **_about(study),
            )
        )
        return
    for number, plan in enumerate(found, 1):
        raised = plan.rows[plan.rows["kind"].eq("raise")]
        name = ", ".join(part for part in (plan.title, plan.document) if part)
        if raised.empty:
            page.say(_("{plan}: it names no component to be raised.", plan=name))
            continue
        table = study.gains.table
        unknown = [code for code in raised["code"] if code not in table.index]
        page.say(
            language.ntext(
                "{plan} names {n} component to be raised: {codes}.",
                "{plan} names {n} components to be raised: {codes}.",
                len(raised),
                plan=name,
                codes=language.names(raised["code"]),
            )
        )
        if unknown:
            page.say(
                _(
                    "Their points in {year} were not found in any source: that they were below "
                    "their maximum is what the plan says, by how much is not known.",
                    year=study.year,
                )
            )
        page.show(_plan_table(page, study, plan, raised, number))


def _plan_table(
    page: Page, study: Improvement, plan: Plan, raised: pd.DataFrame, number: int
) -> Table:
    language = page.language
    _ = language.text
    table = study.gains.table
    sources = page.citations

    def points(row: Mapping[str, Any], column: str) -> Cell:
        if row["code"] in table.index:
            return language.number(table[column].loc[row["code"]])
        return None

    def cited(row: Mapping[str, Any]) -> Cell:
        ids = [s for s in str(row["source"]).replace(",", " ").split() if s in sources.known]
        return page.cite(*ids) if ids else (row["source"] or None)

    return build_table(
        "plan-table" if number == 1 else f"plan-table-{number}",
        _("To be raised, as the plan has it"),
        raised,
        [
            Column(_("Component"), format=lambda r: _plan_name(language, r), row_header=True),
            Column(_("Lead department"), format=lambda r: r["lead_department"] or None),
            Column(_("Action"), format=lambda r: r["action"] or None),
            *[
                Column(label, format=partial(points, column=column), align="right")
                for label, column in ((_("Points"), "score"), (_("Lost points"), "lost"))
                if raised["code"].isin(table.index).any()
            ],
            Column(_("Sources"), format=cited),
        ],
        language,
    )


def _plan_name(language: Language, row: Mapping[str, Any]) -> str:
    return f"{row['code']} {row['name']}".strip()


# --- what is missing -----------------------------------------------------------------------------


def missing(page: Page, study: Improvement) -> None:
    """What would have to be found, and in which file it would stand."""
    language = page.language
    _ = language.text
    index = common.short(study.index)
    folder = f"data/raw/{study.index}/{study.year}"
    items = []
    if not study.values.exact:
        items.append(
            _(
                "Total scores and ranks of all provinces ({known} scores known besides its own): "
                "the first annex of the decision that publishes {index} {year}. With it, ranks "
                "after a change are exact instead of ranges.",
                known=language.number(study.values.n_known, 0),
                **_about(study),
            )
        )
    gains = study.gains
    if gains.level != "subcriterion" or gains.known < gains.total:
        known = language.text(_LEVELS[gains.level]) if gains.level else _("none")
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
