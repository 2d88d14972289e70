import itertools

import numpy as np
import pandas as pd
import pytest
from scipy.stats import beta, norm, rankdata

from parstudy.errors import StatisticsError
from parstudy.statistics import uncertainty
from parstudy.statistics.uncertainty import index_uncertainty, sobol_shares

FIXED = {"concentration": None, "leave_out": False, "share_draws": 0, "draws": 100}


@pytest.fixture
def points():
    rng = np.random.default_rng(3)
    frame = pd.DataFrame(rng.uniform(3, 9, (20, 4)), columns=["A1", "A2", "A3", "A4"])
    return frame.set_axis([f"u{i}" for i in range(20)])


def by_hand(x, scale, way, weights, top=10.0):
    """An index of one unit after the other, as its definition has it."""
    x = x.to_numpy() / top * 100
    if scale == "minmax":
        x = (x - x.min(axis=0)) / np.ptp(x, axis=0) * 100
    if scale == "zscore":
        x = 100 + 10 * (x - x.mean(axis=0)) / x.std(axis=0, ddof=1)
    if way == "copeland":
        n = len(x)
        won = np.zeros(n)
        for i, j in itertools.permutations(range(n), 2):
            won[i] += np.sign(weights[x[i] > x[j]].sum() - weights[x[i] < x[j]].sum())
        return won
    x = np.maximum(x, 1)
    if way == "geometric":
        return np.prod(x**weights, axis=1)
    return 1 / (weights / x).sum(axis=1) if way == "harmonic" else (x * weights).sum(axis=1)


@pytest.mark.parametrize("way", uncertainty.AGGREGATIONS)
@pytest.mark.parametrize("scale", ["points", "minmax", "zscore"])
def test_an_index_is_what_its_definition_says(points, scale, way):
    weights = np.array([0.1, 0.2, 0.3, 0.4])
    found = index_uncertainty(
        points, max_scores=[10] * 4, weights=weights, scales=scale, aggregations=way, **FIXED
    )
    scores = by_hand(points, scale, way, weights)
    if way == "arithmetic" and scale == "minmax":  # the floor of 1 is for products only
        scores = by_hand(points, "minmax", "arithmetic", weights)
        x = points.to_numpy()
        scores = ((x - x.min(axis=0)) / np.ptp(x, axis=0) * weights).sum(axis=1)
    assert found.table["rank"].tolist() == rankdata(-scores.round(9), "min").tolist()
    assert (found.table["lower"] == found.table["upper"]).all()
    assert found.safe_pairs == pytest.approx(1.0, abs=0.2)


def test_goalposts_are_those_given(points):
    ends = {c: (2.0 + i, 9.0 + i) for i, c in enumerate(points)}
    found = index_uncertainty(
        points, scales=["goalposts"], aggregations=["arithmetic"], goalposts=ends, **FIXED
    )
    low, high = np.array(list(ends.values())).T
    want = rankdata(-((points - low) / (high - low)).mean(axis=1), "min")
    assert found.table["rank"].tolist() == want.tolist()


def test_the_index_as_it_is_is_the_plain_sum(points):
    found = index_uncertainty(points, max_scores=[10, 20, 10, 15], draws=200, share_draws=0)
    assert found.table["rank"].tolist() == rankdata(-points.sum(axis=1), "min").tolist()


def test_weights_alone_are_a_beta_distribution():
    x = pd.DataFrame({"a": [10.0, 5.0, 1.0], "b": [2.0, 6.0, 1.0]}, index=["p", "q", "r"])
    found = index_uncertainty(
        x, weights=[3, 7], scales="points", aggregations="arithmetic", concentration=20,
        leave_out=False, draws=40_000, share_draws=0,
    )  # fmt: skip
    # p leads when 10 w + 2 (1 − w) > 5 w + 6 (1 − w), that is w > 4/9
    truth = beta.sf(4 / 9, 6, 14)
    assert found.ahead.loc["p", "q"] == pytest.approx(truth, abs=4 * (0.25 / 40_000) ** 0.5)
    assert found.places.loc["p", 1] == pytest.approx(truth, abs=0.01)
    assert found.places.sum(axis=1).tolist() == pytest.approx([1.0, 1.0, 1.0])


def test_survey_error_alone_is_a_normal_distribution():
    x = pd.DataFrame({"a": [50.0, 51.0, 20.0], "b": [50.0, 50.0, 20.0]}, index=["p", "q", "r"])
    found = index_uncertainty(
        x, scales="points", aggregations="arithmetic", concentration=None, leave_out=False,
        standard_errors={"b": 2.0}, draws=40_000, share_draws=200,
    )  # fmt: skip
    assert found.ahead.loc["q", "p"] == pytest.approx(norm.cdf(1 / 8**0.5), abs=0.01)
    assert found.shares.loc["survey_error", "total"] == pytest.approx(1.0, abs=0.2)
    assert found.shares.drop("survey_error")["total"].isna().all()
    assert "known_errors" in found.assumptions


def test_a_part_left_out_has_the_chance_it_was_given():
    x = pd.DataFrame({"a": [9.0, 1.0, 0.5], "b": [1.0, 4.0, 0.5], "c": [1.0, 4.0, 0.5]})
    found = index_uncertainty(
        x, scales="points", aggregations="arithmetic", concentration=None, draws=20_000,
        share_draws=0,
    )  # fmt: skip
    # 11 against 9; without a 2 against 8; without b or c 10 against 5
    assert found.ahead.loc[0, 1] == pytest.approx(3 / 4, abs=0.015)


def test_shares_of_the_ishigami_function():
    """Ishigami and Homma (1990): the shares are known exactly."""
    rng = np.random.default_rng(2)
    one, other = (
        {name: rng.uniform(-np.pi, np.pi, 60_000) for name in ("x1", "x2", "x3")} for _ in range(2)
    )
    found = sobol_shares(
        lambda x: np.sin(x["x1"]) + 7 * np.sin(x["x2"]) ** 2 + 0.1 * x["x3"] ** 4 * np.sin(x["x1"]),
        one,
        other,
    )
    truth = {"first": [0.3139, 0.4424, 0.0], "total": [0.5576, 0.4424, 0.2437]}
    for column, values in truth.items():
        off = (found[column] - values).abs()
        assert (off < 4 * found[f"{column}_error"] + 1e-4).all(), column
        assert (found[f"{column}_error"] < 0.01).all()


def test_shares_of_several_outputs_are_those_of_the_sum_of_variances():
    rng = np.random.default_rng(5)
    one, other = ({n: rng.normal(size=40_000) for n in "ab"} for _ in range(2))
    found = sobol_shares(
        lambda x: np.column_stack([3 * x["a"], 4 * x["b"], x["a"] * x["b"]]), one, other
    )
    # variances 9, 16 and 1, the last of both together
    np.testing.assert_allclose(found["first"], [9 / 26, 16 / 26], atol=0.02)
    np.testing.assert_allclose(found["total"], [10 / 26, 17 / 26], atol=0.02)


def test_mean_shift_and_its_shares_are_those_of_coinr():
    """COINr's get_sensitivity: the shift of places on average, Saltelli's and Jansen's shares.

    Made again here draw by draw, with draws of its own.
    """
    rng = np.random.default_rng(8)
    x = pd.DataFrame(rng.uniform(20, 90, (15, 3)), columns=list("abc"))
    nominal = rankdata(-x.mean(axis=1), "min")
    z = ((x - x.min()) / (x.max() - x.min())).to_numpy() * 100

    def shift(weights, scale):
        out = []
        for w, s in zip(weights, scale, strict=True):
            places = rankdata(-((z if s else x.to_numpy()) @ w), "min")
            out.append(np.abs(places - nominal).mean())
        return np.array(out)

    n = 4000
    w1, w2 = (rng.dirichlet([10, 10, 10], n) for _ in range(2))
    s1, s2 = (rng.integers(2, size=n) for _ in range(2))
    a, b = shift(w1, s1), shift(w2, s2)
    mixed = {"weights": shift(w2, s1), "scale": shift(w1, s2)}
    variance = np.concatenate([a, b]).var()
    found = index_uncertainty(
        x, scales=["points", "minmax"], aggregations=["arithmetic"], concentration=30,
        leave_out=False, draws=4000, share_draws=4000,
    )  # fmt: skip
    assert found.mean_shift == pytest.approx(a.mean(), abs=0.06)
    for name, ab in mixed.items():
        first, total = (b * (ab - a)).mean() / variance, ((a - ab) ** 2).mean() / (2 * variance)
        assert found.shares.loc[name, "shift_first"] == pytest.approx(first, abs=0.15)
        assert found.shares.loc[name, "shift_total"] == pytest.approx(total, abs=0.15)


def test_the_same_seed_gives_the_same_and_blanks_are_named(points):
    points.iloc[3, 1] = np.nan
    one, two = (index_uncertainty(points, draws=300, share_draws=50, seed=4) for _ in range(2))
    for name in ("table", "places", "ahead", "shares"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(two, name))
    assert one.dropped["name"].tolist() == ["u3"]
    assert one.n == 19
    other = index_uncertainty(points, draws=300, share_draws=50, seed=5)
    assert not one.table.equals(other.table)


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"weights": {"a1": 1, "A2": 1, "A3": 1, "A4": 1}}, "a1"),
        ({"weights": [0, 1, 1, 1]}, "A1"),
        ({"scales": ["points", "ranks"]}, "ranks"),
        ({"scales": []}, "scales"),
        ({"aggregations": 5}, "aggregations"),
        ({"goalposts": {"A1": (0, 1)}}, "goalposts"),
        ({"scales": "goalposts"}, "goalposts"),
        ({"standard_errors": {"A9": 1.0}}, "A9"),
        ({"standard_errors": {"A1": -1.0}}, "A1"),
        ({"draws": 10}, "draws"),
        ({"concentration": "a"}, "concentration"),
        ({"leave_out": "A1"}, "leave_out"),
    ],
)
def test_what_makes_no_index_is_refused_by_name(points, options, named):
    with pytest.raises(StatisticsError) as caught:
        index_uncertainty(points, **options)
    assert named in str(caught.value)
