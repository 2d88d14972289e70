"""Figures that handbooks, manuals and vignettes print, from the data that they print or ship."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from parstudy.statistics import drivers, importance, ranking, uncertainty, weights

HERE = Path(__file__).parent / "reference"


def read(name):
    return pd.read_csv(HERE / name, index_col=0)


# --- OECD and JRC (2008), Handbook on Constructing Composite Indicators ---------------------------


@pytest.fixture
def achievement():
    """Technology Achievement Index: eight indicators of 23 countries, Table A.2, page 152.

    Logarithms are printed there to two digits, so tables made of them agree to about one.
    """
    return read("importance/tai.csv")


def test_alpha_of_the_handbook(achievement):
    """Page 72 (alpha 0.70) and Table 11, page 73: one indicator deleted at a time."""
    printed = pd.DataFrame(
        {
            "with_total": [0.261, 0.527, 0.566, -0.108, 0.701, 0.614, 0.451, 0.249],
            "alpha": [0.704, 0.645, 0.636, 0.774, 0.603, 0.624, 0.662, 0.706],
        },
        index=achievement.columns,
    )
    z = (achievement - achievement.mean()) / achievement.std()
    found = importance.cronbach_alpha(z)
    assert round(found.standardised, 2) == 0.70
    table = found.table
    np.testing.assert_allclose(table["alpha_if_dropped_std"], printed["alpha"], atol=0.002)
    np.testing.assert_allclose(table["corrected_item_total_r"], printed["with_total"], atol=0.006)


def test_first_component_of_the_handbook(achievement):
    """Table 8, page 69: loadings of the first component; exports run against the others."""
    printed = np.array([0.11, 0.56, 0.92, -0.35, 0.76, 0.91, 0.74, 0.36])
    found = weights.weight_systems(achievement)
    size = (8 * found.explained) ** 0.5  # length of the loadings
    pca = found.table["pca"]
    loadings = pca / (pca**2).sum() ** 0.5 * size
    np.testing.assert_allclose(loadings, printed, atol=0.01)
    assert found.dropped.query("reason == 'negative_weight'")["name"].tolist() == ["exports"]


def test_ranks_by_geometric_means_of_the_handbook(achievement):
    """Table 38, page 116: the column GME, equal weights; all 23 ranks."""
    printed = [2, 1, 3, 4, 16, 5, 6, 13, 14, 18, 8, 11, 7, 9, 17, 12, 10, 15, 19, 21, 23, 22, 20]
    found = uncertainty.index_uncertainty(
        achievement, scales="points", aggregations="geometric", concentration=None,
        leave_out=False, draws=100, share_draws=0,
    )  # fmt: skip
    assert found.table["rank"].tolist() == printed


def test_pairs_of_five_countries_of_the_handbook(achievement):
    """Table 36, page 114: share of indicators in which one country is ahead of another."""
    printed = np.array(
        [
            [0, 0.5, 0.375, 0.75, 0.625],
            [0.5, 0, 0.5, 0.625, 0.625],
            [0.625, 0.5, 0, 0.75, 0.625],
            [0.25, 0.375, 0.25, 0, 0.75],
            [0.375, 0.375, 0.375, 0.25, 0],
        ]
    )
    five = achievement.iloc[:5].copy()
    five["telephones"] = [3.080, 2.997, 3.096, 3.003, 2.972]  # Table 35 has three digits
    won = np.sign(printed - printed.T).sum(axis=1)
    found = uncertainty.index_uncertainty(
        five, scales="points", aggregations="copeland", concentration=None, leave_out=False,
        draws=100, share_draws=0,
    )  # fmt: skip
    assert found.table["rank"].tolist() == ranking.rank(won).tolist() == [3, 2, 1, 4, 5]


# --- R's relaimpo ---------------------------------------------------------------------------------


@pytest.fixture
def swiss():
    """The data set of relaimpo's manual and of Groemping (2006), JSS 17(1)."""
    return read("importance/swiss.csv")


def test_bootstrap_of_the_swiss_shares(swiss):
    """``booteval.relimp(boot.relimp(swiss, b = 10000, type = "lmg"))``, the manual's example.

    Printed by relaimpo 2.2-7 under R 4.2.2 after ``set.seed(1)``: intervals by percentiles and,
    as letters, the places that each may have. After ``set.seed(2)`` ends differ by up to 0.0024.
    """
    printed = pd.DataFrame(
        {
            "low": [0.0310, 0.0894, 0.0688, 0.0361, 0.0326],
            "high": [0.1112, 0.2791, 0.3873, 0.2449, 0.2452],
            "place_low": [3, 1, 1, 1, 1],
            "place_high": [5, 4, 4, 5, 5],
        },
        index=["Agriculture", "Examination", "Education", "Catholic", "Infant.Mortality"],
    )
    found = importance.shapley(
        swiss.drop(columns="Fertility"), swiss["Fertility"], bootstrap=1500
    ).table
    for column in ("low", "high"):
        np.testing.assert_allclose(found[column], printed[column], atol=0.012)
    for column in ("place_low", "place_high"):
        assert found[column].tolist() == printed[column].tolist()


def test_examples_of_the_manual_of_relaimpo(swiss):
    """``calc.relimp`` with ``subset``, ``always`` and ``groups``, as the manual calls it.

    Printed by relaimpo 2.2-7.
    """
    x, y = swiss.drop(columns="Fertility"), swiss["Fertility"]
    some = swiss["Catholic"] > 40
    found = importance.shapley(x[some], y[some])
    printed = [0.11486583, 0.17190060, 0.30508034, 0.31494322, 0.09321001]
    np.testing.assert_allclose(found.table["share"], printed, atol=1e-8)
    last = [0.353055869, 0.001476325, 0.074753723, 0.475491780, 0.095222303]
    np.testing.assert_allclose(found.table["last"] / found.table["last"].sum(), last, atol=1e-8)
    steps = found.average_coefficients.loc["Examination"]
    printed = [-1.4207166, -0.540061683, -0.05947462, 0.008361967, -0.07326973]
    np.testing.assert_allclose(steps, printed, rtol=1e-6)
    beyond = importance.shapley(x, y, always=["Education"]).table["lmg"]
    assert beyond.round(8).to_dict() == {
        "Agriculture": 0.03432758, "Examination": 0.03884696, "Catholic": 0.10165854,
        "Infant.Mortality": 0.09128627,
    }  # fmt: skip
    grouped = importance.shapley(x, y, groups={"G1": ["Education", "Examination"]}).table["lmg"]
    assert grouped.round(8).to_dict() == {
        "G1": 0.39817899, "Agriculture": 0.07384681, "Catholic": 0.11573754,
        "Infant.Mortality": 0.11897166,
    }  # fmt: skip


# --- R's spdep ------------------------------------------------------------------------------------


def test_crime_in_columbus():
    """Anselin (1988), *Spatial Econometrics*, 49 areas of Columbus, Ohio.

    ``moran.test(COL.OLD$CRIME, nb2listw(COL.nb, style = "W"))``, the example of spdep's manual,
    and of home values with weights of 1; printed by spdep 1.2-7.
    """
    data = read("space/columbus.csv")
    beside = {
        unit: [int(other) for other in text.split()] for unit, text in data.neighbours.items()
    }
    found = drivers.moran(data["crime"], beside)
    assert found.statistic == pytest.approx(0.510951264, abs=5e-10)
    assert found.expected == pytest.approx(-0.020833333, abs=5e-10)
    assert found.std_error**2 == pytest.approx(0.008908762, abs=5e-10)
    assert found.z == pytest.approx(5.6341, abs=5e-5)
    assert found.p_value == pytest.approx(1.759413e-08, rel=1e-6)
    found = drivers.moran(data["home_value"], beside, standardise=False)
    assert found.statistic == pytest.approx(0.219772283, abs=5e-10)
    assert found.std_error**2 == pytest.approx(0.007258482, abs=5e-10)
    assert found.z == pytest.approx(2.8241, abs=5e-5)


# --- R's COINr ------------------------------------------------------------------------------------


@pytest.fixture
def connectivity(mirror):
    """The data of COINr's vignettes: connectivity of 51 countries of Asia and Europe."""
    folder = mirror / "more_inputs"
    data = pd.read_csv(folder / "coinr_asem_input.csv").set_index("uCode")
    tree = pd.read_csv(folder / "coinr_asem_structure.csv")
    return data, tree[tree["Type"].isin(["Indicator", "Aggregate"])]


def test_correlations_of_a_vignette(connectivity):
    """COINr, vignette *Analysis*: ``get_corr(coin, dset = "Raw", iCodes = list("Environ"))``."""
    data, tree = connectivity
    members = tree.loc[tree["Parent"].eq("Environ"), "iCode"].tolist()
    printed = {
        ("CO2", "MatCon"): 0.7222051, ("CO2", "PrimEner"): 0.3268484,
        ("CO2", "Renew"): -0.5986338,
    }  # fmt: skip
    for pair, r in printed.items():  # pairs of a country that lacks another indicator count
        audit = weights.correlation_audit(data[list(pair)], {"Environ": list(pair)})
        assert audit.pairs["r"].tolist() == pytest.approx([r], abs=5e-8)
    audit = weights.correlation_audit(data[members], {"Environ": members})
    assert set(audit.pairs[["a", "b"]].iloc[0]) == {"CO2", "MatCon"}
    assert audit.n == 50


def test_first_component_of_a_vignette(connectivity):
    """COINr, vignette *Analysis*: ``get_PCA(coin, dset = "Raw", iCodes = "Sust")``, Social."""
    data, tree = connectivity
    members = tree.loc[tree["Parent"].eq("Social"), "iCode"].tolist()
    found = weights.weight_systems(data[members])
    assert found.explained == pytest.approx(0.5398, abs=5e-5)
    pca = found.table["pca"] / (found.table["pca"] ** 2).sum() ** 0.5
    printed = pd.Series({"CPI": 0.417, "FemLab": 0.324, "FreePress": -0.401, "NGOs": 0.191,
                         "Palma": -0.302})  # fmt: skip
    np.testing.assert_allclose(pca[printed.index], printed, atol=5e-4)


def test_effective_weights_of_a_vignette(connectivity):
    """COINr, vignette *Weights*: ``get_eff_weights(coin, out2 = "df")``; levels add up to 1."""
    _, tree = connectivity
    structure = tree.rename(columns=str.lower).rename(columns={"icode": "code"})
    structure["parent"] = structure["parent"].fillna("")
    found = importance.effective_weights(structure[["code", "parent", "weight"]])
    carried = found.table["nominal_weight"]
    printed = {"Goods": 0.02, "Services": 0.02, "ForPort": 0.02, "Renew": 0.03333333}
    assert carried[list(printed)].round(8).to_dict() == printed
    level = tree.set_index("iCode")["Level"]
    assert carried.groupby(level).sum().tolist() == pytest.approx([1.0] * 4)
