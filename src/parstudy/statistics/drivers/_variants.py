"""One question asked in many ways: a specification curve, and Mundlak's model of a panel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, combinations
from typing import Any

import numpy as np
import pandas as pd

from parstudy.errors import StatisticsError
from parstudy.statistics import inputs
from parstudy.statistics.drivers._covariance import CLUSTER_FACTORS, joint_test
from parstudy.statistics.drivers._formula import vars_of
from parstudy.statistics.drivers._ols import Regression, least_squares, regression
from parstudy.statistics.drivers._panel import Cells, cells_of, with_columns
from parstudy.statistics.result import Drop, Floats, Result, drops

_MOST = 1024


@dataclass(frozen=True, eq=False, kw_only=True)
class SpecificationCurve(Result):
    """One estimate under many defensible choices.

    Attributes
    ----------
    table : DataFrame
        One row per specification, smallest estimate first; ``outcome, controls, sample, n,
        estimate, std_error, p_value, ci_low, ci_high, standardised, reason``.
    median : float
        Of the standardised estimates.
    same_sign, clear : float
        Share of specifications with the sign of the median; of those, with p below 1 −
        confidence.
    focus : str
    confidence : float
    """

    median: float
    same_sign: float
    clear: float
    focus: str
    confidence: float


def specification_curve(
    data: pd.DataFrame,
    outcomes: Sequence[str],
    focus: str,
    controls: Sequence[str] = (),
    *,
    samples: Mapping[str, Any] | None = None,
    cov_type: str = "HC3",
    confidence: float = 0.95,
) -> SpecificationCurve:
    """Estimate one slope with every set of controls, for every outcome and sample.

    Parameters
    ----------
    data : DataFrame
        One row per unit.
    outcomes : sequence of str
        Ways to measure the outcome; a single name may stand alone.
    focus : str
        Column whose slope is asked for.
    controls : sequence of str
        Every subset of them is tried.
    samples : mapping, optional
        Name → rows (a mask on the index of ``data``); all rows are always tried.
    cov_type, confidence
        As in :func:`regression`.

    Returns
    -------
    SpecificationCurve

    Raises
    ------
    StatisticsError
        ``too_many_specifications`` (above 1,024), ``unknown_column``, ``no_estimate`` where none
        can be fitted, and what the checks say.

    Notes
    -----
    Simonsohn, Simmons and Nelson (2020), *Specification curve analysis*, Nature Human Behaviour 4.
    The specifications share their data: shares are a description, not a test.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> rows = pd.DataFrame(rng.normal(size=(40, 3)), columns=["x", "a", "b"])
    >>> rows["y"] = rows["x"] + rng.normal(size=40)
    >>> found = specification_curve(rows, "y", "x", ["a", "b"])
    >>> len(found.table), found.same_sign
    (4, 1.0)
    """
    inputs.check_options(confidence=confidence)
    inputs.need_table(data)
    ys, others = inputs.names_of(outcomes, "outcomes"), inputs.names_of(controls, "controls")
    if not ys:
        raise StatisticsError("unknown_column", "no outcome is named", found="none")
    inputs.columns_of(data, [*ys, focus], "outcomes and focus")
    if others:
        inputs.columns_of(data, others, "controls")
    clash = [name for name in others if name == focus or name in ys]
    clash += [focus] if focus in ys and not clash else []
    inputs.refuse("duplicate_column", "a column with two parts to play", clash)
    masks = _masks(samples, data)
    subsets = list(chain.from_iterable(combinations(others, k) for k in range(len(others) + 1)))
    count = len(ys) * len(subsets) * len(masks)
    if count > _MOST:
        raise StatisticsError(
            "too_many_specifications", "too many ways to ask", found=str(count),
            expected=f"at most {_MOST}", advice="Take fewer controls",
        )  # fmt: skip
    records = []
    for outcome in ys:
        for sample, mask in masks.items():
            for chosen in subsets:
                record = {"outcome": outcome, "controls": " + ".join(map(str, chosen)),
                          "sample": sample}  # fmt: skip
                record |= _one(data[mask], outcome, focus, chosen, cov_type, confidence)
                records.append(record)
    table = pd.DataFrame(records).sort_values("estimate", ignore_index=True, kind="stable")
    known = table.dropna(subset=["estimate"])
    if known.empty:
        raise StatisticsError("no_estimate", "no specification can be fitted",
                              found=inputs.some(table["reason"].unique()))  # fmt: skip
    median = float(known["standardised"].median())
    alike = np.sign(known["estimate"]) == np.sign(median)
    return SpecificationCurve(
        table=table,
        n=int(known["n"].max()),
        dropped=drops([("column", " ".join(row[:2]), str(row[2]), "") for row in
                       table[table["reason"].ne("")][["outcome", "controls", "reason"]]
                       .to_numpy().tolist()]),
        assumptions=("linear", "independent_units", "search_no_test"),
        median=median,
        same_sign=float(alike.mean()),
        clear=float((alike & known["p_value"].lt(1 - confidence)).mean()),
        focus=focus,
        confidence=confidence,
    )  # fmt: skip


def _masks(samples: Any, data: pd.DataFrame) -> dict[str, Floats]:
    """Rows of each sample."""
    masks: dict[str, Floats] = {"all": np.ones(len(data), dtype=bool)}
    if samples is None:
        return masks
    if not isinstance(samples, Mapping):
        raise StatisticsError(
            "not_a_table", "samples are no mapping of names to rows", found=type(samples).__name__
        )
    for name, rows in samples.items():
        mask = np.asarray(rows)
        if mask.shape != (len(data),) or mask.dtype != bool:
            raise StatisticsError(
                "length_mismatch", f"sample {name}: no mask of the rows",
                found=f"shape {mask.shape}, {mask.dtype}", expected=f"{len(data)} of True or False",
            )  # fmt: skip
        masks[str(name)] = mask
    return masks


def _one(
    data: pd.DataFrame, outcome: str, focus: str, controls: Sequence[Any], cov_type: str,
    confidence: float,
) -> dict[str, Any]:  # fmt: skip
    """Figures of one specification, or the reason why there are none."""
    columns = ("estimate", "std_error", "p_value", "ci_low", "ci_high", "standardised")
    try:
        fit = regression(data, outcome, [focus, *controls], cov_type=cov_type,
                         confidence=confidence)  # fmt: skip
    except StatisticsError as error:
        if error.code in {"unknown_method", "not_a_number", "infinite_value"}:
            raise
        return {"n": 0, **dict.fromkeys(columns, np.nan), "reason": error.code}
    if focus not in fit.table.index:
        return {"n": fit.n, **dict.fromkeys(columns, np.nan), "reason": "collinear"}
    row = fit.table.T[focus]
    return {"n": fit.n, **{name: float(row[name]) for name in columns}, "reason": ""}


@dataclass(frozen=True, eq=False, kw_only=True)
class Mundlak(Regression):
    """A panel with the means of each unit beside its figures.

    Attributes
    ----------
    within : DataFrame
        Rows of the regressors: what a change within a unit goes with, as fixed effects have it.
    means : DataFrame
        Rows of the units' means: how much more units differ among each other than within.
    joint_f, joint_p : float
        Test that all of these are 0, in which case random effects would do.
    """

    within: pd.DataFrame
    means: pd.DataFrame
    joint_f: float
    joint_p: float


def mundlak(
    data: pd.DataFrame,
    outcome: str,
    regressors: Sequence[str],
    *,
    unit: str = "province_id",
    time: str = "year",
    time_effects: bool = True,
    small_sample: str = "CR2",
    confidence: float = 0.95,
) -> Mundlak:
    """Regress on figures and their means by unit, clusters by unit (Mundlak 1978).

    Parameters
    ----------
    data : DataFrame
        One row per unit and time.
    outcome, regressors
        Columns.
    unit, time : str
    time_effects : bool
        With dummies of time and their means by unit, which only an unbalanced panel needs.
    small_sample, confidence
        As in :func:`panel`.

    Returns
    -------
    Mundlak

    Raises
    ------
    StatisticsError
        ``duplicate_cell``, ``no_regressor``, ``too_few_rows`` and what the checks say.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> rows = pd.DataFrame({"province_id": list("abcdefgh") * 4, "year": np.repeat(range(4), 8)})
    >>> rows["x"] = rng.normal(size=32)
    >>> rows["y"] = 2 * rows["x"] + rng.normal(size=32)
    >>> mundlak(rows, "y", ["x"]).table.index.tolist()
    ['const', 'x', 'mean of x']
    """
    inputs.check_options(confidence=confidence)
    inputs.check_flag(time_effects, "time_effects")
    inputs.choice(small_sample, CLUSTER_FACTORS, "small-sample factor")
    names = inputs.names_of(regressors, "regressors")
    rows: list[Drop] = []
    data = with_columns(data, unit=unit, time=time, outcome=outcome)
    cells = cells_of(data, outcome, names, unit, time, rows)
    inputs.need_rows(len(cells.x), 4, "Mundlak's model")
    if inputs.is_constant(cells.y.to_numpy()):
        raise StatisticsError("constant_outcome", "the outcome is the same in all rows",
                              found=outcome)  # fmt: skip
    who = pd.Series(cells.unit_names[cells.units], index=cells.x.index)
    means = cells.x.groupby(who).transform("mean").add_prefix("mean of ")
    effects = _of_time(cells, who, time) if time_effects else pd.DataFrame(index=cells.x.index)
    both = pd.concat([cells.x, means], axis=1)
    design = inputs.checked_columns(both, rows, effects.to_numpy())
    inside = [c for c in names if c in design.columns]
    if not inside:
        raise StatisticsError("no_regressor", "no regressor is left", found=inputs.some(names))
    fit = least_squares(
        cells.y, design, effects.drop(columns=_repeats(design, effects)), cov_type="cluster",
        clusters=who, small_sample=small_sample, confidence=confidence, rows=rows,
        degrees="satterthwaite" if small_sample == "CR2" else "residual",
    )  # fmt: skip
    between = [c for c in design.columns if c not in inside]
    at = fit.covariance.index.get_indexer(pd.Index(between)).tolist()
    _, joint, p = joint_test(fit.errors, np.asarray(fit.model.params), at)
    return Mundlak(
        **vars_of(fit), within=fit.table.loc[inside], means=fit.table.loc[between],
        joint_f=joint, joint_p=p,
    )  # fmt: skip


def _of_time(cells: Cells, who: pd.Series[Any], time: str) -> pd.DataFrame:
    """Dummies of time, and their means by unit where some units lack times."""
    when = pd.Series(cells.time_names[cells.times], index=cells.x.index).astype(str)
    dummies = pd.get_dummies(when, prefix=time, prefix_sep=" ", drop_first=True).astype(float)
    means = dummies.groupby(who).transform("mean").add_prefix("mean of ")
    return dummies.join(
        means[[c for c in means if not inputs.is_constant(means[c].to_numpy(), 1.0)]]
    )


def _repeats(design: pd.DataFrame, effects: pd.DataFrame) -> list[Any]:
    """Effects that repeat others."""
    if not effects.shape[1]:
        return []
    found = inputs.dependent_columns(pd.concat([design, effects], axis=1))
    return [name for name in found if name in effects.columns]
