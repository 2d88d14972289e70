"""What the evaluation of a plan shows: an honest note, one function for each finding."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from parstudy import charts
from parstudy.display import terms
from parstudy.display.page import Page
from parstudy.display.tables import Cell, Column, Table, build_table
from parstudy.display.terms import Names
from parstudy.display.words import Language, defer, is_missing
from parstudy.facts import criteria
from parstudy.pages._cells import plan_name
from parstudy.plans import Evaluation, Plan, department_name, due_label

__all__ = ["Names", "against_others", "effects", "limits", "path", "title", "wanted"]

_KINDS = {"raise": defer("raise"), "hold": defer("hold"), "": defer("no aim stated")}
_SHOWN = 40
_WHY_NOT = {
    "no_targets": defer("The plan names no criterion to be raised."),
    "no_scores_before": defer(
        "The points of the targeted criteria in index year {before} were not found in any source."
    ),
    "no_scores_after": defer(
        "The points of the targeted criteria in index year {after} were not found in any source."
    ),
    "other_set": defer(
        "Index year {after} was scored by another criteria set than {before}: the same code need "
        "not be the same question, so criteria are not compared across it."
    ),
    "few_provinces": defer("Of too few other provinces are the criteria known in both years."),
    "nothing_untargeted": defer(
        "The plan targets every criterion that is known, so nothing is left to compare with."
    ),
}


def title(page: Page, result: Evaluation, names: Names, file: str) -> None:
    """Title and the answer in a few sentences, bad news as plain as good news."""
    _ = page.language.text
    name = names(result.province_id)
    words = {"province": name, "year": result.before}
    found = _summary(page.language, result, name)
    if file:
        asked = _("{province}: did the plan made from index year {year} help?", **words)
    else:  # a draft was never carried out: who reads no further must not take it for a plan
        asked = _("{province}: what came after index year {year}, without a known plan", **words)
        found.insert(
            0,
            _(
                "No plan of the province is in the data; a draft made from the figures of {year} "
                "stands in for one, so no plan that was carried out is evaluated here.",
                year=result.before,
            ),
        )
    page.title(asked, " ".join(found))


def _summary(language: Language, result: Evaluation, name: str) -> list[str]:
    _ = language.text
    found = []
    for row in _records(result.path[result.path["year"].gt(result.before)]):
        found += _year_words(language, row)
    if not found:
        found.append(
            _(
                "No figure of {province} for an index year after {year} was found, so whether the "
                "plan helped cannot be said.",
                province=name,
                year=result.before,
            )
        )
    if result.compared:
        matched = result.estimate("matched")
        words = {
            "estimate": language.signed(matched["estimate"], 1),
            "p": language.number(matched["p_placebo"], 2),
        }
        if matched["p_placebo"] > 0.1:
            found.append(
                _(
                    "Its targeted criteria moved {estimate} percentage points against comparable "
                    "provinces, which is within what happens without any plan (p = {p}).",
                    **words,
                )
            )
        else:
            found.append(
                _(
                    "Its targeted criteria moved {estimate} percentage points against comparable "
                    "provinces, more than usually happens without a plan (p = {p}).",
                    **words,
                )
            )
    else:
        found.append(_("Whether the targeted criteria themselves rose is not known."))
    return found


def _year_words(language: Language, row: Mapping[str, Any]) -> list[str]:
    _ = language.text
    words = {"index": terms.short(row["index"]), "year": row["year"]}
    place = _rank(language, row)
    if is_missing(row["score"]):
        if place is None:
            return []
        return [_("{index} {year}: a place within {range}; no score was found.", range=place,
                  **words)]  # fmt: skip
    words["score"] = terms.score(
        language, row["index"], row["score"], terms.digits(row["decimals"])
    )
    words["rank"] = place or language.missing
    if is_missing(row["distance"]):
        return [_("{index} {year}: {score}, rank {rank}.", **words)]
    words["gap"] = language.number(abs(row["distance"]))
    if row["distance"] < 0:
        return [_("{index} {year}: {score}, rank {rank}, {gap} points below the national mean.",
                  **words)]  # fmt: skip
    return [_("{index} {year}: {score}, rank {rank}, {gap} points above the national mean.",
              **words)]  # fmt: skip


def _rank(language: Language, row: Mapping[str, Any]) -> str | None:
    """Rank of a year, or the bounds that are known."""
    if not is_missing(row["rank"]):
        return language.rank(row["rank"], row["n_ranked"])
    if not is_missing(row["rank_low"]):
        return language.rank_range(row["rank_low"], row["rank_high"], row["n_ranked"])
    if is_missing(row["rank_implied"]):
        return None
    implied = language.rank(row["rank_implied"], row["n_ranked"])
    return language.text("{value} (implied by the change)", value=implied)


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(k): v for k, v in row.items()} for row in frame.to_dict("records")]


# --- the plan ------------------------------------------------------------------------------------


def wanted(page: Page, plan: Plan, components: pd.DataFrame, sources: pd.DataFrame,
           file: str) -> None:  # fmt: skip
    """What the plan wants raised or held, and who leads."""
    language = page.language
    _ = language.text
    rows = plan.rows
    if file:
        page.say(
            _(
                "The plan is in the file {file}: {plan}.",
                plan=plan_name(plan) or file,
                file=file,
            )
        )
    else:
        page.say(
            _(
                "The folder of plans has none of this province and index year. What follows takes "
                "a plan drafted from the figures of {year}: everything below its maximum is to be "
                "raised.",
                year=plan.year,
            )
        )
    told = rows["lead_department"].ne("") & rows["action"].ne("")
    listed = rows[rows["kind"].eq("raise") | told]
    if listed.empty:
        page.say(
            _(
                "The points by criterion of {year} were not found in any source, so the draft "
                "names nothing to be raised.",
                year=plan.year,
            )
        )
        return
    n = len(plan.raised)
    page.say(
        language.ntext(
            "The plan wants {n} criterion raised.", "The plan wants {n} criteria raised.", n
        )
    )
    listed = listed.sort_values("priority", kind="stable", na_position="last")
    page.show(_wanted_table(page, listed.head(_SHOWN), components, set(sources["source_id"])))
    left = len(listed) - _SHOWN
    if left > 0:
        page.say(
            language.ntext(
                "{n} more row of the plan is not listed.",
                "{n} more rows of the plan are not listed.",
                left,
            )
        )
    if plan.problems:
        page.points(problem.line() for problem in plan.problems)


def _named(rows: pd.DataFrame, components: pd.DataFrame, criteria_set: str) -> pd.DataFrame:
    known = components[components["criteria_set"].eq(criteria_set)].drop_duplicates("code")
    out = rows.rename(columns={"code": "component"}).reset_index(drop=True)
    known = known.set_index("code")
    out["name_en"] = [str(known["name_en"].get(c, "")) for c in out["component"]]
    if "name" in out:
        out["name_vi"] = out["name"]
    else:
        out["name_vi"] = [str(known["name_vi"].get(c, "")) for c in out["component"]]
    return out


def _wanted_table(
    page: Page, rows: pd.DataFrame, components: pd.DataFrame, sources: set[str]
) -> Table:
    language = page.language
    _ = language.text
    set_name = str(components["criteria_set"].iloc[0]) if len(components) else ""

    def source(row: Mapping[str, Any]) -> Cell:
        ids = str(row["source"]).replace(",", " ").split()
        if ids and set(ids) <= sources:
            return page.cite(*ids)
        return row["source"] or None

    def aim(row: Mapping[str, Any]) -> Cell:
        msgid = _KINDS[row["kind"]]
        return language.text(msgid)

    def lead(row: Mapping[str, Any]) -> Cell:
        return department_name(row["lead_department"], language.code) or None

    columns = [
        terms.component_column(language, _("Criterion")),
        Column(_("Aim"), format=aim),
        Column(_("Lead department"), format=lead),
        Column(_("Points lost"), key="lost", kind="number", decimals=3),
        Column(_("What is to be done"), format=lambda r: r["action"] or None),
        Column(_("Due"), format=lambda r: due_label(r["due"], language.code) or None),
        Column(_("Sources"), format=source),
    ]
    # a column of which the plan says nothing at all is left out
    empty = {
        _("Points lost"): rows["lost"].isna().all(),
        _("What is to be done"): rows["action"].eq("").all(),
        _("Due"): rows["due"].eq("").all(),
    }
    return build_table(
        "plan-table",
        _("What the plan asks for"),
        _named(rows, components, set_name),
        [c for c in columns if not empty.get(c.label, False)],
        language,
    )


# --- what the figures say ------------------------------------------------------------------------


def path(page: Page, result: Evaluation, names: Names) -> None:
    """Scores and ranks from the plan's year on, as published, in a table and in words."""
    language = page.language
    _ = language.text
    rows = result.path[result.path["year"].ge(result.before)]
    told = rows[rows["score"].notna() | rows["rank_low"].notna() | rows["rank_implied"].notna()]
    if told.empty:
        page.say(
            _(
                "Neither a score nor a rank was found in any source from {year} on.",
                year=result.before,
            )
        )
        return
    _rank_chart(page, result, names)
    page.show(_path_table(page, rows, result.before))
    silent = rows[~rows.index.isin(told.index) & rows["year"].gt(result.before)]
    if len(silent):
        page.say(
            _(
                "No figure of the province was found for {years}. It is missing, not bad, and "
                "nothing is put in its place.",
                years=language.names(
                    f"{terms.short(r['index'])} {r['year']}" for r in silent.to_dict("records")
                ),
            )
        )


def _rank_chart(page: Page, result: Evaluation, names: Names) -> None:
    language = page.language
    whole = ["rank_implied", "rank_low", "rank_high", "n_ranked"]
    frame = result.path.assign(rank_published=result.path["rank"].astype("Int64"))
    frame[whole] = frame[whole].astype("Int64")
    told = frame["rank_published"].notna() | frame["rank_low"].notna()
    told |= frame["rank_implied"].notna()
    series = {str(i): part for i, part in frame[told].groupby("index", sort=True)}
    if not any(part["year"].nunique() > 1 for part in series.values()):
        return
    breaks = [
        (index, int(row["year"]), str(row[f"label_{language.code}"]))
        for index in series
        for row in criteria.breaks(index).to_dict("records")
        if not page.synthetic
    ]
    page.show(
        charts.rank_path(
            series,
            language,
            breaks,
            name=names(result.province_id),
            highlight_year=result.before,
        )
    )


def _path_table(page: Page, rows: pd.DataFrame, before: int) -> Table:
    language = page.language
    _ = language.text

    def score(row: Mapping[str, Any]) -> Cell:
        if is_missing(row["score"]):
            return None
        return terms.score(language, row["index"], row["score"], terms.digits(row["decimals"]))

    def sources(row: Mapping[str, Any]) -> Cell:
        ids = (row["score_source_id"], row["rank_source_id"], row["mean_source_id"])
        return page.cite(*dict.fromkeys(s for s in ids if s)) or None

    return build_table(
        "path-table",
        _("From the plan's index year on"),
        rows,
        [
            Column(
                _("Index and year"),
                format=lambda r: f"{terms.short(r['index'])} {r['year']}",
                row_header=True,
            ),
            Column(_("Score"), format=score, align="right"),
            Column(_("Published change"), key="change_score", kind="signed"),
            Column(_("Rank"), format=lambda r: _rank(language, r), align="right"),
            Column(_("National mean"), key="mean", kind="number"),
            Column(_("Distance to the mean"), key="distance", kind="signed"),
            Column(_("Sources"), format=sources),
        ],
        language,
        highlight=lambda r: r["year"] == before,
    )


def against_others(page: Page, result: Evaluation, names: Names) -> None:
    """The honest comparison across a change of method: distance to the mean, and rank."""
    language = page.language
    _ = language.text
    if result.standing.empty:
        page.say(
            _(
                "For neither index both the province's change from {before} to {after} and that of "
                "the national mean are known.",
                before=result.before,
                after=result.after,
            )
        )
        return
    page.show(
        charts.changes_against_mean(
            result.standing,
            language,
            name=names(result.province_id),
            before=result.before,
            after=result.after,
            synthetic=page.synthetic,
        )
    )
    page.points(p for row in _records(result.standing) for p in _standing_words(page, row))


def _standing_words(page: Page, row: Mapping[str, Any]) -> list[str]:
    language = page.language
    _ = language.text
    words = {
        "index": terms.short(row["index"]),
        "own": language.signed(row["change"]),
        "mean": language.signed(row["change_mean"]),
        "beyond": language.signed(row["change_distance"]),
    }
    found = []
    if row["break"]:
        found.append(
            _(
                "{index}: {own} points, but the method or the criteria changed and the national "
                "mean moved by {mean}. Against the mean it is {beyond} points.",
                **words,
            )
        )
    else:
        found.append(
            _("{index}: {own} points, the national mean {mean}; against the mean {beyond} points.",
              **words)
        )  # fmt: skip
    if not (is_missing(row["rank_before"]) or is_missing(row["rank_after"])):
        places = {
            "index": words["index"],
            "places": language.places(row["rank_before"] - row["rank_after"]),
            "before": language.rank(row["rank_before"]),
            "now": language.rank(row["rank_after"], row["n_ranked"]),
        }
        found.append(
            _(
                "{index}: in rank it went {places} ({before} → {now}); a rank needs no common "
                "scale, so a new method does not explain it unless it suits some provinces less "
                "than others.",
                **places,
            )
            if row["break"]
            else _("{index}: in rank it went {places} ({before} → {now}).", **places)
        )
    whole = not is_missing(row["n_ranked"]) and row["n_others"] + 1 >= row["n_ranked"]
    counts = {
        "n": language.number(row["n_others"], 0),
        "worse": language.number(row["n_worse"], 0),
        "index": words["index"],
    }
    if whole:
        found.append(_("{index}: of {n} other provinces {worse} fell further or rose less.",
                       **counts))  # fmt: skip
    elif row["n_others"]:
        found.append(
            _(
                "{index}: of {n} other provinces whose change is known, {worse} fell further or "
                "rose less. They are no sample: the first and the last are named more often.",
                **counts,
            )
        )
    return found


# --- targeted against untargeted -----------------------------------------------------------------


def effects(page: Page, result: Evaluation, components: pd.DataFrame, names: Names) -> None:
    """Estimates with their errors, the made-up plans, and each targeted criterion."""
    language = page.language
    _ = language.text
    if not result.compared:
        reasons = [result.why_not]
        sets = {criteria.criteria_set_of("PAR_INDEX", y) for y in (result.before, result.after)}
        if len(sets) > 1 and not page.synthetic and result.why_not != "no_targets":
            reasons.append("other_set")
        page.say(
            *(
                language.text(_WHY_NOT[r], before=result.before, after=result.after)
                for r in dict.fromkeys(reasons)
            ),
            _(
                "Targeted and untargeted criteria can be compared as soon as releases with their "
                "points of both years are in the data."
            ),
        )
        return
    page.say(
        _(
            "Compared: index years {before} and {after}, {n} criteria of which {targeted} were "
            "targeted, in percent of their maximum, and {others} other provinces.",
            before=result.before,
            after=result.after,
            n=language.number(len(result.criteria), 0),
            targeted=language.number(int(result.criteria["targeted"].sum()), 0),
            others=language.number(len(result.placebo), 0),
        ),
        _(
            "A plan picks what is low. What is low by bad luck rises again by itself: made-up "
            "plans of the other provinces, picked as low, moved {regression} percentage points "
            "on average without any plan. Only the last row takes that away.",
            regression=language.signed(result.estimate("did")["placebo_mean"], 1),
        ),
    )
    page.show(_effects_table(page, result))
    page.show(
        charts.placebo_strip(
            result, language, name=names(result.province_id), synthetic=page.synthetic
        )
    )
    page.show(_criteria_table(page, result, components))


def _effects_table(page: Page, result: Evaluation) -> Table:
    language = page.language
    _ = language.text

    def method(row: Mapping[str, Any]) -> Cell:
        msgid = terms.METHODS[row["method"]]
        return language.text(msgid)

    return build_table(
        "effects-table",
        _("Estimates, in percentage points of the maximum"),
        result.estimates,
        [
            Column(
                _("Comparison"),
                format=method,
                row_header=True,
            ),
            Column(_("Estimate"), key="estimate", kind="signed", decimals=1),
            Column(_("Standard error"), key="standard_error", kind="number", decimals=1),
            Column(_("In points"), key="points", kind="signed"),
            Column(_("Made-up plans"), key="placebo_mean", kind="signed", decimals=1),
            Column(_("p (placebo)"), key="p_placebo", kind="number", decimals=3),
        ],
        language,
        notes=[
            _(
                "In points: the estimate on all targeted criteria together. Made-up plans: their "
                "mean. p: share of the provinces, this one included, that lie as far from that "
                "mean."
            )
        ],
    )


def _criteria_table(page: Page, result: Evaluation, components: pd.DataFrame) -> Table:
    language = page.language
    _ = language.text
    rows = result.criteria[result.criteria["targeted"]]
    rows = rows.assign(
        beyond=rows["change"] - rows["change_matched"],
        percent_after=rows["percent_before"] + rows["change"],
    ).sort_values(["beyond", "component"], ascending=[False, True])
    set_name = str(components["criteria_set"].iloc[0]) if len(components) else ""
    named = _named(rows.rename(columns={"component": "code"}), components, set_name)
    return build_table(
        "targeted-table",
        _("The targeted criteria, in percent of their maximum"),
        named,
        [
            terms.component_column(language, _("Criterion")),
            Column(_("Before"), key="percent_before", kind="number", decimals=1),
            Column(_("After"), key="percent_after", kind="number", decimals=1),
            Column(_("Change"), key="change", kind="signed", decimals=1),
            Column(_("All others"), key="change_others", kind="signed", decimals=1),
            Column(_("Same score before"), key="change_matched", kind="signed", decimals=1),
        ],
        language,
    )


def limits(page: Page, result: Evaluation) -> None:
    """What the reader must know before using any of it."""
    _ = page.language.text
    points = [
        _(
            "One province is one case. What is measured is a difference, not a proof that the plan "
            "made it: whoever writes a plan differs from others in more than the plan."
        ),
        _(
            "The standard error and p say how far such differences lie apart among provinces "
            "without this plan. Other provinces have plans too; they are not a world without plans."
        ),
    ]
    if result.path["break"].fillna(False)[result.path["year"].gt(result.before)].any():
        points.append(
            _(
                "Scores before and after a new criteria set or a new survey method are not on one "
                "scale. Rank and distance to the national mean are the honest comparison; neither "
                "is perfect, since a method can suit some provinces less."
            )
        )
    if not result.compared:
        points.append(
            _(
                "Without the points of the criteria, the rank of the whole index cannot tell what "
                "the plan did: it also moves with all that the plan did not touch, and with the "
                "other provinces."
            )
        )
    page.points(points)
