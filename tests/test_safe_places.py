"""How sure places are, from tables made by hand."""

from types import SimpleNamespace

import numpy as np
import pandas as pd

from parstudy.studies import safe_places

UNITS = [f"p{i:02d}" for i in range(20)]


def a_dataset(asked=(40_000.0, 40_000.0), sets=("one", "one")):
    """SIPAS of two years, one province far up in the second."""
    rng = np.random.default_rng(2)
    scores = []
    old = rng.normal(80, 3, 20)
    old[0] = 70.0
    for year, name, values in zip(
        (2020, 2021), sets, (old, old + np.r_[20.0, np.zeros(19)]), strict=True
    ):
        scores.append(
            pd.DataFrame(
                {
                    "index_id": "SIPAS",
                    "year": year,
                    "component": "total",
                    "province_id": UNITS,
                    "score": values,
                    "criteria_set": name,
                }
            )
        )
    aggregates = pd.DataFrame(
        {
            "index_id": "SIPAS",
            "year": [2020, 2020, 2021],
            "component": ["sample_planned", "sample", "sample"],
            "measure": "n",
            "value": [50_000.0, *asked],
            "certainty": "stated",
        }
    )
    return SimpleNamespace(
        scores=pd.concat(scores, ignore_index=True),
        aggregates=aggregates,
        units=lambda year: pd.DataFrame({"province_id": UNITS[: 20 if year < 2022 else 10]}),
    )


def test_a_change_of_sipas_is_told_from_survey_error():
    found = safe_places.changes(a_dataset(), 2021)
    assert found is not None
    assert found.surveys[2021].size == 2000
    table = found.scores.table
    assert table.index[table["beyond_chance"]].tolist() == ["p00"]
    assert found.ranks is not None
    assert found.ranks.table.loc["p00", "lower"] > 0
    share = a_dataset().scores.set_index(["year", "province_id"])["score"][2021, "p05"]
    wanted = (2 * share * (100 - share) / 2000) ** 0.5
    assert abs(found.surveys[2021].errors["p05"] - wanted) < 1e-9


def test_years_that_do_not_compare_are_not_compared():
    assert safe_places.changes(a_dataset(sets=("one", "two")), 2021) is None
    assert safe_places.changes(a_dataset(asked=(40_000.0, np.nan)), 2021) is None
    assert safe_places.changes(a_dataset(), 2020) is None
    merged = a_dataset()
    merged.scores["year"] += 1  # the later year has other provinces, some of the same name
    merged.aggregates["year"] += 1
    assert safe_places.changes(merged, 2022) is None


def test_a_planned_sample_serves_where_no_other_is_known_and_is_named():
    found = safe_places.changes(a_dataset(asked=(np.nan, 40_000.0)), 2021)
    assert found is not None
    assert found.surveys[2020].count == "sample_planned"
    assert found.surveys[2020].asked == 50_000


def test_places_among_few_are_not_compared_but_scores_are():
    few = a_dataset()
    few.scores.loc[few.scores["province_id"].gt("p06"), "score"] = np.nan
    found = safe_places.changes(few, 2021)
    assert found is not None
    assert (found.scores.n, found.n_units) == (7, 20)
    assert found.ranks is None


def test_real_changes_of_published_scores(shipped):
    """Changes that ship: scores of two comparable years, tested against both samples."""
    found = safe_places.changes(shipped, 2024)
    assert found is not None
    assert found.ranks is None
    scores = shipped.scores.query("index_id == 'SIPAS' and component == 'total'")
    table = scores.pivot(index="province_id", columns="year", values="score")
    both = table[[2023, 2024]].dropna()
    assert found.scores.n == len(both) >= 5
    people = {2023: 39_765, 2024: 36_525}  # asked in the country, as published
    error = sum(2 * both[year] * (100 - both[year]) / (people[year] / 63) for year in people) ** 0.5
    z = (both[2024] - both[2023]) / error
    np.testing.assert_allclose(found.scores.table["statistic"], z)
