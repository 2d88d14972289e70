"""What it takes: the cheapest ways to a rank, the outlook, the plans that exist."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from parstudy import charts
from parstudy.display import terms
from parstudy.display.page import Page
from parstudy.display.tables import Cell, Column
from parstudy.display.words import Language, defer, is_missing
from parstudy.pages._words import plan_name
from parstudy.pages.improvement_plan._words import (
    index_and_year,
    label,
    labels,
    lead_department,
    points_range,
)
from parstudy.plans import department_name
from parstudy.studies.improvement import Improvement, Outlook, Reach

if TYPE_CHECKING:
    from parstudy.plans import Plan

_BEST_SETS = 3
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


# --- the cheapest ways ---------------------------------------------------------------------------


def ways_up(page: Page, improvement: Improvement) -> None:
    """Cheapest sets of components to the target rank."""
    language = page.language
    reach = improvement.reach
    if reach is None and improvement.ladder.rank_low:
        page.state("It held the first place: there is none to gain, only to keep.")
        return
    if reach is None or reach.reason == "not_ranked":
        page.state("Its place is not known, so the points to another cannot be counted.")
        return
    rank = language.rank(reach.target, reach.n)
    if reach.reason == "held":
        page.state("Rank {rank} is held already.", rank=rank)
        return
    points = points_range(language, reach.needed_low, reach.needed_high)
    page.state("To rank {rank} it takes {points} points more.", rank=rank, points=points)
    if not page.parameters.get("target_rank"):
        page.remark(
            "No aim was given, so ten places up is taken, or the place at which the next better "
            "group begins where that is nearer."
        )
    if reach.reason:
        _no_sets(page, reach)
        return
    table = improvement.gains.table
    page.show(charts.way_to_rank(reach, table, language, synthetic=page.synthetic))
    _sets_table(page, improvement, reach, rank)


def _no_sets(page: Page, reach: Reach) -> None:
    """Why no set of components can be named."""
    if reach.reason == "no_components":
        page.state(
            "Which components could bring them cannot be said: no points by component are known."
        )
    elif reach.reason == "rank_not_certain":
        page.state(
            "The figures do not fix the score of that rank, so the cheapest sets cannot be "
            "told apart."
        )
    else:
        page.state(
            "Out of reach with what is known: even with every known component at the best "
            "score of any province the total would be {most}, rank {best}.",
            most=page.language.number(reach.most),
            best=page.language.rank(reach.best_rank or None, reach.n),
        )


def _sets_table(page: Page, improvement: Improvement, reach: Reach, rank: str) -> None:
    """The best sets, each with what it has the fewest of."""
    columns, _ = page.columns, page.language.text

    sets = reach.sets[reach.sets["place"].le(_BEST_SETS)]
    aims = sets.groupby("codes", sort=False)["aim"].agg(tuple)
    sets = sets.drop_duplicates("codes").assign(aims=lambda s: s["codes"].map(aims))
    page.table(
        "sets-table",
        _("Cheapest sets of components to rank {rank}", rank=rank),
        sets,
        [
            Column(_("What is fewest"), format=lambda r: "; ".join(_(_AIMS[a]) for a in r["aims"])),
            Column(
                _("Components"),
                format=lambda r: "; ".join(
                    label(page.language, improvement, c) for c in r["codes"]
                ),
                row_header=True,
            ),
            columns.count(_("Number"), "n_components"),
            columns.number(_("Points"), "points"),
            Column(
                _("Lead departments"),
                format=lambda r: ", ".join(
                    department_name(name, page.language.code) for name in r["departments"]
                ),
            ),
            columns.number(_("Total score"), "total"),
            columns.rank(),
        ],
        notes=[
            _(
                "All sets were compared. Each component is raised to the best score of any "
                "province in the year, which is the maximum where some province has it. The "
                "other provinces are taken as they were; a tie shares the better place."
            )
        ],
    )


# --- if the others move as well ------------------------------------------------------------------


def outlook(page: Page, improvement: Improvement) -> None:
    """Distribution of the rank when the others move as well."""
    language = page.language
    found, values = improvement.what_if, improvement.values
    if found.outlook is None:
        page.state(
            _NO_OUTLOOK[found.reason],
            year=improvement.year,
            n=language.number(found.n, 0),
            known=language.number(values.n_known + (not is_missing(values.total)), 0),
        )
        return
    look = found.outlook
    page.state(
        "The others do not stand still. Here every province changes as provinces did between "
        "the years {pairs}: for each year ahead one pair of years is drawn, and for each "
        "province the change of one province in it, all components at once. Of a lead over "
        "the mean, {kept} was kept from one year to the next.",
        pairs=language.names(f"{a}–{b}" for a, b in look.pairs),
        kept=language.percent(100 * look.persistence, 0),
    )
    page.show(
        charts.rank_outlook(
            look,
            found.rank_low,
            found.n,
            language,
            planned=bool(improvement.chosen),
            synthetic=page.synthetic,
        )
    )
    _chances_table(page, improvement, look)


def _chances_table(page: Page, improvement: Improvement, look: Outlook) -> None:
    """Chances of the first places and of the groups, with the plan where there is one."""
    language = page.language
    _ = language.text
    columns = [
        Column(_("Chance to be"), "what", row_header=True),
        Column(_("without a plan"), format=lambda r: _chance(language, r["without_plan"]),
               align="right"),
        Column(_("with the plan"), format=lambda r: _chance(language, r["with_plan"]),
               align="right"),
    ]  # fmt: skip
    page.table(
        "chances-table",
        _("Chances in {year}", year=improvement.year + look.horizon),
        _chances(page, look),
        columns if improvement.chosen else columns[:-1],
        notes=_outlook_notes(page, improvement, look),
    )


def _chances(page: Page, look: Outlook) -> pd.DataFrame:
    """First places, then the groups that are possible: ``what, with_plan, without_plan``."""
    _ = page.language.text
    first = [_("among the first {n}", n=page.language.number(n, 0)) for n in look.chances.index]
    possible = look.groups[look.groups.max(axis=1).gt(0)]
    groups = [
        _("group {group}", group=group) if group else _("below the groups stated")
        for group in possible.index
    ]
    return pd.concat([look.chances.assign(what=first), possible.assign(what=groups)])


def _outlook_notes(page: Page, improvement: Improvement, look: Outlook) -> list[str]:
    """What the plan is, how far chances hold, whose thresholds."""
    _ = page.language.text
    notes = [
        _(
            "{draws} draws. Chances hold as far as the coming year is like the past ones; over "
            "simulated futures they were right to within five points.",
            draws=page.language.number(look.draws, 0),
        )
    ]
    if improvement.chosen:
        plan = _(
            "The plan: {codes} raised as in the first set with the fewest components, the "
            "other components of the province moving as in past years.",
            codes=page.language.names(
                label(page.language, improvement, code) for code in improvement.chosen
            ),
        )
        notes.insert(0, plan)
    if len(look.groups):
        notes.append(_("Groups by the thresholds of {year}.", year=improvement.year))
    return notes


def _chance(language: Language, share: float) -> str:
    """A chance in whole percent, never 0 or 100 where it is neither."""
    if 0 < share < 0.005:
        return language.text("below {share}", share=language.percent(0.5, 1))
    if 0.995 < share < 1:
        return language.text("above {share}", share=language.percent(99.5, 1))
    return language.percent(100 * share, 0)


# --- the plans that there are --------------------------------------------------------------------


def planned(page: Page, improvement: Improvement, found: Sequence[Plan]) -> None:
    """What plans of the province made from this index year say, as far as files are there.

    Parameters
    ----------
    page, improvement : Page, Improvement
        Where to, and of whom.
    found : sequence of Plan
        Those that answer the year.
    """
    if not found:
        page.state(
            "No plan of this province made from {index} {year} is in the folder of plans.",
            **index_and_year(improvement),
        )
    known = improvement.gains.table
    for number, plan in enumerate(found, 1):
        raised = plan.rows[plan.rows["kind"].eq("raise")]
        if raised.empty:
            page.state("{plan}: it names no component to be raised.", plan=plan_name(plan))
            continue
        page.nstate(
            "{plan} names {n} component to be raised: {codes}.",
            "{plan} names {n} components to be raised: {codes}.",
            len(raised),
            plan=plan_name(plan),
            codes=page.language.names(labels(page.language, improvement, raised["code"])),
        )
        if not raised["code"].isin(known.index).all():
            page.state(
                "Their points in {year} were not found in any source: that they were below "
                "their maximum is what the plan says, by how much is not known.",
                year=improvement.year,
            )
        id = "plan-table" if number == 1 else f"plan-table-{number}"
        _plan_table(page, improvement, raised, known, id)


def _in_plan(language: Language, known: str, code: str, name: str) -> str:
    """What a component is called in the data, and in the plan where that is something else."""
    if not name or terms.spelled_out(f"{code} {name}") == terms.spelled_out(known):
        return known
    if known == code or known.endswith(")"):  # nothing but its code or its area is known
        return f"{code} {name}"
    return language.text("{name} (in the plan: “{own}”)", name=known, own=name)


def _plan_table(
    page: Page, improvement: Improvement, raised: pd.DataFrame, known: pd.DataFrame, id: str
) -> None:
    """What a plan wants raised, with its points where any are ``known``."""
    columns, _ = page.columns, page.language.text
    rows = raised.assign(
        component=[
            _in_plan(page.language, label(page.language, improvement, code), code, name)
            for code, name in zip(raised["code"], raised["name"], strict=True)
        ],
        **{figure: raised["code"].map(known[figure]) for figure in ("score", "lost")},
    )

    def cited(row: Mapping[str, Any]) -> Cell:
        """Links to the sources that the data has, else what the plan says."""
        ids = [
            source
            for source in str(row["source"]).replace(",", " ").split()
            if source in page.citations
        ]
        return page.cite(*ids) if ids else row["source"]

    points = [columns.number(_("Points"), "score"), columns.number(_("Lost points"), "lost")]
    page.table(
        id,
        _("To be raised, as the plan has it"),
        rows,
        [
            columns.component(key="component"),
            lead_department(page),
            columns.text(_("Action"), "action"),
            *(points if raised["code"].isin(known.index).any() else []),
            columns.links(cited),
        ],
    )
