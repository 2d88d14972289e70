"""What it takes: the cheapest ways to a rank, the outlook, the plans that exist."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd

from parstudy import charts
from parstudy.display.page import Page
from parstudy.display.tables import Cell, Column, Table, build_table
from parstudy.display.words import Language, defer, is_missing
from parstudy.pages._cells import plan_name
from parstudy.pages.improvement_plan._words import index_and_year, points_range
from parstudy.studies.improvement import Improvement

if TYPE_CHECKING:
    from parstudy.plans import Plan

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
    points = points_range(language, reach.needed_low, reach.needed_high)
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
                **index_and_year(study),
            )
        )
        return
    for number, plan in enumerate(found, 1):
        raised = plan.rows[plan.rows["kind"].eq("raise")]
        name = plan_name(plan)
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
