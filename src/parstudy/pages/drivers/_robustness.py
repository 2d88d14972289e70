"""How sure it is: selection, uncertain ranks, other choices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from parstudy import charts
from parstudy.dataset.rows import at
from parstudy.display import terms
from parstudy.display.page import Page
from parstudy.display.tables import Column, build_table
from parstudy.display.terms import Names
from parstudy.pages._cells import STRONGEST, cut_note, in_text, short_names, signed_format
from parstudy.pages.drivers._outcomes import outcome_name, outcome_tag
from parstudy.statistics import ranking
from parstudy.studies import one_index

if TYPE_CHECKING:
    from parstudy.dataset import Dataset
    from parstudy.statistics.drivers import Selection
    from parstudy.studies.one_index import Outside, Study

_DESIGN_EFFECT = 2.0
"""Assumed of the SIPAS sample: people of one commune answer alike."""


def search(
    page: Page, found: list[tuple[Outside, Selection]], what: Study, names: Mapping[str, str]
) -> None:
    """Which of many parts keep turning up against an outcome outside the sum."""
    language = page.language
    _ = language.text
    if not what.wide:
        page.say(
            _(
                "A search among parts (elastic net with stability selection) is for wide levels, "
                "from {n} parts; here there are {k}, and each has been asked by itself.",
                n=language.number(one_index.WIDE, 0),
                k=language.number(what.parts.shape[1], 0),
            )
        )
        return
    if not found:
        page.say(_("There is no outcome outside the index to search against."))
        return
    for outcome, result in found:
        tag = outcome_tag(outcome)
        page.say(_("Searched against: {outcome}.", outcome=outcome_name(page, outcome)))
        page.show(
            charts.selection(result, language, names=short_names(names), id=f"selection-{tag}")
        )
        page.say(
            _(
                "Exploratory. {m} of {k} parts are stable; at most {false} of them are expected "
                "to be wrong. A grouped ridge on all parts predicts provinces left out with "
                "R² = {r2}{verdict}. No p-value is valid after a search.",
                m=language.number(result.table["stable"].sum(), 0),
                k=language.number(len(result.table), 0),
                false=language.number(result.expected_false, 1),
                r2=language.number(result.ridge_loo_r2, 2),
                verdict=_(", which is no better than the mean") if result.ridge_loo_r2 <= 0 else "",
            )
        )


def uncertainty(page: Page, dataset: Dataset, what: Study, units: Names) -> None:
    """How sure the places are, where a sample size allows to say."""
    language = page.language
    _ = language.text
    if what.index != "SIPAS":
        page.say(
            _(
                "The data hold no standard errors of {index}, neither for the total nor for its "
                "parts, so no confidence sets of places are given here. They are given for SIPAS, "
                "whose sample is known.",
                index=terms.short(what.index),
            )
        )
        return
    told = dataset.aggregates
    told = at(told, index="SIPAS", year=what.year, measure="n")
    sizes = told["value"].dropna()
    scores = dataset.scores
    percent = (
        at(scores, index="SIPAS", year=what.year, component="total")
        .set_index("province_id")["score"]
        .dropna()
    )
    if sizes.empty or len(percent) < one_index.FEWEST:
        page.say(_("The sample of this year is not known, so no confidence sets are given."))
        return
    errors, size = one_index.assumed_standard_errors(
        percent, float(sizes.iloc[0]), what.n_units, _DESIGN_EFFECT
    )
    sets = ranking.rank_confidence_sets(percent, standard_errors=errors, draws=500)
    page.say(
        _(
            "Assumption, not a published figure: the {n} people asked in the country are spread "
            "evenly, {size} in each province, and the design doubles the variance of a simple "
            "random sample. Standard errors are then about {error} percentage points.",
            n=language.number(sizes.iloc[0], 0),
            size=language.number(size, 0),
            error=language.number(errors.median(), 1),
        )
    )
    ids = [str(unit) for unit in sets.index]
    page.show(charts.rank_sets(sets, language, names={u: units(u) for u in ids}))
    width = (sets["upper"] - sets["lower"] + 1).astype(float)
    page.say(
        _(
            "Half of the provinces cannot be placed more closely than within {width} of the {n} "
            "places drawn (marginal 95% sets after Mogstad, Romano, Shaikh and Wilhelm 2024).",
            width=language.number(width.median(), 0),
            n=language.number(len(sets), 0),
        )
    )


def robust(
    page: Page, table: pd.DataFrame, unit: str, names: Mapping[str, str], units: Names
) -> None:
    """The same question in other ways."""
    language = page.language
    _ = language.text
    known = table[table["spearman"].notna()]
    if known.empty:
        return
    order = known["spearman"].abs().sort_values(ascending=False, kind="stable").index
    shown = known.loc[order].head(STRONGEST).reset_index()
    shown["name"] = [names.get(p, p) for p in shown["part"]]
    page.show(
        build_table(
            "robustness-table",
            _("The relation with the rest, asked in other ways"),
            shown,
            [
                Column(_("Component"), key="name", row_header=True),
                *[
                    Column(label, format=signed_format(page, key, decimals), align="right")
                    for label, key, decimals in (
                        (_("Spearman's rho"), "spearman", 2),
                        (_("without {name}", name=units(unit)), "spearman_without", 2),
                        (_("Kendall's tau"), "kendall", 2),
                        (_("Places per point"), "places", 1),
                        (_("ties at the mean place"), "places_other_ties", 1),
                    )
                ],
            ],
            language,
            notes=[
                _(
                    "{name} is left out because the relations with the rest hang on it most: the "
                    "largest sum of Cook's distances over the regressions of one part at a time.",
                    name=units(unit),
                ),
                *cut_note(page, len(known)),
            ],
        )
    )
    turned = known[
        (known["spearman"] * known["spearman_without"] < 0)
        | (known["spearman"] * known["kendall"] < 0)
    ]
    weak = known["spearman"].abs().lt(0.1)
    page.say(
        _("The sign turns with the way of asking for: {names}; do not lean on these.",
          names=language.names(in_text(names, turned.index), 10))
        if len(turned)
        else _(
            "No sign turns, whether {name} is left out or Kendall's tau is taken. Below 0.1 in "
            "size, and so without meaning either way: {weak} of {k} relations.",
            name=units(unit),
            weak=language.number(weak.sum(), 0),
            k=language.number(len(known), 0),
        )
    )  # fmt: skip
