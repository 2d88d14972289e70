"""What the total is made of: the sum, shares, effects, orders, rank shifts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from parstudy import charts
from parstudy.display.page import Page
from parstudy.errors import StatisticsError
from parstudy.pages._words import STRONGEST, cut_note, for_chart, in_text, named, short_names
from parstudy.statistics import importance
from parstudy.statistics.drivers import IdentityCheck
from parstudy.statistics.importance import LeaveOneOut, MainEffects, Shapley, VarianceShares

_SEEN = 0.0005  # smallest share that the page shows as another figure than 0.0 %


def identity(
    page: Page,
    check: IdentityCheck,
    factors: pd.Series[Any] | None = None,
    names: Mapping[str, str] | None = None,
) -> None:
    """Whether the total is the sum of the components, and what follows from it.

    Parameters
    ----------
    page, check : Page, IdentityCheck
        Where to, and what was found.
    factors : Series, optional
        Points of the total for one point of each component.
    names : Mapping of str to str, optional
        Of the components.
    """
    language = page.language
    weighed = factors is not None and bool(factors.ne(1).any())
    gap = language.number(check.largest_difference, 3)
    if check.kind == "weighted" or (weighed and check.is_identity):
        page.state(
            "The total is a weighted sum of these components, without remainder. A regression "
            "of the total on all of them would explain it by construction and say nothing; its "
            "p-values are therefore not shown."
        )
    elif check.is_identity:
        page.state(
            "The total equals the sum of these components (largest difference {gap} points). A "
            "regression of the total on all of them would explain it by construction and say "
            "nothing; its p-values are therefore not shown.",
            gap=gap,
        )
    else:
        page.state(
            "The total is not exactly the sum of these components (largest difference {gap} "
            "points): rounding, or parts that are not in the data.",
            gap=gap,
        )
    if factors is not None and weighed:
        known = names or {}
        told = [
            f"{known.get(str(code), code)} {language.number(factor, 2)}"
            for code, factor in factors.items()
        ]
        page.state(
            "On this page components are in points of the total: their own points times their "
            "weight, as the figures themselves give it ({weights}).",
            weights=language.names(told),
        )


def shares(page: Page, result: VarianceShares, names: Mapping[str, str]) -> None:
    """How the spread of the total divides among the components."""
    columns, _ = page.columns, page.language.text
    rest = {importance.REST: _("not explained by the parts")}
    frame = named(result.table.reset_index(), {**names, **rest})
    # what the digits of the files leave is no finding
    frame = frame[frame["part"].ne(importance.REST) | frame["share"].abs().ge(_SEEN)]
    frame = frame.sort_values(["share", "part"], ascending=[False, True])
    shown = frame.head(STRONGEST)
    page.show(charts.variance_shares(for_chart(shown, "part"), page.language))
    page.table(
        "shares-table",
        _("Share of the total's variance that goes with each component"),
        shown,
        [
            columns.component(),
            columns.share(_("Share of variance"), "share"),
            columns.number(_("Mean (points)"), "mean"),
            columns.number(_("Standard deviation"), "sd"),
            columns.count(_("Provinces with the highest score seen"), "n_at_top"),
        ],
        notes=cut_note(page, len(frame)),
    )
    constant = frame.loc[frame["constant"].fillna(False).astype(bool), "part"]
    if len(constant):
        page.nstate(
            "{n} component has one value for all provinces and cannot be related to "
            "anything: {names}.",
            "{n} components have one value for all provinces and cannot be related to "
            "anything: {names}.",
            len(constant),
            names=page.language.names(in_text(names, constant), limit=12),
        )


def effects(page: Page, main: MainEffects, names: Mapping[str, str]) -> None:
    """What is known of the total from one part alone."""
    language = page.language
    if main.table["effect"].isna().all():
        return
    page.show(charts.main_effects(main, language, names=short_names(names)))
    said = charts.tells_most(main, language, names)
    rest = language.text(
        "The part is in the total, so some of this holds by construction; what does not is asked "
        "in the next section."
    )
    page.say(f"{said} {rest}")


def orders_of_entry(page: Page, parts: pd.DataFrame, names: Mapping[str, str]) -> Shapley | None:
    """Share the variance out over all orders of entry, or say why not."""
    language = page.language
    try:
        found = importance.shapley(parts, draws=200)
    except StatisticsError as error:
        if error.code == "too_few_rows":
            page.state(
                "Shares over all orders of entry (LMG, Shapley) are not computed: {n} provinces "
                "cannot carry {k} parts at once.",
                n=language.number(len(parts), 0),
                k=language.number(parts.shape[1], 0),
            )
        else:
            page.state("Shares over all orders of entry (LMG, Shapley) are not computed.")
        return None
    page.show(charts.shapley(found, language, names=short_names(names)))
    page.remark(
        "Note: the total is made of these parts, so R² is 1 and the shares divide an identity; "
        "they say how the differences are made up, not what causes them."
    )
    return found


def rank_shifts(page: Page, found: LeaveOneOut, names: Mapping[str, str]) -> None:
    """How ranks shift when a part does not count."""
    language = page.language
    page.show(charts.leave_one_out(found, language, names=short_names(names)))
    page.say(charts.moves_most(found, language, names))
