"""Scores in the shapes of pandas: a row a province, a panel, rows with names."""

from __future__ import annotations

import warnings
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import parstudy as ps
from parstudy.dataset import Dataset, _schemas
from parstudy.errors import DataError, ProvinceError
from parstudy.facts import criteria, fields

AREAS = list(criteria.AREAS)


def test_a_frame_has_a_row_for_every_province_and_a_column_for_every_area(shipped: Dataset) -> None:
    frame = shipped.frame("PAR_INDEX", 2021)
    assert list(frame.columns) == [
        *("province_id", "name_vi", "name_en", "region_id"),
        *("score", "percent", "rank", "group"),
        *AREAS,
    ]
    assert len(frame) == 63
    assert frame["province_id"].is_unique
    row = frame.set_index("province_id").loc["lang-son"]
    assert (row["name_vi"], row["score"], row["rank"], row["group"]) == ("Lạng Sơn", 87.11, 23, "B")
    assert all(frame[c].dtype == float for c in ["score", "percent", "rank", *AREAS])
    unknown = frame.set_index("province_id").loc["cao-bang"]
    assert unknown[["score", "rank", "group"]].isna().all()
    assert "" not in set(frame["group"])


def test_the_frame_says_what_it_holds(shipped: Dataset) -> None:
    held = shipped.frame("PAR_INDEX", 2021).attrs
    assert (held["index_id"], held["year"], held["measure"]) == ("PAR_INDEX", 2021, "score")
    assert held["criteria_sets"] == ("1149/QĐ-BNV",)
    assert held["components_en"]["A3"] == "Reform of administrative procedures"
    assert held["components_vi"]["A3"] == "Cải cách thủ tục hành chính"


def test_components_of_a_frame_add_up_to_the_total(complete: Dataset) -> None:
    for level in ("area", "criterion", "subcriterion", "score_source"):
        frame = complete.frame("PAR_INDEX", 2023, level=level)
        parts = [c for c in frame.columns if c in frame.attrs["components_en"]]
        assert len(parts) >= 4, level
        np.testing.assert_allclose(frame[parts].sum(axis=1), frame["score"], atol=1e-6)
    assert complete.frame("PAR_INDEX", 2023, level="total").columns[-1] == "group"


def test_a_measure_fills_the_components(complete: Dataset) -> None:
    points = complete.frame("PAR_INDEX", 2023).set_index("province_id")
    maxima = complete.frame("PAR_INDEX", 2023, measure="max_score").set_index("province_id")
    percent = complete.frame("PAR_INDEX", 2023, measure="percent").set_index("province_id")
    ranks = complete.frame("PAR_INDEX", 2023, measure="rank").set_index("province_id")
    np.testing.assert_allclose(percent[AREAS], 100 * points[AREAS] / maxima[AREAS], atol=0.01)
    assert ranks.loc[points["A1"].idxmax(), "A1"] == 1
    assert points["score"].equals(percent["score"])  # the total is the same whatever is asked


@pytest.mark.parametrize(
    ("asked", "code", "named"),
    [
        ({"year": 1999}, "no_data", ("1999", "2012")),
        ({"year": 2021, "level": "areas"}, "unknown_level", ("areas", "'area'")),
        ({"year": 2021, "level": "part"}, "unknown_level", ("part", "area")),
        ({"year": 2021, "measure": "scores"}, "unknown_measure", ("scores", "'score'")),
    ],
)
def test_what_there_is_not_is_refused_with_what_there_is(
    shipped: Dataset, asked: dict[str, object], code: str, named: tuple[str, ...]
) -> None:
    with pytest.raises(DataError) as caught:
        shipped.frame("PAR_INDEX", **asked)
    assert caught.value.code == code
    assert all(word in str(caught.value) for word in named)


def test_a_panel_has_every_province_in_every_year_and_its_breaks(shipped: Dataset) -> None:
    panel = shipped.panel("SIPAS")
    years = shipped.years("SIPAS")
    assert panel.index.names == ["province_id", "year"]
    assert len(panel) == 63 * len(years)
    assert panel.index.is_unique
    assert panel.index.is_monotonic_increasing
    own = panel.loc["lang-son"]
    assert own.index[own["is_break"]].tolist() == [2017, 2022]
    assert own["stretch"].to_dict() == {y: (y >= 2017) + (y >= 2022) for y in years}
    assert panel.attrs["breaks_en"][2022] == "new method 2022"
    assert own.loc[2022, "score"] == shipped.at("SIPAS", 2022)["score"].loc["lang-son"]
    assert (
        panel["score"].count()
        == shipped.scores.query("index_id == 'SIPAS' and component == 'total'")["score"].count()
    )


def test_a_long_panel_has_the_figures_of_the_wide_one(complete: Dataset) -> None:
    wide, long = complete.panel("PAR_INDEX"), complete.panel("PAR_INDEX", long=True)
    assert long.index.names == ["province_id", "year", "component"]
    assert len(long) == len(wide) * (len(AREAS) + 1)
    again = long["score"].unstack("component")
    np.testing.assert_array_equal(again[AREAS], wide[AREAS])
    np.testing.assert_array_equal(again["total"], wide["score"])
    for column in ("is_break", "stretch", "region_id"):
        assert long[column].groupby(level=[0, 1]).first().equals(wide[column]), column


def _with_a_year_of_34(ds: Dataset) -> Dataset:
    """The data with one more year, of the 34 units (SYNTHETIC)."""
    units = ds.units(2025)
    known = ds.scores[ds.scores["component"].eq("total")].head(len(units))
    scores = known.assign(province_id=list(units["province_id"]), year=2025)
    figure = ds.figures.head(1).assign(year=2025, index_id=scores["index_id"].iloc[0])
    return replace(
        ds,
        scores=pd.concat([ds.scores, scores], ignore_index=True),
        figures=pd.concat([ds.figures, figure], ignore_index=True),
    )


def test_a_panel_never_mixes_the_63_and_the_34(complete: Dataset) -> None:
    both = _with_a_year_of_34(complete)
    with pytest.warns(UserWarning, match=r"of the 63 units: 2025 left out"):
        old = both.panel("PAR_INDEX")
    assert set(old.index.get_level_values("year")) == set(complete.years("PAR_INDEX"))
    with warnings.catch_warnings(action="error"):
        new = both.panel("PAR_INDEX", geography="34", level="total")
    assert len(new) == 34
    assert new.attrs["geography"] == "34"
    with pytest.raises(DataError) as caught:
        complete.panel("PAR_INDEX", geography="34")
    assert caught.value.code == "wrong_geography"


def test_named_gives_the_names_of_the_units_of_the_year(complete: Dataset) -> None:
    scores = _with_a_year_of_34(complete).scores
    found = complete.named(scores)
    assert len(found) == len(scores)
    assert found["name_vi"].notna().all()
    bac_ninh = found[found["province_id"].eq("bac-ninh")].drop_duplicates("year")
    of_year = bac_ninh.set_index("year")["region_id"].to_dict()
    assert of_year[2023] == "red-river-delta"  # of the 34 it lies in two regions
    assert of_year[2025] == ""
    pd.testing.assert_frame_equal(complete.named(found), found)
    own = pd.DataFrame({"province_id": ["lang-son"], "grdp": [1.0]})
    assert complete.named(own, 2021)["name_en"].tolist() == ["Lang Son"]
    for rows, code in [
        (own, "no_year"),
        (own.rename(columns={"province_id": "tinh"}), "missing_column"),
        (own.assign(province_id="ha-giang", year=2025), "unknown_province"),
    ]:
        with pytest.raises(DataError) as caught:
            complete.named(rows)
        assert caught.value.code == code


def test_merging_with_all_provinces_is_refused_before_rows_stand_twice(shipped: Dataset) -> None:
    some = shipped.scores[shipped.scores["year"].eq(2021)]
    for merge in (
        lambda: shipped.scores.merge(shipped.provinces, on="province_id"),
        lambda: some.merge(shipped.provinces[["province_id", "name_en", "geography"]]),
        lambda: pd.merge(some, shipped.provinces, how="left"),
    ):
        with pytest.raises(DataError, match="rows would stand twice") as caught:
            merge()
        assert caught.value.code == "two_geographies"
    assert len(some.merge(shipped.units(2021), on="province_id")) == len(some)
    keyed = some.assign(geography="63")
    assert len(keyed.merge(shipped.provinces, on=["province_id", "geography"])) == len(some)


def test_a_column_of_names_becomes_one_of_ids(shipped: Dataset) -> None:
    own = pd.Series(
        ["TP. Hồ Chí Minh", "lang son", "TT Huế", "VN-09", "Đăk Lăk", "lang son"],
        index=list("abcdef"),
        name="Tỉnh",
    )
    found = ps.resolve_column(own)
    assert found.to_dict() == {
        "a": "ho-chi-minh", "b": "lang-son", "c": "thua-thien-hue", "d": "lang-son",
        "e": "dak-lak", "f": "lang-son",
    }  # fmt: skip
    assert found.name == "province_id"
    assert ps.resolve_column(pd.Series(["Huế"]), "34").tolist() == ["hue"]


def test_all_strange_names_are_told_at_once_or_left_empty() -> None:
    own = pd.Series(["Lạng Sơn", "Hà Nộii", None, "Hà Nộii", 20], name="Tỉnh")
    with pytest.raises(ProvinceError) as caught:
        ps.resolve_column(own)
    assert caught.value.code == "unknown_provinces"
    told = str(caught.value)
    for part in ("column Tỉnh", "3 of 4 names", "'Hà Nộii' (row 1, 3)", "Hà Nội", "row 2", "row 4"):
        assert part in told, part
    left = ps.resolve_column(own, errors="coerce")
    assert left.isna().tolist() == [False, True, True, True, True]
    with pytest.raises(ProvinceError, match="raise or coerce"):
        ps.resolve_column(own, errors="ignore")


def test_the_data_set_shows_itself_in_a_few_lines(shipped: Dataset, complete: Dataset) -> None:
    text, html = repr(shipped), shipped._repr_html_()
    assert len(text.splitlines()) < 10
    assert "PAR_INDEX 2012–2024" in text
    assert "scores (849)" in text
    assert "SYNTHETIC" not in text + html
    assert "SYNTHETIC" in repr(complete)
    assert html.count("<tr>") == 3
    assert 'scope="row"' in html
    for shown in (text, html):
        assert str(shipped.project.root) not in shown  # a report is the same wherever it is made
        assert len(shown) < 1500


def test_whole_numbers_with_gaps_are_floats_and_files_show_them_whole(shipped: Dataset) -> None:
    for table in fields.tables()[1:]:
        assert not [c for c, t in getattr(shipped, table).dtypes.items() if str(t) == "Int64"]
    stored = pd.read_csv(shipped.project.processed / "scores.csv", dtype=str)
    assert not stored["rank_published"].dropna().str.contains(".", regex=False).any()
    with pytest.raises(DataError, match="a whole number"):
        _schemas.validate("scores", pd.DataFrame(shipped.scores).assign(rank_published=1.5))
