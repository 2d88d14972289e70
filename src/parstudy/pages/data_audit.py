"""What the data audit shows: coverage, contradictions, gaps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from markupsafe import Markup

from parstudy import charts
from parstudy.display import terms
from parstudy.display.page import Page
from parstudy.display.tables import Cell, Column
from parstudy.display.terms import Names
from parstudy.display.words import defer
from parstudy.facts.provinces import registry
from parstudy.fetch import Missing
from parstudy.pages._findings import findings_table
from parstudy.studies import coverage
from parstudy.studies.agreement import Agreement

_FEWEST_SHOWN = 15
_STATUSES = {
    "score_and_rank": defer("score and rank"),
    "rank": defer("rank only"),
    "score": defer("score only"),
    "bound": defer("only a bound or a group"),
    "change_only": defer("only implied by a change"),
    "nothing": defer("nothing"),
}
_CERTAINTIES = {
    "stated": defer("stated by the page"),
    "listed": defer("read from the order of a printed list"),
    "derived": defer("worked out: summed, subtracted or implied"),
    "doubtful": defer("doubtful"),
}
_MEASURES = {"score": defer("score"), "percent": defer("percent"), "rank": defer("rank")}


def title(page: Page, figures: pd.DataFrame, findings: pd.DataFrame, n_sources: int) -> None:
    """Title, and how much there is and how much of it is contradicted."""
    language = page.language
    warnings = int(findings["severity"].eq("warning").sum())
    page.title(
        language.text("The data: what is known, what contradicts, what is missing"),
        language.text(
            "{figures} published figures from {sources} sources; the checks found {findings} "
            "contradictions and no figure that had to be refused.",
            # sums that nobody printed are figures of the data, not published ones
            figures=language.number((~figures["locator"].str.startswith("sum of ")).sum(), 0),
            sources=language.number(n_sources, 0),
            findings=language.number(warnings, 0),
        ),
    )


def covered(page: Page, table: pd.DataFrame) -> None:
    """Coverage of index × year × province as a heat map and as counts.

    Parameters
    ----------
    page : Page
        Where to.
    table : DataFrame
        From `parstudy.studies.coverage.coverage`.
    """
    columns, _ = page.columns, page.language.text
    page.show(charts.coverage_heatmap(table, registry("63"), page.language))
    page.table(
        "coverage-counts-table",
        _("Provinces by what is known of them"),
        coverage.counts(table),
        [
            columns.index(),
            columns.year(),
            *[columns.count(_(label), status) for status, label in _STATUSES.items()],
        ],
    )


def certainty(page: Page, figures: pd.DataFrame, sources: pd.DataFrame) -> None:
    """Figures by certainty and by kind of source."""
    columns, _ = page.columns, page.language.text
    kind = figures["source_id"].map(sources.set_index("source_id")["kind"])
    counted = pd.crosstab(kind, figures["certainty"]).reindex(
        index=[k for k in terms.SOURCE_KINDS if k in set(kind)],
        columns=list(_CERTAINTIES),
        fill_value=0,
    )
    page.table(
        "certainty-table",
        _("Figures by kind of source and certainty"),
        counted.rename_axis("kind").reset_index(),
        [
            columns.word(_("Kind of source"), "kind", terms.SOURCE_KINDS, header=True),
            *[columns.count(_(label), key) for key, label in _CERTAINTIES.items()],
        ],
    )


def contradictions(page: Page, findings: pd.DataFrame, names: Names) -> None:
    """Every contradiction that the checks found, with both sides and their sources."""
    _ = page.language.text
    warnings = findings[findings["severity"].eq("warning")]
    remarks = findings[findings["severity"].eq("info")]
    if warnings.empty:
        page.state("The checks found no contradiction.")
    else:
        page.show(findings_table(page, warnings, names, _("Contradictions"), "contradictions"))
    if len(remarks):
        page.show(findings_table(page, remarks, names, _("Remarks"), "remarks"))


def agreement(page: Page, found: Agreement, names: Names) -> None:
    """Open panels against what other sources print: how many agree, and every disagreement."""
    number = page.language.number
    if not found.compared:
        page.state(
            "{n} figures come from open data panels; no other source in the data prints any "
            "of them, so they stand unchecked.",
            n=number(found.n_panel, 0),
        )
        return
    page.state(
        "{n} figures come from open data panels. {compared} comparisons with other sources are "
        "possible: {agree} agree to the digits printed, {disagree} do not.",
        n=number(found.n_panel, 0),
        compared=number(found.compared, 0),
        agree=number(found.agree, 0),
        disagree=number(found.compared - found.agree, 0),
    )
    if found.last_digit:
        page.say(
            page.language.ntext(
                "{n} of those that agree is a sum and agrees to one unit of the last digit only.",
                "{n} of those that agree are sums and agree to one unit of the last digit only.",
                found.last_digit,
            ),
            note=True,
        )
    _comparisons(page, found.by_year)
    if found.compared > found.agree:
        _disagreements(page, found.disagreements, names)


def _comparisons(page: Page, by_year: pd.DataFrame) -> None:
    """How many comparisons there are, by index and year."""
    columns, _ = page.columns, page.language.text
    page.table(
        "agreement-table",
        _("Comparisons of open data panels with other sources"),
        by_year,
        [
            columns.index(),
            columns.year(),
            columns.count(_("Compared"), "compared"),
            columns.count(_("Agree"), "agree"),
            columns.count(_("Disagree"), "disagree"),
            columns.count(_("Other sources"), "sources"),
        ],
    )


def _disagreements(page: Page, rows: pd.DataFrame, names: Names) -> None:
    """Every comparison that does not agree, both sides as printed."""
    columns, _ = page.columns, page.language.text

    def printed(row: Mapping[str, Any], side: str) -> Cell:
        """Figure of one side, as printed, with its source."""
        text = terms.as_printed(page.language, str(row[f"{side}_text"]))
        return Markup("{} {}").format(text, page.cite(row[f"{side}_source_id"]))

    page.table(
        "disagreements-table",
        _("Every comparison that does not agree"),
        rows,
        [
            columns.province(names),
            columns.index_year(_("Where")),
            columns.component_of_set(),
            columns.word(_("Figure"), "measure", _MEASURES),
            Column(_("Open data panel"), format=lambda r: printed(r, "panel"), align="right"),
            Column(_("Other source"), format=lambda r: printed(r, "other"), align="right"),
        ],
        notes=[
            _(
                "Agree: equal when both are rounded to the fewer of their decimals. A total "
                "or dimension that a panel does not print is the sum of its parts."
            )
        ],
    )


def rule(page: Page) -> None:
    """How one value is chosen where sources contradict each other."""
    _ = page.language.text
    page.points(
        [
            _("A doubtful figure never beats one that is not."),
            _("An official table wins."),
            _(
                "A figure that other published figures rule out (the order of ranks and scores, a "
                "rank that another unit holds, a published change, a score beyond the nation's "
                "extreme) loses to one that they do not."
            ),
            _(
                "A page of the ministry wins over a page of a province, that over an open data "
                "panel, that over the press."
            ),
            _("A newer page wins over an older one."),
            _("Among figures that agree to rounding the most precise one is taken."),
        ]
    )


def gaps(page: Page, table: pd.DataFrame, names: Names) -> None:
    """Provinces of which hardly anything is known."""
    columns, _ = page.columns, page.language.text
    known = table["status"].isin(["score_and_rank", "rank", "score"])
    counted = known.groupby(table["province_id"]).sum().rename("known").reset_index()
    total = len(table[["index_id", "year"]].drop_duplicates())
    page.table(
        "gaps-table",
        _("Provinces with the fewest index years known"),
        counted.sort_values(["known", "province_id"]).head(_FEWEST_SHOWN).assign(total=total),
        [
            columns.province(names),
            columns.count_of(_("Index years with a score or a rank"), "known", "total"),
        ],
        notes=[
            _(
                "An index year is one year of one index; there are {total} in the data.",
                total=page.language.number(total, 0),
            )
        ],
    )


def fetchable(page: Page, absent: Sequence[Missing]) -> None:
    """What is not here and which command would bring it."""
    _ = page.language.text
    page.table(
        "fetch-table",
        _("Open data that can be brought here, for one's own analysis"),
        pd.DataFrame(
            {
                "command": [m.command for m in absent],
                "gives": [page.language.chosen(m.gives) for m in absent],
            }
        ),
        [
            Column(
                _("Command"),
                format=lambda r: Markup("<code>{}</code>").format(r["command"]),
                row_header=True,
            ),
            page.columns.text(_("What would be there then"), "gives"),
        ],
        notes=[
            _(
                "Others compiled these tables and their licences differ, so they do not ship "
                "with parstudy. Every page works on them once they are here."
            )
        ],
    )
