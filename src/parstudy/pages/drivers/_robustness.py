"""How sure it is: selection, uncertain ranks, other choices."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from parstudy import charts
from parstudy.dataset import Dataset
from parstudy.dataset.rows import at
from parstudy.display import terms
from parstudy.display.page import Page
from parstudy.display.terms import Names
from parstudy.pages import _words
from parstudy.pages.drivers._outcomes import outcome_name, outcome_tag
from parstudy.statistics import ranking
from parstudy.statistics.drivers import Selection
from parstudy.studies import one_index, safe_places
from parstudy.studies.one_index import Outside, Study

_WEAK = 0.1
"""Size of a rank correlation below which its sign means nothing."""
_NAMED = 10


def search(
    page: Page, found: list[tuple[Outside, Selection]], study: Study, names: Mapping[str, str]
) -> None:
    """Which of many parts keep turning up against an outcome outside the sum."""
    language = page.language
    if not study.wide:
        page.state(
            "A search among parts (elastic net with stability selection) needs {n} parts or "
            "more; here there are {k}, and each has been asked by itself.",
            n=language.number(one_index.WIDE, 0),
            k=language.number(study.parts.shape[1], 0),
        )
    elif not found:
        page.state("There is no outcome outside the index to search against.")
    for outcome, result in found if study.wide else []:
        id = f"selection-{outcome_tag(outcome)}"
        page.state("Searched against: {outcome}.", outcome=outcome_name(page, outcome))
        page.show(charts.selection(result, language, names=_words.short_names(names), id=id))
        no_better = language.text(", which is no better than the mean")
        page.state(
            "Exploratory. {m} of {k} parts are stable; at most {false} of them are expected "
            "to be wrong. A grouped ridge on all parts predicts provinces left out with "
            "R² = {r2}{verdict}. No p-value is valid after a search.",
            m=language.number(result.table["stable"].sum(), 0),
            k=language.number(len(result.table), 0),
            false=language.number(result.expected_false, 1),
            r2=language.number(result.ridge_loo_r2, 2),
            verdict=no_better if result.ridge_loo_r2 <= 0 else "",
        )


# --- how sure the places are ---------------------------------------------------------------------


def uncertainty(page: Page, dataset: Dataset, study: Study, units: Names) -> None:
    """How sure the places are, where a sample size allows to say.

    Parameters
    ----------
    page : Page
        Where to.
    dataset : Dataset
        Whose sample sizes and scores.
    study : Study
        Of which index and year.
    units : Names
        Of the provinces.
    """
    language = page.language
    if study.index != "SIPAS":
        page.state(
            "The data hold no standard errors of {index}, neither for the total nor for its "
            "parts, so no confidence sets of places are given here. They are given for SIPAS, "
            "whose sample is known.",
            index=terms.short(study.index),
        )
        return
    asked = safe_places.survey(dataset, study.year, study.n_units)
    if asked is None or len(asked.errors) < one_index.FEWEST:
        page.state(
            "The sample of this year or the scores of most provinces are not known, so no "
            "confidence sets are given."
        )
        return
    totals = at(dataset.scores, index_id="SIPAS", year=study.year, component="total")
    percent = totals.set_index("province_id")["score"].dropna()
    found = ranking.rank_confidence_sets(percent, standard_errors=asked.errors, draws=500)
    sets = found.table
    _words.assumed_sample(page, asked, study.year)
    names = {str(unit): units(str(unit)) for unit in sets.index}
    page.show(charts.rank_sets(found, language, names=names))
    width = (sets["upper"] - sets["lower"] + 1).astype(float)
    page.state(
        "Half of the provinces cannot be placed more closely than within {width} of the {n} "
        "places drawn (marginal 95% sets after Mogstad, Romano, Shaikh and Wilhelm 2024).",
        width=language.number(width.median(), 0),
        n=language.number(len(sets), 0),
    )


# --- the same question in other ways -------------------------------------------------------------


def robustness(
    page: Page, table: pd.DataFrame, unit: str, names: Mapping[str, str], units: Names
) -> None:
    """The same question in other ways.

    Parameters
    ----------
    page : Page
        Where to.
    table, unit : DataFrame, str
        From `parstudy.studies.one_index.robustness`.
    names : Mapping of str to str
        Of the components.
    units : Names
        Of the provinces.
    """
    columns, _ = page.columns, page.language.text
    known = table[table["spearman"].notna()]
    if known.empty:
        return
    order = known["spearman"].abs().sort_values(ascending=False, kind="stable").index
    name = units(unit)
    page.table(
        "robustness-table",
        _("The relation with the rest, asked in other ways"),
        _words.named(known.loc[order].head(_words.STRONGEST).reset_index(), names),
        [
            columns.component(),
            columns.signed(_("Spearman's rho"), "spearman"),
            columns.signed(_("without {name}", name=name), "spearman_without"),
            columns.signed(_("Kendall's tau"), "kendall"),
            columns.signed(_("Places per point"), "places", 1),
            columns.signed(_("ties at the mean place"), "places_other_ties", 1),
        ],
        notes=[
            _(
                "{name} is left out because the relations with the rest hang on it most: the "
                "largest sum of Cook's distances over the regressions of one part at a time.",
                name=name,
            ),
            *_words.cut_note(page, len(known)),
        ],
    )
    _turned_signs(page, known, name, names)


def _turned_signs(page: Page, known: pd.DataFrame, name: str, names: Mapping[str, str]) -> None:
    """Relations whose sign depends on how they are asked for."""
    language = page.language
    rho = known["spearman"]
    turned = known[(rho * known["spearman_without"]).lt(0) | (rho * known["kendall"]).lt(0)]
    if len(turned):
        page.state(
            "The sign turns with the way of asking for: {names}; do not lean on these.",
            names=language.names(_words.in_text(names, turned.index), _NAMED),
        )
        return
    page.state(
        "No sign turns, whether {name} is left out or Kendall's tau is taken. Below 0.1 in "
        "size, and so without meaning either way: {weak} of {k} relations.",
        name=name,
        weak=language.number(rho.abs().lt(_WEAK).sum(), 0),
        k=language.number(len(known), 0),
    )
