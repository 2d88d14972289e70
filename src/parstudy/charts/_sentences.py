"""What a result of the statistics says, in whole sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import singledispatch
from typing import Any

import pandas as pd

from parstudy.charts import _curve, _neighbours
from parstudy.display.words import Language, defer, is_missing
from parstudy.errors import StatisticsError
from parstudy.statistics.change import RankChanges, ScoreChanges, Shrinkage
from parstudy.statistics.drivers import (
    CONSTANT,
    External,
    GroupModel,
    IdentityCheck,
    ItemRest,
    Moran,
    Panel,
    RankRank,
    RankRegression,
    Regression,
    Selection,
    SpecificationCurve,
)
from parstudy.statistics.importance import (
    REST,
    Composite,
    CronbachAlpha,
    EffectiveWeights,
    GapDecomposition,
    LeaveOneOut,
    MainEffects,
    Shapley,
    VarianceShares,
)
from parstudy.statistics.ranking import RankSets
from parstudy.statistics.result import Assumption, Result
from parstudy.statistics.uncertainty import IndexUncertainty
from parstudy.statistics.weights import CorrelationAudit, WeightSystems

_DROPPED = (
    (
        defer("Left out because they do not vary or repeat other columns: {names}."),
        ("column",),
        ("constant", "constant_rest", "collinear", "no_variation_within"),
    ),
    (defer("Left out because a figure is missing: {names}."), ("column", "row"), ("missing",)),
    (
        defer("Left out because too few rows have a figure: {names}."),
        ("column",),
        ("too_few_rows",),
    ),
    (defer("No standard error can be given for: {names}."), ("warning",), ("no_standard_error",)),
)
"""Sentence, kinds of rows of ``dropped`` and reasons that it speaks of."""

_INFLUENTIAL_NAMED = 5
_OWN: Mapping[str, str] = {}
"""Parts are called by their codes."""

ASSUMPTIONS: Mapping[Assumption, str] = {
    "band_by_resampling": defer(
        "The band comes from drawing the units again; the provinces are all there are."
    ),
    "blanks_hand_on_weight": defer(
        "A missing figure hands its weight to the other parts of its group."
    ),
    "changes_within_units": defer(
        "Only changes within units are used; what does not change cannot be seen."
    ),
    "choices_as_given": defer(
        "Which choices are open, and how likely each is, is an assumption; the places say what "
        "follows from it."
    ),
    "common_cause": defer(
        "Both sides may follow a third thing, wealth say; a relation is not an effect."
    ),
    "few_clusters": defer("With so few clusters the p-values are not to be trusted."),
    "independent_clusters": defer(
        "Rows of one cluster may depend on each other, clusters may not."
    ),
    "independent_units": defer("Units are treated as independent of each other."),
    "known_errors": defer("The errors of the scores are taken as known; what is assumed counts."),
    "large_sample": defer("Units are treated as independent draws; errors are for large samples."),
    "leaving_out_is_a_question": defer(
        "Leaving a part out is a question about the index, not a proposal to drop it."
    ),
    "linear": defer("The relation is taken as linear."),
    "linear_on_ranks": defer("The relation is taken as linear, on ranks as well as on scores."),
    "normal_errors": defer("Errors of the scores are taken as normal."),
    "one_for_all": defer("Of components that move together any one may be chosen for all."),
    "one_normal_around_a_mean": defer(
        "True scores are taken as normal around one mean; units that differ from it much are "
        "drawn towards it."
    ),
    "one_sample_one_choice": defer("Everybody in one sample chose one category."),
    "one_scale": defer("Alpha speaks of one scale; parts of an index need not be one."),
    "overlap_is_shared_out": defer(
        "Regressors that move together share what they explain; a share is not an effect."
    ),
    "parts_overlap": defer(
        "Parts move together, so what a part tells alone is partly said by others too."
    ),
    "points_worth_the_same": defer(
        "Points of different parts are taken as worth the same, as the total takes them."
    ),
    "proportional_odds": defer(
        "Each regressor moves all borders between groups alike (proportional odds)."
    ),
    "rest_is_no_effect": defer("A relation with the rest of the index is not an effect on it."),
    "search_no_test": defer("This is a search, not a test: no p-value is valid after it."),
    "shares_are_no_effects": defer(
        "Shares say where the differences come from this year; they do not say what would follow "
        "from a change."
    ),
    "weights_on_paper": defer(
        "These are weights on paper; what a part decides depends on how units differ in it."
    ),
    "year_effects": defer("Year effects take out what moved all units alike."),
}
"""What a result assumes, said to a reader."""


def sentences(result: Result, language: Language) -> list[str]:
    """Say in whole sentences what was found, for whom it holds and what it assumes.

    Parameters
    ----------
    result : Result
        Of :mod:`parstudy.statistics.drivers` or :mod:`parstudy.statistics.importance`.
    language : Language
        Language of the sentences.

    Returns
    -------
    list of str
        What was found; what was left out and why; what the figures rest on.

    Raises
    ------
    StatisticsError
        ``no_sentences`` for a result of another kind.
    """
    return [
        *_found(result, language),
        *_left_out(result.dropped, language),
        *(language.text(ASSUMPTIONS[code]) for code in result.assumptions),
    ]


def _left_out(dropped: pd.DataFrame, language: Language) -> Iterator[str]:
    for msgid, kinds, reasons in _DROPPED:
        gone = dropped[dropped["what"].isin(kinds) & dropped["reason"].isin(reasons)]
        if len(gone):
            names = list(dict.fromkeys(gone["name"]))
            yield language.text(msgid, names=language.names(names, 10))


def _first(shares: pd.Series[Any], language: Language, decimals: int = 0) -> str:
    """Join the names of the three largest shares, each with its percentage."""
    order = shares.sort_values(ascending=False, kind="stable")[:3]
    return language.names(
        [f"{name} ({language.percent(100 * share, decimals)})" for name, share in order.items()]
    )


def _clear(p_holm: pd.Series[Any], confidence: float, language: Language) -> str:
    clear = p_holm.index[p_holm < 1 - confidence]
    if not len(clear):
        return language.text("Nothing is clear after Holm's correction.")
    return language.text("Clear after Holm's correction: {names}.", names=language.names(clear))


# --- what was found -----------------------------------------------------------------------------


@singledispatch
def _found(result: Any, language: Language) -> Iterator[str]:
    raise StatisticsError("no_sentences", f"no sentences for a {type(result).__name__}")


@_found.register
def _variance_shares(result: VarianceShares, language: Language) -> Iterator[str]:
    yield language.text(
        "The differences between {n} units in the total come most of all from {names}.",
        n=language.number(result.n, 0),
        names=_first(result.table["share"].drop(REST, errors="ignore"), language, 1),
    )


def tells_most(result: MainEffects, language: Language, names: Mapping[str, str] = _OWN) -> str:
    """Say which part alone tells most of the total, and how much."""
    best = str(result.table["effect"].idxmax())
    share, low, high = (
        language.percent(100 * result.table[end].loc[best], 0) for end in ("effect", "low", "high")
    )
    return language.text(
        "{name} alone tells most: {share} of the variance of the total ({low} to {high}).",
        name=names.get(best, best),
        share=share,
        low=low,
        high=high,
    )


@_found.register
def _main_effects(result: MainEffects, language: Language) -> Iterator[str]:
    if result.table["effect"].notna().any():
        yield tells_most(result, language)


@_found.register
def _shapley(result: Shapley, language: Language) -> Iterator[str]:
    yield language.text(
        "R² of {r2} over {n} units is shared out over all orders of entry; most goes to {names}.",
        r2=language.number(result.explained, 3),
        n=language.number(result.n, 0),
        names=_first(result.table["share"], language),
    )
    if not result.exact:
        yield language.text(
            "Orders were sampled; the largest simulation error of a share is {error}.",
            error=language.number(float(result.table["mc_error"].max()), 4),
        )


@_found.register
def _gap_decomposition(result: GapDecomposition, language: Language) -> Iterator[str]:
    yield language.text(
        "Distance to the reference: {gap} points.", gap=language.signed(result.gap, 2)
    )
    gaps = result.table["gap"].rename({REST: language.text("not covered by the parts")})
    for rows, msgid in (
        (gaps[gaps < 0], defer("Most points are lost on {names}.")),
        (gaps[gaps > 0].iloc[::-1], defer("Points are won on {names}.")),
    ):
        if len(rows):
            names = [f"{k} ({language.signed(v, 2)})" for k, v in rows[:3].items()]
            yield language.text(msgid, names=language.names(names))


@_found.register
def _effective_weights(result: EffectiveWeights, language: Language) -> Iterator[str]:
    leaves = result.table.loc[result.table["level"].eq(0), "nominal_weight"]
    yield language.text(
        "By its rules the index gives {k} parts their weight; the heaviest are {names}.",
        k=language.number(len(leaves), 0),
        names=_first(leaves, language, 1),
    )


@_found.register
def _composite(result: Composite, language: Language) -> Iterator[str]:
    yield language.text(
        "{index} made again from {k} indicators for {n} units.",
        index=result.top,
        k=language.number(result.normalised.shape[1], 0),
        n=language.number(result.n, 0),
    )


def moves_most(result: LeaveOneOut, language: Language, names: Mapping[str, str] = _OWN) -> str:
    """Say without which part ranks move most, and how far."""
    top = str(result.table["mean_abs_shift"].idxmax())
    row = result.table.loc[top]
    return language.text(
        "Leaving out {name} moves ranks most: {mean} places on average among the {n} provinces, "
        "{largest} at most.",
        name=names.get(top, top),
        mean=language.number(row["mean_abs_shift"], 1),
        n=language.number(result.n, 0),
        largest=language.number(max(row["largest_rise"], row["largest_fall"]), 0),
    )


@_found.register
def _leave_one_out(result: LeaveOneOut, language: Language) -> Iterator[str]:
    yield moves_most(result, language)


@_found.register
def _cronbach_alpha(result: CronbachAlpha, language: Language) -> Iterator[str]:
    yield language.text(
        "Cronbach's alpha of {k} items over {n} units is {alpha}.",
        k=language.number(len(result.table), 0),
        n=language.number(result.n, 0),
        alpha=language.number(result.raw, 2),
    )


@_found.register
def _identity_check(result: IdentityCheck, language: Language) -> Iterator[str]:
    n = language.number(result.n, 0)
    if result.kind == "none":
        yield language.text(
            "The outcome is not the sum of these parts ({n} units, R² {r2}).",
            n=n,
            r2=language.number(result.r_squared, 3),
        )
    elif result.kind == "rank":
        yield language.text(
            "The outcome is the rank of the sum of these parts for all {n} units, by construction.",
            n=n,
        )
    elif result.kind == "weighted":
        yield language.text(
            "The outcome is a weighted sum of these parts for all {n} units, by construction.",
            n=n,
        )
    else:
        yield language.text(
            "The outcome is the sum of these parts for all {n} units, by construction "
            "(largest difference {difference}).",
            n=n,
            difference=language.number(result.largest_difference, 4),
        )


def clear_of_rest(
    result: ItemRest, language: Language, called: Callable[[Sequence[str]], list[str]] = list
) -> str:
    """Say which parts are clearly related to the rest, after correction for their number.

    Parameters
    ----------
    result : ItemRest
        Each part against the rest.
    language : Language
        Language of the sentence.
    called : callable, optional
        Gives what parts are called in a sentence, by their codes.

    Returns
    -------
    str
    """
    known = result.table[result.table["spearman"].notna()]
    known = known.sort_values("spearman", ascending=False, kind="stable")
    clear = [str(part) for part in known.index[known["spearman_p_bh"].lt(1 - result.confidence)]]
    words = {
        "k": language.number(len(known), 0),
        "level": language.percent(100 * (1 - result.confidence), 0),
    }
    if not clear:
        return language.text(
            "After correction for {k} tests (Benjamini–Hochberg, {level}), no part is clear "
            "against the rest.",
            **words,
        )
    return language.text(
        "After correction for {k} tests (Benjamini–Hochberg, {level}), clear against the rest: "
        "{names}.",
        names=language.names(called(clear), 12),
        **words,
    )


@_found.register
def _item_rest(result: ItemRest, language: Language) -> Iterator[str]:
    yield language.text(
        "{k} parts, each against the sum of all others, {n} units.",
        k=language.number(len(result.table), 0),
        n=language.number(result.n, 0),
    )
    yield clear_of_rest(result, language)


@_found.register
def _regression(result: Regression, language: Language) -> Iterator[str]:
    slopes = result.table.drop(CONSTANT, errors="ignore")
    yield language.text(
        "Least squares of {outcome} on {k} variables, {n} rows; R² {r2}; errors: {kind}.",
        outcome=result.outcome,
        k=language.number(len(slopes), 0),
        n=language.number(result.n, 0),
        r2=language.number(result.r_squared, 3),
        kind=_errors(result, language),
    )
    yield _clear(slopes["p_holm"], result.confidence, language)


def _errors(result: Regression, language: Language) -> str:
    """Which errors the table has."""
    kind, small_sample = result.errors.kind, result.errors.small_sample
    factors = {"G": "G/(G-1)", "stata": "G/(G-1)·(n-1)/(n-k)"}
    if kind == "classical":
        said = language.text("classical (equal variances)")
    elif kind != "cluster":
        said = language.text("robust to unequal variances ({kind})", kind=kind)
    elif small_sample == "none":
        said = language.text("by cluster, without a small-sample factor")
    elif small_sample in factors:
        said = language.text("by cluster, factor {factor}", factor=factors[small_sample])
    else:
        said = language.text("by cluster, {kind}", kind=small_sample)
    if result.errors.satterthwaite:
        said = language.text("{errors}, with Satterthwaite degrees of freedom", errors=said)
    return said


def method(result: RankRegression, language: Language, way: str, held: str = "") -> str:
    """Say how a rank regression was estimated: errors, and what was taken out or held fixed.

    Parameters
    ----------
    result : RankRegression
        As the notebook has computed it; nothing is said that another call would make untrue.
    language : Language
        Language of the sentences.
    way : {"single", "together", "pooled"}
        Which of its regressions.
    held : str
        What was held fixed, with its sources, as :func:`held_fixed` says it.

    Returns
    -------
    str
    """
    fit = result.of_way(way)
    said = [language.text("Ordinary least squares; errors: {kind}.", kind=_errors(fit, language))]
    if fit.errors.n_clusters:
        n = language.number(fit.errors.n_clusters, 0)
        said.append(
            language.text("The clusters are the provinces ({n}).", n=n)
            if result.clustered_by == "province_id"
            else language.text("Clusters: {name} ({n}).", name=result.clustered_by, n=n)
        )
    if len(result.years) > 1 and way != "together":
        said.append(language.text("Year effects are taken out."))
    return " ".join([*said, *([held] if held else [])])


def outcome_words(result: RankRegression, language: Language) -> str:
    """Say what the regressions of one component at a time explain."""
    if result.parts:
        return language.text(
            "The outcome is the rank by the total of all other components, so that no component "
            "explains itself."
        )
    if result.outcome == "total":
        return language.text("The outcome is the rank by the total.")
    return language.text("The outcome is the rank by {name}.", name=result.outcome)


def held_fixed(
    covariates: Sequence[str], language: Language, sources: Mapping[str, str] | None = None
) -> str:
    """Say what an estimate holds fixed, and where each of these figures is from.

    Parameters
    ----------
    covariates : sequence of str
        Names of the columns; without any nothing is said.
    language : Language
        Language of the sentence.
    sources : mapping of str to str, optional
        Source of each column; one without is said to have none.

    Returns
    -------
    str

    Examples
    --------
    >>> from parstudy.display import Language
    >>> held_fixed(["log_grdp"], Language("en"), {"log_grdp": "GSO, Statistical Yearbook 2021"})
    'Held fixed: log_grdp (GSO, Statistical Yearbook 2021).'
    """
    if not covariates:
        return ""
    unnamed = language.text("the notebook names no source")
    told = [
        language.text("{name} ({value})", name=name, value=(sources or {}).get(name) or unnamed)
        for name in covariates
    ]
    return language.text("Held fixed: {names}.", names=language.names(told))


_CLUSTERS = {
    "unit": defer("clusters: units"),
    "time": defer("clusters: years"),
    "both": defer("clusters: units and years"),
    "driscoll_kraay": defer("errors after Driscoll and Kraay"),
    "none": defer("no clusters"),
}


def panel_method(result: Panel, language: Language) -> str:
    """Say what a panel takes out, and how its errors are made."""
    values = {
        "units": language.number(result.n_units, 0),
        "times": language.number(result.n_times, 0),
        "n": language.number(result.n, 0),
        "clusters": language.text(_CLUSTERS[result.cluster_by]),
        "factor": result.factor.split(":")[0],
    }
    if result.time_effects:
        return language.text(
            "{units} units and {times} years ({n} rows), unit and year effects taken out; "
            "{clusters}, small-sample factor {factor}.",
            **values,
        )
    return language.text(
        "{units} units and {times} years ({n} rows), unit effects taken out; {clusters}, "
        "small-sample factor {factor}.",
        **values,
    )


@_found.register
def _panel(result: Panel, language: Language) -> Iterator[str]:
    clear = _clear(result.table["p_holm"], result.confidence, language)
    yield panel_method(result, language)
    yield clear


@_found.register
def _rank_rank(result: RankRank, language: Language) -> Iterator[str]:
    rows = result.table[result.table.index.str.startswith(result.rank_term or CONSTANT)]
    row = (rows if len(rows) else result.table).iloc[0]
    yield language.text(
        "Regression with ranks, {n} units: {term} {estimate}, {level} interval {low} to "
        "{high}; the errors know that ranks are estimated.",
        n=language.number(result.n, 0),
        level=language.percent(100 * result.confidence, 0),
        term=str(row.name),
        estimate=language.number(row["estimate"], 3),
        low=language.number(row["ci_low"], 3),
        high=language.number(row["ci_high"], 3),
    )


def influential(
    result: RankRegression, language: Language, called: Callable[[str], str] = str
) -> str:
    """Say on which provinces the regression hangs most; ``called`` gives their names."""
    large = result.influence[result.influence["influential"].fillna(False).astype(bool)]
    if large.empty:
        return language.text("No province has a Cook's distance above 4/n.")
    told = [
        language.text("{name} ({value})", name=called(str(unit)), value=language.number(value, 2))
        for unit, value in large["cooks_distance"].head(_INFLUENTIAL_NAMED).items()
    ]
    return language.text(
        "Most influential provinces (Cook's distance above 4/n): {names}.",
        names=language.names(told),
    )


@_found.register
def _rank_regression(result: RankRegression, language: Language) -> Iterator[str]:
    components = result.table[result.table["role"].eq("component")]
    yield language.text(
        "Rank regressed on {k} components, {n} units, {rows} rows.",
        k=language.number(components["term"].nunique(), 0),
        n=language.number(result.n_units, 0),
        rows=language.number(result.n, 0),
    )
    if result.parts:
        yield language.text(
            "The total is the sum of these components, so all together they explain it by "
            "construction: slopes and R² describe the arithmetic of the index, and "
            "p-values are withheld."
        )
        yield language.text(
            "What can be asked instead: shares of variance, each component against the "
            "rest, and outcomes that are not part of the sum."
        )
    single = components[components["way"].eq("single") & components["outcome"].eq("rank")]
    if len(single):
        msgid = (
            defer(
                "One at a time against the rank on all the rest, {m} of {k} components are clear "
                "after Holm's correction."
            )
            if result.parts
            else defer("One at a time, {m} of {k} components are clear after Holm's correction.")
        )
        n_clear = int((single["p_holm"] < 1 - result.confidence).sum())
        yield language.text(msgid, m=language.number(n_clear, 0), k=language.number(len(single), 0))
    if len(result.influence):
        yield influential(result, language)
    few = result.ways.index[~result.ways["done"] & result.ways["reason"].eq("too_few_rows")]
    for way in few:
        yield (
            language.text("All at once was not tried in one year: too few units.")
            if way == "together"
            else language.text("Years were not pooled: too few rows.")
        )


@_found.register
def _group_model(result: GroupModel, language: Language) -> Iterator[str]:
    groups = [f"{k} ({language.number(v, 0)})" for k, v in result.counts.items()]
    yield language.text(
        "Groups {groups} of {n} units, McFadden's R² {r2}.",
        groups=language.names(groups),
        n=language.number(result.n, 0),
        r2=language.number(result.fit["mcfadden_r2"], 3),
    )
    yield _clear(result.table["p_holm"], result.confidence, language)


def relation(result: External, language: Language, index: str = "", outcome: str = "") -> str:
    """Say how the whole index goes with the outcome; both by the names given, else plainly."""
    row = result.total
    return language.text(
        "{index} against {outcome}, {n} provinces: Spearman {rho}, interval {interval}.",
        index=index or language.text("The index"),
        outcome=outcome or result.outcome,
        n=language.number(row["n"], 0),
        rho=language.signed(row["spearman"]),
        interval=language.interval(row["spearman_low"], row["spearman_high"]),
    )


def taken_out(result: External, language: Language) -> list[str]:
    """Say by how much taking the common part out changed the answer, where there was one."""
    change = result.change
    if is_missing(change["spearman_with"]):
        return []
    return [
        language.text(
            "The index contains points of this outcome; they were taken out first. With them, "
            "Spearman would be {with_it}; without, it is {without}: a change of {difference} "
            "({interval}, bootstrap). Ranks move by {places} places on average.",
            with_it=language.signed(change["spearman_with"]),
            without=language.signed(change["spearman_without"]),
            difference=language.signed(change["difference"]),
            interval=language.interval(change["low"], change["high"]),
            places=language.number(change["places_moved"], 1),
        )
    ]


@_found.register
def _external(result: External, language: Language) -> Iterator[str]:
    yield relation(result, language)
    yield from taken_out(result, language)
    if len(result.components):
        yield _clear(result.components["spearman_p_holm"], result.confidence, language)


@_found.register
def _selection(result: Selection, language: Language) -> Iterator[str]:
    stable = result.table.index[result.table["stable"]]
    yield language.text(
        "Exploratory: of {k} components, {m} turn up in at least {share} of the "
        "half-samples of {n} units; at most {false} of them are expected to be wrong.",
        k=language.number(len(result.table), 0),
        m=language.number(len(stable), 0),
        share=language.percent(100 * result.threshold, 0),
        n=language.number(result.n, 0),
        false=language.number(result.expected_false, 1),
    )
    if len(stable):
        yield language.text("They are: {names}.", names=language.names(stable, 10))


@_found.register
def _rank_sets(result: RankSets, language: Language) -> Iterator[str]:
    known = result.table.dropna()
    width = (known["upper"] - known["lower"] + 1).astype(int)
    yield language.text(
        "Places that the errors of the scores do not rule out ({level} sets, {n} units): half "
        "of the units have {width} or fewer, the least certain has {most}.",
        level=language.percent(100 * result.confidence, 0),
        n=language.number(result.n, 0),
        width=language.number(width.median(), 0),
        most=language.number(width.max(), 0),
    )


@_found.register
def _index_uncertainty(result: IndexUncertainty, language: Language) -> Iterator[str]:
    width = result.table["upper"] - result.table["lower"] + 1
    yield language.text(
        "Of {draws} indices made with other choices, {level} leave half of the {n} units "
        "within {width} places or fewer; the order of {pairs} of all pairs is safe.",
        draws=language.number(result.draws, 0),
        level=language.percent(100 * result.confidence, 0),
        n=language.number(result.n, 0),
        width=language.number(width.median(), 0),
        pairs=language.percent(100 * result.safe_pairs, 0),
    )
    total = result.shares["total"].dropna()
    if len(total):
        words = {
            "weights": language.text("weights"),
            "scale": language.text("scale of the parts"),
            "aggregation": language.text("way of adding up"),
            "left_out": language.text("a part left out"),
            "survey_error": language.text("sampling error"),
        }
        yield language.text(
            "Places owe most to: {names} (shares of their variance, each with what it does "
            "together with others).",
            names=_first(total.rename(words), language),
        )


@_found.register
def _score_changes(result: ScoreChanges, language: Language) -> Iterator[str]:
    table = result.table
    yield language.text(
        "Of {n} changes, {k} are beyond chance at a false discovery rate of {rate}: {up} up, "
        "{down} down.",
        n=language.number(result.n, 0),
        k=language.number(table["beyond_chance"].sum(), 0),
        rate=language.percent(100 * (1 - result.confidence), 0),
        up=language.number((table["beyond_chance"] & table["estimate"].gt(0)).sum(), 0),
        down=language.number((table["beyond_chance"] & table["estimate"].lt(0)).sum(), 0),
    )


@_found.register
def _rank_changes(result: RankChanges, language: Language) -> Iterator[str]:
    table = result.table
    sure = table["beyond_chance"]
    yield language.text(
        "Of {n} units, {moved} changed their place and {k} did so beyond chance ({level} "
        "sets): {up} up, {down} down.",
        n=language.number(result.n, 0),
        moved=language.number(table["change_rank"].ne(0).sum(), 0),
        k=language.number(sure.sum(), 0),
        level=language.percent(100 * result.confidence, 0),
        up=language.number((sure & table["lower"].gt(0)).sum(), 0),
        down=language.number((sure & table["upper"].lt(0)).sum(), 0),
    )


@_found.register
def _shrinkage(result: Shrinkage, language: Language) -> Iterator[str]:
    likely = result.table["chance_top"].sort_values(ascending=False, kind="stable")
    yield language.text(
        "{share} of the differences between the scores of {n} units are no error. Most likely "
        "to be among the first {top}: {names}.",
        share=language.percent(100 * result.reliability, 0),
        n=language.number(result.n, 0),
        top=language.number(result.top, 0),
        names=_first(likely, language),
    )


@_found.register
def _weight_systems(result: WeightSystems, language: Language) -> Iterator[str]:
    yield language.text(
        "The first component holds {share} of the variance of the parts ({n} units). The "
        "differences in the total come most of all from {names}.",
        share=language.percent(100 * result.explained, 0),
        n=language.number(result.n, 0),
        names=_first(result.table["covariance_share"], language),
    )


@_found.register
def _correlation_audit(result: CorrelationAudit, language: Language) -> Iterator[str]:
    odd = result.table.index[result.table["reason"].isin(["against_own", "closer_to_another"])]
    if not len(odd):
        yield language.text("Every part goes with its own group more than with another.")
    else:
        yield language.text(
            "Parts that run against their own group or go with another one more: {names}.",
            names=language.names(odd, 10),
        )


@_found.register
def _moran(result: Moran, language: Language) -> Iterator[str]:
    yield _neighbours.alike(result, language)
    yield _neighbours.figures(result, language)


@_found.register
def _specification_curve(result: SpecificationCurve, language: Language) -> Iterator[str]:
    yield _curve.said(result, language)
