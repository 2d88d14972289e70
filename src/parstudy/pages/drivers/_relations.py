"""Parts against rank: the rest of the index, regressions of one year and of several."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from parstudy import charts
from parstudy.display.page import Page
from parstudy.display.tables import Column
from parstudy.display.terms import Names
from parstudy.pages._words import STRONGEST, cut_note, for_chart, in_text, named
from parstudy.statistics.drivers import ItemRest, RankRegression
from parstudy.studies.one_index import Within

_CLEAR = 0.05
_NAMED = 12


def against_rest(page: Page, result: ItemRest, names: Mapping[str, str]) -> None:
    """Each component against the total of all the others."""
    columns, _ = page.columns, page.language.text
    known = named(result.table.reset_index(), names)
    known = known[known["spearman"].notna()]
    if known.empty:
        page.state("No component varies enough to be related to the rest.")
        return
    known = known.sort_values(["spearman", "part"], ascending=[False, True])
    shown = known.head(STRONGEST)
    page.show(
        charts.item_rest(for_chart(shown, "part"), page.language, confidence=result.confidence)
    )
    page.table(
        "item-rest-table",
        _("Each component against the total of the others"),
        shown,
        [
            columns.component(),
            columns.n(),
            columns.signed(_("Spearman's rho"), "spearman"),
            columns.interval("spearman_low", "spearman_high", confidence=result.confidence),
            columns.signed(_("Kendall's tau"), "kendall"),
            columns.signed(_("Slope"), "slope"),
            columns.interval("slope_low", "slope_high", confidence=result.confidence),
            columns.p_bh("spearman_p_bh"),
            columns.p_holm("spearman_p_holm"),
        ],
        notes=[
            *cut_note(page, len(known)),
            _(
                "p and the first interval belong to Spearman's rho; the slope is in points of "
                "the rest per point of the part."
            ),
        ],
    )
    page.say(charts.clear_of_rest(result, page.language, lambda parts: in_text(names, parts)))


# --- one year ------------------------------------------------------------------------------------


def regression(
    page: Page,
    result: RankRegression | None,
    names: Mapping[str, str],
    units: Names,
    sources: Mapping[str, str] | None = None,
) -> None:
    """Regressions of rank and score, as far as the number of provinces allows.

    Parameters
    ----------
    page : Page
        Where to.
    result : RankRegression or None
        Of one year.
    names : Mapping of str to str
        Of the components.
    units : Names
        Of the provinces.
    sources : mapping of str to str, optional
        Where the covariates are from, by their names.
    """
    if result is None:
        page.state(
            "One year is not regressed by itself: several years carry these parts better, see "
            "the next section."
        )
        return
    frame = _one_at_a_time(result, names)
    if frame.empty:
        page.state("There are too few provinces for a regression.")
    else:
        held = charts.held_fixed(result.covariates, page.language, sources)
        method = charts.method(result, page.language, "single", held)
        page.show(_coefficients(page, frame, result, method))
        _regression_table(page, frame, result, method)
    table = result.table
    together = table[table["way"].eq("together") & table["estimate"].notna()]
    ranks = together[together["outcome"].eq("rank")]
    if len(ranks):
        _together_table(page, named(ranks, names, "term"), result, sources)
        if result.parts:
            _score_words(page, result, together[together["outcome"].eq("score")])
    if len(result.influence):
        page.say(charts.influential(result, page.language, units))
    if len(result.dropped):
        page.say(
            page.language.ntext(
                "{n} column or row was left out.",
                "{n} columns or rows were left out.",
                len(result.dropped),
            ),
            note=True,
        )


def _one_at_a_time(result: RankRegression, names: Mapping[str, str]) -> pd.DataFrame:
    """Regressions of the rank on one component at a time, most places per deviation first.

    Adds ``name``, ``places_low, places_high`` (interval of the places won), ``deviation`` (one
    standard deviation of the component, in points) and ``places_deviation`` (what it is worth).
    """
    table = result.table
    single = table[
        table["way"].eq("single")
        & table["outcome"].eq("rank")
        & table["role"].eq("component")
        & table["estimate"].notna()
    ]
    deviations = []
    for term in single["term"]:
        model = result.fits[("single", "rank", str(term))].model.model
        column = list(model.exog_names).index(term)
        deviations.append(float(model.exog[:, column].std(ddof=1)))
    frame = named(single, names, "term").assign(deviation=deviations)
    # a rank falls where a province moves up
    frame["places_low"], frame["places_high"] = -frame["ci_high"], -frame["ci_low"]
    frame["places_deviation"] = frame["places_gained"] * frame["deviation"]
    return frame.sort_values(["places_deviation", "term"], ascending=[False, True])


def _coefficients(
    page: Page,
    frame: pd.DataFrame,
    result: RankRegression,
    method: str,
    lead: str = "",
    **given: Any,
) -> charts.Chart:
    """Picture of what one standard deviation of a component is worth, and how that was found."""
    level = page.language.percent(100 * result.confidence, 0)
    lead = lead or page.language.text(
        "Estimates of the regression, with {confidence} intervals.", confidence=level
    )
    shown = for_chart(frame.head(STRONGEST), "term")
    ends = ["estimate", "ci_low", "ci_high"]
    return charts.coefficients(
        shown.assign(**{end: shown[end] * shown["deviation"] for end in ends}),
        page.language,
        places=True,
        axis=page.language.text("places won per standard deviation of the part"),
        confidence=result.confidence,
        caption=f"{lead} {method}",
        **given,
    )


def _places(page: Page, confidence: float) -> list[Column]:
    """Places won per standard deviation and per point, with the interval of the latter."""
    columns, _ = page.columns, page.language.text
    return [
        columns.signed(_("Places per standard deviation"), "places_deviation", 1),
        columns.signed(_("Places per point"), "places_gained", 1),
        columns.interval("places_low", "places_high", 1, confidence=confidence),
    ]


def _regression_table(page: Page, frame: pd.DataFrame, result: RankRegression, method: str) -> None:
    """One component at a time, in one year."""
    columns, _ = page.columns, page.language.text
    page.table(
        "regression-table",
        _("One component at a time: rank among the rest on the component's points")
        if result.parts
        else _("One component at a time: rank on the component's points"),
        frame.head(STRONGEST),
        [
            columns.component(),
            columns.n(),
            *_places(page, result.confidence),
            columns.p_holm(),
            columns.number(_("R²"), "r_squared"),
        ],
        notes=[
            _(
                "A point can be more than all the spread of a part: what provinces really "
                "differ by is told by the standard deviation."
            ),
            f"{method} {charts.outcome_words(result, page.language)}",
            *cut_note(page, len(frame)),
        ],
    )


def _together_table(
    page: Page, frame: pd.DataFrame, result: RankRegression, sources: Mapping[str, str] | None
) -> None:
    """All components at once; without p-values where the outcome is their sum."""
    language = page.language
    held = charts.held_fixed(result.covariates, language, sources)
    n, r = language.number(frame["n"].iloc[0], 0), language.number(frame["r_squared"].iloc[0], 2)
    columns, _ = page.columns, language.text
    page.table(
        "together-table",
        _("All components at once: overall rank on the components' points"),
        # places won, as beside it: a rank falls where a province moves up
        frame.assign(standardised=-frame["standardised"]),
        [
            columns.component(),
            columns.signed(_("Places per point"), "places_gained", 1),
            columns.signed(_("Standardised slope"), "standardised"),
            columns.number(_("VIF"), "vif", 1),
            *([columns.p_holm()] if frame["p_holm"].notna().any() else []),
        ],
        notes=[
            _(
                "n = {n}, R² = {r}. The rank is made of these components; the slopes say "
                "how many places a point was worth, not what causes what.",
                n=n,
                r=r,
            )
            if result.parts
            else _("n = {n}, R² = {r}.", n=n, r=r),
            charts.method(result, language, "together", held),
        ],
    )


def _score_words(page: Page, result: RankRegression, score: pd.DataFrame) -> None:
    """The same regression of the score, which says nothing but that it is a sum."""
    language = page.language
    page.state(
        "The same regression of the score gives R² = {r}: every slope is 1 where the total "
        "is a plain sum, and that is all it can say. Condition number of the standardised "
        "parts {condition}; above 30, slopes of parts that move together are not to be "
        "told apart.",
        r=language.number(score["r_squared"].iloc[0] if len(score) else None, 3),
        condition=language.number(result.condition_number_standardised, 0),
    )


# --- several years -------------------------------------------------------------------------------


def pooled(
    page: Page,
    result: RankRegression | None,
    within: Within | None,
    names: Mapping[str, str],
    sources: Mapping[str, str] | None = None,
) -> None:
    """Several years together: between provinces, and within them.

    Parameters
    ----------
    page : Page
        Where to.
    result : RankRegression or None
        Of several years.
    within : Within or None
        From `parstudy.studies.one_index.within`.
    names : Mapping of str to str
        Of the components.
    sources : mapping of str to str, optional
        Where the covariates are from, by their names.
    """
    if result is None:
        page.state(
            "Only one year has enough complete provinces under this criteria set: nothing can "
            "be pooled, and no province can be compared with itself."
        )
        return
    between = _one_at_a_time(result, names)
    held = charts.held_fixed(result.covariates, page.language, sources)
    method = charts.method(result, page.language, "single", held)
    page.show(
        _coefficients(
            page,
            between.assign(n_units=result.n_units),
            result,
            method,
            page.language.text("Several years pooled: places won among the rest."),
            id="pooled-chart",
        )
    )
    _pooled_table(page, between, result, method)
    if within is None:
        page.state(
            "Changes within provinces are not modelled at this level: too many parts for the "
            "years that there are."
        )
        return
    rows = within.table[within.table["places"].notna()].reset_index()
    rows = named(rows, names)
    if rows.empty:
        page.state("No part changes enough within provinces to be related to its place.")
        return
    _within_table(page, rows, within)
    _between_and_within(page, between, rows, names)


def _pooled_table(page: Page, frame: pd.DataFrame, result: RankRegression, method: str) -> None:
    """One component at a time, in all years together."""
    columns, _ = page.columns, page.language.text
    page.table(
        "pooled-table",
        _(
            "Years {years} pooled: rank among the rest on one part at a time",
            years=f"{result.years[0]}–{result.years[-1]}",
        ),
        frame.head(STRONGEST),
        [
            columns.component(),
            columns.count(_("Rows"), "n"),
            *_places(page, result.confidence),
            columns.p_bh(),
            columns.number(_("R²"), "r_squared"),
        ],
        notes=[
            f"{method} {charts.outcome_words(result, page.language)}",
            *cut_note(page, len(frame)),
        ],
    )


def _within_table(page: Page, rows: pd.DataFrame, within: Within) -> None:
    """Whether the place of one province moves with its own points."""
    language = page.language
    columns, _ = page.columns, language.text
    fit = next(iter(within.fits.values()))
    page.table(
        "within-table",
        _("Within provinces: does its place among the rest move when its own points move?"),
        rows.sort_values(["places", "part"], ascending=[False, True]),
        [
            columns.component(),
            columns.signed(_("Places per point"), "places", 1),
            columns.interval("low", "high", 1, confidence=fit.confidence),
            columns.p_wild(),
            columns.p_bh("p_wild_bh"),
        ],
        notes=[
            charts.panel_method(fit, language),
            _(
                "p from the wild cluster bootstrap with {draws} draws, so none can be below "
                "{least}.",
                draws=language.number(within.draws, 0),
                least=language.number(1 / (within.draws + 1), 3),
            ),
        ],
    )


def _between_and_within(
    page: Page, between: pd.DataFrame, within: pd.DataFrame, names: Mapping[str, str]
) -> None:
    """Which relations among provinces hold for one province over the years as well."""
    language = page.language
    _ = language.text
    between = between.sort_index()  # named in the order of the criteria set
    good = between[between["p_bh"].lt(_CLEAR) & between["places_gained"].gt(0)]
    if good.empty:
        return
    moved = within[within["p_wild_bh"].lt(_CLEAR) & within["places"].gt(0)]
    both = [term for term in good["term"] if term in set(moved["part"])]
    values = {
        "m": language.number(len(good), 0),
        "k": language.number(len(between), 0),
        "names": language.names(in_text(names, both), _NAMED),
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
