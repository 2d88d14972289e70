import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest, norm

from parstudy.errors import StatisticsError
from parstudy.statistics import change, importance, weights

UNITS = [f"u{i:02d}" for i in range(30)]


@pytest.fixture
def twice():
    rng = np.random.default_rng(4)
    true = rng.normal(80, 4, 30)
    old = pd.Series(true + rng.normal(0, 1, 30), index=UNITS)
    moved = true + np.r_[10.0, np.zeros(29)]
    return old, pd.Series(moved + rng.normal(0, 1, 30), index=UNITS)


def test_a_change_of_score_is_tested_against_both_errors(twice):
    old, new = twice
    found = change.score_changes(old, new, 1.0, 2.0)
    z = (new - old) / 5**0.5
    np.testing.assert_allclose(found.table["p_value"], 2 * norm.sf(z.abs()), rtol=1e-9)
    assert found.table.index[found.table["beyond_chance"]].tolist() == ["u00"]
    np.testing.assert_allclose(found.table["estimate"], new - old)


def test_sets_of_changes_hold_the_change_and_find_the_large_one(twice):
    old, new = twice
    found = change.rank_changes(old, new, 1.0, 1.0).table
    assert (found["lower"] <= found["change_rank"]).all()
    assert (found["change_rank"] <= found["upper"]).all()
    assert (found["change_rank"] == found["rank_before"] - found["rank_after"]).all()
    assert found.index[found["beyond_chance"]].tolist() == ["u00"]
    turned = change.rank_changes(new, old, 1.0, 1.0).table
    assert (turned["change_rank"] == -found["change_rank"]).all()


def test_units_of_one_time_only_are_named(twice):
    old, new = twice
    found = change.rank_changes(old.drop("u03"), new.drop("u07"), 1.0, 1.0)
    assert found.n == 28
    assert found.dropped.set_index("name")["detail"].to_dict() == {"u03": "before", "u07": "after"}
    with pytest.raises(StatisticsError, match="no unit"):
        change.score_changes(old, new.rename(lambda u: u.upper()), 1.0, 1.0)


def test_shrinkage_is_the_posterior_mean_of_its_model():
    rng = np.random.default_rng(6)
    y = pd.Series(rng.normal(50, 6, 40))
    se = pd.Series(rng.uniform(1, 5, 40))
    found = change.shrink(y, se, draws=20_000)
    tau = found.between_sd**2
    w = 1 / (tau + se**2)
    mean = (w * y).sum() / w.sum()
    assert found.mean == pytest.approx(mean)
    assert (w * (y - mean) ** 2).sum() == pytest.approx(39, abs=1e-6)  # Paule and Mandel
    np.testing.assert_allclose(
        found.table["shrunk"], mean + tau / (tau + se**2) * (y - mean), rtol=1e-9
    )
    assert found.table["mean_rank"].mean() == pytest.approx(20.5)
    assert found.table["chance_top"].sum() == pytest.approx(10)
    assert (found.table["shrunk"] - mean).abs().lt((y - mean).abs()).all()


def test_scores_that_differ_by_their_errors_only_are_all_alike():
    y = pd.Series([50.0, 50.1, 49.9, 50.05, 49.95])
    found = change.shrink(y, 5.0)
    assert found.between_sd == 0
    assert found.table["shrunk"].nunique() == 1
    assert "no_variance" in set(found.dropped["reason"])
    assert (found.table["upper"] - found.table["lower"]).min() >= 3


def test_sets_of_counts_are_exact_binomial_tests():
    counts = pd.Series({"a": 60, "b": 40, "c": 38, "d": 5})
    found = change.rank_sets_of_counts(counts).table
    p = {
        (i, j): binomtest(
            int(counts[i]), int(counts[i] + counts[j]), 0.5, alternative="greater"
        ).pvalue
        for i in counts.index
        for j in counts.index
        if i != j
    }
    left, above = sorted(p, key=p.get), set()
    for place, pair in enumerate(left):
        if p[pair] > 0.05 / (len(left) - place):
            break
        above.add(pair)
    for unit in counts.index:
        assert found.loc[unit, "lower"] == 1 + sum(j == unit for _, j in above)
        assert found.loc[unit, "upper"] == 4 - sum(i == unit for i, _ in above)
    one = change.rank_sets_of_counts(counts, kind="marginal").table
    assert ((one["upper"] - one["lower"]) <= (found["upper"] - found["lower"])).all()


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda x: change.shrink(x, 0.0), "u00"),
        (lambda x: change.shrink(x, "a"), "standard errors"),
        (lambda x: change.shrink(x, x.iloc[:3].abs()), "u03"),
        (lambda x: change.shrink(pd.concat([x, x]), 1.0), "u00"),
        (lambda x: change.score_changes(x, x, -1.0, 1.0), "before"),
        (lambda x: change.rank_changes(x, x, 1.0, 1.0, kind="both"), "both"),
        (lambda x: change.rank_sets_of_counts(x + 0.5), "counts"),
        (lambda x: change.rank_sets_of_counts({"a": 4}), "two"),
        (lambda x: change.rank_sets_of_counts(["many"]), "counts"),
    ],
)
def test_what_cannot_be_tested_is_refused_by_name(call, named):
    x = pd.Series(np.arange(30.0), index=UNITS)
    with pytest.raises(StatisticsError) as caught:
        call(x)
    assert named in str(caught.value)


# --- weights -------------------------------------------------------------------------------------


def test_equal_correlations_are_equal_and_the_first_component_is_that_of_scikit_learn(areas):
    from sklearn.decomposition import PCA

    parts = areas[["A1", "A3", "A4", "A5", "A7"]]
    found = weights.weight_systems(parts, [1, 2, 1, 1, 1])
    z = (parts - parts.mean()) / parts.std()
    total = z @ found.table["equal_correlation"]
    correlations = z.corrwith(total)
    if np.isnan(found.reached):
        assert "no_equal_weights" in set(found.dropped["reason"])
    else:
        np.testing.assert_allclose(correlations, found.reached, rtol=1e-9)
    component = PCA(1).fit(z)
    loading = np.abs(component.components_[0])
    np.testing.assert_allclose(found.table["pca"], loading / loading.sum(), rtol=1e-6)
    assert found.explained == pytest.approx(component.explained_variance_ratio_[0])
    weighted = parts @ [1, 2, 1, 1, 1]
    np.testing.assert_allclose(found.table["correlation"], parts.corrwith(weighted))
    assert found.table["covariance_share"].sum() == pytest.approx(1)
    for column in ("nominal", "implied", "pca", "equal_correlation"):
        assert found.table[column].sum() == pytest.approx(1)


def test_two_parts_with_equal_correlations_have_equal_weights():
    rng = np.random.default_rng(1)
    parts = pd.DataFrame(rng.normal(size=(50, 2)) * [1, 100], columns=list("ab"))
    found = weights.weight_systems(parts)
    np.testing.assert_allclose(found.table["equal_correlation"], [0.5, 0.5])
    r = parts.corr().iloc[0, 1]
    assert found.reached == pytest.approx(((1 + r) / 2) ** 0.5)


def test_parts_that_run_against_each_other_have_finite_weights():
    parts = pd.DataFrame({"a": [1.0, 2, 3, 5], "b": [4.0, 3, 3, 0]})
    found = weights.weight_systems(parts)
    assert found.table["pca"].tolist() == pytest.approx([0.5, -0.5])
    assert found.dropped["reason"].tolist() == ["negative_weight"]


def test_where_no_equal_weights_exist_that_is_said():
    rng = np.random.default_rng(2)
    a = rng.normal(size=200)
    parts = pd.DataFrame({"a": a, "b": a + 0.3 * rng.normal(size=200)})
    parts["c"] = parts.sum(axis=1) + 0.2 * rng.normal(size=200)
    found = weights.weight_systems(parts)
    assert np.isnan(found.reached)
    assert "no_equal_weights" in set(found.dropped["reason"])
    r = parts.corr().to_numpy()

    def spread(w):
        return np.var(r @ w / np.sqrt(w @ r @ w))

    nearest = spread(found.table["equal_correlation"].to_numpy())
    assert nearest <= min(spread(w) for w in rng.dirichlet([0.5] * 3, 3000)) + 1e-9


def test_an_audit_names_the_part_that_goes_with_another_group():
    rng = np.random.default_rng(3)
    x, y = rng.normal(size=(2, 80))
    parts = pd.DataFrame({"a1": x, "a2": x, "a3": y, "b1": y, "b2": y, "b3": -y, "c": 0 * x})
    parts += 0.5 * rng.normal(size=parts.shape)
    groups = {"a": ["a1", "a2", "a3"], "b": ["b1", "b2", "b3"], "c": ["c"]}
    found = weights.correlation_audit(parts, groups)
    assert found.table.loc["a3", "reason"] == "closer_to_another"
    assert found.table.loc["b3", "reason"] == "against_own"
    assert found.table.loc["c", "reason"] == "alone"
    assert found.table.loc[["a1", "a2"], "reason"].eq("").all()
    row = found.table.loc["a1"]
    assert row["own"] == pytest.approx(parts["a1"].corr(parts["a2"] + parts["a3"]))
    assert found.table.loc["b3", "own"] < 0
    assert found.within["a"] == pytest.approx(
        np.mean([parts["a1"].corr(parts["a2"]), parts["a1"].corr(parts["a3"]),
                 parts["a2"].corr(parts["a3"])])
    )  # fmt: skip
    assert len(found.pairs) == 21


# --- shares of R² --------------------------------------------------------------------------------


def test_intervals_of_shares_hold_the_shares_and_their_order(areas):
    x, y = areas[["A1", "A3", "A5"]], areas["A2"]
    found = importance.shapley(x, y, bootstrap=60, seed=2)
    plain = importance.shapley(x, y)
    pd.testing.assert_frame_equal(found.table[plain.table.columns], plain.table)
    assert (found.table["low"] <= found.table["lmg"]).all()
    assert (found.table["lmg"] <= found.table["high"]).all()
    assert sorted(found.table["place"]) == [1, 2, 3]
    rng = np.random.default_rng(2)
    drawn = []
    for _ in range(60):
        s = rng.integers(63, size=63)
        again = importance.shapley(
            x.iloc[s].reset_index(drop=True), y.iloc[s].reset_index(drop=True)
        )
        drawn.append(again.table["lmg"])
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    sure = found.table["low"] > 0
    np.testing.assert_allclose(found.table["low"][sure], low[sure], rtol=1e-9)
    assert sure["A1"]
    np.testing.assert_allclose(found.table["high"], high, rtol=1e-9)
    noise = x.assign(A5=np.random.default_rng(1).normal(size=63))
    assert importance.shapley(noise, y, bootstrap=100).table.loc["A5", "low"] == 0
    with pytest.raises(StatisticsError, match="bootstrap"):
        importance.shapley(x, y, bootstrap=3)
