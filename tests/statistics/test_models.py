"""Formulas, neighbours, power, specification curves and Mundlak's model."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

from parstudy.errors import StatisticsError
from parstudy.statistics import change, drivers


@pytest.fixture
def units():
    rng = np.random.default_rng(5)
    frame = pd.DataFrame(
        {
            "x": rng.normal(size=60),
            "w": rng.normal(size=60),
            "region": rng.choice(["north", "centre", "south"], 60),
        },
        index=[f"u{i:02d}" for i in range(60)],
    )
    slope = frame["region"].map({"north": 1.0, "centre": 2.0, "south": -1.0})
    frame["y"] = slope * frame["x"] + 0.5 * frame["w"] + rng.normal(size=60)
    return frame


# --- formulas ------------------------------------------------------------------------------------


@pytest.mark.parametrize("formula", ["y ~ x + C(region)", "y ~ x * C(region) + w", "y ~ x:w + x"])
def test_a_formula_gives_what_statsmodels_gives(units, formula):
    found = drivers.formula_regression(units, formula, degrees="residual")
    plain = smf.ols(formula, units).fit(cov_type="HC3", use_t=True)
    renamed = [name.replace("const", "Intercept") for name in found.table.index]
    np.testing.assert_allclose(found.table["estimate"], plain.params[renamed], rtol=1e-9)
    np.testing.assert_allclose(found.table["std_error"], plain.bse[renamed], rtol=1e-9)
    np.testing.assert_allclose(found.table["p_value"], plain.pvalues[renamed], atol=1e-10)


def test_predictions_and_contrasts_are_those_of_statsmodels(units):
    formula = "y ~ x * region"
    fit = drivers.formula_regression(units, formula, cov_type="classical")
    plain = smf.ols(formula, units).fit()
    rows = pd.DataFrame({"x": [0.0, 1.0, 2.0], "region": ["north", "south", "centre"]})
    said, theirs = drivers.predict(fit, rows).table, plain.get_prediction(rows).summary_frame()
    np.testing.assert_allclose(said["estimate"], theirs["mean"], rtol=1e-9)
    np.testing.assert_allclose(said["std_error"], theirs["mean_se"], rtol=1e-9)
    np.testing.assert_allclose(said["ci_low"], theirs["mean_ci_lower"], rtol=1e-9)
    high, low = rows.assign(x=1.0), rows.assign(x=0.0)
    slope = drivers.contrast(fit, high, low).table
    order = [name.replace("const", "Intercept") for name in fit.model.model.exog_names]
    for place, region in enumerate(rows["region"]):
        weight = pd.Series(0.0, index=order)
        weight["x"] = 1.0
        if region != "centre":
            weight[f"x:region[T.{region}]"] = 1.0
        test = plain.t_test(weight[plain.params.index].to_numpy())
        assert slope["estimate"].iloc[place] == pytest.approx(float(test.effect[0]))
        assert slope["std_error"].iloc[place] == pytest.approx(float(test.sd[0, 0]))


def test_rows_with_blanks_are_named_and_clusters_follow(units):
    units.iloc[4, 0] = np.nan
    found = drivers.formula_regression(
        units, "y ~ x + w", cov_type="cluster", clusters="region", small_sample="stata"
    )
    assert found.dropped["name"].tolist() == ["u04"]
    assert found.n == 59
    assert found.errors.n_clusters == 3


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda u: drivers.formula_regression(u, "y ~ xx"), "xx"),
        (lambda u: drivers.formula_regression(u, "y ~ x +"), "formula"),
        (lambda u: drivers.formula_regression(u, "y"), "outcome ~ regressors"),
        (lambda u: drivers.formula_regression(u, None), "formula"),
        (lambda u: drivers.formula_regression(u, "y ~ x - 1"), "constant"),
        (lambda u: drivers.formula_regression(u, "region ~ x"), "region"),
        (lambda u: drivers.formula_regression(u.to_dict(), "y ~ x"), "table"),
        (lambda u: drivers.formula_regression(u.iloc[:3], "y ~ x * region"), "rows"),
        (lambda u: drivers.predict(None, u), "formula"),
        (
            lambda u: drivers.predict(
                drivers.formula_regression(u, "y ~ x + region"),
                pd.DataFrame({"x": [1.0], "region": ["east"]}),
            ),
            "does not know",
        ),
        (
            lambda u: drivers.predict(
                drivers.formula_regression(u, "y ~ x + w"), pd.DataFrame({"x": [1.0]})
            ),
            "w",
        ),
    ],
)
def test_a_formula_that_cannot_be_fitted_is_refused_by_name(units, call, named):
    with pytest.raises(StatisticsError) as caught:
        call(units)
    assert named in str(caught.value)


# --- neighbours ----------------------------------------------------------------------------------


def grid(k):
    """Cells of a k × k grid and those beside them (rook)."""
    cells = [(i, j) for i in range(k) for j in range(k)]
    return {
        f"{i}{j}": [f"{a}{b}" for a, b in cells if abs(a - i) + abs(b - j) == 1] for i, j in cells
    }


def test_a_lecture_on_spatial_statistics():
    """D. Zimmerman, University of Iowa: the toy example of Moran's test, by R's spdep.

    https://homepage.divms.uiowa.edu/~dzimmer/spatialstats/moran-geary-toy: cells of a 5 × 5 grid,
    and the constants of the weights that spdep prints for it.
    """
    printed = [5, 4, 4, 4, 4, 5, 5, 5, 3, 3, 1, 5, 2, 3, 4, 1, 1, 2, 2, 3, 1, 2, 1, 2, 3]
    beside = grid(5)
    values = pd.Series(printed, index=list(beside), dtype=float)
    found = drivers.moran(values, beside)
    assert found.constants["s0"] == pytest.approx(25)
    assert found.constants["s1"] == pytest.approx(16.19444, abs=5e-6)
    assert found.constants["s2"] == pytest.approx(100.6667, abs=5e-5)
    by_hand = 0.0
    z = values - values.mean()
    for unit, others in beside.items():
        by_hand += z[unit] * z[others].mean()
    assert found.statistic == pytest.approx(by_hand / (z**2).sum())
    assert found.p_value < 0.01
    assert found.p_permutation < 0.01


def test_moments_of_moran_are_those_of_all_arrangements():
    rng = np.random.default_rng(2)
    values = pd.Series(rng.exponential(size=16), index=list(grid(4)))
    found = drivers.moran(values, grid(4), draws=0)
    drawn = [
        drivers.moran(
            pd.Series(rng.permutation(values.to_numpy()), index=values.index), grid(4), draws=0
        ).statistic
        for _ in range(1500)
    ]
    assert np.mean(drawn) == pytest.approx(found.expected, abs=0.02)
    assert np.std(drawn) == pytest.approx(found.std_error, rel=0.08)
    board = pd.Series([1.0 if (i + j) % 2 else -1.0 for i in range(4) for j in range(4)],
                      index=values.index)  # fmt: skip
    assert drivers.moran(board, grid(4)).statistic == pytest.approx(-1)


def test_a_table_of_weights_says_what_a_mapping_says():
    values = pd.Series(np.arange(9.0) ** 2, index=list(grid(3)))
    table = pd.DataFrame(0.0, index=values.index, columns=values.index)
    for unit, others in grid(3).items():
        table.loc[unit, others] = 1.0
    one, two = drivers.moran(values, grid(3)), drivers.moran(values, table.sample(frac=1))
    assert one.statistic == pytest.approx(two.statistic)
    with pytest.raises(StatisticsError, match="00"):
        drivers.moran(values, table.drop(index="00"))
    with pytest.raises(StatisticsError, match="99"):
        drivers.moran(values, {**grid(3), "00": ["99"]})


def test_errors_after_conley_are_the_sum_over_near_pairs(units):
    rng = np.random.default_rng(8)
    at = pd.DataFrame(rng.uniform(0, 10, (60, 2)), index=units.index, columns=["a", "b"])
    fit = drivers.regression(units, "y", ["x", "w"], cov_type="HC0", degrees="residual")
    near = drivers.conley_errors(fit, at, 0.0, latlon=False)
    np.testing.assert_allclose(near["std_error"], fit.table["std_error"], rtol=1e-9)
    found = drivers.conley_errors(fit, at.sample(frac=1), 2.0, latlon=False)
    x = np.column_stack([np.ones(60), units["x"], units["w"]])
    e = np.asarray(fit.model.resid)
    bread, meat = np.linalg.inv(x.T @ x), np.zeros((3, 3))
    for i in range(60):
        for j in range(60):
            if np.hypot(*(at.iloc[i] - at.iloc[j])) <= 2.0:
                meat += e[i] * e[j] * np.outer(x[i], x[j])
    wanted = np.sqrt(np.diag(bread @ meat @ bread))
    np.testing.assert_allclose(found["std_error"], wanted, rtol=1e-9)
    with pytest.raises(StatisticsError, match="cutoff"):
        drivers.conley_errors(fit, at, 1e6, latlon=False)  # all near: no variance but noise
    cities = pd.DataFrame({"lat": [21.0285, 10.7769], "lon": [105.8542, 106.7009]})
    assert drivers.nearest(cities, 1) == {0: [1], 1: [0]}
    with pytest.raises(StatisticsError, match="degrees"):
        drivers.conley_errors(fit, at * 100, 1.0)


# --- power, curves, panels -----------------------------------------------------------------------


def test_power_is_what_r_prints():
    """Examples of R's package pwr (Cohen 1988, exercises 3.1 and 3.4)."""
    assert drivers.correlation_power(0.3, 50) == pytest.approx(0.5715558, abs=5e-8)
    sizes = [n for n in range(50, 120) if drivers.correlation_power(0.3, n) >= 0.8]
    assert sizes[0] == 85  # n = 84.07364
    r = drivers.smallest_correlation(63, power=0.9)
    assert drivers.correlation_power(r, 63) == pytest.approx(0.9)
    rng = np.random.default_rng(1)
    hits = 0
    for _ in range(2000):
        x = rng.normal(size=63)
        y = 0.3 * x + (1 - 0.09) ** 0.5 * rng.normal(size=63)
        hits += abs(np.corrcoef(x, y)[0, 1]) > 0.2480  # the border at 5 %
    assert hits / 2000 == pytest.approx(drivers.correlation_power(0.3, 63), abs=0.03)
    with pytest.raises(StatisticsError, match="r"):
        drivers.correlation_power(1.5, 63)


def test_between_variance_after_paule_and_mandel_is_what_is_printed():
    """Thirteen trials of BCG (Berkey and others 1995), log risk ratios: tau² 0.3180.

    Printed at https://www.gradmeta.com/metovix-validation-report.html, to what its rounding of
    the ratios leaves.
    """
    trials = np.array(
        [
            [4, 119, 11, 128], [6, 300, 29, 274], [3, 228, 11, 209], [62, 13536, 248, 12619],
            [33, 5036, 47, 5761], [180, 1361, 372, 1079], [8, 2537, 10, 619],
            [505, 87886, 499, 87892], [29, 7470, 45, 7232], [17, 1699, 65, 1600],
            [186, 50448, 141, 27197], [5, 2493, 3, 2338], [27, 16886, 29, 17825],
        ]
    )  # fmt: skip
    a, b, c, d = trials.T
    y = np.log(a / (a + b) / (c / (c + d)))
    se = np.sqrt(1 / a - 1 / (a + b) + 1 / c - 1 / (c + d))
    found = change.shrink(pd.Series(y), se)
    assert found.between_sd**2 == pytest.approx(0.3180, abs=1e-4)


def test_a_curve_is_every_regression(units):
    found = drivers.specification_curve(
        units.assign(z=units["y"] + 1), ["y", "z"], "x", ["w"],
        samples={"north": units["region"].eq("north").to_numpy()},
    )  # fmt: skip
    assert len(found.table) == 8
    for row in found.table.to_dict("records"):
        rows = units if row["sample"] == "all" else units[units["region"] == "north"]
        plain = drivers.regression(rows, "y", ["x", *(["w"] if row["controls"] else [])])
        assert row["estimate"] == pytest.approx(plain.table.loc["x", "estimate"])
        assert row["p_value"] == pytest.approx(plain.table.loc["x", "p_value"])
    assert found.table["estimate"].is_monotonic_increasing
    with pytest.raises(StatisticsError, match="x"):
        drivers.specification_curve(units, "y", "x", ["x"])
    with pytest.raises(StatisticsError, match="1024"):
        drivers.specification_curve(
            units.assign(**{f"c{i}": units["x"] for i in range(11)}), "y", "w",
            [f"c{i}" for i in range(11)],
        )  # fmt: skip


@pytest.mark.parametrize("holes", [False, True])
def test_the_within_slopes_of_mundlak_are_those_of_fixed_effects(holes):
    rng = np.random.default_rng(9)
    rows = pd.DataFrame(
        {"province_id": np.repeat([f"u{i}" for i in range(20)], 5), "year": list(range(5)) * 20}
    )
    level = np.repeat(rng.normal(size=20), 5)
    rows["x"] = level + rng.normal(size=100)
    rows["y"] = 1.5 * rows["x"] + 2 * level + 0.3 * rows["year"] + rng.normal(size=100)
    if holes:
        rows = rows.drop(index=[3, 17, 55, 56])
    found = drivers.mundlak(rows, "y", ["x"])
    fixed = drivers.panel(rows, "y", ["x"])
    assert found.within.loc["x", "estimate"] == pytest.approx(
        fixed.table.loc["x", "estimate"], rel=1e-8
    )
    assert found.joint_p < 0.01
    assert found.means.index.tolist() == ["mean of x"]
    with pytest.raises(StatisticsError, match="u0 0"):
        drivers.mundlak(pd.concat([rows, rows.iloc[:1]]), "y", ["x"])
