"""How sure an index itself is: what a place owes to weights, scales, ways of adding up, errors."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from parstudy.errors import StatisticsError
from parstudy.statistics import inputs
from parstudy.statistics.result import Assumption, Drop, Floats, Result, drops

__all__ = ["CHOICES", "IndexUncertainty", "index_uncertainty", "sobol_shares"]

SCALES = ("points", "minmax", "zscore", "goalposts")
AGGREGATIONS = ("arithmetic", "geometric", "harmonic", "copeland")
CHOICES = ("weights", "scale", "aggregation", "left_out", "survey_error")
"""What is drawn anew each time, in the order of the table of shares."""
_LOWEST = 1.0  # of 100: nothing is 0 where parts are multiplied
_BATCH = 4_000_000
_TIE = 1e-12

Sample = dict[str, Floats]


@dataclass(frozen=True, eq=False, kw_only=True)
class IndexUncertainty(Result):
    """What places an index may give when it is made in other ways that one could defend.

    Attributes
    ----------
    table : DataFrame
        Index unit; ``rank`` (of the index as it is), ``lower, upper`` (interval of places at
        ``confidence``), ``median, mean, sd`` of its places, ``chance_top`` (of a place among the
        first ``top``), ``chance_rank`` (of keeping its place).
    places : DataFrame
        Index unit, columns 1 to n: how often each place came out (rows sum to 1).
    ahead : DataFrame
        Units × units: how often the row is ahead of the column; ties count half.
    safe_pairs : float
        Share of all pairs whose order holds with ``confidence`` or more.
    shares : DataFrame
        Index choice (:data:`CHOICES`): ``first`` and ``total`` share of the variance of all
        places with ``first_error, total_error`` (simulation), and of the mean absolute shift
        from the index as it is, ``shift_first, shift_total``. What total has beyond first comes
        from choices together. NaN where nothing was drawn.
    mean_shift : float
        Mean absolute shift of places from the index as it is.
    top : int
    confidence : float
    draws : int
    settings : dict
        The choices that were drawn from: scales, aggregations, concentration of the weights.
    """

    places: pd.DataFrame
    ahead: pd.DataFrame
    safe_pairs: float
    shares: pd.DataFrame
    mean_shift: float
    top: int
    confidence: float
    draws: int
    settings: dict[str, Any]


def index_uncertainty(
    parts: Any,
    *,
    max_scores: Any = None,
    weights: Any = None,
    scales: Sequence[str] = ("points", "minmax", "zscore"),
    aggregations: Sequence[str] = ("arithmetic", "geometric", "harmonic", "copeland"),
    concentration: float | None = 100.0,
    leave_out: bool = True,
    standard_errors: Any = None,
    goalposts: Mapping[str, tuple[float, float]] | None = None,
    top: int = 10,
    draws: int = 10_000,
    share_draws: int = 1_000,
    confidence: float = 0.95,
    seed: int = 0,
) -> IndexUncertainty:
    """Make an index again and again in ways that one could defend, and watch the places.

    Parameters
    ----------
    parts : DataFrame, shape (n, k)
        One row per unit, one column per part, large is good.
    max_scores : mapping or Series, optional
        Highest possible points of each part; points are then percent of them.
    weights : mapping or Series, optional
        Weights of the index as it is; without them the maxima, or 1 for all: with the maxima
        the arithmetic mean of ``points`` orders units as the plain sum does.
    scales : sequence of {"points", "minmax", "zscore", "goalposts"}
        Scales to draw from; the first is the index as it is. ``minmax``: 0 to 100 over the
        units; ``zscore``: 100 + 10 z; ``goalposts``: 0 to 100 between those given.
    aggregations : sequence of {"arithmetic", "geometric", "harmonic", "copeland"}
        Ways to add up, the first is the index as it is. Geometric and harmonic means take a
        score below 1 of 100 for 1. Copeland: pairs won minus pairs lost, a pair being won by
        the unit with the larger weight of parts in which it is ahead.
    concentration : float, optional
        Of the Dirichlet distribution of the weights around those given: a weight w has standard
        deviation √(w(1 − w)/(concentration + 1)), for 100 and w = 0.1 a third of it. None keeps
        the weights.
    leave_out : bool
        Also draw, with equal chances, that none or one of the parts is left out.
    standard_errors : DataFrame, mapping or Series, optional
        Standard errors of the parts in points, per unit and part or per part; parts without one
        have none.
    goalposts : mapping, optional
        Part → (points worth 0, points worth 100).
    top : int
        For the chance of a place among the first.
    draws, seed : int
        Indices made, and where the draws start.
    share_draws : int
        Draws of the shares of the choices (each makes up to seven indices); 0 for none.
    confidence : float
        Of the intervals and of safe pairs.

    Returns
    -------
    IndexUncertainty

    Raises
    ------
    StatisticsError
        ``too_few_parts``, ``too_few_rows``, ``unknown_method``, ``constant_column`` and what the
        input checks say.

    Notes
    -----
    Saisana, Saltelli and Tarantola (2005), *Uncertainty and sensitivity analysis techniques as
    tools for the quality assessment of composite indicators*, JRSS A 168(2). Shares by the
    estimators of Saltelli and others (2010) and Jansen (1999); over all places together as
    Gamboa and others (2014) define them for several outputs.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> points = pd.DataFrame(rng.uniform(50, 90, (8, 3)), list("abcdefgh"), ["A1", "A2", "A3"])
    >>> found = index_uncertainty(points, draws=500, share_draws=100)
    >>> bool((found.table["lower"] <= found.table["rank"]).all())
    True
    """
    inputs.check_options(top=top, confidence=confidence, seed=seed)
    inputs.check_flag(leave_out, "leave_out")
    inputs.whole_number(draws, "draws", 100)
    if inputs.whole_number(share_draws, "share_draws") == 1:
        inputs.whole_number(share_draws, "share_draws", 2)  # one draw has no variance
    if concentration is not None:
        inputs.check_number(concentration, "concentration", 1e-3, 1e9)
    frame, errors, rows = _complete_rows(parts, standard_errors)
    index = _index(frame, errors, max_scores, weights, goalposts, scales, aggregations)
    choices = _Choices(index, concentration, leave_out)
    rng = np.random.default_rng(seed)
    nominal = index.places(choices.nominal())[0]
    ranks = np.concatenate(
        [index.places(choices.sample(size, rng)) for size in _batches(draws, index.points.size)]
    )
    units, n = index.units, len(index.units)
    ahead = _ahead(ranks)
    assumed: tuple[Assumption, ...] = ("choices_as_given",)
    if index.errors is not None:
        assumed += ("known_errors", "normal_errors")
    return IndexUncertainty(
        table=_of_units(ranks, nominal, units, top, confidence),
        n=n,
        dropped=drops(rows),
        assumptions=assumed,
        places=_how_often(ranks, units),
        ahead=pd.DataFrame(ahead, index=units, columns=units),
        safe_pairs=_safe_pairs(ahead, confidence),
        shares=_shares(choices, nominal, share_draws, rng),
        mean_shift=float(np.abs(ranks - nominal).mean()),
        top=top,
        confidence=confidence,
        draws=draws,
        settings={
            "scales": index.scales,
            "aggregations": index.aggregations,
            "concentration": concentration,
            "leave_out": leave_out,
            "survey_error": index.errors is not None,
        },
    )


# --- what enters --------------------------------------------------------------------------------


def _complete_rows(
    parts: Any, standard_errors: Any
) -> tuple[pd.DataFrame, pd.DataFrame | None, list[Drop]]:
    """Parts and their standard errors of the units that have all parts."""
    frame = inputs.numeric_frame(parts, "parts")
    inputs.need_unique(frame.index, "parts")
    if frame.shape[1] < 2:
        raise StatisticsError("too_few_parts", "an index has at least two parts", found="1")
    errors = None
    if standard_errors is not None:
        errors = _errors_of(standard_errors, frame)
    frame, _, rows = inputs.complete(frame, pd.Series(0.0, index=frame.index))
    inputs.need_rows(len(frame), 3, "uncertainty of an index")
    return frame, None if errors is None else errors.loc[frame.index], rows


def _errors_of(given: Any, frame: pd.DataFrame) -> pd.DataFrame:
    """Standard errors per unit and part; 0 where none is given."""
    if isinstance(given, pd.DataFrame):
        table = inputs.numeric_frame(given, "standard_errors")
        unknown = [c for c in table.columns if c not in frame.columns]
        inputs.refuse(
            "unknown_column",
            "standard_errors: names that are no columns",
            unknown,
            expected=inputs.some(frame.columns),
        )
        table = inputs.matched(table, frame.index, "standard_errors").reindex(columns=frame.columns)
    else:
        by_part = inputs.by_column(given, frame.columns, "standard_errors")
        table = pd.DataFrame([by_part] * len(frame), index=frame.index)
    table = table.fillna(0.0)
    inputs.refuse("bad_standard_error", "standard errors below 0", table.columns[(table < 0).any()])
    if not table.any(axis=None):
        raise StatisticsError("bad_standard_error", "no standard error is above 0", found="0")
    return table


def _index(
    frame: pd.DataFrame,
    errors: pd.DataFrame | None,
    max_scores: Any,
    weights: Any,
    goalposts: Any,
    scales: Any,
    aggregations: Any,
) -> _Index:
    """Put the index together from what is given."""
    kinds = _named(scales, SCALES, "scales")
    flat = inputs.constant_columns(frame, [])
    if flat and {"minmax", "zscore"} & set(kinds):
        raise StatisticsError(
            "constant_column",
            "parts that do not vary have no such scale",
            found=inputs.some(flat),
            advice="Leave them out, or take the scales points and goalposts",
        )
    names = frame.columns
    top = np.full(len(names), 100.0)
    weight = np.ones(len(names))
    if max_scores is not None:
        weight = top = _above_zero(max_scores, names, "max_scores")
    if weights is not None:
        weight = _above_zero(weights, names, "weights")
    return _Index(
        units=frame.index,
        points=frame.to_numpy() / top * 100,
        errors=None if errors is None else errors.to_numpy() / top * 100,
        weights=weight / weight.sum(),
        ends=_ends(goalposts, names, top, "goalposts" in kinds),
        scales=kinds,
        aggregations=_named(aggregations, AGGREGATIONS, "aggregations"),
    )


def _named(given: Any, allowed: Sequence[str], what: str) -> tuple[str, ...]:
    names = inputs.names_of(given, what)
    if not names:
        raise StatisticsError(
            "unknown_method", f"{what}: none is given", found="none", expected=" or ".join(allowed)
        )
    return tuple(inputs.choice(name, allowed, what) for name in names)


def _above_zero(given: Any, columns: pd.Index, what: str) -> Floats:
    values = inputs.by_column(given, columns, what)
    low = values.index[~(values > 0)]
    inputs.refuse("bad_structure", f"{what}: missing or not above 0", low)
    out: Floats = values.to_numpy()
    return out


def _ends(given: Any, columns: pd.Index, top: Floats, wanted: bool) -> Floats | None:
    """Goalposts in percent of the maxima, shape (2, k)."""
    if (given is None) == wanted or (given is not None and not isinstance(given, Mapping)):
        raise StatisticsError(
            "one_of_two",
            "goalposts and the scale of that name belong together",
            found="one of them" if isinstance(given, Mapping | None) else repr(given)[:60],
            expected="a mapping of parts to pairs, and goalposts among the scales",
        )
    if given is None:
        return None
    table = inputs.numeric_frame(pd.DataFrame(dict(given)), "goalposts")
    if table.shape[0] != 2 or set(table.columns) != set(columns):
        raise StatisticsError(
            "bad_structure",
            "goalposts are no pair for each part",
            found=inputs.some(table.columns),
            expected=inputs.some(columns),
        )
    ends = table[list(columns)].to_numpy()
    wrong = columns[~(ends[1] > ends[0])]
    inputs.refuse("bad_structure", "goalposts that are missing or upside down", wrong)
    out: Floats = ends / top * 100
    return out


# --- the index, many times ----------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Index:
    """Parts on one scale of percent, and the ways in which they may be put together."""

    units: pd.Index
    points: Floats  # (n, k)
    errors: Floats | None  # (n, k)
    weights: Floats  # (k,), sum to 1
    ends: Floats | None  # (2, k)
    scales: tuple[str, ...]
    aggregations: tuple[str, ...]

    def places(self, sample: Sample) -> Floats:
        """Places of the units for each draw of the sample, shape (N, n)."""
        weights = sample["weights"].copy()
        rows = np.arange(len(weights))
        gone = sample["left_out"] > 0
        weights[rows[gone], sample["left_out"][gone] - 1] = 0.0
        weights /= weights.sum(axis=1, keepdims=True)
        out = np.empty((len(weights), len(self.units)), dtype=np.int64)
        for scale, kind in enumerate(self.scales):
            for way, name in enumerate(self.aggregations):
                chosen = np.flatnonzero((sample["scale"] == scale) & (sample["aggregation"] == way))
                if len(chosen):
                    points = self.points[None]
                    if self.errors is not None:
                        points = points + self.errors * sample["survey_error"][chosen]
                    scaled = self._scaled(points, kind)
                    out[chosen] = _places(_added(scaled, weights[chosen], name))
        return out

    def _scaled(self, points: Floats, kind: str) -> Floats:
        """Parts on one scale of about 0 to 100, over the units of each draw."""
        if kind == "minmax":
            low = points.min(axis=1, keepdims=True)
            out: Floats = (points - low) / (points.max(axis=1, keepdims=True) - low) * 100
            return out
        if kind == "zscore":
            apart = points - points.mean(axis=1, keepdims=True)
            out = 100 + 10 * apart / apart.std(axis=1, ddof=1, keepdims=True)
            return out
        if kind == "goalposts" and self.ends is not None:
            out = (points - self.ends[0]) / (self.ends[1] - self.ends[0]) * 100
            return out
        return points


def _added(scaled: Floats, weights: Floats, how: str) -> Floats:
    """Scores of the units; scaled (N or 1, n, k), weights (N, k), out (N, n)."""
    if how == "copeland":
        return _copeland(scaled, weights)
    values = scaled
    if how == "geometric":
        values = np.log(np.maximum(scaled, _LOWEST))
    elif how == "harmonic":
        values = -1 / np.maximum(scaled, _LOWEST)
    if len(values) == 1:
        out: Floats = weights @ values[0].T
        return out
    out = np.einsum("mnk,mk->mn", values, weights)
    return out


def _copeland(scaled: Floats, weights: Floats) -> Floats:
    """Pairs won minus pairs lost."""
    n = scaled.shape[1]
    out = np.empty((len(weights), n))
    for i in range(n):
        ahead = np.sign(scaled[:, [i]] - scaled)
        margin = (
            weights @ ahead[0].T if len(ahead) == 1 else np.einsum("mnk,mk->mn", ahead, weights)
        )
        out[:, i] = np.where(np.abs(margin) < _TIE, 0.0, np.sign(margin)).sum(axis=1)
    return out


def _places(scores: Floats) -> Floats:
    """Places row by row: the largest is 1, ties share the lowest, float noise is a tie."""
    rows = np.arange(len(scores))[:, None]
    order = np.argsort(-scores, axis=1, kind="stable")
    ordered = scores[rows, order]
    allowed = _TIE * np.abs(ordered).max(axis=1, keepdims=True)
    new = np.ones(scores.shape, dtype=bool)
    new[:, 1:] = ordered[:, :-1] - ordered[:, 1:] > allowed
    place = np.where(new, np.arange(1, scores.shape[1] + 1), 0)
    out = np.empty(scores.shape, dtype=np.int64)
    out[rows, order] = np.maximum.accumulate(place, axis=1)
    return out


def _batches(draws: int, cells: int) -> list[int]:
    size = max(100, _BATCH // cells)
    return [min(size, draws - start) for start in range(0, draws, size)]


@dataclass(frozen=True, eq=False)
class _Choices:
    """What is drawn: one entry for each of ``CHOICES``."""

    index: _Index
    concentration: float | None
    leave_out: bool

    def active(self) -> list[str]:
        """Choices that are open."""
        index = self.index
        is_open = (
            self.concentration is not None, len(index.scales) > 1, len(index.aggregations) > 1,
            self.leave_out, index.errors is not None,
        )  # fmt: skip
        return [name for name, yes in zip(CHOICES, is_open, strict=True) if yes]

    def nominal(self) -> Sample:
        """The index as it is."""
        none = np.zeros(1, dtype=np.int64)
        return {
            "weights": self.index.weights[None].copy(),
            "scale": none,
            "aggregation": none,
            "left_out": none,
            "survey_error": np.zeros((1, *self.index.points.shape)),
        }

    def sample(self, size: int, rng: np.random.Generator) -> Sample:
        """Draws of all choices, independent of each other."""
        index = self.index
        k = len(index.weights)
        weights = np.tile(index.weights, (size, 1))
        if self.concentration is not None:
            weights = np.maximum(rng.gamma(self.concentration * weights), 1e-300)
            weights /= weights.sum(axis=1, keepdims=True)
        error: Floats = np.zeros((size, 1, 1))
        if index.errors is not None:
            error = rng.standard_normal((size, *index.points.shape))
        return {
            "weights": weights,
            "scale": rng.integers(len(index.scales), size=size),
            "aggregation": rng.integers(len(index.aggregations), size=size),
            "left_out": rng.integers(k + 1 if self.leave_out else 1, size=size),
            "survey_error": error,
        }


# --- what came out ------------------------------------------------------------------------------


def _how_often(ranks: Floats, units: pd.Index) -> pd.DataFrame:
    """Share of the draws in which each unit has each place."""
    n = len(units)
    counts = np.array([np.bincount(own, minlength=n + 1)[1:] for own in ranks.T])
    return pd.DataFrame(counts / len(ranks), index=units, columns=range(1, n + 1))


def _safe_pairs(ahead: Floats, confidence: float) -> float:
    """Share of pairs in which one unit is ahead in at least so many draws."""
    one = ahead[np.triu_indices(len(ahead), 1)]
    return float((np.maximum(one, 1 - one) >= confidence).mean())


def _of_units(
    ranks: Floats, nominal: Floats, units: pd.Index, top: int, confidence: float
) -> pd.DataFrame:
    """Interval, middle and chances of each unit."""
    ends = [(1 - confidence) / 2, (1 + confidence) / 2]
    lower = np.quantile(ranks, ends[0], axis=0, method="inverted_cdf")
    upper = np.quantile(ranks, ends[1], axis=0, method="inverted_cdf")
    return pd.DataFrame(
        {
            "rank": nominal,
            "lower": lower.astype(np.int64),
            "upper": upper.astype(np.int64),
            "median": np.median(ranks, axis=0),
            "mean": ranks.mean(axis=0),
            "sd": ranks.std(axis=0),
            "chance_top": (ranks <= top).mean(axis=0),
            "chance_rank": (ranks == nominal).mean(axis=0),
        },
        index=units,
    )


def _ahead(ranks: Floats) -> Floats:
    """How often each unit is ahead of each other one; ties count half."""
    n = ranks.shape[1]
    out = np.full((n, n), 0.5)
    for i in range(n):
        apart = ranks - ranks[:, [i]]
        out[i] = (apart > 0).mean(axis=0) + 0.5 * (apart == 0).mean(axis=0)
    return out


_SHARES = ("first", "first_error", "total", "total_error", "shift_first", "shift_total")


def _shares(
    choices: _Choices, nominal: Floats, draws: int, rng: np.random.Generator
) -> pd.DataFrame:
    """Shares of the choices in the variance of places and of the mean shift."""
    out = pd.DataFrame(np.nan, index=pd.Index(CHOICES, name="choice"), columns=list(_SHARES))
    names = choices.active()
    if not draws or not names:
        return out
    one, other = choices.sample(draws, rng), choices.sample(draws, rng)
    first, second, mixed = _runs(choices.index.places, one, other, names)
    places = _estimates(first, second, mixed)

    def moved(ranks: Floats) -> Floats:
        """Mean absolute shift from the index as it is, as one output."""
        out: Floats = np.abs(ranks - nominal).mean(axis=-1)[..., None]
        return out

    shift = _estimates(moved(first), moved(second), moved(mixed))
    for column, values in {**places, "shift_first": shift["first"],
                           "shift_total": shift["total"]}.items():  # fmt: skip
        out.loc[names, column] = values
    return out


def _runs(
    model: Callable[[Sample], Floats], one: Sample, other: Sample, names: Sequence[str]
) -> tuple[Floats, Floats, Floats]:
    """Outputs of both samples, and of the first with each input from the second."""
    mixed = [model({**one, name: other[name]}) for name in names]
    return model(one), model(other), np.array(mixed)


def _outputs(given: Any, draws: int) -> Floats:
    """What a model gives, a number or a row of numbers for each draw."""
    out = np.asarray(given)
    numbers = out.dtype.kind in "biuf" and out.ndim in (1, 2) and len(out) == draws
    if not numbers or not np.isfinite(out).all():
        raise StatisticsError(
            "not_a_model",
            "the model does not give numbers for each draw",
            found=f"{out.dtype}, shape {out.shape}" if not numbers else "missing or infinite",
            expected=f"{draws} numbers, or rows of them",
        )
    return out.astype(float)


def _estimates(one: Floats, other: Floats, mixed: Floats) -> dict[str, Floats]:
    """First-order (Saltelli) and total shares (Jansen), over all outputs together."""
    both = np.concatenate([one, other])
    variance = float(both.var(axis=0).sum())
    draws = len(one)
    if not variance > 0:
        nothing = np.full(len(mixed), np.nan)
        return dict.fromkeys(("first", "first_error", "total", "total_error"), nothing)
    first = ((other - both.mean(axis=0)) * (mixed - one)).sum(axis=-1) / variance
    total = ((one - mixed) ** 2).sum(axis=-1) / (2 * variance)
    return {
        "first": first.mean(axis=1),
        "first_error": first.std(axis=1, ddof=1) / draws**0.5,
        "total": total.mean(axis=1),
        "total_error": total.std(axis=1, ddof=1) / draws**0.5,
    }


def sobol_shares(
    model: Callable[[Sample], Floats], one: Mapping[str, Any], other: Mapping[str, Any]
) -> pd.DataFrame:
    """First-order and total shares of inputs in the variance of what a model gives.

    Parameters
    ----------
    model : callable
        Mapping of inputs (arrays of N draws, first axis) → outputs, shape (N,) or (N, m).
    one, other : mapping of str to array
        Two independent samples of all inputs, of the same size.

    Returns
    -------
    DataFrame
        Index ``input``; ``first, first_error, total, total_error`` (simulation errors); of
        several outputs the shares in the sum of their variances.

    Raises
    ------
    StatisticsError
        ``not_a_model``, ``length_mismatch``, ``unknown_column``, ``constant_outcome``.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> one, other = ({"a": rng.normal(size=4000), "b": rng.normal(size=4000)} for _ in range(2))
    >>> shares = sobol_shares(lambda x: 2 * x["a"] + x["b"], one, other)
    >>> shares["total"].round(1).to_dict()
    {'a': 0.8, 'b': 0.2}
    """
    if not callable(model):
        raise StatisticsError("not_a_model", "the model is no function", found=repr(model)[:60])
    for what, sample in (("one", one), ("other", other)):
        if not isinstance(sample, Mapping) or not sample:
            raise StatisticsError(
                "not_a_table", f"{what}: no mapping of inputs to draws", found=repr(sample)[:60]
            )
    if set(one) != set(other):
        raise StatisticsError(
            "unknown_column", "two samples of different inputs", found=inputs.some(other),
            expected=inputs.some(one),
        )  # fmt: skip
    first = {name: np.asarray(values) for name, values in one.items()}
    second = {name: np.asarray(values) for name, values in other.items()}
    sizes = {v.shape[:1] for v in (*first.values(), *second.values())}
    if len(sizes) != 1 or next(iter(sizes))[:1] < (2,):
        raise StatisticsError(
            "length_mismatch", "inputs with other numbers of draws, or fewer than two",
            found=inputs.some(sizes),
        )  # fmt: skip
    draws = next(iter(sizes))[0]
    runs = _runs(lambda sample: _outputs(model(sample), draws), first, second, list(first))
    base, again, mixed = runs
    if base.ndim == 1:
        base, again, mixed = base[..., None], again[..., None], mixed[..., None]
    found = _estimates(base, again, mixed)
    if np.isnan(found["first"]).all():
        raise StatisticsError("constant_outcome", "the model gives the same for all draws")
    return pd.DataFrame(found, index=pd.Index(list(first), name="input"))
