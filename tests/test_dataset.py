"""The tables that everything else reads, on the shipped figures."""

from __future__ import annotations

import csv
import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

import parstudy as ps
from parstudy.dataset import Dataset, build, open_dataset
from parstudy.dataset.rows import at
from parstudy.display.addresses import name_of_page
from parstudy.errors import DataError
from parstudy.facts import criteria
from parstudy.project import Project
from parstudy.studies import coverage


def _hashes(folder: Path) -> dict[str, str]:
    return {
        p.name: hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(folder.iterdir())
        if p.suffix in {".csv", ".parquet", ".json"}
    }


def test_the_old_name_of_a_column_is_refused_with_the_new_one(shipped: Dataset) -> None:
    for table in ("scores", "figures", "components", "releases"):
        frame = getattr(shipped, table)
        for asked in ("index", ["index", "year"]):
            with pytest.raises(DataError, match="the column is called index_id") as caught:
                frame[asked]
            assert caught.value.code == "column_renamed"
        assert "index" in frame.head().reset_index()  # what is made of it is a plain frame


def test_no_figure_is_lost(root: Path, shipped: Dataset) -> None:
    raw = []
    for path in sorted(root.glob("data/raw/*/*/figures.csv")):
        with path.open(encoding="utf-8", newline="") as handle:
            raw += [
                (r["index"], int(r["year"]), r["component"], r["measure"], r["value"],
                 r["certainty"], r["source_id"], r["note"])
                for r in csv.DictReader(handle)
            ]  # fmt: skip
    built = shipped.figures
    columns = ["index_id", "year", "component", "measure", "text", "certainty", "source_id", "note"]
    assert len(raw) == 2908
    assert sorted(raw) == sorted(built[columns].itertuples(index=False, name=None))


def test_bounds_counts_and_samples_stay_visible(shipped: Dataset) -> None:
    bounds = shipped.figures["measure"].isin(["rank_at_least", "rank_at_most"])
    assert bounds.sum() == 28
    aggregates = shipped.aggregates
    for measure in ("mean", "n_group_A", "n", "n_rose", "range"):
        assert aggregates["measure"].eq(measure).any(), measure
    assert set(aggregates["unit_level"]) == {"national", "region"}
    sample = aggregates[aggregates["component"].str.startswith("sample")]
    assert set(sample["index_id"]) == {"PAR_INDEX", "SIPAS"}


def test_lang_son_2021_as_published(shipped: Dataset) -> None:
    par = shipped.series(index="PAR_INDEX", province="lang-son").loc[2021]
    assert (par["score"], par["rank_published"], par["n_ranked"]) == (87.11, 23, 63)
    assert (par["change_rank_published"], par["group_published"]) == (13, "B")
    assert par["group_computed"] == "B"
    sipas = shipped.series(index="SIPAS", province="Lạng Sơn").loc[2021]
    assert (sipas["score"], sipas["rank_published"]) == (87.07, 31)
    assert (sipas["change_score_published"], sipas["change_rank_published"]) == (3.1, 8)
    for row in (par, sipas):
        assert row["score_source_id"] in set(shipped.sources["source_id"])


def test_the_year_before_is_implied_by_the_change_and_never_called_published(
    shipped: Dataset,
) -> None:
    par = shipped.series(index="PAR_INDEX", province="lang-son").loc[2020]
    assert par["rank_implied"] == 36
    assert pd.isna(par["rank_published"])
    sipas = shipped.series(index="SIPAS", province="lang-son").loc[2020]
    assert sipas["rank_implied"] == 39
    assert sipas["score_implied"] == pytest.approx(83.97)
    assert pd.isna(sipas["score"])


def test_named_among_the_last_five_is_a_range_of_ranks(shipped: Dataset) -> None:
    row = shipped.series(index="SIPAS", province="lang-son").loc[2024]
    assert pd.isna(row["rank_published"])
    assert (row["rank_low"], row["rank_high"]) == (59, 63)


def test_a_published_rank_is_stronger_than_a_bound(shipped: Dataset) -> None:
    row = shipped.series(index="SIPAS", province="lang-son").loc[2022]
    assert (row["rank_low"], row["rank_published"], row["rank_high"]) == (59, 59, 59)


def test_group_named_in_2012_is_kept(shipped: Dataset) -> None:
    row = shipped.series(index="PAR_INDEX", province="bac-kan").loc[2012]
    assert row["group_published"] == "low"


def test_incomplete_years_get_no_computed_rank(shipped: Dataset) -> None:
    pilot = shipped.at("SIPAS", 2015)
    known = pilot[pilot["score"].notna()]
    assert len(known) == 10
    assert pilot["n_ranked"].eq(10).all()
    # complete, so ranks can be computed; two scores are equal to the printed decimals, where the
    # release, which knew more of them, gave ranks 4 and 5: published and computed stay apart
    differ = known[known["rank_computed"].ne(known["rank_published"])]
    assert list(differ.index) == ["lai-chau"]
    assert known.loc[["ha-tinh", "lai-chau"], "score"].nunique() == 1
    assert list(differ.iloc[0][["rank_published", "rank_computed"]]) == [5, 4]
    incomplete = shipped.at("PAR_INDEX", 2023)
    assert incomplete["rank_computed"].isna().all()


@pytest.mark.parametrize(
    ("index", "year", "province", "column", "chosen", "why"),
    [
        ("PAR_INDEX", 2018, "quang-ninh", "score", 89.06, "a change published a year later"),
        ("PAR_INDEX", 2020, "dong-thap", "score", 86.77, "the other figure is doubtful"),
        ("PAR_INDEX", 2023, "hai-phong", "score", 91.87, "a page of the Government over press"),
        ("PAR_INDEX", 2023, "ca-mau", "rank_published", 34, "the order of ranks and scores"),
        ("PAR_INDEX", 2023, "long-an", "rank_published", 8, "rank 7 is held by another"),
        ("PAR_INDEX", 2021, "ha-noi", "change_rank_published", -2, "rank 8 to 10"),
        ("SIPAS", 2018, "da-nang", "score", 87.43, "more precise, and they agree"),
    ],
)
def test_the_written_rule_chooses(
    shipped: Dataset, index: str, year: int, province: str, column: str, chosen: float, why: str
) -> None:
    row = shipped.series(index=index, province=province).loc[year]
    assert row[column] == chosen, why


def test_both_sides_of_a_contradiction_are_kept(shipped: Dataset) -> None:
    values = shipped.values
    row = values[
        values["unit_id"].eq("ca-mau") & values["year"].eq(2023) & values["quantity"].eq("rank")
    ].iloc[0]
    assert row["conflict"]
    assert row["text"] == "34"
    assert row["others"].startswith("32 (")


def test_best_covered_of_the_newest_years(shipped: Dataset) -> None:
    assert coverage.best_covered_year(shipped.scores) == 2023
    at = shipped.at("PAR_INDEX", 2023)
    assert at["rank_published"].notna().sum() == 40


def test_every_province_year_is_covered_or_said_to_be_empty(shipped: Dataset) -> None:
    table = coverage.coverage(shipped)
    assert len(table) == 63 * len(shipped.scores[["index_id", "year"]].drop_duplicates())
    cell = table.set_index(["index_id", "year", "province_id"])["status"]
    assert cell["PAR_INDEX", 2021, "lang-son"] == "score_and_rank"
    assert cell["PAR_INDEX", 2020, "lang-son"] == "change_only"
    assert cell["SIPAS", 2017, "lang-son"] == "rank"
    assert cell["SIPAS", 2024, "lang-son"] == "bound"
    assert cell["SIPAS", 2023, "lang-son"] == "nothing"


def test_two_builds_give_the_same_bytes_elsewhere_too(
    copy: Callable[[], Project], tmp_path: Path
) -> None:
    project = copy()
    build(project)
    first = _hashes(project.processed)
    environment = {**os.environ, "TZ": "Asia/Ho_Chi_Minh", "LC_ALL": "C", "PYTHONHASHSEED": "7"}
    subprocess.run(
        [sys.executable, "-m", "parstudy", "--project", str(project.root), "build"],
        check=True,
        env=environment,
        cwd=tmp_path,
        capture_output=True,
    )
    assert _hashes(project.processed) == first
    assert len(first) == 19


def test_what_is_changed_in_a_table_is_not_in_the_one_opened_next(shipped: Dataset) -> None:
    known = shipped.scores["score"].sum()
    for _ in range(2):
        ds = open_dataset(shipped.project)
        scores, touched = ds.scores, ds.contradicted
        assert scores["score"].sum() == known
        assert "nobody" not in {*scores["province_id"], *touched["unit_id"]}
        scores.loc[scores.index[0], "province_id"] = "nobody"
        scores["score"] = 0.0
        touched["unit_id"] = "nobody"


def test_opening_builds_once_and_again_after_a_change(copy: Callable[[], Project]) -> None:
    project = copy()
    first = open_dataset(project)
    written = (project.processed / "scores.parquet").stat().st_mtime_ns
    assert open_dataset(project).fingerprint == first.fingerprint
    assert (project.processed / "scores.parquet").stat().st_mtime_ns == written
    path = project.raw / "PAR_INDEX" / "2021" / "figures.csv"
    text = path.read_text(encoding="utf-8").replace(
        "Lạng Sơn,total,score,87.11", "Lạng Sơn,total,score,87.12"
    )
    path.write_text(text, encoding="utf-8")
    changed = open_dataset(project)
    assert changed.fingerprint != first.fingerprint
    # 87.11 as a percentage still stands there: a contradiction, not a silent change
    codes = changed.findings.loc[changed.findings["unit_id"].eq("lang-son"), "code"]
    assert "conflict_score" in set(codes)


def test_parquet_and_csv_say_the_same(shipped: Dataset) -> None:
    folder = shipped.project.processed
    frame = pd.read_csv(folder / "scores.csv", dtype={"certainty": str})
    assert len(frame) == len(shipped.scores)
    assert frame["score"].sum() == pytest.approx(shipped.scores["score"].sum())


def test_import_is_quick_and_light() -> None:
    code = (
        "import sys, time; t = time.perf_counter(); import parstudy; d = time.perf_counter() - t;"
        "heavy = {'pandas', 'numpy', 'matplotlib', 'statsmodels', 'seaborn', 'papermill',"
        " 'nbconvert', 'pandera'} & set(sys.modules); print(d, sorted(heavy))"
    )
    out = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    ).stdout
    seconds, _, heavy = out.strip().partition(" ")
    assert heavy == "[]"
    assert float(seconds) < 0.3


def test_unknown_index_is_one_clear_line(shipped: Dataset) -> None:
    with pytest.raises(ps.ParstudyError, match="no such index") as caught:
        shipped.series(index="PARINDEX", province="lang-son")
    assert "PAR_INDEX" in str(caught.value)


def test_no_change_is_computed_between_components_of_two_criteria_sets(shipped: Dataset) -> None:
    """1.3 of one set is another question than 1.3 of the next; a total of 100 points goes on."""
    key = ["index_id", "year", "province_id", "component"]
    rows = shipped.scores.set_index(key)
    last = rows.copy()
    last.index = last.index.set_levels(last.index.levels[1] + 1, level="year")
    both = rows.join(last[["criteria_set", "score"]].add_suffix("_last"), how="inner")
    both = both[both["score"].notna() & both["score_last"].notna()]
    parts = both.index.get_level_values("component") != "total"
    across = both["criteria_set"].ne(both["criteria_set_last"])
    assert (parts & across).any()
    assert both.loc[parts & across, "change_score_computed"].isna().all()
    assert both.loc[parts & ~across, "change_score_computed"].notna().all()
    fall = shipped.series(index="SIPAS", province="lang-son").loc[2022]
    assert fall["change_score_computed"] == pytest.approx(-11.63)


def test_the_units_of_a_year_are_the_63_to_2024_and_the_34_since(shipped: Dataset) -> None:
    assert [len(shipped.units(year)) for year in (2012, 2024, 2025)] == [63, 63, 34]
    assert set(shipped.units(2025)["geography"]) == {"34"}


def test_rows_at_given_cells_keep_their_order_and_labels(shipped: Dataset) -> None:
    scores = shipped.scores
    own = at(scores, index_id="SIPAS", year=2022, component="total")
    assert len(own) == len(shipped.at("SIPAS", 2022))
    pd.testing.assert_frame_equal(own, scores.loc[own.index])
    assert at(scores, index_id="SIPAS", year=1999).empty


def test_criteria_sets_of_the_years_and_what_their_areas_are_called(shipped: Dataset) -> None:
    sets = {y: criteria.criteria_set_of("PAR_INDEX", y) for y in range(2021, 2026)}
    assert [sets[y][:4] for y in sorted(sets)] == ["1149", "876/", "876/", "892/", "892/"]
    used = shipped.scores[shipped.scores["index_id"].eq("PAR_INDEX")]
    assert all(
        row.criteria_set == sets.get(row.year, row.criteria_set) for row in used.itertuples()
    )
    names = shipped.components.set_index(["criteria_set", "code"])["name_en"]
    assert names["1294/QĐ-BNV", "A8"].startswith("One-stop")
    assert names["4361/QĐ-BNV", "A8"].startswith("Impact")
    assert 2024 in set(criteria.breaks("PAR_INDEX")["year"])


def test_a_page_without_a_title_is_called_by_the_words_of_its_address() -> None:
    address = "https://news.example.vn/xa-hoi/cai-thien-chi-so-par-index-957020/"
    assert name_of_page(address) == "[cai thien chi so par index]"
    assert (
        name_of_page("https://example.vn/portal/print.aspx?p=31918")
        == "example.vn/portal/print.aspx"
    )
