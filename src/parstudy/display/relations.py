"""What the drivers notebook shows: how components relate to the overall rank, and the limits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from parstudy.display import _common as common
from parstudy.display.page import Page
from parstudy.display.tables import Cell, Column, build_table
from parstudy.display.words import is_missing

if TYPE_CHECKING:
    from parstudy.drivers import IdentityCheck, ItemRest, RankRegression
    from parstudy.importance import VarianceShares

_STRONGEST = 15
_FEWEST = 8


def title(page: Page, index: str, year: int, level: str, frame: pd.DataFrame) -> None:
    """Title, what is related to what, and for how many provinces."""
    language = page.language
    _ = language.text
    summary = (
        _(
            "No province has all {what} of {year} in the data, so nothing can be related to the "
            "rank.",
            what=common.level_name(language, level),
            year=year,
        )
        if frame.empty
        else _(
            "{n} provinces have all {what} of {year}. The total is the sum of its parts: what "
            "follows shows how the parts go together, not what causes a rank.",
            n=language.number(len(frame), 0),
            what=common.level_name(language, level),
            year=year,
        )
    )
    page.title(
        _("What goes with the overall rank: {index} {year}", index=common.short(index), year=year),
        summary,
    )


def labels(page: Page, components: pd.DataFrame, codes: list[str]) -> dict[str, str]:
    """Names of the components in the page's language."""
    rows = components.drop_duplicates("code").set_index("code")
    found = {}
    for code in codes:
        row: dict[str, Any] = {"component": code}
        if code in rows.index:
            row |= {"name_vi": rows.loc[code, "name_vi"], "name_en": rows.loc[code, "name_en"]}
        found[code] = common.component_name(page.language, row)
    return found


def enough(frame: pd.DataFrame) -> bool:
    """Whether there are provinces enough to relate anything."""
    return len(frame) >= _FEWEST


def too_few(page: Page, frame: pd.DataFrame) -> None:
    """Say that there is too little to relate, and what would change that."""
    _ = page.language.text
    page.say(
        _(
            "Only {n} provinces have all components; {fewest} are the least for which anything is "
            "computed here. Add the release with its component tables to fill this page.",
            n=page.language.number(len(frame), 0),
            fewest=page.language.number(_FEWEST, 0),
        )
    )


def sources(page: Page, figures: pd.DataFrame, index: str, year: int, codes: list[str]) -> None:
    """Where the figures of the components come from."""
    used = figures[
        figures["index"].eq(index) & figures["year"].eq(year) & figures["component"].isin(codes)
    ]
    used = used[used["measure"].isin(["score", "percent"])]
    if len(used):
        page.say(
            page.language.text(
                "The figures are quoted from {sources}.", sources=page.cite(figures=used)
            ),
            note=True,
        )


def identity(page: Page, check: IdentityCheck) -> None:
    """Whether the total is the sum of the components, and what follows from it."""
    language = page.language
    _ = language.text
    if check.is_identity:
        page.say(
            _(
                "The total equals the sum of these components (largest difference {gap} points). A "
                "regression of the total on all of them would explain it by construction and say "
                "nothing; its p-values are therefore not shown.",
                gap=language.number(check.largest_difference, 3),
            )
        )
    else:
        page.say(
            _(
                "The total is not exactly the sum of these components (largest difference {gap} "
                "points): rounding, or parts that are not in the data.",
                gap=language.number(check.largest_difference, 3),
            )
        )


def shares(page: Page, result: VarianceShares, names: Mapping[str, str]) -> None:
    """How the spread of the total divides among the components."""
    from parstudy.display import charts

    language = page.language
    _ = language.text
    frame = result.table.reset_index().assign(name=lambda d: [names.get(p, p) for p in d["part"]])
    frame = frame.sort_values(["share", "part"], ascending=[False, True])
    shown = frame.head(_STRONGEST)
    page.show(charts.variance_shares(_bare(shown, "part"), language))
    page.show(
        build_table(
            "shares-table",
            _("Share of the total's variance that goes with each component"),
            shown,
            [
                Column(_("Component"), key="name", row_header=True),
                Column(
                    _("Share of variance"),
                    format=lambda r: language.percent(r["share"] * 100, 1),
                    align="right",
                ),
                Column(_("Mean (points)"), key="mean", kind="number"),
                Column(_("Standard deviation"), key="sd", kind="number"),
                Column(_("Provinces at the top"), key="n_at_top", kind="integer"),
            ],
            language,
            notes=_cut_note(page, len(frame)),
        )
    )
    constant = frame[frame["constant"].fillna(False).astype(bool)]
    if len(constant):
        page.say(
            language.ntext(
                "{n} component has one value for all provinces and cannot be related to "
                "anything: {names}.",
                "{n} components have one value for all provinces and cannot be related to "
                "anything: {names}.",
                len(constant),
                names=language.names(list(constant["part"]), limit=12),
            )
        )


def rest(page: Page, result: ItemRest, names: Mapping[str, str]) -> None:
    """Each component against the total of all the others."""
    from parstudy.display import charts

    language = page.language
    _ = language.text
    frame = result.table.reset_index().assign(name=lambda d: [names.get(p, p) for p in d["part"]])
    known = frame[frame["spearman"].notna()]
    if known.empty:
        page.say(_("No component varies enough to be related to the rest."))
        return
    known = known.sort_values(["spearman", "part"], ascending=[False, True])
    shown = known.head(_STRONGEST)
    page.show(charts.item_rest(_bare(shown, "part"), language))
    page.show(
        build_table(
            "item-rest-table",
            _("Each component against the total of the others"),
            shown,
            [
                Column(_("Component"), key="name", row_header=True),
                Column(_("n"), key="n", kind="integer"),
                Column(
                    _("Spearman's rho"), format=lambda r: _plus(page, r["spearman"]), align="right"
                ),
                Column(
                    _("95% interval"),
                    format=lambda r: _interval(page, r["spearman_low"], r["spearman_high"]),
                    align="right",
                ),
                Column(
                    _("p (Holm)"), format=lambda r: _p(page, r["spearman_p_holm"]), align="right"
                ),
                Column(
                    _("p (Benjamini–Hochberg)"),
                    format=lambda r: _p(page, r["spearman_p_bh"]),
                    align="right",
                ),
            ],
            language,
            notes=_cut_note(page, len(known)),
        )
    )


def regression(page: Page, result: RankRegression, names: Mapping[str, str]) -> None:
    """Regressions of the rank, at the level that the number of provinces allows."""
    from parstudy.display import charts

    language = page.language
    _ = language.text
    table = result.table
    single = table[
        table["way"].eq("single")
        & table["outcome"].eq("rank")
        & table["role"].eq("component")
        & table["estimate"].notna()
    ]
    if single.empty:
        page.say(_("There are too few provinces for a regression."))
    else:
        frame = single.assign(name=[names.get(t, t) for t in single["term"]])
        frame = frame.sort_values(["places_gained", "term"], ascending=[False, True])
        shown = frame.head(_STRONGEST)
        page.show(charts.coefficients(_bare(shown, "term"), language, places=True))
        page.show(
            build_table(
                "regression-table",
                _("One component at a time: rank among the rest on the component's points"),
                shown,
                [
                    Column(_("Component"), key="name", row_header=True),
                    Column(_("n"), key="n", kind="integer"),
                    Column(
                        _("Places per point"),
                        format=lambda r: _plus(page, r["places_gained"], 1),
                        align="right",
                    ),
                    Column(
                        _("95% interval"),
                        format=lambda r: _interval(page, -r["ci_high"], -r["ci_low"], 1),
                        align="right",
                    ),
                    Column(_("p (Holm)"), format=lambda r: _p(page, r["p_holm"]), align="right"),
                    Column(_("R²"), key="r_squared", kind="number"),
                ],
                language,
                notes=[
                    _(
                        "Ordinary least squares with heteroskedasticity-robust (HC3) standard "
                        "errors; the outcome is the rank by the total of all other components, so "
                        "that no component explains itself."
                    ),
                    *_cut_note(page, len(frame)),
                ],
            )
        )
    together = table[
        table["way"].eq("together") & table["outcome"].eq("rank") & table["estimate"].notna()
    ]
    if len(together):
        frame = together.assign(name=[names.get(t, t) for t in together["term"]])
        page.show(
            build_table(
                "together-table",
                _("All components at once: overall rank on the components' points"),
                frame,
                [
                    Column(_("Component"), key="name", row_header=True),
                    Column(
                        _("Places per point"),
                        format=lambda r: _plus(page, r["places_gained"], 1),
                        align="right",
                    ),
                    Column(
                        _("Standardised slope"),
                        format=lambda r: _plus(page, r["standardised"]),
                        align="right",
                    ),
                    Column(_("VIF"), key="vif", kind="number", decimals=1),
                    *_if_told(page, frame),
                ],
                language,
                notes=[
                    _(
                        "n = {n}, R² = {r}. The rank is made of these components; the slopes say "
                        "how many places a point was worth, not what causes what.",
                        n=language.number(frame["n"].iloc[0], 0),
                        r=language.number(frame["r_squared"].iloc[0], 2),
                    )
                ],
            )
        )
    if len(result.dropped):
        page.say(
            language.ntext(
                "{n} column or row was left out.",
                "{n} columns or rows were left out.",
                len(result.dropped),
            ),
            note=True,
        )


def limits(page: Page, n: int) -> None:
    """What must not be read into the figures."""
    _ = page.language.text
    page.points(
        [
            _(
                "{n} provinces of one year: a pattern among provinces, not an effect of a measure "
                "taken in one of them.",
                n=page.language.number(n, 0),
            ),
            _(
                "Many components sit at their maximum in most provinces; they cannot move a rank "
                "any more, however important they are."
            ),
            _(
                "Tests of many components are corrected for their number (Holm; "
                "Benjamini–Hochberg)."
            ),
            _(
                "Where not all provinces are in the data, those that are are no random part of "
                "the country."
            ),
        ]
    )


def _interval(page: Page, low: Any, high: Any, decimals: int = 2) -> Cell:
    if is_missing(low) or is_missing(high):
        return None
    language = page.language
    return language.text(
        "{low} to {high}", low=language.signed(low, decimals), high=language.signed(high, decimals)
    )


def _bare(frame: pd.DataFrame, key: str) -> pd.DataFrame:
    # charts put the code before the name themselves
    pairs = zip(frame["name"], frame[key], strict=True)
    return frame.assign(name=[str(name).removeprefix(f"{code} ") for name, code in pairs])


def _if_told(page: Page, frame: pd.DataFrame) -> list[Column]:
    """The column of p-values, unless all are withheld because the outcome is the sum."""
    if frame["p_holm"].isna().all():
        return []
    label = page.language.text("p (Holm)")
    return [Column(label, format=lambda r: _p(page, r["p_holm"]), align="right")]


def _plus(page: Page, value: Any, decimals: int = 2) -> Cell:
    # a slope is neither good nor bad: no colour
    return None if is_missing(value) else page.language.signed(value, decimals)


def _p(page: Page, value: Any) -> Cell:
    if is_missing(value):
        return None
    if value < 0.001:
        return f"< {page.language.number(0.001, 3)}"
    return page.language.number(value, 3)


def _cut_note(page: Page, n: int) -> list[str]:
    if n <= _STRONGEST:
        return []
    return [
        page.language.text(
            "The {shown} largest of {n}.",
            shown=page.language.number(_STRONGEST, 0),
            n=page.language.number(n, 0),
        )
    ]
