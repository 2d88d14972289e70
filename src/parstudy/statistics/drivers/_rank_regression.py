"""The regressions of rank on components that people come for, and what an identity allows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from parstudy.errors import StatisticsError
from parstudy.statistics.drivers._identity import IdentityCheck, identity_check
from parstudy.statistics.drivers._ols import (
    CONSTANT,
    Drop,
    Regression,
    check_cov,
    checked_columns,
    column,
    columns_of,
    least_squares,
)
from parstudy.statistics.ranking import rank
from parstudy.statistics.result import (
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
    """

    identity: IdentityCheck
    parts: bool
    fits: dict[tuple[str, ...], Regression]
    ways: pd.DataFrame
    influence: pd.DataFrame
    n_units: int
    years: tuple[int, ...]
    confidence: float

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


def score_frame(
    scores: pd.DataFrame,
    *,
    index: str = "PAR_INDEX",
    years: Sequence[int] | None = None,
    by: str = "area",
) -> pd.DataFrame:
    """Turn the long table ``scores`` into one row per province and year.

    Parameters
    ----------
    scores : DataFrame
        ``index, year, province_id, component, score``.
    index : str
        Index code.
    years : sequence of int, optional
        Index years; all without it.
    by : {"area", "criterion", "subcriterion"}
        Level of the components.

    Returns
    -------
    DataFrame
        ``province_id, year, total`` and one column per component; components that no row has
        are not there.
    """
    choice(by, _LEVELS, "level")
    rows = scores[scores["index"].eq(index)]
    if years is not None:
        rows = rows[rows["year"].isin(list(years))]
    codes = rows["component"].astype(str)
    rows = rows[codes.eq("total") | codes.str.fullmatch(_LEVELS[by])]
    wide = rows.pivot(index=["province_id", "year"], columns="component", values="score")
    parts = sorted(
        (c for c in wide.columns if c != "total" and wide[c].notna().any()),
        key=lambda code: [int(piece) for piece in str(code).lstrip("A").split(".")],
    )
    if "total" not in wide.columns:
        wide["total"] = np.nan
    wide = wide[["total", *parts]].reset_index()
    wide.columns.name = None
    return wide.sort_values(["year", "province_id"], ignore_index=True)


def rank_regression(
    data: Any,
    outcome: Any = "total",
    components: Sequence[Any] | None = None,
    *,
    by: str = "area",
    covariates: Sequence[Any] = (),
    index: str = "PAR_INDEX",
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
    data : DataFrame or Dataset
        Wide table: one row per unit, or per unit and ``year``; columns outcome, components,
        covariates. A dataset is turned into one by :func:`score_frame`.
    outcome : str or Series
        Score column, high is good; ranks are computed from it within each year.
    components : sequence of str, optional
        Columns; without it all columns whose name is a code of the level ``by``.
    by : {"area", "criterion", "subcriterion"}
        Level, for a dataset or when ``components`` is not given.
    covariates : sequence of str
        Further regressors.
    index : str
        Which index of a dataset.
    years : sequence of int, optional
        Years to use; all that are there without it.
    parts : bool, optional
        Whether the components are parts of the outcome. Without it, found out by
        :func:`identity_check` year by year. If so, p-values of all components at once are
        withheld, and one at a time runs against the rest (outcome without that part).
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
    """
    check_share(confidence, "confidence")
    if cov_type != "cluster":
        check_cov(cov_type, clusters, small_sample)
    frame = _as_frame(data, index, years, by)
    components = [components] if isinstance(components, str) else components
    covariates = [covariates] if isinstance(covariates, str) else covariates
    names = list(components) if components is not None else _coded(frame, by)
    if not names:
        raise StatisticsError(
            "no_components",
            "no components to regress on",
            expected=f"columns named like codes of level {by}",
        )
    year = frame["year"] if "year" in frame.columns else pd.Series(0, index=frame.index)
    if years is not None and "year" in frame.columns:
        frame, year = frame[year.isin(list(years))], year[year.isin(list(years))]
    units = frame[unit] if unit in frame.columns else frame.index.to_flat_index().to_series()
    labels = pd.Index(units.astype(str), name=unit)
    x = columns_of(frame, [*names, *covariates], "components").set_axis(labels)
    y = numeric_series(column(frame, outcome, "outcome"), "outcome").set_axis(labels)
    name = outcome if isinstance(outcome, str) else str(y.name or "outcome")
    y = y.rename(name)
    if isinstance(outcome, str) and y.isna().all():
        # a release that prints the components only: their sum is the total
        y = x[names].sum(axis=1, skipna=False).rename(name)
    when = year.to_numpy()
    groups = (
        np.asarray(labels) if clusters is None else column(frame, clusters, "clusters").to_numpy()
    )
    blank = (x.isna().any(axis=1) | y.isna()).to_numpy()
    x, y, rows = complete(x, y)
    when, groups = when[~blank], groups[~blank]
    if not len(x):
        raise StatisticsError("too_few_rows", "no complete row", found=some(names))
    if is_constant(y.to_numpy()):
        raise StatisticsError(
            "constant_outcome", "the outcome is the same in all rows", found=str(y.name)
        )
    identity, weights = _identity_of(x[names], y)
    is_parts = identity.is_identity if parts is None else parts
    last = when.max()
    several = len(np.unique(when)) > 1
    table: list[pd.DataFrame] = []
    fits: dict[tuple[str, ...], Regression] = {}
    ways: dict[str, tuple[bool, str]] = {}

    def run(
        way: str, who: Any, columns: pd.DataFrame, score: pd.Series[Any], key: str = ""
    ) -> None:
        inside, clock = np.asarray(who), when[who]
        many = len(np.unique(clock)) > 1
        effects = _year_effects(clock, columns.index)
        cluster = cov_type == "cluster" or many
        for kind in ("rank", "score"):
            target = _ranks(score, clock) if kind == "rank" else score
            noted: list[Drop] = []
            kept = checked_columns(columns, noted, effects.to_numpy())
            wanted = [c for c in columns.columns if not key or c == key or c in covariates]
            if is_constant(target.to_numpy()) or not len(kept.columns):
                reason = "constant_outcome" if len(kept.columns) else "constant"
                table.append(_blank_rows(way, kind, wanted, names, len(score), reason))
                continue
            fit = least_squares(
                target.rename(kind if kind == "rank" else str(y.name)),
                kept,
                effects,
                cov_type="cluster" if cluster else cov_type,
                clusters=groups[inside],
                small_sample=small_sample,
                confidence=confidence,
                rows=noted,
                degrees=degrees,
            )
            fits[(way, kind, key) if key else (way, kind)] = fit
            out = fit.table.drop(CONSTANT).reset_index()
            out["role"] = np.where(
                out["term"].isin([str(c) for c in names]), "component", "covariate"
            )
            out.insert(0, "outcome", kind)
            out.insert(0, "way", way)
            out["n"] = fit.n
            out["r_squared"] = fit.r_squared
            out["identity"] = is_parts and not key
            out["reason"] = np.where(out["std_error"].isna(), "leverage_one", "")
            table.append(out)
            if way != "single" or kind == "rank":
                gone = [d for d in noted if d[0] != "row" and d not in rows]
                rows.extend(gone)
            left_out = [c for c in wanted if c not in set(kept.columns)]
            if left_out:
                why = {d[1]: d[2] for d in noted}
                for c in left_out:
                    table.append(
                        _blank_rows(way, kind, [c], names, fit.n, str(why.get(c, "dropped")))
                    )

    everyone = np.ones(len(x), dtype=bool)
    carried = len(x) - len(covariates) - len(np.unique(when)) - 1
    if carried >= _SPARE_ROWS or len(x) > 5:
        for component in names:
            score = y - weights[component] * x[component] if is_parts else y
            run("single", everyone, x[[component, *covariates]], score.rename(name), str(component))
        ways["single"] = (True, "")
    else:
        ways["single"] = (False, "too_few_rows")
    current = when == last
    for way, who in (("together", current), ("pooled", everyone)):
        if way == "pooled" and not several:
            ways[way] = (False, "one_year")
            continue
        size = int(who.sum()) - x.shape[1] - len(np.unique(when[who]))
        if size < min(_SPARE_ROWS, int(who.sum()) // 3):
            ways[way] = (False, "too_few_rows")
            continue
        run(way, who, x[who], y[who])
        ways[way] = (True, "")
    if not fits and all(is_constant(x[c].to_numpy()) for c in x.columns):
        raise StatisticsError("no_regressor", "no component varies", found=some(names))
    if not fits:
        raise StatisticsError(
            "too_few_rows",
            "no regression can be carried by so few rows",
            found=f"{len(x)} complete rows, {x.shape[1]} columns",
        )
    result = pd.concat(table, ignore_index=True)
    order = {str(c): i for i, c in enumerate([*names, *covariates])}
    result = result.sort_values(
        ["way", "outcome", "role", "term"],
        key=lambda s: (
            s.map(order)
            if s.name == "term"
            else s.map(
                {
                    "single": 0,
                    "together": 1,
                    "pooled": 2,
                    "rank": 0,
                    "score": 1,
                    "component": 0,
                    "covariate": 1,
                }
            )
        ),
        ignore_index=True,
        kind="stable",
    )
    result = _with_corrections(result)
    main = next((k for k in (("together", "rank"), ("pooled", "rank")) if k in fits), None)
    influence = fits[main].influence.copy() if main else pd.DataFrame()
    if len(influence):
        influence = influence.assign(influential=influence["cooks_distance"] > 4 / len(influence))
        influence = influence.sort_values("cooks_distance", ascending=False, kind="stable")
    return RankRegression(
        table=result,
        n=len(x),
        dropped=drops(list(dict.fromkeys(rows))),
        assumptions=(
            "linear_on_ranks",
            *(
                (
                    "independent_clusters",
                    "year_effects",
                )
                if several
                else ("independent_units",)
            ),
        ),
        identity=identity,
        parts=is_parts,
        fits=fits,
        ways=pd.DataFrame.from_dict(ways, orient="index", columns=["done", "reason"]).rename_axis(
            "way"
        ),
        influence=influence,
        n_units=int(y.index.nunique()),
        years=tuple(int(v) for v in np.unique(when)) if "year" in frame.columns else (),
        confidence=confidence,
    )


def _as_frame(data: Any, index: str, years: Sequence[int] | None, by: str) -> pd.DataFrame:
    if isinstance(data, pd.DataFrame):
        return data
    scores = getattr(data, "scores", None)
    if scores is None:
        raise StatisticsError(
            "not_a_table", "neither a table nor a dataset", found=type(data).__name__
        )
    return score_frame(scores, index=index, years=years, by=by)


def _coded(frame: pd.DataFrame, by: str) -> list[Any]:
    choice(by, _LEVELS, "level")
    return [c for c in frame.columns if pd.Series([str(c)]).str.fullmatch(_LEVELS[by]).item()]


def _identity_of(x: pd.DataFrame, y: pd.Series[Any]) -> tuple[IdentityCheck, pd.Series[Any]]:
    """Check the identity; the weight with which each component enters the outcome."""
    check = identity_check(x, y)
    weights = pd.Series(1.0, index=x.columns)
    if check.kind == "weighted":
        design = np.column_stack([np.ones(len(x)), x.to_numpy()])
        weights[:] = np.linalg.lstsq(design, y.to_numpy(), rcond=None)[0][1:]
    return check, weights


def _ranks(score: pd.Series[Any], when: Any) -> pd.Series[Any]:
    out = pd.Series(np.nan, index=score.index, name="rank")
    for one in np.unique(when):
        inside = when == one
        out[inside] = rank(score.to_numpy()[inside]).to_numpy(dtype=float)
    return out


def _year_effects(when: Any, index: pd.Index) -> pd.DataFrame:
    years = np.unique(when)[1:]
    return pd.DataFrame(
        {f"year {y}": (when == y).astype(float) for y in years}, index=index, dtype=float
    )


def _blank_rows(
    way: str, kind: str, columns: Sequence[Any], names: Sequence[Any], n: int, reason: str
) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "way": way,
                "outcome": kind,
                "term": str(c),
                "role": "component" if c in names else "covariate",
                "n": n,
                "identity": False,
                "reason": reason,
            }
            for c in columns
        ]
    )


_ORDER = (
    "way", "outcome", "term", "role", "n", "estimate", "std_error", "statistic", "df", "p_value",
    "p_bh", "p_holm", "ci_low", "ci_high", "standardised", "places_gained", "vif", "r_squared",
    "identity", "reason",
)  # fmt: skip


def _with_corrections(table: pd.DataFrame) -> pd.DataFrame:
    """Withhold tests of identities and correct the others within way × outcome."""
    table = table.reindex(columns=list(_ORDER))
    numeric = [
        c for c in _ORDER if c not in {"way", "outcome", "term", "role", "n", "identity", "reason"}
    ]
    table[numeric] = table[numeric].astype(float)
    table["identity"] = table["identity"].astype(bool)
    table["n"] = table["n"].astype("int64")
    withheld = table["identity"] & table["role"].eq("component")
    table.loc[withheld, ["statistic", "p_value", "ci_low", "ci_high"]] = np.nan
    table.loc[withheld & table["reason"].eq(""), "reason"] = "identity"
    table[["p_bh", "p_holm"]] = np.nan
    part = table["role"].eq("component")
    for _, rows in table[part].groupby(["way", "outcome"], sort=False):
        table.loc[rows.index, "p_bh"] = adjust_pvalues(rows["p_value"], "BH")
        table.loc[rows.index, "p_holm"] = adjust_pvalues(rows["p_value"], "holm")
    on_rank = table["outcome"].eq("rank")
    table.loc[on_rank, "places_gained"] = -table.loc[on_rank, "estimate"]
    return table
