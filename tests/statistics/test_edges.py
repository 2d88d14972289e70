"""Where silent wrong answers hid: each against a computation of its own."""

import numpy as np
import pandas as pd
import pytest

from parstudy.errors import StatisticsError
from parstudy.statistics import drivers, importance, ranking, uncertainty, weights


@pytest.fixture
def sums():
    rng = np.random.default_rng(1)
    x = pd.DataFrame(rng.normal(size=(63, 3)), columns=["A1", "A2", "A3"])
    x["grdp"] = np.exp(rng.normal(32, 0.9, 63))
    return x.assign(y=x[["A1", "A2", "A3"]].sum(axis=1) + rng.normal(size=63))


def years_of(sums, size):
    """Three years of it, with the column in another unit."""
    when = range(3)
    made = [
        sums.assign(
            year=t,
            province_id=sums.index,
            grdp=sums["grdp"] * size * (1 + 0.1 * np.cos(sums.index * t)),
            y=sums["y"] + np.sin(sums.index * t),
        )
        for t in when
    ]
    return pd.concat(made, ignore_index=True)


@pytest.mark.parametrize("size", [1e-10, 1e4, 1e15])
def test_no_figure_depends_on_the_unit_of_measure(sums, size):
    other = sums.assign(grdp=sums["grdp"] * size)
    for frame, scale in ((sums, 1.0), (other, size)):
        x = np.column_stack([np.ones(63), frame["A1"], frame["grdp"] / scale / 1e14])
        beta = np.linalg.solve(x.T @ x, x.T @ frame["y"])  # well scaled
        left = frame["y"] - x @ beta
        fit = drivers.regression(frame, "y", ["A1", "grdp"])
        assert fit.r_squared == pytest.approx(1 - left.var() / frame["y"].var(), rel=1e-10)
        assert fit.table.loc["grdp", "estimate"] == pytest.approx(beta[2] / scale / 1e14)
    columns = ["statistic", "p_value", "df", "vif"]
    one, two = (drivers.rank_regression(f, "y", ["A1", "grdp"]).table for f in (sums, other))
    np.testing.assert_allclose(one[columns], two[columns], rtol=1e-7)
    one, two = (
        importance.shapley(f[["A1", "grdp"]], f["y"]).average_coefficients for f in (sums, other)
    )
    np.testing.assert_allclose(one.loc["A1"], two.loc["A1"], rtol=1e-9)
    np.testing.assert_allclose(one.loc["grdp"], two.loc["grdp"] * size, rtol=1e-9)
    one, two = (drivers.panel(years_of(sums, s), "y", ["A1", "grdp"]) for s in (1.0, size))
    np.testing.assert_allclose(one.tests.astype(float), two.tests.astype(float), rtol=1e-6)
    vifs = [drivers.vif(f[["A1", "A2", "grdp"]]) for f in (sums, other)]
    np.testing.assert_allclose(*vifs, rtol=1e-9)


def test_a_unit_has_one_row_a_year(sums):
    twice = pd.concat([sums, sums])
    with pytest.raises(StatisticsError, match="0, 1, 2") as caught:
        drivers.rank_regression(twice, "y", ["A1", "A2"])
    assert caught.value.code == "duplicate_unit"
    with pytest.raises(StatisticsError, match="twice"):
        drivers.rank_regression(twice.assign(year=2021), "y", ["A1", "A2"])


TURNED = pd.DataFrame(
    {
        "code": ["all", "g", "A1", "A2", "A3"],
        "parent": ["", "all", "g", "g", "all"],
        "direction": [1, -1, 1, 1, 1],
    }
)


def codes(x):
    return pd.Categorical(np.arange(len(x)) % 3)


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda x: importance.normalise(x, directions={"a1": -1}), "a1"),
        (lambda x: importance.normalise(x, directions={"A1": -100}), "A1: -100"),
        (lambda x: importance.main_effects(x, weights={"a1": 1, "A2": 1, "A3": 1}), "a1"),
        (lambda x: importance.variance_shares(x, max_scores={"a1": 1, "A2": 1, "A3": 1}), "a1"),
        (lambda x: importance.leave_one_out(x, x.sum(axis=1), weights=[1, 1, 1]), "weights"),
        (lambda x: importance.leave_one_out(x.rename(columns={"A1": "full"})), "full"),
        (lambda x: importance.variance_shares(x.rename(columns={"A1": "(rest)"})), "(rest)"),
        (lambda x: drivers.regression(x, "A1", ["A2"], clusters="A3"), "cov_type='HC3'"),
        (lambda x: drivers.rank_regression(x, "A1", ["A2"], clusters="A3"), "cov_type='HC3'"),
        (lambda x: drivers.rank_regression(x.assign(A1=np.nan), "A1", ["A2"]), "A1"),
        (lambda x: drivers.rank_regression(x, "A1", ["A2"], years=[2021]), "2021"),
        (lambda x: drivers.rank_regression(x.assign(year=1), "A1", ["A2"], years=[2021]), "2021"),
        (lambda x: drivers.regression(x, "A1", ["A1", "A2"]), "A1"),
        (lambda x: importance.gap_decomposition(x.iloc[0], x, province_total=3.0), "province_"),
        (lambda x: drivers.rank_rank(x["A1"], x["A2"], x[["A1"]]), "A1"),
        (lambda x: drivers.formula_regression(x, "A1 ~ A1 + A2"), "'A1'"),
        (
            lambda x: drivers.panel(years_of(x.assign(grdp=x["A1"], y=0), 1), "y", ["A1", "y"]),
            "'y'",
        ),
        (lambda x: drivers.mundlak(years_of(x.assign(grdp=x["A1"], y=0), 1), "y", ["y"]), "'y'"),
        # codes of places are no amounts; a formula makes a factor of them
        (lambda x: drivers.regression(x.assign(A3=codes(x)), "A1", ["A2", "A3"]), "A3"),
        (lambda x: importance.shapley(x[["A1", "A2"]].assign(A3=codes(x)), x["A3"]), "A3"),
        (lambda x: importance.composite(x, TURNED), "found g"),
    ],
)
def test_an_argument_that_would_do_nothing_or_harm_is_refused(sums, call, named):
    with pytest.raises(StatisticsError) as caught:
        call(sums[["A1", "A2", "A3"]])
    assert named in str(caught.value)


def test_a_group_without_weight_does_not_drop_out_of_the_index(sums):
    tree = pd.DataFrame(
        {
            "code": ["all", "g", "h", "A1", "A2", "A3"],
            "parent": ["", "all", "all", "g", "g", "h"],
            "weight": [1, 1, 1, 0, 0, 1],
        }
    )
    with pytest.raises(StatisticsError, match="g: A1, A2"):
        importance.composite(sums, tree)


def test_codes_may_be_numbers(sums):
    """As a file has them: 1, 2, 3; a blank parent makes floats of the others."""
    indicators = sums[["A1", "A2", "A3"]]
    tree = pd.DataFrame({"code": [9, 8, 1, 2, 3], "parent": [np.nan, 9, 8, 8, 9]})
    words = tree.astype(object).replace({9: "all", 8: "g", 1: "A1", 2: "A2", 3: "A3"})
    numbers = importance.composite(indicators.set_axis([1, 2, 3], axis=1), tree, leave_out=[2])
    named = importance.composite(indicators, words, leave_out=["A2"])
    assert numbers.top == "9"
    assert numbers.table["9"].tolist() == named.table["all"].tolist()
    carried = [importance.effective_weights(t).table["nominal_weight"] for t in (tree, words)]
    assert carried[0].tolist() == carried[1].tolist()
    with pytest.raises(StatisticsError, match="row without a code; found 3"):
        importance.composite(indicators, tree.replace({1: np.nan}))


def test_a_perfect_fit_has_no_errors(sums):
    exact = sums.assign(z=2 * sums["A1"] + sums["A2"] + 1)
    for cov_type in ("classical", "HC3"):
        fit = drivers.regression(exact, "z", ["A1", "A2"], cov_type=cov_type)
        assert fit.table["estimate"].round(9).tolist() == [1.0, 2.0, 1.0]
        assert fit.table[["std_error", "p_value", "ci_low"]].isna().all(axis=None)
        assert "perfect_fit" in set(fit.dropped["reason"])
    near = exact.assign(z=exact["z"] + 1e-9 * sums["A3"])
    assert drivers.regression(near, "z", ["A1", "A2"]).table["p_value"].notna().all()
    rows = years_of(sums, 1.0)
    rows["z"] = 3 * rows["grdp"] + rows["province_id"]
    found = drivers.panel(rows, "z", ["grdp"], wild_draws=50)
    assert found.table[["std_error", "p_value", "p_wild"]].isna().all(axis=None)
    assert "no_standard_error" in set(found.dropped["reason"])
    both = drivers.mundlak(rows, "z", ["grdp"])
    assert both.within[["std_error", "p_value"]].isna().all(axis=None)
    assert np.isnan([both.joint_f, both.joint_p]).all()
    at = pd.DataFrame({"lat": np.linspace(9, 22, len(exact)), "lon": 105.0}, exact.index)
    with pytest.raises(StatisticsError, match="perfect") as caught:
        drivers.conley_errors(drivers.regression(exact, "z", ["A1", "A2"]), at, 100.0)
    assert caught.value.code == "no_standard_error"


def test_two_units_leave_no_joint_test_of_their_means(sums):
    """Residuals of each unit add up to nothing: their covariance is float noise."""
    rows = years_of(sums, 1.0)
    two = rows[rows["province_id"].isin(rows["province_id"].unique()[:2])]
    found = drivers.mundlak(two.assign(z=two["grdp"] + two["A1"]), "z", ["grdp"])
    assert found.means["std_error"].isna().all()
    assert np.isnan([found.joint_f, found.joint_p]).all()


def test_one_rule_for_float_ties_in_all_ranks():
    noisy = pd.DataFrame({"a": [0.3, 0.1 + 0.2, 0.5, 0.7], "b": [1.0, 2.0, 3.0, 3.0]})
    exact = noisy.round(12)
    pd.testing.assert_frame_equal(
        importance.normalise(noisy, "rank"), importance.normalise(exact, "rank")
    )
    for call in (importance.leave_one_out, lambda x: importance.main_effects(x, draws=0)):
        a, b = call(noisy).table, call(exact).table
        column = "spearman" if "spearman" in a else "spearman2"
        np.testing.assert_allclose(a[column], b[column], rtol=1e-12)
    assert ranking.rank(noisy["a"]).tolist() == [3, 3, 2, 1]


def test_large_figures_with_small_differences_are_told_apart():
    whole = np.array([10**14, 10**14 + 1, 10**14 + 7], dtype=float)
    assert ranking.rank(whole).tolist() == [3, 2, 1]
    dong = np.array([2 * 10**15, 2 * 10**15 + 1, 4 * 10**15])  # a province's GRDP
    assert ranking.rank(dong).tolist() == [3, 2, 1]
    many = 1e12 + np.arange(30) ** 0.5
    assert ranking.rank(many).tolist() == list(range(30, 0, -1))
    noisy = np.array([0.1 + 0.2, 0.3, 0.6 - 0.3]) * 1e12
    assert ranking.rank(noisy).tolist() == [1, 1, 1]


def test_correlations_keep_their_digits_beside_a_large_constant(sums):
    large = sums[["A1", "A2", "A3"]].assign(A1=1e12 + np.arange(63) ** 0.5)
    small = large.assign(A1=large["A1"] - 1e12)  # exact
    groups = {"g": ["A1", "A2"], "h": ["A3"]}
    one, two = (weights.correlation_audit(x, groups).pairs["r"] for x in (small, large))
    np.testing.assert_allclose(one, two, atol=1e-9)
    one, two = (weights.weight_systems(x).table for x in (small, large))
    np.testing.assert_allclose(one, two, atol=1e-9)
    one, two = (importance.cronbach_alpha(x) for x in (small, large))
    np.testing.assert_allclose(one.table, two.table, atol=1e-9)
    assert one.standardised == pytest.approx(two.standardised, abs=1e-9)


def test_a_regressor_of_tiny_figures_varies(sums):
    rows = years_of(sums, 1.0)
    plain = drivers.panel(rows, "y", ["A3", "grdp"]).table
    tiny = drivers.panel(rows.assign(grdp=rows["grdp"] * 1e-27), "y", ["A3", "grdp"]).table
    np.testing.assert_allclose(plain["p_value"], tiny["p_value"], rtol=1e-6)
    with pytest.raises(StatisticsError, match="grdp"):
        drivers.panel(rows.assign(grdp=rows["grdp"] * 1e80), "y", ["grdp"])


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda x: drivers.vif(x.assign(B=x["A1"] * 2)), "collinear"),
        (lambda x: drivers.vif(x.iloc[:3]), "too_few_rows"),
        (lambda x: drivers.vif(x.assign(A1=1.0)), "constant_column"),
        (lambda x: drivers.vif(x.assign(A1=np.nan)), "missing_value"),
        (lambda x: drivers.condition_number(x.assign(A1="a")), "not_a_number"),
        (lambda x: drivers.adjust_pvalues(["a"]), "not_a_number"),
        (lambda x: drivers.regression(None, "A1", ["A2"]), "not_a_table"),
        (lambda x: drivers.regression(x.to_dict(), "A1", ["A2"]), "not_a_table"),
        (
            lambda x: drivers.regression(x.rename(columns={"A1": 1, "A2": "1"}), "A3", [1, "1"]),
            "duplicate_column",
        ),
        (lambda x: importance.shapley(x, exact_up_to="a"), "not_a_whole_number"),
        (lambda x: importance.shapley(x, seed=-1), "not_a_whole_number"),
        (lambda x: ranking.fractional_rank(x["A1"], "a"), "bad_tie_rule"),
        (lambda x: ranking.groups([50.0], {}), "bad_thresholds"),
        (lambda x: ranking.survey_standard_errors([50.0], "a"), "not_a_number"),
        (lambda x: drivers.identity_check(x, x["A1"], tolerance="a"), "not_a_number"),
        (lambda x: importance.gap_decomposition(x.stack(), x.stack()), "not_a_name"),
        (lambda x: drivers.external(x, x["A1"], seed="a"), "not_a_whole_number"),
        (lambda x: drivers.formula_regression(x, "A1 ~ A2 (A3"), "bad_formula"),
        (lambda x: drivers.formula_regression(x, "A1 ~ A2 + 1 / 0"), "bad_formula"),
        (lambda x: ranking.rank([2**53, 2**53 + 1]), "too_many_digits"),
        (lambda x: ranking.survey_standard_errors([0.85, 0.9], 400), "not_a_percentage"),
        (
            lambda x: uncertainty.sobol_shares(
                lambda v: 1.0, {"a": np.arange(9.0)}, {"a": np.ones(9)}
            ),
            "not_a_model",
        ),
    ],
)
def test_what_used_to_crash_is_refused(sums, call, code):
    with pytest.raises(StatisticsError) as caught:
        call(sums[["A1", "A2", "A3"]])
    assert caught.value.code == code
