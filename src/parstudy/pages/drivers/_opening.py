"""The question, the data, and what to say where they are too few."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
from markupsafe import Markup

from parstudy.display import terms
from parstudy.display.page import Page
from parstudy.display.terms import Names
from parstudy.studies import one_index

if TYPE_CHECKING:
    from parstudy.studies.one_index import Study


def title(page: Page, index: str, year: int, level: str, frame: pd.DataFrame) -> None:
    """Title, what is related to what, and for how many provinces."""
    language = page.language
    _ = language.text
    summary = (
        _(
            "No province has all {what} of {year} in the data, so nothing can be related to the "
            "rank.",
            what=terms.level_name(language, level, index),
            year=year,
        )
        if frame.empty
        else _(
            "{n} provinces have all {what} of {year}. The total is made of its parts: what "
            "follows shows how the parts go together, not what causes a rank.",
            n=language.number(len(frame), 0),
            what=terms.level_name(language, level, index),
            year=year,
        )
    )
    page.title(
        _("What goes with the overall rank: {index} {year}", index=terms.short(index), year=year),
        summary,
    )


def question(page: Page, what: Study) -> None:
    """What is asked, and what cannot be asked of a sum."""
    _ = page.language.text
    page.say(
        _(
            "Which parts of {index} go with a good place, and how sure is that? {k} parts "
            "({level}) are set against the rest of the index, against each other and against "
            "figures outside the index.",
            index=terms.short(what.index),
            k=page.language.number(what.parts.shape[1], 0),
            level=terms.level_name(page.language, what.level, what.index),
        )
    )


def data(page: Page, what: Study, names: Names) -> None:
    """Who is in the data, who is not, and whether that is chance."""
    language = page.language
    _ = language.text
    n = len(what.frame)
    if not n:
        return
    page.say(
        language.ntext(
            "{n} of {all} provinces has all parts and the total of {year}.",
            "{n} of {all} provinces have all parts and the total of {year}.",
            n,
            all=language.number(what.n_units, 0),
            year=what.year,
        )
    )
    if n < what.n_units:
        few, listed = (n <= len(what.absent), list(what.frame.index))
        told = language.sorted([names(u) for u in (listed if few else what.absent)])
        page.say(
            _("In the data: {names}.", names=language.names(told, 20))
            if few
            else _("Not in the data: {names}.", names=language.names(told, 20))
        )
        page.say(_thirds(page, what.thirds, n))
        page.say(
            _(
                "Ranks below are places among these {n} provinces, not places in the country.",
                n=language.number(n, 0),
            )
        )
    years = what.years
    if len(years) > 1:
        page.say(
            _(
                "{n} years share the criteria set {name} and can be pooled: {years}.",
                n=language.number(len(years), 0),
                name=what.criteria_set,
                years=language.names([str(y) for y in years]),
            )
        )
    else:
        page.say(
            _(
                "No other year up to {year} has enough complete provinces under the same criteria "
                "set, so years are not pooled.",
                year=what.year,
            )
        )


def _thirds(page: Page, counted: pd.DataFrame, n: int) -> str:
    language = page.language
    _ = language.text
    values = {
        "first": language.number(counted.loc["first", "n"], 0),
        "middle": language.number(counted.loc["middle", "n"], 0),
        "last": language.number(counted.loc["last", "n"], 0),
    }
    known = int(counted["n"].sum())
    if not known:
        return _("Their places are not known, so it cannot be said how they were selected.")
    text = _(
        "By their known places, {first} stand in the first third of the country, {middle} in the "
        "middle and {last} in the last.",
        **values,
    )
    if counted["n"].max() > 0.5 * known:
        selected = _(
            "They are no random sample: sources name the ends of the ranking more often. Whoever "
            "is chosen by a high total and is weaker in one part must be stronger in another, so "
            "parts look more opposed to each other here than in the whole country (Berkson's "
            "bias): a weak or negative relation below is no evidence against a part."
        )
        return f"{text} {selected}"
    return text


def labels(page: Page, components: pd.DataFrame, codes: list[str]) -> dict[str, str]:
    """Names of the components, of one criteria set, in the page's language."""
    rows = components.drop_duplicates("code").set_index("code")
    found = {}
    for code in codes:
        row: dict[str, Any] = {"component": code}
        if code in rows.index:
            row |= {"name_vi": rows.loc[code, "name_vi"], "name_en": rows.loc[code, "name_en"]}
        found[code] = terms.component_name(page.language, row)
    return found


def enough(frame: pd.DataFrame) -> bool:
    """Whether there are provinces enough to relate anything."""
    return len(frame) >= one_index.FEWEST


def too_few(page: Page, frame: pd.DataFrame) -> None:
    """Say that there is too little to relate, and what would change that."""
    _ = page.language.text
    page.say(
        _(
            "Only {n} provinces have all components; {fewest} are the least for which anything is "
            "computed here. Add the release with its component tables to fill this page.",
            n=page.language.number(len(frame), 0),
            fewest=page.language.number(one_index.FEWEST, 0),
        )
    )


def sources(page: Page, figures: pd.DataFrame, what: Study) -> None:
    """Where the figures of the components come from, of all years that are pooled."""
    used = figures[
        figures["index"].eq(what.index)
        & figures["year"].isin({what.year, *what.years})
        & figures["component"].isin(list(what.frame))
    ]
    used = used[used["measure"].isin(["score", "percent"])]
    if len(used):
        page.say(
            page.language.text("The figures are quoted from {sources}.", sources=cited(page, used)),
            note=True,
        )


def cited(page: Page, figures: pd.DataFrame) -> Markup:
    """Numbers of many sources, each a piece of its own so that a line can break between them."""
    ids = list(dict.fromkeys(figures["source_id"]))
    return Markup(" ").join(page.cite(figures=figures[figures["source_id"].eq(i)]) for i in ids)


def limits(page: Page, what: Study) -> None:
    """What must not be read into the figures."""
    language = page.language
    _ = language.text
    n = len(what.frame)
    items = [
        _(
            "{n} provinces in {year}: a pattern among provinces, not an effect of a measure taken "
            "in one of them.",
            n=language.number(n, 0),
            year=what.year,
        ),
        _(
            "What stands behind a good part and a good place alike, wealth or size of a province "
            "for instance, is not held fixed."
        ),
        *_ceiling(page, what),
        _("Tests of many components are corrected for their number (Holm; Benjamini–Hochberg)."),
    ]
    if n < what.n_units:
        items.append(
            _(
                "{n} of {all} provinces are in the data, and they are no random part of the "
                "country.",
                n=language.number(n, 0),
                all=language.number(what.n_units, 0),
            )
        )
    page.points(items)


def _ceiling(page: Page, what: Study) -> list[str]:
    """How many parts cannot move a rank any more since most provinces have all their points."""
    language = page.language
    counted = one_index.at_maximum(what)
    if counted.empty:
        return []
    values = {
        "full": language.number(counted.gt(len(what.frame) / 2).sum(), 0),
        "k": language.number(len(counted), 0),
    }
    if counted.gt(len(what.frame) / 2).any():
        return [
            language.text(
                "More than half of the provinces have all points on {full} of the {k} parts whose "
                "maximum is known: these parts hardly move a rank any more, however important "
                "they are.",
                **values,
            )
        ]
    return [
        language.text(
            "On none of the {k} parts whose maximum is known do more than half of the provinces "
            "have all points.",
            **values,
        )
    ]
