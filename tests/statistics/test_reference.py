"""Figures that other programs printed, and tables printed in books; see reference/README.md."""

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from parstudy.statistics import drivers, importance, ranking

HERE = Path(__file__).parent / "reference"
CODES = {"gso_code": str, "unit": str, "id": str}


def read(path, index=None):
    frame = pd.read_csv(path, dtype={k: v for k, v in CODES.items() if k != "id"})
    return frame.set_index(index) if index else frame


def facts(path):
    return json.loads(path.read_text(encoding="utf-8"))


# --- confidence sets for ranks -------------------------------------------------------------------


def rank_inputs(folder, case):
    data = read(folder / f"{case}_input.csv")
    data = data.set_index(data.columns[0])
    sigma = folder / f"{case}_Sigma.csv"
    if sigma.exists():
        return data["x"], {"covariance": pd.read_csv(sigma, index_col=0)}
    return data["x"], {"standard_errors": data["se"]}


def outside(bounds, x, errors):
    """Places by which bounds lie outside the span of R's twenty seeds."""
    out = []
    keys = ["simultaneous", "cstype", "stepdown", "coverage", "R", "indices"]
    for key, rows in bounds.groupby(keys):
        together, sides, stepdown, coverage, draws, wanted = key
        units = None if wanted == "all" else [x.index[int(i) - 1] for i in wanted.split()]
        sets = ranking.rank_confidence_sets(
            x,
            **errors,
            kind="simultaneous" if together else "marginal",
            sides=sides,
            stepdown=stepdown,
            confidence=coverage,
            draws=draws,
            seed=1,
            units=units,
        ).table
        rows = rows.set_index("unit")
        sets = sets.loc[rows.index]
        assert (sets["rank"] == rows["rank"]).all()
        for column, low, high in (("lower", "L_min", "L_max"), ("upper", "U_min", "U_max")):
            over = np.maximum(rows[low] - sets[column], sets[column] - rows[high])
            out += [max(int(v), 0) for v in over]
    return np.array(out)


@pytest.mark.parametrize("case", ["separated10", "ties8", "noise6"])
def test_rank_sets_that_leave_no_choice_are_equal(case):
    x, errors = rank_inputs(HERE / "csranks", case)
    assert not outside(read(HERE / "csranks" / f"{case}_bounds.csv"), x, errors).any()


def test_rank_sets_with_a_full_covariance():
    x, errors = rank_inputs(HERE / "csranks", "cov12")
    over = outside(read(HERE / "csranks" / "cov12_bounds.csv"), x, errors)
    assert (over == 0).mean() >= 0.95
    assert over.max() <= 1


def test_rank_sets_of_sixty_three_units(mirror):
    x, errors = rank_inputs(mirror / "csranks", "papi2019")
    for name in ("papi2019_bounds", "papi2019_bounds_R10000"):
        over = outside(read(mirror / "csranks" / f"{name}.csv"), x, errors)
        assert (over == 0).mean() >= 0.95
        assert over.max() <= 2


@pytest.mark.parametrize("case", ["separated10", "noise6", "cov12"])
def test_tau_sets(case):
    x, errors = rank_inputs(HERE / "csranks", case)
    table = read(HERE / "csranks" / f"{case}_tau.csv")
    for key, rows in table.groupby(["which", "tau", "stepdown", "coverage", "R"]):
        which, tau, stepdown, coverage, draws = key
        sets = ranking.rank_confidence_sets(
            x, **errors, kind="simultaneous", sides="lower" if which == "best" else "upper",
            stepdown=stepdown, confidence=coverage, draws=draws,
        ).table  # fmt: skip
        found = sets["lower"] <= tau if which == "best" else sets["upper"] > len(x) - tau
        rows = rows.set_index("unit")
        sure = rows["n_seeds_in_set"].isin([0, 20])
        assert (found[rows.index][sure] == rows["n_seeds_in_set"][sure].eq(20)).all()


def test_critical_values_against_exact_ones():
    table = pd.read_csv(HERE / "csranks" / "exact_critical_values_equal_variances.csv")
    for row in table.itertuples():
        if row.p not in (2, 12, 63) or (row.p == 63 and row.coverage == 0.9):
            continue
        x = pd.Series(np.zeros(row.p))
        for kind, sides, exact in (
            ("simultaneous", "two-sided", row.simultaneous_two_or_one_sided),
            ("marginal", "two-sided", row.marginal_two_sided),
            ("marginal", "lower", row.marginal_one_sided),
        ):
            found = ranking.rank_confidence_sets(
                x,
                standard_errors=1.0,
                confidence=row.coverage,
                kind=kind,
                sides=sides,
                draws=100_000,
                seed=3,
                units=[0] if kind == "marginal" else None,
            ).critical_value
            assert np.ravel(found)[0] == pytest.approx(exact, abs=0.015)


def test_critical_values_against_the_seeds_of_r():
    for case in ("separated10", "ties8", "noise6", "cov12"):
        x, errors = rank_inputs(HERE / "csranks", case)
        for row in read(HERE / "csranks" / f"{case}_critical_values.csv").itertuples():
            found = ranking.rank_confidence_sets(
                x,
                **errors,
                kind="simultaneous",
                sides=row.cstype,
                confidence=row.coverage,
                draws=int(row.R),
                seed=1,
            ).critical_value
            assert abs(found - row.crit_mean) < 3 * row.crit_sd


# --- regressions with ranks ----------------------------------------------------------------------


def lmranks(formula, omega, data):
    """Call rank_rank as an R formula says; terms named as R names them."""
    left, right = (side.strip() for side in formula.split("~"))
    group = None
    if ":" in right:
        right, group = right.split(":")
        right = right.strip()
        right = right[1:-1] if right.startswith("(") else right
    constant = "- 1" not in right
    name = re.compile(r"^r\(([^,)]+).*\)$")
    terms = [t.strip() for t in right.replace("- 1", "").split("+")]
    ranked = [name.match(t).group(1) for t in terms if name.match(t)]
    plain = [t for t in terms if not name.match(t)]
    y = name.match(left)
    result = drivers.rank_rank(
        data[ranked[0]] if ranked else None,
        data[y.group(1) if y else left],
        data[plain] if plain else None,
        rank_y=bool(y),
        groups=data[group] if group else None,
        constant=constant,
        omega=omega,
        ascending="increasing=FALSE" not in formula,
    )
    renamed = []
    for term in result.table.index:
        base, _, label = term.partition(":")
        is_rank = base.startswith("rank(")
        base = re.sub(r"^rank\((.*)\)$", r"r(\1)", base)
        if is_rank and "increasing=FALSE" in formula:
            base = base.replace(")", ", increasing = FALSE)")
        if base == "const":
            base = f"{group}{label}" if group else "(Intercept)"
        elif group:
            base = f"{base}:{group}{label}" if is_rank else f"{group}{label}:{base}"
        renamed.append(base)
    return result.table.set_axis(renamed), result


def check_lmranks(coefficients, data):
    for _, rows in coefficients.groupby("model"):
        formula = rows["formula"].iloc[0]
        table, _ = lmranks(formula, rows["omega"].iloc[0], data)
        rows = rows.set_index("term")
        assert set(table.index) == set(rows.index), formula
        table = table.loc[rows.index]
        for ours, theirs in (
            ("estimate", "estimate"),
            ("std_error", "std_error"),
            ("p_value", "p"),
            ("ci_low", "ci95_low"),
            ("ci_high", "ci95_high"),
            ("naive_se", "naive_ols_se"),
        ):
            np.testing.assert_allclose(
                table[ours], rows[theirs], rtol=1e-9, atol=1e-9, err_msg=formula
            )


def test_rank_regressions_synthetic():
    data = pd.read_csv(HERE / "lmranks" / "syn120_input.csv")
    check_lmranks(pd.read_csv(HERE / "lmranks" / "syn120_coefficients.csv"), data)


def test_rank_regressions_of_provinces(mirror):
    data = read(mirror / "regression" / "vn2016_input.csv", "gso_code")
    check_lmranks(pd.read_csv(mirror / "lmranks" / "vn2016_coefficients.csv"), data)
    models = facts(mirror / "lmranks" / "vn2016.json")["models"]
    _, result = lmranks("r(pci) ~ r(papi6)", 1, data)
    wanted = next(m for m in models if m["formula"] == "r(pci) ~ r(papi6)" and m["omega"] == 1)
    np.testing.assert_allclose(result.covariance, wanted["vcov"], rtol=1e-9)
    assert result.r_squared == pytest.approx(wanted["r_squared"], abs=1e-12)


def test_fractional_ranks_of_tied_values(mirror):
    table = pd.read_csv(mirror / "lmranks" / "vn2016_ranks.csv")
    for (_, increasing, omega), rows in table.groupby(["column", "increasing", "omega"]):
        found = ranking.fractional_rank(rows["value"], omega, increasing)
        np.testing.assert_allclose(found["irank"], rows["irank"], atol=1e-12)
        np.testing.assert_allclose(found["frank"], rows["frank"], atol=1e-12)


# --- composite indices ---------------------------------------------------------------------------


def check_coinr(folder, case):
    data = read(folder / f"{case}_input.csv", "uCode")
    structure = pd.read_csv(folder / f"{case}_structure.csv")
    made = importance.composite(data, structure)
    scores = read(folder / f"{case}_aggregated.csv", "uCode")
    np.testing.assert_allclose(made.table.loc[scores.index, scores.columns], scores, atol=1e-10)
    ranks = read(folder / f"{case}_ranks.csv", "uCode")
    assert (made.ranks.loc[ranks.index, ranks.columns].astype(int) == ranks).all(axis=None)
    weights = read(folder / f"{case}_eff_weights.csv", "iCode")["EffWeight"]
    carried = importance.effective_weights(structure).table["nominal_weight"]
    np.testing.assert_allclose(carried[weights.index], weights, atol=1e-15)
    removed = importance.leave_one_out(data, structure=structure)
    ranks = read(folder / f"{case}_removed_ranks.csv", "uCode").rename(columns={"Nominal": "full"})
    assert (removed.ranks.loc[ranks.index, ranks.columns].astype(int) == ranks).all(axis=None)
    scores = read(folder / f"{case}_removed_scores.csv", "uCode")
    scores = scores.rename(columns={"Nominal": "full"})
    np.testing.assert_allclose(removed.scores.loc[scores.index, scores.columns], scores, atol=1e-10)
    shift = read(folder / f"{case}_removed_mean_abs_rank_shift.csv", "removed")
    np.testing.assert_allclose(
        removed.table["mean_abs_shift"],
        shift["mean_abs_rank_shift"].drop("Nominal")[removed.table.index],
        atol=1e-12,
    )
    return data, structure


@pytest.mark.parametrize("case", ["small10", "smallna12"])
def test_composite_index_synthetic(case):
    data, structure = check_coinr(HERE / "coinr", case)
    scales = pd.read_csv(HERE / "coinr" / f"{case}_normalisations.csv")
    words = {
        "n_zscore": "zscore",
        "n_rank": "rank",
        "n_prank": "percentile_rank",
        "n_borda": "borda",
        "n_minmax": "minmax",
    }
    direction = structure.set_index("iCode")["Direction"]
    for method, rows in scales.groupby("method"):
        wanted = rows.set_index("uCode").drop(columns="method")
        found = importance.normalise(data[wanted.columns], words[method], direction)
        np.testing.assert_allclose(found.loc[wanted.index], wanted, atol=1e-12)


def test_composite_index_of_provinces(mirror):
    data, structure = check_coinr(mirror / "coinr", "papi2019")
    wanted = pd.read_csv(mirror / "coinr" / "papi2019_cronbach.csv").set_index("dimension")
    for dimension, row in wanted.iterrows():
        items = structure.loc[structure["Parent"].eq(dimension), "iCode"]
        found = importance.cronbach_alpha(data[items.tolist()])
        assert found.raw == pytest.approx(row["cronbach_alpha"], abs=1e-12)


def test_cronbach_alpha(mirror):
    wanted = facts(mirror / "regression" / "cronbach_papi2016.json")
    data = read(mirror / "regression" / "vn2016_input.csv")
    found = importance.cronbach_alpha(data[wanted["items"]])
    assert found.raw == pytest.approx(wanted["raw_alpha"], abs=1e-12)
    assert found.standardised == pytest.approx(wanted["standardised_alpha"], abs=1e-12)
    assert found.guttman_lambda6 == pytest.approx(wanted["guttman_lambda6"], abs=1e-12)
    table = pd.read_csv(mirror / "regression" / "cronbach_papi2016.csv").set_index("item")
    np.testing.assert_allclose(found.table[table.columns], table, atol=1e-12)


# --- relative importance -------------------------------------------------------------------------


def check_shares(found, folder, case):
    wanted = pd.read_csv(folder / f"{case}_shares.csv").set_index("regressor")
    wanted = wanted.rename(columns={"lmg_share_of_explained": "share"})
    np.testing.assert_allclose(
        found.table.loc[wanted.index, wanted.columns], wanted, rtol=0, atol=1e-10
    )
    path = folder / f"{case}_average_coefficients.csv"
    if path.exists():
        means = pd.read_csv(path).set_index("regressor")
        np.testing.assert_allclose(found.average_coefficients, means, atol=1e-10)


def check_sensitivity(found, x, y, path):
    wanted = pd.read_csv(path).set_index("regressor")
    np.testing.assert_allclose(found.table["lmg"], wanted["lmg"], atol=1e-10)
    np.testing.assert_allclose(found.table["genizi"], wanted["johnson"], atol=1e-10)
    above = (y > y.median()).astype(float)
    logit = importance.shapley(x, above, measure="mcfadden").table["lmg"]
    np.testing.assert_allclose(logit, wanted["lmg_logistic_above_median"], atol=1e-8)


def test_shapley_shares_synthetic():
    data = pd.read_csv(HERE / "importance" / "lmg_syn60_input.csv")
    x, y = data.drop(columns="y"), data["y"]
    found = importance.shapley(x, y)
    check_shares(found, HERE / "importance", "lmg_syn60")
    check_sensitivity(found, x, y, HERE / "importance" / "lmg_syn60_sensitivity.csv")


@pytest.mark.parametrize(
    "case",
    ["lmg_pci2016_papi", "lmg_papi6_identity", "lmg_pci2016_always", "lmg_pci2016_groups"],
)
def test_shapley_shares_of_provinces(mirror, case):
    folder = mirror / "importance"
    said = facts(folder / f"{case}.json")
    data = read(mirror / "regression" / "vn2016_input.csv")
    always = [said["always_in"]] if said.get("always_in") else []
    groups = (
        dict(zip(said["groupnames"], said["groups"], strict=True)) if said.get("groups") else None
    )
    x, y = data[said["regressors"] + always], data[said["response"]]
    found = importance.shapley(x, y, groups=groups, always=always)
    check_shares(found, folder, case)
    assert found.r_squared == pytest.approx(said["r_squared_full"], abs=1e-10)
    assert found.explained == pytest.approx(said["r2_decomposed"], abs=1e-10)
    if case == "lmg_pci2016_papi":
        check_sensitivity(found, x, y, folder / f"{case}_sensitivity.csv")


SMOOTHERS = [
    "gam_cr_GCV",
    "gam_cr_REML",
    "gam_tp_REML",
    "smooth_spline_GCV",
    "local_linear_dpill",
    "loess_deg2_span075",
]


def check_effects(data, total, parts, path):
    wanted = pd.read_csv(path).set_index("part").loc[parts]
    found = importance.main_effects(data[parts], data[total], "smooth", draws=0).table
    np.testing.assert_allclose(found["linear_r2"], wanted["linear_R2"], atol=1e-10)
    np.testing.assert_allclose(found["spearman2"], wanted["spearman2"], atol=1e-10)
    np.testing.assert_allclose(found["covariance_share"], wanted["covariance_share"], atol=1e-10)
    assert (found["effect"] >= wanted[SMOOTHERS].min(axis=1) - 0.10).all()
    assert (found["effect"] <= wanted[SMOOTHERS].max(axis=1) + 0.10).all()
    shares = importance.variance_shares(data[parts], data[total]).table
    np.testing.assert_allclose(shares.loc[parts, "share"], wanted["covariance_share"], atol=1e-10)
    assert shares["share"].sum() == pytest.approx(1, abs=1e-12)


def test_main_effects_with_known_truth():
    data = pd.read_csv(HERE / "importance" / "effects_nonlinear200_input.csv")
    path = HERE / "importance" / "effects_nonlinear200_main_effects.csv"
    check_effects(data, "total", ["a", "b", "c"], path)
    # a straight line does not see the square of a; its population effect is 0.47
    straight = importance.main_effects(data[["a"]], data["total"], draws=0).table
    assert straight.loc["a", "effect"] < 0.05


def test_main_effects_of_provinces(mirror):
    data = read(mirror / "regression" / "vn2016_input.csv")
    path = mirror / "importance" / "effects_papi6_2016_main_effects.csv"
    check_effects(data, "papi6", [f"D{i}" for i in range(1, 7)], path)


# --- least squares, ordered logit, panels --------------------------------------------------------

OLS_KINDS = {
    "classical": {"cov_type": "classical"},
    **{f"HC{i}": {"cov_type": f"HC{i}"} for i in range(5)},
    "CL_HC0_no_factor": {"small_sample": "none"},
    "CL_HC0_G": {"small_sample": "G"},
    "CL_HC1_stata": {"small_sample": "stata"},
    "CL_HC2": {"small_sample": "CR2", "degrees": "residual"},
    "CL_HC3": {"small_sample": "CR3"},
    "clubSandwich_CR2_Satterthwaite": {"small_sample": "CR2", "degrees": "satterthwaite"},
    **{
        f"clubSandwich_{name}_Satterthwaite": {"small_sample": factor, "degrees": "satterthwaite"}
        for name, factor in (("CR0", "none"), ("CR1", "G"), ("CR1S", "stata"), ("CR3", "CR3"))
    },
}


@pytest.mark.parametrize("case", ["ols_pci2016", "ols_papi2016"])
def test_least_squares_of_provinces(mirror, case):
    folder = mirror / "regression"
    said = facts(folder / f"{case}.json")
    data = read(folder / "vn2016_input.csv", "gso_code")
    outcome, right = (side.strip() for side in said["formula"].split("~"))
    regressors = [term.strip() for term in right.split("+")]
    table = pd.read_csv(folder / f"{case}_coefficients.csv")
    table["term"] = table["term"].replace("(Intercept)", "const")
    for kind, options in OLS_KINDS.items():
        options = {"degrees": "residual", **options}  # as R has it
        if "cov_type" not in options:
            options = {"cov_type": "cluster", "clusters": "region", **options}
        found = drivers.regression(data, outcome, regressors, **options).table
        wanted = table[table["se_type"].eq(kind)].set_index("term")
        found = found.loc[wanted.index]
        np.testing.assert_allclose(found["estimate"], wanted["estimate"], rtol=1e-9)
        np.testing.assert_allclose(found["std_error"], wanted["std_error"], rtol=1e-9)
        np.testing.assert_allclose(found["df"], wanted["df"], rtol=1e-8)
        np.testing.assert_allclose(found["p_value"], wanted["p_t"], rtol=1e-8, atol=1e-12)
    result = drivers.regression(data, outcome, regressors)
    for ours, theirs in (
        (result.diagnostics["r_squared"], said["r_squared"]),
        (result.diagnostics["adj_r_squared"], said["adj_r_squared"]),
        (result.diagnostics["sigma"], said["sigma"]),
        (result.diagnostics["log_likelihood"], said["logLik"]),
        (
            result.condition_number,
            said["condition_number_columns_scaled_to_unit_length_with_constant"],
        ),
        (
            result.diagnostics["condition_number_standardised"],
            said["condition_number_of_standardised_regressors"],
        ),
        (result.diagnostics["breusch_pagan"], said["breusch_pagan_koenker"]["stat"]),
        (result.diagnostics["breusch_pagan_p"], said["breusch_pagan_koenker"]["p"]),
        (
            result.diagnostics["breusch_pagan_original"],
            said["breusch_pagan_original"]["stat"],
        ),
        (result.diagnostics["breusch_pagan_original_p"], said["breusch_pagan_original"]["p"]),
        (result.diagnostics["aic"], said["AIC"]),
        (result.diagnostics["bic"], said["BIC"]),
        (result.diagnostics["reset_f"], said["reset_powers_2_3"]["F"]),
        (result.diagnostics["reset_p"], said["reset_powers_2_3"]["p"]),
    ):
        assert ours == pytest.approx(theirs, rel=1e-9)
    for joint in said["joint_tests_all_slopes"]:
        found = drivers.regression(
            data, outcome, regressors, cov_type=joint["kind"], degrees="residual"
        ).diagnostics
        for ours, theirs in (
            ("joint_f", "F"),
            ("joint_p", "p_F"),
            ("joint_chi2", "chi2"),
            ("joint_chi2_p", "p_chi2"),
        ):
            assert found[ours] == pytest.approx(joint[theirs], rel=1e-9)
    outliers = said["bonferroni_outlier_test"]
    worst = result.influence.iloc[[int(row) - 1 for row in outliers["rows"]]]
    for ours, theirs in (
        ("studentized_external", "rstudent"),
        ("outlier_p", "p"),
        ("outlier_p_bonferroni", "bonferroni_p"),
    ):
        wanted = np.minimum(outliers[theirs], 1) if "bonf" in ours else outliers[theirs]
        np.testing.assert_allclose(worst[ours], wanted, rtol=1e-9)
    np.testing.assert_allclose(
        result.table.loc[list(said["vif"]), "vif"], list(said["vif"].values()), rtol=1e-9
    )
    influence = read(folder / f"{case}_influence.csv", "gso_code")
    influence = influence.rename(columns={"dfbetas_(Intercept)": "dfbetas_const"})
    np.testing.assert_allclose(
        result.influence.loc[influence.index, influence.columns], influence, rtol=1e-8, atol=1e-10
    )


CLUBBED = {  # R's clubSandwich 0.5.8: Wald_test(test = "HTZ"), F and p
    ("none", "id"): (11.912096777898895, 0.000333124952442616),
    ("CR2", "id"): (10.9906227675219, 0.000541898266086654),
    ("CR3", "id"): (10.1309181303495, 0.000866054188629327),
    ("CR2", "t"): (8.8907554396725974, 0.0613314964931235),
}


@pytest.mark.parametrize(("small_sample", "clusters"), CLUBBED)
def test_joint_test_with_few_clusters(small_sample, clusters):
    data = pd.read_csv(HERE / "regression" / "synpanel30x5_input.csv")
    options = {"cov_type": "cluster", "clusters": clusters, "small_sample": small_sample}
    fit = drivers.regression(data, "y", ["x1", "x2"], degrees="satterthwaite", **options)
    found = fit.diagnostics[["joint_f", "joint_p"]].tolist()
    assert found == pytest.approx(CLUBBED[small_sample, clusters], rel=1e-9)
    one = drivers.regression(data * [1, 1, 1, 1e12, 1], "y", ["x1"], degrees="satterthwaite",
                             **options)  # fmt: skip
    assert one.diagnostics["joint_p"] == pytest.approx(one.table.loc["x1", "p_value"], rel=1e-9)


ALONE = {  # the same, each row a cluster, of the first year
    "HC0": (0.6259507135675707, 0.5531646450032062),
    "HC2": (0.5112866762103148, 0.6148719081012275),
    "HC3": (0.4150855169079898, 0.6724563906129206),
}


@pytest.mark.parametrize("cov_type", ALONE)
def test_joint_test_of_few_rows_of_unequal_variance(cov_type):
    data = pd.read_csv(HERE / "regression" / "synpanel30x5_input.csv")
    data = data[data["t"].eq(data["t"].min())]
    fit = drivers.regression(data, "y", ["x1", "x2"], cov_type=cov_type, degrees="satterthwaite")
    found = fit.diagnostics[["joint_f", "joint_p"]].tolist()
    assert found == pytest.approx(ALONE[cov_type], rel=1e-9)


def test_joint_test_of_the_means_of_a_panel():
    """The same of a panel's means: ``constrain_zero(c("x1m", "x2m"))``."""
    data = pd.read_csv(HERE / "regression" / "synpanel30x5_input.csv")
    found = drivers.mundlak(data, "y", ["x1", "x2"], unit="id", time="t")
    printed = [3.2324411328629998, 0.0691022751247965]
    assert [found.joint_f, found.joint_p] == pytest.approx(printed, rel=1e-9)


@pytest.mark.parametrize("degrees", ["residual", "satterthwaite"])
def test_no_joint_test_of_as_many_slopes_as_clusters(degrees):
    """Their covariance has fewer dimensions, float noise aside; p would be near 0."""
    rng = np.random.default_rng(4)
    data = pd.DataFrame(rng.normal(size=(60, 7)), columns=list("abcdefy"))
    data["g"] = np.arange(60) % 6
    fit = drivers.regression(
        data, "y", list("abcdef"), cov_type="cluster", clusters="g", degrees=degrees
    )
    assert fit.diagnostics[["joint_f", "joint_p", "joint_chi2_p"]].isna().all()
    assert fit.table["p_value"].notna().all()


def test_ordered_logit_of_provinces(mirror):
    folder = mirror / "regression"
    said = facts(folder / "ologit_pci2016.json")
    data = read(folder / "ologit_pci2016_input.csv", "gso_code")
    wanted = pd.read_csv(folder / "ologit_pci2016_coefficients.csv").set_index("term")
    slopes = wanted.index[wanted["kind"].eq("slope")].tolist()
    found = drivers.group_model(data, "group", slopes, order=said["levels"])
    both = pd.concat([found.table, found.thresholds])[["estimate", "std_error"]].loc[wanted.index]
    np.testing.assert_allclose(both["estimate"], wanted["clm_estimate"], atol=1e-7)
    np.testing.assert_allclose(both["std_error"], wanted["clm_se"], rtol=2e-6)
    for ours, theirs in (
        ("log_likelihood", "logLik_clm"),
        ("null_log_likelihood", "logLik_null"),
        ("aic", "AIC_clm"),
        ("bic", "BIC_clm"),
        ("lr_chi2", "lr_chi2"),
        ("lr_p", "lr_p"),
        ("mcfadden_r2", "mcfadden_r2"),
        ("share_correct", "share_correct"),
    ):
        assert found.fit[ours] == pytest.approx(said[theirs], rel=1e-9)
    chance = read(folder / "ologit_pci2016_probabilities.csv", "gso_code")
    names = [f"p_{level}" for level in said["levels"]]
    np.testing.assert_allclose(found.probabilities, chance[names], atol=1e-7)
    assert dict(found.counts) == said["counts"]


PANEL_KINDS = {
    "FE_classical": {"cluster_by": "none"},
    "plm_vcovHC_arellano_group_HC0": {"small_sample": "none"},
    "plm_vcovHC_arellano_group_HC1": {"small_sample": "N-K"},
    **{f"plm_vcovHC_arellano_group_HC{i}": {"small_sample": f"HC{i}"} for i in (2, 3, 4)},
    "FE_HC1_no_cluster": {"cluster_by": "none", "small_sample": "HC1"},
    "FE_HC3_no_cluster": {"cluster_by": "none", "small_sample": "HC3"},
    "plm_vcovHC_arellano_group_sss": {"small_sample": "slopes_only"},
    "plm_vcovHC_arellano_time_HC0": {"cluster_by": "time", "small_sample": "none"},
    "plm_vcovHC_arellano_time_sss": {"cluster_by": "time", "small_sample": "slopes_only"},
    "plm_vcovDC_double_cluster_HC0": {"cluster_by": "both"},
    "plm_vcovSCC_driscoll_kraay_HC0": {"cluster_by": "driscoll_kraay"},
    "FE_CL_no_factor": {"small_sample": "none"},
    "FE_CL_G": {"small_sample": "G"},
    "FE_CL_stata_all_dummies": {"small_sample": "stata"},
    "FE_CL_nested": {"small_sample": "nested"},
    "FE_CL_slopes_only": {"small_sample": "slopes_only"},
    "FE_estimatr_stata": {"small_sample": "stata"},
    "FE_clubSandwich_CR0": {"small_sample": "none"},
    "FE_clubSandwich_CR1": {"small_sample": "G"},
    "FE_clubSandwich_CR1S": {"small_sample": "stata"},
    "FE_clubSandwich_CR2_Satterthwaite": {"small_sample": "CR2"},
}


def check_panel(folder, case, outcome, regressors, unit, time):
    data = pd.read_csv(folder / f"{case}_input.csv", dtype={"gso_code": str})
    table = pd.read_csv(folder / f"{case}_coefficients.csv")
    for kind, options in PANEL_KINDS.items():
        result = drivers.panel(data, outcome, regressors, unit=unit, time=time, **options)
        wanted = table[table["se_type"].eq(kind)].set_index("term")
        found = result.table.loc[wanted.index]
        np.testing.assert_allclose(found["estimate"], wanted["estimate"], rtol=1e-9)
        np.testing.assert_allclose(found["std_error"], wanted["std_error"], rtol=1e-9)
        np.testing.assert_allclose(found["df"], wanted["df"], rtol=1e-8)
        np.testing.assert_allclose(found["p_value"], wanted["p_t"], rtol=1e-8, atol=1e-12)
    said = facts(folder / f"{case}.json")
    for ours, theirs in (
        ("effects_f", said["F_unit_and_time_effects"]["stat"]),
        ("effects_p", said["F_unit_and_time_effects"]["p"]),
        ("hausman_chi2", said["hausman_one_way"]["chi2"]),
        ("hausman_p", said["hausman_one_way"]["p"]),
        ("r_squared_dummies", said["lsdv_r_squared"]),
    ):
        assert result.tests[ours] == pytest.approx(theirs, rel=1e-9), ours
    oneway = drivers.panel(
        data, outcome, regressors, unit=unit, time=time, time_effects=False, small_sample="none"
    ).table
    wanted = said["one_way_unit_effects_only"]
    for ours, theirs in (("estimate", "estimate"), ("std_error", "se_arellano_HC0")):
        np.testing.assert_allclose(
            oneway[ours], [wanted[theirs][name] for name in oneway.index], rtol=1e-9
        )
    effects = pd.read_csv(folder / f"{case}_effects.csv", dtype={"level": str})
    both = result.effects.merge(effects, on=["effect", "level"])
    assert len(both) == len(effects)
    np.testing.assert_allclose(
        both["deviation_from_mean_x"], both["deviation_from_mean_y"], atol=1e-9
    )
    return data, result


def test_panel_synthetic():
    data, result = check_panel(HERE / "regression", "synpanel30x5", "y", ["x1", "x2"], "id", "t")
    assert result.balanced
    assert result.r_squared_within == pytest.approx(0.18440209469631, abs=1e-12)
    # the default of linearmodels is one more factor
    from linearmodels.panel import PanelOLS

    plain = PanelOLS(
        data.set_index(["id", "t"])["y"],
        data.set_index(["id", "t"])[["x1", "x2"]],
        entity_effects=True,
        time_effects=True,
    ).fit(cov_type="clustered", cluster_entity=True)
    found = drivers.panel(data, "y", ["x1", "x2"], unit="id", time="t", small_sample="linearmodels")
    np.testing.assert_allclose(found.table["estimate"], plain.params, atol=1e-8)
    np.testing.assert_allclose(found.table["std_error"], plain.std_errors, atol=1e-8)


def test_panel_of_provinces(mirror):
    names = [f"D{i}" for i in range(1, 7)]
    _, result = check_panel(
        mirror / "regression", "panel2011_2016", "pci", names, "gso_code", "year"
    )
    said = facts(mirror / "regression" / "panel2011_2016.json")
    assert (result.n, result.balanced) == (said["N"], said["balanced"])
    assert result.r_squared_within == pytest.approx(said["within_r_squared_plm_twoways"], abs=1e-12)


# --- families of tests and rank correlations -----------------------------------------------------


@pytest.mark.parametrize("case", ["padjust_a", "padjust_blank"])
def test_adjusted_p_values(case):
    table = pd.read_csv(HERE / "regression" / f"{case}.csv")
    for method in ("BH", "holm", "BY", "bonferroni", "hochberg", "hommel"):
        found = drivers.adjust_pvalues(table["p"], method)
        np.testing.assert_allclose(found, table[method], atol=1e-14)


def check_correlations(data, wanted):
    for (x, y), rows in wanted.groupby(["x", "y"]):
        # of two parts, each is the rest of the other
        table = drivers.item_rest(data[[x, y]].rename(columns={x: "p", y: "q"})).table.loc["p"]
        rows = rows.set_index("method")
        for method in ("spearman", "kendall", "pearson"):
            assert table[method] == pytest.approx(rows.loc[method, "estimate"], abs=1e-12)
        # spearman's p from t, as most programs print it; R's default differs below n = 10
        assert table["spearman_p"] == pytest.approx(rows.loc["spearman", "p_student_t"], rel=1e-9)
        assert table["kendall_p"] == pytest.approx(rows.loc["kendall", "p_default_of_R"], rel=1e-9)


@pytest.mark.parametrize("case", ["rankcor_small9", "rankcor_small20"])
def test_rank_correlations_synthetic(case):
    folder = HERE / "regression"
    check_correlations(
        pd.read_csv(folder / f"{case}_input.csv"), pd.read_csv(folder / f"{case}.csv")
    )


def test_rank_correlations_of_provinces(mirror):
    folder = mirror / "regression"
    data = read(folder / "vn2016_input.csv", "gso_code")
    check_correlations(data, pd.read_csv(folder / "rankcor_vn2016.csv"))


# --- tables printed in books ---------------------------------------------------------------------


def grunfeld():
    data = sm.datasets.grunfeld.load_pandas().data
    return data[data["firm"].ne("American Steel")]  # ten firms, 1935-1954, as in the R package


def test_grunfeld_table():
    """Grunfeld (1958), ten firms: the summary that R's plm prints of the within model.

    Printed for example in *R for Analytics*, section 9.2, "Fixed Effects Model"
    (https://rforanalytics.com/9.2-fixed-effects-model.html), fixed effects included.
    """
    found = drivers.panel(
        grunfeld(),
        "invest",
        ["value", "capital"],
        unit="firm",
        time="year",
        time_effects=False,
        cluster_by="none",
    )
    assert found.table["estimate"].round(6).tolist() == [0.110124, 0.310065]
    assert found.table["std_error"].round(6).tolist() == [0.011857, 0.017355]
    assert found.table["statistic"].round(4).tolist() == [9.2879, 17.8666]
    assert found.r_squared_within == pytest.approx(0.76676, abs=5e-6)
    printed = {
        "General Motors": -70.2967,
        "US Steel": 101.9058,
        "General Electric": -235.5718,
        "Chrysler": -27.8093,
        "Atlantic Refining": -114.6168,
        "IBM": -23.1613,
        "Union Oil": -66.5535,
        "Westinghouse": -57.5457,
        "Goodyear": -87.2223,
        "Diamond Match": -6.5678,
    }
    own = found.effects.set_index("level")["deviation_from_mean"]
    mean = np.mean(list(printed.values()))
    for firm, effect in printed.items():
        assert own[firm] == pytest.approx(effect - mean, abs=1e-4), firm


def test_wage_panel_table():
    """Vella and Verbeek (1998), JAE 13: 545 men, 1980-1987, errors by man.

    Table of the worked example "Wage panel" in the documentation of pymargins
    (https://pymargins.readthedocs.io/en/stable/demos/wage_panel.html), printed by linearmodels.
    """
    from linearmodels.datasets import wage_panel

    found = drivers.panel(
        wage_panel.load(),
        "lwage",
        ["exper", "expersq", "union", "married"],
        unit="nr",
        time="year",
        time_effects=False,
        small_sample="N-K",
    ).table
    assert found["estimate"].round(4).tolist() == [0.1168, -0.0043, 0.0821, 0.0453]
    assert found["std_error"].round(4).tolist() == [0.0107, 0.0007, 0.0228, 0.0210]
    assert found["statistic"].round(4).tolist()[1:] == [-6.2744, 3.5994, 2.1589]
    assert found.loc["exper", "statistic"].round(3) == 10.917


def test_swiss_fertility_shares():
    """R's data set swiss (Mosteller and Tukey 1977, after Francine van de Walle).

    The example of Groemping (2006), JSS 17(1); figures are what R's relaimpo prints with
    ``calc.relimp(lm(Fertility ~ ., swiss), type = "lmg")``.
    """
    data = pd.read_csv(HERE / "importance" / "swiss.csv", index_col=0)
    found = importance.shapley(data.drop(columns="Fertility"), data["Fertility"])
    printed = {
        "Agriculture": 0.0570912207681,
        "Examination": 0.1711730289002,
        "Education": 0.2601346786244,
        "Catholic": 0.1055701503735,
        "Infant.Mortality": 0.1127659229265,
    }
    assert found.table["lmg"].to_dict() == pytest.approx(printed, abs=1e-12)
    assert found.r_squared == pytest.approx(0.706735001593, abs=1e-12)


def test_pisa_ranking(mirror):
    """OECD countries by PISA 2018 mathematics: ranks printed in the README of R's csranks.

    https://github.com/danielwilhelm/R-CS-ranks; Costa Rica joined the data later.
    """
    data = pd.read_csv(mirror / "more_inputs" / "csranks_pisa2018math_input.csv", index_col=0)
    data = data.drop(index="Costa Rica")
    printed = "24 18 10 7 35 37 17 8 3 11 20 15 34 30 21 16 32 25 1 2 19 29 27 36 4 22 14 5 23 26 9"
    printed += " 28 12 6 33 13 31"
    assert ranking.rank(data["x"]).tolist() == [int(place) for place in printed.split()]


def test_longley_certified_values():
    """Longley (1967), JASA 62; certified values of NIST's Statistical Reference Datasets."""
    data = sm.datasets.longley.load_pandas().data
    names = ["GNPDEFL", "GNP", "UNEMP", "ARMED", "POP", "YEAR"]
    found = drivers.regression(data, "TOTEMP", names, cov_type="classical")
    np.testing.assert_allclose(
        found.table["estimate"],
        [
            -3482258.63459582,
            15.0618722713733,
            -0.358191792925910e-01,
            -2.02022980381683,
            -1.03322686717359,
            -0.511041056535807e-01,
            1829.15146461355,
        ],
        rtol=1e-7,
    )
    np.testing.assert_allclose(
        found.table["std_error"],
        [
            890420.383607373,
            84.9149257747669,
            0.334910077722432e-01,
            0.488399681651699,
            0.214274163161675,
            0.226073200069370,
            455.478499142212,
        ],
        rtol=1e-7,
    )
    assert found.r_squared == pytest.approx(0.995479004577296, abs=1e-10)
    assert found.diagnostics["largest_vif"] > 1000
