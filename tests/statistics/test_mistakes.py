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
from scipy.stats import norm, rankdata, spearmanr
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
    if isinstance(outcome, pd.DataFrame):
        outcome = outcome.iloc[:, 0]
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
    components = a["components"]
    if components is None:  # all areas
        components = [c for c in a["data"] if str(c)[:1] == "A" and str(c)[1:].isdigit()]
    asked = [*inputs.names_of(components, ""), *inputs.names_of(a["covariates"], "")]
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
    if not isinstance(a["x"], pd.Series) or not isinstance(a["y"], pd.Series):
        return
    x, y = pd.Series(np.asarray(a["x"], float)), pd.Series(np.asarray(a["y"], float))
    keep = (x.notna() & y.notna()).to_numpy()
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


def row_of(found, name):
    """Row of a part, whatever kind of name it has."""
    return found.table.iloc[[str(label) for label in found.table.index].index(str(name))]


def few_digits(frame):
    """Whether a column is a large number with little on top, of which floats hold few digits."""
    return (np.ptp(floats(frame), axis=0) < 1e-6 * np.abs(floats(frame)).max(axis=0)).any()


def confirm_variance_shares(found, a):
    x, y = complete(*parts_and_total(a))
    y = y.iloc[:, 0]
    if few_digits(x):
        return
    for name in x.columns:
        if x[name].nunique() > 1:
            want = np.cov(x[name], y)[0, 1] / y.var()
            same(row_of(found, name)["share"], want, f"share of {name}")


def confirm_main_effects(found, a):
    x, y = complete(*parts_and_total(a))
    if few_digits(x):
        return
    for name in x.columns:
        if x[name].nunique() > 1:
            want = np.corrcoef(x[name], y.iloc[:, 0])[0, 1] ** 2
            same(row_of(found, name)["linear_r2"], want, f"effect of {name}")


def confirm_item_rest(found, a):
    x, y = parts_and_total(a)
    for name in x.columns:
        row = row_of(found, name)
        if row["reason"] == "":
            pair = pd.concat([x[name].astype(float), y.astype(float)], axis=1).dropna()
            rest = (pair.iloc[:, 1] - pair.iloc[:, 0]).round(9)
            want = spearmanr(pair.iloc[:, 0], rest).statistic
            assert row["spearman"] == pytest.approx(want, abs=2e-2), name


def confirm_shapley(found, a):
    x, y = complete(*parts_and_total(a, "outcome"))
    y = y.iloc[:, 0]
    if len(inputs.names_of(a["always"], "")) or a.get("measure") == "mcfadden":
        return
    left = y - np.column_stack([np.ones(len(x)), x]) @ ols(x, y)
    same(found.r_squared, 1 - (left**2).sum() / ((y - y.mean()) ** 2).sum(), "R²")
    same(found.table["lmg"].sum(), found.explained, "sum of shares")


def confirm_leave_one_out(found, a):
    if a.get("structure") is not None or a.get("weights") is not None:
        return
    _, y = complete(*parts_and_total(a))
    if y.abs().max(axis=None) > 1e6:
        return  # rounded below
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
    given = {} if a["directions"] is None else a["directions"]
    turn = pd.Series(given, dtype=float).reindex(x.columns).fillna(1.0)
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
    given = ("total", "contained", "covariates")
    if not isinstance(x, pd.DataFrame) or any(a[name] is not None for name in given):
        return
    y = of_outcome(x, a["outcome"])
    x = x.drop(columns=[a["outcome"]] if isinstance(a["outcome"], str) else [])
    for name in x.columns:
        pair = pd.concat([x.astype(float).sum(axis=1, skipna=False), x[name], y], axis=1)
        pair = pair.astype(float).dropna()
        row = row_of(found, name)
        if row["reason"] == "":
            want = spearmanr(pair.iloc[:, 1], pair.iloc[:, 2]).statistic
            want = -want if a["outcome_is_rank"] else want
            same(row["spearman"], want, f"Spearman of {name}")


def by_unit(values, like=None):
    """A vector as a Series by its labels."""
    if isinstance(values, dict):
        values = pd.Series(values)
    if isinstance(values, pd.DataFrame):
        values = values.iloc[:, 0]
    if not isinstance(values, pd.Series):
        given = np.asarray(values)
        values = pd.Series(given, getattr(like, "index", None) if given.ndim == 0 else None)
        if like is not None and len(like) == len(values):
            values.index = like.index
    return values.astype(float)


def confirm_vif(found, a):
    x = floats(a["frame"])
    for j in range(x.shape[1]):
        rest = np.delete(x, j, axis=1)
        left = x[:, j] - np.column_stack([np.ones(len(x)), rest]) @ ols(rest, x[:, j])
        apart = x[:, j] - x[:, j].mean()
        assert found.iloc[j] == pytest.approx((apart @ apart) / (left @ left), rel=1e-4)


def confirm_condition(found, a):
    x = floats(a["frame"])
    x = x - x.mean(axis=0) if a["standardise"] else np.column_stack([np.ones(len(x)), x])
    s = np.linalg.svd(x / np.linalg.norm(x, axis=0), compute_uv=False)
    want = s[0] / s[-1]
    # the smallest singular value is known to some 1e-16 of the largest
    assert found == pytest.approx(want, rel=max(1e-4, 1e-14 * want))


def confirm_score_changes(found, a):
    old = by_unit(a["before"])
    new = by_unit(a["after"])
    errors = [by_unit(a[f"se_{time}"], own) for time, own in (("before", old), ("after", new))]
    for unit, row in found.table.iterrows():
        assert row["estimate"] == pytest.approx(new[unit] - old[unit])
        z = row["estimate"] / np.hypot(errors[0][unit], errors[1][unit])
        assert row["p_value"] == pytest.approx(2 * norm.sf(abs(z)), rel=1e-6, abs=1e-12)
    same(found.table["p_bh"], multipletests(found.table["p_value"], method="fdr_bh")[1], "p")


def confirm_rank_changes(found, a):
    t = found.table
    assert (t["lower"] <= t["change_rank"]).all()
    assert (t["change_rank"] <= t["upper"]).all()
    places = [rankdata(-by_unit(a[time])[t.index].round(11), "min") for time in ("before", "after")]
    same(t["change_rank"], places[0] - places[1], "places won")


def confirm_shrink(found, a):
    y = by_unit(a["scores"]).dropna()
    v = by_unit(a["standard_errors"], by_unit(a["scores"]))[y.index] ** 2
    w = 1 / (found.between_sd**2 + v)
    mean = (w * y).sum() / w.sum()
    same(found.table["shrunk"], mean + found.between_sd**2 * w * (y - mean), "shrunk scores")
    if found.between_sd > 0:
        assert (w * (y - mean) ** 2).sum() == pytest.approx(len(y) - 1, rel=1e-6)


def confirm_counts(found, a):
    counts = by_unit(a["counts"])
    same(found.table["rank"].astype(float), rankdata(-counts, "min"), "places")
    assert (found.table["lower"] <= found.table["rank"]).all()
    assert (found.table["rank"] <= found.table["upper"]).all()


def confirm_systems(found, a):
    (x,) = complete(a["parts"])
    if few_digits(x):
        return
    r = np.corrcoef(x.to_numpy().T)
    assert found.explained == pytest.approx(np.linalg.eigvalsh(r)[-1] / len(r), rel=1e-6)
    assert np.abs(found.table["pca"]).sum() == pytest.approx(1)
    assert found.table["covariance_share"].sum() == pytest.approx(1)


def confirm_audit(found, a):
    (x,) = complete(a["parts"])
    x.columns = [str(c) for c in x.columns]
    for row in found.pairs.to_dict("records"):
        want = np.corrcoef(x[str(row["a"])], x[str(row["b"])])[0, 1]
        assert row["r"] == pytest.approx(want, abs=1e-7)


def confirm_uncertainty(found, a):
    first = (inputs.names_of(a["scales"], "")[0], inputs.names_of(a["aggregations"], "")[0])
    if first != ("points", "arithmetic") or a["weights"] is not None or a["max_scores"] is not None:
        return
    (x,) = complete(a["parts"])
    if x.abs().max(axis=None) < 1e6:
        same(found.table["rank"], rankdata(-x.mean(axis=1).round(9), "min"), "places as it is")
    same(found.places.sum(axis=1), 1, "chances of places")


def confirm_moran(found, a):
    if isinstance(a["neighbours"], pd.DataFrame) or not a["standardise"]:
        return
    x, z = found.table["value"], found.table["value"] - found.table["value"].mean()
    pairs, n = 0.0, 0
    for unit in x.index:
        beside = a["neighbours"][unit]
        near = [o for o in dict.fromkeys([beside] if isinstance(beside, str) else beside)
                if o in x.index and o != unit]  # fmt: skip
        pairs += z[unit] * z[near].mean() if near else 0.0
        n += bool(near)
    assert found.statistic == pytest.approx(len(x) / n * pairs / (z**2).sum(), rel=1e-6)


def confirm_nearest(found, a):
    at = pd.DataFrame(a["coordinates"]).astype(float)
    lat, lon = np.radians(at.to_numpy()).T
    xyz = np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
    for place, unit in enumerate(at.index):
        chord = pd.Series(np.linalg.norm(xyz - xyz[place], axis=1), at.index).drop(unit)
        assert chord[found[unit]].max() <= np.sort(chord)[a["k"] - 1] + 1e-9


def confirm_conley(found, a):
    if a["fit"] is not PLAIN:
        return
    at = pd.DataFrame(a["coordinates"]).astype(float).reindex(TABLE.index)
    at = np.radians(at.to_numpy()) if a["latlon"] else at.to_numpy()
    x = np.column_stack([np.ones(40), TABLE["A1"]])
    e = TABLE["other"] - x @ ols(x[:, 1:], TABLE["other"])
    bread, meat = np.linalg.inv(x.T @ x), np.zeros((2, 2))
    for i in range(40):
        (u, v), (p, q) = at[i], at.T
        if a["latlon"]:
            cos = np.sin(u) * np.sin(p) + np.cos(u) * np.cos(p) * np.cos(v - q)
            apart = 6371.0088 * np.arccos(np.clip(cos, -1, 1))
            apart[i] = 0.0
        else:
            apart = np.hypot(u - p, v - q)
        for j in np.flatnonzero(apart <= a["cutoff"]):
            meat += e.iloc[i] * e.iloc[j] * np.outer(x[i], x[j])
    same(found["std_error"], np.sqrt(np.diag(bread @ meat @ bread)), "Conley's errors")


def confirm_groups(found, a):
    percent = by_unit(a["percent"], found)
    if not isinstance(a["thresholds"], dict):
        return
    bounds = sorted(
        ((float(low), str(name)) for name, low in a["thresholds"].items()), reverse=True
    )
    for value, group in zip(percent.round(10), found, strict=True):
        fits = [name for low, name in bounds if value >= low]
        assert group == fits[0] if fits else pd.isna(group)


def confirm_survey(found, a):
    p = by_unit(a["percent"])
    size = by_unit(a["sample_size"], p).reindex(p.index)
    same(found, np.sqrt(a["design_effect"] * p * (100 - p) / size), "errors")


def confirm_fractional(found, a):
    values = by_unit(a["values"], found)
    seen = values.notna()
    if values[seen].abs().max() < 1e6:
        sign = 1 if a["ascending"] else -1
        low, high = (rankdata(sign * values[seen].round(11), how) for how in ("min", "max"))
        same(found["irank"][seen], (1 - a["omega"]) * low + a["omega"] * high, "ranks")


def confirm_gap(found, a):
    own = by_unit(a["province"])
    other = a["reference"]
    other = other.astype(float).mean() if isinstance(other, pd.DataFrame) else by_unit(other)
    for part, row in found.table.iterrows():
        if part in own.index and part in other.index and not pd.isna(row["gap"]):
            assert row["gap"] == pytest.approx(own[part] - other[part], abs=1e-9)


def confirm_effective(found, a):
    leaves = found.table.loc[found.table["level"].eq(0), "nominal_weight"]
    tops = int(found.table["parent"].eq("").sum())
    assert leaves.sum() == pytest.approx(1) or tops > 1


def confirm_formula(found, a):
    y, x = found.model.model.endog, found.model.model.exog
    assert len(y) == found.n
    size = np.linalg.norm(x, axis=0)
    beta = np.linalg.lstsq(x / size, y, rcond=None)[0] / size
    same(found.table["estimate"], beta[: len(found.table)], "slopes")


def confirm_predict(found, a):
    if a["fit"] is not FORMULA or not isinstance(a["data"], pd.DataFrame):
        return
    b = FORMULA.table["estimate"]
    if found.table.index.is_unique and {"A1", "g"} <= set(a["data"]):
        for (x, g), said in zip(
            a["data"][["A1", "g"]].to_numpy(), found.table["estimate"], strict=True
        ):
            more = [f"g[T.{g}]", f"A1:g[T.{g}]"]
            want = b["const"] + b["A1"] * x + b.get(more[0], 0.0) + b.get(more[1], 0.0) * x
            if "base" not in a:
                assert said == pytest.approx(want, rel=1e-6)


def confirm_power(found, a):
    assert 1 - a.get("confidence", 0.95) - 1e-9 <= found <= 1 or found <= 1


def confirm_identity(found, a):
    x, y = complete(a["parts"], of_outcome(pd.DataFrame(a["parts"]), a["total"]))
    apart = (x.sum(axis=1) - y.iloc[:, 0]).abs().max()
    if apart < 1e-9 * max(1.0, y.abs().max(axis=None)):
        assert found.is_identity


def confirm_mundlak(found, a):
    if not a["time_effects"] or not isinstance(a["data"], pd.DataFrame):
        return
    try:
        again = drivers.panel(
            a["data"], a["outcome"], a["regressors"], unit=a["unit"], time=a["time"]
        )
    except StatisticsError:
        return
    both = [n for n in found.within.index if n in again.table.index]
    same(found.within.loc[both, "estimate"], again.table.loc[both, "estimate"], "within slopes")


def confirm_curve(found, a):
    for row in found.table.dropna(subset=["estimate"]).to_dict("records")[:3]:
        if row["sample"] == "all" and row["controls"] == "":
            pair = a["data"][[row["outcome"], a["focus"]]].astype(float).dropna()
            beta = ols(pair.iloc[:, 1:], pair.iloc[:, 0])
            assert row["estimate"] == pytest.approx(beta[1], rel=1e-5)


def confirm_sobol(found, a):
    assert set(found.columns) == {"first", "first_error", "total", "total_error"}
    assert (found["total"] >= -1e-12).all()


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
    drivers.identity_check: ({"parts": X, "total": TOTAL}, confirm_identity),
    drivers.item_rest: ({"parts": X}, confirm_item_rest),
    drivers.select: ({"parts": X, "outcome": OTHER, "pairs": 3}, None),
    drivers.vif: ({"frame": X}, confirm_vif),
    drivers.condition_number: ({"frame": X}, confirm_condition),
    drivers.adjust_pvalues: ({"p": [0.01, 0.04, 0.03]}, confirm_adjusted),
    drivers.formula_regression: ({"data": TABLE, "formula": "other ~ A1 + g"}, confirm_formula),
    drivers.predict: ({"fit": FORMULA, "data": TABLE.iloc[:3]}, confirm_predict),
    drivers.contrast: (
        {"fit": FORMULA, "data": TABLE.iloc[:3], "base": TABLE.iloc[3:4]}, confirm_predict,
    ),
    drivers.moran: ({"values": OTHER, "neighbours": BESIDE, "draws": 9}, confirm_moran),
    drivers.conley_errors: ({"fit": PLAIN, "coordinates": PLACES, "cutoff": 50.0}, confirm_conley),
    drivers.nearest: ({"coordinates": PLACES}, confirm_nearest),
    drivers.correlation_power: ({"r": 0.3, "n": 63}, confirm_power),
    drivers.smallest_correlation: ({"n": 63}, None),
    drivers.mundlak: ({"data": PANEL, "outcome": "y", "regressors": ["x", "z"]}, confirm_mundlak),
    drivers.specification_curve: (
        {"data": TABLE, "outcomes": "other", "focus": "A1", "controls": ["A2"]}, confirm_curve,
    ),
    change.score_changes: (
        {"before": X["A1"], "after": X["A2"], "se_before": 0.5, "se_after": 0.5},
        confirm_score_changes,
    ),
    change.rank_changes: (
        {"before": X["A1"], "after": X["A2"], "se_before": 0.5, "se_after": 0.5, "draws": 60},
        confirm_rank_changes,
    ),
    change.shrink: ({"scores": OTHER, "standard_errors": 0.4, "draws": 100}, confirm_shrink),
    change.rank_sets_of_counts: ({"counts": {"a": 30, "b": 20, "c": 9}}, confirm_counts),
    weights.weight_systems: ({"parts": X}, confirm_systems),
    weights.correlation_audit: (
        {"parts": X, "groups": {"g": ["A1", "A2"], "h": ["A3", "A4"]}}, confirm_audit,
    ),
    uncertainty.index_uncertainty: (
        {"parts": X, "draws": 100, "share_draws": 10}, confirm_uncertainty,
    ),
    uncertainty.sobol_shares: (
        {"model": lambda x: x["a"] + x["b"], "one": {"a": np.arange(9.0), "b": np.ones(9)},
         "other": {"a": np.ones(9), "b": np.arange(9.0)}}, confirm_sobol,
    ),
    importance.variance_shares: ({"parts": X}, confirm_variance_shares),
    importance.main_effects: ({"parts": X, "draws": 5}, confirm_main_effects),
    importance.shapley: ({"parts": X, "outcome": OTHER}, confirm_shapley),
    importance.gap_decomposition: ({"province": X.iloc[0], "reference": X}, confirm_gap),
    importance.cronbach_alpha: ({"items": X}, confirm_cronbach),
    importance.leave_one_out: ({"parts": X}, confirm_leave_one_out),
    importance.composite: ({"indicators": X, "structure": TREE}, confirm_composite),
    importance.effective_weights: ({"structure": TREE}, confirm_effective),
    importance.normalise: ({"indicators": X}, confirm_normalise),
    ranking.rank: ({"values": OTHER}, confirm_rank),
    ranking.groups: ({"percent": OTHER, "thresholds": {"A": 9, "B": 8, "C": 0}}, confirm_groups),
    ranking.fractional_rank: ({"values": OTHER}, confirm_fractional),
    ranking.survey_standard_errors: ({"percent": X["A1"], "sample_size": 100}, confirm_survey),
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
                    with warnings.catch_warnings():
                        warnings.simplefilter("ignore")
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
    for module in (change, drivers, inference, ranking, result, uncertainty, weights):
        assert module.__all__ == sorted(module.__all__)
        for name in module.__all__:
            assert getattr(module, name) is not None
