import itertools

import numpy as np
import pandas as pd
import pytest

from parstudy import charts
from parstudy.display import Language
from parstudy.errors import StatisticsError
from parstudy.statistics import _shapley, drivers, importance


def said(result, lang):
    return " ".join(charts.sentences(result, Language(lang)))


def test_variance_shares_sum_to_one_and_are_covariances(areas):
    total = areas.sum(axis=1)
    result = importance.variance_shares(areas, max_scores=dict.fromkeys(areas, 10))
    assert result.table["share"].sum() == pytest.approx(1, abs=1e-12)
    assert result.table.loc["A3", "share"] == pytest.approx(
        areas["A3"].cov(total) / total.var(), abs=1e-12
    )
    assert result.table["nominal_share"].tolist() == [0.125] * 8
    assert result.table.loc["A8", "n_at_top"] == (areas["A8"] == areas["A8"].max()).sum()


def test_variance_shares_show_what_the_parts_do_not_cover(areas):
    total = areas.sum(axis=1)
    result = importance.variance_shares(areas[["A1", "A2"]], total)
    assert result.table.index.tolist() == ["A1", "A2", "(rest)"]
    assert result.table["share"].sum() == pytest.approx(1, abs=1e-12)


def test_variance_shares_of_a_constant_part_are_zero(areas):
    areas["A1"] = 7.0
    row = importance.variance_shares(areas).table.loc["A1"]
    assert row["constant"]
    assert row["share"] == 0


def test_variance_shares_refuse_a_constant_total():
    frame = pd.DataFrame({"a": [1.0, 2, 3], "b": [3.0, 2, 1]})
    with pytest.raises(StatisticsError) as caught:
        importance.variance_shares(frame)
    assert caught.value.code == "constant_total"


def test_variance_shares_name_the_units_they_lack(areas):
    areas.loc["unit-07", "A2"] = np.nan
    result = importance.variance_shares(areas)
    assert result.n == 62
    assert result.dropped["name"].tolist() == ["unit-07"]
    assert "unit-07" in said(result, "vi")


# --- main effects --------------------------------------------------------------------------------


def test_linear_main_effect_is_the_squared_correlation_with_a_band(areas):
    total = areas.sum(axis=1)
    result = importance.main_effects(areas, weights=dict.fromkeys(areas, 10.0), seed=2)
    row = result.table.loc["A5"]
    assert row["effect"] == pytest.approx(areas["A5"].corr(total) ** 2, abs=1e-12)
    assert row["low"] < row["effect"] < row["high"]
    assert row["nominal_weight"] == 0.125
    assert result.table["effect_share"].sum() == pytest.approx(1)
    again = importance.main_effects(areas, weights=dict.fromkeys(areas, 10.0), seed=2)
    pd.testing.assert_frame_equal(result.table, again.table)


def test_main_effect_of_a_constant_part_has_a_reason(areas):
    areas["A1"] = 2.0
    result = importance.main_effects(areas, method="smooth", draws=0)
    assert result.table.loc["A1", "reason"] == "constant"
    assert result.table["effect"].drop("A1").between(0, 1).all()


# --- Shapley -------------------------------------------------------------------------------------


def r_squared(x, y):
    design = np.column_stack([np.ones(len(x)), x])
    left = y - design @ np.linalg.lstsq(design, y, rcond=None)[0]
    return 1 - left @ left / ((y - y.mean()) @ (y - y.mean()))


def test_shapley_is_brute_force_over_all_orders(areas):
    rng = np.random.default_rng(3)
    x = areas[["A1", "A3", "A5", "A7"]]
    y = x @ [1.0, -0.5, 2.0, 0.3] + rng.normal(size=63)
    orders = list(itertools.permutations(range(4)))
    shares = np.zeros(4)
    for order in orders:
        for i, player in enumerate(order):
            before, after = list(order[:i]), list(order[: i + 1])
            shares[player] += r_squared(x.iloc[:, after], y.to_numpy()) - (
                r_squared(x.iloc[:, before], y.to_numpy()) if before else 0
            )
    found = importance.shapley(x, y)
    np.testing.assert_allclose(found.table["lmg"], shares / len(orders), rtol=0, atol=1e-10)
    values = _shapley.enumerate_worth(
        lambda chosen: r_squared(x.iloc[:, chosen], y.to_numpy()) if chosen else 0.0, len(x.columns)
    )
    np.testing.assert_allclose(
        _shapley.exact(values, len(x.columns)), found.table["lmg"], atol=1e-10
    )


def test_shapley_of_an_identity_sums_to_one(areas):
    found = importance.shapley(areas)
    assert found.explained == pytest.approx(1, abs=1e-12)
    assert found.table["lmg"].sum() == pytest.approx(1, abs=1e-12)
    assert (found.table["lmg"] >= 0).all()


def test_sampled_shapley_is_near_the_exact_one_and_says_how_near(areas):
    exact = importance.shapley(areas).table["lmg"]
    found = importance.shapley(areas, exact_up_to=3, draws=400, seed=1)
    assert not found.exact
    gap = (found.table["lmg"] - exact).abs()
    assert (gap < 4 * found.table["mc_error"] + 1e-12).all()
    assert found.table["mc_error"].max() < 0.01
    assert found.table["lmg"].sum() == pytest.approx(1, abs=1e-10)


def test_shapley_takes_a_fitted_model(areas):
    fit = drivers.regression(areas, "A1", ["A2", "A3", "A4"])
    direct = importance.shapley(areas[["A2", "A3", "A4"]], areas["A1"]).table["lmg"]
    for model in (fit, fit.model):
        found = importance.shapley(model)
        np.testing.assert_allclose(found.table["lmg"], direct, atol=1e-12)
        assert found.r_squared == pytest.approx(fit.r_squared)


def test_shapley_of_a_repeated_column_shares_with_it(areas):
    x = areas[["A1", "A2"]].assign(twin=areas["A1"])
    found = importance.shapley(x, areas["A5"]).table["lmg"]
    assert found["twin"] == pytest.approx(found["A1"], abs=1e-10)
    assert found.sum() == pytest.approx(
        importance.shapley(areas[["A1", "A2"]], areas["A5"]).explained, abs=1e-10
    )


def test_shapley_refuses_more_parts_than_rows(areas):
    with pytest.raises(StatisticsError) as caught:
        importance.shapley(areas.iloc[:9])
    assert caught.value.code == "too_few_rows"
    with pytest.raises(StatisticsError, match="two groups"):
        importance.shapley(areas, groups={"x": ["A1"], "y": ["A1", "A2"]})


# --- trees ---------------------------------------------------------------------------------------


def test_effective_weights_carry_points_down_the_tree():
    tree = pd.DataFrame(
        {
            "code": ["T", "A1", "A2", "1.1", "1.2"],
            "parent": ["", "T", "T", "A1", "A1"],
            "max_score": [100, 40, 60, 10, 30],
        }
    )
    table = importance.effective_weights(tree).table
    assert table.loc["T", "nominal_weight"] == 1
    assert table.loc["1.2", "nominal_weight"] == pytest.approx(0.3)
    assert table[table["level"].eq(0)]["nominal_weight"].sum() == pytest.approx(1)


@pytest.mark.parametrize(
    ("rows", "named"),
    [
        ([("a", "b", 1), ("b", "a", 1)], "a, b"),
        ([("a", "x", 1)], "a"),
        ([("a", "", 1), ("a", "", 1)], "a"),
        ([("t", "", 1), ("a", "t", -1)], "a"),
        ([("t", "", 1), ("a", "t", 0)], "a"),
    ],
)
def test_a_broken_tree_is_named(rows, named):
    with pytest.raises(StatisticsError) as caught:
        importance.effective_weights(pd.DataFrame(rows, columns=["code", "parent", "weight"]))
    assert caught.value.code == "bad_structure"
    assert named in caught.value.found


def test_normalise_refuses_a_column_without_scale(areas):
    areas["A1"] = 1.0
    with pytest.raises(StatisticsError, match="A1"):
        importance.normalise(areas)


def test_leave_one_out_of_a_plain_sum(areas):
    result = importance.leave_one_out(areas)
    full = areas.sum(axis=1).rank(ascending=False, method="min")
    without = areas.drop(columns="A5").sum(axis=1).rank(ascending=False, method="min")
    assert (result.shifts["A5"] == (full - without)).all()
    row = result.table.loc["A5"]
    assert row["mean_abs_shift"] == pytest.approx((full - without).abs().mean())
    assert row["largest_rise"] == (full - without).max()
    assert row["largest_fall"] == -(full - without).min()
    # counted in both directions
    assert row["n_moved"] == (full != without).sum()


# --- gaps ----------------------------------------------------------------------------------------


def test_gap_decomposition_adds_up_and_names_the_rest():
    own = pd.Series({"A1": 8.0, "A2": 5.0, "A3": 9.0}, name="lang-son")
    leader = pd.Series({"A1": 9.0, "A2": 9.5, "A3": 8.0}, name="leader")
    result = importance.gap_decomposition(
        own, leader, max_scores={"A1": 10, "A2": 10, "A3": 10}, province_total=80,
        reference_total=86,
    )  # fmt: skip
    assert result.table.index.tolist() == ["A2", "(rest)", "A1", "A3"]
    assert result.table["gap"].sum() == pytest.approx(-6)
    assert result.table["share"].sum() == pytest.approx(1)
    assert result.table.loc["A2", "to_maximum"] == 5
    assert "A2 (−4.50)" in said(result, "en")


def test_gap_to_a_region_is_to_its_means_and_blanks_have_a_reason(areas):
    own = areas.iloc[0].copy()
    own["A4"] = np.nan
    result = importance.gap_decomposition(own, areas)
    assert result.table.loc["A1", "gap"] == pytest.approx(own["A1"] - areas["A1"].mean())
    assert result.table.loc["A4", "reason"] == "missing"
    assert result.dropped["name"].tolist() == ["A4"]


def test_rest_of_a_gap_holds_what_is_known_for_one_side_only():
    own = pd.Series({"A1": 1.0, "A2": 2.0})
    leader = pd.Series({"A1": 3.0, "A2": 1.0, "A3": 4.0}, name="leader")
    result = importance.gap_decomposition(own, leader, province_total=3, reference_total=9)
    rest = result.table.loc["(rest)"]
    assert rest["gap"] == pytest.approx(rest["points"] - rest["reference"])
    assert (rest["points"], rest["reference"]) == (0, 5)
    assert "a figure is missing: A3" in said(result, "en")
    assert "(rest)" not in said(result, "vi")


def test_float_noise_of_the_total_makes_no_rest(areas):
    wide = areas * [1e-2, 1e2, 1, 1e-2, 1e2, 1, 1e-1, 10]
    for order in (list(wide.columns), list(wide.columns)[::-1]):
        result = importance.variance_shares(wide, wide[order].sum(axis=1))
        assert "(rest)" not in result.table.index
        assert result.table["share"].sum() == pytest.approx(1, abs=1e-12)


def test_the_rest_has_its_correlation_with_the_total(areas):
    total = areas.sum(axis=1)
    table = importance.variance_shares(areas[["A1", "A2"]], total).table
    rest = total - areas["A1"] - areas["A2"]
    assert table.loc["(rest)", "correlation"] == pytest.approx(rest.corr(total))


def test_maxima_and_weights_may_come_in_the_order_of_the_parts(areas):
    named = dict(zip(areas.columns, range(1, 9), strict=True))
    for given in (named, list(range(1, 9)), pd.Series(named)[::-1]):
        shares = importance.variance_shares(areas, max_scores=given)
        assert shares.table["nominal_share"].tolist() == pytest.approx(np.arange(1, 9) / 36)
    with pytest.raises(StatisticsError, match="max_scores"):
        importance.variance_shares(areas, max_scores=[1, 2])
    with pytest.raises(StatisticsError, match="max_scores"):
        importance.variance_shares(areas, max_scores={"A1": "ten"})


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda x: importance.shapley(x, groups={"A1": ["A2", "A3"]}), "A1"),
        (lambda x: importance.shapley(x, groups={"g": ["A1"], "h": ["A1", "A2"]}), "A1"),
        (lambda x: importance.shapley(x, exact_up_to=0, draws=0), "draws"),
        (lambda x: importance.main_effects(x, draws=-1), "draws"),
        (lambda x: importance.gap_decomposition(pd.Series([1, 2], ["A1", "A1"]), x), "A1"),
        (lambda x: importance.cronbach_alpha(x[["A1"]].assign(A2=20 - x["A1"])), "undefined"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(areas, call, named):
    with pytest.raises(StatisticsError, match=named):
        call(areas)


def test_a_logit_that_tells_all_units_apart_explains_all_without_a_warning(areas):
    split = (areas["A1"] > areas["A1"].median()).astype(int)
    result = importance.shapley(areas[["A1", "A2", "A3"]], split, measure="mcfadden")
    assert result.explained == pytest.approx(1)
    assert result.table["lmg"].idxmax() == "A1"
    assert "separation" in set(result.dropped["reason"])
