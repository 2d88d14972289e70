import numpy as np
import pandas as pd
import pytest

from parstudy.errors import StatisticsError
from parstudy.facts import criteria
from parstudy.statistics import ranking


def test_ties_share_the_lowest_rank_and_missing_stays_unranked():
    ranks = ranking.rank(pd.Series([70.0, 90.0, None, 90.0, 80.0], index=list("abcde")))
    assert ranks.tolist() == [4, 1, pd.NA, 1, 3]
    assert str(ranks.dtype) == "Int64"


def test_other_tie_rules():
    values = [70, 90, 90, 80]
    assert ranking.rank(values, ties="max").tolist() == [4, 2, 2, 3]
    assert ranking.rank(values, ties="average").tolist() == [4, 1.5, 1.5, 3]
    assert ranking.rank(values, ties="dense").tolist() == [3, 1, 1, 2]
    assert ranking.rank(values, ascending=True).tolist() == [1, 3, 3, 2]


def test_float_noise_does_not_break_a_tie_but_a_real_difference_does():
    assert ranking.rank([0.1 + 0.2, 0.3]).tolist() == [1, 1]
    total = sum([87.1, 0.3, 2.6])
    assert ranking.rank([total, 90.0 + 3e-14]).tolist() == [1, 1]
    assert ranking.rank([87.11, 87.1100001]).tolist() == [2, 1]
    # very small scales are ranked as well
    assert ranking.rank([1e-13, 2e-13]).tolist() == [2, 1]


@pytest.mark.parametrize(
    ("values", "code"),
    [([1.0, np.inf], "infinite_value"), (["a", "b"], "not_a_number"), ([], "empty_table")],
)
def test_rank_refuses_what_it_cannot_rank(values, code):
    with pytest.raises(StatisticsError) as caught:
        ranking.rank(values)
    assert caught.value.code == code


def test_all_missing_is_all_unranked():
    assert ranking.rank([np.nan, np.nan]).isna().all()


def test_groups_bounds_belong_to_the_better_group():
    groups = ranking.groups([100, 90, 89.99, 80, 79.99, np.nan], {"B": 80, "A": 90, "C": 0})
    assert groups.tolist()[:5] == ["A", "A", "B", "B", "C"]
    assert pd.isna(groups.iloc[5])
    assert groups.min() == "C"


def test_groups_by_a_table_leaves_open_what_it_does_not_say():
    table = pd.DataFrame(
        {"group": ["A", "B"], "from_percent": [90, 80], "below_percent": [100, 90]}
    )
    assert ranking.groups([100, 85, 60], table).isna().tolist() == [False, False, True]


def test_groups_by_stated_thresholds():
    groups = ranking.groups([85, 78, 72, 60], criteria.thresholds("PAR_INDEX", 2018))
    assert groups.tolist() == ["A", "B", "C", "D"]


def test_groups_refuses_overlapping_bounds():
    table = pd.DataFrame(
        {"group": ["A", "B"], "from_percent": [85, 80], "below_percent": [100, 90]}
    )
    with pytest.raises(StatisticsError, match="overlap"):
        ranking.groups([85], table)


# --- confidence sets -----------------------------------------------------------------------------


@pytest.fixture
def estimates():
    rng = np.random.default_rng(8)
    index = [f"u{i}" for i in range(15)]
    return pd.Series(rng.normal(size=15), index=index), pd.Series(
        rng.uniform(0.1, 0.4, size=15), index=index
    )


def by_hand(x, se, coverage, draws, seed, covariance=None):
    """Marginal two-sided sets with stepdown, unit by unit, from the definition."""
    p = len(x)
    noise = np.random.default_rng(seed).standard_normal((draws, p))
    if covariance is None:
        z = noise * se
        covariance = np.diag(se**2)
    else:
        values, vectors = np.linalg.eigh(covariance)
        z = noise @ (vectors * np.sqrt(values)).T
    lower, upper = [], []
    for j in range(p):
        pairs = [(k, j) for k in range(p) if k != j] + [(j, k) for k in range(p) if k != j]

        def spread(pair):
            a, b = pair
            return np.sqrt(covariance[a, a] + covariance[b, b] - 2 * covariance[a, b])

        left, rejected = list(pairs), set()
        while left:
            largest = np.max([(z[:, a] - z[:, b]) / spread((a, b)) for a, b in left], axis=0)
            critical = np.quantile(largest, coverage)
            new = {q for q in left if (x[q[0]] - x[q[1]]) / spread(q) > critical}
            if not new:
                break
            rejected |= new
            left = [q for q in left if q not in new]
        lower.append(1 + sum(b == j for _, b in rejected))
        upper.append(p - sum(a == j for a, _ in rejected))
    return lower, upper


def test_shortcuts_give_what_the_definition_gives(estimates):
    x, se = estimates
    found = ranking.rank_confidence_sets(x, standard_errors=se, draws=300, seed=5).table
    lower, upper = by_hand(x.to_numpy(), se.to_numpy(), 0.95, 300, 5)
    assert found["lower"].tolist() == lower
    assert found["upper"].tolist() == upper


def test_full_covariance_gives_what_the_definition_gives(estimates):
    x, se = estimates
    rng = np.random.default_rng(9)
    a = rng.normal(size=(15, 20)) * 0.06
    covariance = a @ a.T
    found = ranking.rank_confidence_sets(x, covariance, draws=300, seed=5).table
    lower, upper = by_hand(x.to_numpy(), se.to_numpy(), 0.95, 300, 5, covariance)
    assert found["lower"].tolist() == lower
    assert found["upper"].tolist() == upper


def test_simultaneous_sets_are_wider_and_stepdown_narrows(estimates):
    x, se = estimates
    width = {}
    for kind in ("marginal", "simultaneous"):
        for stepdown in (True, False):
            for method in ("bootstrap", "bonferroni"):
                sets = ranking.rank_confidence_sets(
                    x, standard_errors=se, kind=kind, stepdown=stepdown, method=method
                ).table
                assert (sets["lower"] <= sets["rank"]).all()
                assert (sets["rank"] <= sets["upper"]).all()
                width[kind, stepdown, method] = int((sets["upper"] - sets["lower"]).sum())
    for method in ("bootstrap", "bonferroni"):
        assert width["marginal", True, method] <= width["simultaneous", True, method]
        assert width["simultaneous", True, method] <= width["simultaneous", False, method]
    assert width["simultaneous", False, "bootstrap"] <= width["simultaneous", False, "bonferroni"]


def test_sets_do_not_depend_on_order_direction_or_scale(estimates):
    x, se = estimates
    sets = ranking.rank_confidence_sets(x, standard_errors=se, method="bonferroni").table
    turned = ranking.rank_confidence_sets(
        -10 * x.iloc[::-1], standard_errors=10 * se, method="bonferroni", ascending=True
    ).table
    pd.testing.assert_frame_equal(sets, turned.loc[sets.index])


def test_subset_and_missing_estimates(estimates):
    x, se = estimates
    x["u3"] = np.nan
    found = ranking.rank_confidence_sets(
        x, standard_errors=se, kind="simultaneous", units=["u5", "u3", "u1"]
    )
    sets = found.table
    assert sets.index.tolist() == ["u5", "u3", "u1"]
    assert sets.loc["u3"].isna().all()
    assert found.n == 14
    assert found.dropped["name"].tolist() == ["u3"]
    assert sets.loc["u5", "upper"] <= 14


def test_one_unit_and_all_tied():
    one = ranking.rank_confidence_sets(pd.Series([3.0]), standard_errors=0.1).table
    assert one.iloc[0].tolist() == [1, 1, 1]
    tied = ranking.rank_confidence_sets(pd.Series([3.0] * 5), standard_errors=1e-6).table
    assert (tied["lower"] == 1).all()
    assert (tied["upper"] == 5).all()
    for sides, column, place in (("lower", "lower", 1), ("upper", "upper", 5)):
        sets = ranking.rank_confidence_sets(
            pd.Series([3.0] * 5), standard_errors=1e-6, kind="simultaneous", sides=sides
        ).table
        assert (sets[column] == place).all()


@pytest.mark.parametrize(
    ("options", "code", "named"),
    [
        ({}, "one_of_two", "neither"),
        ({"standard_errors": 0.1, "covariance": np.eye(3)}, "one_of_two", "both"),
        ({"covariance": [0.1, 0.1, 0.1]}, "not_a_covariance", "standard_errors"),
        ({"covariance": np.eye(2)}, "not_a_covariance", "(3, 3)"),
        ({"covariance": [[1, 2, 0], [2, 1, 0], [0, 0, 1]]}, "not_a_covariance", "semi-definite"),
        ({"covariance": [[1, 0.5, 0], [0, 1, 0], [0, 0, 1]]}, "not_a_covariance", "symmetric"),
        ({"covariance": [[1, np.nan, 0], [0, 1, 0], [0, 0, 1]]}, "not_a_covariance", "a"),
        ({"covariance": [[1, 1, 0], [1, 1, 0], [0, 0, 1]]}, "no_uncertainty", "a and b"),
        ({"standard_errors": 0.0}, "no_uncertainty", "a, b, c"),
        ({"standard_errors": [0.1, -0.1, 0.1]}, "bad_standard_error", "b"),
        ({"standard_errors": 0.1, "units": ["z"]}, "unknown_unit", "z"),
        ({"standard_errors": 0.1, "confidence": 95}, "not_a_level", "95"),
        ({"standard_errors": 0.1, "kind": "joint"}, "unknown_method", "joint"),
        ({"standard_errors": "0,1"}, "not_a_number", "standard_errors"),
        ({"standard_errors": pd.Series([0.1] * 3, list("xyz"))}, "index_mismatch", "x, y, z"),
        ({"standard_errors": pd.Series([0.1] * 3, list("aab"))}, "duplicate_unit", "a"),
        ({"standard_errors": 0.1, "confidence": "95%"}, "not_a_level", "95%"),
        ({"standard_errors": 0.1, "draws": 1e3}, "not_a_whole_number", "draws"),
        ({"standard_errors": 0.1, "seed": -1}, "not_a_whole_number", "seed"),
        ({"standard_errors": 0.1, "units": 7}, "unknown_unit", "7"),
        (
            {"covariance": pd.DataFrame(np.eye(3), list("xyz"), list("xyz"))},
            "index_mismatch",
            "x, y, z",
        ),
        (
            {"covariance": pd.DataFrame(np.eye(3), list("abc"), list("aab"))},
            "index_mismatch",
            "a, a, b",
        ),
        ({"covariance": [["a"] * 3] * 3}, "not_a_covariance", "numbers"),
    ],
)
def test_rank_sets_name_the_cause(options, code, named):
    with pytest.raises(StatisticsError) as caught:
        ranking.rank_confidence_sets(pd.Series([1.0, 2.0, 4.0], index=list("abc")), **options)
    assert caught.value.code == code
    assert named in str(caught.value)


def test_one_exact_unit_among_estimates_is_allowed():
    sets = ranking.rank_confidence_sets(
        pd.Series([1.0, 2.0, 9.0]), standard_errors=[0.0, 1.0, 1.0], seed=1
    ).table
    assert sets["upper"].tolist()[2] == 1


def test_survey_standard_errors_state_an_assumption():
    se = ranking.survey_standard_errors([80.0, 50.0], 400, design_effect=2.0)
    assert se.tolist() == pytest.approx([np.sqrt(2 * 80 * 20 / 400), np.sqrt(2 * 2500 / 400)])
    with pytest.raises(StatisticsError, match="0 to 100"):
        ranking.survey_standard_errors([120.0], 400)


def test_a_diagonal_covariance_gives_what_standard_errors_give():
    rng = np.random.default_rng(8)
    x, se = pd.Series(rng.normal(size=20)), rng.uniform(0.1, 0.5, size=20)
    for kind in ("marginal", "simultaneous"):
        one = ranking.rank_confidence_sets(x, standard_errors=se, kind=kind).table
        other = ranking.rank_confidence_sets(x, np.diag(se**2), kind=kind).table
        pd.testing.assert_frame_equal(one, other)


def test_a_covariance_with_labels_is_matched_by_them():
    rng = np.random.default_rng(4)
    names = list("abcdefgh")
    x = pd.Series(rng.normal(size=8), index=names)
    root = rng.normal(scale=0.3, size=(8, 8))
    table = pd.DataFrame(root @ root.T, names, names)
    straight = ranking.rank_confidence_sets(x, table).table
    other = list("hcbadgfe")
    wider = table.reindex(index=[*other, "z"], columns=["z", *other], fill_value=1.0)
    wider.loc["z", "z"] = 99.0
    for given in (table.loc[other, other], wider, table.to_numpy()):
        pd.testing.assert_frame_equal(straight, ranking.rank_confidence_sets(x, given).table)


def test_a_table_of_thresholds_without_its_columns_is_named():
    with pytest.raises(StatisticsError, match="from_percent"):
        ranking.groups([70.0], pd.DataFrame({"group": ["A"], "from": [50]}))


def test_sets_of_tiny_scores_are_those_of_the_same_scores_in_other_units():
    x, se = pd.Series([3.0, 1.0, 2.0, 5.0]), np.array([0.1, 0.2, 0.3, 0.4])
    pd.testing.assert_frame_equal(
        ranking.rank_confidence_sets(x, standard_errors=se).table,
        ranking.rank_confidence_sets(x * 2.0**-45, standard_errors=se * 2.0**-45).table,
    )
