"""What the total is made of: the sum, shares, effects, orders, rank shifts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from parstudy import charts
from parstudy.display.page import Page
from parstudy.display.tables import Column, build_table
from parstudy.errors import StatisticsError
from parstudy.pages._cells import STRONGEST, cut_note, in_text, short_names, without_code
from parstudy.statistics import importance

_SEEN = 0.0005  # smallest share that the page shows as another figure than 0.0 %

if TYPE_CHECKING:
    from parstudy.statistics.drivers import IdentityCheck
    from parstudy.statistics.importance import LeaveOneOut, MainEffects, Shapley, VarianceShares


def identity(
    page: Page,
    check: IdentityCheck,
    factors: pd.Series[Any] | None = None,
    names: Mapping[str, str] | None = None,
) -> None:
    """Whether the total is the sum of the components, and what follows from it."""
    language = page.language
    _ = language.text
    weighed = factors is not None and bool(factors.ne(1).any())
    if check.kind == "weighted" or (weighed and check.is_identity):
        page.say(
            _(
                "The total is a weighted sum of these components, without remainder. A regression "
                "of the total on all of them would explain it by construction and say nothing; its "
                "p-values are therefore not shown."
            )
        )
    elif check.is_identity:
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
    if factors is not None and weighed:
        known = names or {}
        told = [
            f"{known.get(str(code), code)} {language.number(factor, 2)}"
            for code, factor in factors.items()
        ]
        page.say(
            _(
                "On this page components are in points of the total: their own points times their "
                "weight, as the figures themselves give it ({weights}).",
                weights=language.names(told, len(told)),
            )
        )


def shares(page: Page, result: VarianceShares, names: Mapping[str, str]) -> None:
    """How the spread of the total divides among the components."""
    language = page.language
    _ = language.text
    frame = result.table.reset_index().assign(name=lambda d: [names.get(p, p) for p in d["part"]])
    frame.loc[frame["part"].eq(importance.REST), "name"] = _("not explained by the parts")
    # what the digits of the files leave is no finding
    frame = frame[frame["part"].ne(importance.REST) | frame["share"].abs().ge(_SEEN)]
    frame = frame.sort_values(["share", "part"], ascending=[False, True])
    shown = frame.head(STRONGEST)
    page.show(charts.variance_shares(without_code(shown, "part"), language))
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
                Column(_("Provinces with the highest score seen"), key="n_at_top", kind="integer"),
            ],
            language,
            notes=cut_note(page, len(frame)),
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
                names=language.names(in_text(names, constant["part"]), limit=12),
            )
        )


def effects(page: Page, main: MainEffects, names: Mapping[str, str]) -> None:
    """What is known of the total from one part alone."""
    language = page.language
    if main.table["effect"].isna().all():
        return
    page.show(charts.main_effects(main, language, names=short_names(names)))
    best = str(main.table["effect"].idxmax())
    row = main.table.loc[best]
    page.say(
        language.text(
            "{name} alone tells most: {share} of the variance of the total ({low} to {high}). The "
            "part is in the total, so some of this holds by construction; what does not is asked "
            "in the next section.",
            name=names.get(best, best),
            share=language.percent(100 * row["effect"], 0),
            low=language.percent(100 * row["low"], 0),
            high=language.percent(100 * row["high"], 0),
        )
    )


def orders(page: Page, parts: pd.DataFrame, names: Mapping[str, str]) -> Shapley | None:
    """Share the variance out over all orders of entry, or say why not."""
    language = page.language
    _ = language.text
    try:
        found = importance.shapley(parts, draws=200)
    except StatisticsError as error:
        page.say(
            _(
                "Shares over all orders of entry (LMG, Shapley) are not computed: {n} provinces "
                "cannot carry {k} parts at once.",
                n=language.number(len(parts), 0),
                k=language.number(parts.shape[1], 0),
            )
            if error.code == "too_few_rows"
            else _("Shares over all orders of entry (LMG, Shapley) are not computed.")
        )
        return None
    page.show(charts.shapley(found, language, names=short_names(names)))
    page.say(
        _(
            "Note: the total is made of these parts, so R² is 1 and the shares divide an identity; "
            "they say how the differences are made up, not what causes them."
        ),
        note=True,
    )
    return found


def without(page: Page, found: LeaveOneOut, names: Mapping[str, str]) -> None:
    """How ranks shift when a part does not count."""
    language = page.language
    page.show(charts.leave_one_out(found, language, names=short_names(names)))
    top = str(found.table["mean_abs_shift"].idxmax())
    row = found.table.loc[top]
    page.say(
        language.text(
            "Leaving out {name} moves ranks most: {mean} places on average among the {n} "
            "provinces, {largest} at most.",
            name=names.get(top, top),
            mean=language.number(row["mean_abs_shift"], 1),
            n=language.number(found.n, 0),
            largest=language.number(max(row["largest_rise"], row["largest_fall"]), 0),
        )
    )
