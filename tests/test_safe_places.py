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
        {"index_id": "SIPAS", "year": [2020, 2021], "measure": "n", "value": asked}
    )
    return SimpleNamespace(
        scores=pd.concat(scores, ignore_index=True),
        aggregates=aggregates,
        units=lambda year: pd.DataFrame(index=UNITS),
    )


def test_a_change_of_sipas_is_told_from_survey_error():
    found = safe_places.changes(a_dataset(), 2021)
    assert found is not None
    assert found.survey.size == 2000
    table = found.scores.table
    assert table.index[table["beyond_chance"]].tolist() == ["p00"]
    assert found.ranks.table.loc["p00", "lower"] > 0
    share = a_dataset().scores.set_index(["year", "province_id"])["score"][2021, "p05"]
    wanted = (2 * share * (100 - share) / 2000) ** 0.5
    assert abs(found.survey.errors["p05"] - wanted) < 1e-9


def test_years_that_do_not_compare_are_not_compared():
    assert safe_places.changes(a_dataset(sets=("one", "two")), 2021) is None
    assert safe_places.changes(a_dataset(asked=(np.nan, 40_000.0)), 2021) is None
    assert safe_places.changes(a_dataset(), 2020) is None
