"""What the data audit shows: coverage, contradictions, gaps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from markupsafe import Markup

from parstudy import charts
from parstudy.display import terms
from parstudy.display.page import Page
from parstudy.display.tables import Cell, Column, build_table
from parstudy.display.terms import Names
from parstudy.display.words import defer
from parstudy.fetch import Missing
from parstudy.pages.province_report import findings_table
from parstudy.studies import coverage
from parstudy.studies.agreement import Agreement

STATUSES = {
    "score_and_rank": defer("score and rank"),
    "rank": defer("rank only"),
    "score": defer("score only"),
    "bound": defer("only a bound or a group"),
    "change_only": defer("only implied by a change"),
    "nothing": defer("nothing"),
}


def title(page: Page, figures: pd.DataFrame, findings: pd.DataFrame, n_sources: int) -> None:
    """Title, and how much there is and how much of it is contradicted."""
    language = page.language
    _ = language.text
    warnings = int(findings["severity"].eq("warning").sum())
    page.title(
        _("The data: what is known, what contradicts, what is missing"),
        _(
            "{figures} published figures from {sources} sources; the checks found {findings} "
            "contradictions and no error that would stop the build.",
            # sums that nobody printed are figures of the data, not published ones
            figures=language.number((~figures["locator"].str.startswith("sum of ")).sum(), 0),
            sources=language.number(n_sources, 0),
            findings=language.number(warnings, 0),
        ),
    )


def covered(page: Page, table: pd.DataFrame, provinces: pd.DataFrame) -> None:
    """Coverage of index × year × province as a heat map and as counts."""
    language = page.language
    _ = language.text
    page.show(charts.coverage_heatmap(table, provinces, language))
    counted = coverage.counts(table)
    page.show(
        build_table(
            "coverage-counts-table",
            _("Provinces by what is known of them"),
            counted,
            [
                Column(_("Index"), format=lambda r: terms.short(r["index"]), row_header=True),
                Column(_("Year"), format=lambda r: str(r["year"])),
                *[
                    Column(_(label), key=status, kind="integer")
                    for status, label in STATUSES.items()
                ],
            ],
            language,
        )
    )


def certainty(page: Page, figures: pd.DataFrame, sources: pd.DataFrame) -> None:
    """Figures by certainty and by kind of source."""
    language = page.language
    _ = language.text
    certainties = {
        "stated": _("stated by the page"),
        "listed": _("read from the order of a printed list"),
        "derived": _("derived: summed, subtracted or implied"),
        "doubtful": _("doubtful"),
    }
    kinds = {
        "official table": _("official table"),
        "central government": _("central government"),
        "government portal": _("government portal"),
        "provincial plan": _("provincial plan"),
        "open panel": _("open data panel"),
        "press": _("press"),
    }
    kind = figures["source_id"].map(sources.set_index("source_id")["kind"])
    wide = pd.crosstab(kind, figures["certainty"]).reindex(
        index=[k for k in kinds if k in set(kind)], columns=list(certainties), fill_value=0
    )
    frame = wide.rename_axis("kind").reset_index()
    page.show(
        build_table(
            "certainty-table",
            _("Figures by kind of source and certainty"),
            frame,
            [
                Column(_("Kind of source"), format=lambda r: kinds[r["kind"]], row_header=True),
                *[Column(label, key=key, kind="integer") for key, label in certainties.items()],
            ],
            language,
        )
    )


def contradictions(page: Page, findings: pd.DataFrame, names: Names) -> None:
    """Every contradiction that the checks found, with both sides and their sources."""
    _ = page.language.text
    warnings = findings[findings["severity"].eq("warning")]
    remarks = findings[findings["severity"].eq("info")]
    if warnings.empty:
        page.say(_("The checks found no contradiction."))
    else:
        page.show(findings_table(page, warnings, names, _("Contradictions"), "contradictions"))
    if len(remarks):
        page.show(findings_table(page, remarks, names, _("Remarks"), "remarks"))


def agreement(page: Page, found: Agreement, names: Names) -> None:
    """Open panels against what other sources print: how many agree, and every disagreement."""
    language = page.language
    _ = language.text
    if not found.compared:
        page.say(
            _(
                "{n} figures come from open data panels; no other source in the data prints any "
                "of them, so they stand unchecked.",
                n=language.number(found.n_panel, 0),
            )
        )
        return
    page.say(
        _(
            "{n} figures come from open data panels. {compared} comparisons with other sources are "
            "possible: {agree} agree to the digits printed, {disagree} do not.",
            n=language.number(found.n_panel, 0),
            compared=language.number(found.compared, 0),
            agree=language.number(found.agree, 0),
            disagree=language.number(found.compared - found.agree, 0),
        )
    )
    if found.last_digit:
        page.say(
            language.ntext(
                "{n} of those that agree is a sum and agrees to one unit of the last digit only.",
                "{n} of those that agree are sums and agree to one unit of the last digit only.",
                found.last_digit,
            ),
            note=True,
        )
    page.show(
        build_table(
            "agreement-table",
            _("Comparisons of open data panels with other sources"),
            found.by_year,
            [
                Column(_("Index"), format=lambda r: terms.short(r["index"]), row_header=True),
                Column(_("Year"), format=lambda r: str(r["year"])),
                Column(_("Compared"), key="compared", kind="integer"),
                Column(_("Agree"), key="agree", kind="integer"),
                Column(_("Disagree"), key="disagree", kind="integer"),
                Column(_("Other sources"), key="sources", kind="integer"),
            ],
            language,
        )
    )
    if found.compared == found.agree:
        return

    def shown(row: Mapping[str, Any], side: str) -> Cell:
        text = terms.as_printed(language, str(row[f"{side}_text"]))
        return Markup("{} {}").format(text, page.cite(row[f"{side}_source_id"]))

    measures = {"score": _("score"), "percent": _("percent"), "rank": _("rank")}
    page.show(
        build_table(
            "disagreements-table",
            _("Every comparison that does not agree"),
            found.disagreements,
            [
                Column(_("Province"), format=lambda r: names(r["province_id"]), row_header=True),
                Column(_("Where"), format=lambda r: f"{terms.short(r['index'])} {r['year']}"),
                Column(
                    _("Component"),
                    format=lambda r: terms.component_label(
                        language, r["component"], r["index"], r["year"]
                    ),
                ),
                Column(_("Figure"), format=lambda r: measures[r["measure"]]),
                Column(_("Open data panel"), format=lambda r: shown(r, "panel"), align="right"),
                Column(_("Other source"), format=lambda r: shown(r, "other"), align="right"),
            ],
            language,
            notes=[
                _(
                    "Agree: equal when both are rounded to the fewer of their decimals. A total "
                    "or dimension that a panel does not print is the sum of its parts."
                )
            ],
        )
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
    language = page.language
    _ = language.text
    known = table["status"].isin(["score_and_rank", "rank", "score"])
    counted = known.groupby(table["province_id"]).sum().rename("known").reset_index()
    total = len(table[["index", "year"]].drop_duplicates())
    least = counted.sort_values(["known", "province_id"]).head(15)
    page.show(
        build_table(
            "gaps-table",
            _("Provinces with the fewest index years known"),
            least,
            [
                Column(_("Province"), format=lambda r: names(r["province_id"]), row_header=True),
                Column(
                    _("Index years with a score or a rank"),
                    format=lambda r: language.rank(r["known"], total),
                    align="right",
                ),
            ],
            language,
            notes=[
                _(
                    "An index year is one year of one index; there are {total} in the data.",
                    total=language.number(total, 0),
                )
            ],
        )
    )


def fetchable(page: Page, absent: Sequence[Missing]) -> None:
    """What is not here and which command would bring it."""
    language = page.language
    _ = language.text
    page.show(
        build_table(
            "fetch-table",
            _("Open data that can be brought here, for one's own analysis"),
            pd.DataFrame(
                {
                    "command": [m.command for m in absent],
                    "gives": [language.chosen(m.gives) for m in absent],
                }
            ),
            [
                Column(
                    _("Command"),
                    format=lambda r: Markup("<code>{}</code>").format(r["command"]),
                    row_header=True,
                ),
                Column(_("What would be there then"), key="gives"),
            ],
            language,
            notes=[
                _(
                    "Others compiled these tables and their licences differ, so they do not ship "
                    "with parstudy. Every page works on them once they are here."
                )
            ],
        )
    )
