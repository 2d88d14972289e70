"""What analysts pass by mistake: an answer that another computation confirms, or a refusal."""

import inspect
import os
import warnings
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.stats import rankdata, spearmanr
from statsmodels.stats.multitest import multipletests

from parstudy.errors import StatisticsError
from parstudy.statistics import (
    change,
    drivers,
    importance,
    inference,
    inputs,
    ranking,
    result,
    uncertainty,
    weights,
)

CALLS = int(os.environ.get("PARSTUDY_FUZZ", "120"))
RNG = np.random.default_rng(7)
UNITS = pd.Index([f"u{i:02d}" for i in range(40)], name="province_id")
X = pd.DataFrame(8 + RNG.normal(size=(40, 4)), index=UNITS, columns=["A1", "A2", "A3", "A4"])
TOTAL = X.sum(axis=1).rename("total")
OTHER = (X["A1"] + RNG.normal(size=40)).rename("other")
TABLE = X.assign(total=TOTAL, other=OTHER, g=[f"r{i % 6}" for i in range(40)])
GROUP = pd.Series(pd.cut(OTHER + RNG.normal(size=40), 3, labels=["C", "B", "A"]), index=UNITS)
PANEL = pd.DataFrame(
    {"province_id": np.repeat(UNITS[:12].to_numpy(), 4), "year": np.tile(range(2018, 2022), 12)}
).assign(x=RNG.normal(size=48), z=RNG.normal(size=48))
PANEL["y"] = PANEL["x"] + RNG.normal(size=48)
TREE = pd.DataFrame(
    {"code": ["all", "g1", *X.columns], "parent": ["", "all", "g1", "g1", "all", "all"]}
).assign(weight=[1.0, 2, 1, 1, 1, 3], direction=[1, 1, 1, 1, -1, 1])

PLACES = pd.DataFrame({"lat": RNG.uniform(9, 22, 40), "lon": RNG.uniform(103, 109, 40)}, UNITS)
BESIDE = drivers.nearest(PLACES, 3)
PLAIN = drivers.regression(TABLE, "other", ["A1"])
FORMULA = drivers.formula_regression(TABLE, "other ~ A1 * g")


def floats(values):
    return np.asarray(pd.DataFrame(values), dtype=float)


def ols(x, y):
    """Coefficients of y on a constant and columns of x, through a scaled pseudo-inverse."""
    x = np.column_stack([np.ones(len(x)), floats(x)])
    size = np.abs(x).max(axis=0)
    size[size == 0] = 1
    return np.linalg.pinv(x / size, rcond=1e-13) @ np.asarray(y, dtype=float) / size


def same(ours, theirs, what):
    np.testing.assert_allclose(
        np.asarray(ours, float), np.asarray(theirs, float), rtol=1e-5, atol=1e-9, err_msg=what
    )


def complete(*sides):
    both = pd.concat([pd.DataFrame(s).add_prefix(f"{i}_") for i, s in enumerate(sides)], axis=1)
    keep = both.astype(float).notna().all(axis=1).to_numpy()
    return [pd.DataFrame(s)[keep].astype(float) for s in sides]


def of_outcome(data, outcome):
    if isinstance(outcome, str):
        return data[outcome]
    if isinstance(outcome, pd.Series):
        return outcome.reindex(data.index)
    return pd.Series(np.asarray(outcome), index=data.index)


def confirm_regression(found, a):
    names = [n for n in found.table.index if n != "const"]
    asked = [a["regressors"]] if isinstance(a["regressors"], str) else list(a["regressors"])
    x = a["data"][asked].astype(float)
    y = of_outcome(a["data"], a["outcome"]).astype(float)
    keep = x.notna().all(axis=1).to_numpy() & y.notna().to_numpy()
    beta = ols(x.rename(columns=str)[names][keep], y[keep])
    same(found.table["estimate"], beta, "estimates")


def confirm_rank_regression(found, a):
    table = found.table.query("way == 'together' and outcome == 'rank' and reason == ''")
    if a["years"] is not None or "year" in a["data"] or not len(table):
        return
    asked = [*inputs.names_of(a["components"], ""), *inputs.names_of(a["covariates"], "")]
    x = a["data"][asked].astype(float)
    y = of_outcome(a["data"], a["outcome"]).astype(float)
    keep = x.notna().all(axis=1).to_numpy() & y.notna().to_numpy()
    places = rankdata(-y[keep].round(9), "min")
    beta = ols(x.rename(columns=str)[list(table["term"])][keep], places)
    same(table["estimate"], beta[1:], "estimates on places")


def confirm_panel(found, a):
    d = a["data"].reset_index() if a["data"].index.names != [None] else a["data"]
    names = list(found.table.index)
    d = d.rename(columns=str)
    asked = [a["regressors"]] if isinstance(a["regressors"], str) else [*map(str, a["regressors"])]
    d = d.dropna(subset=[*asked, a["outcome"], "province_id", "year"])
    dummies = pd.concat(
        [
            pd.get_dummies(d["province_id"].astype(str), drop_first=True),
            pd.get_dummies(d["year"].astype(str), drop_first=True),
        ],
        axis=1,
    ).astype(float)
    beta = ols(pd.concat([d[names].astype(float), dummies], axis=1), d[a["outcome"]])
    same(found.table["estimate"], beta[1 : 1 + len(names)], "slopes")


def confirm_rank_rank(found, a):
    x, y = pd.Series(np.asarray(a["x"], float)), pd.Series(np.asarray(a["y"], float))
    keep = (x.notna() & y.notna()).to_numpy()
    if not isinstance(a["x"], pd.Series) or not isinstance(a["y"], pd.Series):
        return
    if not a["x"].index.equals(a["y"].index):
        return
    plain = {"covariates": None, "groups": None, "constant": True, "rank_x": True, "rank_y": True}
    plain |= {"omega": 1.0, "ascending": False}
    if any(a[name] is not value and str(a[name]) != str(value) for name, value in plain.items()):
        return
    rx, ry = (rankdata(-v[keep], "max") / keep.sum() for v in (x, y))
    same(found.table["estimate"], ols(rx[:, None], ry), "slope of ranks")


def parts_and_total(a, total="total"):
    parts = a["parts"]
    parts = parts.to_frame() if isinstance(parts, pd.Series) else pd.DataFrame(parts)
    if a.get(total) is None:
        return parts, parts.astype(float).sum(axis=1, skipna=False)
    return parts, of_outcome(parts, a[total])


def confirm_variance_shares(found, a):
    x, y = complete(*parts_and_total(a))
    y = y.iloc[:, 0]
    for name in x.columns:
        if x[name].nunique() > 1:
            want = np.cov(x[name], y)[0, 1] / y.var()
            same(found.table.loc[name, "share"], want, f"share of {name}")


def confirm_main_effects(found, a):
    x, y = complete(*parts_and_total(a))
    for name in x.columns:
        if x[name].nunique() > 1:
            want = np.corrcoef(x[name], y.iloc[:, 0])[0, 1] ** 2
            same(found.table.loc[name, "linear_r2"], want, f"effect of {name}")


def confirm_item_rest(found, a):
    x, y = parts_and_total(a)
    for name in x.columns:
        row = found.table.loc[name]
        if row["reason"] == "":
            pair = pd.concat([x[name].astype(float), y.astype(float)], axis=1).dropna()
            rest = (pair.iloc[:, 1] - pair.iloc[:, 0]).round(9)
            want = spearmanr(pair.iloc[:, 0], rest).statistic
            assert row["spearman"] == pytest.approx(want, abs=2e-2), name


def confirm_shapley(found, a):
    x, y = complete(*parts_and_total(a, "outcome"))
    y = y.iloc[:, 0]
    if a.get("always") or a.get("measure") == "mcfadden":
        return
    left = y - np.column_stack([np.ones(len(x)), x]) @ ols(x, y)
    same(found.r_squared, 1 - (left**2).sum() / ((y - y.mean()) ** 2).sum(), "R²")
    same(found.table["lmg"].sum(), found.explained, "sum of shares")


def confirm_leave_one_out(found, a):
    if a.get("structure") is not None or a.get("weights") is not None:
        return
    _, y = complete(*parts_and_total(a))
    same(found.ranks["full"], rankdata(-y.iloc[:, 0].round(9), "min"), "places")


def confirm_cronbach(found, a):
    (x,) = complete(a["items"])
    s = np.cov(x.to_numpy().T)
    k = len(s)
    same(found.raw, k / (k - 1) * (1 - np.trace(s) / s.sum()), "alpha")


def confirm_normalise(found, a):
    if a.get("method", "minmax") != "minmax":
        return
    x = pd.DataFrame(a["indicators"]).astype(float)
    turn = pd.Series(a["directions"] or {}, dtype=float).reindex(x.columns).fillna(1.0)
    x = x * turn
    same(found, (x - x.min()) / (x.max() - x.min()) * 100, "scale")


def confirm_composite(found, a):
    if a["method"] != "minmax" or len(a["leave_out"]) or not isinstance(a["indicators"], type(X)):
        return
    x = a["indicators"][["A1", "A2", "A3", "A4"]].astype(float) * [1, 1, -1, 1]
    x = (x - x.min()) / (x.max() - x.min()) * 100
    if x.isna().any(axis=None) or a["structure"] is not TREE:
        return
    want = (2 * (x["A1"] + x["A2"]) / 2 + x["A3"] + 3 * x["A4"]) / 6
    same(found.table["all"], want, "index")


def confirm_rank(found, a):
    values = (
        pd.Series(a["values"], dtype=float)
        if not isinstance(a["values"], (pd.Series, pd.DataFrame))
        else pd.DataFrame(a["values"]).iloc[:, 0].astype(float)
    )
    seen = values.notna().to_numpy()
    if a["ties"] == "min" and seen.any() and values[seen].abs().max() < 1e6:
        sign = 1 if a["ascending"] else -1
        want = rankdata(sign * values[seen].round(11), "min")
        same(found[seen].to_numpy(dtype=float), want, "places")


def confirm_sets(found, a):
    known = found.table.dropna()
    assert (known["lower"] <= known["rank"]).all()
    assert (known["rank"] <= known["upper"]).all()


def confirm_adjusted(found, a):
    p = np.asarray(a["p"], dtype=float)
    seen = ~np.isnan(p)
    if seen.any() and a["method"] in {"BH", "holm"}:
        how = {"BH": "fdr_bh", "holm": "holm"}[a["method"]]
        same(np.asarray(found)[seen], multipletests(p[seen], method=how)[1], "corrected")


def confirm_external(found, a):
    x = a["parts"]
    if not isinstance(x, pd.DataFrame) or a["total"] is not None or a["contained"] is not None:
        return
    y = of_outcome(x, a["outcome"])
    x = x.drop(columns=[a["outcome"]] if isinstance(a["outcome"], str) else [])
    for name in x.columns:
        pair = pd.concat([x.astype(float).sum(axis=1, skipna=False), x[name], y], axis=1)
        pair = pair.astype(float).dropna()
        row = found.table.loc[str(name)]
        if row["reason"] == "":
            want = spearmanr(pair.iloc[:, 1], pair.iloc[:, 2]).statistic
            want = -want if a["outcome_is_rank"] else want
            same(row["spearman"], want, f"Spearman of {name}")


FUNCTIONS = {
    drivers.regression: (
        {"data": TABLE, "outcome": "other", "regressors": ["A1", "A2"]}, confirm_regression,
    ),
    drivers.rank_regression: (
        {"data": TABLE, "components": ["A1", "A2", "A3", "A4"]}, confirm_rank_regression,
    ),
    drivers.panel: ({"data": PANEL, "outcome": "y", "regressors": ["x", "z"]}, confirm_panel),
    drivers.rank_rank: ({"x": X["A1"], "y": OTHER}, confirm_rank_rank),
    drivers.group_model: ({"data": TABLE, "outcome": GROUP, "regressors": ["A1"]}, None),
    drivers.external: ({"parts": X, "outcome": OTHER, "draws": 9}, confirm_external),
    drivers.identity_check: ({"parts": X, "total": TOTAL}, None),
    drivers.item_rest: ({"parts": X}, confirm_item_rest),
    drivers.select: ({"parts": X, "outcome": OTHER, "pairs": 3}, None),
    drivers.vif: ({"frame": X}, None),
    drivers.condition_number: ({"frame": X}, None),
    drivers.adjust_pvalues: ({"p": [0.01, 0.04, 0.03]}, confirm_adjusted),
    drivers.formula_regression: ({"data": TABLE, "formula": "other ~ A1 + g"}, None),
    drivers.predict: ({"fit": FORMULA, "data": TABLE.iloc[:3]}, None),
    drivers.contrast: ({"fit": FORMULA, "data": TABLE.iloc[:3], "base": TABLE.iloc[3:4]}, None),
    drivers.moran: ({"values": OTHER, "neighbours": BESIDE, "draws": 9}, None),
    drivers.conley_errors: ({"fit": PLAIN, "coordinates": PLACES, "cutoff": 50.0}, None),
    drivers.nearest: ({"coordinates": PLACES}, None),
    drivers.correlation_power: ({"r": 0.3, "n": 63}, None),
    drivers.smallest_correlation: ({"n": 63}, None),
    drivers.mundlak: ({"data": PANEL, "outcome": "y", "regressors": ["x", "z"]}, None),
    drivers.specification_curve: (
        {"data": TABLE, "outcomes": "other", "focus": "A1", "controls": ["A2"]}, None,
    ),
    change.score_changes: (
        {"before": X["A1"], "after": X["A2"], "se_before": 0.5, "se_after": 0.5}, None,
    ),
    change.rank_changes: (
        {"before": X["A1"], "after": X["A2"], "se_before": 0.5, "se_after": 0.5, "draws": 60},
        None,
    ),
    change.shrink: ({"scores": OTHER, "standard_errors": 0.4, "draws": 100}, None),
    change.rank_sets_of_counts: ({"counts": {"a": 30, "b": 20, "c": 9}}, None),
    weights.weight_systems: ({"parts": X}, None),
    weights.correlation_audit: (
        {"parts": X, "groups": {"g": ["A1", "A2"], "h": ["A3", "A4"]}}, None,
    ),
    uncertainty.index_uncertainty: ({"parts": X, "draws": 100, "share_draws": 10}, None),
    uncertainty.sobol_shares: (
        {"model": lambda x: x["a"] + x["b"], "one": {"a": np.arange(9.0), "b": np.ones(9)},
         "other": {"a": np.ones(9), "b": np.arange(9.0)}}, None,
    ),
    importance.variance_shares: ({"parts": X}, confirm_variance_shares),
    importance.main_effects: ({"parts": X, "draws": 5}, confirm_main_effects),
    importance.shapley: ({"parts": X, "outcome": OTHER}, confirm_shapley),
    importance.gap_decomposition: ({"province": X.iloc[0], "reference": X}, None),
    importance.cronbach_alpha: ({"items": X}, confirm_cronbach),
    importance.leave_one_out: ({"parts": X}, confirm_leave_one_out),
    importance.composite: ({"indicators": X, "structure": TREE}, confirm_composite),
    importance.effective_weights: ({"structure": TREE}, None),
    importance.normalise: ({"indicators": X}, confirm_normalise),
    ranking.rank: ({"values": OTHER}, confirm_rank),
    ranking.groups: ({"percent": OTHER, "thresholds": {"A": 9, "B": 8, "C": 0}}, None),
    ranking.fractional_rank: ({"values": OTHER}, None),
    ranking.survey_standard_errors: ({"percent": X["A1"], "sample_size": 100}, None),
    ranking.rank_confidence_sets: (
        {"estimates": OTHER, "standard_errors": 0.3, "draws": 60}, confirm_sets,
    ),
}  # fmt: skip
NAMES = [f.__name__ for f in FUNCTIONS]

VALUES = st.sampled_from(
    [
        None, "A1", "a1", "x", "", 0, 1, -1, 2.5, 0.5, 1e90, np.nan, np.inf, True, False, (), [],
        ["A1"], ["A1", "A1"], ["a1", "A2"], {}, {"A1": 1.0}, {"a1": -1}, {"A1": ["A1", "A2"]},
        {"A1": "a"}, object(), "2021", [2021], [1, 2, 3], [[1.0, 2.0], [3.0]], np.ones(40),
        np.arange(40.0), np.full(40, np.nan), OTHER, OTHER.rename(None), OTHER.iloc[::-1],
        OTHER.iloc[:3], OTHER * 1e90, OTHER.astype(str), X, X.iloc[:2], X["A1"], pd.DataFrame(),
        "cluster", "CR3", "HC1", "time", "driscoll_kraay", "smooth", "holm", "zscore", "rank", "g",
        "simultaneous", "lower", "bonferroni", "max", "probit", "mcfadden", "total", "A4", 3, 60,
        GROUP, TABLE, PANEL, TREE, X.stack(), pd.Timestamp("2021-01-01"), b"A1", 10**400, 1 + 2j,
        pd.NA, pd.NaT, -np.inf, -0.5, 2**63, np.float32(0.5), Decimal("0.5"), {"A1"}, iter("A1"),
        len, {"A1": np.nan, "A2": 1.0, "A3": 1.0, "A4": 1.0}, pd.Series(np.nan, X.columns),
        dict.fromkeys(X.columns, 0.0), dict.fromkeys(X.columns, 1e-70), {np.nan: 1.0}, {1: 1.0},
        OTHER.astype("Float64").mask(OTHER > 8), OTHER.astype(object), OTHER > 8, OTHER * 0,
        OTHER.round(0), OTHER.to_frame(), OTHER.astype("category"), OTHER.astype("float32"),
        OTHER.set_axis(pd.MultiIndex.from_product([["v"], UNITS])), OTHER.set_axis(range(40)),
        OTHER.set_axis([*UNITS[:39], np.nan]), OTHER.set_axis(pd.date_range("2020", periods=40)),
        OTHER * 1e-70,
        pd.Series([*OTHER[:39], 2**62], UNITS), np.arange(40, dtype="uint8"), [Decimal(1)] * 40,
        np.ones((40, 1)), np.array(["a", "b"]), np.zeros(40, dtype="datetime64[s]"), X.to_dict(),
        X.astype("Float64"), X.set_axis(range(4), axis=1), {"a": ["b"], "b": []}, {"u00": "u01"},
        {"u00": ["u00"], "u01": ["u00", "u00"]}, X.assign(A1=X["A2"]), -X, X.iloc[:, ::-1],
    ]
)  # fmt: skip


def swapped(frame, name, values):
    out = frame.copy()
    out[name] = values
    return out


DAMAGE = [
    lambda f: swapped(f, f.columns[0], "N/A"),
    lambda f: swapped(f, f.columns[0], np.nan),
    lambda f: swapped(f, f.columns[0], np.inf),
    lambda f: swapped(f, f.columns[0], 3.0),
    lambda f: swapped(f, f.columns[0], f[f.columns[-1]]),
    lambda f: swapped(f, f.columns[0], [1e90] * len(f)),
    lambda f: swapped(f, f.columns[0], [None, *["8,5"] * (len(f) - 1)]),
    lambda f: swapped(f, f.columns[0], pd.to_datetime("2021-01-01")),
    lambda f: swapped(f, f.columns[0], pd.array([pd.NA, *range(len(f) - 1)], dtype="Int64")),
    lambda f: swapped(f, f.columns[0], np.where(np.arange(len(f)) == 3, 1.0, 0.0)),
    lambda f: f.assign(**{c: f[c] * 1e13 for c in f.select_dtypes("float").columns[:1]}),
    lambda f: f.assign(**{c: f[c] * 1e-11 for c in f.select_dtypes("float").columns[:1]}),
    lambda f: f.assign(**{c: f[c] * 1e90 for c in f.select_dtypes("float").columns}),
    lambda f: f.mask(np.arange(f.size).reshape(f.shape) % 17 == 3),
    lambda f: pd.concat([f, f.iloc[:1]]),
    lambda f: pd.concat([f, f]),
    lambda f: pd.concat([f, f[[f.columns[0]]]], axis=1),
    lambda f: f.iloc[:1],
    lambda f: f.iloc[:3],
    lambda f: f.iloc[:0],
    lambda f: f.rename(columns={f.columns[0]: f.columns[0].lower() + "x"}),
    lambda f: f.rename(columns={f.columns[0]: 1, f.columns[1]: "1"}),
    lambda f: f.rename(columns={f.columns[0]: "const"}),
    lambda f: f.rename(columns={f.columns[0]: "full", f.columns[1]: "(rest)"}),
    lambda f: f.set_axis(pd.MultiIndex.from_product([["a"], f.columns]), axis=1),
    lambda f: f.sample(frac=1, random_state=3),
    lambda f: f.reset_index(drop=True),
    lambda f: f.to_dict(),
    lambda f: f.to_numpy(),
    lambda f: f.to_numpy().tolist(),
    lambda f: f.iloc[:, :1],
    lambda f: f.iloc[:, 0],
    lambda f: f.T,
    lambda f: f.astype("object"),
    lambda f: f.astype(str),
    lambda f: f.assign(year=2020),
    lambda f: f.round(0),
    lambda f: f.convert_dtypes(),
    lambda f: swapped(f, f.columns[0], np.array([2**62, 1] * len(f))[: len(f)]),
    lambda f: swapped(f, f.columns[0], np.arange(len(f)).astype("uint8")),
    lambda f: swapped(f, f.columns[0], f[f.columns[0]].astype("float32")),
    lambda f: swapped(f, f.columns[0], [Decimal(i) / 7 for i in range(len(f))]),
    lambda f: swapped(f, f.columns[0], pd.Categorical([1.0, 2.0, 3.0, 5.0] * len(f))[: len(f)]),
    lambda f: swapped(f, f.columns[0], np.arange(len(f)) % 2 == 0),
    lambda f: swapped(f, f.columns[0], pd.arrays.SparseArray(np.arange(float(len(f))))),
    lambda f: swapped(f, f.columns[0], 1e12 + np.arange(len(f)) ** 0.5),
    lambda f: swapped(f, f.columns[0], np.arange(len(f)) * 1e-300),
    lambda f: swapped(f, f.columns[0], np.arange(len(f)) + 2j),
    lambda f: swapped(f, f.columns[0], f[f.columns[-1]].rank() if len(f) else 0.0),
    lambda f: swapped(f, f.columns[0], (f[f.columns[-1]].rank() > len(f) / 2).astype(float)),
    lambda f: swapped(f, f.columns[0], [*[0.5] * (len(f) - 1), 0.5 + 1e-9]),
    lambda f: f.set_axis(pd.MultiIndex.from_product([["v"], range(len(f))])),
    lambda f: f.set_axis([(1, i) for i in range(len(f))]),
    lambda f: f.set_axis([*f.index[:-1], np.nan]),
    lambda f: f.set_axis([*f.index[:-1], None]),
    lambda f: f.set_axis(pd.date_range("2020-01-01", periods=len(f))),
    lambda f: f.set_axis([1, "1", *f.index[2:]]),
    lambda f: f.set_axis(pd.CategoricalIndex(f.index)),
    lambda f: f.set_axis(pd.CategoricalIndex(f.columns), axis=1),
    lambda f: f.set_axis(range(f.shape[1]), axis=1),
    lambda f: f.set_axis([np.nan, *f.columns[1:]], axis=1),
    lambda f: f.set_axis([None, *f.columns[1:]], axis=1),
    lambda f: f.set_axis([("a", 1), *f.columns[1:]], axis=1),
    lambda f: f.set_axis([pd.Timestamp("2020-01-01"), *f.columns[1:]], axis=1),
    *(
        lambda f, name=name: f.rename(columns={f.columns[1]: name})
        for name in ("outcome", "total", "year", "province_id", "index", "rank", "group", "part",
                     "Intercept", "intercept", "time", "unit", "level_0", "weight", "other", "y")
    ),
]  # fmt: skip


@st.composite
def calls(draw):
    """A function with its arguments, one or two of them wrong."""
    function = draw(st.sampled_from(list(FUNCTIONS)))
    good, confirm = FUNCTIONS[function]
    names = list(inspect.signature(function).parameters)
    defaults = {
        n: p.default
        for n, p in inspect.signature(function).parameters.items()
        if p.default is not p.empty
    }
    given = {**defaults, **good}
    for _ in range(draw(st.integers(1, 2))):
        tables = [n for n in good if isinstance(good[n], pd.DataFrame)]
        if tables and draw(st.booleans()):
            name = draw(st.sampled_from(tables))
            if isinstance(given[name], pd.DataFrame) and len(given[name].columns) > 1:
                damage = draw(st.sampled_from(DAMAGE))
                try:
                    given[name] = damage(given[name])
                except (TypeError, ValueError, AttributeError, IndexError, KeyError):
                    continue
        else:
            given[draw(st.sampled_from(names))] = draw(VALUES)
    return function, given, confirm


@settings(
    max_examples=CALLS,
    deadline=None,
    derandomize=CALLS == 120,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(calls())
def test_a_mistake_is_answered_rightly_or_refused_by_name(call):
    function, given_, confirm = call
    many = [given_.get(n) for n in ("draws", "wild_draws", "pairs", "share_draws", "bootstrap")]
    if any(isinstance(v, int) and v > 10**6 for v in many):
        return
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        try:
            found = function(**given_)
        except StatisticsError:
            return
    if confirm is not None:
        confirm(found, given_)


def test_every_public_function_is_tried():
    public = {
        getattr(module, name)
        for module in (change, drivers, importance, ranking, uncertainty, weights)
        for name in module.__all__
        if inspect.isfunction(getattr(module, name))
    }
    apart = {ranking.value_levels, ranking.rank_numbers}  # of arrays, for other methods
    assert public - apart == set(FUNCTIONS)


def test_every_module_says_what_it_offers():
    for module in (change, drivers, inference, inputs, ranking, result, uncertainty, weights):
        assert module.__all__ == sorted(module.__all__)
        for name in module.__all__:
            assert getattr(module, name) is not None
