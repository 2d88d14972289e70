"""Years of 63 provinces on the 34 units: what is exact, what is a stand-in, what is missing."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pytest

from parstudy.dataset import Dataset, build, geography, open_dataset, population
from parstudy.errors import DataError, ReleaseError, StatisticsError
from parstudy.facts import provinces
from parstudy.fetch._model import Origin, Provenance
from parstudy.fetch.recipes import geo
from parstudy.project import Project

UNCHANGED = {
    "ha-noi", "hue", "lai-chau", "dien-bien", "son-la", "lang-son", "quang-ninh", "thanh-hoa",
    "nghe-an", "ha-tinh", "cao-bang",
}  # fmt: skip


def write_release(root: Path, year: int, scores: Mapping[str, float], **more: object) -> None:
    """Write a release of made-up totals (SYNTHETIC)."""
    folder = root / "data" / "raw" / "PAR_INDEX" / str(year)
    folder.mkdir(parents=True)
    head = "index,year,unit_level,unit,component,measure,value,certainty,source_id,note\n"
    lines = [
        f"PAR_INDEX,{year},province,{unit},total,score,{score},stated,s{year},\n"
        for unit, score in scores.items()
    ]
    (folder / "figures.csv").write_text(head + "".join(lines), encoding="utf-8")
    geo = "34" if year >= 2025 else "63"
    (folder / "release.toml").write_text(
        f'[release]\nindex = "PAR_INDEX"\nyear = {year}\ngeography = "{geo}"\n'
        f"n_ranked = {more.get('n_ranked', int(geo))}\nsynthetic = true\n"
        f'[source]\nid = "s{year}"\n[[files]]\npath = "figures.csv"\nreader = "figures"\n',
        encoding="utf-8",
    )


def people(path: Path, years: range = range(2020, 2025), **changed: float) -> None:
    """Write populations: the GSO code times ten, unless given by slug."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = ["gso_code,name_vi,year,population_thousand"]
    for year in years:
        for unit in provinces.units("63"):
            value = changed.get(unit.province_id.replace("-", "_"), int(unit.gso_code) * 10.0)
            lines.append(f"{unit.gso_code},{unit.name_vi},{year},{value}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def scores_of_63(first: float = 60.0) -> dict[str, float]:
    return {u.province_id: round(first + n * 0.25, 2) for n, u in enumerate(provinces.units("63"))}


def project(root: Path) -> tuple[Dataset, dict[str, float]]:
    old = scores_of_63()
    write_release(root, 2024, old)
    return build(Project.find(root)), old


@pytest.fixture
def built(tmp_path: Path) -> tuple[Dataset, dict[str, float]]:
    people(tmp_path / "data" / "fetched" / population.FOLDER / population.FILE)
    return project(tmp_path)


def test_a_merged_unit_is_the_weighted_mean_of_its_members(
    built: tuple[Dataset, dict[str, float]],
) -> None:
    dataset, old = built
    weighed = dataset.scores_on("34").set_index("province_id")
    equal = dataset.scores_on("34", weights="equal").set_index("province_id")
    # Lào Cai of today: Lào Cai (code 10, 100 thousand people) and Yên Bái (code 15, 150 thousand)
    hand = (old["lao-cai"] * 100 + old["yen-bai"] * 150) / 250
    assert weighed.loc["lao-cai", "score"] == pytest.approx(hand, abs=1e-12)
    assert equal.loc["lao-cai", "score"] == pytest.approx((old["lao-cai"] + old["yen-bai"]) / 2)
    row = weighed.loc["lao-cai"]
    assert (row["approximation"], row["weights"], row["n_members"]) == (True, "population", 2)
    assert (row["certainty"], row["n_members_known"], row["reason"]) == ("derived", 2, "")
    # three members
    hand = (old["hoa-binh"] * 170 + old["phu-tho"] * 250 + old["vinh-phuc"] * 260) / 680
    assert weighed.loc["phu-tho", "score"] == pytest.approx(hand, abs=1e-12)


def test_the_eleven_unchanged_units_keep_their_score_exactly(
    built: tuple[Dataset, dict[str, float]],
) -> None:
    dataset, old = built
    for weights in ("population", "equal"):
        table = dataset.scores_on(weights=weights).set_index("province_id")
        assert set(table.index[~table["approximation"]]) == UNCHANGED
        for unit in UNCHANGED:
            former = "thua-thien-hue" if unit == "hue" else unit
            assert table.loc[unit, "score"] == old[former]
            assert table.loc[unit, "weights"] == ""


def test_reused_codes_do_not_join(built: tuple[Dataset, dict[str, float]]) -> None:
    # code 15 is Lào Cai today and was Yên Bái; 24 is Bắc Ninh and was Bắc Giang
    dataset, old = built
    table = dataset.scores_on("34").set_index("province_id")
    for new, former in (("15", "yen-bai"), ("24", "bac-giang"), ("91", "kien-giang")):
        unit = provinces.resolve_gso(new, "34")
        assert provinces.resolve_gso(new, "63").province_id == former
        assert unit.province_id != former
        members = {m.province_id for m in provinces.members(unit)}
        assert former in members
        low, high = (f(old[m] for m in members) for f in (min, max))
        assert low < table.loc[unit.province_id, "score"] < high
    assert len(table) == 34


def test_ranks_are_recomputed_and_never_called_published(
    built: tuple[Dataset, dict[str, float]],
) -> None:
    dataset, _ = built
    table = dataset.scores_on("34")
    assert sorted(table["rank_among_34"]) == list(range(1, 35))
    best = table.sort_values("score", ascending=False)["rank_among_34"]
    assert list(best) == list(range(1, 35))
    for column in ("rank_published", "rank_computed", "rank_low", "change_rank_computed"):
        assert table[column].isna().all(), column
    assert set(table["n_ranked"]) == {34}
    assert set(table["group_computed"]) == {""}


def test_a_member_without_a_figure_leaves_the_unit_without_one(tmp_path: Path) -> None:
    old = scores_of_63()
    del old["yen-bai"]
    write_release(tmp_path, 2024, old)
    people(tmp_path / "data" / "fetched" / population.FOLDER / population.FILE)
    table = build(Project.find(tmp_path)).scores_on("34").set_index("province_id")
    row = table.loc["lao-cai"]
    assert pd.isna(row["score"])
    assert (row["reason"], row["missing_members"]) == ("members_unknown", "yen-bai")
    assert (row["n_members"], row["n_members_known"]) == (2, 1)
    # a year of which a ranked province is unknown is not ranked
    assert table["rank_among_34"].isna().all()
    assert table["score"].notna().sum() == 33


def test_a_year_without_population_has_the_unmerged_units_only(tmp_path: Path) -> None:
    write_release(tmp_path, 2024, scores_of_63())
    people(tmp_path / "data" / "fetched" / population.FOLDER / population.FILE, range(2020, 2024))
    table = build(Project.find(tmp_path)).scores_on("34").set_index("province_id")
    assert set(table.index[table["score"].notna()]) == UNCHANGED
    assert set(table.loc[table["score"].isna(), "reason"]) == {"population_unknown"}
    assert table["rank_among_34"].isna().all()


def test_years_of_34_pass_unchanged(tmp_path: Path) -> None:
    write_release(tmp_path, 2024, scores_of_63())
    new = {u.province_id: 70 + n * 0.5 for n, u in enumerate(provinces.units("34"))}
    write_release(tmp_path, 2025, new)
    dataset = build(Project.find(tmp_path))
    table = dataset.scores_on(weights="equal")
    now = table[table["year"].eq(2025)].reset_index(drop=True)
    assert not now["approximation"].any()
    same = dataset.scores[dataset.scores["year"].eq(2025)].reset_index(drop=True)
    pd.testing.assert_frame_equal(now[list(same.columns)], same)
    assert list(now["rank_among_34"]) == list(now["rank_computed"])


def test_without_population_the_error_names_the_way_out(tmp_path: Path) -> None:
    dataset, _ = project(tmp_path)
    with pytest.raises(StatisticsError) as caught:
        dataset.scores_on("34")
    assert caught.value.code == "no_population"
    assert "parstudy fetch geo" in str(caught.value)
    assert 'weights="equal"' in str(caught.value)
    assert dataset.scores_on("34", weights="equal")["score"].notna().sum() == 34


@pytest.mark.parametrize(
    ("geo", "weights", "code"),
    [("63", "equal", "wrong_geography"), ("34", "area", "unknown_method")],
)
def test_what_cannot_be_done_is_refused(
    geo: str, weights: str, code: str, built: tuple[Dataset, dict[str, float]]
) -> None:
    with pytest.raises(StatisticsError) as caught:
        built[0].scores_on(geo, weights=weights)
    assert caught.value.code == code


def test_population_whose_name_and_code_differ_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "data" / "fetched" / population.FOLDER / population.FILE
    people(path)
    dataset, _ = project(tmp_path)
    text = path.read_text(encoding="utf-8")
    # new codes beside old names: what a join by code would not notice
    path.write_text(text.replace("15,Yên Bái,2024", "15,Lào Cai,2024"), encoding="utf-8")
    with pytest.raises(DataError) as caught:
        dataset.scores_on("34")
    assert caught.value.code == "other_unit"
    path.write_text(text.replace("15,Yên Bái,2024,150.0", "15,Yên Bái,2024,0"), encoding="utf-8")
    with pytest.raises(DataError, match="not positive"):
        dataset.scores_on("34")


@pytest.mark.parametrize(
    ("old", "new", "code", "told"),
    [
        ("name_vi", "name", "changed_columns", "name_vi"),
        ("15,Yên Bái,2024,150.0", "15,Yên Bái,2024,x", "not_a_number", "row"),
        ("15,Yên Bái,2024,150.0", "15,Yên Bái,2024.5,1", "not_a_number", "2024.5"),
        ("15,Yên Bái,2024,150.0", "15,Yên Bái,2024,nan", "not_positive", "yen-bai"),
        ("", None, "changed_columns", "an empty file"),
    ],
)
def test_a_damaged_table_of_population_is_refused_when_used_and_when_fetched(
    tmp_path: Path, old: str, new: str | None, code: str, told: str
) -> None:
    path = tmp_path / "data" / "fetched" / population.FOLDER / population.FILE
    people(path)
    dataset, _ = project(tmp_path)
    text = path.read_text(encoding="utf-8")
    path.write_text("" if new is None else text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DataError) as used:
        dataset.scores_on("34")
    assert used.value.code == code
    assert told in str(used.value)
    with pytest.raises(ReleaseError) as fetched:
        prepared([path])
    assert fetched.value.code == code


def test_it_works_on_frames_made_by_hand() -> None:
    units = provinces.registry()
    columns = ["index_id", "year", "province_id", "component", "criteria_set", "score", "max_score"]
    columns += ["percent", "decimals", "n_ranked", "n_sources", "conflict", "certainty"]
    columns += ["score_source_id", "rank_source_id", "synthetic", "group_published"]
    columns += ["group_computed"]
    rows = [
        ["PAPI", 2020, u, "D1", "PAPI-2020", s, 10.0, s * 10, 2, 2, 1, c, "stated", "a", "",
         False, "", ""]
        for u, s, c in (("tay-ninh", 5.0, False), ("long-an", 7.0, True))
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=columns)
    for column in geography._NUMBERS_OF_63:
        frame[column] = float("nan")
    table = geography.scores_on_34(frame, units, weights="equal").set_index("province_id")
    row = table.loc["tay-ninh"]
    assert (row["score"], row["percent"], row["conflict"]) == (6.0, 60.0, True)
    assert (row["score_source_id"], row["max_score"]) == ("a", 10.0)
    assert table["score"].notna().sum() == 1


# --- fetched files -------------------------------------------------------------------------------


def prepared(paths: list[Path]) -> list[str]:
    files = {f"geo/{p.name}": p for p in paths}
    origin = Origin("https://example.org/file", "0" * 64)
    made = geo.prepare(
        files, Provenance("geo", "Geography", "x", "y", "z", "", dict.fromkeys(files, origin))
    )
    for one in made:
        assert one.index == ""
        assert 'sha256 = "0000' in one.toml
    return [one.folder.as_posix() for one in made]


def test_boundaries_and_population_are_kept_apart(tmp_path: Path) -> None:
    shapes = tmp_path / "provinces_63.geojson"
    features = []
    for n, unit in enumerate(provinces.units("63")):
        x, y = 103 + n % 8 / 2, 9 + n // 8 / 2
        square = [[x, y], [x + 0.4, y], [x + 0.4, y + 0.4], [x, y + 0.4], [x, y]]
        features.append(
            {
                "type": "Feature",
                "properties": {"name": unit.name_vi},
                "geometry": {"type": "Polygon", "coordinates": [square]},
            }
        )
    shapes.write_text(
        json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8"
    )
    table = tmp_path / population.FILE
    people(table)
    assert prepared([shapes, table]) == ["data/fetched/boundaries", "data/fetched/population"]
    assert prepared([table]) == ["data/fetched/population"]


@pytest.mark.parametrize("text", ["<html>", "{}", "[]", '{"type": "Feature"}'])
def test_what_holds_no_boundaries_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "provinces.topojson"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ReleaseError, match="no boundaries"):
        prepared([path])


def test_a_changed_table_of_population_is_refused(tmp_path: Path) -> None:
    path = tmp_path / population.FILE
    path.write_text("code,population\n1,2\n", encoding="utf-8")
    with pytest.raises(ReleaseError, match="columns"):
        prepared([path])


def test_the_population_of_the_mirror_weighs_all_years(mirror: Path, tmp_path: Path) -> None:
    folder = tmp_path / "data" / "fetched" / population.FOLDER
    folder.mkdir(parents=True)
    shutil.copyfile(mirror / "covariates" / population.FILE, folder / population.FILE)
    write_release(tmp_path, 2024, scores_of_63())
    dataset = open_dataset(tmp_path)
    frame = population.read(dataset.project)
    assert len(frame) == 14 * 63
    assert dataset.scores_on("34")["score"].notna().sum() == 34
