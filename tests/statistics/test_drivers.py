import subprocess
import sys
from typing import get_args

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats

from parstudy import charts
from parstudy.charts._sentences import ASSUMPTIONS
from parstudy.display import Language
from parstudy.errors import StatisticsError
from parstudy.statistics import change, drivers, importance, ranking, uncertainty, weights
from parstudy.statistics.result import Assumption, Result

AREAS = [f"A{i}" for i in range(1, 9)]


def said(result, lang):
    return " ".join(charts.sentences(result, Language(lang)))


# --- identity ----------------------------------------------------------------------------------


def test_plain_sum_is_an_identity_exactly_and_to_rounding(areas):
    total = areas.sum(axis=1)
    assert drivers.identity_check(areas, total).kind == "exact"
    assert drivers.identity_check(areas.round(2), total.round(2)).kind == "rounding"
    assert drivers.identity_check(areas, total.round(1)).kind == "rounding"


def test_ranks_of_the_sum_are_an_identity_too(areas):
    check = drivers.identity_check(areas, ranking.rank(areas.sum(axis=1)))
    assert (check.kind, check.is_identity) == ("rank", True)


def test_published_ranks_are_an_identity_with_parts_that_were_rounded():
    found = set()
    for seed in range(200):
        parts = np.random.default_rng(seed).uniform(2, 12, size=(63, 8))
        published = stats.rankdata(-parts.sum(axis=1).round(2), method="min")
        found.add(drivers.identity_check(pd.DataFrame(parts.round(2)), published).kind)
    assert found == {"rank"}


def test_weighted_sum_is_an_identity(areas):
    check = drivers.identity_check(areas, areas @ np.arange(1.0, 9.0) + 3)
    assert check.kind == "weighted"
    assert check.r_squared == pytest.approx(1)


def test_other_outcomes_and_missing_parts_are_no_identity(areas):
    total = areas.sum(axis=1)
    assert not drivers.identity_check(areas[AREAS[:7]], total).is_identity
    other = pd.Series(np.random.default_rng(1).normal(size=63), index=areas.index)
    assert drivers.identity_check(areas, other).kind == "none"
    # more parts than rows: R² is 1 whatever the outcome, which says nothing
    few = areas.iloc[:8]
    assert drivers.identity_check(few, other.iloc[:8]).kind == "none"


def test_whole_numbers_that_nearly_add_up_are_no_identity():
    rng = np.random.default_rng(2)
    parts = pd.DataFrame(rng.integers(0, 4, size=(60, 6)))
    total = parts.sum(axis=1) + rng.integers(-1, 2, size=60)
    assert not drivers.identity_check(parts, total).is_identity


# --- item–rest ---------------------------------------------------------------------------------


def test_item_rest_is_what_scipy_gives_for_the_rest(areas):
    result = drivers.item_rest(areas)
    rest = areas.drop(columns="A3").sum(axis=1)
    row = result.table.loc["A3"]
    rho, tau = stats.spearmanr(areas["A3"], rest), stats.kendalltau(areas["A3"], rest)
    assert row["spearman"] == pytest.approx(rho.statistic, abs=1e-12)
    assert row["spearman_p"] == pytest.approx(rho.pvalue, rel=1e-9)
    assert row["kendall"] == pytest.approx(tau.statistic, abs=1e-12)
    fit = sm.OLS(rest, sm.add_constant(areas["A3"])).fit(cov_type="HC3", use_t=True)
    assert row["slope"] == pytest.approx(fit.params["A3"], abs=1e-8)
    plain = drivers.item_rest(areas, degrees="residual").table.loc["A3"]
    assert plain["slope_p"] == pytest.approx(fit.pvalues["A3"], rel=1e-8)
    # fewer degrees of freedom than n - 2: a larger p of the same statistic
    assert plain["slope"] == row["slope"]
    assert row["slope_p"] > plain["slope_p"]
    assert row["spearman_low"] < row["spearman"] < row["spearman_high"]
    assert (result.table["spearman_p_holm"] >= result.table["spearman_p_bh"] - 1e-15).all()


def test_item_rest_finds_nothing_in_noise_where_part_whole_would():
    rng = np.random.default_rng(5)
    noise = pd.DataFrame(rng.normal(size=(400, 6)))
    result = drivers.item_rest(noise)
    assert (result.table["spearman_p_holm"] > 0.05).all()
    whole = [stats.spearmanr(noise[c], noise.sum(axis=1)).pvalue for c in noise]
    assert max(whole) < 1e-6


def test_item_rest_gives_a_constant_part_a_reason_and_does_not_count_it(areas):
    areas["A2"] = 5.0
    result = drivers.item_rest(areas)
    row = result.table.loc["A2"]
    assert row["reason"] == "constant"
    assert np.isnan(row["spearman"])
    assert result.table["spearman_p_bh"].drop("A2").notna().all()
    assert ("column", "A2") in set(zip(result.dropped["what"], result.dropped["name"], strict=True))


def test_item_rest_slope_decided_by_one_unit_has_no_p_value(areas):
    areas["A2"] = 5.0
    areas.iloc[3, 1] = 4.0
    row = drivers.item_rest(areas).table.loc["A2"]
    assert np.isfinite(row["slope"])
    assert np.isnan(row["slope_p"])
    assert row["reason"] == "leverage_one"


# --- least squares -----------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1e6, 1e9, 1e13])
def test_a_regression_says_the_same_whatever_the_unit_of_a_column(areas, size):
    plain = drivers.regression(areas, "A3", ["A1", "A2"])
    areas["large"] = areas["A2"] * size + size / 2
    large = drivers.regression(areas, "A3", ["A1", "large"])
    columns = ["estimate", "std_error", "df", "p_value", "standardised", "vif"]
    np.testing.assert_allclose(large.table.loc["A1", columns], plain.table.loc["A1", columns])
    drop = ["condition_number"]  # the constant added above is a part of it
    np.testing.assert_allclose(large.diagnostics.drop(drop), plain.diagnostics.drop(drop))
    influence = [c for c in plain.influence if not c.startswith("dfbetas")]
    np.testing.assert_allclose(large.influence[influence], plain.influence[influence], rtol=1e-6)
    ranks = [
        drivers.rank_rank(areas["A1"], areas["A3"], areas[[name]]).table.iloc[1]
        for name in ("A2", "large")
    ]
    np.testing.assert_allclose(*ranks)


@pytest.mark.parametrize("cov_type", ["HC0", "HC1", "HC2", "HC3"])
def test_regression_is_plain_statsmodels(areas, cov_type):
    y = areas["A1"] ** 2 + areas["A5"]
    result = drivers.regression(
        areas, y.rename("y"), ["A2", "A3"], cov_type=cov_type, degrees="residual"
    )
    plain = sm.OLS(y, sm.add_constant(areas[["A2", "A3"]])).fit(cov_type=cov_type, use_t=True)
    np.testing.assert_allclose(result.table["estimate"], plain.params, atol=1e-8)
    np.testing.assert_allclose(result.table["std_error"], plain.bse, atol=1e-8)
    np.testing.assert_allclose(result.table["p_value"], plain.pvalues, atol=1e-8)
    np.testing.assert_allclose(result.table[["ci_low", "ci_high"]], plain.conf_int(), atol=1e-8)
    np.testing.assert_allclose(result.model.bse, plain.bse, atol=1e-10)
    influence = plain.get_influence()
    np.testing.assert_allclose(
        result.influence["cooks_distance"], influence.cooks_distance[0], atol=1e-8
    )


def test_clustered_regression_is_plain_statsmodels(areas):
    groups = np.repeat(np.arange(9), 7)
    result = drivers.regression(
        areas, "A1", ["A2", "A3"], cov_type="cluster", clusters=groups, small_sample="stata",
        degrees="residual",
    )  # fmt: skip
    plain = (
        sm.OLS(areas["A1"], sm.add_constant(areas[["A2", "A3"]]))
        .fit()
        .get_robustcov_results("cluster", groups=groups)
    )
    np.testing.assert_allclose(result.table["std_error"], plain.bse, atol=1e-8)
    np.testing.assert_allclose(result.table["p_value"], plain.pvalues, atol=1e-8)
    assert set(result.table["df"]) == {8.0}
    assert "G/(G-1)" in result.cov_type
    assert "few_clusters" in result.assumptions


def test_regression_names_what_it_leaves_out(areas):
    areas["same"] = 3.0
    areas["copy"] = 2 * areas["A2"] - areas["A4"] + 1
    areas.loc["unit-05", "A4"] = np.nan
    result = drivers.regression(areas, "A1", ["A2", "same", "A4", "copy"])
    dropped = result.dropped.set_index("name")
    assert dropped.loc["same", "reason"] == "constant"
    assert dropped.loc["copy", "reason"] == "collinear"
    assert dropped.loc["copy", "detail"] == "A2, A4"
    assert dropped.loc["unit-05", ["what", "reason", "detail"]].tolist() == ["row", "missing", "A4"]
    assert result.n == 62
    assert list(result.table.index) == ["const", "A2", "A4"]
    for lang in ("en", "vi"):
        assert "same" in said(result, lang)


@pytest.mark.parametrize(
    ("change", "kwargs", "code", "named"),
    [
        (lambda f: f.iloc[:3], {}, "too_few_rows", "A2, A3"),
        (lambda f: f.assign(A2=np.inf), {}, "infinite_value", "A2"),
        (lambda f: f.assign(A2="x"), {}, "not_a_number", "A2"),
        (lambda f: f.assign(A1=1.0), {}, "constant_outcome", "A1"),
        (lambda f: f.assign(A2=1.0, A3=2.0), {}, "no_regressor", "A2, A3"),
        (lambda f: f.assign(A2=np.nan), {}, "empty_column", "A2"),
        (lambda f: f, {"cov_type": "cluster", "clusters": ["x"] * 63}, "one_cluster", "x"),
        (lambda f: f, {"cov_type": "cluster"}, "no_clusters", ""),
        (lambda f: f, {"cov_type": "HC9"}, "unknown_method", "HC9"),
        (lambda f: f.drop(columns="A3"), {}, "unknown_column", "A3"),
    ],
)
def test_regression_refuses_and_names_the_cause(areas, change, kwargs, code, named):
    with pytest.raises(StatisticsError) as caught:
        drivers.regression(change(areas), "A1", ["A2", "A3"], **kwargs)
    assert caught.value.code == code
    assert named in str(caught.value)


def test_adjusted_p_values_keep_blanks_blank():
    p = pd.Series([0.01, np.nan, 0.04, 0.03])
    assert drivers.adjust_pvalues(p, "holm").round(6).tolist()[0] == pytest.approx(0.03)
    assert np.isnan(drivers.adjust_pvalues(p, "BH").iloc[1])
    with pytest.raises(StatisticsError, match="outside 0 to 1"):
        drivers.adjust_pvalues([1.5])


# --- rank regression ---------------------------------------------------------------------------


def test_rank_regression_withholds_p_values_of_an_identity_and_says_why(areas):
    areas["total"] = areas.sum(axis=1)
    result = drivers.rank_regression(areas)
    together = result.table.query("way == 'together'")
    assert result.identity.is_identity
    assert together["identity"].all()
    assert together[["p_value", "p_bh", "p_holm", "ci_low", "statistic"]].isna().all(axis=None)
    assert (together["reason"] == "identity").all()
    assert together["standardised"].notna().all()
    score = together.query("outcome == 'score'")
    np.testing.assert_allclose(score["estimate"], 1, atol=1e-8)
    assert "p-values are withheld" in said(result, "en")
    assert result.ways.loc["pooled", "reason"] == "one_year"


def test_rank_regression_single_runs_against_the_rest(areas):
    areas["total"] = areas.sum(axis=1)
    result = drivers.rank_regression(areas)
    row = result.table.query("way == 'single' and outcome == 'rank' and term == 'A4'").iloc[0]
    rest = ranking.rank(areas["total"] - areas["A4"]).astype(float)
    plain = sm.OLS(rest, sm.add_constant(areas["A4"])).fit(cov_type="HC3", use_t=True)
    assert row["estimate"] == pytest.approx(plain.params["A4"], abs=1e-8)
    assert row["std_error"] == pytest.approx(plain.bse["A4"], abs=1e-8)
    assert row["p_value"] == pytest.approx(plain.pvalues["A4"], abs=1e-8)
    assert row["places_gained"] == -row["estimate"]
    assert not row["identity"]


def test_rank_regression_on_an_outcome_that_is_no_sum_keeps_p_values(areas):
    rng = np.random.default_rng(3)
    areas["other"] = areas["A1"] * 2 + rng.normal(size=63)
    result = drivers.rank_regression(areas, "other", ["A1", "A2", "A3"])
    rows = result.table.query("way == 'together' and outcome == 'rank'").set_index("term")
    y = ranking.rank(areas["other"]).astype(float)
    plain = sm.OLS(y, sm.add_constant(areas[["A1", "A2", "A3"]])).fit(cov_type="HC3", use_t=True)
    np.testing.assert_allclose(rows["std_error"], plain.bse.iloc[1:], atol=1e-8)
    p = 2 * stats.t.sf(plain.tvalues.iloc[1:].abs(), rows["df"])
    np.testing.assert_allclose(rows["p_value"], p, atol=1e-8)
    assert (rows["df"] < 59).all()
    other = drivers.rank_regression(areas, "other", ["A1", "A2", "A3"], degrees="residual")
    other = other.table.query("way == 'together' and outcome == 'rank'")
    np.testing.assert_allclose(other["p_value"], plain.pvalues.iloc[1:], atol=1e-8)
    np.testing.assert_allclose(result.model.params, plain.params, atol=1e-8)
    assert not result.parts
    assert rows.loc["A1", "p_holm"] < 0.01


def test_rank_regression_pools_years_with_year_effects_and_clusters(areas):
    rng = np.random.default_rng(4)
    years = []
    for year in (2022, 2023, 2024):
        one = areas + rng.normal(scale=0.3, size=areas.shape) + (year - 2022)
        years.append(one.assign(year=year).reset_index())
    frame = pd.concat(years, ignore_index=True)
    frame["total"] = frame[AREAS].sum(axis=1)
    frame["outcome"] = frame["A1"] + rng.normal(size=len(frame))
    result = drivers.rank_regression(
        frame, "outcome", ["A1", "A2"], small_sample="stata", degrees="residual"
    )
    rows = result.table.query("way == 'pooled' and outcome == 'rank'").set_index("term")
    y = pd.concat([ranking.rank(g["outcome"]) for _, g in frame.groupby("year")]).astype(float)
    x = frame[["A1", "A2"]].assign(
        const=1.0, t23=(frame["year"] == 2023) * 1.0, t24=(frame["year"] == 2024) * 1.0
    )
    plain = sm.OLS(y, x).fit().get_robustcov_results("cluster", groups=frame["province_id"])
    np.testing.assert_allclose(rows["estimate"], plain.params[:2], atol=1e-8)
    np.testing.assert_allclose(rows["std_error"], plain.bse[:2], atol=1e-8)
    np.testing.assert_allclose(rows["p_value"], plain.pvalues[:2], atol=1e-8)
    assert (result.n, result.n_units, result.years) == (189, 63, (2022, 2023, 2024))
    together = result.table.query("way == 'together'")
    assert set(together["n"]) == {63}
    # the default corrects for few clusters
    default = drivers.rank_regression(frame, "outcome", ["A1", "A2"])
    assert "CR2" in default.fits["pooled", "rank"].cov_type
    assert (default.table.query("way == 'pooled'")["df"] < 62).all()


def test_rank_regression_takes_ninety_subcriteria_one_at_a_time_only():
    rng = np.random.default_rng(6)
    codes = [f"{a}.{c}.{s}" for a in range(1, 7) for c in range(1, 6) for s in range(1, 4)]
    frame = pd.DataFrame(rng.uniform(0, 1, size=(63, 90)), columns=codes)
    frame["1.1.1"] = 1.0
    frame["total"] = frame.sum(axis=1)
    result = drivers.rank_regression(frame, by="subcriterion")
    assert not result.ways.loc["together", "done"]
    assert result.ways.loc["together", "reason"] == "too_few_rows"
    single = result.table.query("way == 'single' and outcome == 'rank'").set_index("term")
    assert len(single) == 90
    assert single.loc["1.1.1", "reason"] == "constant"
    assert single["p_holm"].drop("1.1.1").notna().all()
    # nothing is there, and nothing is found although each is a part of the total
    assert (single["p_holm"].dropna() > 0.05).all()
    assert "too few units" in said(result, "en")


def test_rank_regression_names_the_most_influential_units(areas):
    frame = areas.assign(total=areas.sum(axis=1)).reset_index().assign(year=2024)
    result = drivers.rank_regression(frame)
    assert result.years == (2024,)
    assert result.n_units == 63
    assert result.influence.index[0] in areas.index
    assert result.influence["cooks_distance"].is_monotonic_decreasing


def test_rank_regression_wants_a_table(areas):
    with pytest.raises(StatisticsError) as caught:
        drivers.rank_regression(areas.to_dict())
    assert caught.value.code == "not_a_table"


def test_rank_regression_without_components_says_so(areas):
    with pytest.raises(StatisticsError) as caught:
        drivers.rank_regression(areas.assign(total=1.0)[["total"]])
    assert caught.value.code == "no_components"


# --- rank on rank --------------------------------------------------------------------------------


def test_rank_rank_slope_is_spearman_but_its_error_is_not_that_of_least_squares(areas):
    result = drivers.rank_rank(areas["A1"], areas["A5"])
    row = result.table.loc["rank(A1)"]
    rho = stats.spearmanr(areas["A1"], areas["A5"]).statistic
    assert row["estimate"] == pytest.approx(rho, abs=1e-12)
    assert abs(row["std_error"] / row["naive_se"] - 1) > 1e-3
    np.testing.assert_allclose(result.model.params, result.table["estimate"], atol=1e-12)


def test_rank_rank_drops_and_refuses(areas):
    w = areas[["A2"]].assign(twice=areas["A2"] * 2, same=1.0)
    result = drivers.rank_rank(areas["A1"], areas["A5"], w)
    assert set(result.dropped["reason"]) == {"constant", "collinear"}
    assert result.table.index.tolist() == ["const", "rank(A1)", "A2"]
    with pytest.raises(StatisticsError) as caught:
        drivers.rank_rank(areas["A1"], areas["A5"] * 0)
    assert caught.value.code == "constant_outcome"


# --- groups --------------------------------------------------------------------------------------


@pytest.fixture
def grouped(areas):
    rng = np.random.default_rng(12)
    latent = areas["A1"] - areas["A1"].mean() + rng.logistic(size=63)
    areas["group"] = pd.cut(latent, [-99, -1, 0, 1, 99], labels=list("DCBA"))
    return areas


@pytest.mark.parametrize("link", ["logit", "probit"])
def test_group_model_is_plain_ordered_model(grouped, link):
    from statsmodels.miscmodels.ordinal_model import OrderedModel

    found = drivers.group_model(grouped, "group", ["A1", "A3"], link=link)
    x = grouped[["A1", "A3"]]
    plain_model = OrderedModel(grouped["group"], x, distr=link)
    start = plain_model.fit(method="bfgs", disp=False, gtol=1e-7, maxiter=500)
    plain = plain_model.fit(start.params, method="newton", disp=False, tol=1e-9)
    np.testing.assert_allclose(found.table["estimate"], plain.params[:2], atol=1e-6)
    np.testing.assert_allclose(found.table["std_error"], plain.bse[:2], rtol=1e-4)
    cuts = plain_model.transform_threshold_params(plain.params)[1:-1]
    np.testing.assert_allclose(found.thresholds["estimate"], cuts, atol=1e-5)
    assert found.fit["log_likelihood"] == pytest.approx(plain.llf, abs=1e-8)
    assert found.thresholds.index.tolist() == ["D|C", "C|B", "B|A"]
    # the same model from statsmodels' own object, on standardised columns
    np.testing.assert_allclose(
        found.model.params.iloc[:2] / x.std().to_numpy(), found.table["estimate"], atol=1e-8
    )


def test_marginal_effects_are_differences_of_probabilities(grouped):
    found = drivers.group_model(grouped, "group", ["A1", "A3"])
    np.testing.assert_allclose(found.marginal_effects.sum(axis=1), 0, atol=1e-12)
    step = 1e-5
    moved = grouped[["A1", "A3"]] + [step, 0]
    beta, cuts = found.table["estimate"].to_numpy(), found.thresholds["estimate"].to_numpy()
    below = stats.logistic.cdf(cuts - (moved.to_numpy() @ beta)[:, None])
    change = (1 - below[:, -1]).mean() - found.probabilities["A"].mean()
    assert found.marginal_effects.loc["A1", "A"] == pytest.approx(change / step, rel=1e-3)
    assert (found.marginal_errors > 0).all(axis=None)


def test_group_model_refuses_thin_groups_separation_and_disorder(grouped):
    grouped["group"] = grouped["group"].astype(str)
    with pytest.raises(StatisticsError) as caught:
        drivers.group_model(grouped, "group", ["A1"])
    assert caught.value.code == "no_order"
    thin = grouped.assign(group=np.where(np.arange(63) < 2, "A", "B"))
    with pytest.raises(StatisticsError) as caught:
        drivers.group_model(thin, "group", ["A1"], order=["B", "A"])
    assert caught.value.code == "thin_category"
    assert "A: 2" in str(caught.value)
    apart = grouped.assign(group=np.where(grouped["A1"] > grouped["A1"].median(), "A", "B"))
    with pytest.raises(StatisticsError) as caught:
        drivers.group_model(apart, "group", ["A1"], order=["B", "A"])
    assert caught.value.code == "separation"
    assert "A1" in str(caught.value)


# --- panels --------------------------------------------------------------------------------------


@pytest.fixture
def years():
    rng = np.random.default_rng(14)
    frame = pd.DataFrame(
        [(f"u{i:02d}", 2015 + t) for i in range(25) for t in range(6)],
        columns=["province_id", "year"],
    )
    unit = rng.normal(size=25).repeat(6)
    frame["x1"] = rng.normal(size=150) + unit
    frame["x2"] = rng.normal(size=150)
    frame["fixed"] = unit
    frame["y"] = 0.8 * frame["x1"] + 2 * unit + (frame["year"] - 2015) + rng.normal(size=150)
    return frame


def test_panel_is_the_regression_with_dummies(years):
    years = years.drop(index=[3, 40, 41])
    found = drivers.panel(years, "y", ["x1", "x2"], small_sample="stata")
    dummies = pd.get_dummies(years[["province_id", "year"]].astype(str), dtype=float)
    x = pd.concat([years[["x1", "x2"]], dummies.drop(columns="year_2015")], axis=1)
    plain = (
        sm.OLS(years["y"], x).fit().get_robustcov_results("cluster", groups=years["province_id"])
    )
    np.testing.assert_allclose(found.table["estimate"], plain.params[:2], atol=1e-8)
    np.testing.assert_allclose(found.table["std_error"], plain.bse[:2], atol=1e-8)
    np.testing.assert_allclose(found.table["p_value"], plain.pvalues[:2], atol=1e-8)
    np.testing.assert_allclose(found.model.params.iloc[:2], plain.params[:2], atol=1e-8)
    assert not found.balanced
    assert "G/(G-1)·(N-1)/(N-k)" in said(found, "en")


def test_panel_names_what_effects_swallow(years):
    found = drivers.panel(years, "y", ["x1", "fixed"])
    assert found.dropped.set_index("name").loc["fixed", "reason"] == "no_variation_within"
    assert found.table.index.tolist() == ["x1"]
    with pytest.raises(StatisticsError, match="fixed"):
        drivers.panel(years, "y", ["fixed"])


def test_panel_breaks_as_interaction_and_split(years):
    years["y"] = years["y"] + 3 * years["x2"] * (years["year"] >= 2018)
    both = drivers.panel(years, "y", ["x1", "x2"], breaks=[2018])
    assert both.table.loc["x2 from 2018", "estimate"] == pytest.approx(3, abs=0.6)
    split = drivers.panel(years, "y", ["x1", "x2"], breaks=[2018], at_breaks="split")
    assert list(split.periods) == ["2015–2017", "2018–2020"]
    after = split.periods["2018–2020"].table.loc["x2", "estimate"]
    assert after == pytest.approx(3, abs=0.6)


def test_degrees_of_freedom_matched_to_the_variance_estimate(areas):
    """Bell and McCaffrey's formula written out with the whole hat matrix, for HC2 and HC3."""
    x = sm.add_constant(areas[["A1", "A8"]]).to_numpy()
    bread = np.linalg.inv(x.T @ x)
    rest = np.eye(63) - x @ bread @ x.T
    for kind, power in (("HC2", 0.5), ("HC3", 1.0)):
        found = drivers.regression(
            areas, "A2", ["A1", "A8"], cov_type=kind, degrees="satterthwaite"
        ).table
        for j, term in enumerate(("const", "A1", "A8")):
            weights = (x @ bread[:, j]) / np.diag(rest) ** power
            form = rest * np.outer(weights, weights)
            wanted = np.trace(form) ** 2 / (form**2).sum()
            assert found.loc[term, "df"] == pytest.approx(wanted, rel=1e-9)


@pytest.mark.parametrize(
    ("options", "english", "vietnamese"),
    [
        ({"cov_type": "classical"}, "classical (equal variances)", "cổ điển"),
        ({"degrees": "residual"}, "robust to unequal variances (HC3).", "(HC3)."),
        ({"cov_type": "HC3"}, "Satterthwaite degrees", "bậc tự do Satterthwaite"),
        (
            {"clusters": "g", "small_sample": "stata", "degrees": "residual"},
            "by cluster, factor G/(G-1)·(n-1)/(n-k)",
            "hệ số hiệu chỉnh G/(G-1)",
        ),
        ({"clusters": "g", "small_sample": "none"}, "without a small-sample", "không hiệu chỉnh"),
        ({"clusters": "g"}, "by cluster, CR2, with", "theo cụm, CR2, bậc"),
    ],
)
def test_regression_names_its_errors_in_both_languages(areas, options, english, vietnamese):
    areas["g"] = np.arange(63) // 7
    if "clusters" in options:
        options = {"cov_type": "cluster", **options}
    result = drivers.regression(areas, "A1", ["A2", "A3"], **options)
    assert english in said(result, "en")
    text = said(result, "vi")
    assert vietnamese in text
    assert "cluster" not in text
    assert "factor" not in text


def test_shapley_shares_of_repeating_regressors_say_what_is_missing(areas):
    areas["twice"] = 2 * areas["A1"]
    found = importance.shapley(areas[["A1", "twice", "A2"]], areas["A3"])
    assert found.table.loc["A1", "lmg"] == pytest.approx(found.table.loc["twice", "lmg"])
    assert found.table["pratt"].isna().all()
    assert found.dropped["reason"].tolist() == ["collinear"]


def test_many_components_over_years_come_without_a_warning():
    rng = np.random.default_rng(11)
    names = [f"{i // 30 + 1}.{i % 30 // 5 + 1}.{i % 5 + 1}" for i in range(110)]
    frame = pd.DataFrame(rng.uniform(size=(189, 110)), columns=names)
    frame["year"] = np.repeat([2022, 2023, 2024], 63)
    frame["province_id"] = [f"p{i:02d}" for i in range(63)] * 3
    frame["y"] = rng.normal(size=189)
    # warnings are errors in these tests; this many columns of DFBETAS once fragmented a table
    found = drivers.regression(frame, "y", names)
    assert found.influence.filter(like="dfbetas_").shape == (189, 111)


def test_panel_corrects_for_few_clusters_unless_told_otherwise(years):
    found = drivers.panel(years, "y", ["x1", "x2"])
    assert found.small_sample == "CR2"
    assert "Satterthwaite" in found.factor
    assert (found.table["df"] < found.n_clusters - 1).all()
    plain = drivers.panel(years, "y", ["x1", "x2"], small_sample="nested")
    assert (plain.table["df"] == found.n_clusters - 1).all()
    np.testing.assert_allclose(plain.table["estimate"], found.table["estimate"], rtol=1e-12)


def test_panel_that_falls_into_pieces_has_errors(years):
    """Half of the units seen in early years only, half in late ones: the dummies are dependent."""
    early = years["province_id"] < "u12"
    frame = years[early == (years["year"] < 2018)]
    found = drivers.panel(frame, "y", ["x1", "x2"])
    dummies = pd.get_dummies(frame[["province_id", "year"]].astype(str), dtype=float)
    design = pd.concat([frame[["x1", "x2"]], dummies], axis=1)
    plain = np.linalg.lstsq(design.to_numpy(), frame["y"].to_numpy(), rcond=None)[0]
    np.testing.assert_allclose(found.table["estimate"], plain[:2], atol=1e-8)
    assert found.table[["std_error", "df"]].gt(0).all(axis=None)
    assert found.effects["deviation_from_mean"].isna().all()
    assert "disconnected" in set(found.dropped["reason"])


def test_wild_bootstrap_goes_through_all_sign_patterns_of_few_clusters(years):
    few = years[years["province_id"] < "u08"]
    found = drivers.panel(few, "y", ["x1", "x2"], wild_draws=500, small_sample="nested")
    # 2**8 patterns, symmetric: a multiple of 2/256
    assert (found.table["p_wild"] * 128).round(9).mod(1).eq(0).all()
    assert found.table.loc["x1", "p_wild"] < 0.05 < found.table.loc["x2", "p_wild"]
    assert "few_clusters" in found.assumptions


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda f: f[f["province_id"].eq("u01")], "one_cluster"),
        (lambda f: pd.concat([f, f.iloc[:1]]), "duplicate_cell"),
        (lambda f: f.assign(y=f["fixed"]), "constant_outcome"),
        (lambda f: f.drop(columns="x1"), "unknown_column"),
        (lambda f: f.assign(x1=np.nan), "empty_column"),
    ],
)
def test_panel_refuses(years, change, code):
    with pytest.raises(StatisticsError) as caught:
        drivers.panel(change(years), "y", ["x1", "x2"])
    assert caught.value.code == code


# --- outcomes outside the index ------------------------------------------------------------------


def test_external_takes_the_contained_part_out_first(areas):
    rng = np.random.default_rng(16)
    sipas = pd.Series(80 + 6 * rng.normal(size=63), index=areas.index, name="SIPAS")
    inside = sipas / 10
    parts = areas.assign(A8=areas["A8"] + inside)
    result = drivers.external(
        parts, sipas, contained=inside.rename("SIPAS points"), contained_in="A8"
    )
    clean = stats.spearmanr(areas.sum(axis=1), sipas).statistic
    dirty = stats.spearmanr(parts.sum(axis=1), sipas).statistic
    assert result.table.loc["total", "spearman"] == pytest.approx(clean, abs=1e-12)
    assert result.change["spearman_with"] == pytest.approx(dirty, abs=1e-12)
    assert result.change["difference"] == pytest.approx(clean - dirty, abs=1e-12)
    assert result.change["low"] < result.change["difference"] < result.change["high"]
    alone = stats.spearmanr(areas["A8"], sipas).statistic
    assert result.table.loc["A8", "spearman"] == pytest.approx(alone, abs=1e-12)
    slope = drivers.rank_rank(areas["A1"], sipas, ascending=False).table.loc["rank(A1)"]
    assert result.table.loc["A1", "slope_se"] == pytest.approx(slope["std_error"], abs=1e-12)
    assert "were taken out first" in said(result, "en")


def test_external_names_absent_units_and_constant_parts(areas):
    rng = np.random.default_rng(17)
    outcome = pd.Series(rng.normal(size=63), index=areas.index, name="PAPI")
    outcome.iloc[[4, 9]] = np.nan
    areas["A2"] = 1.0
    result = drivers.external(areas, outcome, outcome_is_rank=False)
    assert result.n == 61
    assert {"unit-04", "unit-09", "A2"} == set(result.dropped["name"])
    assert result.table.loc["A2", "reason"] == "constant"
    assert result.change.isna().all()
    assert result.contained == ""


# --- selection -----------------------------------------------------------------------------------


def test_selection_finds_what_is_there_and_nothing_in_noise():
    rng = np.random.default_rng(18)
    x = pd.DataFrame(rng.normal(size=(63, 60)), columns=[f"c{i}" for i in range(60)])
    x["same"] = 1.0
    y = 2 * x["c3"] - 1.5 * x["c7"] + rng.normal(size=63)
    found = drivers.select(x, y, groups={"a": [f"c{i}" for i in range(10)]}, pairs=25)
    assert set(found.table.index[found.table["stable"]]) == {"c3", "c7"}
    assert found.table.loc["c7", "coefficient"] < 0 < found.table.loc["c3", "coefficient"]
    assert found.groups.loc["a", "share"] > 0.9
    assert found.dropped["name"].tolist() == ["same"]
    assert not [c for c in found.table if "p_" in c or c == "p"]
    noise = drivers.select(x, pd.Series(rng.normal(size=63)), pairs=25)
    assert noise.table["stable"].sum() <= 1


def test_selection_refuses_the_sum_of_the_parts(areas):
    with pytest.raises(StatisticsError) as caught:
        drivers.select(areas, areas.sum(axis=1))
    assert caught.value.code == "identity"


# --- every result --------------------------------------------------------------------------------


def test_every_result_says_n_assumptions_and_itself_in_both_languages(areas, grouped, years):
    frame = areas.drop(columns="group")
    other = pd.Series(np.random.default_rng(1).normal(size=63), index=areas.index, name="other")
    tree = pd.DataFrame({"code": ["total", *AREAS], "parent": ["", *["total"] * 8], "weight": 1.0})
    results = [
        drivers.identity_check(frame, frame.sum(axis=1)),
        ranking.rank_confidence_sets(frame["A1"], standard_errors=0.5, draws=50),
        uncertainty.index_uncertainty(frame, draws=100, share_draws=20),
        change.shrink(frame["A1"], 0.5, draws=200),
        drivers.item_rest(frame),
        drivers.regression(frame, "A1", ["A2"]),
        drivers.rank_regression(frame.assign(total=frame.sum(axis=1))),
        drivers.rank_rank(frame["A1"], frame["A2"]),
        drivers.group_model(grouped, "group", ["A1"]),
        drivers.panel(years, "y", ["x1"]),
        drivers.external(frame, other, draws=50),
        drivers.select(frame, other, pairs=5),
        importance.variance_shares(frame),
        importance.main_effects(frame, draws=10),
        importance.shapley(frame),
        importance.leave_one_out(frame),
        importance.gap_decomposition(frame.iloc[0], frame),
        importance.cronbach_alpha(frame),
        importance.effective_weights(tree),
        importance.composite(frame, tree),
        change.score_changes(frame["A1"], frame["A2"], 0.5, 0.5),
        change.rank_changes(frame["A1"], frame["A2"], 0.5, 0.5, draws=50),
        weights.weight_systems(frame),
        weights.correlation_audit(frame, {"a": AREAS[:4], "b": AREAS[4:]}),
        drivers.moran(
            frame["A1"], {u: list(frame.index[[i - 1]]) for i, u in enumerate(frame.index)}, draws=9
        ),
        drivers.specification_curve(frame, "A1", "A2", ["A3"]),
    ]
    for result in results:
        name = type(result).__name__
        assert result.n > 0, name
        assert list(result.dropped.columns) == ["what", "name", "reason", "detail"], name
        assert isinstance(result.assumptions, tuple), name
        assert len(result.to_frame()) == len(result.table), name
        with pytest.raises(AttributeError):
            result.n = 5
        for lang in ("en", "vi"):
            text = said(result, lang)
            assert text, name
            assert "{" not in text, name
            assert "nan" not in text.lower().split(), name
            assert charts.draw(result, Language(lang)).alt, name


def test_every_assumption_is_said():
    assert set(ASSUMPTIONS) == set(get_args(Assumption))


def test_no_picture_and_no_sentence_of_what_is_no_result():
    for speak in (charts.draw, charts.sentences):
        with pytest.raises(StatisticsError) as caught:
            speak(Result(table=pd.DataFrame(), n=0), Language("en"))
        assert caught.value.code in {"no_chart", "no_sentences"}


def test_who_comes_through_the_front_door_gets_results_that_draw_and_speak():
    code = """
import sys
import parstudy as ps
parts = {"A1": [1.0, 2, 3, 5], "A2": [2.0, 1, 2, 2]}
shares = ps.importance.variance_shares(parts)
assert not {"matplotlib", "parstudy.display"} & set(sys.modules)
print(shares.plot().alt, shares.summary_text("vi"))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True
    )
    assert "A1" in done.stdout
    assert "đơn vị" in done.stdout


# --- bad input -----------------------------------------------------------------------------------

ANALYSES = {
    "item_rest": drivers.item_rest,
    "identity_check": lambda x: drivers.identity_check(x, x.iloc[:, 0] * 2 + 1),
    "rank_regression": lambda x: drivers.rank_regression(x.assign(total=x.iloc[:, 0] + 1)),
    "variance_shares": importance.variance_shares,
    "main_effects": lambda x: importance.main_effects(x, method="smooth", draws=5),
    "shapley": importance.shapley,
    "leave_one_out": importance.leave_one_out,
    "cronbach_alpha": importance.cronbach_alpha,
}
DAMAGE = {
    "constant column": lambda x: x.assign(A2=3.0),
    "collinear column": lambda x: x.assign(A9=x["A1"] * 2 + 1),
    "fewer rows than columns": lambda x: x.iloc[:5],
    "one row": lambda x: x.iloc[:1],
    "no row": lambda x: x.iloc[:0],
    "infinite": lambda x: x.assign(A3=np.inf),
    "text": lambda x: x.assign(A3="8,5"),
    "one blank": lambda x: x.mask(np.arange(x.size).reshape(x.shape) == 10),
    "blank column": lambda x: x.assign(A2=np.nan),
    "ties everywhere": lambda x: x * 0 + 5,
    "one unit differs": lambda x: x.assign(A2=(np.arange(len(x)) == 5) * 1.0),
    "a unit twice": lambda x: x.set_axis(["same"] * len(x)),
    "nullable integers": lambda x: (x * 10).round().astype("Int64"),
    "one column": lambda x: x[["A1"]],
}


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize("analysis", ANALYSES)
def test_bad_input_gives_an_answer_or_a_named_refusal(areas, analysis, damage):
    broken = DAMAGE[damage](areas)
    if damage == "text" and analysis in {"identity_check", "rank_regression"}:
        broken = broken[["A1", "A3"]]
    result, refusal = None, ""
    try:
        result = ANALYSES[analysis](broken)
    except StatisticsError as error:
        refusal = str(error)
    named = {"infinite": "A3", "text": "A3", "blank column": "A2"}
    if result is None:
        assert named.get(damage, "") in refusal
        return
    assert damage not in {"infinite", "text", "no row", "one row"}
    assert result.n > 0
    if damage == "one blank" and analysis != "item_rest":
        assert "unit-01" in set(result.dropped["name"])
    assert "nan" not in said(result, "en").lower().split()


TWO_SIDED = {
    "regression": lambda x, y: drivers.regression(x, y, list(x.columns)),
    "rank_regression": lambda x, y: drivers.rank_regression(x, y, list(x.columns)),
    "rank_rank": lambda x, y: drivers.rank_rank(x["A1"], y, x[["A2"]]),
    "external": lambda x, y: drivers.external(x, y, draws=9),
    "variance_shares": importance.variance_shares,
    "shapley": importance.shapley,
}
OUTCOMES = {
    "wrong length": (lambda y: y.to_numpy()[:50], "length_mismatch"),
    "other names": (lambda y: y.set_axis(range(len(y))), "index_mismatch"),
    "a unit twice": (lambda y: pd.concat([y, y.iloc[:1]]), "duplicate_unit"),
    "too large": (lambda y: y * 1e200, "infinite_value"),
}


@pytest.mark.parametrize("damage", OUTCOMES)
@pytest.mark.parametrize("analysis", TWO_SIDED)
def test_an_outcome_that_does_not_fit_the_parts_is_refused(areas, analysis, damage):
    other = (areas["A1"] + np.random.default_rng(3).normal(size=63)).rename("other")
    change, code = OUTCOMES[damage]
    if (analysis, damage) == ("rank_rank", "wrong length"):
        code = "length_mismatch", "index_mismatch"
    with pytest.raises(StatisticsError) as caught:
        TWO_SIDED[analysis](areas, change(other))
    assert caught.value.code in code


@pytest.mark.parametrize("analysis", TWO_SIDED)
def test_an_outcome_in_another_order_is_matched_by_its_labels(areas, analysis):
    other = (areas["A1"] + np.random.default_rng(3).normal(size=63)).rename("other")
    straight = TWO_SIDED[analysis](areas, other)
    shuffled = TWO_SIDED[analysis](areas, other.sample(frac=1, random_state=1))
    if analysis != "rank_rank":  # its rows follow the outcome
        pd.testing.assert_frame_equal(straight.table, shuffled.table)
    else:
        pd.testing.assert_frame_equal(straight.table, shuffled.table, rtol=1e-9)


def test_the_sum_never_stands_in_for_a_blank_outcome_that_was_given(areas):
    blank = pd.Series(np.nan, index=areas.index, name="rank")
    with pytest.raises(StatisticsError, match="without any figure"):
        drivers.rank_regression(areas, blank, AREAS)
    with pytest.raises(StatisticsError, match="total"):
        drivers.rank_regression(areas.assign(total=np.nan))


def test_a_date_is_not_a_number(areas):
    with pytest.raises(StatisticsError, match="A2") as caught:
        importance.variance_shares(areas.assign(A2=pd.Timestamp("2024-01-01")), areas["A1"])
    assert caught.value.code == "not_a_number"


def test_a_component_named_like_the_total_does_not_take_its_place(areas):
    total = areas.sum(axis=1)
    other = (areas["A1"] + np.random.default_rng(3).normal(size=63)).rename("other")
    with pytest.raises(StatisticsError, match="total"):
        drivers.external(areas.assign(total=total), other, draws=9)
    named = drivers.external(areas.assign(total=total), other, total="total", draws=9)
    plain = drivers.external(areas, other, total=total, draws=9)
    pd.testing.assert_frame_equal(named.table, plain.table)


def test_taking_out_all_there_is_leaves_a_reason_not_a_number(areas):
    other = (areas["A1"] + np.random.default_rng(3).normal(size=63)).rename("other")
    result = drivers.external(areas[["A1"]], other, contained="A1", draws=9)
    assert result.table.loc["total", "reason"] == "constant"
    assert np.isnan(result.change["spearman_without"])


def test_regression_refuses_the_name_of_its_constant_and_what_digits_cannot_carry(areas):
    with pytest.raises(StatisticsError, match="const"):
        drivers.regression(areas.rename(columns={"A2": "const"}), "A1", ["const"])
    with pytest.raises(StatisticsError, match="A2") as caught:
        drivers.regression(areas.assign(A2=areas["A2"] * 1e-3 + 1e8), "A1", ["A2"])
    assert caught.value.code == "ill_conditioned"


def test_no_component_that_varies_is_named_as_the_cause(areas):
    same = areas * 0 + 1
    with pytest.raises(StatisticsError, match="no component varies"):
        drivers.rank_regression(same.assign(total=areas["A1"]))


def test_robust_errors_keep_their_digits_beside_a_large_level(areas):
    x = areas[["A1", "A2"]].round(2)
    for options in ({"cov_type": "HC3"}, {"cov_type": "cluster", "small_sample": "CR2"}):
        groups = np.arange(63) % 9
        if options["cov_type"] == "cluster":
            options["clusters"] = groups
        near = drivers.regression(x.assign(y=areas["A3"]), "y", ["A1", "A2"], **options)
        # a level of 2**16 moves the constant only
        far = drivers.regression((x + 2.0**16).assign(y=areas["A3"]), "y", ["A1", "A2"], **options)
        slopes = ["A1", "A2"]
        np.testing.assert_allclose(
            far.table.loc[slopes, "std_error"], near.table.loc[slopes, "std_error"], rtol=1e-9
        )


def test_units_named_by_two_columns_and_flat_fits_give_no_warning():
    keys = pd.MultiIndex.from_product([["north", "south"], range(20)], names=["region", "unit"])
    x = pd.DataFrame({"A1": np.tile([0.0, 1.0], 20), "A2": np.arange(40.0)}, index=keys)
    y = pd.Series(np.tile([0.0, 0.0, 1.0, 1.0], 10), index=keys, name="y")
    result = drivers.rank_regression(x, y, ["A1", "A2"])
    assert result.n_units == 40


def test_odds_of_a_regressor_in_thousandths_overflow_to_infinity():
    rng = np.random.default_rng(5)
    x = pd.DataFrame({"a": rng.normal(10, 2, 60)})
    group = pd.qcut(x["a"] + rng.normal(size=60), 3, labels=["C", "B", "A"])
    fine = drivers.group_model(x, group, ["a"])
    small = drivers.group_model(x * 1e-4, group, ["a"])
    assert small.table.loc["a", "estimate"] == pytest.approx(
        fine.table.loc["a", "estimate"] * 1e4, rel=1e-5
    )
    assert small.table.loc["a", "odds_ratio"] == np.inf


# --- panels and clusters that carry no error ------------------------------------------------------


def test_errors_that_are_float_noise_are_blank_with_a_reason():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"y": rng.normal(size=40), "north": np.repeat([0.0, 1.0], 20)})
    # two clusters and their own dummy: residuals cancel in each
    fit = drivers.regression(frame, "y", ["north"], cov_type="cluster", clusters="north")
    assert np.isnan(fit.table.loc["north", "p_value"])
    assert "no_standard_error" in set(fit.dropped["reason"])
    two = pd.DataFrame(
        {
            "province_id": np.repeat(["a", "b"], 6),
            "year": np.tile(range(2015, 2021), 2),
            "x": rng.normal(size=12),
            "y": rng.normal(size=12),
        }
    )
    panel = drivers.panel(two, "y", ["x"], wild_draws=99)
    assert panel.table.loc["x", ["std_error", "p_value", "p_wild"]].isna().all()
    assert "no_standard_error" in set(panel.dropped["reason"])


def test_two_way_clusters_without_a_variance_say_so(years):
    found = []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        noise = years.assign(x1=rng.normal(size=len(years)), y=rng.normal(size=len(years)))
        few = noise[noise["year"] < noise["year"].min() + 3]
        result = drivers.panel(few, "y", ["x1"], cluster_by="both", small_sample="none")
        if np.isnan(result.table.loc["x1", "std_error"]):
            found.append("no_standard_error" in set(result.dropped["reason"]))
    assert found
    assert all(found)


def test_breaks_and_times_may_be_written_as_text_or_alone(years):
    break_at = int(sorted(years["year"].unique())[2])
    plain = drivers.panel(years, "y", ["x1"], breaks=[break_at])
    as_text = years.assign(year=years["year"].astype(str))
    for frame, given in ((years, break_at), (years, str(break_at)), (as_text, [break_at])):
        pd.testing.assert_frame_equal(
            drivers.panel(frame, "y", ["x1"], breaks=given).table, plain.table
        )
        split = drivers.panel(frame, "y", "x1", breaks=given, at_breaks="split")
        assert len(split.periods) == 2
    indexed = years.set_index(["province_id", "year"])
    pd.testing.assert_frame_equal(
        drivers.panel(indexed, "y", ["x1"], breaks=[break_at]).table, plain.table
    )
    with pytest.raises(StatisticsError, match="no times") as caught:
        drivers.panel(years, "y", ["x1"], breaks=["the merger"])
    assert caught.value.code == "bad_break"
    second = int(sorted(years["year"].unique())[1])
    with pytest.raises(StatisticsError, match=f"{second - 1}–{second - 1}: "):
        drivers.panel(years, "y", ["x1"], breaks=second, at_breaks="split")


def test_rows_without_unit_or_year_are_named(years):
    years = years.reset_index(drop=True)
    whole = drivers.panel(years.drop(index=3), "y", ["x1"])
    for column in ("province_id", "year"):
        holed = years.assign(**{column: years[column].where(years.index != 3)})
        result = drivers.panel(holed, "y", ["x1"])
        pd.testing.assert_series_equal(result.table["estimate"], whole.table["estimate"])
        assert result.dropped["reason"].tolist() == ["missing"]


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"wild_draws": -1}, "wild_draws"),
        ({"lags": -1, "cluster_by": "driscoll_kraay"}, "lags"),
        ({"lags": 40, "cluster_by": "driscoll_kraay"}, "40 lags"),
    ],
)
def test_panel_refuses_counts_that_make_no_sense(years, options, named):
    with pytest.raises(StatisticsError, match=named):
        drivers.panel(years, "y", ["x1"], **options)


def test_what_was_left_out_is_said_with_its_own_reason(areas):
    few = areas.assign(A2=areas["A2"].where(np.arange(63) < 3), A3=5.0)
    text = said(drivers.item_rest(few, areas.sum(axis=1)), "en")
    assert "too few rows have a figure: A2." in text
    assert "do not vary or repeat other columns: A3." in text


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"groups": {"g": ["A1", "none such"]}}, "none such"),
        ({"groups": {"g": ["A1"], "h": ["A1"]}}, "A1"),
        ({"pairs": 0}, "pairs"),
        ({"q": 0}, "q is"),
        ({"l1_ratio": 0.0}, "l1_ratio"),
    ],
)
def test_selection_refuses_what_makes_no_sense(areas, options, named):
    other = (areas["A1"] + np.random.default_rng(3).normal(size=63)).rename("other")
    with pytest.raises(StatisticsError, match=named):
        drivers.select(areas, other, **options)


def test_groups_may_be_numbers_and_their_order_names_each_once(grouped):
    codes = grouped.assign(group=grouped["group"].cat.codes)
    by_number = drivers.group_model(codes, "group", ["A1"], order=sorted(set(codes["group"])))
    by_name = drivers.group_model(grouped, "group", ["A1"])
    np.testing.assert_allclose(by_number.table, by_name.table)
    with pytest.raises(StatisticsError, match="twice"):
        drivers.group_model(codes, "group", ["A1"], order=[0, 1, 1, 2])


def test_a_rank_regressed_on_itself_has_no_error(areas):
    result = drivers.rank_rank(areas["A1"], areas["A1"])
    assert result.table.loc["rank(A1)", "estimate"] == pytest.approx(1)
    assert result.table["p_value"].isna().all()
    assert set(result.dropped["reason"]) == {"no_standard_error"}
