"""Panels with unit and year effects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from parstudy.errors import StatisticsError
from parstudy.statistics import inputs
from parstudy.statistics._least_squares import Design, coefficients, is_perfect
from parstudy.statistics.drivers._covariance import (
    cluster_codes,
    clustered,
    heteroskedastic,
    standard_errors,
)
from parstudy.statistics.inference import estimate_table
from parstudy.statistics.result import Drop, Floats, Result, drops

FACTORS = {
    "nested": "G/(G-1)·(N-1)/(N-K-T): unit effects are nested in the clusters, not counted",
    "stata": "G/(G-1)·(N-1)/(N-k): every dummy counted",
    "slopes_only": "G/(G-1)·(N-1)/(N-K): slopes counted only",
    "G": "G/(G-1)",
    "N-K": "N/(N-K)",
    "linearmodels": "N/(N-k): the default of linearmodels",
    "none": "1: none",
    "CR2": "CR2: bias-reduced, with Satterthwaite degrees of freedom",
    "CR3": "CR3",
    "HC0": "1: none",
    "HC1": "HC1: N/(N-K) with clusters, N/(N-k) without",
    "HC2": "HC2: residuals over √(1-h), h of the within regressors",
    "HC3": "HC3: residuals over 1-h, h of the within regressors",
    "HC4": "HC4: residuals over (1-h)^(d/2), h of the within regressors",
}
CLUSTERS = ("unit", "time", "both", "driscoll_kraay", "none")
_WHY_NO_ERROR = {
    "both": "units + times − cells gives no variance above 0",
    "driscoll_kraay": "too few years for this many lags",
}
_ENUMERATE = 12


@dataclass(frozen=True, eq=False, kw_only=True)
class Panel(Result):
    """Within-unit regression with clustered errors.

    Attributes
    ----------
    table : DataFrame
        Index ``term``; ``estimate, std_error, statistic, df, p_value, p_bh, p_holm, ci_low,
        ci_high, p_wild`` (wild cluster bootstrap, NaN when not asked for).
    small_sample, factor : str
        Name of the small-sample factor on the variance, and what it says.
    cluster_by : str
        ``unit``, ``time``, ``both``, ``driscoll_kraay`` or ``none``.
    effects : DataFrame
        ``effect`` (unit or time), ``level``, ``deviation_from_mean``; NaN where the panel falls
        into pieces that share no unit and no time (``dropped`` says so).
    n_units, n_times, n_clusters : int
    balanced : bool
    r_squared_within : float
        Of what is left once the effects are taken out.
    tests : Series
        ``effects_f, effects_df1, effects_df2, effects_p`` (are there any effects, classical
        errors), ``hausman_chi2, hausman_df, hausman_p`` (unit effects against random ones after
        Swamy and Arora, without time effects; NaN where the latter have no variance),
        ``r_squared_dummies`` (with all dummies).
    model : statsmodels results
        The regression with all dummies (classical errors).
    covariance : DataFrame
    periods : dict
        Period → Panel, when split at breaks.
    """

    small_sample: str
    factor: str
    cluster_by: str
    effects: pd.DataFrame
    n_units: int
    n_times: int
    n_clusters: int
    balanced: bool
    r_squared_within: float
    tests: pd.Series[Any]
    model: Any
    covariance: pd.DataFrame
    outcome: str
    time_effects: bool
    confidence: float
    periods: dict[str, Panel] = field(default_factory=dict)


def panel(
    data: pd.DataFrame,
    outcome: str,
    regressors: Sequence[str],
    *,
    unit: str = "province_id",
    time: str = "year",
    time_effects: bool = True,
    cluster_by: str = "unit",
    small_sample: str = "CR2",
    lags: int = 1,
    wild_draws: int = 0,
    breaks: Sequence[Any] = (),
    at_breaks: str = "interaction",
    confidence: float = 0.95,
    seed: int = 0,
) -> Panel:
    """Regress on what changes within units, with unit and year effects.

    Parameters
    ----------
    data : DataFrame
        One row per unit and time; may be unbalanced.
    outcome : str
    regressors : sequence of str
        Columns that do not vary within units (or years) are left out and named.
    unit, time : str
        Columns of the unit and the time.
    time_effects : bool
        With effects of time as well.
    cluster_by : {"unit", "time", "both", "driscoll_kraay", "none"}
        Clusters of the errors; ``both`` is units + times − cells; Driscoll–Kraay with ``lags``
        (Bartlett). ``none``: classical errors, or those of White with ``HC0`` to ``HC4``.
    small_sample : str
        Correction of the variance for few clusters: ``CR2`` (bias-reduced, with Satterthwaite's
        degrees of freedom), or a factor that other programs use: ``nested``, ``stata``,
        ``slopes_only``, ``G``, ``N-K``, ``linearmodels``, ``none``, ``CR3``, ``HC0`` to ``HC4``
        (as plm's arellano); ``factor`` spells it out. Two-way clusters and Driscoll–Kraay have
        none.
    lags : int
    wild_draws : int
        Draws of the wild cluster bootstrap (null imposed, Rademacher; all sign patterns when
        there are at most 12 clusters); 0 for none. Clusters by unit or time only.
    breaks : sequence
        Times from which figures are not comparable with those before.
    at_breaks : {"interaction", "split"}
        Own slopes from each break on (differences to before), or a regression per period.
    confidence : float
    seed : int

    Returns
    -------
    Panel

    Raises
    ------
    StatisticsError
        ``one_cluster``, ``duplicate_cell``, ``no_regressor``, ``too_few_rows``,
        ``constant_outcome`` and what the checks say.

    Notes
    -----
    Cameron, Gelbach and Miller (2008), *Bootstrap-based improvements for inference with
    clustered errors*; Driscoll and Kraay (1998); Pustejovsky and Tipton (2018), *Small-sample
    methods for cluster-robust variance estimation*. P-values from Student's t, with Satterthwaite's
    degrees of freedom for CR2, else with G − 1. In short panels of few units the plain factors
    reject a true null too often (docs/validity.md), which is why CR2 is the default.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> rows = pd.DataFrame({"province_id": list("abcdefgh") * 4, "year": np.repeat(range(4), 8)})
    >>> rows["x"] = rng.normal(size=32)
    >>> rows["y"] = 2 * rows["x"] + rows["year"]
    >>> found = panel(rows, "y", ["x"])
    >>> float(round(found.table.loc["x", "estimate"], 2)), found.small_sample
    (2.0, 'CR2')
    """
    inputs.check_options(
        time_effects=time_effects, lags=lags, wild_draws=wild_draws, confidence=confidence,
        seed=seed,
    )  # fmt: skip
    inputs.choice(cluster_by, CLUSTERS, "cluster_by")
    inputs.choice(small_sample, FACTORS, "small-sample factor")
    inputs.choice(at_breaks, ("interaction", "split"), "treatment of breaks")
    data = with_columns(data, unit=unit, time=time, outcome=outcome)
    options = _Options(
        unit, time, time_effects, cluster_by, small_sample, lags, wild_draws, confidence, seed
    )
    names = inputs.names_of(regressors, "regressors")
    edges = _edges(data[time], breaks)
    periods: dict[str, Panel] = {}
    if edges and at_breaks == "split":
        periods = _each_period(data, outcome, names, edges, options)
    elif edges:
        data, names = _own_slopes(data, names, edges)
    return replace(_two_way(data, outcome, names, options), periods=periods)


def with_columns(data: pd.DataFrame, **named: Any) -> pd.DataFrame:
    """The table with unit and time as columns, all of which are there."""
    inputs.need_table(data)
    for what, name in named.items():
        if not isinstance(name, str):
            raise StatisticsError(
                "not_a_name", f"{what}: no name of a column", found=repr(name)[:60]
            )
    levels = [name for name in data.index.names if name in (named["unit"], named["time"])]
    if levels:
        twice = [name for name in levels if name in data.columns]
        inputs.refuse("duplicate_column", "a name of both index and column", twice)
        data = data.reset_index(levels)
    absent = [name for name in named.values() if name not in data.columns]
    inputs.refuse("unknown_column", "no such columns", absent, expected=inputs.some(data.columns))
    return data


@dataclass(frozen=True)
class _Options:
    unit: str
    time: str
    time_effects: bool
    cluster_by: str
    small_sample: str
    lags: int
    wild_draws: int
    confidence: float
    seed: int


# --- breaks -------------------------------------------------------------------------------------


def _edges(when: pd.Series[Any], breaks: Any) -> dict[str, Floats]:
    """Break → which rows lie from it on; breaks in order of time."""
    given: list[Any] = (
        [breaks] if isinstance(breaks, str) or not np.iterable(breaks) else list(breaks)
    )
    try:
        clock: Any = when
        if pd.api.types.is_string_dtype(when.dtype) or isinstance(when.dtype, pd.CategoricalDtype):
            clock = pd.to_numeric(when.astype(object))
        if pd.api.types.is_numeric_dtype(clock.dtype):
            clock = clock.astype("Float64").to_numpy(dtype=float, na_value=np.nan)
            given = [float(edge) for edge in given]
            given = [int(edge) if edge.is_integer() else edge for edge in given]
        elif given:
            kind = type(clock.iloc[0])
            given = [edge if isinstance(edge, kind) else kind(edge) for edge in given]
        return {str(edge): np.asarray(clock >= edge) for edge in sorted(given)}
    except (TypeError, ValueError) as reason:
        raise StatisticsError(
            "bad_break", "breaks that are no times of the panel", found=inputs.some(given)
        ) from reason


def _each_period(
    data: pd.DataFrame,
    outcome: str,
    names: list[str],
    edges: dict[str, Floats],
    options: _Options,
) -> dict[str, Panel]:
    """A regression per period between breaks."""
    when = data[options.time]
    number = sum(np.where(after, 1, 0) for after in edges.values())
    found: dict[str, Panel] = {}
    for period in np.unique(number):
        inside = (number == period) & when.notna().to_numpy()
        if inside.any():
            label = f"{when[inside].min()}–{when[inside].max()}"
            try:
                found[label] = _two_way(data[inside], outcome, names, options)
            except StatisticsError as error:
                error.place = error.place or label
                raise
    return found


def _own_slopes(
    data: pd.DataFrame, names: list[str], edges: dict[str, Floats]
) -> tuple[pd.DataFrame, list[str]]:
    """The table with regressors from each break on, and all names."""
    x = inputs.columns_of(data, names, "regressors")
    more = {
        f"{name} from {edge}": x[name] * after
        for edge, after in edges.items()
        for name in x.columns
    }
    return data.assign(**more), [*names, *more]


# --- one regression -----------------------------------------------------------------------------


def _two_way(data: pd.DataFrame, outcome: str, names: list[str], options: _Options) -> Panel:
    rows: list[Drop] = []
    cells = cells_of(data, outcome, names, options.unit, options.time, rows)
    within = _within(cells, names, options, rows)
    errors = _errors(within, cells, options)
    error = standard_errors(errors.matrix, np.diag(within.bread) * within.sigma2)
    terms = [str(c) for c in within.x.columns]
    reason = _WHY_NO_ERROR.get(options.cluster_by, "one row or cluster alone decides it")
    given = cells.x[within.x.columns].to_numpy() * within.beta
    if is_perfect(within.residual, cells.y.to_numpy(), *given.T):
        error, reason = np.full_like(error, np.nan), "the fit is perfect"
    for name in within.x.columns[np.isnan(error)]:
        rows.append(("warning", name, "no_standard_error", reason))
    table = estimate_table(
        terms, within.beta, error, options.confidence, df=errors.df, family=terms
    )
    table["p_wild"] = _wild(within, cells, options) if options.wild_draws else np.nan
    table.loc[np.isnan(error), "p_wild"] = np.nan
    model = _with_dummies(cells, within, outcome, options)
    few = ("few_clusters",) if _too_few(errors, options) else ()
    y, x = cells.y.to_numpy(), cells.x[within.x.columns].to_numpy()
    return Panel(
        table=table,
        n=len(y),
        dropped=drops([*rows, *_disconnected(within)]),
        assumptions=("changes_within_units", "independent_clusters", *few),
        small_sample=options.small_sample,
        factor=errors.factor,
        cluster_by=options.cluster_by,
        effects=_effects(cells, within, np.asarray(model.params), options),
        n_units=len(cells.unit_names),
        n_times=len(cells.time_names),
        n_clusters=errors.n_clusters,
        balanced=len(y) == len(cells.unit_names) * len(cells.time_names),
        r_squared_within=1 - within.ssr / float(within.y @ within.y),
        tests=pd.Series(
            {
                **_effects_test(y, x, within),
                **_hausman(y, x, cells.units),
                "r_squared_dummies": float(model.rsquared),
            }
        ),
        model=model,
        covariance=pd.DataFrame(errors.matrix, index=terms, columns=terms),
        outcome=outcome,
        time_effects=options.time_effects,
        confidence=options.confidence,
    )


@dataclass(frozen=True)
class Cells:
    """Complete rows, one per unit and time, with the numbers of both."""

    x: pd.DataFrame
    y: pd.Series[Any]
    units: Floats
    unit_names: Any
    times: Floats
    time_names: Any


def cells_of(
    data: pd.DataFrame, outcome: str, names: list[str], unit: str, time: str, rows: list[Drop]
) -> Cells:
    """Take the rows that are complete, noting the others; refuse two of one unit and time."""
    x = inputs.columns_of(data, names, "regressors").reset_index(drop=True)
    inputs.refuse_itself(outcome, x)
    y = inputs.numeric_series(data[outcome], outcome).reset_index(drop=True)
    who = data[unit].reset_index(drop=True)
    who = who.astype("str").where(who.notna())
    when = data[time].reset_index(drop=True)
    label = who.fillna("?") + " " + when.astype("str").fillna("?")
    nowhere = (who.isna() | when.isna()).to_numpy()
    detail = f"{unit} or {time}"
    rows += [("row", name, "missing", detail) for name in label[nowhere]]
    x, y, label = x[~nowhere], y[~nowhere], label[~nowhere]
    who, when = who[~nowhere], when[~nowhere]
    inputs.refuse("duplicate_cell", "a unit has two rows in one year", inputs.doubles(label))
    keep = ~(x.isna().any(axis=1) | y.isna()).to_numpy()
    x, y, missing = inputs.complete(x.set_axis(label), y.set_axis(label))
    rows += missing
    if not len(x):
        raise StatisticsError("too_few_rows", "no complete row", found=inputs.some(names))
    units, unit_names = pd.factorize(who[keep].to_numpy(), sort=True)
    try:
        times, time_names = pd.factorize(when[keep].to_numpy(), sort=True)
        np.sort(time_names)
    except TypeError as reason:
        raise StatisticsError(
            "bad_time", f"times that have no order in column {time}", found=inputs.some(when, 3)
        ) from reason
    if len(unit_names) < 2:
        raise StatisticsError(
            "one_cluster", "a panel needs at least two units", found=inputs.some(unit_names)
        )
    return Cells(x, y, units, unit_names, times, time_names)


@dataclass(frozen=True)
class _Within:
    """Outcome and regressors with the effects taken out, and the fit of what is left."""

    x: pd.DataFrame
    y: Floats
    dummies: pd.DataFrame
    free: Floats  # dummies that repeat no others
    basis: Floats  # of their space, orthonormal
    bread: Floats
    beta: Floats

    @property
    def z(self) -> Floats:
        """Regressors within units, shape (n, K)."""
        return self.x.to_numpy()

    @property
    def residual(self) -> Floats:
        """What the regressors leave of the outcome, shape (n,)."""
        out: Floats = self.y - self.z @ self.beta
        return out

    @property
    def ssr(self) -> float:
        """Sum of squared residuals."""
        return float(self.residual @ self.residual)

    @property
    def n_parameters(self) -> int:
        """Slopes and effects."""
        return self.x.shape[1] + int(self.basis.shape[1])

    @property
    def sigma2(self) -> float:
        """Variance of the errors."""
        return self.ssr / (len(self.y) - self.n_parameters)


def _within(cells: Cells, names: list[str], options: _Options, rows: list[Drop]) -> _Within:
    """Take the effects out of both sides and fit what is left."""
    dummies = pd.DataFrame(
        np.eye(len(cells.unit_names))[cells.units],
        columns=[f"{options.unit} {u}" for u in cells.unit_names],
    )
    if options.time_effects:
        columns = [f"{options.time} {t}" for t in cells.time_names]
        clock = pd.DataFrame(np.eye(len(columns))[cells.times], columns=columns)
        dummies = pd.concat([dummies, clock.iloc[:, 1:]], axis=1)
    basis, size = np.linalg.qr(dummies.to_numpy())
    free = np.abs(np.diag(size)) > 1e-9
    basis = basis[:, free]
    y = cells.y.to_numpy() - basis @ (basis.T @ cells.y.to_numpy())
    if inputs.is_constant(y) or np.linalg.norm(y) < 1e-9 * np.linalg.norm(cells.y):
        raise StatisticsError("constant_outcome", "the outcome does not vary within units")
    x = cells.x - basis @ (basis.T @ cells.x.to_numpy())
    for name in x.columns:
        if np.linalg.norm(x[name]) <= 1e-9 * np.linalg.norm(cells.x[name]):
            flat = inputs.is_constant(cells.x[name].to_numpy())
            reason = "constant" if flat else "no_variation_within"
            rows.append(("column", name, reason, "taken up by the unit and year effects"))
            x = x.drop(columns=name)
    for name, earlier in inputs.dependent_columns(x).items():
        rows.append(("column", name, "collinear", inputs.some(earlier)))
        x = x.drop(columns=name)
    if not x.shape[1]:
        raise StatisticsError(
            "no_regressor", "no regressor varies within units", found=inputs.some(names)
        )
    n, k = len(y), x.shape[1] + basis.shape[1]
    if n <= k:
        raise StatisticsError(
            "too_few_rows",
            "more parameters than rows can carry",
            found=f"{n} rows, {k} parameters",
        )
    z = x.to_numpy()
    bread = Design(z).inverse_gram
    return _Within(x, y, dummies, free, basis, bread, bread @ (z.T @ y))


def _with_dummies(cells: Cells, within: _Within, outcome: str, options: _Options) -> Any:
    """The regression with all dummies, which hold the constant, by statsmodels."""
    import statsmodels.api as sm

    x = cells.x[within.x.columns].reset_index(drop=True).rename(columns=str)
    design = pd.concat([x, within.dummies.loc[:, within.free]], axis=1)
    y = pd.Series(cells.y.to_numpy(), name=outcome)
    # QR: the singular values of many dummies take long
    return sm.OLS(y, design, hasconst=True).fit(method="qr")


def _disconnected(within: _Within) -> list[Drop]:
    """Dummies that say that the panel falls into pieces, each with a level of its own."""
    detail = "effects of the pieces have no zero"
    repeated = within.dummies.columns[~within.free]
    return [("warning", name, "disconnected", detail) for name in repeated]


def _effects(cells: Cells, within: _Within, params: Floats, options: _Options) -> pd.DataFrame:
    """Effects as deviations from their mean over all rows; NaN in a panel of pieces."""
    own = params[within.x.shape[1] :] if within.free.all() else np.full(len(within.free), np.nan)
    k = len(cells.unit_names)
    groups = [(options.unit, cells.unit_names, cells.units, own[:k])]
    if options.time_effects:
        later = np.concatenate([[0.0], own[k:]])
        groups.append((options.time, cells.time_names, cells.times, later))
    return pd.concat(
        [
            pd.DataFrame(
                {
                    "effect": name,
                    "level": [str(v) for v in levels],
                    "deviation_from_mean": values - np.average(values, weights=np.bincount(codes)),
                }
            )
            for name, levels, codes, values in groups
        ],
        ignore_index=True,
    )


# --- tests --------------------------------------------------------------------------------------


def _effects_test(y: Floats, x: Floats, within: _Within) -> dict[str, float]:
    """F test of all effects against one constant."""
    from scipy.stats import f as f_distribution

    pooled = np.column_stack([np.ones(len(y)), x])
    left = y - pooled @ coefficients(pooled, y)
    df1, df2 = within.basis.shape[1] - 1, len(y) - within.n_parameters
    inner = within.ssr
    value = (float(left @ left) - inner) / df1 / (inner / df2) if inner > 0 else np.nan
    return {
        "effects_f": value,
        "effects_df1": float(df1),
        "effects_df2": float(df2),
        "effects_p": float(f_distribution.sf(value, df1, df2)),
    }


def _hausman(y: Floats, x: Floats, codes: Any) -> dict[str, float]:
    """Hausman's (1978) test, random effects after Swamy and Arora, panels unbalanced as well.

    Variances as in Baltagi and Chang (1994), *Incomplete panels*, Journal of Econometrics 62.
    """
    from scipy.stats import chi2

    blank = dict.fromkeys(("hausman_chi2", "hausman_df", "hausman_p"), np.nan)
    n, k = x.shape
    x = x / np.linalg.norm(x, axis=0)  # free of units
    sizes = np.bincount(codes).astype(float)
    units = len(sizes)
    if units <= k + 1 or n <= units + k:
        return blank

    def means(values: Floats) -> Floats:
        """Mean of each row's unit."""
        sums = np.zeros((units, *values.shape[1:]))
        np.add.at(sums, codes, values)
        out: Floats = (sums.T / sizes).T[codes]
        return out

    design = np.column_stack([np.ones(n), x])
    inside, target = x - means(x), y - means(y)
    if np.linalg.matrix_rank(inside) < k:
        return blank
    within = np.linalg.lstsq(inside, target, rcond=None)[0]
    noise = float(((target - inside @ within) ** 2).sum()) / (n - units - k)
    between = means(design)
    left = means(y) - between @ np.linalg.lstsq(between, means(y), rcond=None)[0]
    gram = between.T @ between
    if np.linalg.matrix_rank(gram) < k + 1:
        return blank
    sums = np.zeros((units, k + 1))
    np.add.at(sums, codes, design)
    spare = n - float(np.trace(np.linalg.solve(gram, sums.T @ sums)))
    own = (float(left @ left) - (units - k - 1) * noise) / spare
    if own <= 0:
        return blank
    theta = (1 - np.sqrt(noise / (sizes * own + noise)))[codes]
    moved = design - theta[:, None] * between
    shifted = y - theta * means(y)
    random = np.linalg.lstsq(moved, shifted, rcond=None)[0]
    scale = float(((shifted - moved @ random) ** 2).sum()) / (n - k - 1)
    gap = within - random[1:]
    spread = np.linalg.inv(inside.T @ inside) * noise
    spread = spread - np.linalg.inv(moved.T @ moved)[1:, 1:] * scale
    value = float(gap @ np.linalg.solve(spread, gap))
    # with few rows the difference of the two variances need not be one
    p = float(chi2.sf(abs(value), k))
    return {"hausman_chi2": abs(value), "hausman_df": float(k), "hausman_p": p}


# --- errors -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Errors:
    """Covariance of the slopes, degrees of freedom, what the factor says, clusters."""

    matrix: Floats
    df: Floats
    factor: str
    n_clusters: int


def _errors(within: _Within, cells: Cells, options: _Options) -> _Errors:
    if options.cluster_by == "none":
        return _unclustered(within, options.small_sample)
    if options.cluster_by == "both":
        return _two_clusters(within, cells)
    if options.cluster_by == "driscoll_kraay":
        return _driscoll_kraay(within, cells, options.lags)
    codes = cells.units if options.cluster_by == "unit" else cells.times
    small, n_slopes = options.small_sample, within.x.shape[1]
    _, g = cluster_codes(codes, len(codes))
    df = np.full(n_slopes, float(g - 1))
    if small in {"CR2", "CR3"}:
        # same space as slopes and dummies, of full rank even where the panel falls into pieces
        whole = np.column_stack([within.z, within.basis])
        robust = clustered(Design(whole), within.residual, codes, small, first=n_slopes)
        return _Errors(robust.matrix[:n_slopes, :n_slopes], robust.df, FACTORS[small], g)
    residual, factor = within.residual, 1.0
    if small in {"HC2", "HC3", "HC4"}:
        residual = residual / _shrinkage(within, small)
    else:
        factor = _factor(within, cells, options, g)
    matrix = factor * within.bread @ _meat(within.z, residual, codes) @ within.bread
    return _Errors(matrix, df, FACTORS[small], g)


def _shrinkage(within: _Within, kind: str) -> Floats:
    """What the residuals of HC2 to HC4 are divided by, from leverages of the slopes alone."""
    leverage = Design(within.z).leverages
    power = {"HC2": 0.5, "HC3": 1.0, "HC4": np.minimum(4, leverage / leverage.mean()) / 2}[kind]
    out: Floats = (1 - leverage) ** power
    return out


def _factor(within: _Within, cells: Cells, options: _Options, g: int) -> float:
    """Small-sample factor on the variance of g clusters."""
    n, slopes, everything = len(within.y), within.x.shape[1], within.n_parameters
    # the effects of the units are inside the clusters only when these are the units
    times = len(cells.time_names) if options.time_effects else 1
    nested = slopes + times if options.cluster_by == "unit" else everything
    groups = g / (g - 1)
    return {
        "none": 1.0,
        "HC0": 1.0,
        "HC1": n / (n - slopes),
        "G": groups,
        "N-K": n / (n - slopes),
        "slopes_only": groups * (n - 1) / (n - slopes),
        "nested": groups * (n - 1) / (n - nested),
        "stata": groups * (n - 1) / (n - everything),
        "linearmodels": n / (n - everything),
    }[options.small_sample]


def _unclustered(within: _Within, small: str) -> _Errors:
    """Classical errors, or White's with all dummies in the leverage."""
    n, k = within.x.shape
    if not small.startswith("HC"):
        df = np.full(k, n - within.n_parameters)
        return _Errors(within.bread * within.sigma2, df, "1: classical errors", n)
    whole = np.column_stack([within.z, within.basis])
    plain = heteroskedastic(Design(whole), within.residual, small)
    factor = f"{small}: all dummies in the leverage"
    return _Errors(plain.matrix[:k, :k], plain.df[:k], factor, n)


def _two_clusters(within: _Within, cells: Cells) -> _Errors:
    """Units plus times minus cells (Cameron, Gelbach and Miller 2011)."""
    n, k = within.x.shape
    z, residual = within.z, within.residual
    meat = _meat(z, residual, cells.units) + _meat(z, residual, cells.times)
    meat = meat - _meat(z, residual, np.arange(n))
    few = min(len(cells.unit_names), len(cells.time_names))
    matrix = within.bread @ meat @ within.bread
    return _Errors(matrix, np.full(k, few - 1), FACTORS["none"], few)


def _driscoll_kraay(within: _Within, cells: Cells, lags: int) -> _Errors:
    """Sums over units, correlated over time with Bartlett's weights."""
    k, years = within.x.shape[1], len(cells.time_names)
    if lags >= years:
        raise StatisticsError(
            "too_few_rows",
            "Driscoll–Kraay: as many lags as years",
            found=f"{lags} lags, {years} years",
        )
    sums = np.zeros((years, k))
    np.add.at(sums, cells.times, within.z * within.residual[:, None])
    meat = sums.T @ sums
    for lag in range(1, lags + 1):
        cross = sums[lag:].T @ sums[:-lag]
        meat = meat + (1 - lag / (lags + 1)) * (cross + cross.T)
    matrix = within.bread @ meat @ within.bread
    return _Errors(matrix, np.full(k, years - 1), FACTORS["none"], years)


def _meat(z: Floats, residual: Floats, codes: Any) -> Floats:
    scores = np.zeros((int(codes.max()) + 1, z.shape[1]))
    np.add.at(scores, codes, z * residual[:, None])
    out: Floats = scores.T @ scores
    return out


def _too_few(errors: _Errors, options: _Options) -> bool:
    """Whether even the chosen correction cannot make up for few clusters."""
    if options.cluster_by in {"unit", "time"} and options.small_sample == "CR2":
        # below about four degrees of freedom Satterthwaite's approximation fails
        return float(np.min(errors.df)) < 4
    return errors.n_clusters < 20


def _wild(within: _Within, cells: Cells, options: _Options) -> Floats:
    """P-values of the wild cluster bootstrap with the null imposed, one per slope."""
    if options.cluster_by not in {"unit", "time"}:
        raise StatisticsError("unknown_method", "the wild bootstrap needs clusters by unit or time")
    codes = cells.units if options.cluster_by == "unit" else cells.times
    g = int(codes.max()) + 1
    if g <= _ENUMERATE and 2**g <= max(options.wild_draws, 2**10):
        signs = 1.0 - 2.0 * ((np.arange(2**g)[:, None] >> np.arange(g)) & 1)
    else:
        rng = np.random.default_rng(options.seed)
        signs = rng.choice([-1.0, 1.0], size=(options.wild_draws, g))
    weights = signs[:, codes].T  # (n, draws)
    z, y = within.z, within.y
    full, _ = np.linalg.qr(np.column_stack([within.basis, z]))
    effects = within.bread @ z.T  # of each outcome on the slopes, (K, n)
    out = np.empty(z.shape[1])
    for j, row in enumerate(effects):
        error = np.sqrt(float((np.bincount(codes, row * within.residual) ** 2).sum()))
        others = np.delete(z, j, axis=1)
        null = y
        if others.shape[1]:
            null = y - others @ coefficients(others, y)
        drawn = null[:, None] * weights
        b = row @ drawn
        left = drawn - full @ (full.T @ drawn)
        sums = np.zeros((g, drawn.shape[1]))
        np.add.at(sums, codes, row[:, None] * left)
        spread = np.sqrt((sums**2).sum(axis=0))
        t = np.where(spread > 0, b / np.where(spread > 0, spread, 1.0), np.inf)
        # the observed sign pattern is one of the draws: equal up to float noise is equal
        out[j] = float((np.abs(t) >= abs(within.beta[j] / error) * (1 - 1e-10)).mean())
    return out
