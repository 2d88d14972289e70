"""What the evaluation of a plan shows: an honest note, one function for each finding."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from typing import Any

import pandas as pd

from parstudy import charts
from parstudy.dataset.rows import by
from parstudy.display import terms
from parstudy.display.page import Page
from parstudy.display.tables import Cell, Column, coloured
from parstudy.display.terms import Names
from parstudy.display.words import Language, defer, is_missing
from parstudy.facts import criteria
from parstudy.pages._words import breaks, plan_name, rank_cell
from parstudy.plans import Evaluation, Plan, department_name, due_label
from parstudy.records import records
from parstudy.studies.safe_places import Sample

__all__ = ["Names", "against_others", "effects", "limits", "path", "title", "wanted"]

_KINDS = {"raise": defer("raise"), "hold": defer("hold"), "": defer("no aim stated")}
_SHOWN = 40
_NOT_UNUSUAL = 0.1
"""P-value above which a difference is within what happens without any plan."""
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
    about = {"province": names(result.province_id), "year": result.before}
    found = [
        *_verdict(page, result, carried_out=bool(file)),
        *_years_after(page, result, about),
        *_within(page, result),
    ]
    if file:
        asked = _("{province}: did the plan made from index year {year} help?", **about)
    else:  # a draft was never carried out: who reads no further must not take it for a plan
        asked = _("{province}: what came after index year {year}, without a known plan", **about)
        found.insert(
            0,
            _(
                "No plan of the province is in the data; a draft made from the figures of {year} "
                "stands in for one, so no plan that was carried out is evaluated here.",
                **about,
            ),
        )
    page.title(asked, " ".join(found))


def _years_after(page: Page, result: Evaluation, about: Mapping[str, Any]) -> list[str]:
    """Score and rank of each year after the plan's, or that none is known."""
    rows = _records(result.path[result.path["year"].gt(result.before)])
    return [text for row in rows for text in _year_words(page, row)] or [
        page.language.text(
            "No figure of {province} for an index year after {year} was found.",
            **about,
        )
    ]


def _year_words(page: Page, row: Mapping[str, Any]) -> list[str]:
    """One year of one index: score, rank, distance to the national mean."""
    language = page.language
    _ = language.text
    words = {"index": terms.short(row["index_id"]), "year": row["year"]}
    rank = rank_cell(language, row)
    if is_missing(row["score"]):
        if rank is None:
            return []
        if is_missing(row["rank_low"]) or row["rank_low"] == row["rank_high"]:
            return [_("{index} {year}: rank {rank}; no score was found.", rank=rank, **words)]
        return [_("{index} {year}: a place within {range}; no score was found.", range=rank,
                  **words)]  # fmt: skip
    words["score"] = terms.score_with_unit(language, row)
    words["rank"] = rank or language.missing
    if is_missing(row["distance"]):
        return [_("{index} {year}: {score}, rank {rank}.", **words)]
    gap = language.number(abs(row["distance"]))
    words["gap"] = terms.difference(language, row["index_id"], gap)
    if row["distance"] < 0:
        return [_("{index} {year}: {score}, rank {rank}, {gap} below the national mean.",
                  **words)]  # fmt: skip
    return [_("{index} {year}: {score}, rank {rank}, {gap} above the national mean.",
              **words)]  # fmt: skip


def _within(page: Page, result: Evaluation) -> list[str]:
    """Indices whose change against the mean may be chance of sampling: no news at all."""
    return [
        page.language.text(
            "Against the national mean {index} moved {beyond} from {before} to {after}, within "
            "sampling error (about ±{margin}), so neither better nor worse can be said.",
            **_words_of_change(page, row),
            before=result.before,
            after=result.after,
        )
        for row in _records(result.standing)
        if abs(row["change_distance"]) < row["margin"]
    ]


def _verdict(page: Page, result: Evaluation, *, carried_out: bool) -> Iterator[str]:
    """Whether the targeted criteria rose more than those of comparable provinces."""
    language = page.language
    _ = language.text
    if not result.compared:
        yield (
            _(
                "Whether the plan helped cannot be said: no figure found shows whether the "
                "criteria that it targets rose."
            )
            if carried_out
            else _("Whether the targeted criteria themselves rose is not known.")
        )
        return
    matched = result.estimate("matched")
    words = {
        "estimate": language.signed(matched["estimate"], 1),
        "p": language.number(matched["p_placebo"], 2),
    }
    if matched["p_placebo"] > _NOT_UNUSUAL:
        yield _(
            "Its targeted criteria moved {estimate} percentage points against comparable "
            "provinces, which is within what happens without any plan (p = {p}).",
            **words,
        )
    else:
        yield _(
            "Its targeted criteria moved {estimate} percentage points against comparable "
            "provinces, more than usually happens without a plan (p = {p}).",
            **words,
        )


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(k): v for k, v in row.items()} for row in records(frame)]


# --- the plan ------------------------------------------------------------------------------------


def wanted(page: Page, plan: Plan, components: pd.DataFrame, sources: pd.DataFrame,
           file: str) -> None:  # fmt: skip
    """What the plan wants raised or held, and who leads.

    Parameters
    ----------
    page, plan : Page, Plan
        Where to, and what.
    components : DataFrame
        Criteria set that the plan is written in.
    sources : DataFrame
        Table of the dataset; what the plan cites of it is linked.
    file : str
        Where the plan stands; empty for a draft.
    """
    if file:
        page.state("The plan: {plan}.", plan=plan_name(plan) or file)
        page.for_operators("The plan was read from the file `{file}`.", file=file)
    else:
        page.state(
            "The folder of plans has none of this province and index year. What follows takes "
            "a plan drafted from the figures of {year}: everything below its maximum is to be "
            "raised.",
            year=plan.year,
        )
    rows = plan.rows
    told = rows["lead_department"].ne("") & rows["action"].ne("")
    listed = rows[rows["kind"].eq("raise") | told]
    if listed.empty:
        page.state(
            "The points by criterion of {year} were not found in any source, so the draft "
            "names nothing to be raised.",
            year=plan.year,
        )
        return
    n = len(plan.raised)
    page.nstate("The plan wants {n} criterion raised.", "The plan wants {n} criteria raised.", n)
    listed = listed.sort_values("priority", kind="stable", na_position="last")
    _wanted_table(page, listed.head(_SHOWN), components, by(sources, "source_id"))
    if len(listed) > _SHOWN:
        page.nstate(
            "{n} more row of the plan is not listed.",
            "{n} more rows of the plan are not listed.",
            len(listed) - _SHOWN,
        )
    if plan.problems:
        page.points(problem.line() for problem in plan.problems)


def _with_names(rows: pd.DataFrame, components: pd.DataFrame) -> pd.DataFrame:
    """Rows with the names of their ``component``: of the criteria set, else of the plan."""
    first = components["criteria_set"].iloc[:1]
    known = components[components["criteria_set"].isin(first)].drop_duplicates("code")
    known = known.set_index("code")
    out = rows.reset_index(drop=True)
    for name in ("name_en", "name_vi"):
        out[name] = [str(known[name].get(code, "")) for code in out["component"]]
    if "name" not in out:
        return out
    own = out["name"].fillna("").astype("str")
    return out.assign(name_vi=out["name_vi"].where(out["name_vi"].ne(""), own), own_name=own)


def _wanted_table(
    page: Page, rows: pd.DataFrame, components: pd.DataFrame, sources: Container[str]
) -> None:
    """Rows of the plan; a column of which it says nothing at all is left out."""
    language = page.language
    columns, _ = page.columns, language.text

    def source(row: Mapping[str, Any]) -> Cell:
        """Links where the plan cites sources of the data, else what it says."""
        ids = str(row["source"]).replace(",", " ").split()
        return page.cite(*ids) if ids and all(i in sources for i in ids) else row["source"]

    known: Mapping[str, Mapping[str, str]] = {}
    if len(components):
        known = criteria.component_names(components["criteria_set"].iloc[0], "PAR_INDEX")

    def criterion(row: Mapping[str, Any]) -> Cell:
        """Name with the code, and what else the plan calls it; of a code without one the area."""
        name = terms.component_name(language, row)
        if name == row["component"]:
            return terms.of_area(language, name, known)
        own = row.get("own_name", "")
        if own and terms.spelled_out(own) != terms.spelled_out(row["name_vi"]):
            return _("{name} (in the plan: “{own}”)", name=name, own=own)
        return name

    given = [
        Column(_("Criterion"), format=criterion, row_header=True),
        columns.word(_("Aim"), "kind", _KINDS),
        Column(
            _("Lead department"),
            format=lambda r: department_name(r["lead_department"], language.code),
        ),
        columns.number(_("Points lost"), "lost"),
        columns.text(_("What is to be done"), "action"),
        Column(_("Due"), "due", format=lambda r: due_label(r["due"], language.code)),
        columns.links(source),
    ]
    silent = [key for key in ("lost", "action", "due") if rows[key].map(is_missing).all()]
    page.table(
        "plan-table",
        _("What the plan asks for"),
        _with_names(rows.rename(columns={"code": "component"}), components),
        [column for column in given if column.key not in silent],
    )


# --- what the figures say ------------------------------------------------------------------------


def path(page: Page, result: Evaluation, names: Names) -> None:
    """Scores and ranks from the plan's year on, as published, in a table and in words."""
    rows = result.path[result.path["year"].ge(result.before)]
    told = rows[rows[["score", "rank_low", "rank_implied"]].notna().any(axis=1)]
    if told.empty:
        page.state(
            "Neither a score nor a rank was found in any source from {year} on.",
            year=result.before,
        )
        return
    _rank_chart(page, result, names)
    _path_table(page, rows, result)
    silent = rows[~rows.index.isin(told.index) & rows["year"].gt(result.before)]
    if len(silent):
        releases = [f"{terms.short(r['index_id'])} {r['year']}" for r in records(silent)]
        page.state(
            "No figure of the province was found for {years}. It is missing, not bad, and "
            "nothing is put in its place.",
            years=page.language.names(releases),
        )


def _rank_chart(page: Page, result: Evaluation, names: Names) -> None:
    """Ranks over the years, where an index has two or more."""
    whole = ["rank_implied", "rank_low", "rank_high", "n_ranked"]
    frame = result.path.assign(rank_published=result.path["rank"].astype("Int64"))
    frame[whole] = frame[whole].astype("Int64")
    told = frame[["rank_published", "rank_low", "rank_implied"]].notna().any(axis=1)
    series = {str(i): part for i, part in frame[told].groupby("index_id", sort=True)}
    if not any(part["year"].nunique() > 1 for part in series.values()):
        return
    page.show(
        charts.rank_path(
            series,
            page.language,
            [] if page.synthetic else breaks(page.language, series),
            name=names(result.province_id),
            highlight_year=result.before,
        )
    )


def _path_table(page: Page, rows: pd.DataFrame, result: Evaluation) -> None:
    """Score, rank and distance to the mean, year by year."""
    language = page.language
    columns, _ = page.columns, language.text
    sampled = (rows["margin"].notna() & rows["change_score"].notna()).any()
    change = _("Published change (± sampling error)") if sampled else _("Published change")
    page.table(
        "path-table",
        _("From the plan's index year on"),
        rows,
        [
            columns.index_year(_("Index and year"), header=True),
            columns.score(),
            Column(change, format=lambda r: _change_cell(page, r), align="right"),
            Column(_("Rank"), format=lambda r: rank_cell(language, r), align="right"),
            columns.score(label=_("National mean"), key="mean", decimals=terms.MOST),
            columns.score_change(_("Distance to the mean"), "distance"),
            columns.sources("score_source_id", "rank_source_id", "mean_source_id"),
        ],
        highlight=lambda r: r["year"] == result.before,
        notes=_sampling_notes(page, result) if sampled else (),
    )


def _change_cell(page: Page, row: Mapping[str, Any]) -> Cell:
    """A published change with its sampling error; good or bad only where it is beyond that."""
    change, margin = row["change_score"], row["margin"]
    if is_missing(change):
        return None
    language = page.language
    told = language.signed(change)
    if is_missing(margin):
        return coloured(change, terms.difference(language, row["index_id"], told))
    told = f"{told} ± {language.number(margin, 1)}"
    text = terms.difference(language, row["index_id"], told)
    return text if abs(change) < margin else coloured(change, text)


def _sampling_notes(page: Page, result: Evaluation) -> Iterator[str]:
    """What a sampling error is, and what is assumed to reckon it."""
    language = page.language
    _ = language.text
    yield _(
        "Sampling error: one time in twenty, two surveys of the same opinion differ by more, "
        "only because other people were asked. Of PAR INDEX it is what its SIPAS part brings; "
        "the samples of its other surveys are in no source found, so in truth it is larger."
    )
    if result.samples:
        counts = [_asked(language, year, asked) for year, asked in sorted(result.samples.items())]
        yield _(
            "Assumed, not published: the people asked in the country ({counts}) are spread "
            "evenly over the provinces, and the design doubles the variance of a simple random "
            "sample.",
            counts="; ".join(counts),
        )


def _asked(language: Language, year: int, asked: Sample) -> str:
    """How many were asked in a year, and how good that count is."""
    words = {"year": year, "n": language.number(asked.asked, 0)}
    if asked.count == "sample_planned":
        return language.text("{year}: {n} planned", **words)
    if asked.count == "sample_issued":
        return language.text("{year}: {n} forms handed out", **words)
    if not asked.certain:
        return language.text("{year}: about {n}", **words)
    return language.text("{year}: {n}", **words)


def against_others(page: Page, result: Evaluation, names: Names) -> None:
    """The honest comparison across a change of method: distance to the mean, and rank."""
    if result.standing.empty:
        page.state(
            "For neither index both the province's change from {before} to {after} and that of "
            "the national mean are known.",
            before=result.before,
            after=result.after,
        )
        return
    page.show(
        charts.changes_against_mean(
            result.standing,
            page.language,
            name=names(result.province_id),
            before=result.before,
            after=result.after,
            synthetic=page.synthetic,
        )
    )
    page.points(
        text
        for row in _records(result.standing)
        for words in (_change_words, _sampling_words, _rank_words, _others_words)
        for text in words(page, row)
    )


def _words_of_change(page: Page, row: Mapping[str, Any]) -> dict[str, str]:
    """The index of a row of the standing, its changes and their sampling error, with units."""
    language = page.language
    index = row["index_id"]
    changes = {"own": "change", "mean": "change_mean", "beyond": "change_distance"}
    told = {hole: language.signed(row[key]) for hole, key in changes.items()}
    told["margin"] = language.number(row.get("margin", float("nan")), 1)
    named = {hole: terms.difference(language, index, number) for hole, number in told.items()}
    return {"index": terms.short(index), **named}


def _change_words(page: Page, row: Mapping[str, Any]) -> Iterator[str]:
    """Change of the score, and what of it is left against the national mean."""
    language = page.language
    words = _words_of_change(page, row)
    if row["break"]:
        yield language.text(
            "{index}: {own}, but the method or the criteria changed and the national mean "
            "moved by {mean}. Against the mean it is {beyond}.",
            **words,
        )
    else:
        yield language.text(
            "{index}: {own}, the national mean {mean}; against the mean {beyond}.", **words
        )


def _sampling_words(page: Page, row: Mapping[str, Any]) -> Iterator[str]:
    """Whether the change against the mean is more than chance of sampling makes."""
    if is_missing(row["margin"]):
        return
    _ = page.language.text
    words = _words_of_change(page, row)
    within = abs(row["change_distance"]) < row["margin"]
    if row["index_id"] == "SIPAS":
        error = _("the sampling error of a change is about ±{margin}", **words)
    else:
        error = _("its SIPAS part alone has a sampling error of about ±{margin}", **words)
    if within:
        yield _(
            "{index}: {error}; {beyond} against the mean is within it, so neither better nor "
            "worse can be said, nor of the change of place.",
            error=error,
            **words,
        )
    elif row["index_id"] == "SIPAS":
        yield _("{index}: {error}; {beyond} against the mean is more.", error=error, **words)
    else:
        yield _(
            "{index}: {error}; {beyond} against the mean is more than that, but what its other "
            "surveys add is not known.",
            error=error,
            **words,
        )


def _rank_words(page: Page, row: Mapping[str, Any]) -> Iterator[str]:
    """Change of the rank, where both ranks are known."""
    language = page.language
    before, after = row["rank_before"], row["rank_after"]
    if is_missing(before) or is_missing(after):
        return
    words = {
        "index": terms.short(row["index_id"]),
        "places": language.places(before - after),
        "before": language.rank(before),
        "now": language.rank(after, row["n_ranked"]),
    }
    if row["break"]:
        yield language.text(
            "{index}: in rank it went {places} ({before} → {now}); ranks need no common scale, "
            "but a new method can suit some provinces better than others, so this is no "
            "measure of the plan.",
            **words,
        )
    else:
        yield language.text("{index}: in rank it went {places} ({before} → {now}).", **words)


def _others_words(page: Page, row: Mapping[str, Any]) -> Iterator[str]:
    """How many others did worse, of all or of those whose change is known."""
    language = page.language
    others, worse = int(row["n_others"]), int(row["n_worse"])
    words = {"index": terms.short(row["index_id"]), "n": language.number(others, 0)}
    words["found"] = language.ntext(
        "{n} province fell further or rose less",
        "{n} provinces fell further or rose less",
        worse,
        none=defer("none fell further or rose less"),
    )
    if not is_missing(row["n_ranked"]) and others + 1 >= row["n_ranked"]:
        yield language.text("{index}: of {n} other provinces {found}.", **words)
    elif others:
        yield language.text(
            "{index}: of {n} other provinces whose change is known, {found}. They are no sample: "
            "the first and the last are named more often.",
            **words,
        )


# --- targeted against untargeted -----------------------------------------------------------------


def effects(page: Page, result: Evaluation, components: pd.DataFrame, names: Names) -> None:
    """Estimates with their errors, the made-up plans, and each targeted criterion.

    Parameters
    ----------
    page, result : Page, Evaluation
        Where to, and what.
    components : DataFrame
        Criteria set that the plan is written in.
    names : Names
        Of provinces.
    """
    language = page.language
    _ = language.text
    if not result.compared:
        _not_compared(page, result)
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
    _effects_table(page, result)
    name = names(result.province_id)
    page.show(charts.placebo_strip(result, language, name=name, synthetic=page.synthetic))
    _criteria_table(page, result, components)


def _not_compared(page: Page, result: Evaluation) -> None:
    """Why targeted and untargeted criteria cannot be compared, and what it would take."""
    _ = page.language.text
    years = {"before": result.before, "after": result.after}
    reasons = [result.why_not]
    sets = {criteria.criteria_set_of("PAR_INDEX", year) for year in years.values()}
    if len(sets) > 1 and not page.synthetic and result.why_not != "no_targets":
        reasons.append("other_set")
    page.say(
        *(_(_WHY_NOT[reason], **years) for reason in dict.fromkeys(reasons)),
        _(
            "Targeted and untargeted criteria can be compared as soon as releases with their "
            "points of both years are in the data."
        ),
    )


def _effects_table(page: Page, result: Evaluation) -> None:
    """The estimates, each beside what made-up plans give."""
    columns, _ = page.columns, page.language.text
    page.table(
        "effects-table",
        _("Estimates, in percentage points of the maximum"),
        result.estimates,
        [
            columns.word(_("Comparison"), "method", terms.METHODS, header=True),
            columns.change(_("Estimate"), "estimate", 1),
            columns.number(_("Standard error"), "standard_error", 1),
            columns.change(_("In points"), "points"),
            columns.change(_("Made-up plans"), "placebo_mean", 1),
            columns.number(_("p (placebo)"), "p_placebo", 3),
        ],
        notes=[
            _(
                "In points: the estimate on all targeted criteria together. Made-up plans: their "
                "mean. p: share of the provinces, this one included, that lie as far from that "
                "mean."
            )
        ],
    )


def _criteria_table(page: Page, result: Evaluation, components: pd.DataFrame) -> None:
    """Each targeted criterion before and after, beside what it did elsewhere."""
    columns, _ = page.columns, page.language.text
    rows = result.criteria[result.criteria["targeted"]]
    rows = rows.assign(
        beyond=rows["change"] - rows["change_matched"],
        percent_after=rows["percent_before"] + rows["change"],
    ).sort_values(["beyond", "component"], ascending=[False, True])
    page.table(
        "targeted-table",
        _("The targeted criteria, in percent of their maximum"),
        _with_names(rows, components),
        [
            columns.component_names(_("Criterion")),
            columns.number(_("Before"), "percent_before", 1),
            columns.number(_("After"), "percent_after", 1),
            columns.change(_("Change"), "change", 1),
            columns.change(_("All others"), "change_others", 1),
            columns.change(_("Same score before"), "change_matched", 1),
        ],
    )


def limits(page: Page, result: Evaluation) -> None:
    """What the reader must know before using any of it."""
    page.points(_limits(page, result))


def _limits(page: Page, result: Evaluation) -> Iterator[str]:
    _ = page.language.text
    yield _(
        "One province is one case. What is measured is a difference, not a proof that the plan "
        "made it: whoever writes a plan differs from others in more than the plan."
    )
    if result.compared:
        yield _(
            "The standard error and p say how far such differences lie apart among provinces "
            "without this plan. Other provinces have plans too; they are not a world without "
            "plans."
        )
    if result.path["break"].fillna(False)[result.path["year"].gt(result.before)].any():
        yield _(
            "Scores before and after a new criteria set or a new survey method are not on one "
            "scale. Rank and distance to the national mean are the honest comparison; neither "
            "is perfect, since a method can suit some provinces less."
        )
    if not result.compared:
        yield _(
            "Without the points of the criteria, the rank of the whole index cannot tell what "
            "the plan did: it also moves with all that the plan did not touch, and with the "
            "other provinces."
        )
