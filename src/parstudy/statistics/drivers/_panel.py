"""Panels with unit and year effects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from parstudy.errors import StatisticsError
from parstudy.statistics.drivers._covariance import (
    cluster_codes,
    clustered,
    heteroskedastic,
    standard_errors,
)
from parstudy.statistics.drivers._ols import columns_of
from parstudy.statistics.result import (
    Floats,
    Result,
    adjust_pvalues,
    check_share,
    choice,
    complete,
    drops,
    is_constant,
    numeric_series,
    some,
)

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
    clusters : str
        ``unit``, ``time``, ``both`` or ``driscoll_kraay``.
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
    clusters: str
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
    clusters: str = "unit",
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
    clusters : {"unit", "time", "both", "driscoll_kraay", "none"}
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
    """
    check_share(confidence, "confidence")
    choice(clusters, CLUSTERS, "clusters")
    choice(small_sample, FACTORS, "small-sample factor")
    choice(at_breaks, ("interaction", "split"), "treatment of breaks")
    for value, name, least in ((wild_draws, "wild_draws", 0), (lags, "lags", 0)):
        if value < least:
            raise StatisticsError("not_a_whole_number", f"{name}: below 0", found=str(value))
    if not isinstance(data, pd.DataFrame):
        raise StatisticsError("not_a_table", "not a table", found=type(data).__name__)
    if {unit, time} & set(data.index.names):
        data = data.reset_index()
    absent = [c for c in (unit, time, outcome) if c not in data.columns]
    if absent:
        raise StatisticsError(
            "unknown_column", "no such columns", found=some(absent), expected=some(data.columns)
        )
    options: dict[str, Any] = {
        "unit": unit, "time": time, "time_effects": time_effects, "clusters": clusters,
        "small_sample": small_sample, "lags": lags, "wild_draws": wild_draws,
        "confidence": confidence, "seed": seed,
    }  # fmt: skip
    periods: dict[str, Panel] = {}
    frame = data
    names = [regressors] if isinstance(regressors, str) else list(regressors)
    edges = _edges(data[time], breaks)
    if edges and at_breaks == "split":
        number = sum(np.where(after, 1, 0) for after in edges.values())
        for period in np.unique(number):
            part = data[(number == period) & data[time].notna().to_numpy()]
            if len(part):
                label = f"{part[time].min()}–{part[time].max()}"
                try:
                    periods[label] = panel(part, outcome, names, **options)
                except StatisticsError as error:
                    error.place = error.place or label
                    raise
    elif edges:
        x = columns_of(data, names, "regressors")
        frame = data.copy()
        for edge, after in edges.items():
            for name in x.columns:
                frame[f"{name} from {edge}"] = x[name] * after
                names.append(f"{name} from {edge}")
    fitted = _two_way(frame, outcome, names, options)
    return Panel(**fitted, periods=periods)


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
            "bad_break", "breaks that are no times of the panel", found=some(given)
        ) from reason


def _two_way(
    data: pd.DataFrame, outcome: str, names: Sequence[str], options: dict[str, Any]
) -> dict[str, Any]:
    import statsmodels.api as sm
    from scipy.stats import t as student

    unit, time = options["unit"], options["time"]
    x = columns_of(data, names, "regressors").reset_index(drop=True)
    y = numeric_series(data[outcome], outcome).reset_index(drop=True)
    who = data[unit].reset_index(drop=True).astype("str")
    when = data[time].reset_index(drop=True)
    label = who.fillna("?") + " " + when.astype("str").fillna("?")
    nowhere = (who.isna() | when.isna()).to_numpy()
    absent = [("row", name, "missing", f"{unit} or {time}") for name in label[nowhere]]
    x, y, who, when, label = (v[~nowhere] for v in (x, y, who, when, label))
    if label.duplicated().any():
        raise StatisticsError(
            "duplicate_cell",
            "a unit has two rows in one year",
            found=some(label[label.duplicated()].unique()),
        )
    x, y = x.set_axis(label), y.set_axis(label)
    blank = (x.isna().any(axis=1) | y.isna()).to_numpy()
    x, y, rows = complete(x, y)
    rows = [*absent, *rows]
    if not len(x):
        raise StatisticsError("too_few_rows", "no complete row", found=some(names))
    who, when = who[~blank].to_numpy(), when[~blank].to_numpy()
    unit_codes, unit_names = pd.factorize(who, sort=True)
    time_codes, time_names = pd.factorize(when, sort=True)
    n, n_units, n_times = len(y), len(unit_names), len(time_names)
    if n_units < 2:
        raise StatisticsError(
            "one_cluster", "a panel needs at least two units", found=some(unit_names)
        )
    dummies = np.eye(n_units)[unit_codes]
    if options["time_effects"]:
        dummies = np.column_stack([dummies, np.eye(n_times)[time_codes][:, 1:]])
    basis, size = np.linalg.qr(dummies)
    free = np.abs(np.diag(size)) > 1e-9
    basis = basis[:, free]
    within_y = y.to_numpy() - basis @ (basis.T @ y.to_numpy())
    if is_constant(within_y) or np.linalg.norm(within_y) < 1e-9 * np.linalg.norm(y):
        raise StatisticsError("constant_outcome", "the outcome does not vary within units")
    within = x - basis @ (basis.T @ x.to_numpy())
    flat = [
        c for c in x.columns
        if np.linalg.norm(within[c]) <= 1e-9 * max(1.0, float(np.linalg.norm(x[c])))
    ]  # fmt: skip
    for name in flat:
        reason = "constant" if is_constant(x[name].to_numpy()) else "no_variation_within"
        rows.append(("column", name, reason, "taken up by the unit and year effects"))
    within = within.drop(columns=flat)
    kept: list[Any] = []
    for name in within.columns:
        if kept:
            earlier = within[kept].to_numpy()
            left = within[name] - earlier @ np.linalg.lstsq(earlier, within[name], rcond=None)[0]
            if np.linalg.norm(left) < 1e-8 * np.linalg.norm(within[name]):
                rows.append(("column", name, "collinear", some(kept)))
                continue
        kept.append(name)
    if not kept:
        raise StatisticsError("no_regressor", "no regressor varies within units", found=some(names))
    k_slopes, k_all = len(kept), len(kept) + basis.shape[1]
    if n <= k_all:
        raise StatisticsError(
            "too_few_rows",
            "more parameters than rows can carry",
            found=f"{n} rows, {k_all} parameters",
        )
    within = within[kept]
    z = within.to_numpy()
    bread = np.linalg.inv(z.T @ z)
    beta = bread @ (z.T @ within_y)
    residual = within_y - z @ beta
    # same space as slopes and dummies, of full rank even where the panel falls into pieces
    whole = np.column_stack([z, basis])
    matrix, df, factor, n_clusters = _errors(
        z, residual, bread, whole, unit_codes, time_codes, k_slopes, k_all, options
    )
    sigma = float(residual @ residual) / (n - k_all)
    error = standard_errors(matrix, np.diag(bread) * sigma)
    for name in within.columns[np.isnan(error)]:
        reason = _WHY_NO_ERROR.get(options["clusters"], "one row or cluster alone decides it")
        rows.append(("warning", name, "no_standard_error", reason))
    statistic = beta / error
    half = student.ppf((1 + options["confidence"]) / 2, df) * error
    p = 2 * student.sf(np.abs(statistic), df)
    names_kept = [str(c) for c in kept]
    wild = np.full(k_slopes, np.nan)
    if options["wild_draws"]:
        if options["clusters"] not in {"unit", "time"}:
            raise StatisticsError(
                "unknown_method", "the wild bootstrap needs clusters by unit or time"
            )
        codes = unit_codes if options["clusters"] == "unit" else time_codes
        wild = _wild(z, within_y, basis, codes, options["wild_draws"], options["seed"])
        wild[np.isnan(error)] = np.nan
    table = pd.DataFrame(
        {
            "estimate": beta, "std_error": error, "statistic": statistic, "df": df, "p_value": p,
            "p_bh": adjust_pvalues(p, "BH"), "p_holm": adjust_pvalues(p, "holm"),
            "ci_low": beta - half, "ci_high": beta + half, "p_wild": wild,
        },
        index=pd.Index(names_kept, name="term"),
    )  # fmt: skip
    columns = [*names_kept, *(f"{unit} {u}" for u in unit_names)]
    if options["time_effects"]:
        columns += [f"{time} {t}" for t in time_names[1:]]
    design = pd.DataFrame(np.column_stack([x[kept].to_numpy(), dummies]), columns=columns)
    design = design.loc[:, [True] * k_slopes + free.tolist()]
    # the dummies hold the constant; QR, since the singular values of many dummies take long
    model = sm.OLS(pd.Series(y.to_numpy(), name=outcome), design, hasconst=True).fit(method="qr")
    own = np.full(len(free), np.nan)
    if free.all():
        own = np.asarray(model.params)[k_slopes:]
    else:
        # pieces without a common unit and year: each has a level of its own
        for label in np.asarray(columns[k_slopes:])[~free]:
            rows.append(("warning", label, "disconnected", "effects of the pieces have no zero"))
    return {
        "table": table,
        "n": n,
        "dropped": drops(rows),
        "assumptions": (
            "changes_within_units",
            "independent_clusters",
            *(("few_clusters",) if _too_few(n_clusters, df, options) else ()),
        ),
        "small_sample": options["small_sample"],
        "factor": factor,
        "clusters": options["clusters"],
        "effects": _effects(
            own,
            (unit_names, np.bincount(unit_codes)),
            (time_names, np.bincount(time_codes)),
            options,
        ),
        "n_units": n_units,
        "n_times": n_times,
        "n_clusters": n_clusters,
        "balanced": n == n_units * n_times,
        "r_squared_within": 1 - float(residual @ residual) / float(within_y @ within_y),
        "tests": pd.Series(
            {
                **_effects_test(y.to_numpy(), x[kept].to_numpy(), residual, basis.shape[1]),
                **_hausman(y.to_numpy(), x[kept].to_numpy(), unit_codes),
                "r_squared_dummies": float(model.rsquared),
            }
        ),
        "model": model,
        "covariance": pd.DataFrame(matrix, index=names_kept, columns=names_kept),
        "outcome": outcome,
        "time_effects": options["time_effects"],
        "confidence": options["confidence"],
    }


def _too_few(n_clusters: int, df: Any, options: dict[str, Any]) -> bool:
    """Whether even the chosen correction cannot make up for few clusters."""
    if options["clusters"] in {"unit", "time"} and options["small_sample"] == "CR2":
        # below about four degrees of freedom Satterthwaite's approximation fails
        return float(np.min(df)) < 4
    return n_clusters < 20


def _effects(own: Floats, units: Any, times: Any, options: dict[str, Any]) -> pd.DataFrame:
    """Effects as deviations from their mean over all rows."""
    k = len(units[0])
    groups = [(options["unit"], *units, own[:k])]
    if options["time_effects"]:
        groups.append((options["time"], *times, np.concatenate([[0.0], own[k:]])))
    return pd.concat(
        [
            pd.DataFrame(
                {
                    "effect": name,
                    "level": [str(v) for v in levels],
                    "deviation_from_mean": values - np.average(values, weights=counts),
                }
            )
            for name, levels, counts, values in groups
        ],
        ignore_index=True,
    )


def _effects_test(y: Floats, x: Floats, residual: Floats, rank: int) -> dict[str, float]:
    """F test of all effects against one constant."""
    from scipy.stats import f as f_distribution

    pooled = np.column_stack([np.ones(len(y)), x])
    left = y - pooled @ np.linalg.lstsq(pooled, y, rcond=None)[0]
    inner = float(residual @ residual)
    df1, df2 = rank - 1, len(y) - x.shape[1] - rank
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
    sizes = np.bincount(codes).astype(float)
    units = len(sizes)
    if units <= k + 1 or n <= units + k:
        return blank

    def means(values: Floats) -> Floats:
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


def _meat(z: Floats, residual: Floats, codes: Any) -> Floats:
    scores = np.zeros((int(codes.max()) + 1, z.shape[1]))
    np.add.at(scores, codes, z * residual[:, None])
    out: Floats = scores.T @ scores
    return out


def _errors(
    z: Floats,
    residual: Floats,
    bread: Floats,
    whole: Floats,
    unit_codes: Any,
    time_codes: Any,
    k_slopes: int,
    k_all: int,
    options: dict[str, Any],
) -> tuple[Floats, Any, str, int]:
    """Covariance of the slopes, degrees of freedom, name of the factor, number of clusters."""
    n = len(z)
    kind, small = options["clusters"], options["small_sample"]
    if kind == "none" and small.startswith("HC"):
        plain = heteroskedastic(whole, residual, small)
        slopes = plain.matrix[:k_slopes, :k_slopes]
        return slopes, plain.df[:k_slopes], f"{small}: all dummies in the leverage", n
    if kind == "none":
        sigma = float(residual @ residual) / (n - k_all)
        return bread * sigma, np.full(k_slopes, n - k_all), "1: classical errors", n
    if kind == "both":
        cells = np.arange(n)
        meat = (
            _meat(z, residual, unit_codes)
            + _meat(z, residual, time_codes)
            - _meat(z, residual, cells)
        )
        few = min(int(unit_codes.max()), int(time_codes.max())) + 1
        return bread @ meat @ bread, np.full(k_slopes, few - 1), FACTORS["none"], few
    if kind == "driscoll_kraay":
        sums = np.zeros((int(time_codes.max()) + 1, k_slopes))
        np.add.at(sums, time_codes, z * residual[:, None])
        meat = sums.T @ sums
        if options["lags"] >= len(sums):
            raise StatisticsError(
                "too_few_rows",
                "Driscoll–Kraay: as many lags as years",
                found=f"{options['lags']} lags, {len(sums)} years",
            )
        for lag in range(1, options["lags"] + 1):
            cross = sums[lag:].T @ sums[:-lag]
            meat = meat + (1 - lag / (options["lags"] + 1)) * (cross + cross.T)
        return bread @ meat @ bread, np.full(k_slopes, len(sums) - 1), FACTORS["none"], len(sums)
    codes = unit_codes if kind == "unit" else time_codes
    _, g = cluster_codes(codes, n)
    if small in {"CR2", "CR3"}:
        robust = clustered(whole, residual, codes, small, first=k_slopes)
        return robust.matrix[:k_slopes, :k_slopes], robust.df, FACTORS[small], g
    if small in {"HC2", "HC3", "HC4"}:
        leverage = np.einsum("ij,jk,ik->i", z, bread, z)
        power = {
            "HC2": 0.5,
            "HC3": 1.0,
            "HC4": np.minimum(4, leverage / leverage.mean()) / 2,
        }[small]
        matrix = bread @ _meat(z, residual / (1 - leverage) ** power, codes) @ bread
        return matrix, np.full(k_slopes, float(g - 1)), FACTORS[small], g
    groups = g / (g - 1)
    # the effects of the units are inside the clusters only when these are the units
    times = int(time_codes.max()) + 1 if options["time_effects"] else 1
    counted = k_slopes + times if kind == "unit" else k_all
    factor = {
        "none": 1.0,
        "HC0": 1.0,
        "HC1": n / (n - k_slopes),
        "G": groups,
        "N-K": n / (n - k_slopes),
        "slopes_only": groups * (n - 1) / (n - k_slopes),
        "nested": groups * (n - 1) / (n - counted),
        "stata": groups * (n - 1) / (n - k_all),
        "linearmodels": n / (n - k_all),
    }[small]
    matrix = factor * bread @ _meat(z, residual, codes) @ bread
    return matrix, np.full(k_slopes, float(g - 1)), FACTORS[small], g


def _wild(z: Floats, y: Floats, basis: Floats, codes: Any, draws: int, seed: int) -> Floats:
    """P-values of the wild cluster bootstrap with the null imposed, one per slope."""
    g = int(codes.max()) + 1
    if g <= _ENUMERATE and 2**g <= max(draws, 2**10):
        signs = 1.0 - 2.0 * ((np.arange(2**g)[:, None] >> np.arange(g)) & 1)
    else:
        signs = np.random.default_rng(seed).choice([-1.0, 1.0], size=(draws, g))
    weights = signs[:, codes].T  # (n, draws)
    full, _ = np.linalg.qr(np.column_stack([basis, z]))
    coefficients = np.linalg.inv(z.T @ z) @ z.T  # (K, n)
    out = np.empty(z.shape[1])
    beta = coefficients @ y
    residual = y - z @ beta
    for j in range(z.shape[1]):
        row = coefficients[j]
        error = np.sqrt(float((np.bincount(codes, row * residual) ** 2).sum()))
        others = np.delete(z, j, axis=1)
        null = y
        if others.shape[1]:
            null = y - others @ np.linalg.lstsq(others, y, rcond=None)[0]
        drawn = null[:, None] * weights
        b = row @ drawn
        left = drawn - full @ (full.T @ drawn)
        sums = np.zeros((g, drawn.shape[1]))
        np.add.at(sums, codes, row[:, None] * left)
        spread = np.sqrt((sums**2).sum(axis=0))
        t = np.where(spread > 0, b / np.where(spread > 0, spread, 1.0), np.inf)
        # the observed sign pattern is one of the draws: equal up to float noise is equal
        out[j] = float((np.abs(t) >= abs(beta[j] / error) * (1 - 1e-10)).mean())
    return out
