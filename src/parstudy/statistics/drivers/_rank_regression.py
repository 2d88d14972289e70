"""The regressions of rank on components that people come for, and what an identity allows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np
import pandas as pd

from parstudy.errors import StatisticsError
from parstudy.records import records
from parstudy.statistics import inputs
from parstudy.statistics._least_squares import coefficients
from parstudy.statistics.drivers._covariance import DEGREES, HETEROSKEDASTIC, check_kind
from parstudy.statistics.drivers._identity import IdentityCheck, identity_check
from parstudy.statistics.drivers._ols import Regression, least_squares
from parstudy.statistics.inference import add_corrections
from parstudy.statistics.ranking import rank
from parstudy.statistics.result import Drop, Floats, Result, drops

_LEVELS = {
    "area": r"A\d+",
    "criterion": r"\d+\.\d+",
    "subcriterion": r"\d+\.\d+\.\d+",
}
_SPARE_ROWS = 10


@dataclass(frozen=True, eq=False, kw_only=True)
class RankRegression(Result):
    """Regressions of rank and score on components, in three ways.

    Attributes
    ----------
    table : DataFrame
        One row per ``way`` × ``outcome`` × ``term``. ``way``: ``single`` (one component at a
        time, against the rest), ``together`` (all at once, last year), ``pooled`` (all at once,
        all years, year effects, clusters by unit). ``outcome``: ``rank`` (1 best) or ``score``.
        ``role`` (component or covariate), ``n``, ``estimate, std_error, statistic, df, p_value,
        p_bh, p_holm, ci_low, ci_high, standardised, vif, r_squared``; ``places_gained``: places
        won per unit of the regressor (minus the estimate on rank); ``identity``: the outcome is
        made of the regressors; ``reason``: why figures are missing, else empty.
    identity : IdentityCheck
        Whether the outcome is the sum of the components.
    fits : dict
        (way, outcome) → :class:`Regression`; for ``single`` (way, outcome, component).
    ways : DataFrame
        Index ``way``: ``done`` (bool) and ``reason``.
    influence : DataFrame
        Cook's distance and the rest for the rank regression that has them, most influential
        first; ``influential`` marks Cook's distance above 4/n.
    outcome : str
        Score column that the ranks are computed from.
    covariates : tuple of str
        Columns that are held fixed in every way.
    clustered_by : str
        Column whose values are the clusters where several years are used.
    """

    identity: IdentityCheck
    parts: bool
    fits: dict[tuple[str, ...], Regression]
    ways: pd.DataFrame
    influence: pd.DataFrame
    n_units: int
    years: tuple[int, ...]
    confidence: float
    outcome: str
    covariates: tuple[str, ...]
    clustered_by: str

    def of_way(self, way: str) -> Regression:
        """Give the regression of rank in one way; of ``single`` that of the first component."""
        return next(fit for key, fit in self.fits.items() if key[:2] == (way, "rank"))

    @property
    def model(self) -> Any:
        """The statsmodels result of the main regression of rank."""
        return self._main.model

    @property
    def condition_number(self) -> float:
        """Condition number of the main regression (columns scaled to unit length)."""
        return self._main.condition_number

    @property
    def condition_number_standardised(self) -> float:
        """The same of the standardised components: how far they move together."""
        return float(self._main.diagnostics["condition_number_standardised"])

    @property
    def r_squared(self) -> float:
        """R² of the main regression of rank."""
        return self._main.r_squared

    @property
    def _main(self) -> Regression:
        for key in (("together", "rank"), ("pooled", "rank"), ("together", "score")):
            if key in self.fits:
                return self.fits[key]
        return next(iter(self.fits.values()))


def rank_regression(
    data: pd.DataFrame,
    outcome: Any = "total",
    components: Sequence[Any] | None = None,
    *,
    by: str = "area",
    covariates: Sequence[Any] = (),
    years: Sequence[int] | None = None,
    parts: bool | None = None,
    unit: str = "province_id",
    cov_type: str = "HC3",
    clusters: Any = None,
    small_sample: str = "CR2",
    degrees: str = "satterthwaite",
    confidence: float = 0.95,
) -> RankRegression:
    """Regress rank and score on components, in the three ways that the data can carry.

    Parameters
    ----------
    data : DataFrame
        One row per unit, or per unit and ``year``; columns outcome, components, covariates.
    outcome : str or Series
        Score column, high is good; ranks are computed from it within each year.
    components : sequence of str, optional
        Columns; without it all columns whose name is a code of the level ``by``.
    by : {"area", "criterion", "subcriterion"}
        Level of the components when ``components`` is not given.
    covariates : sequence of str
        Further regressors.
    years : sequence of int, optional
        Years to use; all that are there without it.
    parts : bool, optional
        Whether the components are parts of the outcome. Without it, found out by
        :func:`identity_check`. If so, p-values of all components at once are withheld, and one
        at a time runs against the rest (outcome without that part).
    unit : str
        Column that names the unit; without such a column the index names it.
    cov_type, clusters, small_sample, degrees
        As in :func:`regression`, but with degrees of freedom that hold up in families of tests:
        with ``degrees="residual"`` and 30 components, one null in ten brings a false discovery
        (docs/validity.md). Several years cluster by unit unless ``clusters`` says other.
    confidence : float
        Level of the intervals.

    Returns
    -------
    RankRegression

    Raises
    ------
    StatisticsError
        ``no_components``, ``too_few_rows``, ``constant_outcome`` and what the checks say.

    Examples
    --------
    >>> rows = pd.DataFrame({"A1": [6.0, 7, 9, 8, 5, 9, 4], "A2": [3.0, 5, 4, 6, 3, 5, 2]})
    >>> found = rank_regression(rows.assign(total=rows.sum(axis=1)))
    >>> found.parts, found.ways["done"].to_dict()
    (True, {'single': True, 'together': True, 'pooled': False})
    """
    inputs.check_options(confidence=confidence)
    if parts is not None:
        inputs.check_flag(parts, "parts")
    inputs.choice(degrees, DEGREES, "degrees of freedom")
    inputs.choice(cov_type, (*HETEROSKEDASTIC, "cluster"), "covariance")
    inputs.need_table(data)
    data = _of_years(data, years)
    names = _components(data, components, by)
    covariates = inputs.names_of(covariates, "covariates")
    rows: list[Drop] = []
    sample = _complete_rows(data, outcome, names, covariates, unit, clusters, parts, rows)
    if sample.n_years == 1 or cov_type == "cluster":
        check_kind(cov_type, "unit" if cov_type == "cluster" else clusters, small_sample)
    ways, done = _ways(sample)
    options = {"small_sample": small_sample, "degrees": degrees, "confidence": confidence}
    fits, table = _fits(sample, ways, cov_type, options, rows)
    several = sample.n_years > 1
    return RankRegression(
        table=_arranged(table, [*names, *covariates]),
        n=len(sample.x),
        dropped=drops(list(dict.fromkeys(rows))),
        assumptions=(
            ("linear_on_ranks", "independent_clusters", "year_effects")
            if several
            else ("linear_on_ranks", "independent_units")
        ),
        identity=sample.identity,
        parts=sample.parts,
        fits=fits,
        ways=pd.DataFrame.from_dict(done, orient="index", columns=["done", "reason"]).rename_axis(
            "way"
        ),
        influence=_most_influential(fits),
        n_units=int(sample.y.index.nunique()),
        years=tuple(int(v) for v in np.unique(sample.when)) if "year" in data.columns else (),
        confidence=confidence,
        outcome=str(sample.y.name),
        covariates=tuple(str(c) for c in covariates),
        clustered_by=unit if clusters is None else str(getattr(clusters, "name", clusters)),
    )


def _fits(
    sample: _Sample, ways: list[_Way], cov_type: str, options: dict[str, Any], rows: list[Drop]
) -> tuple[dict[tuple[str, ...], Regression], pd.DataFrame]:
    """Regress rank and score in each way, noting what was left out; refused where none works."""
    fits: dict[tuple[str, ...], Regression] = {}
    lines: list[dict[str, Any]] = []
    for way in ways:
        left: list[Drop] = []
        regressors = _regressors(sample, way, left)
        for kind in ("rank", "score"):
            noted = list(left)
            fit = _fit(sample, way, kind, regressors, cov_type, options, noted)
            lines += _rows(sample, way, kind, fit, noted)
            if isinstance(fit, Regression):
                fits[(way.name, kind, way.component) if way.component else (way.name, kind)] = fit
                if way.name != "single" or kind == "rank":
                    skipped = {"perfect_fit"} if sample.parts else set()
                    rows += [d for d in noted if d[0] != "row" and d[2] not in skipped]
    if not fits:
        _refuse(sample)
    return fits, pd.DataFrame(lines)


def _of_years(data: pd.DataFrame, years: Any) -> pd.DataFrame:
    """Rows of the years wanted; refused where there are none of one of them."""
    if years is None:
        return data
    wanted = [years] if np.ndim(years) == 0 else list(years)
    if "year" not in data.columns:
        raise StatisticsError(
            "unused_argument",
            "years are asked for and there is no column year",
            found=inputs.some(wanted),
        )
    absent = [year for year in wanted if year not in set(data["year"])]
    inputs.refuse(
        "unknown_year",
        "years without a row",
        absent,
        expected=inputs.some(sorted(data["year"].dropna().unique())),
    )
    return data[data["year"].isin(wanted)]


# --- what enters --------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Sample:
    """Complete rows, and how the outcome is made of the components."""

    x: pd.DataFrame  # components, then covariates; index = unit
    y: pd.Series[Any]
    when: Floats
    clusters: Floats
    components: list[Any]
    identity: IdentityCheck
    parts: bool

    @property
    def n_years(self) -> int:
        """Years with a complete row."""
        return len(np.unique(self.when))

    def role(self, name: Any) -> str:
        """Whether a column is a component or a covariate."""
        return "component" if str(name) in {str(c) for c in self.components} else "covariate"


def _components(data: pd.DataFrame, components: Sequence[Any] | None, by: str) -> list[Any]:
    if components is None:
        code = _LEVELS[inputs.choice(by, _LEVELS, "level")]
        components = [c for c in data.columns if re.fullmatch(code, str(c))]
    names = inputs.names_of(components, "components")
    if not names:
        raise StatisticsError(
            "no_components",
            "no components to regress on",
            expected=f"columns named like codes of level {by}",
        )
    return names


def _years_of(data: pd.DataFrame) -> Floats:
    """Year of each row, 0 where the table has none."""
    if "year" not in data.columns:
        return np.zeros(len(data), dtype=int)
    years = inputs.numeric_series(data["year"], "year").to_numpy()
    odd = ~np.isfinite(years) | (years != np.round(years))
    if odd.any():
        raise StatisticsError(
            "bad_year", "column year holds what is no year", found=inputs.some(data["year"][odd], 3)
        )
    out: Floats = years.astype(int)
    return out


def _units(data: pd.DataFrame, unit: Any) -> pd.Index:
    """Unit of each row; refused where one has two rows in one year."""
    if not isinstance(unit, str):
        raise StatisticsError("not_a_name", "unit: no name of a column", found=repr(unit)[:60])
    if unit in data.columns:
        units = data[unit]
        if units.isna().any():
            raise StatisticsError(
                "missing_value", f"rows without a unit in column {unit}",
                found=f"{int(units.isna().sum())} rows",
            )  # fmt: skip
    else:
        units = data.index.to_flat_index().to_series()
    labels = pd.Index(units.astype(str), name=unit)
    year = " " + data["year"].astype(str) if "year" in data.columns else ""
    inputs.need_unique(pd.Index(labels + np.asarray(year)), "data")
    return labels


def _complete_rows(
    data: pd.DataFrame,
    outcome: Any,
    names: list[Any],
    covariates: list[Any],
    unit: str,
    clusters: Any,
    parts: bool | None,
    rows: list[Drop],
) -> _Sample:
    labels = _units(data, unit)
    x = inputs.columns_of(data, [*names, *covariates], "components").set_axis(labels)
    y = inputs.numeric_series(inputs.column(data, outcome, "outcome"), "outcome").set_axis(labels)
    name = outcome if isinstance(outcome, str) else str(y.name or "outcome")
    inputs.refuse_itself(name, x)
    when = _years_of(data)
    groups = labels if clusters is None else inputs.column(data, clusters, "clusters")
    keep = ~(x.isna().any(axis=1) | y.isna()).to_numpy()
    x, y, missing = inputs.complete(x, y.rename(name))
    rows += missing
    if not len(x):
        raise StatisticsError("too_few_rows", "no complete row", found=inputs.some(names))
    if inputs.is_constant(y.to_numpy()):
        raise StatisticsError("constant_outcome", "the outcome is the same in all rows", found=name)
    identity = identity_check(x[names], y)
    return _Sample(
        x=x,
        y=y,
        when=when[keep],
        clusters=np.asarray(groups)[keep],
        components=names,
        identity=identity,
        parts=identity.is_identity if parts is None else parts,
    )


# --- the ways -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Way:
    """One regression, of the rank and of the score in turn."""

    name: str  # single, together, pooled
    rows: Floats  # mask
    columns: list[Any]
    score: pd.Series[Any]
    component: str = ""  # of a single regression

    def wanted(self, sample: _Sample) -> list[Any]:
        """Columns that the table speaks of."""
        return [
            c
            for c in self.columns
            if not self.component or c == self.component or c not in sample.components
        ]


def _ways(sample: _Sample) -> tuple[list[_Way], dict[str, tuple[bool, str]]]:
    """Regressions that the rows can carry; per way, whether it is done and why not."""
    everyone = np.ones(len(sample.x), dtype=bool)
    done = {"single": (len(sample.x) > 5, "" if len(sample.x) > 5 else "too_few_rows")}
    ways = _single(sample, everyone) if done["single"][0] else []
    for name, who in (("together", sample.when == sample.when.max()), ("pooled", everyone)):
        n = int(who.sum())
        spare = n - sample.x.shape[1] - len(np.unique(sample.when[who]))
        if name == "pooled" and sample.n_years == 1:
            done[name] = (False, "one_year")
        elif spare < min(_SPARE_ROWS, n // 3):
            done[name] = (False, "too_few_rows")
        else:
            done[name] = (True, "")
            ways.append(_Way(name, who, list(sample.x.columns), sample.y[who]))
    return ways, done


def _single(sample: _Sample, everyone: Floats) -> list[_Way]:
    """One component at a time; where it is a part of the outcome, against the rest of it."""
    names = sample.components
    others = [c for c in sample.x.columns if c not in names]
    weights = pd.Series(1.0 if sample.parts else 0.0, index=names)
    if sample.parts and sample.identity.kind == "weighted":
        design = np.column_stack([np.ones(len(sample.x)), sample.x[names].to_numpy()])
        weights[:] = coefficients(design, sample.y.to_numpy())[1:]
    return [
        _Way(
            "single",
            everyone,
            [c, *others],
            (sample.y - weights[c] * sample.x[c]).rename(sample.y.name),
            str(c),
        )
        for c in names
    ]


def _regressors(sample: _Sample, way: _Way, noted: list[Drop]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Columns that are no others again, and dummies of the years but the first."""
    x, when = sample.x.loc[way.rows, way.columns], sample.when[way.rows]
    effects = pd.DataFrame(
        {f"year {y}": (when == y).astype(float) for y in np.unique(when)[1:]},
        index=x.index,
        dtype=float,
    )
    return inputs.checked_columns(x, noted, effects.to_numpy()), effects


def _fit(
    sample: _Sample,
    way: _Way,
    kind: str,
    regressors: tuple[pd.DataFrame, pd.DataFrame],
    cov_type: str,
    options: dict[str, Any],
    noted: list[Drop],
) -> Regression | str:
    """Regress rank or score; the reason where that cannot be."""
    kept, effects = regressors
    if not len(kept.columns):
        return "constant"
    target = way.score
    if kind == "rank":
        target = _ranks(way.score, sample.when[way.rows])
    size = float(sample.y.abs().max()) if kind == "score" else 0.0
    if inputs.is_constant(target.to_numpy(), size):
        return "constant_outcome"
    return least_squares(
        target,
        kept,
        effects,
        cov_type="cluster" if effects.shape[1] else cov_type,
        clusters=sample.clusters[way.rows],
        rows=noted,
        **options,
    )


def _ranks(score: pd.Series[Any], when: Floats) -> pd.Series[Any]:
    """Ranks within each year, 1 best."""
    values = score.to_numpy()
    found = np.full(len(values), np.nan)
    for year in np.unique(when):
        inside = when == year
        found[inside] = rank(values[inside]).to_numpy(dtype=float)
    return pd.Series(found, index=score.index, name="rank")


def _refuse(sample: _Sample) -> NoReturn:
    if all(inputs.is_constant(sample.x[c].to_numpy()) for c in sample.x.columns):
        raise StatisticsError(
            "no_regressor", "no component varies", found=inputs.some(sample.components)
        )
    raise StatisticsError(
        "too_few_rows",
        "no regression can be carried by so few rows",
        found=f"{len(sample.x)} complete rows, {sample.x.shape[1]} columns",
    )


# --- the table ----------------------------------------------------------------------------------

_TEXTS = ("way", "outcome", "term", "role", "reason")
_ORDER = (
    "way", "outcome", "term", "role", "n", "estimate", "std_error", "statistic", "df", "p_value",
    "p_bh", "p_holm", "ci_low", "ci_high", "standardised", "places_gained", "vif", "r_squared",
    "identity", "reason",
)  # fmt: skip
_FIRST = {"single": 0, "together": 1, "pooled": 2, "rank": 0, "score": 1, "component": 0,
          "covariate": 1}  # fmt: skip


def _rows(
    sample: _Sample, way: _Way, kind: str, fit: Regression | str, noted: list[Drop]
) -> list[dict[str, Any]]:
    """Rows of one regression; columns that were left out are there, with the reason."""
    about = {"way": way.name, "outcome": kind, "n": int(way.rows.sum())}
    wanted = way.wanted(sample)
    if not isinstance(fit, Regression):
        why: dict[Any, str] = dict.fromkeys(wanted, fit)
        found: list[dict[str, Any]] = []
    else:
        found = records(fit.table.reset_index())[1:]  # without the constant
        dropped, there = {d[1]: d[2] for d in noted}, {row["term"] for row in found}
        why = {c: dropped.get(c, "dropped") for c in wanted if str(c) not in there}
        perfect = any(d[2] == "perfect_fit" for d in noted)
        why_none = "perfect_fit" if perfect else "leverage_one"
        for row in found:
            row["r_squared"] = fit.r_squared
            row["reason"] = why_none if np.isnan(row["std_error"]) else ""
            row["identity"] = sample.parts and not way.component
    left_out = [{"term": str(c), "identity": False, "reason": reason} for c, reason in why.items()]
    return [row | about | {"role": sample.role(row["term"])} for row in [*found, *left_out]]


def _arranged(table: pd.DataFrame, terms: list[Any]) -> pd.DataFrame:
    """In order; tests of identities withheld, the others corrected within way × outcome."""
    place = {str(c): i for i, c in enumerate(terms)}
    table = table.sort_values(
        ["way", "outcome", "role", "term"],
        key=lambda s: s.map(place if s.name == "term" else _FIRST),
        ignore_index=True,
        kind="stable",
    ).reindex(columns=list(_ORDER))
    figures = [c for c in _ORDER if c not in {*_TEXTS, "n", "identity"}]
    table = table.astype(dict.fromkeys(figures, float) | {"n": "int64", "identity": bool})
    withheld = table["identity"] & table["role"].eq("component")
    table.loc[withheld, ["statistic", "p_value", "ci_low", "ci_high"]] = np.nan
    table.loc[withheld & table["reason"].isin(["", "perfect_fit"]), "reason"] = "identity"
    table[["p_bh", "p_holm"]] = np.nan
    components = table[table["role"].eq("component")]
    for _, family in components.groupby(["way", "outcome"], sort=False):
        add_corrections(table, "p_value", "p", family.index)
    on_rank = table["outcome"].eq("rank")
    table.loc[on_rank, "places_gained"] = -table.loc[on_rank, "estimate"]
    return table


def _most_influential(fits: dict[tuple[str, ...], Regression]) -> pd.DataFrame:
    """Influence in the rank regression of all components, most influential first."""
    main = fits.get(("together", "rank"), fits.get(("pooled", "rank")))
    if main is None:
        return pd.DataFrame()
    large = main.influence["cooks_distance"] > 4 / main.n
    return main.influence.assign(influential=large).sort_values(
        "cooks_distance", ascending=False, kind="stable"
    )
