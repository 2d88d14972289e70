"""The question, the data, and what to say where they are too few."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from parstudy.dataset.rows import at
from parstudy.display import terms
from parstudy.display.page import Page
from parstudy.display.terms import Names
from parstudy.display.words import defer
from parstudy.pages._words import provinces_counted
from parstudy.studies import one_index
from parstudy.studies.one_index import Study

_NAMED = 20


def title(page: Page, index: str, year: int, level: str, frame: pd.DataFrame) -> None:
    """Title, what is related to what, and for how many provinces.

    Parameters
    ----------
    page : Page
        Where to.
    index, year, level : str, int, str
        What is studied.
    frame : DataFrame
        Provinces that have all components.
    """
    _ = page.language.text
    about = {"what": terms.level_name(page.language, level, index), "year": year}
    summary = (
        _(
            "No province has all {what} of {year} in the data, so nothing can be related to the "
            "rank.",
            **about,
        )
        if frame.empty
        else _(
            "For {n} provinces all {what} of {year} are known. The total is made of its parts: "
            "what follows shows how the parts go together, not what causes a rank.",
            n=page.language.number(len(frame), 0),
            **about,
        )
    )
    page.title(
        _("What goes with the overall rank: {index} {year}", index=terms.short(index), year=year),
        summary,
    )


def question(page: Page, study: Study) -> None:
    """What is asked, and what cannot be asked of a sum."""
    page.state(
        "Which parts of {index} go with a good place, and how sure is that? {k} parts "
        "({level}) are set against the rest of the index, against each other and against "
        "figures outside the index.",
        index=terms.short(study.index),
        k=page.language.number(study.parts.shape[1], 0),
        level=terms.level_name(page.language, study.level, study.index),
    )


# --- who is in the data --------------------------------------------------------------------------


def data(page: Page, study: Study, names: Names) -> None:
    """Who is in the data, who is not, and whether that is chance."""
    n = len(study.frame)
    if not n:
        return
    page.nstate(
        "{n} of {all} provinces has all parts and the total of {year}.",
        "{n} of {all} provinces have all parts and the total of {year}.",
        n + len(study.left_out),
        all=page.language.number(study.n_units, 0),
        year=study.year,
    )
    if n < study.n_units:
        _incomplete(page, study, names)
    _years(page, study)


def _incomplete(page: Page, study: Study, names: Names) -> None:
    """Who is there or who is not, whichever are fewer, and where in the ranking they stand."""
    language = page.language
    n = len(study.frame)
    if study.left_out:
        out = language.sorted(names(unit) for unit in study.left_out)
        page.state(
            "Left out of this analysis on purpose: {names}.", names=language.names(out, _NAMED)
        )
    if n <= len(study.absent):
        there = language.sorted(names(unit) for unit in study.frame.index)
        page.state("In the data: {names}.", names=language.names(there, _NAMED))
    elif study.absent:
        absent = language.sorted(names(unit) for unit in study.absent)
        page.state("Not in the data: {names}.", names=language.names(absent, _NAMED))
    if study.enough:
        if study.absent:
            page.say(_thirds(page, study.thirds["n"]))
        page.state(
            "Ranks below are places among these {n} provinces, not places in the country.",
            n=language.number(n, 0),
        )


def _years(page: Page, study: Study) -> None:
    """Which years can be pooled."""
    if len(study.years) > 1:
        page.state(
            "{n} years share the criteria set {name} and can be pooled: {years}.",
            n=page.language.number(len(study.years), 0),
            name=study.criteria_set,
            years=page.language.names([str(year) for year in study.years]),
        )
    else:
        page.state(
            "No other year up to {year} has enough complete provinces under the same criteria "
            "set, so years are not pooled.",
            year=study.year,
        )


def _thirds(page: Page, counted: pd.Series[int]) -> str:
    """Where in the ranking the provinces stand, and what a selection of them does."""
    language = page.language
    _ = language.text
    known = int(counted.sum())
    if not known:
        return _("Their places are not known, so it cannot be said how they were selected.")
    told = {str(third): provinces_counted(language, int(n)) for third, n in counted.items()}
    text = _(
        "By their known places, in the first third of the country: {first}; in the middle: "
        "{middle}; in the last: {last}.",
        **told,
    )
    if counted.max() <= 0.5 * known:
        return text
    selected = _(
        "They are no random sample: sources name the ends of the ranking more often. Whoever "
        "is chosen by a high total and is weaker in one part must be stronger in another, so "
        "parts look more opposed to each other here than in the whole country (Berkson's "
        "bias): a weak or negative relation below is no evidence against a part."
    )
    return f"{text} {selected}"


def too_few(page: Page, frame: pd.DataFrame) -> None:
    """Say that there is too little to relate, and what would change that."""
    page.nstate(
        "{n} province has all components; {fewest} are the least for which anything is computed "
        "here. Add the release with its component tables to fill this page.",
        "{n} provinces have all components; {fewest} are the least for which anything is computed "
        "here. Add the release with its component tables to fill this page.",
        len(frame),
        none=defer(
            "No province has all components; {fewest} are the least for which anything is computed "
            "here. Add the release with its component tables to fill this page."
        ),
        fewest=page.language.number(one_index.FEWEST, 0),
    )


# --- names and sources ---------------------------------------------------------------------------


def labels(page: Page, components: pd.DataFrame, codes: list[str]) -> dict[str, str]:
    """Names of the components, of one criteria set, in the page's language."""
    rows = components.drop_duplicates("code").set_index("code")
    found = {}
    for code in codes:
        row: dict[str, Any] = {"component": code}
        if code in rows.index:
            row |= {name: rows.loc[code, name] for name in ("name_vi", "name_en")}
        found[code] = terms.component_name(page.language, row)
    return found


def sources(page: Page, figures: pd.DataFrame, study: Study) -> None:
    """Where the figures of the components come from, of all years that are pooled."""
    own = at(figures, index_id=study.index, year={study.year, *study.years})
    used = own[own["component"].isin(list(study.frame)) & own["measure"].isin(["score", "percent"])]
    if len(used):
        page.remark("The figures are quoted from {sources}.", sources=page.cite(figures=used))


# --- limits --------------------------------------------------------------------------------------


def limits(page: Page, study: Study) -> None:
    """What must not be read into the figures."""
    language = page.language
    _ = language.text
    n = len(study.frame)
    items = [
        _(
            "{n} provinces in {year}: a pattern among provinces, not an effect of a measure taken "
            "in one of them.",
            n=language.number(n, 0),
            year=study.year,
        ),
        _(
            "What stands behind a good part and a good place alike, wealth or size of a province "
            "for instance, is not held fixed."
        ),
        *_ceiling(page, study),
        _("Tests of many components are corrected for their number (Holm; Benjamini–Hochberg)."),
    ]
    known = n + len(study.left_out)
    if known < study.n_units:
        items.append(
            _(
                "{n} of {all} provinces are in the data, and they are no random part of the "
                "country.",
                n=language.number(known, 0),
                all=language.number(study.n_units, 0),
            )
        )
    page.points(items)


def _ceiling(page: Page, study: Study) -> Iterator[str]:
    """How many parts cannot move a rank any more since most provinces have all their points."""
    language = page.language
    counted = one_index.at_maximum(study)
    if counted.empty:
        return
    full = counted.gt(len(study.frame) / 2).sum()
    k = language.number(len(counted), 0)
    if not full:
        yield language.text(
            "On none of the {k} parts whose maximum is known do more than half of the "
            "provinces have all points.",
            k=k,
        )
    else:
        yield language.text(
            "More than half of the provinces have all points on {full} of the {k} parts whose "
            "maximum is known: these parts hardly move a rank any more, however important "
            "they are.",
            full=language.number(full, 0),
            k=k,
        )
