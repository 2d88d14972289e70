"""What the robustness notebook shows: safe places, and what a ranking owes to choices."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from parstudy import charts
from parstudy.dataset.rows import at
from parstudy.display import terms
from parstudy.display.page import Page
from parstudy.display.terms import Names
from parstudy.display.words import Language, defer, is_missing
from parstudy.pages._words import assumed_sample, in_text, short_names
from parstudy.pages.drivers import data, labels, sources, too_few
from parstudy.statistics.weights import CorrelationAudit, WeightSystems
from parstudy.studies import safe_places as places
from parstudy.studies.one_index import Study
from parstudy.studies.safe_places import Changes, SafePlaces

__all__ = [
    "Names",
    "changes",
    "choices",
    "data",
    "labels",
    "limits",
    "objections",
    "one_place",
    "owed",
    "places_of",
    "question",
    "sources",
    "title",
    "too_few",
    "top",
    "weights",
]

_NAMED = 10
_SAFE = 0.95


def title(page: Page, study: Study, made: SafePlaces | None, changed: Changes | None) -> None:
    """Title, and the answer in two sentences."""
    language = page.language
    _ = language.text
    about = {"index": terms.short(study.index), "year": study.year}
    if made is None and changed is not None:
        text = language.ntext(
            "Of {all} provinces whose scores of {before} and {year} are known, {n} changed by "
            "more than sampling error. How sure the places are cannot be said: too few provinces "
            "have all parts.",
            "Of {all} provinces whose scores of {before} and {year} are known, {n} changed by "
            "more than sampling error. How sure the places are cannot be said: too few provinces "
            "have all parts.",
            int(changed.scores.table["beyond_chance"].sum()),
            none=defer(
                "Of {all} provinces whose scores of {before} and {year} are known, none changed by "
                "more than sampling error. How sure the places are cannot be said: too few "
                "provinces have all parts."
            ),
            all=language.number(changed.scores.n, 0),
            before=changed.before,
            year=study.year,
        )
    elif made is None:
        text = _(
            "Too few provinces have all parts of {index} {year}, so nothing can be said of how "
            "sure the places are.",
            **about,
        )
    else:
        text = _(
            "If {index} {year} were made in other ways that one could defend ({ways}), half of the "
            "{n} provinces would keep within {width} places or fewer in {level} of the indices "
            "made, and {pairs} of their pairs would keep their order as often; the order of the "
            "other pairs is not safe.",
            ways=_ways(language, made),
            n=language.number(made.found.n, 0),
            width=language.number(places.half_within(made.found), 0),
            level=language.percent(100 * made.found.confidence, 0),
            pairs=language.percent(100 * made.found.safe_pairs, 0),
            **about,
        )
    page.title(_("How sure the places are: {index} {year}", **about), text)


def _ways(language: Language, made: SafePlaces) -> str:
    """What differs between the indices made, as a list of words."""
    settings = made.found.settings
    _ = language.text
    drawn = {
        _("other weights"): settings["concentration"] is not None,
        _("other scales"): len(settings["scales"]) > 1,
        _("other ways of adding up"): len(settings["aggregations"]) > 1,
        _("one part left out"): settings["leave_out"],
        _("another sample of people"): settings["survey_error"],
    }
    return language.names([words for words, is_drawn in drawn.items() if is_drawn])


def question(page: Page, study: Study) -> None:
    """What is asked."""
    page.state(
        "A ranking follows from the scores and from choices: the weights of the parts, their "
        "scale, the way of adding up, and which parts are in. Whoever made {index} had good "
        "reasons; others would be defended as well. Which places hold under all of them?",
        index=terms.short(study.index),
    )


def choices(page: Page, study: Study, made: SafePlaces) -> None:
    """Which choices are drawn from, and what is assumed."""
    language = page.language
    _ = language.text
    settings = made.found.settings
    words = {
        "points": _("points"),
        "minmax": _("least to most"),
        "zscore": _("standard deviations"),
        "goalposts": _("goalposts"),
        "arithmetic": _("arithmetic mean"),
        "geometric": _("geometric mean"),
        "harmonic": _("harmonic mean"),
        "copeland": _("pairs won (Copeland)"),
    }
    items = [
        _("scale of the parts: {names}.",
          names=language.names([words[name] for name in settings["scales"]])),
        _("way of adding up: {names}.",
          names=language.names([words[name] for name in settings["aggregations"]])),
    ]  # fmt: skip
    if settings["concentration"] is not None:
        share = 0.1
        spread = (share * (1 - share) / (settings["concentration"] + 1)) ** 0.5
        items.append(
            _(
                "weights: drawn around those of the index; a part with {share} of the weight has "
                "{low} to {high} two times in three.",
                share=language.percent(100 * share, 0),
                low=language.percent(100 * (share - spread), 0),
                high=language.percent(100 * (share + spread), 0),
            )
        )
    if settings["leave_out"]:
        items.append(_("parts: all of them, or one left out, each with the same chance."))
    if made.survey is not None:
        items.append(
            _(
                "sampling error of SIPAS: an assumption, not a published figure; the {asked} "
                "people asked in the country are spread evenly, {size} in each province, and the "
                "design doubles the variance of a simple random sample.",
                asked=language.number(made.survey.asked, 0),
                size=language.number(made.survey.size, 0),
            )
        )
    page.state(
        "{draws} indices are made, each with choices drawn at random and independently:",
        draws=language.number(made.found.draws, 0),
    )
    page.points(items)
    if not made.maxima:
        page.remark(
            "The maxima of the parts are not all known, so parts are compared in points as they "
            "are, and no means of products are taken."
        )
    if made.constant:
        page.remark(
            "Left out because all provinces have the same there: {names}.",
            names=language.names(made.constant, _NAMED),
        )


def places_of(page: Page, made: SafePlaces, units: Names) -> None:
    """Each province's place and how far it may move."""
    language = page.language
    found = made.found
    names = {str(unit): units(str(unit)) for unit in found.table.index}
    page.show(charts.rank_sets(found, language, names=names, id="places"))
    table = found.table.assign(width=places.widths(found))
    fixed = table[table["width"] <= 5]
    loose = table.sort_values(["width", "rank"], ascending=[False, True], kind="stable")
    page.nstate(
        "{n} province has an interval of five places or fewer.",
        "{n} provinces have intervals of five places or fewer.",
        len(fixed),
        none=defer("No province has an interval of five places or fewer."),
    )
    least = [
        language.text(
            "{name}: {place} ({low} to {high})",
            name=names[str(unit)],
            place=language.number(row["rank"], 0),
            low=language.number(row["lower"], 0),
            high=language.number(row["upper"], 0),
        )
        for unit, row in loose.head(5).iterrows()
    ]
    page.state("The least certain places: {names}.", names="; ".join(least))


def top(page: Page, made: SafePlaces, units: Names) -> None:
    """Who is among the first ten, and how surely."""
    columns, language = page.columns, page.language
    _ = language.text
    found = made.found
    if found.n <= 2 * found.top:
        return
    near = found.table[found.table["chance_top"].between(0.005, 0.995)]
    sure = found.table[found.table["chance_top"] >= _SAFE]
    page.state(
        "Among the first {top} in at least {share} of the indices made: {names}.",
        top=language.number(found.top, 0),
        share=language.percent(100 * _SAFE, 0),
        names=language.names([units(str(unit)) for unit in sure.index], 20) or _("none"),
    )
    shown = near.sort_values(["chance_top", "rank"], ascending=[False, True], kind="stable")
    if shown.empty:
        return
    rows = shown.head(20).rename_axis("province_id").reset_index()
    page.table(
        "chance-of-the-first",
        _("Chance of a place among the first {top}", top=language.number(found.top, 0)),
        rows,
        [
            columns.province(units),
            columns.count(_("Place"), "rank"),
            columns.count(_("best"), "lower"),
            columns.count(_("worst"), "upper"),
            columns.share(_("Chance"), "chance_top"),
        ],
        notes=[
            _(
                "Best and worst: ends of the interval that holds {level} of the indices made.",
                level=language.percent(100 * found.confidence, 0),
            )
        ],
    )


def owed(page: Page, made: SafePlaces) -> None:
    """Which choices the places hang on."""
    columns, language = page.columns, page.language
    _ = language.text
    shares = made.found.shares.dropna(subset=["total"])
    if shares.empty:
        return
    words = {
        "weights": _("weights"),
        "scale": _("scale of the parts"),
        "aggregation": _("way of adding up"),
        "left_out": _("a part left out"),
        "survey_error": _("sampling error"),
    }
    rows = shares.sort_values("total", ascending=False, kind="stable").reset_index()
    rows["choice"] = rows["choice"].map(words)
    page.state(
        "The choice that moves places most: {name} ({share} of the variance of all places, with "
        "what it does together with the others).",
        name=rows["choice"].iloc[0],
        share=language.percent(100 * rows["total"].iloc[0], 0),
    )
    page.table(
        "shares-of-choices",
        _("What the places owe to each choice"),
        rows,
        [
            columns.text(_("Choice"), "choice", header=True),
            columns.share(_("alone"), "first"),
            columns.share(_("with others"), "total"),
            columns.share(_("simulation error"), "total_error"),
        ],
        notes=[
            _(
                "Shares of the variance of all places together (Sobol; estimators of Saltelli and "
                "Jansen). Alone they need not add up to 100%; what is missing comes from choices "
                "together. The simulation error is that of the share with others."
            ),
        ],
    )


def weights(
    page: Page, systems: WeightSystems | None, audit: CorrelationAudit | None, names: dict[str, str]
) -> None:
    """Weights by the rules beside those that data suggest, and whether the tree holds.

    Parameters
    ----------
    page : Page
        Where to.
    systems, audit : WeightSystems, CorrelationAudit, both optional
    names : dict
        Of the parts.
    """
    language, short = page.language, short_names(names)
    if systems is None:
        page.state("There are too few parts that vary to lay weights beside each other.")
        return
    page.state(
        "The rules give the parts their weights; what a part decides follows from how provinces "
        "differ in it and from what it moves with. None of these weights is right by itself."
    )
    page.show(charts.weight_systems(systems, language, names=short))
    page.state(
        "The first component holds {share} of the variance of the parts.",
        share=language.percent(100 * systems.explained, 0),
    )
    if is_missing(systems.reached):
        page.state(
            "No weights above 0 make all parts correlate alike with the total; the nearest are "
            "drawn."
        )
    if audit is None:
        return
    page.show(charts.correlation_audit(audit, language, names=short))
    odd = audit.table.index[audit.table["reason"].isin(["against_own", "closer_to_another"])]
    if len(odd):
        page.state(
            "Parts that run against their own group or go with another one more: {names}.",
            names=language.names(in_text(names, map(str, odd)), _NAMED),
        )
    else:
        page.state("Every part goes with its own group more than with another.")


def changes(
    page: Page, found: Changes | None, study: Study, units: Names, figures: pd.DataFrame
) -> None:
    """Which changes since the year before are more than sampling error; figures are cited."""
    language = page.language
    if study.index != "SIPAS":
        page.state(
            "A sampling error can be worked out for SIPAS alone, so it cannot be said here which "
            "changes of {index} are beyond chance. Of SIPAS it is said in its own report.",
            index=terms.short(study.index),
        )
        return
    if found is None:
        page.state(
            "There is no year before with a known sample and known scores of the same provinces "
            "under the same criteria set and geography, so no changes are tested."
        )
        return
    for year, asked in found.surveys.items():
        assumed_sample(page, asked, year)
    names = {str(unit): units(str(unit)) for unit in found.scores.table.index}
    page.nstate(
        "{before} to {after}: of {all} changes of score {n} is beyond sampling error (false "
        "discovery rate {rate}).",
        "{before} to {after}: of {all} changes of score {n} are beyond sampling error (false "
        "discovery rate {rate}).",
        int(found.scores.table["beyond_chance"].sum()),
        none=defer(
            "{before} to {after}: of {all} changes of score none is beyond sampling error (false "
            "discovery rate {rate})."
        ),
        before=found.before,
        after=found.after,
        all=language.number(found.scores.n, 0),
        rate=language.percent(100 * (1 - found.scores.confidence), 0),
    )
    unit = language.text("percentage points")  # of SIPAS
    page.show(charts.score_changes(found.scores, language, unit=unit, names=names))
    _quoted(page, found, names, at(figures, index_id=study.index, year=set(found.surveys)))
    if found.scores.n < found.n_units:
        page.state(
            "The scores of both years are known of {k} of {n} provinces. Those whose scores are "
            "known are no random choice, so this says nothing of the others.",
            k=language.number(found.scores.n, 0),
            n=language.number(found.n_units, 0),
        )
    if found.ranks is None:
        page.state("Changes of place are not tested: that needs the scores of nearly all.")
        return
    page.nstate(
        "Of as many changes of place {n} is beyond sampling error ({level} sets).",
        "Of as many changes of place {n} are beyond sampling error ({level} sets).",
        int(found.ranks.table["beyond_chance"].sum()),
        none=defer("Of as many changes of place none is beyond sampling error ({level} sets)."),
        level=language.percent(100 * found.ranks.confidence, 0),
    )
    page.show(charts.rank_changes(found.ranks, language, names=names))


def _quoted(page: Page, found: Changes, names: dict[str, str], figures: pd.DataFrame) -> None:
    """Cite the scores of both years and the samples behind them."""
    scores = figures["measure"].eq("score") & figures["component"].eq("total")
    counts = {asked.count for asked in found.surveys.values()}
    samples = figures["measure"].eq("n") & figures["component"].isin(counts)
    used = figures[(scores & figures["unit_id"].isin(names)) | samples]
    page.remark("The figures are quoted from {sources}.", sources=page.cite(figures=used))


def objections(
    page: Page, made: SafePlaces | None, changed: Changes | None, kept: SafePlaces | None = None
) -> None:
    """What a sceptical reader would say, and the answer.

    Parameters
    ----------
    page : Page
        Where to.
    made : SafePlaces, optional
    changed : Changes, optional
    kept : SafePlaces, optional
        As ``made``, but with no part left out.
    """
    items: list[str] = []
    if made is not None:
        items += _about_choices(page.language, made, kept)
    if changed is not None:
        items += _about_errors(page.language, changed)
    page.points(items)


def _about_choices(language: Language, made: SafePlaces, kept: SafePlaces | None) -> Iterator[str]:
    """Objections to intervals of places, each with its answer."""
    _ = language.text
    found = made.found
    weights = found.shares["total"]["weights"]
    if not is_missing(weights):
        yield _(
            "The weights are set by decision, so others do not matter. They decide who is "
            "ahead; how easily it would have come out otherwise they do not say. Of the "
            "variance of places {share} hangs on the weights, with what they do together with "
            "the other choices.",
            share=language.percent(100 * weights, 0),
        )
    if found.settings["leave_out"] and kept is not None:
        yield _(
            "Leaving out a whole part is no fair choice. It asks whether one part alone "
            "carries a place. With all parts kept, half of the provinces keep within {width} "
            "places or fewer ({with_it} with this choice), and {pairs} of the pairs have the "
            "same order in {level} of the indices ({pairs_with_it}).",
            width=language.number(places.half_within(kept.found), 0),
            with_it=language.number(places.half_within(found), 0),
            pairs=language.percent(100 * kept.found.safe_pairs, 0),
            pairs_with_it=language.percent(100 * found.safe_pairs, 0),
            level=language.percent(100 * found.confidence, 0),
        )
    yield _(
        "The chances depend on how the choices are drawn. They do: they describe these "
        "assumptions and are no probabilities of the world. Even what held in all {draws} "
        "indices may turn under choices that were not drawn from.",
        draws=language.number(found.draws, 0),
    )


def _about_errors(language: Language, changed: Changes) -> Iterator[str]:
    """Objections to tests of changes, each with its answer."""
    _ = language.text
    yield _(
        "The errors of SIPAS are too wide. They may be: they are those of one yes or no a "
        "person, while SIPAS is a mean of many answers, which differs less between people. "
        "So a change within them may be more than chance."
    )
    yield _(
        "The errors of SIPAS are too narrow. They may be for some: where fewer people were "
        "asked than assumed, or people of one place answer more alike, they are wider. And of "
        "the changes beyond them up to {rate} are chance, on average.",
        rate=language.percent(100 * (1 - changed.scores.confidence), 0),
    )
    yield _(
        "A province with a change of several percentage points is told that it may be "
        "chance. With some {size} people asked in a province and these errors, two surveys "
        "of the same opinion differ by {error} percentage points or more one time in twenty.",
        size=language.number(changed.surveys[changed.after].size, 0),
        error=language.number(1.96 * changed.scores.table["std_error"].median(), 1),
    )


def one_place(
    page: Page, made: tuple[SafePlaces, str] | None, index: str, year: int, province_id: str
) -> None:
    """How sure the place of one province is, with what that assumes; nothing where not known."""
    if made is None or province_id not in made[0].found.table.index:
        return
    language = page.language
    found, level = made[0].found, made[1]
    row = found.table.T[province_id]
    page.state(
        "{index} {year}, rank among the {n} provinces in the data: {rank} (range {low}–{high}). "
        "Assumption: the index is made again from its parts ({level}) in other ways ({ways}); in "
        "{share} of these indices the province stands within this range.",
        index=terms.short(index),
        year=year,
        n=language.number(found.n, 0),
        rank=language.number(row["rank"], 0),
        low=language.number(row["lower"], 0),
        high=language.number(row["upper"], 0),
        level=terms.level_name(language, level, index),
        ways=_ways(language, made[0]),
        share=language.percent(100 * found.confidence, 0),
    )


def limits(page: Page, made: SafePlaces) -> None:
    """What must not be read into the intervals."""
    _ = page.language.text
    scores = (
        _("The scores themselves are taken as they were published; their errors are not known.")
        if made.survey is None
        else _(
            "The scores themselves are taken as they were published, but for the sampling error "
            "named above; errors of appraisal are not known."
        )
    )
    items = [
        scores,
        _("An interval of places is not a confidence interval: nothing was sampled but choices "
          "and, where named, people."),
        _("Places are those among the provinces in the data."),
    ]  # fmt: skip
    page.points(items)
