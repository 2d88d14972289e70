"""Parts against rank: the rest of the index, regressions in three ways."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from parstudy import charts
from parstudy.display.page import Page
from parstudy.display.tables import Column, build_table
from parstudy.display.terms import Names
from parstudy.pages._cells import (
    STRONGEST,
    cut_note,
    holm_column,
    in_text,
    interval_column,
    p_column,
    place_columns,
    signed_column,
    signed_interval,
    signed_or_none,
    without_code,
)

if TYPE_CHECKING:
    from parstudy.statistics.drivers import ItemRest, RankRegression
    from parstudy.studies.one_index import Study


def rest(page: Page, result: ItemRest, names: Mapping[str, str]) -> None:
    """Each component against the total of all the others."""
    language = page.language
    _ = language.text
    frame = result.table.reset_index().assign(name=lambda d: [names.get(p, p) for p in d["part"]])
    known = frame[frame["spearman"].notna()]
    if known.empty:
        page.say(_("No component varies enough to be related to the rest."))
        return
    known = known.sort_values(["spearman", "part"], ascending=[False, True])
    shown = known.head(STRONGEST)
    page.show(charts.item_rest(without_code(shown, "part"), language))
    page.show(
        build_table(
            "item-rest-table",
            _("Each component against the total of the others"),
            shown,
            [
                Column(_("Component"), key="name", row_header=True),
                Column(_("n"), key="n", kind="integer"),
                signed_column(page, _("Spearman's rho"), "spearman"),
                interval_column(page, "spearman_low", "spearman_high"),
                signed_column(page, _("Kendall's tau"), "kendall"),
                signed_column(page, _("Slope"), "slope"),
                interval_column(page, "slope_low", "slope_high"),
                p_column(page, _("p (Benjamini–Hochberg)"), "spearman_p_bh"),
                p_column(page, _("p (Holm)"), "spearman_p_holm"),
            ],
            language,
            notes=[
                *cut_note(page, len(known)),
                _(
                    "p and the first interval belong to Spearman's rho; the slope is in points of "
                    "the rest per point of the part."
                ),
            ],
        )
    )
    clear = known[known["spearman_p_bh"].lt(0.05)]
    page.say(
        language.text(
            "After correction for {k} tests (Benjamini–Hochberg, 5%), clear against the rest: "
            "{names}.",
            k=language.number(len(known), 0),
            names=language.names(in_text(names, clear["part"]), 12),
        )
        if len(clear)
        else language.text(
            "After correction for {k} tests (Benjamini–Hochberg, 5%), no part is clear against "
            "the rest.",
            k=language.number(len(known), 0),
        )
    )


def _ranks_alone(result: RankRegression) -> pd.DataFrame:
    """Rows of the regressions of the rank on one component at a time."""
    table = result.table
    return table[
        table["way"].eq("single")
        & table["outcome"].eq("rank")
        & table["role"].eq("component")
        & table["estimate"].notna()
    ]


def regression(
    page: Page, result: RankRegression | None, names: Mapping[str, str], units: Names
) -> None:
    """Regressions of rank and score, as far as the number of provinces allows."""
    language = page.language
    _ = language.text
    if result is None:
        page.say(
            _(
                "One year is not regressed by itself: several years carry these parts better, see "
                "the next section."
            )
        )
        return
    table = result.table
    single = _ranks_alone(result)
    if single.empty:
        page.say(_("There are too few provinces for a regression."))
    else:
        frame = _per_deviation(single, result, names)
        shown = frame.head(STRONGEST)
        page.show(
            charts.coefficients(
                without_code(_scaled(shown), "term"),
                language,
                places=True,
                axis=_("places won per standard deviation of the part"),
            )
        )
        page.show(
            build_table(
                "regression-table",
                _("One component at a time: rank among the rest on the component's points"),
                shown,
                [
                    Column(_("Component"), key="name", row_header=True),
                    Column(_("n"), key="n", kind="integer"),
                    _deviation_column(page),
                    Column(
                        _("Places per point"),
                        format=lambda r: signed_or_none(page, r["places_gained"], 1),
                        align="right",
                    ),
                    Column(
                        _("95% interval"),
                        format=lambda r: signed_interval(page, -r["ci_high"], -r["ci_low"], 1),
                        align="right",
                    ),
                    p_column(page, _("p (Holm)"), "p_holm"),
                    Column(_("R²"), key="r_squared", kind="number"),
                ],
                language,
                notes=[
                    _(
                        "A point can be more than all the spread of a part: what provinces really "
                        "differ by is told by the standard deviation."
                    ),
                    _(
                        "Ordinary least squares with heteroskedasticity-robust (HC3) standard "
                        "errors; the outcome is the rank by the total of all other components, so "
                        "that no component explains itself."
                    ),
                    *cut_note(page, len(frame)),
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
                        format=lambda r: signed_or_none(page, r["places_gained"], 1),
                        align="right",
                    ),
                    Column(
                        _("Standardised slope"),
                        # places won, as beside it: a rank falls where a province moves up
                        format=lambda r: signed_or_none(page, -r["standardised"]),
                        align="right",
                    ),
                    Column(_("VIF"), key="vif", kind="number", decimals=1),
                    *holm_column(page, frame),
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
        score = table[
            table["way"].eq("together") & table["outcome"].eq("score") & table["estimate"].notna()
        ]
        page.say(
            _(
                "The same regression of the score gives R² = {r}: every slope is 1 where the total "
                "is a plain sum, and that is all it can say. Condition number of the standardised "
                "parts {condition}; above 30, slopes of parts that move together are not to be "
                "told apart.",
                r=language.number(score["r_squared"].iloc[0] if len(score) else None, 3),
                condition=language.number(result.condition_number_standardised, 0),
            )
        )
    if len(result.influence):
        _influential(page, result.influence, units)
    if len(result.dropped):
        page.say(
            language.ntext(
                "{n} column or row was left out.",
                "{n} columns or rows were left out.",
                len(result.dropped),
            ),
            note=True,
        )


def _influential(page: Page, influence: pd.DataFrame, units: Names) -> None:
    language = page.language
    large = influence[influence["influential"].fillna(False).astype(bool)].head(5)
    if large.empty:
        page.say(language.text("No province has a Cook's distance above 4/n."))
        return
    told = [
        language.text("{name} ({value})", name=units(str(unit)), value=language.number(value, 2))
        for unit, value in large["cooks_distance"].items()
    ]
    page.say(
        language.text(
            "Most influential provinces (Cook's distance above 4/n): {names}.",
            names=language.names(told),
        )
    )


def pooled(
    page: Page,
    result: RankRegression | None,
    within: pd.DataFrame | None,
    what: Study,
    names: Mapping[str, str],
) -> None:
    """Several years together: between provinces, and within them."""
    language = page.language
    _ = language.text
    if result is None:
        page.say(
            _(
                "Only one year has enough complete provinces under this criteria set: nothing can "
                "be pooled, and no province can be compared with itself."
            )
        )
        return
    single = _ranks_alone(result)
    frame = _per_deviation(single, result, names)
    shown = frame.head(STRONGEST)
    page.show(
        charts.coefficients(
            without_code(_scaled(shown), "term").assign(n_units=result.n_units),
            language,
            places=True,
            axis=_("places won per standard deviation of the part"),
            id="pooled-chart",
            caption=_("Several years pooled: places won among the rest."),
        )
    )
    page.show(
        build_table(
            "pooled-table",
            _("Years {years} pooled: rank among the rest on one part at a time",
              years=f"{what.years[0]}–{what.years[-1]}"),
            shown,
            [
                Column(_("Component"), key="name", row_header=True),
                Column(_("Rows"), key="n", kind="integer"),
                _deviation_column(page),
                *place_columns(page),
                p_column(page, _("p (Benjamini–Hochberg)"), "p_bh"),
                Column(_("R²"), key="r_squared", kind="number"),
            ],
            language,
            notes=[
                _(
                    "Year effects are taken out; errors are clustered by province ({n} clusters).",
                    n=language.number(result.n_units, 0),
                ),
                *cut_note(page, len(frame)),
            ],
        )
    )  # fmt: skip
    if within is None:
        page.say(
            _(
                "Changes within provinces are not modelled at this level: too many parts for the "
                "years that there are."
            )
        )
        return
    rows = within[within["places"].notna()].reset_index()
    if rows.empty:
        page.say(_("No part changes enough within provinces to be related to its place."))
        return
    rows["name"] = [names.get(p, p) for p in rows["part"]]
    page.show(
        build_table(
            "within-table",
            _("Within provinces: does its place among the rest move when its own points move?"),
            rows.sort_values(["places", "part"], ascending=[False, True]),
            [
                Column(_("Component"), key="name", row_header=True),
                Column(
                    _("Places per point"),
                    format=lambda r: signed_or_none(page, r["places"], 1),
                    align="right",
                ),
                Column(
                    _("95% interval"),
                    format=lambda r: signed_interval(page, r["low"], r["high"], 1),
                    align="right",
                ),
                p_column(page, _("p (wild bootstrap)"), "p_wild"),
                p_column(page, _("p (Benjamini–Hochberg)"), "p_wild_bh"),
            ],
            language,
            notes=[
                _(
                    "Province and year effects, clusters by province, {n} rows; p from the wild "
                    "cluster bootstrap with 199 draws, so none can be below {least}.",
                    n=language.number(rows["n"].max(), 0),
                    least=language.number(1 / 200, 3),
                )
            ],
        )
    )
    _between_and_within(page, single, rows, names)


def _between_and_within(
    page: Page, between: pd.DataFrame, within: pd.DataFrame, names: Mapping[str, str]
) -> None:
    """Which relations among provinces hold for one province over the years as well."""
    language = page.language
    _ = language.text
    good = between[between["p_bh"].lt(0.05) & between["places_gained"].gt(0)]
    if good.empty:
        return
    moved = within[within["p_wild_bh"].lt(0.05) & within["places"].gt(0)]
    both = [term for term in good["term"] if term in set(moved["part"])]
    values = {
        "m": language.number(len(good), 0),
        "k": language.number(len(between), 0),
        "names": language.names(in_text(names, both), 12),
    }
    lasting = _(
        "Where the relation holds among provinces only, something lasting in which they differ "
        "may stand behind both."
    )
    text = (
        _(
            "Among provinces, {m} of {k} parts go clearly with a better place among the rest "
            "(Benjamini–Hochberg, 5%). Within provinces the same is clear for: {names}.",
            **values,
        )
        if both
        else _(
            "Among provinces, {m} of {k} parts go clearly with a better place among the rest "
            "(Benjamini–Hochberg, 5%). Within provinces the same is clear for none of them.",
            **values,
        )
    )
    page.say(f"{text} {lasting}" if len(both) < len(good) else text)


def _per_deviation(
    single: pd.DataFrame, result: RankRegression, names: Mapping[str, str]
) -> pd.DataFrame:
    """Rows with their names and what one standard deviation is worth, most places first."""
    deviations = []
    for term in single["term"]:
        model = result.fits[("single", "rank", str(term))].model.model
        column = list(model.exog_names).index(term)
        deviations.append(float(model.exog[:, column].std(ddof=1)))
    frame = single.assign(name=[names.get(t, t) for t in single["term"]], deviation=deviations)
    frame["places_deviation"] = frame["places_gained"] * frame["deviation"]
    return frame.sort_values(["places_deviation", "term"], ascending=[False, True])


def _scaled(frame: pd.DataFrame) -> pd.DataFrame:
    columns = ["estimate", "ci_low", "ci_high"]
    return frame.assign(**{c: frame[c] * frame["deviation"] for c in columns})


def _deviation_column(page: Page) -> Column:
    return Column(
        page.language.text("Places per standard deviation"),
        format=lambda r: signed_or_none(page, r["places_deviation"], 1),
        align="right",
    )
